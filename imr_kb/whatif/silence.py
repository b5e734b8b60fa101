"""What the silence of the record leaves open: the verdicts that are possible over all that it does not say.

Every criterion of the governing recommendation on which the record is silent may be met or not be met; so may a number that
is kept only because no earlier care is on record. The tree of judgements is weighed under all of these completions where
they are few. Where they are many it is weighed twice: as if all silence spoke for the request, and as if it spoke against
it, in each role of a criterion for itself. Every other verdict lies between these two; where one criterion is silent in
roles that pull in opposite ways, the range may be wider than the truth, never narrower.

Where there may have been earlier care, the request may be one for continued care, of which the guideline asks more. What of
that the knowledge base does not hold is weighed as not applicable and as not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from imr_kb.whatif.tree import (
    CONFLICTING,
    FAILS,
    MET,
    NECESSARY,
    NOT_KNOWN,
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
    leaves = [leaf for root in roots for leaf in root.leaves() if leaf.is_silent]
    silent = {leaf.key: leaf for leaf in reversed(leaves)}
    may_continue = any(leaf.from_silence for leaf in leaves)
    keys = sorted(silent)
    if len(keys) > EVERY_COMPLETION:
        best, worst = (forest.verdict(roots, _speaking(forest, roots, effect)) for effect in (PASSES, FAILS))
        unsure = may_continue and any(leaf.kind == "unknown" for root in roots for leaf in root.leaves())
        worst = UNDETERMINED if unsure and worst == NECESSARY else worst
        possible = _ORDER[_ORDER.index(best) : _ORDER.index(worst) + 1]
        between = tuple(verdict for verdict in possible if verdict in {best, worst} or unsure or _open(roots))
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
    weighed = set(verdicts.values())
    if may_continue:
        weighed |= {
            _verdict(forest, roots, dict(zip(keys, spoken, strict=True)), continued=True) for spoken in verdicts
        }
    found = tuple(verdict for verdict in _ORDER if verdict in weighed)
    return found, tuple(silent[keys[place]] for place in matters)


def possible_together(of_parts: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return the possible verdicts on an item of several services, from those that are possible on each.

    One part that is refused refuses the item; without one, an open part leaves it open. The record may be silent on the
    same thing for several parts, so that the range may be wider than the truth, never narrower.
    """
    together = {max(verdicts, key=_ORDER.index) for verdicts in product(*of_parts)}
    return tuple(verdict for verdict in _ORDER if verdict in together)


def _verdict(forest: Forest, roots: Sequence[Branch], spoken: Mapping[Key, Any], *, continued: bool = False) -> Any:
    def status(leaf: Branch) -> Any:
        return spoken[leaf.key] if leaf.is_silent else _continued(leaf) if continued else leaf.status

    return forest.verdict(roots, status)


def _continued(leaf: Branch) -> Any:
    """Return the status that ``leaf`` has in continued care, as far as nobody knows what is asked of that."""
    return NOT_KNOWN if leaf.kind == "unknown" else leaf.status


def _speaking(forest: Forest, roots: Sequence[Branch], effect: Any) -> Callable[[Branch], Any]:
    """Give each silent leaf the status by which it helps every one of ``roots`` to have ``effect``."""
    spoken: dict[int, Any] = {}

    def speak(branches: Iterable[Branch], effect: Any) -> None:
        for branch in branches:
            status = spoken[id(branch)] = forest.status_for(branch, effect)
            speak(branch.exceptions, effect)
            # What is ruled out fails the request where its members pass.
            within = (*branch.members, *(root for served in branch.served for root in served or ()))
            speak(within, PASSES if status == MET else FAILS)

    speak(roots, effect)
    return lambda leaf: spoken[id(leaf)] if leaf.is_silent else leaf.status


def _open(roots: Sequence[Branch]) -> bool:
    return any(leaf.status in {CONFLICTING, NOT_KNOWN} for root in roots for leaf in root.leaves())
