"""The sheet of a letter with several services in one item, and with care that was authorized in part."""

from __future__ import annotations

from pathlib import Path

import pytest
from letter_reading import SUMMARY
from sheet_rows import Rows, case_of, run, save, sheet_of, values_of

from imr_kb.load import Case, Knowledge
from imr_kb.sheet import reviewed_case
from imr_kb.sheet.columns import COLUMNS

ROOT = Path(__file__).resolve().parent.parent
ITEMS = """\
Ten acupuncture sessions for the neck was the original request. Four acupuncture sessions for the neck was
authorized by the Claims Administrator. The remaining IMR eligible portion of the original request, six
acupuncture sessions for the neck is: Upheld

Decision rationale: Nothing.

MRI of the right shoulder and cervical spine"""
TOLD = "The worker was injured on 11/2/2016 and has neck pain. The request for authorization is dated 1/5/2017."
EMPTY = dict.fromkeys(COLUMNS, "")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text(SUMMARY.format(TOLD, ITEMS), encoding="utf-8")
    return path


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


def _named(rows: Rows, name: str) -> dict[str, str]:
    (found,) = [row for row in rows if row["row"] == name]
    return found


def _corrected(rows: Rows, letter: Path, sheet: Path, knowledge: Knowledge) -> Case:
    save(rows, sheet)
    return reviewed_case(letter, sheet, knowledge).case


def test_parts_stand_below_their_item_and_the_authorized_care_in_a_row_of_its_own(letter: Path, sheet: Path) -> None:
    rows = sheet_of(letter, sheet)
    told = [(row["row"], row["kind"], row["term"], row["part of"]) for row in rows if row["kind"] == "request"]
    assert told == [
        ("request 1", "request", "Acupuncture", ""),
        ("request 2", "request", "", ""),
        ("request 2 part 1", "request", "Shoulder MRI", "request 2"),
        ("request 2 part 2", "request", "Cervical MRI", "request 2"),
    ]
    (granted,) = [row for row in rows if row["kind"] == "authorization"]
    assert (granted["term"], granted["quantity"], granted["words"]) == (
        "Acupuncture",
        "4",
        "Four acupuncture sessions for the neck",
    )


def test_an_untouched_sheet_with_parts_and_authorized_care_gives_the_identical_case(
    letter: Path, sheet: Path, knowledge: Knowledge
) -> None:
    sheet_of(letter, sheet)
    read = case_of(letter, knowledge)
    nodes = {str(quad.subject).strip("<>").removeprefix(f"{read.iri}/") for quad in read.quads}
    assert nodes >= {"request/2/part/1", "request/2/part/2", "authorization/1"}
    assert set(reviewed_case(letter, sheet, knowledge).case.quads) == set(read.quads)


def test_a_corrected_part_changes_and_the_other_stays(letter: Path, sheet: Path, knowledge: Knowledge) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, "request 2 part 1")["side"] = "left"
    case = _corrected(rows, letter, sheet, knowledge)
    read = case_of(letter, knowledge)
    changed = values_of(case, "request/2/part/1")
    assert (changed["laterality"], changed["statedByPerson"]) == (["Left"], ["true"])
    for node in ("request/2", "request/2/part/2", "authorization/1"):
        assert values_of(case, node) == values_of(read, node), node


def test_corrected_authorized_care_is_taken(letter: Path, sheet: Path, knowledge: Knowledge) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, "authorization 1")["quantity"] = "5"
    granted = values_of(_corrected(rows, letter, sheet, knowledge), "authorization/1")
    assert (granted["quantity"], granted["statedByPerson"]) == (["5"], ["true"])
    assert "polarity" not in granted
    assert run("decide", letter, "--review", sheet).exit_code == 0


def test_an_added_part_belongs_to_the_item_that_it_names(letter: Path, sheet: Path, knowledge: Knowledge) -> None:
    rows = sheet_of(letter, sheet)
    rows.insert(0, {**EMPTY, "kind": "request", "term": "MRI of the lumbar spine", "part of": "request 2"})
    case = _corrected(rows, letter, sheet, knowledge)
    added = values_of(case, "request/2/part/3")
    assert (added["sequence"], added["statedByPerson"]) == (["3"], ["true"])
    assert len(values_of(case, "request/2")["comprises"]) == 3
    assert run("decide", letter, "--review", sheet).exit_code == 0


def test_an_item_can_be_made_one_of_several_services(letter: Path, sheet: Path, knowledge: Knowledge) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, "request 1")["term"] = ""
    parts = [{**EMPTY, "kind": "request", "part of": "request 1", "term": term} for term in ("Acupuncture", "Massage")]
    case = _corrected([*rows, *parts], letter, sheet, knowledge)
    assert sorted(values_of(case, "request/1")["comprises"]) == [f"{case.iri}/request/1/part/{at}" for at in (1, 2)]
    done = run("decide", letter, "--review", sheet)
    assert (done.exit_code, "Acupuncture: " in done.stdout, "Massage" in done.stdout) == (0, True, True)


def test_a_part_with_a_no_is_gone_and_one_service_left_is_told_by_its_line(
    letter: Path, sheet: Path, knowledge: Knowledge
) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, "request 2 part 2")["keep"] = "no"
    case = _corrected(rows, letter, sheet, knowledge)
    assert values_of(case, "request/2")["comprises"] == [f"{case.iri}/request/2/part/1"]
    done = run("decide", letter, "--review", sheet)
    assert (done.exit_code, done.stdout) == (1, "")
    line = next(at for at, row in enumerate(rows, 2) if row["row"] == "request 2")
    assert f"sheet.csv:{line}: CA005" in done.stderr
    # The service in the row of the item, and no parts: that is an item of one service.
    _named(rows, "request 2 part 1")["keep"] = "no"
    _named(rows, "request 2")["term"] = "MRI of the shoulder"
    save(rows, sheet)
    assert run("decide", letter, "--review", sheet).exit_code == 0


def test_with_an_item_its_parts_are_gone(letter: Path, sheet: Path, knowledge: Knowledge) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, "request 2")["keep"] = "no"
    case = _corrected(rows, letter, sheet, knowledge)
    assert not any(f"{case.iri}/request/2" in str(quad) for quad in case.quads)
    assert values_of(case, "request/1") == values_of(case_of(letter, knowledge), "request/1")


@pytest.mark.parametrize(
    ("name", "heading", "value", "code", "says"),
    [
        ("request 2 part 1", "part of", "request 7", "IN032", "request 1, request 2"),
        ("request 2 part 1", "part of", "", "IN032", "Empty the cell"),
        ("authorization 1", "part of", "request 1", "IN032", "Only a request"),
        ("request 2 part 1", "row", "request 2 part 2", "IN033", "stands twice"),
        ("authorization 1", "row", "fact 30", "IN032", "Empty the cell"),
        ("authorization 1", "term", "", "IN032", "what this is"),
    ],
)
def test_what_is_wrong_with_a_part_is_told(
    name: str, heading: str, value: str, code: str, says: str, letter: Path, sheet: Path
) -> None:
    rows = sheet_of(letter, sheet)
    _named(rows, name)[heading] = value
    save(rows, sheet)
    done = run("decide", letter, "--review", sheet)
    assert (done.exit_code, done.stdout) == (3, "")
    assert code in done.stderr
    assert says in done.stderr


def test_the_lost_row_of_a_part_is_noticed(letter: Path, sheet: Path) -> None:
    rows = sheet_of(letter, sheet)
    save([row for row in rows if row["row"] != "request 2 part 2"], sheet)
    done = run("decide", letter, "--review", sheet)
    assert done.exit_code == 3
    assert "IN033" in done.stderr
    assert "request 2 part 2" in done.stderr


def test_a_sheet_without_the_column_for_parts_is_read_where_there_are_none(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    letter, sheet = tmp_path / "plain.txt", tmp_path / "sheet.csv"
    letter.write_text(SUMMARY.format(TOLD, "MRI of the knee"), encoding="utf-8")
    rows = sheet_of(letter, sheet)
    headings = [heading for heading in COLUMNS if heading != "part of"]
    lines = ["\t".join(headings), *("\t".join(row[heading] for heading in headings) for row in rows)]
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert set(reviewed_case(letter, sheet, knowledge).case.quads) == set(case_of(letter, knowledge).quads)
