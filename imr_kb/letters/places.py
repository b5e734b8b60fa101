"""Parts of the body as a sentence names them, and what a thing amounts to that is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from imr_kb.letters.lexicon import Lexicon
from imr_kb.terms import core

__all__ = ["Site", "both_sides", "composed"]

_BOTH: Final = core("Bilateral")
#: So many tokens stand at most between a part of the body and the whole that it belongs to: "of the".
_OF_THE: Final = 2


@dataclass(frozen=True, slots=True)
class Site:
    """A part of the body as named in a sentence, with its side if said; tokens ``start`` to ``end`` name it."""

    part: str
    side: str | None
    start: int
    end: int


def composed(concept: str, sites: Sequence[Site], lexicon: Lexicon) -> dict[str, list[Site]]:
    """Return what ``concept`` amounts to with each of ``sites``; sites that give the same concept stay together.

    A site right before another only says more of that one, as L4 of the joints in "L4 facet joints", and the whole behind
    its part only says where that is: "the collateral ligament of the right knee".
    """
    groups: dict[str, list[Site]] = {}
    qualifying: list[Site] = []
    sites = _without_wholes(sites, lexicon)
    for place, site in enumerate(sites):
        said = lexicon.compose(concept, [site.part])
        if said == concept and place + 1 < len(sites) and sites[place + 1].start == site.end:
            qualifying.append(site)
            continue
        groups.setdefault(said, []).extend([*qualifying, site])
        qualifying = []
    return groups or {concept: []}


def _without_wholes(sites: Sequence[Site], lexicon: Lexicon) -> list[Site]:
    """Return ``sites`` with each part of the body joined with the whole right behind it that it belongs to."""
    found: list[Site] = []
    for site in sites:
        part = found[-1] if found else None
        belongs = part is not None and part.part != site.part and site.part in lexicon.within(part.part)
        if part is not None and belongs and site.start - part.end <= _OF_THE and None in {part.side, site.side}:
            found[-1] = replace(part, side=part.side or site.side, end=site.end)
        else:
            found.append(site)
    return found


def both_sides(one: str | None, other: str) -> str:
    """Return the side that is meant by naming ``one`` and ``other``."""
    return other if one is None or one == other else _BOTH
