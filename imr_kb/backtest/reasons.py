"""Which reasons of reviewers say the same as a criterion or a ground: the table of the knowledge base, read and applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import StoredFacts
from imr_kb.load import Knowledge
from imr_kb.terms import RDF, RDFS, SKOS, core
from imr_kb.trace import CriterionResult, Decision

__all__ = ["Reason", "ReasonTable", "Said"]

_EXCEPTION: Final = "exception"


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_DEFINITION: Final = ox.NamedNode(SKOS + "definition")


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """A reason of reviewers: its code, its sentence, the outcome it is given for, the disagreement it explains."""

    code: str
    text: str
    outcome: str
    explains: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal rests on first, as codes: ``first`` of the criterion alone, ``around`` with its exceptions.

    ``criterion`` is None where the refusal rests on no criterion, but on the position of the guideline.
    """

    criterion: CriterionResult | None
    first: frozenset[str]
    around: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Row:
    kinds: frozenset[str]
    roles: frozenset[str]
    grounds: frozenset[str]
    concepts: frozenset[Any]
    services: frozenset[Any]
    codes: frozenset[str]


class ReasonTable:
    """The reasons, the table from criteria and grounds to them, and the classes of disagreement."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read everything out of ``knowledge``."""
        self._facts = StoredFacts(knowledge.store)
        store = knowledge.store

        def members(name: str) -> list[Any]:
            found = [quad.subject for quad in store.quads_for_pattern(None, _TYPE, _node(name))]
            return sorted(found, key=str)

        reasons = {node: self._reason(node) for node in members("ReasonCode")}
        self.reasons = {reason.code: reason for reason in sorted(reasons.values())}
        self.classes = {
            self._name(node): self._facts.text(node, _DEFINITION) or "" for node in members("DisagreementClass")
        }
        self._rows = [self._row(node, reasons) for node in members("ReasonRow")]
        self._ground_of_kind = {
            self._facts.text(kind, _node("kindCode")): self._name(ground)
            for kind in (quad.subject for quad in store.quads_for_pattern(None, _node("kindCode"), None))
            if (ground := self._facts.one(kind, _node("groundWhenNotMet"))) is not None
        }

    def _reason(self, node: Any) -> Reason:
        facts = self._facts
        explains = facts.one(node, _node("explainsAs"))
        return Reason(
            code=facts.text(node, _node("reasonCode")) or "",
            text=facts.text(node, _DEFINITION) or "",
            outcome=self._name(facts.one(node, _node("reasonFor"))),
            explains=self._name(explains) if explains else None,
        )

    def _row(self, node: Any, reasons: dict[Any, Reason]) -> _Row:
        facts = self._facts
        return _Row(
            kinds=frozenset(
                facts.text(kind, _node("kindCode")) or "" for kind in facts.all(node, _node("matchesKind"))
            ),
            roles=frozenset(facts.text(role, _node("role")) or "" for role in facts.all(node, _node("matchesRole"))),
            grounds=frozenset(self._name(ground) for ground in facts.all(node, _node("matchesGround"))),
            concepts=frozenset(facts.all(node, _node("matchesConcept"))),
            services=frozenset(facts.all(node, _node("matchesService"))),
            codes=frozenset(reasons[reason].code for reason in facts.all(node, _node("givesReason"))),
        )

    def _name(self, node: Any) -> str:
        return (self._facts.text(node, _LABEL) or "").replace(" ", "-")

    def explained_by(self, codes: Iterable[str]) -> tuple[str, str] | None:
        """Return the class of disagreement that one of ``codes`` stands for, with that code."""
        for code in codes:
            reason = self.reasons.get(code)
            if reason is not None and reason.explains is not None:
                return reason.explains, code
        return None

    def of_refusal(self, decision: Decision) -> Said:
        """Return what the refusal ``decision`` rests on first, and the reasons that say the same."""
        failing = [item for item in decision.criteria if item.decisive and item.effect == "fails"]
        whole = self._codes(self._decision_rows(decision))
        # Where nothing else fails, it is the silence on what would lift the position of the guideline.
        top = [item for item in failing if item.role != _EXCEPTION] or failing
        if whole or not top:
            # The position of the guideline decides; what would lift it stands around.
            around = whole.union(*(self._of_criterion(item, decision) for item in _first_with_parts(failing, failing)))
            return Said(None, whole, around)
        first = min(enumerate(top), key=lambda item: (self._distance(item[1], decision.ground), item[0]))[1]
        parts = _below(first, failing)
        own = [item for item in parts if item.role != _EXCEPTION or item == first]
        return Said(
            first,
            frozenset().union(*(self._of_criterion(item, decision) for item in own)),
            frozenset().union(*(self._of_criterion(item, decision) for item in parts)),
        )

    def _distance(self, item: CriterionResult, ground: str) -> int:
        """Return 0 for a criterion that bears the reported ground, 1 for another; below another comes last."""
        silent = item.status == "not-documented"
        bears = (
            silent if ground == "not-documented" else not silent and self._ground_of_kind.get(item.kind, "") == ground
        )
        return 2 * (item.within is not None) + (not bears)

    def _decision_rows(self, decision: Decision) -> Iterator[_Row]:
        return (row for row in self._rows if decision.ground in row.grounds and self._serves(row, decision))

    def _of_criterion(self, item: CriterionResult, decision: Decision) -> frozenset[str]:
        return self._codes(
            row
            for row in self._rows
            if item.kind in row.kinds
            and (not row.roles or item.role in row.roles)
            and (not row.concepts or self._about(item, row.concepts))
            and self._serves(row, decision)
        )

    def _about(self, item: CriterionResult, concepts: frozenset[Any]) -> bool:
        about = self._facts.all(ox.NamedNode(item.criterion), _node("about"))
        return any(not concepts.isdisjoint(self._facts.all(concept, _node("within"))) for concept in about)

    def _serves(self, row: _Row, decision: Decision) -> bool:
        if not row.services:
            return True
        within = self._facts.all(ox.NamedNode(decision.service), _node("within")) if decision.service else []
        return not row.services.isdisjoint(within)

    @staticmethod
    def _codes(rows: Iterable[_Row]) -> frozenset[str]:
        return frozenset().union(*(row.codes for row in rows))


def _below(first: CriterionResult, failing: list[CriterionResult]) -> list[CriterionResult]:
    """Return ``first`` and what failed below it: members of a group, exceptions, and theirs."""
    names = {first.criterion}
    found = [first]
    for _ in failing:
        more = [item for item in failing if item.within in names and item not in found]
        if not more:
            break
        found += more
        names |= {item.criterion for item in more}
    return found


def _first_with_parts(items: list[CriterionResult], failing: list[CriterionResult]) -> list[CriterionResult]:
    return _below(items[0], failing) if items else []
