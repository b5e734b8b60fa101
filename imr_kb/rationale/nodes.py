"""Find the nodes of a proof that the values of a decision were read from."""

from __future__ import annotations

from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.terms import OA, RDF, core
from imr_kb.trace import CaseDecisions, Decision, Evidence

__all__ = ["Nodes"]

_TYPE: Final = ox.NamedNode(RDF + "type")
_APPLICABLE: Final = ox.NamedNode(core("Applicable"))
_OF_REQUEST: Final = ox.NamedNode(core("ofRequest"))
_OF_APPLICATION: Final = ox.NamedNode(core("ofApplication"))
_OF_CRITERION: Final = ox.NamedNode(core("ofCriterion"))
_RESTS: Final = ox.NamedNode(core("rests"))
_DECISIVE: Final = ox.NamedNode(core("decisive"))
_OF_RECOMMENDATION: Final = ox.NamedNode(core("ofRecommendation"))
_MATCHED: Final = ox.NamedNode(core("matchedFact"))
_VERDICT: Final = ox.NamedNode(core("verdict"))
_EVIDENCE: Final = ox.NamedNode(core("evidence"))
_EXACT: Final = ox.NamedNode(OA + "exact")
_START: Final = ox.NamedNode(OA + "start")


class Nodes:
    """The IRIs of decisions, applications and quotations of one case."""

    def __init__(self, result: CaseDecisions) -> None:
        """Index the case of ``result`` and what was derived for it."""
        self.record: Final = Facts((*result.proof.case.statements, *result.proof.derived))
        self._decisions: dict[str, Any] = {
            self.record.text(node, _OF_REQUEST) or "": node for node in self.record.having(_VERDICT)
        }
        self._applications: dict[tuple[str, str], Any] = {
            (self.record.text(node, _OF_REQUEST) or "", self.record.text(node, _OF_RECOMMENDATION) or ""): node
            for node in self.record.having(_OF_RECOMMENDATION)
        }

    def decision(self, decision: Decision) -> str:
        """Return the node of ``decision``."""
        return str(self._decisions[decision.request].value)

    def governing(self, decision: Decision) -> str | None:
        """Return the application of the recommendation that governs, None where none does."""
        return self.record.text(self._decisions[decision.request], _OF_APPLICATION)

    def application(self, decision: Decision, recommendation: str) -> str:
        """Return the application of ``recommendation`` to the request of ``decision``."""
        return str(self._applications[decision.request, recommendation].value)

    def positions(self, decision: Decision) -> list[str]:
        """Return the deciding judgements that rest on no criterion: that the recommendation itself advises against it."""
        judgements = self.record.all(self._decisions[decision.request], _RESTS)
        return sorted(
            str(node.value)
            for node in judgements
            if self.record.all(node, _DECISIVE) and not self.record.all(node, _OF_CRITERION)
        )

    def applies(self, application: str) -> bool:
        """Say whether the recommendation fits the case in every respect."""
        return _APPLICABLE in self.record.all(ox.NamedNode(application), _TYPE)

    def matched(self, application: str) -> list[ox.NamedNode]:
        """Return the facts by which the condition of a recommendation is on record."""
        return sorted(self.record.all(ox.NamedNode(application), _MATCHED), key=str)

    def quotation(self, evidence: Evidence) -> str | None:
        """Return the node of the words of ``evidence``, None where it has none."""
        if evidence.text is None:
            return None
        record = self.record
        place = (evidence.text, None if evidence.start is None else str(evidence.start))
        found = (
            str(node.value)
            for node in record.all(ox.NamedNode(evidence.fact), _EVIDENCE)
            if (record.text(node, _EXACT), record.text(node, _START)) == place
        )
        return min(found)
