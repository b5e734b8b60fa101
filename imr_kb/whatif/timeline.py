"""How the verdict on a case changes with the day whose law decides.

It can change only on days that the knowledge base knows: where an edition or a definition of a phase begins or ends to hold,
and so many days or months after a date of the case as a phase, a recommendation or a criterion counts. The case is decided
on each of these days; between two of them nothing that a rule compares changes.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts, StoredFacts
from imr_kb.judge import Judge
from imr_kb.load import EPOCH, Case, Knowledge
from imr_kb.terms import RDF, RDFS, SKOS, core
from imr_kb.whatif.changes import numbered_requests
from imr_kb.whatif.law import as_of
from imr_kb.whatif.trials import bare, copied

__all__ = ["Span", "known_days", "over_time"]

_CHUNK: Final = 100
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
#: So many reasons of a change are told.
MOST_REASONS: Final = 3


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


@dataclass(frozen=True, slots=True)
class Span:
    """From which to which day one verdict holds, by which recommendation; ``last`` is None where no end is known.

    ``since`` says what begins on the first day, as sentences; it is empty for the span with which the listing begins.
    """

    first: date
    last: date | None
    verdict: str
    ground: str
    governs: str | None
    since: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Reason:
    """What begins on a day; ``edition`` where an edition begins or ends to hold."""

    words: str
    edition: str = ""


def known_days(case: Case, knowledge: Knowledge) -> Mapping[int, frozenset[_Reason]]:
    """Return the day numbers on which the verdict on ``case`` can change, each with what begins on it."""
    found: dict[int, set[_Reason]] = {}
    for day, reason in _Days(case, knowledge).reasons():
        found.setdefault(day, set()).add(reason)
    return {day: frozenset(reasons) for day, reasons in sorted(found.items())}


class _Days:
    def __init__(self, case: Case, knowledge: Knowledge) -> None:
        self._case = ox.NamedNode(case.iri)
        self._record = Facts(case.statements)
        self._facts = StoredFacts(knowledge.store)
        self._store = knowledge.store
        self._statements = case.statements

    def reasons(self) -> Iterator[tuple[int, _Reason]]:
        yield from self._law()
        injured = self._record.text(self._case, _term("injuredDay"))
        if injured is not None:
            yield int(injured), _Reason("The injury.")
            for days in {*self._numbers("leastDays"), *self._numbers("leastDaysObserved"), *self._of_age("least")}:
                yield int(injured) + days, _Reason(f"{days} days have passed since the injury.")
            for days in {*self._of_phases("mostDays"), *self._of_age("most")}:
                yield int(injured) + days + 1, _Reason(f"{days + 1} days have passed since the injury.")
        yield from self._after_facts()

    def _law(self) -> Iterator[tuple[int, _Reason]]:
        open_end = self._facts.text(_term("OpenEnd"), _term("toDay"))
        for link in ("hasStanding", "definesPhase"):
            for quad in self._store.quads_for_pattern(None, _term(link), None):
                holder: Any = quad.object if link == "hasStanding" else quad.subject
                words, edition = self._held(quad, link)
                first, last = (self._facts.text(holder, _term(name)) for name in ("fromDay", "toDay"))
                if first is not None:
                    yield int(first), _Reason(f"{words} begins to hold.", edition)
                if last is not None and last != open_end:
                    yield int(last) + 1, _Reason(f"{words} has ceased to hold.", edition)

    def _held(self, quad: ox.Quad, link: str) -> tuple[str, str]:
        facts, subject = self._facts, quad.subject
        if link == "definesPhase":
            return f"A definition of the phase {facts.text(quad.object, _LABEL)}", ""
        name = ", ".join(filter(None, (facts.text(subject, _PREF), facts.text(subject, _term("editionName")))))
        return name, str(subject)

    def _after_facts(self) -> Iterator[tuple[int, _Reason]]:
        supplies = self._supplies()
        for subject, predicate, value in self._statements:
            if predicate not in {_term("onDay"), _term("sinceDay")}:
                continue
            concept, day = self._record.one(subject, _term("concept")), int(value.value)
            name = (self._facts.text(concept, _LABEL) if concept else None) or "A fact"
            yield day, _Reason(f"The day of: {name}.")
            if predicate == _term("sinceDay"):
                for days in self._numbers("mostDays"):
                    for asked in supplies:
                        words = f"With the requested supply, {name} goes on for more than {days} days."
                        yield day + math.floor(days - asked) + 1, _Reason(words)
                continue
            for days in self._numbers("leastDays") - {0}:
                yield day + days, _Reason(f"{days} days have passed since: {name}.")
            for days in self._numbers("withinDays"):
                yield day + days + 1, _Reason(f"More than {days} days have passed since: {name}.")
            for months in self._numbers("withinMonths") if self._is_operation(concept) else ():
                yield _months_after(day, months) + 1, _Reason(f"More than {months} months have passed since: {name}.")

    def _is_operation(self, concept: Any) -> bool:
        wider = self._facts.all(concept, _term("within")) if concept else []
        return any(self._facts.all(each, _term("followedBy")) for each in wider)

    def _supplies(self) -> set[Decimal]:
        """Return the days that each requested supply can last, as the rules count them, and none."""
        found = {Decimal(0)}
        week = Decimal(self._facts.text(_term("weeks"), _term("daysPerUnit")) or 0)
        for request in self._record.all(self._case, _term("requests")):
            number = {
                name: Decimal(value)
                for name in ("daysSupply", "weeks", "quantity", "perDay")
                if (value := self._record.text(request, _term(name))) is not None
            }
            found |= {number["daysSupply"]} if "daysSupply" in number else set()
            found |= {number["weeks"] * week} if "weeks" in number else set()
            if "quantity" in number and number.get("perDay"):
                found.add(number["quantity"] / number["perDay"])
        return found

    def _numbers(self, name: str) -> set[int]:
        found: Iterable[Any] = (quad.object for quad in self._store.quads_for_pattern(None, _term(name), None))
        return {int(value.value) for value in found}

    def _of_phases(self, name: str) -> set[int]:
        return self._numbers_of(self._store.quads_for_pattern(None, _term("definesPhase"), None), name)

    def _of_age(self, name: str) -> set[int]:
        """Return the bounds of the criteria that look at the days since the injury."""
        aged = self._store.quads_for_pattern(None, _term("attribute"), _term("daysSinceInjury"))
        return self._numbers_of(aged, name)

    def _numbers_of(self, quads: Iterable[ox.Quad], name: str) -> set[int]:
        values = (self._facts.text(quad.subject, _term(name)) for quad in quads)
        return {int(Decimal(value)) for value in values if value}


def _months_after(day: int, months: int) -> int:
    """Return the last day that still lies within so many months: the same day of the month, or the last that it has."""
    then = EPOCH + timedelta(days=day)
    year, month = divmod(then.year * 12 + then.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return (date(year, month + 1, min(then.day, last)) - EPOCH).days


def over_time(case: Case, judge: Judge, knowledge: Knowledge) -> list[tuple[Any, list[Span]]]:
    """Return each request of ``case`` with its verdicts over time, from the injury on, or from the first edition known."""
    reasons = known_days(case, knowledge)
    injured = Facts(case.statements).text(ox.NamedNode(case.iri), _term("injuredDay"))
    days = [day for day in reasons if injured is None or day >= int(injured)]
    slim = bare(case, knowledge)
    requests = numbered_requests(slim.statements, ox.NamedNode(case.iri))
    facts = StoredFacts(knowledge.store)
    found: dict[Any, list[tuple[int, tuple[Any, ...]]]] = {request: [] for request in requests}
    for start in range(0, len(days), _CHUNK):
        chunk = days[start : start + _CHUNK]
        cases = [
            copied(as_of(slim, EPOCH + timedelta(days=day), knowledge), number) for number, day in enumerate(chunk)
        ]
        record = Facts(judge.derive(cases))
        for number, day in enumerate(chunk):
            for request in requests:
                decision = ox.NamedNode(f"{request.value}~{number}/decision")
                state = tuple(record.one(decision, _term(name)) for name in ("verdict", "ground", "governedBy"))
                found[request].append((day, state))
    return [(request, _spans(states, reasons, facts)) for request, states in found.items()]


def _spans(
    states: Sequence[tuple[int, tuple[Any, ...]]], reasons: Mapping[int, frozenset[_Reason]], facts: StoredFacts
) -> list[Span]:
    groups = [(state, next(group)[0]) for state, group in groupby(states, key=lambda entry: entry[1])]
    spans = []
    for place, (state, first) in enumerate(groups):
        after = groups[place + 1][1] if place + 1 < len(groups) else None
        before = groups[place - 1][0][2] if place else None
        verdict, ground = ((facts.text(term, _LABEL) or "").replace(" ", "-") for term in state[:2])
        spans.append(
            Span(
                first=EPOCH + timedelta(days=first),
                last=None if after is None else EPOCH + timedelta(days=after - 1),
                verdict=verdict,
                ground=ground,
                governs=None if state[2] is None else _named(state[2], facts),
                since=_told(reasons[first], {before, state[2]}, facts) if place else (),
            )
        )
    return spans


def _named(recommendation: Any, facts: StoredFacts) -> str:
    edition = facts.one(recommendation, _term("edition"))
    names = (facts.text(edition, _PREF), facts.text(edition, _term("editionName"))) if edition else ()
    return f"{facts.text(recommendation, _PREF)} ({', '.join(filter(None, names))})"


def _told(reasons: Iterable[_Reason], governing: Iterable[Any], facts: StoredFacts) -> tuple[str, ...]:
    """Return what begins: of editions, those that govern before or after, where any of these begins or ends to hold."""
    editions = {str(facts.one(each, _term("edition"))) for each in governing if each is not None}
    ordered = sorted(reasons)
    chosen = [each.words for each in ordered if each.edition in editions] or [
        each.words for each in ordered if not each.edition
    ]
    return tuple((chosen or [each.words for each in ordered])[:MOST_REASONS])
