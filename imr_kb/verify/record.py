"""What follows from a case alone: its deciding date, its facts, and which of them count for a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import product
from typing import Any

from imr_kb.verify.guidelines import Guidelines
from imr_kb.verify.reading import IMR, RDF, Graph, Triple, day_numbers, day_of, rounded

__all__ = ["Record"]


class Record:
    """One case beside the knowledge base; what is derived goes into ``graph``, where later steps find it."""

    def __init__(self, case: str, triples: Iterable[Triple], guidelines: Guidelines) -> None:
        """Take the triples of ``case``, of which what no rule may read is left out, and prepare it."""
        known = guidelines.graph
        unseen = set(known.having(IMR.unseenByRules, next(iter(known.all(IMR.evidence, IMR.unseenByRules)), "")))
        triples = list(triples)
        quoted = {value for _, predicate, value in triples if predicate == IMR.evidence}
        self.case = case
        self.guidelines = guidelines
        self.graph = Graph(triple for triple in triples if triple[1] not in unseen and triple[0] not in quoted)
        for triple in list(day_numbers(self.graph.triples, known)):
            self.graph.add(*triple)
        self.given = frozenset(self.graph.triples)
        self.items: tuple[str, ...] = self.graph.all(case, IMR.requests)
        for part in (part for item in self.items for part in self.graph.all(item, IMR.comprises)):
            self.graph.add(case, IMR.requests, part)
        self.requests: tuple[str, ...] = self.graph.all(case, IMR.requests)
        for step in (
            self._date,
            self._facts,
            self._amounts,
            self._phases,
            self._operations,
            self._sides,
            self._waiting,
        ):
            step()
        self._parts()

    @property
    def derived(self) -> set[Triple]:
        """Everything that has been derived so far."""
        return self.graph.triples - self.given

    def all(self, subject: str, predicate: str) -> tuple[Any, ...]:
        """Return every value of ``predicate`` at ``subject``."""
        return self.graph.all(subject, predicate)

    def one(self, subject: str, predicate: str) -> Any:
        """Return a value of ``predicate`` at ``subject``, or None."""
        return self.graph.one(subject, predicate)

    @property
    def day(self) -> Any:
        """The day number of the deciding date."""
        return self.one(self.case, IMR.asOfDay)

    def facts(self, predicate: str, polarity: str = IMR.Present) -> list[str]:
        """Return the facts that the case has by ``predicate``, with this polarity."""
        return [fact for fact in self.all(self.case, predicate) if polarity in self.all(fact, IMR.polarity)]

    def item_of(self, request: str) -> str | None:
        """Return the item of which ``request`` is a part, if it is one."""
        return next((item for item in self.items if request in self.all(item, IMR.comprises)), None)

    def is_within(self, subject: str, general: str) -> bool:
        """Whether what ``subject`` is about is ``general`` or narrower."""
        return any(general in self.guidelines.within(concept) for concept in self.all(subject, IMR.concept))

    def _date(self) -> None:
        known = self.guidelines
        for basis in sorted(known.kinds_of(IMR.DateBasis), key=lambda name: known.graph.one(name, IMR.rank)):
            dated = self.one(self.case, known.graph.one(basis, IMR.datedBy))
            if isinstance(dated, date):
                self.graph.add(self.case, IMR.asOf, dated)
                self.graph.add(self.case, IMR.asOfDay, day_of(dated))
                self.graph.add(self.case, IMR.asOfBasis, basis)
                injured = self.one(self.case, IMR.injuredDay)
                self.graph.add(self.case, IMR.daysSinceInjury, None if injured is None else self.day - injured)
                return

    def _facts(self) -> None:
        for predicate, kind in self.guidelines.fact_classes:
            for fact in self.all(self.case, predicate):
                self.graph.add(self.case, IMR.hasFact, fact)
                self.graph.add(fact, RDF.type, IMR.Fact)
                self.graph.add(fact, RDF.type, kind)
                for polarity in self.all(fact, IMR.polarity) or (IMR.Present,):
                    self.graph.add(fact, IMR.polarity, polarity)
                    if polarity == IMR.Absent:
                        self.graph.add(self.case, IMR.hasDenial, fact)

    def _amounts(self) -> None:
        """Count units, daily doses, and for how many days care went on or is asked for."""
        per_week = self.guidelines.graph.one(IMR.weeks, IMR.daysPerUnit)
        for request in self.requests:
            times, weeks = self.one(request, IMR.perWeek), self.one(request, IMR.weeks)
            if None not in (times, weeks) and not self.all(request, IMR.quantity):
                self.graph.add(request, IMR.quantity, (times * weeks).to_integral_value(rounding=ROUND_CEILING))
            supply, units, per_day = (self.one(request, name) for name in (IMR.daysSupply, IMR.quantity, IMR.perDay))
            if supply is None and weeks is not None:
                supply = weeks * per_week
            elif supply is None and units is not None and per_day:
                supply = units / per_day
            self._count(request, IMR.lengthDays, supply)
        for fact in self.all(self.case, IMR.hasFact):
            since, weeks = self.one(fact, IMR.sinceDay), self.one(fact, IMR.weeks)
            if since is not None and self.day is not None:
                self._count(fact, IMR.lengthDays, self.day - since)
            elif since is None and weeks is not None:
                self._count(fact, IMR.lengthDays, weeks * per_week)
        for drug in (*self.all(self.case, IMR.takesMedication), *self.requests):
            strength, per_day = self.one(drug, IMR.strengthMg), self.one(drug, IMR.perDay)
            units, days = self.one(drug, IMR.quantity), self.one(drug, IMR.daysSupply)
            if None not in (strength, per_day):
                self._count(drug, IMR.mgPerDay, strength * per_day)
            elif None not in (strength, units, days) and days > 0 and drug in self.requests:
                self._count(drug, IMR.mgPerDay, strength * units / days)

    def _count(self, subject: str, predicate: str, number: Decimal | None) -> None:
        self.graph.add(subject, predicate, None if number is None else rounded(number))

    def _phases(self) -> None:
        known, past = self.guidelines, self.one(self.case, IMR.daysSinceInjury)
        if past is not None:
            for one in known.kinds_of(IMR.PhaseDefinition):
                least, most = known.graph.one(one, IMR.leastDays), known.graph.one(one, IMR.mostDays)
                runs = None not in (least, most) and least <= past <= most
                if runs and known.in_force(one, self.day):
                    self.graph.add(self.case, IMR.inPhase, known.graph.one(one, IMR.definesPhase))
        for condition in (one for fact in self.facts(IMR.hasDiagnosis) for one in self.conditions(fact)):
            for phase in known.graph.all(condition, IMR.indicatesPhase):
                self.graph.add(self.case, IMR.inPhase, phase)

    def conditions(self, fact: str) -> Iterator[str]:
        """Yield what a diagnosis is within, and what a finding of a study bears out is within."""
        for concept in self.all(fact, IMR.concept):
            for wider in self.guidelines.within(concept):
                yield wider
                for condition in self.guidelines.graph.all(wider, IMR.bearsOut):
                    yield from self.guidelines.within(condition)

    def _operations(self) -> None:
        for treatment in self.facts(IMR.hasTreatment):
            for concept in self.all(treatment, IMR.concept):
                for surgery in self.guidelines.within(concept):
                    if self.guidelines.graph.having(IMR.afterSurgery, surgery):
                        self.graph.add(treatment, IMR.isOperation, surgery)

    def _sides(self) -> None:
        """Find the facts and the authorized care that name the side opposite to the one that a request names."""
        known = self.guidelines.graph
        named = [*self.all(self.case, IMR.hasFact), *self.all(self.case, IMR.hasAuthorization)]
        for request in self.requests:
            opposite = {two for one in self.all(request, IMR.laterality) for two in known.all(one, IMR.oppositeSide)}
            for fact in named:
                if opposite.intersection(self.all(fact, IMR.laterality)):
                    self.graph.add(request, IMR.otherSide, fact)

    def _waiting(self) -> None:
        """Find the authorized care that includes a request, is for its part and side of the body, and is not used up."""
        for request in self.requests:
            for care in self.all(self.case, IMR.hasAuthorization):
                includes = any(self.is_within(request, kind) for kind in self.all(care, IMR.concept))
                here, there = self.all(request, IMR.bodyPart), self.all(care, IMR.bodyPart)
                units, used, then = (self.one(care, name) for name in (IMR.quantity, IMR.visits, IMR.onDay))
                is_left = None in (units, used) or used < units
                is_known = None in (then, self.day) or then <= self.day
                is_known = is_known and care not in self.all(request, IMR.otherSide)
                if includes and is_left and is_known and (not here or not there or self.is_near(here, there)):
                    self.graph.add(request, IMR.awaits, care)

    def units(self, care: str) -> Decimal | None:
        """Return how much of authorized care has been used, or, where that is not stated, how much was authorized."""
        used: Decimal | None = self.one(care, IMR.visits)
        granted: Decimal | None = self.one(care, IMR.quantity)
        return granted if used is None else used

    def is_near(self, here: Iterable[str], there: Iterable[str]) -> bool:
        """Whether parts of the body overlap, the whole of one that runs through regions with each of these."""
        known = self.guidelines
        return any(
            region in known.within(other)
            for pair in product(here, there)
            for one, other in (pair, pair[::-1])
            for region in (one, *known.graph.all(one, IMR.runsThrough))
        )

    def _parts(self) -> None:
        """Say of which part of the body each item is, and which facts do not count for a request on that account."""
        done, answers = (*self.all(self.case, IMR.hasTreatment), *self.all(self.case, IMR.hasStudy)), IMR.hasResponse
        responses, diagnosed = self.all(self.case, answers), self.all(self.case, IMR.hasDiagnosis)
        granted = self.all(self.case, IMR.hasAuthorization)
        placed = ((item, IMR.concept) for item in (*self.requests, *done, *granted, *diagnosed))
        for item, names in (*placed, *((response, IMR.toService) for response in responses)):
            own = (site for name in self.all(item, names) for site in self.guidelines.own_sites(name))
            for part in self.all(item, IMR.bodyPart) or own:
                self.graph.add(item, IMR.atPart, part)
        found = self.all(self.case, IMR.hasFinding)
        for finding, kind in ((one, kind) for one in found for kind in self.all(one, IMR.concept)):
            for part in self.guidelines.told_of(kind):
                self.graph.add(finding, IMR.atPart, part)
        for request, kind in ((one, kind) for one in self.requests for kind in self.all(one, IMR.concept)):
            for told in self.guidelines.told_by(kind):
                if told.issuperset(self.all(request, IMR.bodyPart)):
                    for part in sorted(told):
                        self.graph.add(request, IMR.atPart, part)
        later = [fact for fact in done if any(then > self.day for then in self._days(fact))]
        for fact in later:
            self.graph.add(self.case, IMR.laterCare, fact)
        for request in self.requests:
            here = self.all(request, IMR.atPart)
            for care in granted:
                there, is_opposite = self.all(care, IMR.atPart), care in self.all(request, IMR.otherSide)
                is_elsewhere = is_opposite or bool(here and there and not self.is_near(here, there))
                is_later = any(then > self.day for then in self._days(care))
                if (self.units(care) or 0) > 0 and not is_elsewhere and not is_later:
                    self.graph.add(request, IMR.countsUse, care)
            located = [fact for fact in (*done, *responses, *diagnosed, *found) if here and self.all(fact, IMR.atPart)]
            opposite = [fact for fact in self.all(self.case, IMR.hasFact) if fact in self.all(request, IMR.otherSide)]
            near = [fact for fact in located if self.is_near(here, self.all(fact, IMR.atPart)) and fact not in opposite]
            is_diagnosed = any(IMR.Diagnosis in self.all(fact, RDF.type) and self._is_present(fact) for fact in near)
            aside = {fact for fact in located if fact not in near and (fact not in diagnosed or is_diagnosed)}
            for fact in near:
                self.graph.add(request, IMR.near, fact)
            for fact in aside.union(later, opposite):
                self.graph.add(request, IMR.setsAside, fact)
            for fact in (*self.facts(IMR.hasDiagnosis), *self.facts(IMR.hasFinding)):
                if fact not in aside.union(opposite):
                    for condition in self.guidelines.treated.intersection(self.conditions(fact)):
                        self.graph.add(request, IMR.concerns, condition)

    def _days(self, fact: str) -> tuple[Any, ...]:
        """Return when a fact was, where there is a deciding date to compare with."""
        return () if self.day is None else self.all(fact, IMR.onDay)

    def _is_present(self, fact: str) -> bool:
        return IMR.Present in self.all(fact, IMR.polarity)
