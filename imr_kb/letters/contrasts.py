"""Signs told with two results: "negative at the elbow and positive at the wrist"."""

from __future__ import annotations

from collections.abc import Iterator
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
_POSITIVE: Final = cue("Affirmation")
_NEGATIVE: Final = cue("NegativeWord")
_RESULTS: Final = frozenset({_POSITIVE, _NEGATIVE})
_JOINING: Final = frozenset({cue("And"), cue("Contrast")})
_PLACING: Final = frozenset({_BODY, cue("SitePreposition"), cue("SiteFiller"), cue("Copula"), cue("AmountWord")})
#: A result stands at most so many tokens behind the last word that was understood: "at 45 degrees".
_GAP: Final = 3


def other_results(sentence: Sentence, mention: Mention, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the finding that a sign is said to be as well, where another side or place has the opposite result."""
    if _SIGN not in mention.kinds:
        return
    results = [other for other in _told_of(sentence, mention, lexicon) if not _RESULTS.isdisjoint(other.kinds)]
    first = results[0] if results else None
    other = next((one for one in results[1:] if first is not None and _negative(one) != _negative(first)), None)
    concept = next((one for one in mention.concepts if lexicon.read_as(one) == _FINDING), None)
    if other is None or concept is None or stance(sentence, mention)[0] is Stance.OPEN:
        return
    sites = reader.places(other.end)
    sides = [*(site.side for site in sites if site.side), *_sides_behind(sentence, other, lexicon)]
    if not sites and not sides:
        return
    for said, members in composed(concept, sites, lexicon).items():
        yield Draft(
            kind=_FINDING,
            concept=said,
            absent=_negative(other),
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=sides[0] if sides else None,
            spans={sentence.part.span(mention.start, other.end): None},
        )


def _told_of(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Iterator[Mention]:
    """Return the results and joining words behind ``mention`` as long as nothing else is named."""
    end = mention.end
    for other in sentence.after(mention.end):
        if other.start - end > _GAP or sentence.signs(end, other.start, ";."):
            return
        known = _RESULTS | _JOINING | _PLACING
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
    return any(lexicon.individuals.get(concept) == _SIDE for concept in mention.concepts)


def _negative(mention: Mention) -> bool:
    return _NEGATIVE in mention.kinds
