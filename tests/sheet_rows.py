"""Review sheets as rows, for the tests that correct them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from click.testing import CliRunner, Result

from imr_kb.cli import main
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.sheet.columns import COLUMNS

__all__ = ["DEMO", "Rows", "case_of", "row_of", "run", "save", "sheet_of", "values_of"]

DEMO = Path(__file__).resolve().parent / "cases" / "demo.txt"

Rows = list[dict[str, str]]


def run(*arguments: str | Path) -> Result:
    """Run the command with ``arguments``."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def sheet_of(letter: Path, sheet: Path) -> Rows:
    """Write the sheet of ``letter`` and return its rows."""
    result = run("read", letter, "--review", sheet)
    assert result.exit_code == (1 if "violation" in result.stderr else 0), result.output
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(rows: Rows, sheet: Path, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> None:
    """Write ``rows`` as a spreadsheet does."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_bytes(out.getvalue().encode(encoding))


def row_of(rows: Rows, term: str, kind: str = "") -> dict[str, str]:
    """Return the only row of ``term``."""
    (found,) = [row for row in rows if row["term"] == term and kind in {"", row["kind"]}]
    return found


def case_of(letter: Path, knowledge: Knowledge) -> Case:
    """Return the case that is read from ``letter``."""
    (case,) = load_cases(letter, knowledge)
    return case


def values_of(case: Case, node: str) -> dict[str, list[str]]:
    """Return the values of a fact or request by short property name."""
    found: dict[str, list[str]] = {}
    for subject, predicate, value in case.statements:
        if str(subject.value) == f"{case.iri}/{node}":
            name = str(predicate.value).rpartition("#")[2]
            found.setdefault(name, []).append(str(value.value).rpartition("#")[2])
    return found
