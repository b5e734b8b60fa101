"""Run rule files over a store until they have nothing to add.

A rule is run only where every term that it cannot match without is there, and again only where a term that it reads has
been derived since it last ran. This changes how often a rule runs, never what is derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.rules import REPEATED_STAGES, Rule, rules

__all__ = ["Statement", "compile_rules", "derive", "names_in"]

#: Subject, predicate and object: what a quad of the default graph says, taken apart once because that is slow.
Statement: TypeAlias = tuple[Any, ox.NamedNode, Any]

MAX_ROUNDS: Final = 24


def derive(store: ox.Store, stages: Iterable[str], known: AbstractSet[Any], added: list[Statement]) -> None:
    """Run the rules of ``stages`` in order, add what they construct to ``store``, and what was new to ``added``.

    ``known`` holds the names (see :func:`names_in`) that stand in ``store`` already.

    Raises:
        ImrError: KB901 where a stage does not come to an end, as with a group that is a member of itself.
    """
    terms: set[Any] = set()
    for stage in stages:
        for fresh in _run_stage(store, rules(stage), known, terms, repeat=stage in REPEATED_STAGES):
            added += fresh


def compile_rules(store: ox.Store, stages: Iterable[str]) -> None:
    """Run the rules of ``stages`` in order inside ``store``, without telling what was new.

    Raises:
        ImrError: KB901 where a stage does not come to an end, as with a group that is a member of itself.
    """
    for stage in stages:
        for _ in range(MAX_ROUNDS):
            size = len(store)
            for rule in rules(stage):
                store.update(rule.as_insert)
            if stage not in REPEATED_STAGES or len(store) == size:
                break
        else:
            raise ImrError(_endless(stage))


def names_in(statements: Iterable[Statement]) -> set[Any]:
    """Return the terms by which rules can read ``statements``: their predicates and objects."""
    found: set[Any] = set()
    for _, predicate, value in statements:
        found.add(predicate)
        found.add(value)
    return found


def _run_stage(
    store: ox.Store, stage: Sequence[Rule], known: AbstractSet[Any], terms: set[Any], *, repeat: bool
) -> Iterator[list[Statement]]:
    """Run the first waiting rule until none waits; ``terms`` gathers the names that have been derived so far."""
    waiting = [True] * len(stage)
    runs = [0] * len(stage)
    while True in waiting:
        turn = waiting.index(True)
        rule = stage[turn]
        waiting[turn] = False
        if not rule.judges <= terms or not all(name in terms or name in known for name in rule.needs):
            continue
        runs[turn] += 1
        if runs[turn] > MAX_ROUNDS:
            raise ImrError(_endless(rule.name))
        fresh = _run(store, rule)
        found = names_in(fresh)
        terms |= found
        if repeat:
            for place, other in enumerate(stage):
                waiting[place] |= not found.isdisjoint(other.reads)
        yield fresh


def _run(store: ox.Store, rule: Rule) -> list[Statement]:
    fresh, quads = [], []
    triples: Any = store.query(rule.text)
    for triple in set(triples):
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        quad = ox.Quad(subject, predicate, value)
        if quad not in store:
            fresh.append((subject, predicate, value))
            quads.append(quad)
    store.extend(quads)
    return fresh


def _endless(name: str) -> Problem:
    return Problem(
        file=f"imr_kb/rules/{name}",
        code="KB901",
        what="The rules of this stage never come to an end.",
        next_step="Look for a group or an exception that contains itself: imr-kb check names it.",
    )
