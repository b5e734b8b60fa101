"""How each kind of criterion comes out, by what docs/model.md and docs/rules.md say of it.

Each kind has a function from the record, the request and the judgement to the status; it writes the numbers that it compared
beside the status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from imr_kb.verify.reading import IMR, RDF, Words, rounded
from imr_kb.verify.record import Record

__all__ = ["JUDGED", "gather", "overlook"]

#: Doses are compared to the thousandth of a milligram.
_THOUSANDTH: Final = Decimal("0.001")


def overlook(record: Record, request: str, recommendation: str, judgement: str) -> None:
    """Write down which of the facts that are set aside for ``request`` the judgement looks at all the same, or not.

    Care elsewhere is looked at where the criterion names care of a part, or the recommendation on a service with a site of
    its own names that part as its region; no number counts it. A diagnosis is looked at wherever it is, unless it is of
    the other side, or the condition is meant nearby and it is of another region of the spine. What the criterion itself
    leaves out is not looked at, nor is care before the operation that the recommendation speaks after.
    """
    known = record.guidelines
    criterion, kind = record.one(judgement, IMR.ofCriterion), record.one(judgement, IMR.judgedAs)
    regions = set(known.graph.all(recommendation, IMR.region))
    if not any(known.own_sites(service) for service in record.all(request, IMR.concept)):
        regions = set()
    for fact in record.all(request, IMR.setsAside):
        cares = (*record.all(fact, IMR.concept), *record.all(fact, IMR.toService))
        named = any(known.own_sites(one) for care in cares for one in known.about(criterion) & known.within(care))
        named = named or any(regions & known.within(part) for part in record.all(fact, IMR.atPart))
        is_opposite, kinds = fact in record.all(request, IMR.otherSide), record.all(fact, RDF.type)
        counts_nowhere = is_opposite or IMR.Finding in kinds or fact in record.all(record.case, IMR.laterCare)
        if is_opposite or IMR.Diagnosis not in kinds or _is_meant_nearby(record, fact, criterion):
            counts_nowhere = counts_nowhere or IMR.Diagnosis in kinds
            is_looked_at = named and not counts_nowhere and kind not in {IMR.QuantityCriterion, IMR.IntervalCriterion}
            record.graph.add(judgement, IMR.looksElsewhereAt if is_looked_at else IMR.overlooks, fact)
    for application in record.all(request, IMR.governingApplication):
        for fact in record.all(application, IMR.precededBy):
            record.graph.add(judgement, IMR.overlooks, fact)
    for fact in record.all(record.case, IMR.hasDiagnosis):
        if _is_meant_nearby(record, fact, criterion) and _is_of_another_region(record, request, fact):
            record.graph.add(judgement, IMR.overlooks, fact)
    left_out = set(known.graph.all(criterion, IMR.butNot)) if criterion else set()
    for fact in record.all(record.case, IMR.hasFact) if left_out else ():
        if any(left_out & known.within(concept) for concept in record.all(fact, IMR.concept)):
            record.graph.add(judgement, IMR.overlooks, fact)


def _is_meant_nearby(record: Record, diagnosis: str, criterion: str) -> bool:
    """Whether the criterion asks, by ``diagnosis``, for a condition that is meant at the requested part of the body only."""
    known = record.guidelines
    asked = known.about(criterion)
    reached = (one for concept in record.all(diagnosis, IMR.concept) for one in asked & known.within(concept))
    return any(known.graph.all(one, IMR.meantNearby) for one in reached)


def _is_of_another_region(record: Record, request: str, diagnosis: str) -> bool:
    """Whether ``diagnosis`` and ``request`` are of two regions that one part of the body, the spine, runs through."""
    known = record.guidelines
    runs = [set(known.graph.all(spine, IMR.runsThrough)) for spine in known.graph.using(IMR.runsThrough)]
    here, there = record.all(request, IMR.atPart), record.all(diagnosis, IMR.atPart)
    return diagnosis not in record.all(request, IMR.near) and any(
        regions & known.within(one) and regions & known.within(other)
        for regions in runs
        for one in here
        for other in there
    )


def gather(record: Record, request: str, judgement: str, criterion: str) -> None:
    """Write down every fact of the case that a criterion looks at, and what these facts show and deny."""
    known, add = record.guidelines, record.graph.add
    about, classes = known.about(criterion), set(known.reads(criterion))
    overlooked = record.all(judgement, IMR.overlooks)
    facts = [fact for fact in record.all(record.case, IMR.hasFact) if fact not in overlooked]
    for fact in (one for one in facts if about and classes.intersection(record.all(one, RDF.type))):
        polarities = record.all(fact, IMR.polarity)
        for concept in record.all(fact, IMR.concept):
            reaches = about & known.within(concept)
            if IMR.Present in polarities and reaches:
                add(judgement, IMR.considers, fact)
                add(judgement, IMR.shows, concept)
            if IMR.Absent in polarities:
                denied = [one for one in about if concept in known.within(one)]
                for one in denied:
                    add(judgement, IMR.denies, one)
                if denied or reaches:
                    add(judgement, IMR.considers, fact)
    if known.kind(criterion) == IMR.DoseCriterion:
        for drug in _dosed(record, request, judgement, about):
            add(judgement, IMR.countsDose, drug)
    if known.kind(criterion) == IMR.QuantityCriterion and known.counts_earlier(criterion):
        for care in record.all(request, IMR.countsUse):
            if any(record.is_within(care, one) for one in about):
                add(judgement, IMR.considers, care)
                add(judgement, IMR.countsUse, care)
    if known.kind(criterion) == IMR.DependsCriterion:
        for other in record.requests:
            item = record.item_of(other)
            if other != request and any(record.is_within(other, one) for one in about):
                # A service that is part of another item is served as that item.
                add(judgement, IMR.servesItem, other if item in (None, record.item_of(request)) else item)


def _dosed(record: Record, request: str, judgement: str, about: frozenset[str]) -> Iterator[str]:
    """Yield the drugs whose dose counts: the requested one, else the same in use, and those in use of another product."""
    within = record.guidelines.within
    asked, shown = record.all(request, IMR.concept), record.all(judgement, IMR.shows)
    is_dosed = bool(record.all(request, IMR.mgPerDay))
    kept = False
    for drug in _seen(record, judgement, IMR.MedicationUse):
        for current in record.all(drug, IMR.concept):
            is_asked = any(current in within(one) or one in within(current) for one in asked)
            is_named_better = any(current in within(one) and one != current for one in shown)
            keeps = is_asked and not is_dosed and bool(record.all(drug, IMR.mgPerDay))
            if (keeps or not is_asked) and not is_named_better:
                kept = kept or keeps
                yield drug
    if not kept and any(record.is_within(request, one) for one in about):
        yield request


def _seen(record: Record, judgement: str, kind: str | None = None, polarity: str = IMR.Present) -> list[str]:
    return [
        fact
        for fact in record.all(judgement, IMR.considers)
        if polarity in record.all(fact, IMR.polarity) and (kind is None or kind in record.all(fact, RDF.type))
    ]


def _status(*, refuted: bool, unknown: bool) -> str:
    return IMR.NotMet if refuted else IMR.NotDocumented if unknown else IMR.Met


def _finding(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known = record.guidelines
    shown, denied = record.all(judgement, IMR.shows), record.all(judgement, IMR.denies)
    different = [one for one in shown if not any(one in known.within(other) and other != one for other in shown)]
    least = known.graph.one(criterion, IMR.leastCount) or Decimal(1)
    record.graph.add(judgement, IMR.observed, Decimal(len(different)))
    record.graph.add(judgement, IMR.limit, least)
    all_denied = len(denied) >= len(known.about(criterion))
    if any(about in known.within(one) for about in denied for one in shown):
        return IMR.Conflicting
    if IMR.Absent in known.graph.all(criterion, IMR.stated):
        return IMR.NotMet if different else IMR.Met if all_denied else IMR.NotDocumented
    return IMR.Met if len(different) >= least else IMR.NotMet if all_denied else IMR.NotDocumented


def _tried(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known = record.guidelines.graph
    limits = [
        (name, known.one(criterion, least) or Decimal(0))
        for name, least in ((IMR.visits, IMR.leastVisits), (IMR.weeks, IMR.leastWeeks))
    ]
    asked, days = known.one(criterion, IMR.mustHave), known.one(criterion, IMR.leastDaysObserved)
    lasted = record.one(record.case, IMR.daysSinceInjury)
    passed = None if None in (days, lasted) else lasted
    is_early = passed is not None and passed < days
    denied, trials = record.all(judgement, IMR.denies), _seen(record, judgement)
    per_week = known.one(IMR.weeks, IMR.daysPerUnit)
    #: Of each trial that satisfies: whether the days since the injury stood for its weeks, and whether it is denied.
    enough: list[tuple[bool, bool]] = []
    short, short_by_days = 0, False
    for trial in trials:
        amounts = [(record.one(trial, name), least) for name, least in limits]
        outcome, weeks = record.one(trial, IMR.outcome), amounts[-1][0]
        if weeks is not None and lasted is not None and weeks * per_week > lasted:
            # No trial is longer than the time since the injury: the record does not say how long it was.
            weeks, amounts[-1] = None, (None, limits[-1][1])
        by_days = weeks is None and passed is not None
        if by_days:
            # The time since the injury stands for weeks that the record does not state.
            amounts.pop()
        is_long = all(least == 0 if amount is None else amount >= least for amount, least in amounts)
        is_short = any(amount is not None and amount < least for amount, least in amounts)
        is_long, is_short = is_long and not (by_days and is_early), is_short or (by_days and is_early)
        is_short = is_short or (asked is not None and outcome not in {None, asked})
        is_enough = is_long and (asked is None or outcome == asked)
        if is_enough:
            enough.append((by_days, any(record.is_within(trial, about) for about in denied)))
        short += is_short
        short_by_days = short_by_days or (by_days and is_early)
        record.graph.add(judgement, IMR.satisfiedBy, trial if is_enough else None)
        record.graph.add(judgement, IMR.notSatisfiedBy, trial if is_short else None)
        record.graph.add(judgement, IMR.byObservation, trial if by_days and (is_early or is_enough) else None)
    status, decided_by_days = IMR.NotDocumented, False
    if enough:
        is_clash = any(is_denied for _, is_denied in enough)
        status, decided_by_days = (
            IMR.Conflicting if is_clash else IMR.Met,
            not is_clash and all(one for one, _ in enough),
        )
    elif trials and short == len(trials):
        status, decided_by_days = IMR.NotMet, short_by_days
    elif not trials and (is_early or len(denied) >= len(record.guidelines.about(criterion))):
        status, decided_by_days = IMR.NotMet, is_early
    if decided_by_days:
        record.graph.add(judgement, IMR.observed, passed)
        record.graph.add(judgement, IMR.limit, days)
    return status


def _quantity(record: Record, request: str, judgement: str, criterion: str) -> str:
    known = record.guidelines
    courses = _seen(record, judgement, IMR.Treatment) if known.counts_earlier(criterion) else []
    visits = [record.one(course, IMR.visits) for course in courses]
    prior = sum((count for count in visits if count is not None), Decimal(0))
    used = _used(record, judgement, courses)
    record.graph.add(judgement, IMR.usedUnits, used)
    prior += used or 0
    most, asked = known.graph.one(criterion, IMR.mostUnits), record.one(request, IMR.quantity)
    _compared(record, request, judgement, prior, asked, most)
    record.graph.add(judgement, IMR.priorInferred, Words("false" if courses or used is not None else "true"))
    _uncounted(record, judgement, visits)
    if None not in visits:
        record.graph.add(judgement, IMR.supported, max(most - prior, Decimal(0)))
    return _status(refuted=prior + (asked or 0) > most, unknown=None in visits or asked is None)


def _used(record: Record, judgement: str, courses: list[str]) -> Decimal | None:
    """Return by how many units authorized care exceeds what is on record, summed over its services."""
    within = record.guidelines.within
    used: dict[str, Decimal] = {}
    for care in record.all(judgement, IMR.countsUse):
        for service in record.all(care, IMR.concept):
            used[service] = used.get(service, Decimal(0)) + (record.units(care) or 0)
    beyond = Decimal(0)
    for service, visits in used.items():
        same = [
            course
            for course in courses
            if any(service in within(one) or one in within(service) for one in record.all(course, IMR.concept))
        ]
        beyond += max(visits - sum(record.one(course, IMR.visits) or 0 for course in same), Decimal(0))
    return beyond if used else None


def _duration(record: Record, request: str, judgement: str, criterion: str) -> str:
    uses = _seen(record, judgement)
    lengths = [record.one(use, IMR.lengthDays) for use in uses]
    prior = max((length for length in lengths if length is not None), default=Decimal(0))
    prior = max(prior, Decimal(0))
    most, asked = record.guidelines.graph.one(criterion, IMR.mostDays), record.one(request, IMR.lengthDays)
    _compared(record, request, judgement, prior, asked, most)
    record.graph.add(judgement, IMR.priorInferred, Words("false" if uses else "true"))
    _uncounted(record, judgement, lengths)
    return _status(refuted=prior + (asked or 0) > most, unknown=None in lengths or asked is None)


def _compared(record: Record, request: str, judgement: str, prior: Any, asked: Any, most: Any) -> None:
    numbers = ((IMR.considers, request), (IMR.prior, prior), (IMR.requested, asked), (IMR.limit, most))
    for predicate, value in numbers:
        record.graph.add(judgement, predicate, value)


def _uncounted(record: Record, judgement: str, numbers: list[Any]) -> None:
    """Write down how many of the numbers that were to be counted are not known, where any is not."""
    record.graph.add(judgement, IMR.uncounted, Decimal(numbers.count(None)) if None in numbers else None)


def _dose(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known = record.guidelines
    table, most = known.graph.one(criterion, IMR.equivalentBy), known.graph.one(criterion, IMR.mostPerDay)
    rows = known.graph.having(IMR.inTable, table) if table else ()
    daily = Decimal(0)
    doses: list[Decimal | None] = []
    for drug in record.all(judgement, IMR.countsDose):
        record.graph.add(judgement, IMR.considers, drug)
        own = record.one(drug, IMR.mgPerDay)
        parts = {part for product in record.all(drug, IMR.concept) for part in known.substances(product)}
        factors = [row for row in rows if parts.intersection(known.graph.all(row, IMR.substance))]
        doses.append(None if table and not factors else own)
        if own is not None and not table:
            daily += own
        elif own is not None:
            daily += sum(own * known.graph.one(row, IMR.factor) for row in factors if _holds_at(record, row, own))
    daily = daily.quantize(_THOUSANDTH, ROUND_HALF_UP)
    record.graph.add(judgement, IMR.observed, rounded(daily))
    record.graph.add(judgement, IMR.limit, most)
    _uncounted(record, judgement, doses)
    return _status(refuted=daily > most, unknown=None in doses)


def _holds_at(record: Record, row: str, own: Decimal) -> bool:
    over, up_to = (record.guidelines.graph.one(row, name) for name in (IMR.overMg, IMR.upToMg))
    return bool(own > (over or 0) and (up_to is None or own <= up_to))


def _response(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known, within = record.guidelines.graph, record.guidelines.within
    limits = (
        (IMR.reliefPercent, known.one(criterion, IMR.leastReliefPercent) or Decimal(0)),
        (IMR.reliefWeeks, known.one(criterion, IMR.leastReliefWeeks) or Decimal(0)),
    )
    treatments, asked = known.all(criterion, IMR.treatment), known.all(criterion, IMR.response)

    def to_it(fact: str) -> bool:
        return any(one in within(service) for service in record.all(fact, IMR.toService) for one in treatments)

    enough = less = False
    for fact in filter(to_it, _seen(record, judgement)):
        if not any(record.is_within(fact, one) for one in asked):
            continue
        amounts = [(record.one(fact, name), least) for name, least in limits]
        enough = enough or all(least == 0 if amount is None else amount >= least for amount, least in amounts)
        less = less or any(amount is not None and amount < least for amount, least in amounts)
    denied = any(
        concept in within(one)
        for fact in filter(to_it, _seen(record, judgement, polarity=IMR.Absent))
        for concept in record.all(fact, IMR.concept)
        for one in asked
    )
    if enough:
        return IMR.Conflicting if denied else IMR.Met
    return IMR.NotMet if less or denied else IMR.NotDocumented


def _interval(record: Record, request: str, judgement: str, criterion: str) -> str:
    known = record.guidelines.graph
    least, inside, most = (known.one(criterion, name) for name in (IMR.leastDays, IMR.withinDays, IMR.mostTimes))
    times, too_soon = Decimal(0), False
    days: list[Any] = [record.one(care, IMR.onDay) for care in _seen(record, judgement)]
    for care, then in zip(_seen(record, judgement), days, strict=True):
        if then is None:
            continue
        ago = record.day - then
        too_soon = too_soon or (least is not None and ago < least)
        if inside is not None and ago <= inside:
            visits = record.one(care, IMR.visits)
            times += 1 if visits is None else visits
    asked = record.one(request, IMR.quantity)
    asked = Decimal(1) if asked is None else asked
    for predicate, value in ((IMR.prior, times), (IMR.requested, asked), (IMR.limit, most)):
        record.graph.add(judgement, predicate, value)
    _uncounted(record, judgement, days)
    return _status(refuted=too_soon or (most is not None and times + asked > most), unknown=None in days)


def _phase(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known = record.guidelines.graph
    limit, asked = known.one(criterion, IMR.withinDays), known.all(criterion, IMR.inPhase)
    inside = [phase in asked for phase in record.all(record.case, IMR.inPhase)] if asked else []
    unknown = False
    for operation in _seen(record, judgement) if limit is not None else ():
        days = record.all(operation, IMR.onDay)
        unknown = unknown or not days
        inside += [record.day - then <= limit for then in days if then <= record.day]
    if any(inside):
        return IMR.Met
    return IMR.NotDocumented if unknown or not inside else IMR.NotMet


def _attribute(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    known = record.guidelines.graph
    value = record.one(record.case, known.one(criterion, IMR.attribute))
    least, most = known.one(criterion, IMR.least), known.one(criterion, IMR.most)
    record.graph.add(judgement, IMR.observed, value)
    if value is None:
        return IMR.NotDocumented
    return _status(refuted=(least is not None and value < least) or (most is not None and value > most), unknown=False)


def _complete(record: Record, request: str, judgement: str, criterion: str) -> str:
    record.graph.add(judgement, IMR.considers, request)
    needed = record.guidelines.graph.all(criterion, IMR.needs)
    return _status(refuted=not all(record.all(request, name) for name in needed), unknown=False)


def _completion(record: Record, request: str, judgement: str, criterion: str) -> str:  # noqa: ARG001
    waiting = record.all(request, IMR.awaits)
    for care in waiting:
        record.graph.add(judgement, IMR.considers, care)
    left = any(record.all(care, IMR.visits) and record.all(care, IMR.quantity) for care in waiting)
    return _status(refuted=left, unknown=bool(waiting))


#: What judges each kind that needs nothing but the record; groups and items that wait for others come afterwards.
JUDGED: Final[dict[str, Callable[[Record, str, str, str], str]]] = {
    IMR.AttributeCriterion: _attribute,
    IMR.CompleteCriterion: _complete,
    IMR.CompletionCriterion: _completion,
    IMR.DoseCriterion: _dose,
    IMR.DurationCriterion: _duration,
    IMR.FindingCriterion: _finding,
    IMR.IntervalCriterion: _interval,
    IMR.PhaseCriterion: _phase,
    IMR.QuantityCriterion: _quantity,
    IMR.ResponseCriterion: _response,
    IMR.TriedCriterion: _tried,
    IMR.UnknownCriterion: lambda *_: IMR.NotKnown,
}
