"""What an approval rests on: the smallest sets of facts of the record with which alone it would stand as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.collect import Facts
from imr_kb.load import Case
from imr_kb.terms import core
from imr_kb.whatif.trials import Result, Trials

__all__ = ["Support", "Supports", "supports"]

#: What the record says in the same words twice is one thing, though it is two facts.
Support: TypeAlias = frozenset[tuple[Any, ...]]
#: So many things beside those that are needed in any case are put together, out of no more than so many.
MOST_TOGETHER: Final = 3
MOST_THINGS: Final = 10
_HAS_FACT: Final = ox.NamedNode(core("hasFact"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_CONSIDERS: Final = ox.NamedNode(core("considers"))
_MATCHED: Final = ox.NamedNode(core("matchedFact"))
_OF_REQUEST: Final = ox.NamedNode(core("ofRequest"))


@dataclass(frozen=True, slots=True)
class Supports:
    """The sets, and whether the bounds may have kept some back."""

    sets: tuple[Support, ...]
    cut: bool


def supports(case: Case, request: Any, record: Facts, trials: Trials[Any], now: Result) -> Supports:
    """Return the smallest sets of facts of ``case`` with which alone ``request`` comes out as ``now``.

    ``record`` indexes the case with what was derived from it.
    """
    node = ox.NamedNode(case.iri)
    things = _things(record, record.all(node, _HAS_FACT))
    looked_at = set(_looked_at(record, request))
    near = [thing for thing in things if looked_at & set(thing)]
    attempt = _Attempt(case, things, trials, now)
    if not attempt.stands([frozenset(near)])[0]:
        near = list(things)
    needed = frozenset(
        thing
        for thing, stands in zip(near, attempt.stands([frozenset(near) - {thing} for thing in near]), strict=True)
        if not stands
    )
    if attempt.stands([needed])[0]:
        return Supports((needed,), cut=False)
    rest = [thing for thing in near if thing not in needed]
    cut, found = len(rest) > MOST_THINGS, list[Support]()
    for size in range(1, MOST_TOGETHER + 1):
        sets = [needed | frozenset(chosen) for chosen in combinations(rest[:MOST_THINGS], size)]
        sets = [together for together in sets if not any(other <= together for other in found)]
        found += [chosen for chosen, stands in zip(sets, attempt.stands(sets), strict=True) if stands]
    if not found:
        return Supports((), cut=True)
    return Supports(tuple(found), cut)


class _Attempt:
    """Decides the request with some of the facts only."""

    def __init__(self, case: Case, things: Sequence[tuple[Any, ...]], trials: Trials[Any], now: Result) -> None:
        self._case, self._things, self._trials, self._now = case, things, trials, now

    def stands(self, sets: Sequence[Support]) -> list[bool]:
        self._trials.decide({kept: self._with_only(kept) for kept in sets})
        return [self._trials.known[kept] == self._now for kept in sets]

    def _with_only(self, kept: Support) -> Case:
        gone = {fact for thing in self._things if thing not in kept for fact in thing}
        quads = (
            quad
            for quad, (subject, _, value) in zip(self._case.quads, self._case.statements, strict=True)
            if subject not in gone and value not in gone
        )
        return Case(self._case.iri, self._case.file, tuple(quads))


def _things(record: Facts, facts: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return the facts, put together where the record says the same of them."""
    alike: dict[frozenset[Any], list[Any]] = {}
    for fact in sorted(set(facts), key=str):
        said = frozenset(
            (predicate, value)
            for predicate in record.predicates(fact)
            if predicate != _EVIDENCE
            for value in record.all(fact, predicate)
        )
        alike.setdefault(said, []).append(fact)
    return [tuple(facts) for facts in alike.values()]


def _looked_at(record: Facts, request: Any) -> Iterator[Any]:
    for predicate in (_CONSIDERS, _MATCHED):
        for subject in record.having(predicate):
            if record.one(subject, _OF_REQUEST) == request:
                yield from record.all(subject, predicate)
