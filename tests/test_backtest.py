"""What the comparison with published outcomes counts, on ten invented letters; the ledger and its classes; wrong labels."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imr_kb.backtest import Backtest, backtest
from imr_kb.backtest.figures import figures
from imr_kb.backtest.labels import read_labels
from imr_kb.errors import ImrError
from imr_kb.load import Knowledge

LETTERS = Path(__file__).resolve().parent / "cases" / "backtest"


@pytest.fixture(scope="module")
def report(knowledge: Knowledge) -> Backtest:
    return backtest(LETTERS, knowledge, notes=LETTERS / "notes.jsonl")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LETTERS, tmp_path / "letters"))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _codes(error: ImrError) -> set[str]:
    return {problem.code for problem in error.problems}


def test_every_labelled_item_is_counted_once(report: Backtest) -> None:
    labels = _lines(LETTERS / "labels.jsonl")
    assert len(report.items) == len(labels)
    for outcome in ("upheld", "overturned"):
        assert sum(report.figures.confusion[outcome].values()) == sum(line["decision"] == outcome for line in labels)
    assert sum(category.agreement.of for category in report.figures.categories) == len(labels)


def test_an_item_that_was_not_read_lowers_recall_and_is_seen(report: Backtest) -> None:
    found = report.figures
    assert found.confusion["upheld"]["not-read"] == 1
    assert found.coverage.items_found.count == found.coverage.items_found.of - 1
    assert found.every.recall_upheld.of == 10
    assert found.decided.recall_upheld.of == 10 - sum(
        found.confusion["upheld"][column] for column in ("undetermined", "not-read")
    )


def test_always_upheld_has_a_balanced_accuracy_of_one_half(report: Backtest) -> None:
    baseline = report.figures.baseline
    assert baseline.balanced_accuracy.value == 0.5
    assert (baseline.recall_upheld.value, baseline.recall_overturned.value) == (1.0, 0.0)
    assert baseline.agreement.count == 10


def test_the_figures_follow_the_decisions(report: Backtest) -> None:
    turned = tuple(
        replace(letter, items=tuple(replace(item, published=item.outcome) for item in letter.items if item.decided))
        for letter in report.letters
    )
    perfect = figures(turned).every
    assert perfect.balanced_accuracy.value == 1.0
    assert perfect.agreement.count == perfect.agreement.of == report.figures.coverage.items_decided.count


@pytest.mark.parametrize(
    ("letter", "number", "kind"),
    [
        ("CM16-9000003.txt", 1, "reviewer-discretion"),
        ("CM16-9000004.txt", 1, "record-insufficient"),
        ("CM16-9000005.txt", 1, "not-normalised"),
        ("CM16-9000006.txt", 2, "not-read"),
        ("CM16-9000007.txt", 1, "criterion-wrong"),
        ("CM16-9000008.txt", 1, "letter-inconsistent"),
    ],
)
def test_the_rules_class_each_disagreement(report: Backtest, letter: str, number: int, kind: str) -> None:
    (entry,) = [entry for entry in report.ledger if (entry.item.letter, entry.item.number) == (letter, number)]
    assert entry.by_rule == kind
    assert entry.command == f"imr-kb explain {LETTERS.as_posix()}/{letter}"


def test_the_ledger_holds_all_disagreements_and_nothing_else(report: Backtest) -> None:
    assert {(entry.item.letter, entry.item.number) for entry in report.ledger} == {
        (item.letter, item.number) for item in report.items if not item.agrees
    }
    assert sum(count for count, _ in report.by_class.values()) == len(report.ledger)


def test_a_reader_overrules_the_rules_and_is_shown(report: Backtest) -> None:
    (entry,) = [entry for entry in report.ledger if entry.note]
    assert (entry.kind, entry.by_rule) == ("reviewer-discretion", "criterion-wrong")
    assert report.by_class["reviewer-discretion"] == (2, 1)


def test_what_silences_a_request_is_no_recommendation(copy: Path, knowledge: Knowledge) -> None:
    letter = copy / "CM16-9000001.txt"
    old = letter.read_text(encoding="utf-8")
    letter.write_text(old.replace("10/28/2016", "10/28/1996").replace("2016", "1996"), encoding="utf-8")
    (entry,) = [entry for entry in backtest(copy, knowledge).ledger if entry.item.letter == letter.name]
    assert (entry.by_rule, entry.ground) == ("no-recommendation", "no-recommendation")


def test_the_reviewer_and_the_outcome_leave_decisions_as_they_are(copy: Path, knowledge: Knowledge) -> None:
    labels = _lines(copy / "labels.jsonl")
    before = backtest(copy, knowledge)
    other = {"upheld": "overturned", "overturned": "upheld"}
    for line in labels:
        line |= {
            "decision": other[line["decision"]],
            "reason_codes": ["DUPLICATE"],
            "guideline_cited_by_reviewer": "ODG",
        }
    _write(copy / "labels.jsonl", labels)
    for letter in copy.glob("*.txt"):
        text = letter.read_text(encoding="utf-8")
        text = text.replace(": Upheld", ": ?").replace(": Overturned", ": Upheld").replace(": ?", ": Overturned")
        letter.write_text(text, encoding="utf-8")
    after = backtest(copy, knowledge)
    assert [item.outcome for item in after.items] == [item.outcome for item in before.items]
    assert after.figures.every.agreement.count != before.figures.every.agreement.count


def test_without_labels_the_letters_tell_their_outcomes(copy: Path, knowledge: Knowledge) -> None:
    (copy / "labels.jsonl").unlink()
    found = backtest(copy, knowledge)
    assert (found.labels, found.reasons, found.sources) == (None, None, None)
    assert len(found.items) == 12, "one item stands in the labels only"
    assert [category.name for category in found.figures.categories] == ["not labelled"]


def test_labels_are_looked_for_above_the_folder_and_by_the_name_of_the_letter(copy: Path, knowledge: Knowledge) -> None:
    labels = _lines(copy / "labels.jsonl")
    for line in labels:
        line["file"] = f"other/{Path(line['file']).stem}.pdf"
    (copy / "labels.jsonl").unlink()
    _write(copy.parent / "labels.jsonl", labels)
    found = backtest(copy, knowledge)
    assert found.labels == (copy.parent / "labels.jsonl").as_posix()
    assert len(found.items) == len(labels)


def test_a_letter_that_cannot_be_read_is_reported_and_the_others_are_compared(copy: Path, knowledge: Knowledge) -> None:
    (copy / "CM16-9000001.txt").write_text("no letter at all", encoding="utf-8")
    found = backtest(copy, knowledge)
    assert found.exit_code == 3
    assert "IN004" in {problem.code for problem in found.problems}
    (entry,) = [entry for entry in found.ledger if entry.item.letter == "CM16-9000001.txt"]
    assert (entry.by_rule, entry.why) == ("not-read", "the letter was not decided (IN004)")
    assert found.figures.coverage.letters_decided.count == 9


def test_the_first_criterion_is_compared_on_agreed_refusals_only(report: Backtest) -> None:
    assert report.reasons is not None
    agreed = [item for item in report.items if item.agrees and item.published == "upheld"]
    assert report.reasons.first.of == len(agreed)
    assert 0 < report.reasons.first.count <= report.reasons.around.count <= report.reasons.first.of
    given = {reason.code: reason.given for reason in report.reasons.reasons}
    assert given["EXCEEDS_QTY"] == 1


def test_a_citation_is_held_against_the_governing_edition(report: Backtest) -> None:
    assert report.sources is not None
    assert report.sources.cited["ACOEM low back complaints, adopted"] == (1, 1)
    assert report.sources.cited["Official Disability Guidelines"] == (1, 0)
    assert report.sources.not_recognised == 1


Change = Callable[[dict[str, Any]], Mapping[str, Any]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda line: line | {"decision": "modified"}, "BT003"),
        (lambda line: line | {"service_index": -1}, "BT003"),
        (lambda line: line | {"service_index": True}, "BT003"),
        (lambda line: line | {"reason_codes": "NOT_REC"}, "BT003"),
        (lambda line: {name: value for name, value in line.items() if name != "service"}, "BT003"),
        (lambda line: line | {"file": "lost.txt"}, "BT004"),
        (lambda line: line | {"service_index": 4}, "BT005"),
    ],
)
def test_wrong_labels_are_refused(change: Change, code: str, copy: Path, knowledge: Knowledge) -> None:
    lines = _lines(copy / "labels.jsonl")
    _write(copy / "labels.jsonl", [dict(change(lines[0])), *lines[1:]])
    with pytest.raises(ImrError) as caught:
        backtest(copy, knowledge)
    assert _codes(caught.value) == {code}


def test_all_broken_lines_are_named_at_once(copy: Path) -> None:
    path = copy / "labels.jsonl"
    path.write_text('{"file": 1}\n[]\n{"file"\n' + "[" * 100_000 + "\n", encoding="utf-8")
    with pytest.raises(ImrError) as caught:
        read_labels(path)
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"class": "bad luck"}, "BT007"),
        ({"item": 0}, "BT007"),
        ({"item": 9}, "BT007"),
        ({"note": " "}, "BT007"),
    ],
)
def test_wrong_notes_are_refused(change: dict[str, Any], code: str, tmp_path: Path, knowledge: Knowledge) -> None:
    (line,) = _lines(LETTERS / "notes.jsonl")
    _write(tmp_path / "notes.jsonl", [line | change])
    with pytest.raises(ImrError) as caught:
        backtest(LETTERS, knowledge, notes=tmp_path / "notes.jsonl")
    assert _codes(caught.value) == {code}


def test_what_deserves_a_look_is_warned_of(copy: Path, knowledge: Knowledge) -> None:
    lines = _lines(copy / "labels.jsonl")
    _write(copy / "labels.jsonl", [lines[0] | {"decision": "overturned", "reason_codes": ["LUCK"]}, *lines[1:]])
    _write(copy / "notes.jsonl", [{"file": "CM16-9000009.txt", "item": 1, "class": "criterion-wrong", "note": "Seen."}])
    found = backtest(copy, knowledge, notes=copy / "notes.jsonl")
    assert {"BT006", "BT008", "BT009"} <= {problem.code for problem in found.problems}
    assert found.exit_code == 0


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_letters_is_refused(folder: str, tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImrError) as caught:
        backtest(tmp_path / folder, knowledge)
    assert (_codes(caught.value), caught.value.exit_code) == ({"BT001"}, 3)


def test_letters_without_any_outcome_are_refused(tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / "a.txt").write_text("no letter", encoding="utf-8")
    with pytest.raises(ImrError) as caught:
        backtest(tmp_path, knowledge)
    assert _codes(caught.value) == {"BT010", "IN004"}


def test_labels_that_are_named_and_not_there_are_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(ImrError) as caught:
        backtest(LETTERS, knowledge, labels=tmp_path / "labels.jsonl")
    assert (_codes(caught.value), caught.value.exit_code) == ({"BT002"}, 3)


def test_published_letters_are_all_compared(letters: Path, knowledge: Knowledge) -> None:
    found = backtest(letters / "main-format", knowledge)
    assert len(found.items) == len(_lines(letters / "labels.jsonl"))
    assert found.sources is not None
    assert found.sources.not_recognised < found.sources.edition.of / 10, "most citations name a known guideline"
