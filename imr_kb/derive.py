"""Run rule files over a store until they have nothing to add.

A rule is run again only where a term that it reads has been derived since it last ran, and a rule that judges one kind of
criterion only where a judgement of that kind is open. This changes how often a rule runs, never what is derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.rules import REPEATED_STAGES, Rule, rules

__all__ = ["derive"]

MAX_ROUNDS: Final = 24


def derive(store: ox.Store, stages: Iterable[str]) -> list[ox.Quad]:
    """Run the rules of ``stages`` in order, add what they construct to ``store``, and return what was new.

    Raises:
        ImrError: KB901 where a stage does not come to an end, as with a group that is a member of itself.
    """
    added: list[ox.Quad] = []
    terms: set[str] = set()
    for stage in stages:
        for fresh in _run_stage(store, rules(stage), terms, repeat=stage in REPEATED_STAGES):
            added += fresh
    return added


def _run_stage(store: ox.Store, stage: Sequence[Rule], terms: set[str], *, repeat: bool) -> Iterator[list[ox.Quad]]:
    """Run the first waiting rule until none waits; ``terms`` gathers what has been derived so far."""
    waiting = [True] * len(stage)
    runs = [0] * len(stage)
    while True in waiting:
        turn = waiting.index(True)
        waiting[turn] = False
        if not stage[turn].judges <= terms:
            continue
        runs[turn] += 1
        if runs[turn] > MAX_ROUNDS:
            raise ImrError(
                Problem(
                    file=f"imr_kb/rules/{stage[turn].name}",
                    code="KB901",
                    what="The rules of this stage never come to an end.",
                    next_step="Look for a group or an exception that contains itself: imr-kb check names it.",
                )
            )
        fresh = _run(store, stage[turn])
        found = {name for quad in fresh for name in _names(quad)}
        terms |= found
        if repeat:
            for place, rule in enumerate(stage):
                waiting[place] |= not found.isdisjoint(rule.reads)
        yield fresh


def _run(store: ox.Store, rule: Rule) -> list[ox.Quad]:
    quads = {ox.Quad(triple.subject, triple.predicate, triple.object) for triple in store.query(rule.text)}
    fresh = [quad for quad in quads if quad not in store]
    store.extend(fresh)
    return fresh


def _names(quad: ox.Quad) -> tuple[Any, ...]:
    """Return the terms by which a rule can read ``quad``: its predicate, and its object where that is a name."""
    value = quad.object
    return (quad.predicate.value, value.value) if isinstance(value, ox.NamedNode) else (quad.predicate.value,)
