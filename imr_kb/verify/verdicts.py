"""From statuses to verdicts: effects by burden, groups, exceptions, items that wait for others, grounds, what decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from imr_kb.verify.criteria import JUDGED, gather, overlook
from imr_kb.verify.guidelines import Clause
from imr_kb.verify.order import governing
from imr_kb.verify.reading import IMR, PROV, RDF, Words
from imr_kb.verify.record import Record

__all__ = ["decide"]

_GROUP: Final = "verdict/2_group.rq"
_DEPENDS: Final = "verdict/5_depends.rq"


def decide(record: Record) -> None:
    """Derive the decision on every request of a case, from the order of recommendations to what it rests on."""
    whole = [item for item in record.requests if record.all(item, IMR.comprises)]
    items = [_Item(record, item) for item in whole]
    singles = [_Decision(record, request) for request in record.requests if request not in whole]
    everything: list[_Decision | _Item] = [*singles, *items]
    while sum([one.advance() for one in everything]):
        pass
    for one in everything:
        one.settle()


class _Item:
    """An item that asks for several services: it comes out by what comes of its parts."""

    def __init__(self, record: Record, item: str) -> None:
        self.record, self.name, self.item = record, item + "/decision", item
        self.parts: tuple[str, ...] = record.all(item, IMR.comprises)

    def _verdicts(self) -> list[Any]:
        return [self.record.one(part + "/decision", IMR.verdict) for part in self.parts]

    def _write(self, verdict: str) -> None:
        for predicate, value in (
            (RDF.type, IMR.Decision),
            (RDF.type, PROV.Entity),
            (IMR.ofRequest, self.item),
            (IMR.ofCase, self.record.case),
            (IMR.verdict, verdict),
        ):
            self.record.graph.add(self.name, predicate, value)

    def advance(self) -> bool:
        """Decide the item as soon as its parts settle it; say whether that happened."""
        found = self._verdicts()
        if self.record.all(self.name, IMR.verdict) or (None in found and IMR.NotNecessary not in found):
            return False
        undecided = IMR.Undetermined if IMR.Undetermined in found else IMR.Necessary
        self._write(IMR.NotNecessary if IMR.NotNecessary in found else undecided)
        return True

    def settle(self) -> None:
        """Say on which part the verdict rests, whose ground is reported, and what follows for review."""
        record, known = self.record, self.record.guidelines.graph
        if not record.all(self.name, IMR.verdict):
            self._write(IMR.Undetermined)
        verdict = record.one(self.name, IMR.verdict)
        alike = [part + "/decision" for part in self.parts if verdict in record.all(part + "/decision", IMR.verdict)]
        ranked = [(known.one(record.one(name, IMR.ground), IMR.rank), name) for name in alike]
        if ranked:
            chosen = min(ranked)[1]
            record.graph.add(self.name, IMR.restsOnPart, chosen)
            record.graph.add(self.name, IMR.ground, record.one(chosen, IMR.ground))
        record.graph.add(self.name, IMR.reviewOutcome, known.one(verdict, IMR.leadsTo))


class _Decision:
    """The judgements on one request, by the clause of the recommendation that governs."""

    def __init__(self, record: Record, request: str) -> None:
        self.record, self.request, self.name = record, request, request + "/decision"
        self.judged: dict[str, tuple[Clause, str]] = {}
        self.application = next(iter(governing(record, request)), None)
        self.recommendation: Any = record.one(self.application or "", IMR.ofRecommendation)
        if self.application is None:
            self._write(IMR.Undetermined)
            record.graph.add(self.name, IMR.ground, IMR.NoRecommendationGround)
            for edition in record.guidelines.unencoded(record.day):
                record.graph.add(self.name, IMR.unencodedEdition, edition)
            return
        continued = self._match(self.application)
        for clause in record.guidelines.clauses(self.recommendation):
            self._open(clause, continued=continued)
        self._tie()

    def _write(self, verdict: str) -> None:
        add = self.record.graph.add
        for predicate, value in (
            (RDF.type, IMR.Decision),
            (RDF.type, PROV.Entity),
            (IMR.ofRequest, self.request),
            (IMR.ofCase, self.record.case),
            (IMR.verdict, verdict),
            (IMR.governedBy, self.recommendation),
            (IMR.ofApplication, self.application),
        ):
            add(self.name, predicate, value)

    def _match(self, application: str) -> bool:
        """Write down the diagnoses by which the recommendation fits, and the findings that bear one out.

        Say whether such care has been given before.
        """
        record, known = self.record, self.record.guidelines.graph
        aside = {*record.all(self.request, IMR.setsAside), *record.all(application, IMR.precededBy)}
        for condition in known.all(self.recommendation, IMR.treats):
            for fact in (*record.facts(IMR.hasDiagnosis), *record.facts(IMR.hasFinding)):
                if fact not in aside and condition in record.conditions(fact):
                    record.graph.add(application, IMR.matchedFact, fact)
        earlier = [
            fact
            for fact in record.facts(IMR.hasTreatment)
            if fact not in aside and 0 not in record.all(fact, IMR.visits)
        ]
        used = [care for care in record.all(self.request, IMR.countsUse) if record.all(care, IMR.visits)]
        earlier += (*record.facts(IMR.takesMedication), *used)
        covered = known.all(self.recommendation, IMR.covers)
        continued = any(
            record.is_within(fact, service) and not self._is_another(fact) for fact in earlier for service in covered
        )
        record.graph.add(application, IMR.fits, IMR.Continuation if continued else None)
        return continued

    def _is_another(self, earlier: str) -> bool:
        """Whether ``earlier`` is another drug than the requested one where the recommendation takes that for a new trial."""
        record = self.record
        if Words("true") not in record.guidelines.graph.all(self.recommendation, IMR.anotherIsNew):
            return False
        asked = record.all(self.request, IMR.concept)
        given = record.all(earlier, IMR.concept)
        return not any(record.is_within(earlier, one) for one in asked) and not any(
            record.is_within(self.request, one) for one in given
        )

    def _open(self, clause: Clause, *, continued: bool) -> None:
        record = self.record
        judgement = f"{self.request}/judgement/{clause.iri.partition('/kb/')[2]}"
        kind = record.guidelines.kind(clause.criterion) if clause.criterion else None
        applies = clause.role != "continues" or continued
        if clause.criterion and kind is None and applies:
            return
        self.judged[clause.iri] = (clause, judgement)
        for predicate, value in (
            (RDF.type, IMR.Judgement),
            (IMR.ofRequest, self.request),
            (IMR.ofCase, record.case),
            (IMR.ofClause, clause.iri),
            (IMR.ofCriterion, clause.criterion),
        ):
            record.graph.add(judgement, predicate, value)
        if clause.criterion is None:
            self._status(judgement, IMR.NotMet, "governs/6_position.rq")
        elif not applies:
            self._status(judgement, IMR.NotApplicable, "governs/6_not_applicable.rq")
        else:
            record.graph.add(judgement, IMR.judgedAs, kind)
            overlook(record, self.request, self.recommendation, judgement)
            gather(record, self.request, judgement, clause.criterion)
            if kind in JUDGED:
                code = record.guidelines.graph.one(kind, IMR.kindCode)
                status = JUDGED[kind](record, self.request, judgement, clause.criterion)
                self._status(judgement, status, f"criteria/{code.text}.rq")

    def _status(self, judgement: str, status: str, rule: str) -> None:
        self.record.graph.add(judgement, IMR.status, status)
        self.record.graph.add(judgement, IMR.byRule, Words(rule))

    def _tie(self) -> None:
        for clause, judgement in self.judged.values():
            link = {IMR.memberOf: IMR.partOf, IMR.exceptionTo: IMR.lifts}.get(clause.place)
            if link and clause.owner in self.judged:
                self.record.graph.add(judgement, link, self.judged[clause.owner][1])
                self.record.graph.add(judgement, IMR.below, self.judged[clause.owner][1])
        for _, judgement in self._roots():
            self.record.graph.add(self.request, IMR.decidedBy, judgement)

    def _lower(self, clause: Clause, place: str) -> list[str]:
        return [name for one, name in self.judged.values() if one.place == place and one.owner == clause.iri]

    def advance(self) -> bool:
        """Settle what can be settled, from the innermost clauses outwards; say whether anything was."""
        before, record = len(self.record.graph.triples), self.record
        for clause, judgement in reversed(self.judged.values()):
            if not record.all(judgement, IMR.status):
                if IMR.GroupCriterion in record.all(judgement, IMR.judgedAs):
                    self._group(clause, judgement)
                elif IMR.DependsCriterion in record.all(judgement, IMR.judgedAs):
                    self._depends(judgement)
            if record.all(judgement, IMR.status) and not record.all(judgement, IMR.effect):
                self._effect(clause, judgement)
        if self.recommendation and not record.all(self.name, IMR.verdict):
            roots = self._roots()
            effects = [record.one(judgement, IMR.effect) for _, judgement in roots]
            wanted = [one for one in record.guidelines.clauses(self.recommendation) if one.place == IMR.rootOf]
            if None not in effects and len(roots) == len(wanted):
                undecided = IMR.Necessary if set(effects) <= {IMR.Passes} else IMR.Undetermined
                self._write(IMR.NotNecessary if IMR.Fails in effects else undecided)
        return len(record.graph.triples) > before

    def _roots(self) -> list[tuple[Clause, str]]:
        return [(clause, name) for clause, name in self.judged.values() if clause.place == IMR.rootOf]

    def _group(self, clause: Clause, judgement: str) -> None:
        record, known = self.record, self.record.guidelines.graph
        members = self._lower(clause, IMR.memberOf)
        count = len(known.all(clause.criterion or "", IMR.member))
        seen = [(record.one(one, IMR.status), record.one(one, IMR.effect)) for one in members]
        if len(members) < count or any(None in one for one in seen):
            return
        idle = sum(status == IMR.NotApplicable for status, _ in seen)
        passing = sum(effect == IMR.Passes and status != IMR.NotApplicable for status, effect in seen)
        silent = sum(effect == IMR.Fails and status == IMR.NotDocumented for status, effect in seen)
        open_ones = sum(effect == IMR.LeavesOpen for _, effect in seen)
        unknown = sum(effect == IMR.LeavesUnknown for _, effect in seen)
        needed = known.one(clause.criterion or "", IMR.leastMembers)
        needed = count - idle if needed is None else needed
        if idle == count:
            status = IMR.NotApplicable
        elif passing >= needed:
            status = IMR.Met
        elif passing + silent + open_ones + unknown < needed:
            status = IMR.NotMet
        elif open_ones:
            status = IMR.Conflicting
        else:
            status = IMR.NotKnown if passing + unknown >= needed else IMR.NotDocumented
        self._status(judgement, status, _GROUP)

    def _depends(self, judgement: str) -> None:
        record = self.record
        others = record.all(judgement, IMR.servesItem)
        verdicts = [record.one(other + "/decision", IMR.verdict) for other in others]
        if None in verdicts:
            return
        for other in others:
            record.graph.add(judgement, IMR.considers, other)
        if not verdicts:
            status = IMR.NotDocumented
        elif IMR.Necessary in verdicts:
            status = IMR.Met
        else:
            status = IMR.Conflicting if IMR.Undetermined in verdicts else IMR.NotMet
        self._status(judgement, status, _DEPENDS)

    def _effect(self, clause: Clause, judgement: str) -> None:
        record, known = self.record, self.record.guidelines
        alone = known.effect(record.one(judgement, IMR.status), clause.scale)
        all_exceptions = [
            one for one in known.clauses(self.recommendation) if (one.place, one.owner) == (IMR.exceptionTo, clause.iri)
        ]
        lifting = [record.one(one, IMR.effect) for one in self._lower(clause, IMR.exceptionTo)]
        if len(lifting) < len(all_exceptions) or None in lifting or alone is None:
            return
        if IMR.Passes in (alone, *lifting):
            alone = IMR.Passes
        elif IMR.LeavesOpen in (alone, *lifting):
            alone = IMR.LeavesOpen
        elif IMR.LeavesUnknown in lifting:
            alone = IMR.LeavesUnknown
        record.graph.add(judgement, IMR.effect, alone)

    def settle(self) -> None:
        """Say what follows: the ground, the outcome of review, what a limit would still allow, what is decisive."""
        record, add = self.record, self.record.graph.add
        if not record.all(self.name, IMR.verdict):
            self._write(IMR.Undetermined)
            add(self.name, IMR.ground, IMR.CircularDependence)
        verdict = record.one(self.name, IMR.verdict)
        failing = [(clause, name) for clause, name in self._roots() if IMR.Fails in record.all(name, IMR.effect)]
        if verdict == IMR.NotNecessary:
            grounds = [
                IMR.NotDocumented if self._is_silent(clause, name) else clause.ground for clause, name in failing
            ]
            add(self.name, IMR.ground, min(grounds, key=self._rank))
            left = [
                record.one(name, IMR.supported) for _, name in failing if IMR.NotMet in record.all(name, IMR.status)
            ]
            is_open = any(record.one(name, IMR.effect) not in {IMR.Fails, IMR.Passes} for _, name in self._roots())
            if len(left) == len(failing) and None not in left and not is_open:
                add(self.name, IMR.supportedQuantity, min(left))
        elif not record.all(self.name, IMR.ground):
            is_open = any(IMR.LeavesOpen in record.all(name, IMR.effect) for _, name in self._roots())
            undecided = IMR.Conflicting if is_open else IMR.NotKnown
            add(self.name, IMR.ground, IMR.CriteriaMet if verdict == IMR.Necessary else undecided)
        add(self.name, IMR.reviewOutcome, record.guidelines.graph.one(verdict, IMR.leadsTo))
        for _, judgement in self.judged.values():
            add(self.name, IMR.rests, judgement)
        effects = record.guidelines.graph.all(verdict, IMR.restsOn)
        waiting = [name for _, name in self._roots() if record.one(name, IMR.effect) in effects]
        while waiting:
            judgement = waiting.pop()
            if not record.all(judgement, IMR.decisive):
                add(judgement, IMR.decisive, Words("true"))
                below = record.graph.having(IMR.below, judgement)
                own = record.one(judgement, IMR.effect)
                waiting += [name for name in below if own in record.all(name, IMR.effect)]

    def _is_silent(self, clause: Clause, judgement: str) -> bool:
        """Say whether silence is what refuses: of what is asked for, or of an exception to advice against the service."""
        record = self.record
        asked = [judgement] if clause.criterion else record.graph.having(IMR.lifts, judgement)
        return any(IMR.NotDocumented in record.all(name, IMR.status) for name in asked)

    def _rank(self, ground: str | None) -> Decimal:
        rank: Decimal = self.record.guidelines.graph.one(ground or "", IMR.rank)
        return rank
