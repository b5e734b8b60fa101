"""What is told with two results: "negative at the elbow and positive at the wrist", "intact but decreased in the foot"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import composed
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["other_results"]

_FINDING: Final = core("Finding")
_SIDE: Final = core("Laterality")
_SIGN: Final = PREFIXES["fnd"] + "Sign"
_BODY: Final = PREFIXES["body"] + "BodyPart"
_PREPOSITION: Final = cue("SitePreposition")
#: The words that say of a sign, and of an examined item, whether the finding is absent.
_OF_SIGNS: Final = {cue("NegativeWord"): True, cue("Affirmation"): False}
_OF_ITEMS: Final = {cue("NormalValue"): True, cue("AbnormalValue"): False}
_JOINING: Final = frozenset({cue("And"), cue("Contrast"), cue("AndVerb")})
_PLACING: Final = frozenset({_BODY, _PREPOSITION, cue("SiteFiller"), cue("Copula"), cue("AmountWord")})
_RESULTS: Final = _OF_SIGNS.keys() | _OF_ITEMS.keys()
#: What may stand between the results of one thing.
_BESIDE: Final = frozenset(_RESULTS | _JOINING | _PLACING)
#: A result stands at most so many tokens behind the last word that was understood: "at 45 degrees".
_GAP: Final = 3


def other_results(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding of what is told twice, where another side or place has the opposite result.

    A sign is positive or negative, an examined item in order or not.
    """
    concept, absence = _finding(mention, lexicon)
    if concept is None or absence is None:
        return
    results = [one for one in _told_of(sentence, mention, lexicon) if absence.keys() & one.kinds]
    signed = [(one, next(absent for kind, absent in absence.items() if kind in one.kinds)) for one in results]
    other = next(((one, absent) for one, absent in signed[1:] if absent != signed[0][1]), None)
    if other is None or _led_by_test(sentence, mention, concept, results[0], lexicon):
        return
    if stance(sentence, mention)[0] is Stance.OPEN:
        return
    result, absent = other
    following = next(sentence.after(result.end), None)
    placed = following is not None and following.start == result.end
    if not placed or following is None or not (_PREPOSITION in following.kinds or _is_side(following, lexicon)):
        return
    sites = reader.places(result.end)
    sides = [*(site.side for site in sites if site.side), *_sides_behind(sentence, result, lexicon)]
    if not sites and not sides:
        return
    for said, members in composed(concept, sites, lexicon).items():
        yield Draft(
            kind=_FINDING,
            concept=said,
            absent=absent,
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=sides[0] if sides else None,
            spans={sentence.part.span(mention.start, max([result.end, *(site.end for site in members)])): None},
        )


def _led_by_test(sentence: Sentence, mention: Mention, concept: str, result: Mention, lexicon: Lexicon) -> bool:
    """Whether the results are those of a test behind ``mention``, which is none: "spasm, and SLR is positive"."""
    further = any(_SIGN in other.kinds for other in sentence.between(mention.end, result.start))
    return further and lexicon.annotation("tested", concept) is None


def _finding(mention: Mention, lexicon: Lexicon) -> tuple[str | None, Mapping[str, bool] | None]:
    """Return the finding that ``mention`` is told of, and the kinds of words that say whether it is absent."""
    if _SIGN in mention.kinds:
        return next((one for one in mention.concepts if lexicon.read_as(one) == _FINDING), None), _OF_SIGNS
    return next((found for one in mention.concepts if (found := lexicon.inherited("abnormal", one))), None), _OF_ITEMS


def _told_of(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Iterator[Mention]:
    """Return the results and joining words behind ``mention`` as long as nothing else is named."""
    end = mention.end
    known = _BESIDE | {_SIGN}  # further signs come before the first result: "A and B were ..."
    for other in sentence.after(mention.end):
        if other.start - end > _GAP or sentence.signs(end, other.start, ";."):
            return
        if not _RESULTS.isdisjoint(other.kinds):
            known = _BESIDE
        if known.isdisjoint(other.kinds) and not _is_side(other, lexicon):
            return
        yield other
        end = other.end


def _sides_behind(sentence: Sentence, result: Mention, lexicon: Lexicon) -> Iterator[str]:
    for other in sentence.after(result.end):
        side = next((one for one in other.concepts if lexicon.individuals.get(one) == _SIDE), None)
        if side is not None:
            yield side
        elif _PLACING.isdisjoint(other.kinds):
            return


def _is_side(mention: Mention, lexicon: Lexicon) -> bool:
    return not lexicon.sides.isdisjoint(mention.concepts)
