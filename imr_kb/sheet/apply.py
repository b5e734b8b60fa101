"""Makes a case of a letter and its corrected review sheet.

The sheet says what the case holds; the letter is not read anew, it gives the quoted words. So a sheet keeps its meaning
when the reader of letters changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem, Severity
from imr_kb.files import name_of
from imr_kb.letters.graph import evidence_name, evidence_quads
from imr_kb.letters.source import source_text
from imr_kb.load import Case, Knowledge, cases_of
from imr_kb.rdf import file_content
from imr_kb.sheet.columns import KINDS_APART, PROPERTIES, ROW, fingerprint, node_cells
from imr_kb.sheet.names import Names
from imr_kb.sheet.table import Row, Table, read_table
from imr_kb.sheet.values import UnclearError, Values, spans_of
from imr_kb.sheet.write import text_hash
from imr_kb.terms import CASE, CORE, RDF, XSD, core

__all__ = ["Reviewed", "reviewed_case"]

_TYPE: Final = RDF + "type"
_TRUE: Final = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
_REQUEST: Final = core("Request")
#: How the rows of a kind are called, where they are no facts.
_CALLED: Final = {_REQUEST: "request", core("Authorization"): "authorization"}
_CODE: Final = re.compile(r"[A-Z]{2}\d{3}")
_APART: Final = " ... "
_KEPT: Final = {"yes": True, "y": True, "": True, "no": False, "n": False}


@dataclass(frozen=True)
class Reviewed:
    """A case as a person corrected it, and the line of the sheet on which each of its nodes stands.

    ``unnamed`` are the disputed items whose service is not named: as in a letter, they stay undetermined.
    """

    case: Case
    lines: Mapping[str, int]
    unnamed: frozenset[str]


def reviewed_case(letter: Path, sheet: Path, knowledge: Knowledge) -> Reviewed:
    """Return the case that ``sheet`` makes of ``letter``.

    Raises:
        InputError: IN001 to IN003, IN008, IN020 to IN024 where a file cannot be read, IN030 to IN034 where the sheet is
            wrong; all its problems are told at once.
    """
    source = source_text(file_content(letter, name_of(letter)), document=name_of(letter))
    table = read_table(sheet)
    told = {row["term"]: row["value"] for row in table.rows if row["kind"] == "letter"}
    if told.get("text") != text_hash(source.text):
        raise InputError(
            Problem(
                file=sheet.name,
                code="IN031",
                what=f"This is not the sheet of {name_of(letter)}, or the letter has changed since.",
                next_step="Give the letter that the sheet was made from, or make a new sheet by imr-kb read --review.",
            )
        )
    case = told.get("case", "")
    if not re.fullmatch(re.escape(CASE) + r"[A-Za-z0-9._-]+", case):
        raise InputError(
            Problem(
                file=sheet.name,
                code="IN030",
                what="This is no review sheet: it does not say which case it is of.",
                next_step="Leave the rows of the kind letter as they are.",
            )
        )
    reader = _Reader(table, case, source.text, name_of(letter), knowledge)
    quads = list(reader.quads(told))
    if reader.problems:
        raise InputError(*sorted(reader.problems))
    (made,) = cases_of(quads, {ox.NamedNode(case)}, knowledge, name_of(letter))
    made = replace(made, problems=(*source.problems, *reader.notes))
    return Reviewed(made, reader.lines, frozenset(reader.unnamed))


class _Reader:
    """Reads the rows of one sheet."""

    def __init__(self, table: Table, case: str, text: str, document: str, knowledge: Knowledge) -> None:
        self._table, self._case, self._text, self._document = table, case, text, document
        self._names = Names(knowledge)
        self._values = Values(self._names, knowledge.lexicon, case)
        self._links = knowledge.lexicon.properties
        self._kinds = {self._names.plain(kind).lower(): kind for kind in self._links}
        self._last: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.unnamed: set[str] = set()
        #: The disputed items by the names of their rows, and whether each is kept.
        self._items: dict[str, bool] = {}

    def quads(self, told: Mapping[str, str]) -> Iterator[ox.Quad]:
        """Yield what the kept rows say, and gather the problems."""
        self._check_rows(told)
        yield ox.Quad(ox.NamedNode(self._case), ox.NamedNode(_TYPE), ox.NamedNode(core("Case")))
        for row in self._table.rows:
            kept = _KEPT.get(row["keep"].casefold())
            if kept is None:
                self._wrong(row, "keep", "This is neither yes nor no.", "Write yes or no.")
            elif kept and row["kind"] == "case":
                yield from self._of_case(row)
            elif kept and row["kind"] == "note":
                self._note(row)
            elif row["kind"] not in KINDS_APART and not row["part of"]:
                if kept:
                    yield from self._of_node(row)
                elif row["row"].startswith("request "):
                    self._items[row["row"]] = False
        # Parts come last, because an item may be told below its parts.
        for row in self._table.rows:
            if row["part of"] and _KEPT.get(row["keep"].casefold()):
                yield from self._of_node(row)

    def _wrong(self, row: Row, heading: str, what: str, next_step: str, code: str = "IN032") -> None:
        self.problems.append(self._table.problem(row, heading, code, what, next_step))

    def _check_rows(self, told: Mapping[str, str]) -> None:
        """Note rows that stand twice or not at all: a fact is taken out by a no, not by losing its row."""
        seen: set[str] = set()
        for row in self._table.rows:
            name = ROW.fullmatch(row["row"])
            if name is None or row["kind"] in KINDS_APART:
                continue
            if row["row"] in seen:
                self._wrong(
                    row, "row", "This row stands twice.", "Empty the cell row of a row that you added.", "IN033"
                )
            seen.add(row["row"])
            self._last[name[1]] = max(self._last[name[1]], int(name[2]))
        for term, number in told.items():
            if term.endswith(" rows") and number.isdecimal() and len(number) < 9:
                prefix = term.removesuffix(" rows")
                self._last[prefix] = max(self._last[prefix], int(number))
                missing = [lost for at in range(1, int(number) + 1) if (lost := f"{prefix} {at}") not in seen]
                if missing:
                    what = f"These rows of the sheet are missing: {', '.join(missing[:10])}."
                    step = "Put them back, and write no in the column keep of what is to go."
                    self.problems.append(Problem(file=self._table.file, code="IN033", what=what, next_step=step))

    def _cell(self, row: Row, heading: str, prop: str, kind: str = "") -> list[Any]:
        try:
            return self._values.read(prop, row[heading], kind)
        except UnclearError as unclear:
            self._wrong(row, heading, unclear.what, unclear.next_step)
            return []

    def _of_case(self, row: Row) -> Iterator[ox.Quad]:
        prop = self._property(row, "term", row["term"])
        if prop is None:
            return
        before = len(self.problems)
        values = self._cell(row, "value", prop)
        if len(values) != 1:
            if len(self.problems) == before:
                self._wrong(row, "value", "There is no one value here.", "Write one, or no in the column keep.")
            return
        yield self._quad(self._case, prop, values[0])
        shown = values[0].value if self._names.is_literal(values[0]) else self._names.label(values[0].value)
        if fingerprint({"kind": "case", "term": self._names.plain(prop), "value": shown}) != row["as read"]:
            self.lines.setdefault(self._case, row.line)
            yield self._quad(self._case, core("statedByPerson"), _TRUE)

    def _property(self, row: Row, heading: str, name: str) -> str | None:
        found = [term for term in self._names.find(name) if term.startswith(CORE) and term not in self._links.values()]
        found = [term for term in found if self._names.range_of(term)] or found
        if len(found) == 1:
            return found[0]
        self._wrong(row, heading, f"No property is called {name!r}.", "Use a name as the other rows have it.")
        return None

    def _of_node(self, row: Row) -> Iterator[ox.Quad]:
        kind = self._kinds.get(row["kind"].casefold())
        if kind is None:
            self._wrong(
                row, "kind", "There is no such kind of row.", f"Write one of: {', '.join(sorted(self._kinds))}."
            )
            return
        if not self._stands_right(row, kind):
            return
        name = self._row_name(row, kind)
        if name is None:
            return
        iri = self._iri(name)
        self.lines[iri] = row.line
        node: dict[str, list[Any]] = {}
        for heading, prop in PROPERTIES.items():
            values = self._cell(row, heading, prop, kind)
            if values:
                node[prop] = values
        node |= self._more(row)
        if kind == _REQUEST:
            if row["part of"]:
                # What has parts is named by them.
                self.unnamed.discard(self._iri(row["part of"]))
            else:
                self._items[name] = True
                self.unnamed |= set() if row["term"] else {iri}
            node.setdefault(core("sequence"), [ox.Literal(name.rpartition(" ")[2], datatype=_integer())])
        else:
            if kind not in _CALLED:
                node.setdefault(core("polarity"), [ox.NamedNode(core("Present"))])
            if core("concept") not in node and row["term"] == "":
                self._wrong(row, "term", "It is not said what this is.", "Write a name, or no in the column keep.")
        spans = self._spans(row)
        cells = node_cells(node, row["kind"].casefold(), self._case, self._names)
        cells["place"] = "; ".join(f"{start}..{end}" for start, end in spans)
        cells["part of"] = row["part of"]
        if fingerprint(cells) != row["as read"]:
            node[core("statedByPerson")] = [_TRUE]
        if row["part of"]:
            yield self._quad(self._iri(row["part of"]), core("comprises"), ox.NamedNode(iri))
        else:
            yield self._quad(self._case, self._links[kind], ox.NamedNode(iri))
        yield self._quad(iri, _TYPE, ox.NamedNode(kind))
        for prop, values in node.items():
            yield from (self._quad(iri, prop, value) for value in values)
        for span in spans:
            evidence = evidence_name(self._case, span)
            yield self._quad(iri, core("evidence"), ox.NamedNode(evidence))
            yield from evidence_quads(evidence, span, self._text, self._document)

    def _iri(self, name: str) -> str:
        return f"{self._case}/{name.replace(' ', '/')}"

    def _stands_right(self, row: Row, kind: str) -> bool:
        """Say whether a row is no part, or the part of an item that is kept; note what is wrong with it."""
        whole = row["part of"]
        if not whole:
            return True
        if kind != _REQUEST:
            self._wrong(row, "part of", "Only a request is part of an item.", "Empty the cell.")
        elif whole not in self._items:
            items = ", ".join(self._items)
            self._wrong(row, "part of", "There is no such item.", f"Write the row of one: {items}.")
        # With its item, a part is gone.
        return kind == _REQUEST and self._items.get(whole, False)

    def _row_name(self, row: Row, kind: str) -> str | None:
        """Return the name of a row, the next free one for a row that was added."""
        prefix = _CALLED.get(kind, "fact")
        if row["part of"]:
            prefix = f"{row['part of']} part"
        if not row["row"]:
            self._last[prefix] += 1
            return f"{prefix} {self._last[prefix]}"
        name = ROW.fullmatch(row["row"])
        if name is None or name[1].split()[-1] != prefix.split()[-1]:
            self._wrong(row, "row", f"This is not the name of a row of the kind {row['kind']}.", "Empty the cell.")
            return None
        return row["row"]

    def _more(self, row: Row) -> dict[str, list[Any]]:
        found = {}
        for part in filter(None, (part.strip() for part in row["more"].split(";"))):
            name, equals, value = part.partition("=")
            prop = self._property(row, "more", name.strip()) if equals else None
            if prop is not None:
                try:
                    found[prop] = self._values.read(prop, value.strip())
                except UnclearError as unclear:
                    self._wrong(row, "more", unclear.what, unclear.next_step)
            elif not equals:
                self._wrong(row, "more", "This is no name with its value.", "Write name=value; name=value.")
        return found

    def _spans(self, row: Row) -> Sequence[tuple[int, int]]:
        """Return the place of the words of a row: as it says, or where the words stand that a person wrote."""
        try:
            spans = spans_of(row["place"]) if row["place"] else []
            if any(end > len(self._text) for _, end in spans):
                raise UnclearError("The text is not so long.", "Write first and last offset, as in 812..917.")
        except UnclearError as unclear:
            self._wrong(row, "place", unclear.what, unclear.next_step)
            return []
        there = _APART.join(" ".join(self._text[start:end].split()) for start, end in spans)
        if not row["words"] or row["words"] == there:
            return spans
        found = []
        for words in row["words"].split(_APART):
            pattern = r"\s+".join(map(re.escape, words.split()))
            matches = [match.span() for match in re.finditer(pattern, self._text)] if pattern else []
            if len(matches) == 1:
                found.append(matches[0])
                continue
            what = (
                "These words stand more than once in the letter." if matches else "These words are not in the letter."
            )
            places = ", ".join(f"{start}..{end}" for start, end in matches[:5])
            step = (
                f"Empty the cell, and write the place: {places}." if matches else "Quote the letter, or empty the cell."
            )
            self._wrong(row, "words", what, step, "IN034")
        return found

    def _note(self, row: Row) -> None:
        """Tell once more what could not be read, until a person writes no beside it."""
        if not _CODE.fullmatch(row["term"]):
            self._wrong(row, "term", "This is no code of a problem.", "Write no in the column keep.")
            return
        self.notes.append(
            Problem(
                file=self._document,
                line=int(row["place"]) if row["place"].isdecimal() and len(row["place"]) < 9 else 0,
                code=row["term"],
                term=row["words"],
                what=row["value"],
                next_step=row["more"],
                severity=Severity.WARNING,
            )
        )

    @staticmethod
    def _quad(subject: str, predicate: str, value: Any) -> ox.Quad:
        return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _integer() -> ox.NamedNode:
    return ox.NamedNode(XSD + "integer")
