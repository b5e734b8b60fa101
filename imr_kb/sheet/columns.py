"""The columns of a review sheet, and the row that each fact, disputed item and value of a case has in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from imr_kb.sheet.names import Names
from imr_kb.terms import core

__all__ = [
    "COLUMNS",
    "KINDS_APART",
    "NOT_SHOWN",
    "PROPERTIES",
    "ROW",
    "STATED",
    "fingerprint",
    "guarded",
    "node_cells",
    "row_name",
    "unguarded",
]

#: The heading of each column that holds one property of a fact, and the property.
PROPERTIES: Final[Mapping[str, str]] = {
    "term": core("concept"),
    "stated": core("polarity"),
    "body part": core("bodyPart"),
    "side": core("laterality"),
    "visits": core("visits"),
    "per week": core("perWeek"),
    "weeks": core("weeks"),
    "quantity": core("quantity"),
    "days' supply": core("daysSupply"),
    "strength mg": core("strengthMg"),
    "per day": core("perDay"),
    "relief percent": core("reliefPercent"),
    "relief weeks": core("reliefWeeks"),
    "date": core("onDate"),
    "since": core("since"),
    "outcome": core("outcome"),
    "response to": core("toService"),
    "shown by": core("shownBy"),
    "value": core("requestedText"),
}
_FIRST: Final = ("keep", "kind", "term", "stated", "body part", "side", "value")
COLUMNS: Final = (
    *_FIRST,
    *(heading for heading in PROPERTIES if heading not in _FIRST),
    "part of",
    "more",
    "words",
    "place",
    "confidence",
    "also possible",
    "row",
    "as read",
)
#: Rows that are no fact and no disputed item: values of the case, what could not be read, which letter it is.
KINDS_APART: Final = ("case", "note", "letter")
STATED: Final[Mapping[str, str]] = {"stated": core("Present"), "denied": core("Absent")}
#: Properties of a fact that other columns or rows give, or that say of a sheet where a fact comes from.
NOT_SHOWN: Final = frozenset({"http://www.w3.org/1999/02/22-rdf-syntax-ns#type", core("evidence"), core("comprises")})
#: The name of a row: "fact 3", "request 2", or "request 2 part 1" for a service of an item that asks for several.
ROW: Final = re.compile(r"((?:request [1-9]\d{0,6} )?[a-z]+) ([1-9]\d{0,6})")
#: A spreadsheet takes a cell with such a beginning for a formula.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
#: What a person decides about a row, or what is only told, does not say what the row says.
_NOT_SAID: Final = frozenset({"keep", "words", "confidence", "also possible", "row", "as read"})


def row_name(iri: str, case: str) -> str:
    """Return the name by which a sheet calls a node of a case: "fact 3" for the third fact."""
    return iri.removeprefix(f"{case}/").replace("/", " ")


def node_cells(node: Mapping[str, Sequence[Any]], kind: str, case: str, names: Names) -> dict[str, str]:
    """Return the cells of a fact or disputed item that say what it says, from its values by property."""
    cells = {"kind": kind}
    shown = {prop: "; ".join(sorted(_cell(value, case, names) for value in values)) for prop, values in node.items()}
    for heading, prop in PROPERTIES.items():
        if prop in shown:
            cells[heading] = shown.pop(prop)
    polarity = {iri: word for word, iri in STATED.items()}
    cells["stated"] = "".join(polarity[value.value] for value in node.get(core("polarity"), ()))
    more = {names.plain(prop): value for prop, value in shown.items() if prop not in NOT_SHOWN}
    cells["more"] = "; ".join(f"{name}={value}" for name, value in sorted(more.items()))
    return cells


def _cell(value: Any, case: str, names: Names) -> str:
    text = str(value.value)
    if names.is_literal(value):
        return text
    return row_name(text, case) if text.startswith(f"{case}/") else names.label(text)


def fingerprint(cells: Mapping[str, str]) -> str:
    """Return a short mark of what the cells say, by which a corrected row is told from an untouched one."""
    said = "\x1f".join(cells.get(heading, "") for heading in COLUMNS if heading not in {*_NOT_SAID, "part of"})
    # Left out where it is empty, so that sheets that were made before there was this column keep their marks.
    said += f"\x1f{cells['part of']}" if cells.get("part of") else ""
    # A letter in front, because a spreadsheet would read digits with an e among them as a number.
    return "r" + hashlib.sha256(said.encode()).hexdigest()[:12]


def guarded(cell: str) -> str:
    """Return ``cell`` so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what stood in ``cell`` before it was guarded."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
