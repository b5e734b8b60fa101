"""Which recommendations apply to a request on the deciding date, and which of them governs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imr_kb.verify.reading import IMR, RDF, Words
from imr_kb.verify.record import Record

__all__ = ["governing"]


def governing(record: Record, request: str) -> list[str]:
    """Derive the applications of ``request`` and their order; return those that govern, at most one in a sound base."""
    applications = _candidates(record, request)
    for application, recommendation in applications.items():
        _fit(record, request, application, recommendation)
    applicable = [name for name, whose in applications.items() if _applies(record, name, whose)]
    _rebut(record, request, applicable)
    for one in applicable:
        rivals = [two for two in applicable if record.one(two, IMR.ofSource) == record.one(one, IMR.ofSource)]
        _compare(record, one, rivals, IMR.WithinSource)
    leading = _unbeaten(record, applicable, IMR.Leading)
    for one in leading:
        _compare(record, one, leading, IMR.AcrossSources)
    governing = _unbeaten(record, leading, IMR.Governing)
    for one in governing:
        record.graph.add(request, IMR.governingApplication, one)
        for care in _care_before_the_operation(record, request, applications[one]):
            record.graph.add(one, IMR.precededBy, care)
    return governing


def _care_before_the_operation(record: Record, request: str, recommendation: str) -> Iterator[str]:
    """Yield the care given before an operation, not of the other side, that ``recommendation`` speaks after."""
    surgeries = set(record.guidelines.graph.all(recommendation, IMR.afterSurgery))
    treatments = record.all(record.case, IMR.hasTreatment)
    aside = {*record.all(request, IMR.otherSide), *record.all(record.case, IMR.laterCare)}
    operations = [
        one for one in treatments if one not in aside and not surgeries.isdisjoint(record.all(one, IMR.isOperation))
    ]
    days = [day for one in operations for day in record.all(one, IMR.onDate)]
    for care in treatments if operations else ():
        told = Words("true") in record.all(care, IMR.beforeOperation)
        if told or any(then < day for then in record.all(care, IMR.onDate) for day in days):
            yield care


def _candidates(record: Record, request: str) -> dict[str, str]:
    """Return the applications of recommendations that name the service and whose edition is in force, with whose."""
    known, found = record.guidelines, {}
    services = {one for concept in record.all(request, IMR.concept) for one in known.within(concept)}
    if record.day is None:
        return {}
    operations = {
        name
        for fact in record.all(record.case, IMR.hasTreatment)
        if fact not in record.all(request, IMR.otherSide)
        for name in record.all(fact, IMR.isOperation)
    }
    for recommendation in sorted({name for service in services for name in known.covering.get(service, ())}):
        after = known.graph.all(recommendation, IMR.afterSurgery)
        only_open = Words("true") in known.graph.all(recommendation, IMR.whereAuthorized)
        if not operations.intersection(after) if after else only_open and not record.all(request, IMR.awaits):
            continue
        for edition in known.graph.all(recommendation, IMR.edition):
            for standing in known.graph.all(edition, IMR.hasStanding):
                if known.in_force(standing, record.day):
                    application = f"{request}/application/{recommendation.partition('/kb/')[2]}"
                    found[application] = recommendation
                    covered = services.intersection(known.graph.all(recommendation, IMR.covers))
                    for predicate, value in (
                        (RDF.type, IMR.Application),
                        (IMR.ofRequest, request),
                        (IMR.ofCase, record.case),
                        (IMR.ofRecommendation, recommendation),
                        (IMR.ofStanding, standing),
                        (IMR.serviceDepth, _deepest(record, covered)),
                    ):
                        record.graph.add(application, predicate, value)
    return found


def _deepest(record: Record, concepts: Any) -> Any:
    depths = [record.guidelines.depth(concept) for concept in concepts]
    return type(record.day)(max(depths)) if depths else None


def _fit(record: Record, request: str, application: str, recommendation: str) -> None:
    known, add = record.guidelines, record.graph.add
    treated = set(known.graph.all(recommendation, IMR.treats)).intersection(record.all(request, IMR.concerns))
    if treated:
        add(application, IMR.fits, IMR.ConditionFit)
        add(application, IMR.conditionDepth, _deepest(record, treated))
    if set(known.graph.all(recommendation, IMR.inPhase)).intersection(record.all(record.case, IMR.inPhase)):
        add(application, IMR.fits, IMR.PhaseFit)
    if _is_in_region(record, request, set(known.graph.all(recommendation, IMR.region))):
        add(application, IMR.fits, IMR.RegionFit)
    operations = set(_recent_operations(record, request, recommendation))
    if operations:
        add(application, IMR.fits, IMR.SurgeryFit)
        add(application, IMR.surgeryDepth, _deepest(record, operations))


def _is_in_region(record: Record, request: str, regions: set[str]) -> bool:
    """Whether a request is of one of ``regions``, by its own words, its service, or a diagnosis in one it may mean."""
    told, aside = record.all(request, IMR.atPart), record.all(request, IMR.setsAside)
    meant = {region for region in regions if not told or record.is_near(told, (region,))}
    diagnoses = [diagnosis for diagnosis in record.facts(IMR.hasDiagnosis) if diagnosis not in aside]
    return not regions.isdisjoint(_regions(record, request)) or any(
        not meant.isdisjoint(_regions(record, diagnosis)) for diagnosis in diagnoses
    )


def _regions(record: Record, subject: str) -> Iterator[str]:
    """Yield the parts of the body that hold what a request or a fact names."""
    for part in record.all(subject, IMR.bodyPart):
        yield from record.guidelines.within(part)
    for concept in record.all(subject, IMR.concept):
        yield from record.guidelines.sites(concept)


def _recent_operations(record: Record, request: str, recommendation: str) -> Iterator[str]:
    """Yield the operations, not of the other side, that a recommendation follows, no more than its months back."""
    known, today = record.guidelines.graph, record.one(record.case, IMR.asOf)
    limit, per_year = known.one(recommendation, IMR.withinMonths), known.one(IMR.withinMonths, IMR.monthsPerYear)
    for treatment in record.all(record.case, IMR.hasTreatment):
        for then in record.all(treatment, IMR.onDate):
            if limit is None or then > today or treatment in record.all(request, IMR.otherSide):
                continue
            months = (today.year - then.year) * per_year + today.month - then.month
            if months < limit or (months == limit and today.day <= then.day):
                surgeries = known.all(recommendation, IMR.afterSurgery)
                yield from set(record.all(treatment, IMR.isOperation)).intersection(surgeries)


def _applies(record: Record, application: str, recommendation: str) -> bool:
    """Whether a recommendation fits in every respect that it demands; then write down by what it is compared."""
    known, add, number = record.guidelines.graph, record.graph.add, type(record.day)
    if not record.guidelines.demands(recommendation) <= set(record.all(application, IMR.fits)):
        return False
    edition = known.one(recommendation, IMR.edition)
    tier = known.one(record.one(application, IMR.ofStanding), IMR.tier)
    level = known.one(recommendation, IMR.evidenceLevel)
    source, year, rank = (
        known.one(edition, IMR.editionOf),
        known.one(edition, IMR.publishedYear),
        known.one(tier, IMR.precedence),
    )
    if None in (source, year, rank):
        return False
    has_criteria = any(clause.criterion for clause in record.guidelines.clauses(recommendation))
    for predicate, value in (
        (RDF.type, IMR.Applicable),
        (IMR.ofSource, source),
        (IMR.tierPrecedence, rank),
        (IMR.evidencePrecedence, (known.one(level, IMR.precedence) if level else None) or number(0)),
        (IMR.currency, year),
        (IMR.conditional, number(1 if has_criteria else 0)),
        (IMR.listing, Words(recommendation)),
        (IMR.conditionDepth, record.one(application, IMR.conditionDepth) or number(0)),
        (IMR.surgeryDepth, record.one(application, IMR.surgeryDepth) or number(0)),
    ):
        add(application, predicate, value)
    return True


def _rebut(record: Record, request: str, applicable: list[str]) -> None:
    """Weigh by evidence what a request argues against; what states no evidence counts as what is understood."""
    known = record.guidelines.graph
    understood = [one for step in known.having(RDF.type, IMR.AcrossSources) for one in known.all(step, IMR.understands)]
    for rebuttal in record.all(request, IMR.rebuttedBy):
        shown = known.one(record.one(rebuttal, IMR.evidenceLevel), IMR.precedence)
        for application in applicable if shown is not None else ():
            for level in understood:
                own = max(record.one(application, IMR.evidencePrecedence), known.one(level, IMR.precedence))
                is_cited = record.one(application, IMR.ofSource) in record.all(rebuttal, IMR.citesSource)
                record.graph.add(application, IMR.rebuttalPrecedence, max(shown, own) if is_cited else own)


def _compare(record: Record, loser: str, rivals: list[str], kind: str) -> None:
    """Write down by whom ``loser`` is outranked: the first step in which two differ decides, the larger value wins."""
    known = record.guidelines
    steps = sorted(known.kinds_of(kind), key=lambda step: known.graph.one(step, IMR.rank))
    for winner in rivals:
        for step in steps:
            name = known.graph.one(step, IMR.comparesBy)
            larger, smaller = record.all(winner, name), record.all(loser, name)
            if any(_key(one) != _key(two) for one in larger for two in smaller):
                if any(_key(one) > _key(two) for one in larger for two in smaller):
                    record.graph.add(loser, IMR.outrankedBy, winner)
                    record.graph.add(loser, IMR.outrankedOn, step)
                break


def _key(value: Any) -> Any:
    return value.text if isinstance(value, Words) else value


def _unbeaten(record: Record, applications: list[str], rank: str) -> list[str]:
    found = [one for one in applications if not record.all(one, IMR.outrankedBy)]
    for one in found:
        record.graph.add(one, RDF.type, rank)
    return found
