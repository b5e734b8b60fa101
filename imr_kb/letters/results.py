"""What a study came to: a normal result, and conditions that it shows."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["normal_result", "shown"]

_FINDING: Final = core("Finding")
_NORMAL: Final = frozenset({cue("NormalValue"), cue("NegativeWord")})
_NEGATOR: Final = cue("Negator")
_SAYING: Final = frozenset({cue("Copula"), cue("Result")})
_SITE_PREPOSITION: Final = cue("SitePreposition")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_SIDE: Final = core("Laterality")
#: What may stand between commas behind the name of a study: the number of views, a date.
_ASIDES: Final = frozenset({Kind.MEASURE, Kind.DATE})
#: Between a study and its result stand at most so many tokens, and no comma.
_REACH: Final = 12


def normal_result(sentence: Sentence, study: Draft, mention: Mention, lexicon: Lexicon) -> Draft | None:
    """Return the finding that a study was normal, where words beside it say so ("x-rays were negative")."""
    finding = next(
        (
            found
            for broader in _nearest(study.concept, lexicon)
            if (found := lexicon.annotation("normalResult", broader))
        ),
        None,
    )
    if finding is None or study.absent:
        return None
    before = _said_before(sentence, mention, lexicon)
    if before is not None:
        return _normal(sentence, finding, before, mention, study)
    said = False
    start = _behind_aside(sentence, mention.end)
    for other in sentence.between(start, start + _REACH):
        if sentence.signs(start, other.start, ",;:") or _NEGATOR in other.kinds:
            return None
        if said and not _NORMAL.isdisjoint(other.kinds):
            following = next(sentence.after(other.end), None)
            alone = following is None or following.start > other.end or _SITE_PREPOSITION in following.kinds
            return _normal(sentence, finding, mention, other, study) if alone else None
        if not _SAYING.isdisjoint(other.kinds):
            said = True
        elif said:
            return None
    return None


def _said_before(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the "normal" before a study, with nothing between them but where the study was done: "normal lumbar x-rays"."""
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start:
            return None
        if not _NORMAL.isdisjoint(other.kinds):
            return other
        if not _is_place(other, lexicon):
            return None
        start = other.start
    return None


def _is_place(mention: Mention, lexicon: Lexicon) -> bool:
    return _BODY in mention.kinds or any(lexicon.individuals.get(concept) == _SIDE for concept in mention.concepts)


def _behind_aside(sentence: Sentence, start: int) -> int:
    """Return the token behind a measure that stands between two commas right there: ", 3 views,"."""
    for amount in sentence.amounts:
        between = sentence.signs(start, amount.start, ",") and sentence.signs(amount.end, amount.end + 1, ",")
        if start < amount.start and amount.kind in _ASIDES and between:
            return amount.end + 1
    return start


def _normal(sentence: Sentence, finding: str, first: Mention, last: Mention, study: Draft) -> Draft:
    return Draft(
        kind=_FINDING,
        concept=finding,
        parts=study.parts,
        side=study.side,
        spans={sentence.part.span(first.start, last.end): None},
        shown_by=study,
    )


def shown(draft: Draft, study: Draft, lexicon: Lexicon) -> None:
    """Tie ``draft`` to the study that showed it; a condition becomes the finding of that kind of study, if there is one."""
    draft.shown_by = study
    placed = False
    sites = () if draft.parts or lexicon.sited(draft.concept) else study.parts or _own(study.concept, lexicon)
    if sites:
        draft.concept = lexicon.compose(draft.concept, sites)
        placed = lexicon.sited(draft.concept)
    for condition in _nearest(draft.concept, lexicon):
        finding = lexicon.seen_as(condition, study.concept)
        if finding is not None:
            draft.kind, draft.concept = _FINDING, finding
            draft.parts = draft.parts or (sites if placed else ())
            return


def _own(concept: str, lexicon: Lexicon) -> tuple[str, ...]:
    site = lexicon.own_site(concept)
    return (site,) if site is not None else ()


def _nearest(concept: str, lexicon: Lexicon) -> list[str]:
    return sorted(lexicon.within(concept), key=lambda one: (-lexicon.depth(one), one))
