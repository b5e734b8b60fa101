"""What the silence of the record leaves open: the verdicts that are possible over all that it does not say.

Every criterion of the governing recommendation on which the record is silent may be met or not be met. The tree of
judgements is weighed under all of these completions where they are few. Where they are many it is weighed twice: as if all
silence spoke for the request, and as if it spoke against it. Nothing in the tree can turn the other way, so that every
other verdict lies between these two; where one criterion is silent in roles that pull in opposite ways, the range may be
wider than the truth, never narrower. What the rules understand from silence, such as no earlier visits where none are
mentioned, stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

from imr_kb.whatif.tree import (
    CONFLICTING,
    FAILS,
    MET,
    NECESSARY,
    NOT_DOCUMENTED,
    NOT_MET,
    NOT_NECESSARY,
    PASSES,
    UNDETERMINED,
    Branch,
    Forest,
    Key,
)

__all__ = ["EVERY_COMPLETION", "possible_together", "silence"]

#: Up to so many silent criteria every completion is weighed.
EVERY_COMPLETION: Final = 8
_ORDER: Final = (NECESSARY, UNDETERMINED, NOT_NECESSARY)


def silence(forest: Forest, roots: Sequence[Branch]) -> tuple[tuple[Any, ...], tuple[Branch, ...]]:
    """Return the possible verdicts, and of each criterion on which they depend one judgement."""
    leaves = [leaf for root in roots for leaf in root.leaves() if leaf.status == NOT_DOCUMENTED]
    silent = {leaf.key: leaf for leaf in reversed(leaves)}
    keys = sorted(silent)
    if len(keys) > EVERY_COMPLETION:
        best = forest.verdict(roots, lambda leaf: _speaking(forest, leaf, PASSES))
        worst = forest.verdict(roots, lambda leaf: _speaking(forest, leaf, FAILS))
        # A criterion that stands in two roles may pull both ways, so that what is best for each makes the worse verdict.
        first, last = sorted((_ORDER.index(best), _ORDER.index(worst)))
        possible = _ORDER[first : last + 1]
        between = tuple(verdict for verdict in possible if verdict in {best, worst} or _open(roots))
        return between, tuple(silent[key] for key in keys) if len(between) > 1 else ()
    verdicts = {
        completion: _verdict(forest, roots, dict(zip(keys, completion, strict=True)))
        for completion in product((MET, NOT_MET), repeat=len(keys))
    }
    matters = [
        place
        for place in range(len(keys))
        if any(
            verdict != verdicts[(*completion[:place], NOT_MET, *completion[place + 1 :])]
            for completion, verdict in verdicts.items()
        )
    ]
    found = tuple(verdict for verdict in _ORDER if verdict in verdicts.values())
    return found, tuple(silent[keys[place]] for place in matters)


def possible_together(of_parts: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return the possible verdicts on an item of several services, from those that are possible on each.

    One part that is refused refuses the item; without one, an open part leaves it open. The record may be silent on the
    same thing for several parts, so that the range may be wider than the truth, never narrower.
    """
    together = {max(verdicts, key=_ORDER.index) for verdicts in product(*of_parts)}
    return tuple(verdict for verdict in _ORDER if verdict in together)


def _verdict(forest: Forest, roots: Sequence[Branch], spoken: Mapping[Key, Any]) -> Any:
    def status(leaf: Branch) -> Any:
        return spoken[leaf.key] if leaf.status == NOT_DOCUMENTED else leaf.status

    return forest.verdict(roots, status)


def _speaking(forest: Forest, leaf: Branch, effect: Any) -> Any:
    return forest.status_for(leaf, effect) if leaf.status == NOT_DOCUMENTED else leaf.status


def _open(roots: Sequence[Branch]) -> bool:
    return any(leaf.status == CONFLICTING for root in roots for leaf in root.leaves())
