"""Parts of the body as a sentence names them, and what a thing amounts to that is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = [
    "Site",
    "both_sides",
    "composed",
    "names_place",
    "side_within",
    "sites_of_care",
    "without_whole",
]

_DIAGNOSIS: Final = core("Diagnosis")
_SIDE: Final = core("Laterality")
_EXERCISES: Final = frozenset(PREFIXES["svc"] + name for name in ("TherapeuticExercise", "ExerciseProgram"))
_LEADING: Final = frozenset({cue("SitePreposition"), cue("SiteFiller")})
#: Levels of the spine, and the roots by whose names letters mean them too.
_LEVELS: Final = frozenset(PREFIXES["body"] + name for name in ("IntervertebralSegment", "NerveRoot"))
_BOTH: Final = core("Bilateral")


@dataclass(frozen=True, slots=True)
class Site:
    """A part of the body as named in a sentence, with its side if said; tokens ``start`` to ``end`` name it."""

    part: str
    side: str | None
    start: int
    end: int


def composed(concept: str, sites: Sequence[Site], lexicon: Lexicon) -> dict[str, list[Site]]:
    """Return what ``concept`` amounts to with each of ``sites``; sites that give the same concept stay together.

    A site right before another only says more of that one, as L4 of the joints in "L4 facet joints", and a wide place of
    which nothing special is said adds nothing to a narrow one within it: "at the upper arm, right arm".
    """
    groups: dict[str, list[Site]] = {}
    qualifying: list[Site] = []
    for place, site in enumerate(sites):
        said = lexicon.compose(concept, [site.part])
        if said == concept and _leads(sites, place, lexicon):
            qualifying.append(site)
            continue
        groups.setdefault(said, []).extend([*qualifying, site])
        qualifying = []
    placed = {other.part for said, members in groups.items() if said != concept for other in members}
    if placed and all(any(site.part in lexicon.within(part) for part in placed) for site in groups.get(concept, [])):
        groups.pop(concept, None)
    return groups or {concept: []}


def _leads(sites: Sequence[Site], place: int, lexicon: Lexicon) -> bool:
    """Whether a site stands right before another, or its list of levels does: "L4-5 and L5-S1 facet joints"."""
    for site, following in pairwise(sites[place:]):
        if following.start == site.end:
            return True
        if not all(_LEVELS & lexicon.within(one.part) for one in (site, following)):
            return False
    return False


def _site_of_condition(sentence: Sentence, care: Mention, lexicon: Lexicon) -> list[Site]:
    """Return the site that the condition right behind ``care`` is named by: the ankle in "repair of the ankle fracture"."""
    end, side, led = care.end, None, False
    for other in sentence.after(care.end):
        if other.start != end:
            return []
        told = next((one for one in other.concepts if lexicon.individuals.get(one) == _SIDE), None)
        if told is None and _LEADING.isdisjoint(other.kinds):
            named = [one for one in other.concepts if lexicon.read_as(one) == _DIAGNOSIS]
            part = next((site for one in named if (site := lexicon.own_site(one))), None)
            return [Site(part, side, other.start, other.end)] if part is not None and led else []
        led = led or cue("SitePreposition") in other.kinds
        side, end = told or side, other.end
    return []


def side_within(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> str | None:
    """Return the side that stands within the words of ``mention``: "repair of the right rotator cuff"."""
    if mention.end - mention.start == 1:
        return None
    words = lexicon.mentions(sentence.tokens[mention.start : mention.end], roots=frozenset({_SIDE}))
    sides = {one for word in words for one in word.concepts if lexicon.individuals.get(one) == _SIDE}
    return sides.pop() if len(sides) == 1 else None


def sites_of_care(sentence: Sentence, care: Mention, concept: str, sites: list[Site], lexicon: Lexicon) -> list[Site]:
    """Return where ``care`` was given: at ``sites``, else where the condition is that it mends.

    A muscle named before an exercise is what it trains: "quadriceps strengthening" serves a knee.
    """
    trains = not _EXERCISES.isdisjoint(lexicon.within(concept))
    own = [site for site in sites if site.start >= care.end] if trains else sites
    return own or _site_of_condition(sentence, care, lexicon)


def both_sides(one: str | None, other: str) -> str:
    """Return the side that is meant by naming ``one`` and ``other``."""
    return other if one is None or one == other else _BOTH


def without_whole(part: Site, whole: Site, lexicon: Lexicon) -> list[Site]:
    """Return both sites, or ``part`` with the side of ``whole`` where it belongs to that: "ligament of the right knee"."""
    if part.part == whole.part or whole.part not in lexicon.within(part.part):
        return [part, whole]
    return [replace(part, side=part.side or whole.side, end=whole.end)]


def names_place(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a preposition of place stands right behind ``mention``, with more than a side behind it."""
    following, side = (*sentence.after(mention.end), None, None)[:2]
    if following is None or following.start != mention.end or cue("SitePreposition") not in following.kinds:
        return False
    return not (side is not None and any(lexicon.individuals.get(one) for one in side.concepts))
