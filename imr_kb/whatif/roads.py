"""The shortest roads from a refusal to an approval: the smallest sets of changes that turn the verdict.

The tree of judgements says which sets are worth trying. Each is then tried: the changed case is decided by the same rules,
and so is the case with each part of the set. What turns the verdict while no part of it does is a road. Where a changed
case is still refused, for example because another recommendation governs it, its own tree says what is missing, and the
set is tried again together with that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Any, Final, TypeAlias

from imr_kb.errors import ImrError
from imr_kb.load import Case
from imr_kb.whatif.changes import Change, Editor, joined
from imr_kb.whatif.situation import Situation, Steps
from imr_kb.whatif.tree import NECESSARY, Forest, Goals
from imr_kb.whatif.trials import Trials
from imr_kb.whatif.ways import ways

__all__ = ["Bounds", "Found", "roads", "roads_of_item"]

Changes: TypeAlias = frozenset[Change]
#: Reads the tree of a changed case.
Reader: TypeAlias = Callable[[Case], tuple[Situation, Forest]]
#: Of a set with no more changes than this, every part is tried; of a larger one, what is left without each one change.
EVERY_PART: Final = 4
#: So many sets are tried one by one where the changes of a road can be made in several ways.
MOST_MEMBERS: Final = 24
#: So many choices of one road for each part of an item are looked at.
MOST_TOGETHER: Final = 1728


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far the search goes.

    ``size`` changes in a road, ``roads`` of them, ``variants`` of the case decided anew for an item, and ``rounds`` of
    reading the tree of a changed case that is still refused.
    """

    size: int = 8
    roads: int = 12
    variants: int = 240
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Roads as steps with the recommendation that then governs, criteria out of reach, and what cut the search short."""

    roads: tuple[tuple[Steps, Any], ...]
    unreachable: tuple[str, ...]
    cut: tuple[str, ...]


def roads(case: Case, request: Any, editor: Editor, trials: Trials[Changes], read: Reader, bounds: Bounds) -> Found:
    """Return the smallest sets of changes of ``case`` under which ``request`` is necessary."""
    search = _Search(case, editor, trials, bounds)
    waiting: list[Changes] = [frozenset()]
    for _ in range(bounds.rounds):
        families = [family for changes in waiting for family in search.families(changes, request, read)]
        search.try_families(sorted(set(families), key=_size_first))
        waiting = search.refused()
        if not waiting:
            break
    return search.found()


def roads_of_item(
    case: Case, of_parts: Sequence[Sequence[Steps]], editor: Editor, trials: Trials[Changes], bounds: Bounds
) -> Found:
    """Return the smallest sets of changes under which an item of several services is necessary: all its parts are.

    ``of_parts`` are the roads of each part that is not necessary now. One of each is tried together with the others: what
    turns one part may turn another, or stand in its way.
    """
    search = _Search(case, editor, trials, bounds)
    together = islice(product(*of_parts), MOST_TOGETHER)
    families = {family for chosen in together for family in _apart([step for steps in chosen for step in steps])}
    search.try_families(sorted(families, key=_size_first))
    return search.found()


class _Search:
    def __init__(self, case: Case, editor: Editor, trials: Trials[Changes], bounds: Bounds) -> None:
        self._case = case
        self._editor = editor
        self._trials = trials
        self._bounds = bounds
        self._tried: list[Steps] = []
        self._read: set[Changes] = set()
        self._cut: dict[str, None] = {}
        self._unreachable: dict[str, None] = {}
        self._variants: dict[Changes, Case | None] = {}

    # --- what is worth trying

    def families(self, made: Changes, request: Any, read: Reader) -> Iterator[Steps]:
        """Yield what would reach the goals of the case after the changes ``made``, with those changes."""
        self._read.add(made)
        case = self._changed(made)
        if case is None:
            return
        situation, forest = read(case)
        before: Steps = tuple((change,) for change in sorted(made))
        if any(not root.criterion and not root.exceptions for root in forest.roots[request]):
            self._unreachable["The recommendation advises against the service, and knows no exception."] = None
        for goals in forest.ways_to_pass(forest.roots[request]):
            if len(goals) + len(made) > self._bounds.size:
                self._cut[f"sets of more than {self._bounds.size} changes were not looked at"] = None
                continue
            for steps in self._steps(goals, situation):
                for family in _apart([*before, *steps]):
                    if len(family) <= self._bounds.size:
                        yield family
                    else:
                        self._cut[f"sets of more than {self._bounds.size} changes were not looked at"] = None

    def _steps(self, goals: Goals, situation: Situation) -> Iterator[Steps]:
        choices = []
        for goal in sorted(goals, key=lambda goal: (goal.key, goal.met)):
            found = ways(goal, situation)
            if not found:
                self._unreachable[situation.sentence(goal.leaf)] = None
                return
            choices.append(found)
        for chosen in islice(product(*choices), MOST_MEMBERS):
            yield tuple(step for steps in chosen for step in steps)

    # --- trying

    def try_families(self, families: Iterable[Steps]) -> None:
        """Decide the members of ``families`` anew, and then the parts of those that turn the verdict."""
        members: list[Changes] = []
        for family in families:
            if (
                len(self._trials.known) + len(members) >= self._bounds.variants
                or len(self._tried) >= 2 * self._bounds.roads
            ):
                self._cut["not every set that could turn the verdict was tried"] = None
                break
            self._tried.append(family)
            members += _members(family)
        self._decide(members)
        while parts := {
            part
            for changes in self._turning()
            for part in _parts(changes)
            if part not in self._trials.known and self._changed(part) is not None
        }:
            self._decide(sorted(parts, key=sorted))

    def _decide(self, sets: Iterable[Changes]) -> None:
        variants = {changes: case for changes in sets if (case := self._changed(changes)) is not None}
        self._trials.decide(variants)

    def _changed(self, changes: Changes) -> Case | None:
        """Return the case after ``changes``; None where one of them cannot be made after the others."""
        if changes not in self._variants:
            try:
                self._variants[changes] = self._editor.apply(self._case, sorted(changes))
            except ImrError:
                self._variants[changes] = None
        return self._variants[changes]

    def _turning(self) -> list[Changes]:
        return [changes for changes, result in self._trials.known.items() if result.verdict == NECESSARY]

    def refused(self) -> list[Changes]:
        """Return the sets that were tried whole and did not turn the verdict, a few, to look at what they lack."""
        return [
            members[0]
            for family in self._tried
            if (members := _members(family))[0] not in self._read
            and (result := self._trials.known.get(members[0])) is not None
            and result.verdict != NECESSARY
        ][: self._bounds.roads // 2]

    # --- what was found

    def found(self) -> Found:
        """Return the roads: whole families where each member is one, else the members that are."""
        smallest = {changes for changes in self._turning() if self._no_part_turns(changes)}
        chosen: dict[Steps, Any] = {}
        covered: set[Changes] = set()
        for family in self._tried:
            members = _members(family)
            if set(members) <= smallest and not set(members) <= covered:
                chosen[family] = self._trials.known[members[0]].governs
                covered |= set(members)
        for changes in smallest - covered:
            chosen[tuple((change,) for change in sorted(changes))] = self._trials.known[changes].governs
        ordered = sorted(chosen, key=_size_first)
        if len(ordered) > self._bounds.roads:
            self._cut[f"only the first {self._bounds.roads} sets are shown"] = None
        shown = tuple((steps, chosen[steps]) for steps in ordered[: self._bounds.roads])
        return Found(shown, tuple(sorted(self._unreachable)), tuple(sorted(self._cut)))

    def _no_part_turns(self, changes: Changes) -> bool:
        parts = [self._trials.known.get(part) for part in _parts(changes)]
        return all(result is None or result.verdict != NECESSARY for result in parts)


def _parts(changes: Changes) -> Iterator[Changes]:
    """Yield the parts of a set that must not turn the verdict: all, or those without one change; never the empty one."""
    least = 1 if len(changes) <= EVERY_PART else len(changes) - 1
    for size in range(max(least, 1), len(changes)):
        yield from map(frozenset, combinations(sorted(changes), size))


def _members(family: Steps) -> list[Changes]:
    """Return the sets that a family stands for: all of them, or those that differ from the first in one step."""
    number = 1
    for step in family:
        number *= len(step)
    if number <= MOST_MEMBERS:
        return [frozenset(chosen) for chosen in product(*family)]
    first = [step[0] for step in family]
    return [frozenset(first)] + [
        frozenset([*first[:place], way, *first[place + 1 :]]) for place, step in enumerate(family) for way in step[1:]
    ]


def _apart(steps: Sequence[tuple[Change, ...]]) -> Iterator[Steps]:
    """Yield ``steps`` as families whose steps have no way in common: what serves two steps serves them at once."""
    unique = _joined([tuple(dict.fromkeys(step)) for step in steps])
    for (place, one), (other_place, other) in combinations(enumerate(unique), 2):
        shared = tuple(way for way in one if way in other)
        if shared:
            rest = [step for spot, step in enumerate(unique) if spot not in {place, other_place}]
            yield from _apart([*rest, shared])
            left = tuple(way for way in one if way not in shared)
            right = tuple(way for way in other if way not in shared)
            if left and right:
                yield from _apart([*rest, left, right])
            return
    yield tuple(sorted(unique))


def _joined(steps: Sequence[tuple[Change, ...]]) -> list[tuple[Change, ...]]:
    """Return ``steps`` with one change where two of them say more of the same thing."""
    kept: list[tuple[Change, ...]] = []
    for step in steps:
        for place, other in enumerate(kept):
            if len(step) == len(other) == 1 and (both := joined(other[0], step[0])):
                kept[place] = (both,)
                break
        else:
            kept.append(step)
    return kept


def _size_first(family: Steps) -> tuple[int, Steps]:
    return len(family), family
