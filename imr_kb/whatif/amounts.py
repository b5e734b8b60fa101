"""The smallest changes by which a number is kept: fewer units, a shorter supply, a smaller dose, a later day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.terms import core, short
from imr_kb.whatif.changes import AT_MOST, NO_EARLIER, NO_LATER, Change
from imr_kb.whatif.situation import Situation, Steps, plain
from imr_kb.whatif.tree import Branch, Goal

__all__ = ["dose", "duration", "interval", "quantity"]

#: No more units of a drug a day are tried.
MOST_UNITS: Final = 60


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_CONCEPT: Final = _term("concept")


def quantity(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield the one way to stay within a number of units: courses without a count get one, and fewer are asked for."""
    leaf = goal.leaf
    limit, prior = at.number(leaf.criterion, "mostUnits"), at.number(leaf.judgement, "prior")
    if not goal.met or limit is None or prior is None:
        return
    asked = at.number(leaf.request, "quantity")
    uncounted = [fact for fact in at.considered(leaf, "Treatment") if not at.record.all(fact, _term("visits"))]
    if at.facts.text(leaf.criterion, _term("countsEarlier")) == "false":
        uncounted = []
    names = [at.fact(leaf, fact) for fact in uncounted]
    room = limit - prior
    # Of several courses without a count, each is taken as one visit, but for the first.
    spare = room - (asked or 1) - max(len(uncounted) - 1, 0) + _counted_as_used(leaf, uncounted, at)
    counts = [spare, *([Decimal(1)] * (len(uncounted) - 1))] if uncounted else []
    steps = [
        (Change(f"{name} visits {plain(count)}", bound=AT_MOST),)
        for name, count in zip(names, counts, strict=True)
        if name
    ]
    if len(steps) < len(uncounted) or (uncounted and spare < 0):
        steps = [(Change(f"{name} visits 0"),) for name in names if name] if asked is None or asked <= room else []
        if len(steps) < len(uncounted):
            return
    if asked is None or asked + prior > limit:
        left = room - sum(counts, Decimal(0)) + _counted_as_used(leaf, uncounted, at) if uncounted else room
        if left < 1:
            return
        steps.append((Change(f"{at.asked(leaf)} quantity {plain(left)}", bound=AT_MOST),))
    yield tuple(steps)


def _counted_as_used(leaf: Branch, uncounted: list[Any], at: Situation) -> Decimal:
    """Return how many visits of authorized care count beyond those on record: so many of a course are no visits more."""
    used = at.number(leaf.judgement, "usedUnits")
    services = [at.record.one(care, _CONCEPT) for care in at.record.all(leaf.judgement, _term("countsUse"))]
    courses = [at.record.one(course, _CONCEPT) for course in uncounted]
    same = all(_alike(course, service, at) for course in courses for service in services)
    return used if used is not None and courses and same else Decimal(0)


def _alike(one: Any, other: Any, at: Situation) -> bool:
    return at.within(one, other) or at.within(other, one)


def duration(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield the one way to stay within a time: a shorter supply, and a first day for uses that have none."""
    leaf, day = goal.leaf, at.day()
    limit, prior = at.number(leaf.criterion, "mostDays"), at.number(leaf.judgement, "prior")
    if not goal.met or limit is None or prior is None:
        return
    asked = at.number(leaf.request, "lengthDays")
    uses = [fact for kind in ("MedicationUse", "Treatment") for fact in at.considered(leaf, kind)]
    endless = [fact for fact in uses if not at.record.all(fact, _term("lengthDays"))]
    steps: list[tuple[Change, ...]] = []
    if asked is None or asked + prior > limit:
        asked = Decimal(math.floor(limit - prior))
        if asked < 1:
            return
        steps.append((Change(f"{at.asked(leaf)} daysSupply {plain(asked)}", bound=AT_MOST),))
    for fact in endless:
        name = at.fact(leaf, fact)
        if name is None or day is None:
            return
        steps.append((Change(f"{name} since {day - timedelta(days=math.floor(limit - asked))}", bound=NO_EARLIER),))
    yield tuple(steps)


def dose(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield the ways to stay within a daily dose: less of what is requested, a dose where none is stated, one drug less."""
    leaf, most = goal.leaf, at.number(goal.leaf.criterion, "mostPerDay")
    if not goal.met or most is None:
        return
    drugs = sorted(at.record.all(leaf.judgement, _term("countsDose")), key=str)
    known = {drug: at.number(drug, "mgPerDay") for drug in drugs}
    counted = {drug: _equivalent(drug, mg, leaf, at) for drug, mg in known.items() if mg is not None}
    asked = at.record.one(leaf.request, _CONCEPT)
    current = [drug for drug in drugs if drug != leaf.request and _alike(at.record.one(drug, _CONCEPT), asked, at)]
    if current and leaf.request not in drugs:
        # The request gives no dose, so that the dose in use counts: a dose that it gives takes its place.
        beside = [drug for drug in drugs if drug not in current]
        if all(drug in counted for drug in beside):
            room = most - sum((counted[drug] for drug in beside), Decimal(0))
            yield from _smaller_dose(leaf.request, at.asked(leaf), room, leaf, at)
        return
    for drug in drugs:
        others = sum((value for other, value in counted.items() if other != drug), Decimal(0))
        if any(other != drug and known[other] is None for other in drugs) or others >= most:
            continue
        name = at.asked(leaf) if drug == leaf.request else at.fact(leaf, drug)
        if name is None or (drug != leaf.request and known[drug] is not None):
            continue
        yield from _smaller_dose(drug, name, most - others, leaf, at)
    if leaf.request in counted or not drugs:
        rest = [drug for drug in drugs if drug != leaf.request]
        own = counted.get(leaf.request, Decimal(0))
        for drug in rest:
            if own + sum(counted.get(other, Decimal(0)) for other in rest if other != drug) <= most:
                yield ((Change(short(at.one(drug, "concept").value), removes=True),),)


def _smaller_dose(drug: Any, name: str, room: Decimal, leaf: Branch, at: Situation) -> Iterator[Steps]:
    """Yield the largest whole number of units a day, or else of milligrams, that stays within ``room``."""
    strength, a_day = at.number(drug, "strengthMg"), at.number(drug, "perDay")
    units, days = at.number(drug, "quantity"), at.number(drug, "daysSupply")
    if strength and a_day is None and units and days:
        # So many units for so many days are what counts where the units a day are not stated.
        few, many = 0, int(units)
        while few < many:
            middle = (few + many + 1) // 2
            fits = _equivalent(drug, strength * middle / days, leaf, at) <= room
            few, many = (middle, many) if fits else (few, middle - 1)
        if few:
            yield ((Change(f"{name} quantity {few}", bound=AT_MOST),),)
        return
    if strength is None and a_day is None:
        for mg in range(math.floor(room), 0, -1):
            if _equivalent(drug, Decimal(mg), leaf, at) <= room:
                yield ((Change(f"{name} strengthMg {mg} perDay 1", bound=AT_MOST),),)
                return
        return
    step, key = (strength, "perDay") if strength is not None else (a_day, "strengthMg")
    assert step is not None
    for number in range(min(math.floor(room / step), MOST_UNITS) if step else 0, 0, -1):
        if _equivalent(drug, step * number, leaf, at) <= room:
            yield ((Change(f"{name} {key} {number}", bound=AT_MOST),),)
            return


def _equivalent(drug: Any, mg: Decimal, leaf: Branch, at: Situation) -> Decimal:
    """Return ``mg`` a day of ``drug`` as the table of the criterion counts it."""
    table = at.facts.one(leaf.criterion, _term("equivalentBy"))
    if table is None:
        return mg
    substances = set(at.facts.all(at.record.one(drug, _CONCEPT), _term("contains")))
    total = Decimal(0)
    for quad in at.knowledge.store.quads_for_pattern(None, _term("inTable"), table):
        over, up_to = at.number(quad.subject, "overMg"), at.number(quad.subject, "upToMg")
        factor = at.number(quad.subject, "factor")
        if at.facts.one(quad.subject, _term("substance")) in substances and None not in (over, up_to, factor):
            total += mg * factor if over < mg <= up_to else 0  # type: ignore[operator]
    return total


def interval(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield the one way to keep an interval: days for care that has none, then a later request or fewer units."""
    leaf, day = goal.leaf, at.day()
    if not goal.met or day is None:
        return
    least, window = at.number(leaf.criterion, "leastDays"), at.number(leaf.criterion, "withinDays")
    back = max(int(least or 0), int(window or -1) + 1)
    care = at.considered(leaf, "Fact")
    undated = [fact for fact in care if not at.record.all(fact, _term("onDate"))]
    names = [at.fact(leaf, fact) for fact in undated]
    steps = [(Change(f"{name} onDate {day - timedelta(days=back)}", bound=NO_LATER),) for name in names if name]
    if len(steps) < len(undated):
        return
    ages = [
        (day - date.fromisoformat(at.record.text(fact, _term("onDate")) or "")).days
        for fact in care
        if fact not in undated
    ]
    if least is not None and any(age < least for age in ages):
        later = day + timedelta(days=int(least) - min(ages))
        yield (*steps, (Change(f"case requestedOn {later}", bound=NO_EARLIER),))
        return
    times, most = at.number(leaf.judgement, "prior"), at.number(leaf.criterion, "mostTimes")
    if most is not None and times is not None and times + (at.number(leaf.request, "quantity") or 1) > most:
        if times + 1 <= most:
            yield (*steps, (Change(f"{at.asked(leaf)} quantity {plain(most - times)}", bound=AT_MOST),))
        elif ages and window is not None:
            # The day on which the oldest care within the days named, and with it one time, lies behind.
            oldest = max(age for age in ages if age <= window)
            yield (
                *steps,
                (Change(f"case requestedOn {day + timedelta(days=int(window) + 1 - oldest)}", bound=NO_EARLIER),),
            )
        return
    yield tuple(steps)
