"""Read decisions out of the statements that the rules derived. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.formulary import read_formulary
from imr_kb.gaps import gaps
from imr_kb.proof import Proof
from imr_kb.terms import OA, RDF, RDFS, SKOS, core
from imr_kb.trace import (
    CaseDecisions,
    CriterionResult,
    Decision,
    Evidence,
    NotGoverning,
    Number,
    SourceReference,
    UnencodedEdition,
)

__all__ = ["collect", "in_order"]


@cache
def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_DEFINITION: Final = ox.NamedNode(SKOS + "definition")
_SCOPE: Final = ox.NamedNode(SKOS + "scopeNote")
_TYPE: Final = ox.NamedNode(RDF + "type")
_EXACT: Final = ox.NamedNode(OA + "exact")
_START: Final = ox.NamedNode(OA + "start")
_END: Final = ox.NamedNode(OA + "end")

_VALUES: Final = {
    "prior": _term("prior"),
    "prior_inferred": _term("priorInferred"),
    "uncounted": _term("uncounted"),
    "requested": _term("requested"),
    "limit": _term("limit"),
    "observed": _term("observed"),
    "supported": _term("supported"),
}
_DETAILS: Final = {
    "visits": _term("visits"),
    "weeks": _term("weeks"),
    "date": _term("onDate"),
    "since": _term("since"),
    "strength_mg": _term("strengthMg"),
    "per_day": _term("perDay"),
    "relief_percent": _term("reliefPercent"),
    "relief_weeks": _term("reliefWeeks"),
    "quantity": _term("quantity"),
    "by_person": _term("statedByPerson"),
}
_PHASE_FIT: Final = _term("PhaseFit")
_RESPECTS: Final = (_term("ConditionFit"), _term("RegionFit"), _PHASE_FIT, _term("SurgeryFit"))


def collect(proof: Proof, knowledge: Facts, record: Facts) -> CaseDecisions:
    """Read the decisions of a case out of what was derived for it.

    ``knowledge`` indexes the compiled knowledge base, ``record`` the case together with what was derived from it.
    """
    node = ox.NamedNode(proof.case.iri)
    reader = _Reader(node, knowledge, record)
    parts = {part for item in record.having(_term("comprises")) for part in record.all(item, _term("comprises"))}
    requests = in_order(record, (request for request in record.all(node, _term("requests")) if request not in parts))
    basis = record.one(node, _term("asOfBasis"))
    return CaseDecisions(
        file=proof.case.file,
        case=proof.case.iri,
        as_of=record.text(node, _term("asOf")),
        as_of_basis=knowledge.text(basis, _PREF) if basis else None,
        kb_version=proof.knowledge.version,
        decisions=tuple(reader.decision(request) for request in requests),
        proof=proof,
    )


def in_order(record: Facts, requests: Iterable[ox.NamedNode]) -> list[ox.NamedNode]:
    """Return requests in the order in which they are decided and numbered."""
    return sorted(requests, key=lambda request: (int(record.text(request, _term("sequence")) or 0), request.value))


def _number(literal: Any) -> Number | bool:
    value = str(literal.value)
    if value in {"true", "false"}:
        return value == "true"
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else float(number)


class _Reader:
    """Reads the values of one case; a judgement is found through the decision that rests on it."""

    def __init__(self, case: ox.NamedNode, knowledge: Facts, record: Facts) -> None:
        self._case = case
        self._knowledge = knowledge
        self._record = record
        self._applications: dict[Any, list[Any]] = {}
        for application in record.having(_term("ofRecommendation")):
            self._applications.setdefault(record.one(application, _term("ofRequest")), []).append(application)

    def decision(self, request: ox.NamedNode) -> Decision:
        """Return the decision on ``request``: on an item of several services, with those on its parts."""
        parts = tuple(
            self._single(part) for part in in_order(self._record, self._record.all(request, _term("comprises")))
        )
        return self._of_parts(request, parts) if parts else self._single(request)

    def _of_parts(self, request: ox.NamedNode, parts: tuple[Decision, ...]) -> Decision:
        record = self._record
        node = ox.NamedNode(request.value + "/decision")
        chosen = record.one(record.one(node, _term("restsOnPart")), _term("ofRequest"))
        verdict = record.one(node, _term("verdict"))
        if verdict is None or chosen is None:
            raise LookupError(f"no decision was derived for {request.value}")
        return replace(
            next(part for part in parts if part.request == chosen.value),
            request=request.value,
            requested=record.text(request, _term("requestedText")) or "; ".join(part.requested for part in parts),
            verdict=self._code(verdict),
            imr_outcome=self._code_or_none(record.one(node, _term("reviewOutcome"))),
            supported_quantity=None,
            published=self._code_or_none(record.one(request, _term("publishedOutcome"))),
            parts=parts,
            rests_on=chosen.value,
        )

    def _single(self, request: ox.NamedNode) -> Decision:
        record = self._record
        node = ox.NamedNode(request.value + "/decision")
        service = record.one(request, _term("concept"))
        criteria = tuple(self._criteria(node))
        verdict = record.one(node, _term("verdict"))
        ground = record.one(node, _term("ground"))
        if verdict is None or ground is None:
            raise LookupError(f"no decision was derived for {request.value}")
        supported = record.one(node, _term("supportedQuantity"))
        return Decision(
            request=request.value,
            requested=record.text(request, _term("requestedText")) or (self._label(service) if service else ""),
            service=service.value if service else None,
            service_label=self._label(service) if service else None,
            verdict=self._code(verdict),
            ground=self._code(ground),
            imr_outcome=self._code_or_none(record.one(node, _term("reviewOutcome"))),
            supported_quantity=None if supported is None else int(_number(supported)),
            published=self._code_or_none(record.one(request, _term("publishedOutcome"))),
            source=self._source(record.one(node, _term("ofApplication"))),
            criteria=criteria,
            not_governing=tuple(self._not_governing(request, record.one(node, _term("ofApplication")))),
            unencoded=tuple(self._unencoded(node)),
            missing=tuple(
                dict.fromkeys(
                    item.text
                    for item in criteria
                    if item.effect == "fails"
                    and item.decisive
                    and item.status == "not-documented"
                    and item.kind != "group"
                )
            ),
            gaps=gaps(criteria, self._least_members),
            formulary=read_formulary(node, self._knowledge, record),
        )

    def _least_members(self, criterion: str) -> int | None:
        least = self._knowledge.text(ox.NamedNode(criterion), _term("leastMembers"))
        return None if least is None else int(least)

    def _code(self, term: ox.NamedNode) -> str:
        return self._label(term).replace(" ", "-")

    def _code_or_none(self, term: ox.NamedNode | None) -> str | None:
        return None if term is None else self._code(term)

    def _label(self, term: ox.NamedNode) -> str:
        knowledge = self._knowledge
        return knowledge.text(term, _LABEL) or knowledge.text(term, _PREF) or str(term.value)

    def _source(self, application: ox.NamedNode | None) -> SourceReference | None:
        if application is None:
            return None
        knowledge = self._knowledge
        recommendation = self._record.one(application, _term("ofRecommendation"))
        edition = knowledge.one(recommendation, _term("edition"))
        verification = knowledge.one(recommendation, _term("verification"))
        certainty = knowledge.one(recommendation, _term("certainty"))
        return SourceReference(
            label=knowledge.text(edition, _PREF) or "",
            edition=knowledge.text(edition, _term("editionName")) or "",
            section=knowledge.text(recommendation, _term("section")),
            pages=knowledge.text(recommendation, _term("pages")),
            tier=self._tier(application),
            recommendation=getattr(recommendation, "value", ""),
            recommendation_label=knowledge.text(recommendation, _PREF) or "",
            citation=knowledge.text(edition, _term("citation")) or "",
            verification=self._label(verification) if verification else "from knowledge",
            certainty=self._label(certainty) if certainty else None,
        )

    def _unencoded(self, decision: ox.NamedNode) -> Iterator[UnencodedEdition]:
        knowledge = self._knowledge
        for edition in sorted(self._record.all(decision, _term("unencodedEdition")), key=str):
            encoding = knowledge.one(edition, _term("encoding"))
            yield UnencodedEdition(
                iri=edition.value,
                label=knowledge.text(edition, _PREF) or "",
                edition=knowledge.text(edition, _term("editionName")) or "",
                encoding=self._label(encoding) if encoding else "",
            )

    def _tier(self, application: ox.NamedNode) -> str:
        standing = self._record.one(application, _term("ofStanding"))
        tier = self._knowledge.one(standing, _term("tier"))
        return self._knowledge.text(tier, _term("tierCode")) or ""

    def _criteria(self, decision: ox.NamedNode) -> Iterator[CriterionResult]:
        record, knowledge = self._record, self._knowledge
        judgements = sorted(record.all(decision, _term("rests")), key=self._place)
        for judgement in judgements:
            clause = record.one(judgement, _term("ofClause"))
            criterion = record.one(judgement, _term("ofCriterion"))
            status = record.one(judgement, _term("status"))
            effect = record.one(judgement, _term("effect"))
            above = record.one(judgement, _term("partOf")) or record.one(judgement, _term("lifts"))
            owner = record.one(above, _term("ofCriterion")) if above else None
            kind = knowledge.one(criterion, _term("kind")) if criterion else None
            if criterion is None or status is None:
                continue
            yield CriterionResult(
                criterion=criterion.value,
                text=knowledge.text(criterion, _DEFINITION) or "",
                kind=knowledge.text(kind, _term("kindCode")) or "",
                role=knowledge.text(clause, _term("role")) or "",
                status=self._code(status),
                effect=self._code(effect) if effect else "",
                decisive=record.one(judgement, _term("decisive")) is not None,
                values=dict(self._values(judgement)),
                evidence=tuple(self._evidence(judgement)),
                rule=record.text(judgement, _term("byRule")) or "",
                within=owner.value if owner else None,
                judgement=judgement.value,
            )

    def _place(self, judgement: ox.NamedNode) -> tuple[Any, ...]:
        """Order judgements by role, a group or owner before what belongs to it."""
        clause = self._record.one(judgement, _term("ofClause"))
        root, step = clause, clause
        while step is not None:
            root = step
            step = self._knowledge.one(step, _term("memberOf")) or self._clause_lifted(step)
        role = self._knowledge.text(root, _term("role")) or ""
        order = ("limit", "requires", "continues", "rules-out", "exception", "advises")
        return (order.index(role) if role in order else len(order), judgement.value)

    def _clause_lifted(self, clause: ox.NamedNode) -> ox.NamedNode | None:
        owner = self._knowledge.one(clause, _term("exceptionTo"))
        is_clause = owner is not None and _term("Clause") in self._knowledge.all(owner, _TYPE)
        return owner if is_clause else None

    def _values(self, judgement: ox.NamedNode) -> Iterator[tuple[str, Number | bool]]:
        for name, predicate in _VALUES.items():
            value = self._record.one(judgement, predicate)
            if value is not None and not (name == "prior_inferred" and value.value == "false"):
                yield name, _number(value)
                if name == "prior_inferred" and (aside := len(list(self._set_aside(judgement)))):
                    yield "set_aside", aside

    def _set_aside(self, judgement: ox.NamedNode) -> Iterator[Any]:
        """Yield the facts of what a judgement counts that the record states and that do not count for the request."""
        record, knowledge = self._record, self._knowledge
        criterion = record.one(judgement, _term("ofCriterion"))
        about, classes = (set(knowledge.all(criterion, _term(name))) for name in ("about", "reads"))
        for fact in set(record.all(judgement, _term("overlooks"))):
            broader = knowledge.all(record.one(fact, _term("concept")), _term("within"))
            is_present = record.one(fact, _term("polarity")) == _term("Present")
            if is_present and about.intersection(broader) and classes.intersection(record.all(fact, _TYPE)):
                yield fact

    def _evidence(self, judgement: ox.NamedNode) -> Iterator[Evidence]:
        record = self._record
        found = []
        for fact in record.all(judgement, _term("considers")):
            first_part = next(iter(in_order(record, record.all(fact, _term("comprises")))), fact)
            concept = record.one(first_part, _term("concept"))
            polarity = record.one(fact, _term("polarity"))
            details: dict[str, Number | str] = {}
            for name, predicate in _DETAILS.items():
                value = record.one(fact, predicate)
                if value is not None:
                    details[name] = str(value.value) if name in {"date", "since"} else _number(value)
            words = record.all(fact, _term("evidence")) or [None]
            for word in sorted(words, key=str):
                start = record.one(word, _START) if word else None
                end = record.one(word, _END) if word else None
                found.append(
                    Evidence(
                        fact=fact.value,
                        concept=concept.value if concept else "",
                        label=self._label(concept) if concept else "",
                        stated=self._code(polarity) if polarity else "present",
                        text=record.text(word, _EXACT) if word else None,
                        start=int(start.value) if start else None,
                        end=int(end.value) if end else None,
                        document=record.text(word, _term("document")) if word else None,
                        details=details,
                    )
                )
        return iter(
            sorted(found, key=lambda item: (-1 if item.start is None else item.start, item.fact, item.text or ""))
        )

    def _not_governing(self, request: ox.NamedNode, governing: ox.NamedNode | None) -> Iterator[NotGoverning]:
        record, knowledge = self._record, self._knowledge
        applications = [item for item in self._applications.get(request, ()) if item != governing]
        for application in sorted(applications, key=lambda item: (self._tier_order(item), item.value)):
            recommendation = record.one(application, _term("ofRecommendation"))
            edition = knowledge.one(recommendation, _term("edition"))
            unfit = self._unfit(application, recommendation)
            yield NotGoverning(
                recommendation=getattr(recommendation, "value", ""),
                label=knowledge.text(recommendation, _PREF) or "",
                source=f"{knowledge.text(edition, _PREF)}, {knowledge.text(edition, _term('editionName'))}",
                tier=self._tier(application),
                why=unfit or self._why_not(application, recommendation),
                fits=unfit is None,
            )

    def _tier_order(self, application: ox.NamedNode) -> int:
        standing = self._record.one(application, _term("ofStanding"))
        tier = self._knowledge.one(standing, _term("tier"))
        return -int(self._knowledge.text(tier, _term("precedence")) or 0)

    def _unfit(self, application: ox.NamedNode, recommendation: Any) -> str | None:
        """Return in what respect a recommendation does not fit the case, as a sentence; None where it fits."""
        record, knowledge = self._record, self._knowledge
        unmet = set(knowledge.all(recommendation, _term("demands"))) - set(record.all(application, _term("fits")))
        for respect in _RESPECTS:
            if respect in unmet:
                unknown = respect == _PHASE_FIT and not record.all(self._case, _term("inPhase"))
                return knowledge.text(respect, _term("whenUnknown") if unknown else _SCOPE) or ""
        return None

    def _why_not(self, application: ox.NamedNode, recommendation: Any) -> str:
        """Return why a recommendation that fits the case does not decide, as a sentence."""
        record, knowledge = self._record, self._knowledge
        comparisons = record.all(application, _term("outrankedOn"))
        if comparisons:
            first = min(comparisons, key=lambda item: (int(knowledge.text(item, _term("rank")) or 0), item.value))
            return knowledge.text(first, _PREF) or ""
        return knowledge.text(knowledge.one(recommendation, _term("disposition")), _SCOPE) or ""
