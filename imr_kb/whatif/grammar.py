"""The language of changes: ``fnd:RedFlag``, ``not fnd:RedFlag``, ``request 1 quantity 4``, ``svc:PhysicalTherapy visits 6``.

What a fact, a request or a case can say is read from ``shapes/case.ttl``, what kind of value it is from the ontology.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import ImrError, Problem
from imr_kb.facts import Facts
from imr_kb.load import Knowledge, statements
from imr_kb.lookup import find
from imr_kb.rdf import parse_quads
from imr_kb.terms import RDF, RDFS, XSD, core, short

__all__ = ["Grammar", "Order", "no_such_part", "no_such_request", "nothing_to_remove", "several_facts"]

_TYPE: Final = ox.NamedNode(RDF + "type")
_DOMAIN: Final = ox.NamedNode(RDFS + "domain")
_RANGE: Final = ox.NamedNode(RDFS + "range")
_LABEL: Final = ox.NamedNode(RDFS + "label")
_PART_OF: Final = ox.NamedNode(RDFS + "subPropertyOf")
_SHACL: Final = "http://www.w3.org/ns/shacl#"
_TARGET: Final = ox.NamedNode(_SHACL + "targetClass")
_PROPERTY: Final = ox.NamedNode(_SHACL + "property")
_PATH: Final = ox.NamedNode(_SHACL + "path")
_CASE: Final = ox.NamedNode(core("Case"))
_HAS_FACT: Final = ox.NamedNode(core("hasFact"))
_HAS_RESPONSE: Final = ox.NamedNode(core("hasResponse"))
_REQUESTS: Final = ox.NamedNode(core("requests"))
_WITHIN: Final = ox.NamedNode(core("within"))
_DEPTH: Final = ox.NamedNode(core("depth"))
_RECORDED_BY: Final = ox.NamedNode(core("recordedBy"))
_CONCEPT: Final = ox.NamedNode(core("concept"))
#: No change needs more characters than this, and no number of one more digits before or after the point.
_LONGEST: Final = 1000
_DIGITS: Final = 18
#: What is said by other words of a change, or is not for a change to say.
_BESIDE: Final = frozenset(
    core(name) for name in ("concept", "polarity", "toService", "evidence", "shownBy", "inferred")
)


@dataclass(frozen=True, slots=True)
class Order:
    """A change that was understood.

    Without ``concept`` it is about the case, or about the request with the number ``request``, or about the service with the
    number ``part`` that this asks for among others. ``links`` are the properties by which the case may state what the change
    is about, ``link`` is the one by which it is to state it.
    """

    text: str
    request: int | None = None
    part: int | None = None
    concept: ox.NamedNode | None = None
    denied: bool = False
    another: bool = False
    link: ox.NamedNode = _HAS_FACT
    links: frozenset[ox.NamedNode] = frozenset()
    to_service: ox.NamedNode | None = None
    values: tuple[tuple[ox.NamedNode, Any], ...] = ()
    properties: frozenset[ox.NamedNode] = frozenset()


class Grammar:
    """Understands changes in the terms of one knowledge base."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read the terms of ``knowledge``."""
        self._knowledge = knowledge
        self._store = knowledge.store
        self._orders: dict[tuple[str, bool], Order] = {}

    def order(self, text: str, *, removes: bool) -> Order:
        """Return what ``text`` orders.

        Raises:
            ImrError: WI001 a name that is not known, WI002 a property that it cannot have, WI003 a value that does not
                fit, WI007 words that make no change.
        """
        if (text, removes) not in self._orders:
            self._orders[text, removes] = self._read(text, removes=removes)
        return self._orders[text, removes]

    def _read(self, text: str, *, removes: bool) -> Order:
        try:
            words = shlex.split(text) if len(text) <= _LONGEST else []
        except ValueError as error:
            raise _problem("WI007", text, f"The change cannot be read: {error}.") from error
        if len(text) > _LONGEST:
            raise _problem("WI007", text, "The change is longer than any change needs to be.")
        if not words:
            raise _problem("WI007", text, "The change is empty.")
        if words[0] in {"case", "request"}:
            return self._about_item(text, words, removes=removes)
        return self._about_fact(text, words, removes=removes)

    def _about_item(self, text: str, words: list[str], *, removes: bool) -> Order:
        number, part, rest, kind = None, None, words[1:], _CASE
        if words[0] == "request":
            if not rest or not rest[0].isdecimal() or len(rest[0]) > _DIGITS:
                raise _problem("WI007", text, "After request comes the number of the item, counted from 1.")
            number, rest, kind = int(rest[0]), rest[1:], self.links[_REQUESTS]
            if rest[:1] == ["part"]:
                if len(rest) < 2 or not rest[1].isdecimal():
                    raise _problem("WI007", text, "After part comes the number of the service, counted from 1.")
                part, rest = int(rest[1]), rest[2:]
        if removes:
            if not rest and number is None:
                raise _problem("WI007", text, "The change does not say what to remove of the case.")
            return Order(text, number, part, properties=frozenset(self._key(text, kind, word) for word in rest))
        if not rest:
            raise _problem("WI007", text, "The change does not say what to set.")
        extra = {_CONCEPT} if number is not None else set()
        return Order(text, number, part, values=tuple(self._values(text, kind, rest, extra)))

    def _about_fact(self, text: str, words: list[str], *, removes: bool) -> Order:
        rest, denied, another, link = list(words), False, False, None
        while rest and (rest[0] in {"not", "another"} or rest[0] in self._kinds):
            word = rest.pop(0)
            denied |= word == "not"
            another |= word == "another"
            link = self._kinds.get(word, link)
        if not rest:
            raise _problem("WI007", text, "The change names nothing that the record could state.")
        if removes and (denied or another):
            raise _problem(
                "WI007", text, "What is removed is named alone: both what is stated and what is denied goes."
            )
        concept = self._term(text, rest.pop(0))
        service = None
        if rest[:1] == ["to"]:
            if len(rest) < 2:
                raise _problem("WI007", text, "After to comes the earlier care that it is a response to.")
            service, rest, link = self._term(text, rest[1]), rest[2:], link or _HAS_RESPONSE
        links = frozenset({link} if link else self.links.keys() - {_REQUESTS})
        stated = link or self._usual_link(text, concept)
        kind = self.links[stated]
        if removes:
            keys = frozenset(self._key(text, kind, word) for word in rest)
            return Order(text, concept=concept, link=stated, links=links, to_service=service, properties=keys)
        values = tuple(self._values(text, kind, rest, set()))
        return Order(text, None, None, concept, denied, another, stated, links, service, values)

    # --- terms

    def _term(self, text: str, word: str) -> ox.NamedNode:
        try:
            found = find(self._knowledge, word)
        except ImrError as error:
            (known,) = error.problems
            raise _problem("WI001", text, f"Nothing is called {word}.", known.next_step) from error
        if not any(self._store.quads_for_pattern(found, _WITHIN, None)):
            raise _problem(
                "WI001", text, f"{short(found.value)} is nothing that a record states.", "Name a concept of ontology/."
            )
        return found

    @cached_property
    def links(self) -> Mapping[Any, Any]:
        """The properties by which a case states facts and requests, with the class of what they state."""
        found = {}
        for quad in [
            *self._store.quads_for_pattern(None, _DOMAIN, _CASE),
            *self._store.quads_for_pattern(None, _PART_OF, _HAS_FACT),
        ]:
            for ranged in self._store.quads_for_pattern(quad.subject, _RANGE, None):
                if quad.subject != _HAS_FACT and ranged.object in self._allowed:
                    found[quad.subject] = ranged.object
        return found

    @cached_property
    def _kinds(self) -> Mapping[str, Any]:
        """The first word of the name of each class of facts, with its property: treatment, medication, response."""
        return {self._label(kind).lower().split()[0]: link for link, kind in self.links.items() if link != _REQUESTS}

    def kind_word(self, link: Any) -> str:
        """Return the word by which a change names the class of facts that ``link`` states."""
        return next(word for word, known in self._kinds.items() if known == link)

    def _usual_link(self, text: str, concept: ox.NamedNode) -> Any:
        """Return the property of the most specific concept around ``concept`` that names one."""
        wider: list[Any] = [quad.object for quad in self._store.quads_for_pattern(concept, _WITHIN, None)]
        found: list[tuple[int, Any]] = []
        for term in wider:
            for recorded in self._store.quads_for_pattern(term, _RECORDED_BY, None):
                depth: Any = next(iter(self._store.quads_for_pattern(term, _DEPTH, None))).object
                found.append((int(depth.value), recorded.object))
        if not found:
            raise _problem(
                "WI001",
                text,
                f"{short(concept.value)} is nothing that a record states.",
                "Name a concept of ontology/.",
            )
        return max(found, key=lambda entry: (entry[0], str(entry[1])))[1]

    def usual_link(self, concept: ox.NamedNode) -> Any:
        """Return the property by which a case states ``concept``, where nothing else is said."""
        return self._usual_link(short(concept.value), concept)

    # --- properties and values

    @cached_property
    def _allowed(self) -> Mapping[Any, set[Any]]:
        """What the shapes let a case, a request and each class of facts say."""
        path = self._knowledge.root / "shapes" / "case.ttl"
        store = ox.Store()
        store.extend(parse_quads(path.read_bytes(), ox.RdfFormat.TURTLE, "shapes/case.ttl"))
        unseen = self._knowledge.unseen
        shapes = Facts(statements(store))
        found: dict[Any, set[Any]] = {}
        for shape in shapes.having(_TARGET):
            paths = {path for part in shapes.all(shape, _PROPERTY) for path in shapes.all(part, _PATH)}
            told = {path for path in paths if path not in unseen and path.value not in _BESIDE}
            for kind in shapes.all(shape, _TARGET):
                found.setdefault(kind, set()).update(told)
        return found

    def _key(self, text: str, kind: Any, word: str, extra: Iterable[Any] = ()) -> Any:
        known = {
            term.value.removeprefix(core("")): term
            for term in {*self._allowed[kind], *extra}
            if self._range(term) not in self.links.values()
        }
        name = word.removeprefix("imr:")
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=3) or sorted(known)
        raise _problem(
            "WI002",
            text,
            f"A {self._label(kind).lower()} says nothing that is called {word}.",
            f"It can say {', '.join(near)}.",
        )

    def _range(self, term: Any) -> Any:
        return next((quad.object for quad in self._store.quads_for_pattern(term, _RANGE, None)), None)

    def _values(self, text: str, kind: Any, words: list[str], extra: set[Any]) -> Iterator[tuple[Any, Any]]:
        for place in range(0, len(words), 2):
            key = self._key(text, kind, words[place], extra)
            if place + 1 == len(words):
                raise _problem("WI003", text, f"No value comes after {words[place]}.", "Write the value behind it.")
            yield key, self._value(text, key, words[place + 1])

    def _value(self, text: str, key: Any, word: str) -> Any:
        kind = self._range(key)
        if kind is not None and kind.value.startswith(XSD):
            written = _literal(kind.value.removeprefix(XSD), word)
            if written is None:
                expected = "a day like 2015-06-08" if kind.value == XSD + "date" else f"of the type {short(kind.value)}"
                name = key.value.removeprefix(core(""))
                raise _problem("WI003", text, f"{word} is no value of {name}.", f"Write one that is {expected}.")
            return written
        found: Any = self._store.quads_for_pattern(None, _TYPE, kind) if kind else ()
        members = {quad.subject.value.removeprefix(core("")).lower(): quad.subject for quad in found}
        if not members:
            return self._term(text, word)
        if word.lower() in members:
            return members[word.lower()]
        raise _problem("WI003", text, f"{word} is none of the values.", f"Write {' or '.join(sorted(members))}.")

    def _label(self, term: Any) -> str:
        labels = [quad.object for quad in self._store.quads_for_pattern(term, _LABEL, None)]
        return min((label.value for label in labels if isinstance(label, ox.Literal)), default=short(term.value))


def _literal(kind: str, word: str) -> ox.Literal | None:
    try:
        if kind == "date":
            return ox.Literal(date.fromisoformat(word).isoformat(), datatype=ox.NamedNode(XSD + kind))
        number = Decimal(word)
    except (ValueError, InvalidOperation):
        return None
    whole = number.is_finite() and number == number.to_integral_value()
    if (
        kind not in {"integer", "decimal"}
        or not number.is_finite()
        or abs(number.adjusted()) > _DIGITS
        or (kind == "integer" and not whole)
    ):
        return None
    return ox.Literal(
        f"{number:f}", datatype=ox.NamedNode(XSD + ("integer" if whole and "." not in word else "decimal"))
    )


def _problem(
    code: str, text: str, what: str, next_step: str = "docs/whatif.md shows how a change is written."
) -> ImrError:
    return ImrError(Problem(file="whatif", code=code, term=text, what=what, next_step=next_step))


def no_such_request(order: Order, number: int) -> ImrError:
    """Return the problem that the case has no item of this number."""
    return _problem(
        "WI004", order.text, f"The case has no item {order.request}.", f"Its items are numbered from 1 to {number}."
    )


def no_such_part(order: Order, number: int) -> ImrError:
    """Return the problem that the item has no part of this number."""
    told = f"Its services are numbered from 1 to {number}." if number else "It asks for one service: leave part out."
    return _problem("WI004", order.text, f"Item {order.request} of the case has no part {order.part}.", told)


def nothing_to_remove(order: Order) -> ImrError:
    """Return the problem that the record says nothing of the kind."""
    return _problem(
        "WI005", order.text, "The case does not say it.", "imr-kb read FILE --format text lists what it says."
    )


def several_facts(order: Order, number: int) -> ImrError:
    """Return the problem that it is not clear which fact is to be changed."""
    return _problem(
        "WI006",
        order.text,
        f"The record states it {number} times.",
        "Remove it first, or write another before it to state it once more.",
    )
