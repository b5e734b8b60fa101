"""Changes to a case in words that can be typed, as ``docs/whatif.md`` describes them: understand them and make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.derive import Statement
from imr_kb.load import Case, Knowledge, cases_of
from imr_kb.terms import RDF, core
from imr_kb.whatif.grammar import Grammar, Order, no_such_part, no_such_request, nothing_to_remove, several_facts

__all__ = [
    "AT_LEAST",
    "AT_MOST",
    "NO_EARLIER",
    "NO_LATER",
    "Change",
    "Editor",
    "joined",
    "numbered_requests",
]

AT_LEAST: Final = "at least"
AT_MOST: Final = "no more than"
NO_EARLIER: Final = "no earlier than"
NO_LATER: Final = "no later than"

#: Words after which stands what a change is about, and no value.
_NUMBERED: Final = frozenset({"request", "part", "to"})
_TYPE: Final = ox.NamedNode(RDF + "type")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_POLARITY: Final = ox.NamedNode(core("polarity"))
_ABSENT: Final = ox.NamedNode(core("Absent"))
_TO_SERVICE: Final = ox.NamedNode(core("toService"))
_REQUESTS: Final = ox.NamedNode(core("requests"))
_COMPRISES: Final = ox.NamedNode(core("comprises"))
_SEQUENCE: Final = ox.NamedNode(core("sequence"))
_WITHIN: Final = ox.NamedNode(core("within"))


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change to a case: what is typed after ``--set``, or after ``--remove``.

    ``bound`` says in words how its number or day is meant where any other on the better side would do as well.
    """

    text: str
    removes: bool = False
    bound: str = field(default="", compare=False)

    @property
    def option(self) -> str:
        """The change as it is typed on the command line."""
        return f'--{"remove" if self.removes else "set"} "{self.text}"'


def joined(one: Change, other: Change) -> Change | None:
    """Return one change that does what both do, where both say something of the same thing; else None.

    >>> joined(Change("request 1 quantity 4", bound=AT_MOST), Change("request 1 quantity 12", bound=AT_MOST)).text
    'request 1 quantity 4'
    """
    (head, said), (other_head, other_said) = _taken_apart(one.text), _taken_apart(other.text)
    if head != other_head or one.bound != other.bound or not said or not other_said:
        return None
    for key, value in other_said.items():
        strictest = _stricter(said.get(key, value), value, one.bound)
        if strictest is None:
            return None
        said[key] = strictest
    return Change(" ".join([*head, *(word for pair in said.items() for word in pair)]), bound=one.bound)


def _taken_apart(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return what a change is about, and the values that it gives to properties, which stand last."""
    words, said = text.split(), dict[str, str]()
    while len(words) > 2 and words[-2].isalpha() and words[-2] not in _NUMBERED and ":" not in words[-1]:
        value, key = words.pop(), words.pop()
        said[key] = value
    return tuple(words), dict(reversed(said.items()))


def _stricter(one: str, other: str, bound: str) -> str | None:
    if one == other:
        return one
    try:
        first, second = (
            (date.fromisoformat(one), date.fromisoformat(other))
            if bound in {NO_EARLIER, NO_LATER}
            else (Decimal(one), Decimal(other))
        )
    except (ValueError, InvalidOperation):
        return None
    return one if (first < second) == (bound in {AT_MOST, NO_LATER}) else other  # type: ignore[operator]


def numbered_requests(statements: Iterable[Statement], case: Any) -> list[Any]:
    """Return the disputed items of ``case`` in the order in which they are decided and numbered."""
    return _numbered(statements, case, _REQUESTS)


def _numbered(statements: Iterable[Statement], node: Any, link: Any) -> list[Any]:
    place: dict[Any, int] = {}
    found = []
    for subject, predicate, value in statements:
        if predicate == _SEQUENCE:
            place[subject] = int(value.value)
        elif subject == node and predicate == link:
            found.append(value)
    return sorted(found, key=lambda request: (place.get(request, 0), request.value))


class Editor:
    """Makes changes to cases; keep one for a knowledge base."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Understand changes in the terms of ``knowledge``."""
        self._knowledge = knowledge
        self.grammar = Grammar(knowledge)

    def apply(self, case: Case, changes: Sequence[Change]) -> Case:
        """Return ``case`` after ``changes``, made one after the other; ``case`` itself is left as it was.

        Raises:
            ImrError: WI001 to WI008 where a change is not understood or cannot be made.
        """
        days = set(self._knowledge.day_properties.values())
        kept = (statement for statement in case.statements if statement[1] not in days)
        draft = _Draft(ox.NamedNode(case.iri), kept, self._knowledge)
        for change in changes:
            order = self.grammar.order(change.text, removes=change.removes)
            draft.remove(order) if change.removes else draft.set(order)
        quads = [ox.Quad(*statement) for statement in draft.statements]
        (changed,) = cases_of(quads, [draft.case], self._knowledge, case.file)
        return Case(changed.iri, changed.file, changed.quads, case.problems)


class _Draft:
    """The statements of one case while they are changed."""

    def __init__(self, case: ox.NamedNode, statements: Iterable[Statement], knowledge: Knowledge) -> None:
        self.case = case
        self.statements: set[Statement] = set(statements)
        self._store = knowledge.store

    # --- setting

    def set(self, order: Order) -> None:
        if order.concept is None:
            for predicate, value in order.values:
                self._put(self._subject(order), predicate, value)
        elif order.denied:
            self._deny(order)
        else:
            self._state(order)

    def _state(self, order: Order) -> None:
        for fact, concept in self._facts(order, denied=True):
            if self._is_within(order.concept, concept):
                self._drop(fact)
        found = [
            fact for fact, concept in self._facts(order, denied=False, link=order.link) if concept == order.concept
        ]
        if not found or order.another:
            self._add(order)
        elif order.values:
            if len(found) > 1:
                raise several_facts(order, len(found))
            for predicate, value in order.values:
                self._put(found[0], predicate, value)

    def _deny(self, order: Order) -> None:
        for fact, concept in self._facts(order, denied=False):
            if self._is_within(concept, order.concept):
                self._drop(fact)
        if not any(concept == order.concept for _, concept in self._facts(order, denied=True, link=order.link)):
            self._put(self._add(order), _POLARITY, _ABSENT)

    def _add(self, order: Order) -> ox.NamedNode:
        taken = {subject.value for subject, _, _ in self.statements}
        number = next(n for n in range(1, len(taken) + 2) if f"{self.case.value}/whatif/{n}" not in taken)
        fact = ox.NamedNode(f"{self.case.value}/whatif/{number}")
        self.statements.add((self.case, order.link, fact))
        self.statements.add((fact, _CONCEPT, order.concept))
        if order.to_service is not None:
            self.statements.add((fact, _TO_SERVICE, order.to_service))
        self.statements |= {(fact, predicate, value) for predicate, value in order.values}
        return fact

    # --- removing

    def remove(self, order: Order) -> None:
        if order.concept is not None:
            targets = [fact for fact, concept in self._facts(order) if self._is_within(concept, order.concept)]
        else:
            targets = [self._subject(order)]
        found = [
            statement
            for statement in self.statements
            if statement[0] in targets and (not order.properties or statement[1] in order.properties)
        ]
        if not found:
            raise nothing_to_remove(order)
        if order.properties:
            self.statements -= set(found)
        else:
            for target in targets:
                self._drop(target)

    # --- what the case says

    def _subject(self, order: Order) -> Any:
        if order.request is None:
            return self.case
        requests = numbered_requests(self.statements, self.case)
        if not 1 <= order.request <= len(requests):
            raise no_such_request(order, len(requests))
        item = requests[order.request - 1]
        if order.part is None:
            return item
        parts = _numbered(self.statements, item, _COMPRISES)
        if not 1 <= order.part <= len(parts):
            raise no_such_part(order, len(parts))
        return parts[order.part - 1]

    def _facts(self, order: Order, *, denied: bool | None = None, link: Any | None = None) -> Iterator[tuple[Any, Any]]:
        """Yield the facts that ``order`` can be about with their concepts, in order, before anything is changed."""
        by_subject: dict[Any, dict[Any, Any]] = {}
        for subject, predicate, value in self.statements:
            by_subject.setdefault(subject, {})[predicate] = value
        for _, predicate, fact in sorted(self.statements, key=str):
            said = by_subject.get(fact, {})
            if predicate not in (order.links if link is None else {link}) or _CONCEPT not in said:
                continue
            if denied is not None and (said.get(_POLARITY) == _ABSENT) != denied:
                continue
            service = said.get(_TO_SERVICE)
            if order.to_service is None or self._akin(service, order.to_service):
                yield fact, said[_CONCEPT]

    def _akin(self, service: Any, asked: Any) -> bool:
        return service is not None and (self._is_within(service, asked) or self._is_within(asked, service))

    def _is_within(self, narrow: Any, broad: Any) -> bool:
        return ox.Quad(narrow, _WITHIN, broad) in self._store

    def _put(self, subject: Any, predicate: Any, value: Any) -> None:
        self.statements -= {
            statement for statement in self.statements if statement[0] == subject and statement[1] == predicate
        }
        self.statements.add((subject, predicate, value))

    def _drop(self, node: Any) -> None:
        self.statements = {statement for statement in self.statements if statement[0] != node and statement[2] != node}
