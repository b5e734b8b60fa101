"""A person corrects what was read of a letter in a table, and the case is what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letter_reading import OWN, SUMMARY
from made_pdf import made
from sheet_rows import DEMO, case_of, row_of, run, save, sheet_of, values_of

from imr_kb.errors import InputError
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.sheet import as_sheet, reviewed_case
from imr_kb.sheet.columns import COLUMNS, guarded, unguarded
from imr_kb.sheet.names import Names
from imr_kb.terms import OA, core

ROOT = Path(__file__).resolve().parent.parent


# --- round trip


@pytest.mark.parametrize("letter", [DEMO, *sorted(OWN.glob("*.txt"))], ids=lambda path: path.stem)
def test_an_untouched_sheet_gives_the_identical_case(letter: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(letter, sheet)
    read, back = case_of(letter, knowledge), reviewed_case(letter, sheet, knowledge).case
    assert len(rows) > 8
    assert set(back.quads) == set(read.quads)
    assert (back.iri, back.file) == (read.iri, read.file)
    assert [(problem.code, problem.line) for problem in back.problems] == [
        (problem.code, problem.line) for problem in read.problems
    ]


def test_published_letters_go_round_unchanged(letters: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    with_parts = with_authorized = 0
    for letter in sorted((letters / "main-format").glob("*.txt"))[1::6]:
        sheet = tmp_path / f"{letter.stem}.csv"
        (case,) = load_cases(letter, knowledge)
        with_parts += any("/part/" in str(quad.subject) for quad in case.quads)
        with_authorized += any("/authorization/" in str(quad.subject) for quad in case.quads)
        with letter.open(encoding="utf-8", newline="") as file:
            sheet.write_text("".join(as_sheet(case, file.read(), knowledge)), encoding="utf-8", newline="")
        assert set(reviewed_case(letter, sheet, knowledge).case.quads) == set(case.quads), letter.name
    assert with_parts
    assert with_authorized


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    heading=st.text(alphabet="=+-@'\",;:\t MRIofknee12#x\u00e9", min_size=1, max_size=40),
    words=st.text(alphabet="=+-@'\",;\n\t \x0b\x85kneepain07/", max_size=40),
)
def test_no_wording_is_lost_on_the_way(heading: str, words: str, tmp_path: Path, knowledge: Knowledge) -> None:
    letter, sheet = tmp_path / "letter.txt", tmp_path / "letter.csv"
    text = SUMMARY.format(f"The worker has knee pain. {words}", f"{heading} MRI of the knee")
    letter.write_text(text, encoding="utf-8", newline="")
    try:
        case = case_of(letter, knowledge)
    except InputError:
        return
    sheet.write_text("".join(as_sheet(case, text, knowledge)), encoding="utf-8", newline="")
    assert set(reviewed_case(letter, sheet, knowledge).case.quads) == set(case.quads)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_saved_by_a_spreadsheet_means_the_same(delimiter: str, tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    for row in rows:
        for heading in ("value", "date", "since"):
            year, _, rest = row[heading].partition("-")
            if rest and year.isdecimal():
                month, day = map(int, rest.split("-"))
                row[heading] = f"{month}/{day}/{year}"
        row["visits"] = f"{row['visits']}.0" if row["visits"] else ""
    save(rows, sheet, delimiter=delimiter)
    assert set(reviewed_case(DEMO, sheet, knowledge).case.quads) == set(case_of(DEMO, knowledge).quads)


def test_a_pdf_has_a_sheet_as_a_text_has(tmp_path: Path, knowledge: Knowledge) -> None:
    letter, sheet = tmp_path / "demo.pdf", tmp_path / "demo.csv"
    letter.write_bytes(made([[line or " " for line in DEMO.read_text(encoding="utf-8").splitlines()]]))
    sheet_of(letter, sheet)
    assert set(reviewed_case(letter, sheet, knowledge).case.quads) == set(case_of(letter, knowledge).quads)


def test_the_name_of_every_term_leads_back_to_it(knowledge: Knowledge) -> None:
    names = Names(knowledge)
    assert len(names._label) > 1500
    for iri in names._label:
        label = names.label(iri)
        assert names.find(label) == [iri], label
        assert ";" not in label
        assert not label.startswith(("=", "+", "-", "@", "'"))
        assert label == " ".join(label.split())


# --- corrections


def test_a_corrected_number_changes_the_verdict(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    before = run("decide", DEMO).stdout
    row_of(rows, "Physical therapy", "treatment")["visits"] = "2"
    save(rows, sheet)
    after = run("decide", DEMO, "--review", sheet)
    assert after.exit_code == 0, after.output
    assert "8 + 8 > 10" in before
    assert "2 + 8 <= 10" in run("explain", DEMO, "--review", sheet).stdout
    assert "stated by a person" in run("explain", DEMO, "--review", sheet).stdout


def test_what_a_person_states_is_marked_and_nothing_else(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row = row_of(rows, "Numbness")
    row["side"], row["stated"] = "right", "denied"
    save(rows, sheet)
    case = reviewed_case(DEMO, sheet, knowledge).case
    node = values_of(case, row["row"].replace(" ", "/"))
    assert (node["laterality"], node["polarity"], node["statedByPerson"]) == (["Right"], ["Absent"], ["true"])
    marked = [subject for subject, predicate, _ in case.statements if predicate.value == core("statedByPerson")]
    assert len(marked) == 1


def test_a_corrected_date_of_the_case_is_taken(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row_of(rows, "requested on")["value"] = "9/21/2015"
    save(rows, sheet)
    assert "as of 2015-09-21" in run("decide", DEMO, "--review", sheet).stdout
    case = reviewed_case(DEMO, sheet, knowledge).case
    assert ("true", case.iri) in {
        (str(value.value), str(subject.value))
        for subject, predicate, value in case.statements
        if predicate.value == core("statedByPerson")
    }


def test_a_fact_with_a_no_is_gone_and_the_others_keep_their_names(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    row = row_of(rows, "Numbness")
    row["keep"] = "no"
    save(rows, sheet)
    case = reviewed_case(DEMO, sheet, knowledge).case
    gone = f"{case.iri}/{row['row'].replace(' ', '/')}"
    read = case_of(DEMO, knowledge)
    assert not any(gone in {str(subject.value), str(value.value)} for subject, _, value in case.statements)
    assert set(case.quads) < set(read.quads)


def test_an_added_fact_has_no_words_unless_they_are_given(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    empty = dict.fromkeys(COLUMNS, "")
    rows += [
        {**empty, "kind": "finding", "term": "tingling", "side": "left"},
        {
            **empty,
            "keep": "yes",
            "kind": "treatment",
            "term": "Acupuncture",
            "visits": "6",
            "words": "lowered a crate from a shelf",
        },
    ]
    save(rows, sheet)
    case = reviewed_case(DEMO, sheet, knowledge).case
    last = max(int(row["row"].split()[1]) for row in rows if row["row"].startswith("fact"))
    without, quoted = values_of(case, f"fact/{last + 1}"), values_of(case, f"fact/{last + 2}")
    assert (without["polarity"], without["statedByPerson"], "evidence" in without) == (["Present"], ["true"], False)
    assert quoted["visits"] == ["6"]
    (evidence,) = quoted["evidence"]
    (exact,) = [
        value.value
        for subject, predicate, value in case.statements
        if str(subject.value) == evidence and predicate.value == OA + "exact"
    ]
    assert exact == "lowered a crate from\na shelf"


def test_an_added_item_is_decided_last(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    rows.append({**dict.fromkeys(COLUMNS, ""), "kind": "request", "term": "Lumbar MRI", "value": "MRI of the low back"})
    save(rows, sheet)
    assert "\n4. MRI of the low back\n" in run("decide", DEMO, "--review", sheet).stdout


def test_a_case_that_cannot_be_decided_as_read_can_be_put_right(tmp_path: Path) -> None:
    letter, sheet = tmp_path / "letter.txt", tmp_path / "sheet.csv"
    letter.write_text(SUMMARY.format("The worker has knee pain.", "MRI of the knee"), encoding="utf-8")
    assert run("decide", letter).exit_code == 1
    rows = sheet_of(letter, sheet)
    rows.append({**dict.fromkeys(COLUMNS, ""), "kind": "case", "term": "requested on", "value": "2016-10-05"})
    save(rows, sheet)
    result = run("decide", letter, "--review", sheet)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "as of 2016-10-05" in result.stdout


def test_what_could_not_be_read_is_told_until_a_person_has_dealt_with_it(tmp_path: Path) -> None:
    letter, sheet = tmp_path / "letter.txt", tmp_path / "sheet.csv"
    text = SUMMARY.format("The worker was injured on 1/5/2016. On 3/2/2016 the knee hurt.", "Aura combing")
    letter.write_text(text, encoding="utf-8")
    rows = sheet_of(letter, sheet)
    assert "IN005" in run("decide", letter, "--review", sheet).stderr
    assert row_of(rows, "", "request")["confidence"] == "not recognised"
    row_of(rows, "IN005")["keep"] = "no"
    save(rows, sheet)
    assert run("decide", letter, "--review", sheet).stderr == ""


def test_confidence_is_a_class_and_names_what_else_could_be_meant(tmp_path: Path) -> None:
    rows = sheet_of(DEMO, tmp_path / "sheet.csv")
    by_term = {row["term"]: row for row in rows if row["row"].startswith("fact")}
    assert by_term["Low back pain"]["confidence"] == "exact name"
    assert by_term["Lumbar sprain or strain"]["confidence"] == "synonym"
    assert by_term["Motor weakness"]["confidence"] == "derived"
    assert by_term["Lumbar or sacral dermatomal deficit"]["confidence"] == "composed"
    both = [row for row in rows if row["confidence"] == "ambiguous"]
    assert both
    assert all(row["also possible"] for row in both)


def test_the_reviewed_case_can_be_kept_as_turtle(tmp_path: Path) -> None:
    sheet, turtle = tmp_path / "sheet.csv", tmp_path / "demo.ttl"
    rows = sheet_of(DEMO, sheet)
    row_of(rows, "Physical therapy", "treatment")["visits"] = "2"
    save(rows, sheet)
    assert run("read", DEMO, "--review", sheet, "--apply", "--output", turtle).exit_code == 0
    assert "imr:statedByPerson true" in turtle.read_text(encoding="utf-8")
    kept = run("decide", turtle, "--format", "jsonl").stdout
    direct = run("decide", DEMO, "--review", sheet, "--format", "jsonl").stdout
    assert kept.replace("demo.ttl", "demo.txt") == direct


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    text = SUMMARY.format("The worker has knee pain.", "=HYPERLINK(1) MRI of the knee")
    letter.write_text(text, encoding="utf-8")
    rows = sheet_of(letter, tmp_path / "sheet.csv")
    assert any("HYPERLINK" in cell for row in rows for cell in row.values())
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@given(st.text(alphabet="'=+-@a ", max_size=6))
def test_a_guarded_cell_is_the_same_cell(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_deciding_by_a_sheet_gives_the_published_outcome_no_part(tmp_path: Path, knowledge: Knowledge) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = sheet_of(DEMO, sheet)
    for row in rows:
        row["more"] = row["more"].replace("=upheld", "=overturned")
    save(rows, sheet)
    (as_read,) = Judge(knowledge).decide([case_of(DEMO, knowledge)])
    (flipped,) = Judge(knowledge).decide([reviewed_case(DEMO, sheet, knowledge).case])
    assert [item.verdict for item in as_read.decisions] == [item.verdict for item in flipped.decisions]
