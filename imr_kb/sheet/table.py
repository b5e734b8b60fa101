"""Reads the table of a corrected review sheet, as spreadsheets and text editors save it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imr_kb.errors import InputError, Problem
from imr_kb.rdf import file_content
from imr_kb.sheet.columns import COLUMNS, unguarded

__all__ = ["Row", "Table", "read_table"]

#: A sheet of more bytes than this is refused.
MAX_BYTES: Final = 32 * 1024 * 1024
_DELIMITERS: Final = ",;\t"
#: Columns without which a sheet can be read: they only tell, or are of letters that have parts of items.
_TOLD: Final = frozenset({"words", "confidence", "also possible", "part of"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, counted from 1, and its cells by heading."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        """Return the cell below ``heading``, empty where there is none."""
        return self.cells.get(heading, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a sheet, and the place of each heading."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def problem(self, row: Row, heading: str, code: str, what: str, next_step: str) -> Problem:
        """Return a problem with the cell of ``row`` below ``heading``."""
        column = self.headings.index(heading) + 1 if heading in self.headings else 0
        return Problem(
            file=self.file,
            line=row.line,
            column=column,
            code=code,
            term=row[heading],
            what=what,
            next_step=next_step,
        )


def read_table(path: Path) -> Table:
    """Read a sheet whose cells are parted by commas, semicolons or tabs.

    Raises:
        InputError: IN001, IN002 where there is nothing to read, IN008 where it is too large, IN030 where it is no sheet.
    """
    content = file_content(path, path.name)
    if len(content) > MAX_BYTES:
        raise InputError(
            Problem(file=path.name, code="IN008", what="The file is too large.", next_step="A sheet is of one letter.")
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_sheet(path, 0, "it is not UTF-8 text") from error
    if "\0" in text:
        raise _no_sheet(path, 0, "it is not UTF-8 text")
    csv.field_size_limit(MAX_BYTES)
    first = text.splitlines()[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    try:
        filled = list(_filled(lines))
    except csv.Error as error:
        raise _no_sheet(path, lines.line_num, str(error)) from error
    headings = tuple(cell.casefold() for cell in filled[0][1]) if filled else ()
    missing = [heading for heading in COLUMNS if heading not in headings and heading not in _TOLD]
    if missing:
        raise _no_sheet(path, 1, f"it has no column {', '.join(missing)}")
    rows = []
    for line, cells in filled[1:]:
        if len(cells) > len(headings):
            raise _no_sheet(path, line, f"this row has {len(cells)} cells and there are {len(headings)} headings")
        rows.append(Row(line, dict(zip(headings, cells, strict=False))))
    return Table(path.name, headings, tuple(rows))


def _filled(lines: Iterator[list[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows in which something stands, each with the line on which it begins."""
    begin = 1
    for cells in lines:
        cleaned = [unguarded(" ".join(cell.split())) for cell in cells]
        if any(cleaned):
            while cleaned and not cleaned[-1]:
                cleaned.pop()
            yield begin, cleaned
        begin = lines.line_num + 1  # type: ignore[attr-defined]


def _no_sheet(path: Path, line: int, why: str) -> InputError:
    return InputError(
        Problem(
            file=path.name,
            line=line,
            code="IN030",
            what=f"This is no review sheet: {why}.",
            next_step="Save the sheet as CSV in UTF-8 with all its columns, or make it anew by imr-kb read --review.",
        )
    )
