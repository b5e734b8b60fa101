"""What a study came to: a normal result, and conditions that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = [
    "by_evidence",
    "diagnosed_too",
    "goes_on",
    "has_results",
    "is_shown",
    "looked_for",
    "normal_result",
    "shown",
]

_DIAGNOSIS: Final = core("Diagnosis")
_FINDING: Final = core("Finding")
_NORMAL: Final = frozenset({cue("NormalValue"), cue("NegativeWord")})
_NEGATOR: Final = cue("Negator")
_SAYING: Final = frozenset({cue("Copula"), cue("Result")})
_SITE_PREPOSITION: Final = cue("SitePreposition")
#: What may stand between commas behind the name of a study: the number of views, a date.
_ASIDES: Final = frozenset({Kind.MEASURE, Kind.DATE})
#: Between a study and its result stand at most so many tokens, and no comma.
_REACH: Final = 12
_SHOWING: Final = frozenset({cue("Result"), cue("Denial"), cue("Affirmation")})
_PLACE: Final = frozenset({cue("SiteFiller"), PREFIXES["body"] + "BodyPart"})
_STUDY: Final = core("Study")
#: What does not belong to the name of a study.
_TOLD: Final = frozenset(PREFIXES[kind] + name for kind, name in (("dx", "Condition"), ("fnd", "Observation")))
_FOR: Final = cue("For")
_RESULTS: Final = cue("ResultsWord")
_DRUG_TEST: Final = PREFIXES["svc"] + "DrugTest"
#: Words between a drug test and the drugs that it found or did not find.
_OUTCOME: Final = _SHOWING | {cue("NegativeWord"), cue("Negator")}
#: Words that may stand between a finding and the study behind it that showed it: "no fracture was seen on x-ray".
_LINKING: Final = frozenset(
    {
        *(cue(name) for name in ("Copula", "Result", "Seen", "SiteFiller", "SitePreposition")),
        PREFIXES["body"] + "BodyPart",
    }
)
_LISTS: Final = frozenset({cue("Diagnosed"), cue("Complaint")})
#: How many tokens the words "radiographic evidence of" reach, and a study behind what it showed.
_EVIDENCE_REACH: Final = 12
_BEHIND_REACH: Final = 8


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
    start = mention.start
    for before in sentence.before(mention.start):
        if before.end != start:
            break
        if not _NORMAL.isdisjoint(before.kinds):
            return _normal(sentence, finding, before, mention, study)
        if _PLACE.isdisjoint(before.kinds) and not any(lexicon.individuals.get(one) for one in before.concepts):
            break
        start = before.start
    colon = _colon(sentence, mention, mention.end + _REACH)
    said = colon is not None
    start = _behind_aside(sentence, mention.end) if colon is None else colon + 1
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


def diagnosed_too(made: Sequence[Draft], concept: str, lexicon: Lexicon) -> list[Draft]:
    """Return the diagnosis that an image makes by itself, as that of osteoarthritis, beside the findings ``made``.

    ``concept`` is what the words name, which can be such a condition of some place.
    """
    return [
        Draft(
            kind=_DIAGNOSIS,
            concept=lexicon.compose(concept if condition in lexicon.within(concept) else condition, one.parts),
            parts=one.parts,
            side=one.side,
            spans=dict(one.spans),
        )
        for one in made
        if not one.absent and (condition := lexicon.inherited("madeByImage", one.concept)) is not None
    ]


def by_evidence(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> str | None:
    """Return the finding that ``concept`` is where words beside it tell the kind of study: "EMG evidence of", "on MRI"."""
    listing = sentence.frame(mention) in _LISTS
    for other in sentence.between(mention.start - _EVIDENCE_REACH, mention.start):
        if lexicon.told("shownBy", other) is None:
            continue
        # Behind what an image shows stands more that it shows, but not in a list of diagnoses.
        naming = [one for one in other.concepts if not listing or one.startswith(PREFIXES["cue"])]
        study = next((kind for name in naming if (kind := lexicon.annotation("shownBy", name))), None)
        if study is not None and not sentence.signs(other.end, mention.start, ";."):
            return _seen(concept, study, lexicon)
    behind = _study_behind(sentence, mention, lexicon)
    return _seen(concept, behind, lexicon) if behind is not None else None


def _seen(concept: str, study: str, lexicon: Lexicon) -> str | None:
    """Return the finding by which ``study`` shows ``concept``, or the nearest wider condition that it can show."""
    return next((found for one in _nearest(concept, lexicon) if (found := lexicon.seen_as(one, study))), None)


def _study_behind(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> str | None:
    """Return the study on which ``mention`` is said to have been seen, with nothing but a verb and a place between."""
    placed = False
    for other in sentence.between(mention.end, mention.end + _BEHIND_REACH):
        if sentence.signs(mention.end, other.start, ",;.:("):
            return None
        study = next((concept for concept in other.concepts if lexicon.read_as(concept) == _STUDY), None)
        if study is not None:
            return study if placed else None
        if _LINKING.isdisjoint(other.kinds) and not any(lexicon.individuals.get(one) for one in other.concepts):
            return None
        placed = cue("SitePreposition") in other.kinds or (placed and cue("SiteFiller") in other.kinds)
    return None


def looked_for(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` is what a drug test found or did not find: "the urine screen was positive for opiates"."""
    resulted = False
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, ";"):
            return False
        if _DRUG_TEST in other.kinds:
            return resulted
        if any(frame in other.kinds for frame in FRAMES if frame != cue("Result")) and _OUTCOME.isdisjoint(other.kinds):
            return False
        resulted = resulted or not _OUTCOME.isdisjoint(other.kinds)
    return False


def has_results(sentence: Sentence, study: Mention) -> bool:
    """Whether the words right behind ``study`` tell of its results or its report, so that it has been done."""
    following = next(sentence.after(study.end), None)
    return following is not None and following.start == study.end and _RESULTS in following.kinds


def goes_on(sentence: Sentence) -> bool:
    """Whether ``sentence`` opens as one that goes on about the study before it: "There was also a tear"."""
    opening = next(iter(sentence.mentions), None)
    return (
        opening is not None
        and opening.start == sentence.start
        and cue("GoingOn") in opening.kinds
        and not sentence.has(cue("Examination"), cue("Complaint"), cue("Person"), cue("Pronoun"))
    )


def is_shown(sentence: Sentence, study: Mention, mention: Mention) -> bool:
    """Whether the finding is what the study before it showed, by a verb or as what stands behind its colon."""
    between = [*sentence.between(study.end, mention.start)]
    said = any(not _SHOWING.isdisjoint(other.kinds) for other in between) or _behind_colon(sentence, study, mention)
    return said and not any(cue("Examination") in other.kinds or cue("Complaint") in other.kinds for other in between)


def _behind_colon(sentence: Sentence, study: Mention, mention: Mention) -> bool:
    """Whether a colon follows ``study``, its place and its date, and ``mention`` the colon: "MRI dated 10/2/13: bulge"."""
    return _colon(sentence, study, mention.start) is not None


def _colon(sentence: Sentence, study: Mention, end: int) -> int | None:
    """Return where the colon before token ``end`` stands that follows ``study``, its place and its date."""
    near = range(study.end, min(study.end + _REACH, end, sentence.end))
    colon = next((at for at in near if sentence.tokens[at].text == ":"), None)
    before = next(sentence.before(study.start), None)
    aimed = before is not None and before.end == study.start and _FOR in before.kinds  # "indication for MRI: a tear"
    if colon is None or aimed or sentence.signs(study.end, colon, ";."):
        return None
    return colon if all(_TOLD.isdisjoint(other.kinds) for other in sentence.between(study.end, colon)) else None


def _own(concept: str, lexicon: Lexicon) -> tuple[str, ...]:
    site = lexicon.own_site(concept)
    return (site,) if site is not None else ()


def _nearest(concept: str, lexicon: Lexicon) -> list[str]:
    return sorted(lexicon.within(concept), key=lambda one: (-lexicon.depth(one), one))
