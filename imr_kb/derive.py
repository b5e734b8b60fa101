"""Run rule files over a store until they have nothing to add.

A rule is run only where every term that it cannot match without is there, and again only where a predicate or class that it
reads has been derived since it last ran. This changes how often a rule runs, never what is derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.rules import REPEATED_STAGES, Rule, rules
from imr_kb.terms import RDF, core

__all__ = ["Statement", "compile_rules", "derive", "names_in"]

#: Subject, predicate and object: what a quad of the default graph says, taken apart once because that is slow.
Statement: TypeAlias = tuple[Any, ox.NamedNode, Any]

MAX_ROUNDS: Final = 24
_JUDGED_AS: Final = ox.NamedNode(core("judgedAs"))
_STATUS: Final = ox.NamedNode(core("status"))
_TYPE: Final = ox.NamedNode(RDF + "type")


def derive(
    store: ox.Store,
    stages: Iterable[str],
    known: AbstractSet[Any],
    given: Iterable[Statement],
    added: list[ox.Quad],
) -> list[Statement]:
    """Run the rules of ``stages`` in order, add what they construct to ``store``, and return what was new.

    ``store`` holds the knowledge base, with the names ``known`` (those that rules can read), and the cases, which state
    ``given``. ``added`` gathers what was added to ``store``, up to where an error is raised.

    Raises:
        ImrError: KB901 where a stage does not come to an end, as with a group that is a member of itself.
    """
    stated = set(given)
    progress = _Progress(present=names_in(stated).union(known), stated=stated)
    for stage in stages:
        _run_stage(store, rules(stage), progress, added, repeat=stage in REPEATED_STAGES)
    return progress.derived


def compile_rules(store: ox.Store, stages: Iterable[str]) -> None:
    """Run the rules of ``stages`` in order inside ``store``, without telling what was new.

    Raises:
        ImrError: KB901 where a stage does not come to an end, as with a group that is a member of itself.
    """
    for stage in stages:
        for _ in range(MAX_ROUNDS):
            running = [rule for rule in rules(stage) if stage not in REPEATED_STAGES or _adds(store, rule)]
            for rule in running:
                store.update(rule.as_insert)
            if not running or stage not in REPEATED_STAGES:
                break
        else:
            raise ImrError(_endless(stage))


def _adds(store: ox.Store, rule: Rule) -> bool:
    """Whether ``rule`` constructs anything that is not in ``store``: the first such thing tells."""
    triples: Any = store.query(rule.text)
    return any(ox.Quad(*triple) not in store for triple in triples)


def names_in(statements: Iterable[Statement]) -> set[Any]:
    """Return the terms by which rules can read ``statements``: their predicates and objects."""
    found: set[Any] = set()
    for _, predicate, value in statements:
        found.add(predicate)
        found.add(value)
    return found


class _Progress:
    """What has been derived so far, and the names that stand in the store."""

    def __init__(self, present: set[Any], stated: set[Statement]) -> None:
        """Begin with the names that stand in the store before any rule has run, and with what the cases state."""
        self.present = present
        self.derived: list[Statement] = []
        self._stated = stated
        #: The judgements without a status, by the kind of criterion that they are judged as.
        self.open: dict[Any, set[Any]] = {}

    def allows(self, rule: Rule) -> bool:
        """Whether ``rule`` can find anything: the terms that it needs are there, and what it judges is still open."""
        return rule.needs <= self.present and all(self.open.get(kind) for kind in rule.judges)

    def new(self, triples: Iterable[ox.Triple]) -> list[Statement]:
        """Return those of ``triples`` that were not stated yet; what rules derive never stands in the knowledge base."""
        fresh, before = [], len(self._stated)
        for triple in triples:
            statement: Any = tuple(triple)
            self._stated.add(statement)  # asked for once: to hash a term takes time
            if len(self._stated) > before:
                before += 1
                fresh.append(statement)
        return fresh

    def add(self, fresh: Sequence[Statement]) -> None:
        """Take in what a rule has derived."""
        self.derived += fresh
        found = names_in(fresh)
        self.present |= found
        if _JUDGED_AS in found:
            for subject, predicate, value in fresh:
                if predicate == _JUDGED_AS:
                    self.open.setdefault(value, set()).add(subject)
        if _STATUS in found:
            settled = {subject for subject, predicate, _ in fresh if predicate == _STATUS}
            for judgements in self.open.values():
                judgements -= settled


def _run_stage(
    store: ox.Store, stage: Sequence[Rule], progress: _Progress, added: list[ox.Quad], *, repeat: bool
) -> None:
    """Run the first waiting rule until none waits."""
    waiting = [True] * len(stage)
    runs = [0] * len(stage)
    while True in waiting:
        turn = waiting.index(True)
        rule = stage[turn]
        waiting[turn] = False
        if not progress.allows(rule):
            continue
        runs[turn] += 1
        if runs[turn] > MAX_ROUNDS:
            raise ImrError(_endless(rule.name))
        fresh = _run(store, rule, progress, added)
        if repeat and fresh:
            # A pattern names the predicate of what it matches, or its class: no rule has to run again for other names.
            found = {value if predicate == _TYPE else predicate for _, predicate, value in fresh}
            for place, other in enumerate(stage):
                waiting[place] |= not found.isdisjoint(other.reads)


def _run(store: ox.Store, rule: Rule, progress: _Progress, added: list[ox.Quad]) -> list[Statement]:
    """Run ``rule``, add to ``store`` what is new, and return that."""
    triples: Any = store.query(rule.text)
    fresh = progress.new(triples)
    quads = [ox.Quad(*statement) for statement in fresh]
    added += quads
    store.extend(quads)
    progress.add(fresh)
    return fresh


def _endless(name: str) -> Problem:
    return Problem(
        file=f"imr_kb/rules/{name}",
        code="KB901",
        what="The rules of this stage never come to an end.",
        next_step="Look for a group or an exception that contains itself: imr-kb check names it.",
    )
