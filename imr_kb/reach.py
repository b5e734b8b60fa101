"""Tell which worked examples a change to the knowledge base can affect.

A change inside a recommendation, of a criterion or a role, acts where the recommendation governs. A change of what it
speaks of acts on cases in which it would come into view before or after, and only through the concepts that are changed.
A change of a date acts on the days between the old and the new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.judge import Judge
from imr_kb.load import Knowledge
from imr_kb.mutants import Mutant, Sources
from imr_kb.terms import RDF, RDFS, core
from imr_kb.worked import Example, differences

__all__ = ["Reach"]

_SLICE: Final = 60


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_TYPE: Final = ox.NamedNode(RDF + "type")
_ROLES: Final = frozenset(
    map(_term, ("requires", "limitedBy", "ruledOutBy", "continuesIf", "unless", "advises", "disposition"))
)
_CONCEPT, _WITHIN = _term("concept"), _term("within")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
# The respects in which a case fits by a concept that it speaks of.
_BY_CONCEPT: Final = ("treats", "afterSurgery", "inPhase", "region")


def _union(index: dict[Any, set[str]], keys: Iterable[Any]) -> set[str]:
    return {iri for key in keys for iri in index.get(key, ())}


class Reach:
    """What each example has to do with the knowledge base, looked up once."""

    def __init__(self, knowledge: Knowledge, sources: Sources, examples: Sequence[Example]) -> None:
        """Decide ``examples`` and keep, of those that agree, what governs, what comes into view, and what they speak of."""
        self._store = knowledge.store
        self._sources = sources
        self.agreeing: set[str] = set()
        self._governed: dict[Any, set[str]] = defaultdict(set)
        self._seen: dict[Any, set[str]] = defaultdict(set)
        self._speaking: dict[Any, set[str]] = defaultdict(set)
        self._requesting: dict[Any, set[str]] = defaultdict(set)
        self._in_phase: dict[Any, set[str]] = defaultdict(set)
        self._sited: dict[Any, set[str]] = defaultdict(set)
        self._with_substance: dict[Any, set[str]] = defaultdict(set)
        self._on_day: dict[int, set[str]] = defaultdict(set)
        self._since_injury: dict[int, set[str]] = defaultdict(set)
        self._rivals: set[str] = set()
        judge = Judge(knowledge)
        for start in range(0, len(examples), _SLICE):
            part = examples[start : start + _SLICE]
            for example, decided in zip(part, judge.decide(example.case for example in part), strict=True):
                if not differences(example, decided.decisions[0]):
                    self.agreeing.add(example.iri)
                    self._learn(example, [*example.case.statements, *decided.proof.derived])
        self._users = self._users_of_criteria()

    def of(self, mutant: Mutant) -> tuple[str, frozenset[str]]:
        """Return the group of a change, within which it may be tested together with others, and the examples it affects."""
        kinds = {str(kind.value).removeprefix(core("")) for kind in self._objects(mutant.subject, _TYPE)}
        if "Recommendation" in kinds:
            if mutant.predicate in _ROLES and not self._changes_view(mutant):
                return "inside", self._governed_by([mutant.subject])
            return "outside", self._in_view(mutant)
        if any(kind.endswith("Criterion") for kind in kinds):
            return "inside", self._governed_by(self._users.get(mutant.subject, ()))
        if "Factor" in kinds:
            dosed = self._governed_by(
                user for criterion in self._subjects(_TYPE, _term("DoseCriterion")) for user in self._users[criterion]
            )
            return "inside", dosed & _union(self._with_substance, self._objects(mutant.subject, _term("substance")))
        if mutant.kind == "date":
            return "outside", frozenset(self._on_day.get(self._day_changed(mutant), ()))
        if "PhaseDefinition" in kinds:
            numbers = [int(value.value) for _, _, value in (*mutant.removed, *mutant.added)]
            days = min(numbers) if mutant.predicate == _term("leastDays") else max(numbers)
            return "outside", frozenset(self._since_injury.get(days, ()))
        return f"order {mutant.name}", frozenset(self.agreeing if "DateBasis" in kinds else self._rivals)

    # --- what is looked up once

    def _learn(self, example: Example, statements: Sequence[tuple[Any, Any, Any]]) -> None:
        said: dict[Any, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in statements:
            said[subject][predicate].append(value)
        recommendation, requests = (
            _term("ofRecommendation"),
            set(said[ox.NamedNode(example.case.iri)][_term("requests")]),
        )
        applicable = 0
        for subject, about in said.items():
            for found in about[recommendation]:
                self._seen[found].add(example.iri)
                applicable += _term("Applicable") in about[_TYPE]
                if _term("Governing") in about[_TYPE]:
                    self._governed[found].add(example.iri)
            for concept in about[_CONCEPT]:
                for quad in self._store.quads_for_pattern(concept, _WITHIN, None):
                    self._speaking[quad.object].add(example.iri)
                    if subject in requests:
                        self._requesting[quad.object].add(example.iri)
                for quad in self._store.quads_for_pattern(concept, _term("sitedIn"), None):
                    self._sited[quad.object].add(example.iri)
                for quad in self._store.quads_for_pattern(concept, _term("contains"), None):
                    self._with_substance[quad.object].add(example.iri)
            for part in about[_term("bodyPart")]:
                for quad in self._store.quads_for_pattern(part, _WITHIN, None):
                    self._sited[quad.object].add(example.iri)
        if applicable > 1:
            self._rivals.add(example.iri)
        case = said[ox.NamedNode(example.case.iri)]
        for phase in case[_term("inPhase")]:
            self._in_phase[phase].add(example.iri)
        for day in case[_term("asOfDay")]:
            self._on_day[int(day.value)].add(example.iri)
            for injured in case[_term("injuredDay")]:
                self._since_injury[int(day.value) - int(injured.value)].add(example.iri)

    def _users_of_criteria(self) -> dict[Any, set[Any]]:
        users: dict[Any, set[Any]] = defaultdict(set)
        for quad in self._store.quads_for_pattern(None, _term("hasClause"), None):
            for criterion in self._objects(quad.object, _term("ofCriterion")):
                users[criterion].add(quad.subject)
        return users

    # --- what a change affects

    def _governed_by(self, recommendations: Iterable[Any]) -> frozenset[str]:
        return frozenset(iri for recommendation in recommendations for iri in self._governed.get(recommendation, ()))

    def _changes_view(self, mutant: Mutant) -> bool:
        """Say whether a change of a role or position acts on what governs: where no criterion is left, or none takes one."""
        if mutant.predicate == _term("disposition"):
            return any(value == _term("NoRecommendation") for _, _, value in mutant.removed)
        roots = sum(len(self._objects(mutant.subject, role)) for role in _ROLES - {_term("disposition")})
        return roots <= 1

    def _in_view(self, mutant: Mutant) -> frozenset[str]:
        """Return the examples in which a recommendation may apply, before or after, through what is changed."""
        changed = [value for _, _, value in (*mutant.removed, *mutant.added)]
        name = mutant.predicate.value.removeprefix(core(""))
        seen = self._seen.get(mutant.subject, set())
        if name == "covers":
            found = _union(self._requesting, changed) | (_union(self._speaking, changed) & seen)
            return frozenset(found & self._fitting(mutant.subject, without=name))
        last = not mutant.added and len(self._objects(mutant.subject, mutant.predicate)) == 1
        if name == "afterSurgery":
            found = set(self.agreeing) if last else _union(self._speaking, changed)
            asked = _union(self._requesting, self._objects(mutant.subject, _term("covers")))
            return frozenset(found & asked & self._fitting(mutant.subject, without=name))
        found = seen & self._fitting(mutant.subject, without=name)
        # The last part of the body or phase that is taken out leaves any.
        if name == "treats" or (name in _BY_CONCEPT and not last):
            found &= _union(self._index(name), changed)
        return frozenset(found)

    def _fitting(self, recommendation: Any, without: str) -> set[str]:
        """Return the examples whose case may fit ``recommendation`` in every respect but the one that is changed."""
        days = [
            (self._number(standing, "fromDay"), self._number(standing, "toDay"))
            for edition in self._objects(recommendation, _term("edition"))
            for standing in self._objects(edition, _term("hasStanding"))
        ]
        fitting = {
            iri
            for day, found in self._on_day.items()
            for iri in found
            if any(first <= day <= last for first, last in days)
        }
        for name in _BY_CONCEPT:
            asked = self._objects(recommendation, _term(name))
            general = any(ox.Quad(concept, _SUBCLASS, _term("Concept")) in self._store for concept in asked)
            if name != without and asked and not general:
                fitting &= _union(self._index(name), asked)
        return fitting

    def _index(self, name: str) -> dict[Any, set[str]]:
        return {"inPhase": self._in_phase, "region": self._sited}.get(name, self._speaking)

    def _number(self, subject: Any, name: str) -> int:
        return int(self._objects(subject, _term(name))[0].value)

    def _day_changed(self, mutant: Mutant) -> int:
        """Return the day on which the old and the new date tell differently."""
        properties = set(self._sources.day_properties.values())
        days = [int(value.value) for _, predicate, value in (*mutant.removed, *mutant.added) if predicate in properties]
        return min(days) if mutant.predicate == _term("inForceFrom") else max(days)

    def _objects(self, subject: Any, predicate: ox.NamedNode) -> list[Any]:
        return [quad.object for quad in self._store.quads_for_pattern(subject, predicate, None)]

    def _subjects(self, predicate: ox.NamedNode, value: ox.NamedNode) -> list[Any]:
        return [quad.subject for quad in self._store.quads_for_pattern(None, predicate, value)]
