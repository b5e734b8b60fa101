"""Variants of a case, decided anew by the rules, many at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import pyoxigraph as ox

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.rules import CASE_STAGES
from imr_kb.terms import PREFIXES, core

__all__ = ["Result", "Trials", "bare", "copied"]

_CHUNK: Final = 100
#: What comes after the verdict is not needed to know it.
_STAGES: Final = CASE_STAGES[: CASE_STAGES.index("settle")]
_VERDICT: Final = ox.NamedNode(core("verdict"))
_GOVERNED: Final = ox.NamedNode(core("governedBy"))
_REQUESTS: Final = ox.NamedNode(core("requests"))
_COMPRISES: Final = ox.NamedNode(core("comprises"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
# Items that can wait for others of their case: some recommendation of the service has a criterion of that kind.
_WAITS: Final = """
ASK {
  ?service imr:within ?covered .
  ?recommendation imr:covers ?covered ; imr:hasClause ?clause .
  ?clause imr:ofCriterion ?criterion .
  ?criterion imr:kind imr:DependsCriterion .
}
"""
_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Result:
    """What was decided on a request: the verdict, and what governs it."""

    verdict: Any
    governs: Any


_OPEN: Final = Result(ox.NamedNode(core("Undetermined")), None)


def bare(case: Case, knowledge: Knowledge) -> Case:
    """Return ``case`` without what no rule is shown, so that there is less to change and to copy."""
    quoted = {value for _, predicate, value in case.statements if predicate == _EVIDENCE}
    quads = (quad for quad in case.quads if quad.predicate not in knowledge.unseen and quad.subject not in quoted)
    return Case(case.iri, case.file, tuple(quads))


class Trials(Generic[_T]):
    """Decides one request under many variants of its case, each once; counts them."""

    def __init__(self, judge: Judge, knowledge: Knowledge, request: Any, services: Iterable[Any]) -> None:
        """Decide ``request``, which asks for ``services``, by ``judge``."""
        self._judge = judge
        self._request = request
        self._alone = not any(
            knowledge.store.query(_WAITS, prefixes=PREFIXES, substitutions={ox.Variable("service"): service})
            for service in services
        )
        self.known: dict[_T, Result] = {}

    def decide(self, variants: Mapping[_T, Case]) -> None:
        """Decide what is not :attr:`known` of ``variants``."""
        waiting = [name for name in variants if name not in self.known]
        for start in range(0, len(waiting), _CHUNK):
            names = waiting[start : start + _CHUNK]
            cases = [self._copy(variants[name], number) for number, name in enumerate(names)]
            found: dict[str, dict[Any, Any]] = {}
            for subject, predicate, value in self._judge.derive(cases, _STAGES):
                if predicate in {_VERDICT, _GOVERNED}:
                    found.setdefault(subject.value, {})[predicate] = value
            for number, name in enumerate(names):
                said = found.get(f"{self._request.value}~{number}/decision", {})
                self.known[name] = Result(said[_VERDICT], said.get(_GOVERNED)) if _VERDICT in said else _OPEN

    def _copy(self, case: Case, number: int) -> Case:
        """Return a copy of ``case``, with the one item only where no item can wait for another.

        Of a part, the item that it belongs to stays with all its parts.
        """
        if not self._alone:
            return copied(case, number)
        requests = {value for _, predicate, value in case.statements if predicate == _REQUESTS}
        whole = {item for item, predicate, part in case.statements if predicate == _COMPRISES and part == self._request}
        return copied(case, number, requests - {self._request, *whole})


def copied(case: Case, number: int, without: AbstractSet[Any] = frozenset()) -> Case:
    """Return ``case`` under names that end with ``number``, without what it says of the nodes ``without``."""
    names: dict[Any, Any] = {
        node: ox.NamedNode(f"{node.value}~{number}") for node in {subject for subject, _, _ in case.statements}
    }
    return Case(
        iri=f"{case.iri}~{number}",
        file=case.file,
        quads=tuple(
            ox.Quad(names[subject], predicate, names.get(value) or value)
            for subject, predicate, value in case.statements
            if subject not in without and value not in without
        ),
    )
