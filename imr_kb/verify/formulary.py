"""What the drug formulary asks of a request, beside its verdict."""

from __future__ import annotations

from decimal import Decimal

from imr_kb.verify.reading import IMR, RDF
from imr_kb.verify.record import Record

__all__ = ["review_before_dispensing"]


def review_before_dispensing(record: Record) -> None:
    """Derive, for each request that the formulary speaks of, whether it needs review before it is dispensed."""
    known, day = record.guidelines.graph, record.day
    scopes = known.using(IMR.leavesOutWhen)
    for request in record.requests if day is not None else ():
        given = set(record.all(request, IMR.dispensing))
        for scope in scopes:
            is_drug = any(record.is_within(request, kind) for kind in known.all(scope, IMR.ofDrugsWithin))
            is_past = any(first <= day for first in known.all(scope, IMR.fromDay))
            if is_drug and is_past and not given.issuperset(known.all(scope, IMR.leavesOutWhen)):
                _review(record, request, request + "/decision")
                break


def _review(record: Record, request: str, decision: str) -> None:
    known, add, day = record.guidelines.graph, record.graph.add, record.day
    add(decision, IMR.formularyRequest, request)
    lists = [(known.one(name, IMR.fromDay), name) for name in known.having(RDF.type, IMR.DrugList)]
    started = [(first, name) for first, name in lists if first <= day]
    for first, name in started:
        if first == max(started)[0]:
            add(decision, IMR.byDrugList, name)
    entries = _entries(record, request)
    for entry in entries:
        add(decision, IMR.byEntry, entry)
        add(decision, IMR.listStatus, known.one(entry, IMR.listStatus))
    if not entries:
        add(decision, IMR.listStatus, IMR.StatusUnknown)
    for condition in sorted(known.having(RDF.type, IMR.FormularyCondition)):
        outcomes = _outcomes(record, request, condition, entries)
        if True not in outcomes and known.one(condition, IMR.burden) == IMR.OnRequester:
            outcomes.add(False)
        for outcome in outcomes:
            add(decision, IMR.meetsCondition if outcome else IMR.failsCondition, condition)
    _conclude(record, decision)


def _entries(record: Record, request: str) -> list[str]:
    known = record.guidelines
    found = []
    for concept in record.all(request, IMR.concept):
        named = list(known.graph.having(IMR.ofDrug, concept))
        for kind in known.within(concept):
            named += known.graph.having(IMR.ofDrugsWithin, kind)
        found += [one for one in named if known.graph.all(one, IMR.listStatus) and known.in_force(one, record.day)]
    return found


def _outcomes(record: Record, request: str, condition: str, entries: list[str]) -> set[bool]:
    """Return whether the record meets or fails a condition; nothing where it does not say."""
    known, day, found = record.guidelines.graph, record.day, set()
    for care in (*record.all(record.case, IMR.hasTreatment), *record.all(record.case, IMR.plans)):
        stated = record.all(care, IMR.polarity) or (IMR.Present,)
        operations = known.all(condition, IMR.nearOperation)
        before, after = known.one(condition, IMR.mostDaysBefore), known.one(condition, IMR.mostDaysAfter)
        then = record.one(care, IMR.onDay)
        if then is None or IMR.Present not in stated or None in (before, after):
            continue
        if any(record.is_within(care, one) for one in operations) and then - day <= before and day - then <= after:
            found.add(True)
    most, past = known.one(condition, IMR.mostDaysSinceInjury), record.one(record.case, IMR.daysSinceInjury)
    if None not in (most, past):
        found.add(bool(past <= most))
    stated = record.all(request, IMR.dispensing)
    met, failed = (set(known.all(condition, name)).intersection(stated) for name in (IMR.metBy, IMR.failedBy))
    if bool(met) != bool(failed):
        found.add(bool(met))
    days = record.one(request, IMR.lengthDays)
    limits = list(known.all(condition, IMR.mostSupplyDays))
    of_entries = [
        most for name in known.all(condition, IMR.supplyWithin) for entry in entries for most in known.all(entry, name)
    ]
    if days is not None:
        found |= {bool(days <= most) for most in (*limits, *of_entries)}
    return found | {Decimal(1) <= most for most in of_entries if most == 0}


def _conclude(record: Record, decision: str) -> None:
    """Derive the rule that speaks: the first in rank for the status of the drug of which no condition fails."""
    known, add = record.guidelines.graph, record.graph.add
    met, failed = (set(record.all(decision, name)) for name in (IMR.meetsCondition, IMR.failsCondition))
    rules = known.having(RDF.type, IMR.FormularyRule)
    standing = []
    for rule in rules:
        if failed.intersection(known.all(rule, IMR.onCondition)):
            add(decision, IMR.failsRule, rule)
        elif set(record.all(decision, IMR.listStatus)).intersection(known.all(rule, IMR.forStatus)):
            standing.append(rule)
    first = min((known.one(rule, IMR.rank) for rule in standing), default=None)
    for rule in rules:
        if first is not None and known.one(rule, IMR.rank) == first:
            add(decision, IMR.byFormularyRule, rule)
    for rule in record.all(decision, IMR.byFormularyRule):
        open_ones = [one for one in known.all(rule, IMR.onCondition) if one not in met]
        for condition in open_ones:
            add(decision, IMR.hangsOn, condition)
        for need in known.all(rule, IMR.leadsToReview):
            add(decision, IMR.prospectiveReview, IMR.ReviewNotKnown if open_ones else need)
