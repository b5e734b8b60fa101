"""The smallest changes by which a criterion would be met, or would not be: one function for each kind of criterion.

A change adds what the record does not say, asks for less, states what the record denies, or takes out what it states.
Numbers that the record gives of the past, such as visits or age, stay. The numbers and terms are those of the criterion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.terms import core, short
from imr_kb.whatif import amounts
from imr_kb.whatif.changes import AT_LEAST, AT_MOST, NO_EARLIER, NO_LATER, Change
from imr_kb.whatif.situation import MOST_TERMS, Situation, Steps, plain
from imr_kb.whatif.tree import CONFLICTING, Branch, Goal

__all__ = ["KINDS", "ways"]


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_CONCEPT: Final = _term("concept")
_ABSENT: Final = _term("Absent")


def ways(goal: Goal, situation: Situation) -> list[Steps]:
    """Return the ways to reach ``goal``, each as changes that have to be made together; none where no change is known.

    Raises:
        LookupError: the criterion is of a kind that has no function here.
    """
    if goal.leaf.kind not in KINDS:
        raise LookupError(f"nothing is known of changes for criteria of the kind {goal.leaf.kind}")
    return [steps for steps in KINDS[goal.leaf.kind](goal, situation) if steps and all(steps)]


def _finding(goal: Goal, at: Situation) -> Iterator[Steps]:
    leaf = goal.leaf
    concepts = at.about(leaf, "finding")
    if leaf.status == CONFLICTING:
        # What is both stated and denied is stated alone, or denied alone.
        wanted = goal.met != (at.facts.one(leaf.criterion, _term("stated")) == _ABSENT)
        denied = sorted(at.record.all(leaf.judgement, _term("denies")), key=str)
        yield tuple((Change(at.named(leaf, each) if wanted else f"not {short(each.value)}"),) for each in denied)
        return
    if goal.met != (at.facts.one(leaf.criterion, _term("stated")) == _ABSENT):
        shown = set(at.record.all(leaf.judgement, _term("shows")))
        # Where the kind is denied too, what is stated has to be stated without the denial.
        missing = max(int(at.number(leaf.criterion, "leastCount") or 1) - len(shown), 1)
        fresh = [concept for concept in concepts if concept not in shown]
        if missing > len(fresh) or (not fresh and not shown):
            fresh += _narrower(concepts, shown, at)
        named = [Change(at.named(leaf, concept)) for concept in (fresh or sorted(shown, key=str))[:MOST_TERMS]]
        if missing == 1:
            yield (tuple(named),)
        else:
            yield from (tuple((change,) for change in chosen) for chosen in combinations(named, missing))
    elif goal.firmly or goal.met:
        yield tuple((Change(f"not {short(concept.value)}"),) for concept in concepts)
    else:
        yield from _without(leaf, at)


def _narrower(concepts: Iterable[Any], shown: set[Any], at: Situation) -> list[Any]:
    store = at.knowledge.store
    found = {quad.subject for concept in concepts for quad in store.quads_for_pattern(None, _term("within"), concept)}
    return sorted(found - set(concepts) - shown, key=str)[:MOST_TERMS]


def _without(leaf: Branch, at: Situation) -> Iterator[Steps]:
    """Yield the one way to silence ``leaf``: everything that it sees is taken out of the record."""
    shown = sorted(at.record.all(leaf.judgement, _term("shows")), key=str)
    broadest = [
        concept for concept in shown if not any(other != concept and at.within(concept, other) for other in shown)
    ]
    yield tuple((Change(short(concept.value), removes=True),) for concept in broadest)


def _response(goal: Goal, at: Situation) -> Iterator[Steps]:
    leaf = goal.leaf
    if not goal.met:
        yield tuple((Change(short(concept.value), removes=True),) for concept in at.about(leaf, "response"))
        return
    asked = at.record.one(leaf.request, _CONCEPT)
    enough = "".join(
        f" {name} {plain(least)}"
        for name, bound in (("reliefPercent", "leastReliefPercent"), ("reliefWeeks", "leastReliefWeeks"))
        if (least := at.number(leaf.criterion, bound))
    )
    services = [service for treatment in at.about(leaf, "treatment") for service in _given(leaf, asked, treatment, at)]
    for response in at.about(leaf, "response"):
        free: list[Change] = []
        for service in dict.fromkeys(services[:MOST_TERMS]):
            change = Change(f"{short(response.value)} to {short(service.value)}{enough}", bound=AT_LEAST)
            against = [
                Change(f"{short(at.one(fact, 'concept').value)} to {short(to.value)}", removes=True)
                for fact in at.denied(leaf)
                if (to := at.one(fact, "toService")) and not at.within(to, service) and not at.within(service, to)
            ]
            if against:
                yield ((change,), *((each,) for each in dict.fromkeys(against)))
            else:
                free.append(change)
        yield (tuple(free),)


def _given(leaf: Branch, asked: Any, treatment: Any, at: Situation) -> list[Any]:
    """Return the services to which a response can be on record: of the requested kind, or what was given in its place.

    Nobody responds to a drug that was never taken: where only others of the class are on record, it is to these.
    """
    if asked is None or not at.within(asked, treatment):
        return [treatment]
    facts = [fact for kind in ("Treatment", "MedicationUse") for fact in at.considered(leaf, kind)]
    earlier = {at.record.one(fact, _CONCEPT) for fact in facts}
    others = sorted((concept for concept in earlier if at.within(concept, treatment)), key=str)
    used = {at.record.one(care, _CONCEPT) for care in at.record.all(leaf.request, _term("countsUse"))}
    is_given = any(at.within(asked, concept) or at.within(concept, asked) for concept in earlier | used)
    return [asked] if is_given or not others else others


def _tried(goal: Goal, at: Situation) -> Iterator[Steps]:
    leaf = goal.leaf
    if not goal.met:
        yield from _without(leaf, at)
        return
    bounds = [
        (name, plain(least))
        for name, bound in (("visits", "leastVisits"), ("weeks", "leastWeeks"))
        if (least := at.number(leaf.criterion, bound)) and not (name == "weeks" and _observed(leaf, at))
    ]
    outcome = at.facts.one(leaf.criterion, _term("mustHave"))
    bounds += [("outcome", outcome.value.removeprefix(core("")).lower())] if outcome else []
    trials = [fact for kind in ("Treatment", "MedicationUse") for fact in at.considered(leaf, kind)]
    completed = []
    for trial in trials:
        name = at.fact(leaf, trial)
        silent = [(key, value) for key, value in bounds if not at.record.all(trial, _term(key))]
        if (
            name
            and silent
            and all(_suffices(trial, key, value, at) for key, value in bounds if (key, value) not in silent)
        ):
            completed.append(Change(" ".join([name, *(f"{key} {value}" for key, value in silent)]), bound=AT_LEAST))
    if completed:
        yield (tuple(completed),)
        return
    # A denial of other care is no matter, unless care that is both denied and tried satisfies: that stays in conflict.
    denied = {at.one(fact, "concept") for fact in at.denied(leaf)} if leaf.status == CONFLICTING else set()
    # Care that does not count, such as care of another part of the body, stays as it is too.
    links = (_term("hasTreatment"), _term("takesMedication"))
    given = [fact for link in links for fact in at.record.all(at.case, link) if at.one(fact, "polarity") != _ABSENT]
    free = []
    for concept in at.about(leaf, "treatment")[:MOST_TERMS]:
        name = at.named(leaf, concept, _term("hasTreatment"))
        again = "another " if any(at.record.one(fact, _CONCEPT) == concept for fact in given) else ""
        said = " ".join([name, *(f"{key} {value}" for key, value in bounds)])
        change = Change(again + said, bound=AT_LEAST if bounds else "")
        # What is denied of the kind has to go, but for what is denied of this very care.
        against = sorted((each for each in denied if not at.within(concept, each)), key=str)
        if against:
            yield ((change,), *((Change(short(each.value), removes=True),) for each in against))
        else:
            free.append(change)
    yield (tuple(free),)


def _observed(leaf: Branch, at: Situation) -> bool:
    """Whether the days since the injury stand for the weeks of care, so that these need not be stated."""
    asked, past = at.number(leaf.criterion, "leastDaysObserved"), at.number(at.case, "daysSinceInjury")
    return asked is not None and past is not None and past >= asked


def _suffices(trial: Any, key: str, least: str, at: Situation) -> bool:
    known = at.one(trial, key)
    if key == "outcome":
        return bool(known.value.removeprefix(core("")).lower() == least)
    return Decimal(known.value) >= Decimal(least)


def _phase(goal: Goal, at: Situation) -> Iterator[Steps]:
    leaf, day, store = goal.leaf, at.day(), at.knowledge.store
    if not goal.met or day is None:
        return
    for phase in at.about(leaf, "inPhase"):
        stating = {quad.subject for quad in store.quads_for_pattern(None, _term("indicatesPhase"), phase)}
        changes = [Change(at.named(leaf, concept)) for concept in sorted(stating, key=str)]
        if not at.record.all(at.case, _term("injuredOn")):
            for quad in store.quads_for_pattern(None, _term("definesPhase"), phase):
                least, today = at.number(quad.subject, "leastDays"), at.number(at.case, "asOfDay")
                first, last = at.number(quad.subject, "fromDay"), at.number(quad.subject, "toDay")
                if None not in (least, today, first, last) and first <= today <= last:  # type: ignore[operator]
                    changes.append(Change(f"case injuredOn {day - timedelta(days=int(least or 0))}", bound=NO_LATER))
        yield (tuple(changes),)
    back = at.number(leaf.criterion, "withinDays")
    if back is None:
        return
    then = day - timedelta(days=int(back))
    undated = [fact for fact in at.considered(leaf, "Treatment") if not at.record.all(fact, _term("onDate"))]
    named = [name for fact in undated if (name := at.fact(leaf, fact))]
    fresh = [f"another {at.named(leaf, concept, _term('hasTreatment'))}" for concept in at.about(leaf, "treatment")]
    yield (tuple(Change(f"{name} onDate {then}", bound=NO_EARLIER) for name in named or fresh[:MOST_TERMS]),)


def _attribute(goal: Goal, at: Situation) -> Iterator[Steps]:
    attribute = at.facts.one(goal.leaf.criterion, _term("attribute"))
    if attribute is None or at.record.all(at.case, attribute):
        return
    least, most = at.number(goal.leaf.criterion, "least"), at.number(goal.leaf.criterion, "most")
    if goal.met:
        value = least if least is not None else most
    else:
        value = least - 1 if least is not None else most + 1 if most is not None else None
    if value is None:
        return
    if attribute != _term("daysSinceInjury"):
        yield ((Change(f"case {attribute.value.removeprefix(core(''))} {plain(value)}"),),)
    elif (day := at.day()) is not None:
        bound = NO_LATER if goal.met == (least is not None) else NO_EARLIER
        yield ((Change(f"case injuredOn {day - timedelta(days=int(value))}", bound=bound),),)


def _complete(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield one way: the request states a number for everything that is needed, as large as the widest of its limits.

    A set that keeps a narrower limit holds a change for that too, and the two are joined.
    """
    leaf = goal.leaf
    if goal.met:
        room = plain(_room(leaf, at))
        yield tuple(
            (Change(f"{at.asked(leaf)} {needed.value.removeprefix(core(''))} {room}", bound=AT_MOST),)
            for needed in at.about(leaf, "needs")
            if not at.record.all(leaf.request, needed)
        )


def _room(leaf: Branch, at: Situation) -> Decimal:
    judged = [
        judgement
        for judgement in at.record.having(_term("limit"))
        if at.record.one(judgement, _term("ofRequest")) == leaf.request
    ]
    rooms = [supported for judgement in judged if (supported := at.number(judgement, "supported"))]
    return max(rooms, default=Decimal(1))


def _completion(goal: Goal, at: Situation) -> Iterator[Steps]:
    """Yield one way: all of the care that was authorized is used up; where only its use is known, no more was authorized."""
    steps = []
    for care in sorted(at.record.all(goal.leaf.request, _term("awaits")), key=str):
        concept = at.record.one(care, _CONCEPT)
        units, used = at.number(care, "quantity"), at.number(care, "visits")
        change = (
            f"visits {plain(units)}" if units is not None else f"quantity {plain(used)}" if used is not None else ""
        )
        if concept is None or not change:
            return
        steps.append((Change(f"{at.named(goal.leaf, concept, _term('hasAuthorization'))} {change}"),))
    if goal.met:
        yield tuple(steps)


def _depends(goal: Goal, at: Situation) -> Iterator[Steps]:  # noqa: ARG001
    """Yield nothing: an item that nobody has asked for is no fact of the record."""
    return iter(())


def _unknown(goal: Goal, at: Situation) -> Iterator[Steps]:  # noqa: ARG001
    """Yield nothing: no record meets what is not known."""
    return iter(())


#: What is known of each kind of criterion, by its short name.
KINDS: Final[Mapping[str, Callable[[Goal, Situation], Iterator[Steps]]]] = {
    "attribute": _attribute,
    "complete": _complete,
    "completion": _completion,
    "depends": _depends,
    "dose": amounts.dose,
    "duration": amounts.duration,
    "finding": _finding,
    "interval": amounts.interval,
    "phase": _phase,
    "quantity": amounts.quantity,
    "response": _response,
    "tried": _tried,
    "unknown": _unknown,
}
