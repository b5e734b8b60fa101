"""What an approval rests on: the smallest sets of facts of the record with which alone it would stand as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.load import Case
from imr_kb.terms import RDF, core
from imr_kb.whatif.trials import Result, Trials

__all__ = ["Support", "Supports", "supports"]

#: What the record says in the same words twice is one thing, though it is two facts.
Support: TypeAlias = frozenset[tuple[Any, ...]]
#: Of so many things every set is tried.
EVERY_SET: Final = 6
#: So many things beside those that are needed in any case are put together, out of no more than so many.
MOST_TOGETHER: Final = 3
MOST_THINGS: Final = 10
_HAS_FACT: Final = ox.NamedNode(core("hasFact"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_CONSIDERS: Final = ox.NamedNode(core("considers"))
_MATCHED: Final = ox.NamedNode(core("matchedFact"))
_OF_REQUEST: Final = ox.NamedNode(core("ofRequest"))
_SETS_ASIDE: Final = ox.NamedNode(core("setsAside"))
_DIAGNOSIS: Final = ox.NamedNode(core("Diagnosis"))
_TYPE: Final = ox.NamedNode(RDF + "type")


@dataclass(frozen=True, slots=True)
class Supports:
    """The sets, and whether the bounds may have kept some back."""

    sets: tuple[Support, ...]
    cut: bool


def supports(case: Case, requests: Collection[Any], record: Facts, trials: Trials[Any], now: Result) -> Supports:
    """Return the smallest sets of facts of ``case`` with which alone what ``trials`` decides comes out as ``now``.

    ``requests`` are the request that is decided, or the parts of the item; ``record`` indexes the case with what was derived
    from it.
    """
    node = ox.NamedNode(case.iri)
    things = _things(record, record.all(node, _HAS_FACT))
    looked_at = set(_looked_at(record, requests))
    near = [thing for thing in things if looked_at & set(thing)]
    # They are many in long records, so that they are tried only where every set is.
    set_aside = _set_aside(record, requests)
    aside = [thing for thing in things if thing not in near and set_aside & set(thing)]
    if len(near) + len(aside) <= EVERY_SET:
        near += aside
    attempt = _Attempt(case, things, trials, now)
    if not attempt.stands([frozenset(near)])[0]:
        near = list(things)
    if len(near) <= EVERY_SET:
        sets = [frozenset(chosen) for size in range(len(near) + 1) for chosen in combinations(near, size)]
        return Supports(tuple(_smallest(attempt.standing(sets))), cut=False)
    without = [frozenset(near) - {thing} for thing in near]
    needed = frozenset(thing for thing, stands in zip(near, attempt.stands(without), strict=True) if not stands)
    if attempt.stands([needed])[0]:
        return Supports(tuple(_with_parts([needed], attempt)), cut=False)
    rest = [thing for thing in near if thing not in needed]
    found: list[Support] = []
    for size in range(1, MOST_TOGETHER + 1):
        sets = [needed | frozenset(chosen) for chosen in combinations(rest[:MOST_THINGS], size)]
        found += attempt.standing([together for together in sets if not any(other <= together for other in found)])
    return Supports(tuple(_with_parts(found, attempt)), cut=len(rest) > MOST_TOGETHER)


def _with_parts(found: Sequence[Support], attempt: _Attempt) -> list[Support]:
    """Return the smallest of ``found`` and of their parts that stand: a fact can be needed only because of another."""
    parts = {
        frozenset(chosen)
        for support in found
        if len(support) <= EVERY_SET
        for size in range(len(support))
        for chosen in combinations(sorted(support, key=str), size)
    }
    return _smallest([*found, *attempt.standing(sorted(parts, key=lambda part: sorted(map(str, part))))])


def _smallest(sets: Iterable[Support]) -> list[Support]:
    found: list[Support] = []
    for support in sorted(set(sets), key=len):
        if not any(other <= support for other in found):
            found.append(support)
    return found


class _Attempt:
    """Decides the request with some of the facts only."""

    def __init__(self, case: Case, things: Sequence[tuple[Any, ...]], trials: Trials[Any], now: Result) -> None:
        self._case, self._things, self._trials, self._now = case, things, trials, now

    def stands(self, sets: Sequence[Support]) -> list[bool]:
        self._trials.decide({kept: self._with_only(kept) for kept in sets})
        return [self._trials.known[kept] == self._now for kept in sets]

    def standing(self, sets: Sequence[Support]) -> list[Support]:
        return [kept for kept, stands in zip(sets, self.stands(sets), strict=True) if stands]

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


def _looked_at(record: Facts, requests: Collection[Any]) -> Iterator[Any]:
    for predicate in (_CONSIDERS, _MATCHED):
        for subject in record.having(predicate):
            if record.one(subject, _OF_REQUEST) in requests:
                yield from record.all(subject, predicate)


def _set_aside(record: Facts, requests: Collection[Any]) -> set[Any]:
    """Return the diagnoses of another part, which are set aside beside one of the requested part and count without it."""
    return {
        fact
        for request in requests
        for fact in record.all(request, _SETS_ASIDE)
        if _DIAGNOSIS in record.all(fact, _TYPE)
    }
