"""Turn triples into the facts of an Answer Set Program: ``t(Subject, Property, Value)``, one for each triple.

Names become strings such as ``"imr:covers"``; dates become a count of days; an amount that the ontology declares as a
decimal is given in thousandths, because an Answer Set Program knows whole numbers only. What a case has no use for, such
as labels and quotations, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeAlias

import clingo
import pyoxigraph as ox

from imr_kb.rdf import read_quads
from imr_kb.terms import RDFS, SKOS, XSD, core, short

__all__ = ["Arithmetic", "Fact", "Translation", "triples_of"]

#: Subject, property and value of one triple, as symbols.
Fact: TypeAlias = tuple[clingo.Symbol, clingo.Symbol, clingo.Symbol]

_THOUSAND: Final = 1000
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_DATE: Final = XSD + "date"
# Numbers have 32 bits here. No amount of a case comes near; what does is as good as endless, and sums must not run over.
_LARGEST: Final = 10**8
_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "int", "long", "nonNegativeInteger"))
# Words for people, and what a determination published.
_UNREAD: Final = frozenset(
    {
        RDFS + "label",
        RDFS + "comment",
        *(SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel", "definition", "scopeNote", "example")),
        *(SKOS + name for name in ("closeMatch", "broadMatch", "exactMatch", "narrowMatch", "relatedMatch")),
        *(core(name) for name in ("evidence", "citation", "verifiedPart", "verifiedAt", "factRecord")),
        *(core(name) for name in ("requestedText", "publishedOutcome", "decidedOn", "caseNumber")),
    }
)


def triples_of(root: Path) -> Iterator[ox.Quad]:
    """Yield the triples of ``ontology/`` and ``kb/`` below ``root``, as they are written.

    Raises:
        InputError: RD001 where a file is not Turtle.
    """
    for path in sorted([*root.glob("ontology/*.ttl"), *root.glob("kb/**/*.ttl")]):
        yield from read_quads(path.read_bytes(), ".ttl", path.relative_to(root).as_posix())


class Translation:
    """Translates triples; knows from the ontology which amounts are decimals."""

    def __init__(self, ontology: Iterable[ox.Quad]) -> None:
        """Read the ranges that ``ontology`` declares."""
        quads = list(ontology)
        self._decimals = frozenset(
            str(quad.subject.value)
            for quad in quads
            if isinstance(quad.subject, ox.NamedNode)
            and quad.predicate.value == RDFS + "range"
            and isinstance(quad.object, ox.NamedNode)
            and quad.object.value == XSD + "decimal"
        )
        self._days = frozenset(
            str(quad.object.value)
            for quad in quads
            if quad.predicate.value == core("dayNumber") and isinstance(quad.object, ox.NamedNode)
        )

    def facts(self, quads: Iterable[ox.Quad]) -> list[Fact]:
        """Return the facts that ``quads`` state."""
        found = []
        for quad in quads:
            name = quad.predicate.value
            if name in _UNREAD or name in self._days:
                continue
            value = self._value(name, quad.object)
            if value is not None:
                found.append((_name(quad.subject), _text(_short(name)), value))
        return found

    def _value(self, name: str, term: object) -> clingo.Symbol | None:
        if not isinstance(term, ox.Literal):
            return _name(term)
        kind = term.datatype.value
        if kind == _DATE:
            return clingo.Number(date.fromisoformat(term.value).toordinal())
        if kind not in _NUMBERS:
            return _text(term.value)
        try:
            return clingo.Number(_rounded(Decimal(term.value) * (_THOUSAND if name in self._decimals else 1)))
        except InvalidOperation:
            return None


class Arithmetic:
    """What an Answer Set Program cannot compute by itself: products of thousandths, and calendar months."""

    def product(self, one: clingo.Symbol, other: clingo.Symbol) -> clingo.Symbol:
        """Return the product of two amounts in thousandths, in thousandths."""
        return clingo.Number(_rounded(Decimal(one.number) * other.number / _THOUSAND))

    def quotient(self, units: clingo.Symbol, rate: clingo.Symbol) -> clingo.Symbol:
        """Return how long so many units last at a rate in thousandths, in thousandths."""
        return clingo.Number(_rounded(Decimal(units.number * _THOUSAND * _THOUSAND) / rate.number))

    def share(self, amount: clingo.Symbol, factor: clingo.Symbol, days: clingo.Symbol) -> clingo.Symbol:
        """Return what one of so many days has of the product of two amounts in thousandths, in thousandths."""
        return clingo.Number(_rounded(Decimal(amount.number) * factor.number / _THOUSAND / days.number))

    def months_after(self, day: clingo.Symbol, months: clingo.Symbol) -> clingo.Symbol:
        """Return the day so many calendar months after ``day``, or the last day of that month where it is shorter."""
        start = date.fromordinal(day.number)
        years, month = divmod(start.month - 1 + months.number, 12)
        for last in (start.day, 30, 29, 28):
            try:
                return clingo.Number(date(start.year + years, month + 1, min(last, start.day)).toordinal())
            except ValueError:
                continue
        raise AssertionError(start)


def _name(term: object) -> clingo.Symbol:
    return _text(_short(term.value) if isinstance(term, ox.NamedNode) else str(term))


def _short(iri: str) -> str:
    return f"owl:{iri.removeprefix(_OWL)}" if iri.startswith(_OWL) else short(iri)


_text: Callable[[str], clingo.Symbol] = clingo.String


def _rounded(value: Decimal) -> int:
    return int(max(min(value, Decimal(_LARGEST)), Decimal(-_LARGEST)).to_integral_value(rounding=ROUND_HALF_UP))
