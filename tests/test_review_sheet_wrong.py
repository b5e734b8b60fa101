"""What is wrong in a review sheet is told with its line and column, and nothing is decided or lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sheet_rows import DEMO, Rows, row_of, run, save, sheet_of

from imr_kb.errors import InputError, Problem
from imr_kb.load import Knowledge
from imr_kb.sheet import reviewed_case
from imr_kb.sheet.columns import COLUMNS

ROOT = Path(__file__).resolve().parent.parent


def _wrong(letter: Path, sheet: Path, knowledge: Knowledge) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        reviewed_case(letter, sheet, knowledge)
    return caught.value.problems


def _set(term: str, heading: str, value: str) -> Callable[[Rows], None]:
    return lambda rows: row_of(rows, term).update({heading: value})


@pytest.mark.parametrize(
    ("change", "code", "heading", "says"),
    [
        (_set("Numbness", "side", "lef"), "IN032", "side", "left"),
        (_set("Numbness", "term", "Numbnes"), "IN032", "term", "numbness"),
        (_set("Numbness", "keep", "perhaps"), "IN032", "keep", "yes or no"),
        (_set("Numbness", "kind", "feeling"), "IN032", "kind", "diagnosis"),
        (_set("Numbness", "stated", "maybe"), "IN032", "stated", "denied"),
        (_set("Numbness", "date", "31/31/2015"), "IN032", "date", "2015-06-08"),
        (_set("Numbness", "place", "12-14"), "IN032", "place", "812..917"),
        (_set("Numbness", "place", "12..1000000"), "IN032", "place", "812..917"),
        (_set("Numbness", "more", "colour=red"), "IN032", "more", "other rows"),
        (_set("Numbness", "term", ""), "IN032", "term", "name"),
        (_set("Numbness", "row", "request 2"), "IN032", "row", "Empty"),
        (_set("Numbness", "row", "fact 1"), "IN033", "row", "Empty"),
        (_set("Numbness", "words", "numbness of the third ear"), "IN034", "words", "Quote"),
        (_set("Numbness", "words", "left"), "IN034", "words", "write the place"),
        (_set("Naproxen", "strength mg", "much"), "IN032", "strength mg", "number"),
        (_set("injured on", "value", "the day before"), "IN032", "value", "2015-06-08"),
        (_set("injured on", "term", "hurt on"), "IN032", "term", "other rows"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(
    change: Callable[[Rows], None], code: str, heading: str, says: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    before = [dict(row) for row in rows]
    change(rows)
    line = next(number for number, (one, other) in enumerate(zip(before, rows, strict=True), 2) if one != other)
    save(rows, sheet)
    problems = [problem for problem in _wrong(DEMO, sheet, knowledge) if problem.line == line]
    assert [(problem.code, problem.file, problem.column) for problem in problems][:1] == [
        (code, "sheet.csv", COLUMNS.index(heading) + 1)
    ]
    assert says in problems[0].next_step


def test_a_value_that_no_record_has_is_named_by_its_line(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row = row_of(rows, "Physical therapy", "treatment")
    row["visits"] = "5000"
    save(rows, sheet)
    result = run("decide", DEMO, "--review", sheet)
    assert result.exit_code == 1
    assert f"sheet.csv:{rows.index(row) + 2}: CA008" in result.stderr


def test_a_lost_row_is_noticed(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    rows.remove(row_of(rows, "Numbness"))
    rows.remove(row_of(rows, "Cyclobenzaprine", "request"))
    save(rows, sheet)
    problems = _wrong(DEMO, sheet, knowledge)
    assert [problem.code for problem in problems] == ["IN033", "IN033"]
    assert "request 2" in problems[1].what


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row_of(rows, "Numbness")["side"] = "lef"
    row_of(rows, "Naproxen")["strength mg"] = "much"
    save(rows, sheet)
    assert len(_wrong(DEMO, sheet, knowledge)) == 2


def test_the_sheet_of_another_letter_is_refused(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet, changed = tmp_path / "sheet.csv", tmp_path / "changed.txt"
    sheet_of(DEMO, sheet)
    changed.write_text(DEMO.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert [problem.code for problem in _wrong(changed, sheet, knowledge)] == ["IN031"]


@pytest.mark.parametrize(
    "content",
    [
        b"a letter\n",
        b"keep,kind\nyes,finding\n",
        b"\xff\xfek\0e\0",
        "keep,kind,térm\n".encode("latin-1"),
        b'"keep\n' + b"x" * 100,
    ],
)
def test_a_file_that_is_no_sheet_is_refused(content: bytes, tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(content)
    assert [problem.code for problem in _wrong(DEMO, sheet, knowledge)] == ["IN030"]


def test_a_sheet_without_its_case_is_refused(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row_of(rows, "case", "letter")["value"] = "https://example.org/elsewhere"
    save(rows, sheet)
    assert [problem.code for problem in _wrong(DEMO, sheet, knowledge)] == ["IN030"]


def test_a_missing_sheet_is_an_unreadable_input(tmp_path: Path) -> None:
    result = run("decide", DEMO, "--review", tmp_path / "none.csv")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "IN001" in result.stderr


def test_a_sheet_is_not_overwritten(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet_of(DEMO, sheet)
    sheet.write_text("corrected", encoding="utf-8")
    result = run("read", DEMO, "--review", sheet)
    assert result.exit_code == 2
    assert "--apply" in result.stderr
    assert sheet.read_text(encoding="utf-8") == "corrected"


@pytest.mark.parametrize("verb", ["decide", "explain", "read"])
def test_a_sheet_is_of_one_letter(verb: str, tmp_path: Path) -> None:
    assert run(verb, DEMO, DEMO, "--review", tmp_path / "new.csv").exit_code == 2
    assert run(verb, ROOT / "tests" / "cases" / "first.ttl", "--review", tmp_path / "new.csv").exit_code == 2
