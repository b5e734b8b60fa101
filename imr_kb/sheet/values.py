"""What the cells of a review sheet mean: numbers, dates, terms and other rows, each as RDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.letters import Lexicon
from imr_kb.sheet.columns import STATED
from imr_kb.sheet.names import Names
from imr_kb.terms import PREFIXES, XSD, core

__all__ = ["UnclearError", "Values", "spans_of"]

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_US: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_CENTURY: Final = 2000
_ROW: Final = re.compile(r"([a-z]+) ([1-9]\d{0,6})")
_LIST: Final = re.compile(r"\s*;\s*")
#: The kinds that are of a service, where a name could mean a service or something else.
_OF_SERVICES: Final = frozenset(core(name) for name in ("Request", "PlannedCare", "Treatment", "Authorization"))
_SERVICE: Final = PREFIXES["svc"] + "Service"


class UnclearError(ValueError):
    """A cell that cannot be understood: what is wrong with it, and what to do."""

    def __init__(self, what: str, next_step: str) -> None:
        """Keep both."""
        super().__init__(what)
        self.what, self.next_step = what, next_step


class Values:
    """Reads cells as values of properties."""

    def __init__(self, names: Names, lexicon: Lexicon, case: str) -> None:
        """Read for ``case``."""
        self._names, self._lexicon, self._case = names, lexicon, case

    def read(self, prop: str, cell: str, kind: str = "") -> list[Any]:
        """Return the values of a property of a node of ``kind``, none where the cell is empty.

        Raises:
            UnclearError: the cell cannot be understood.
        """
        if not cell:
            return []
        kind_of_value = self._names.range_of(prop)
        if kind_of_value == XSD + "string":
            return [ox.Literal(cell)]
        return [self._one(prop, kind_of_value, part, kind) for part in _LIST.split(cell) if part]

    def _one(self, prop: str, kind_of_value: str, cell: str, kind: str) -> Any:
        match kind_of_value.removeprefix(XSD):
            case "integer" | "decimal" as number:
                return _number(cell, whole=number == "integer")
            case "date":
                return ox.Literal(_date(cell).isoformat(), datatype=ox.NamedNode(XSD + "date"))
            case "boolean":
                if cell.casefold() not in {"true", "false"}:
                    raise UnclearError("This is neither true nor false.", "Write true or false.")
                return ox.Literal(cell.casefold(), datatype=ox.NamedNode(XSD + "boolean"))
        if prop == core("polarity"):
            if cell.casefold() not in STATED:
                raise UnclearError("This is neither stated nor denied.", "Write stated or denied.")
            return ox.NamedNode(STATED[cell.casefold()])
        row = _ROW.fullmatch(cell)
        if row and prop == core("shownBy"):
            return ox.NamedNode(f"{self._case}/{row[1]}/{row[2]}")
        return ox.NamedNode(self._term(prop, kind_of_value, cell, kind))

    def _term(self, prop: str, kind_of_value: str, cell: str, kind: str) -> str:
        terms = self._names.find(cell)
        if prop == core("concept"):
            fitting = [term for term in terms if self._lexicon.read_as(term) == kind]
            if not fitting and kind in _OF_SERVICES:
                fitting = [term for term in terms if _SERVICE in self._lexicon.within(term)]
        else:
            fitting = [
                term
                for term in terms
                if kind_of_value in {self._lexicon.individuals.get(term), *self._lexicon.within(term)}
            ]
        terms = fitting or terms
        if len(terms) == 1:
            return terms[0]
        if terms:
            offered = ", ".join(self._names.exact(term) for term in terms)
            raise UnclearError("Several things are called so.", f"Write one of: {offered}.")
        near = ", ".join(self._names.near(cell))
        raise UnclearError(
            "Nothing is called so.",
            f"Perhaps you mean {near}." if near else "imr-kb show looks up names.",
        )


def _number(cell: str, *, whole: bool) -> ox.Literal:
    try:
        number = Decimal(cell.replace(",", "")) if len(cell) <= 20 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 12:
        raise UnclearError("This is no number.", "Write a number such as 8 or 7.5, and nothing else.")
    if whole and number != number.to_integral_value():
        raise UnclearError("This is no whole number.", "Write a whole number, and nothing else.")
    plain = format(number.normalize() if number else Decimal(0), "f")
    return ox.Literal(plain, datatype=ox.NamedNode(XSD + ("integer" if whole else "decimal")))


def _date(cell: str) -> date:
    iso, us = _ISO.fullmatch(cell), _US.fullmatch(cell)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if us:
            year = int(us[3])
            return date(year + _CENTURY if year < 100 else year, int(us[1]), int(us[2]))
    except ValueError:
        pass
    raise UnclearError("This is no date.", "Write 2015-06-08, or 6/8/2015 with the month first.")


def spans_of(cell: str) -> Sequence[tuple[int, int]]:
    """Return the stretches of text that a cell like ``812..917; 930..941`` names.

    Raises:
        UnclearError: it names none.
    """
    found = []
    for part in _LIST.split(cell):
        match = re.fullmatch(r"(\d{1,9})\.\.(\d{1,9})", part)
        if match is None or int(match[1]) >= int(match[2]):
            raise UnclearError("This is no place in the text.", "Write first and last offset, as in 812..917.")
        found.append((int(match[1]), int(match[2])))
    return found
