"""The statistics, the matching of items with labels, and the three forms of the report."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from imr_kb.backtest import Backtest, backtest
from imr_kb.backtest.alignment import align, likeness
from imr_kb.backtest.document import as_json
from imr_kb.backtest.page import as_html
from imr_kb.backtest.statistics import Counts, balanced, needed, proportion
from imr_kb.backtest.text import as_text
from imr_kb.cli import main
from imr_kb.errors import ImrError
from imr_kb.load import load_knowledge

ROOT = Path(__file__).resolve().parent.parent
LETTERS = ROOT / "tests" / "cases" / "backtest"
SCHEMA: dict[str, Any] = json.loads((ROOT / "imr_kb" / "schemas" / "backtest.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def report() -> Backtest:
    return backtest(LETTERS, load_knowledge(), notes=LETTERS / "notes.jsonl")


def test_an_interval_of_nothing_in_twelve_reaches_a_quarter() -> None:
    found = proportion(0, 12)
    assert found.low == 0.0
    assert found.high == pytest.approx(0.2425, abs=1e-4)


def test_wilson_as_in_the_literature() -> None:
    # R. G. Newcombe, Stat Med 1998;17:857-872, table I: 81 of 263.
    found = proportion(81, 263)
    assert found.low == pytest.approx(0.2553, abs=1e-4)
    assert found.high == pytest.approx(0.3662, abs=1e-4)


def test_balanced_accuracy_weighs_both_outcomes_alike() -> None:
    upheld, overturned, mean = balanced([Counts(90, 90, 0, 0), Counts(0, 0, 10, 5)])
    assert (upheld.value, overturned.value, mean.value) == (1.0, 0.5, 0.75)
    assert upheld.low is not None
    assert overturned.low is not None
    assert mean.low == pytest.approx(0.75 - (((1 - upheld.low) ** 2 + (0.5 - overturned.low) ** 2) ** 0.5) / 2)


def test_without_overturned_items_there_is_no_balanced_accuracy() -> None:
    assert balanced([Counts(3, 3, 0, 0)])[2].value is None


def test_letters_that_resemble_themselves_widen_the_interval() -> None:
    clustered = balanced([Counts(10, 10 * (index % 2), 10, 10 * (index % 2)) for index in range(10)])[2]
    assert clustered.low is not None
    assert clustered.low_by_letter is not None
    assert clustered.low_by_letter < clustered.low


def test_a_missing_package_is_named_with_the_extra() -> None:
    with pytest.raises(ImrError) as caught:
        needed("json", "no_such_package_here")
    (problem,) = caught.value.problems
    assert (problem.code, problem.term) == ("BT011", "no_such_package_here")
    assert "imr-kb[report]" in problem.next_step


@pytest.mark.parametrize(
    ("labels", "items", "of_label", "extra"),
    [
        (["MRI knee", "Physical therapy"], ["MRI of the knee", "Physical therapy x 6"], ((0,), (1,)), ()),
        (["MRI knee", "Physical therapy"], ["Physical therapy x 6"], ((), (0,)), ()),
        (["MRI knee"], ["Acupuncture", "MRI of the knee"], ((1,),), (0,)),
        (["EMG and NCV of the arm"], ["EMG of the arm", "NCV of the arm"], ((0, 1),), ()),
        (["MRI knee", "MRI knee"], ["MRI knee", "MRI knee"], ((0,), (1,)), ()),
        (["MRI knee"], [], ((),), ()),
        ([], ["MRI knee"], (), (0,)),
    ],
)
def test_items_are_matched_in_order(
    labels: list[str], items: list[str], of_label: tuple[tuple[int, ...], ...], extra: tuple[int, ...]
) -> None:
    found = align(labels, items)
    assert (found.of_label, found.extra) == (of_label, extra)
    assert found.complete == (all(of_label) and not extra)


def test_likeness_is_of_words() -> None:
    assert likeness("MRI, left knee", "mri of the LEFT knee") == 1.0
    assert likeness("", "MRI") == 0.0


def test_the_json_is_what_the_schema_says(report: Backtest) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads("".join(as_json(report)))
    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []
    assert len(document["items"]) == 13
    assert document["confusion"]["upheld"]["not-read"] == 1


@pytest.mark.parametrize("write", [as_text, as_json, as_html], ids=["text", "json", "html"])
def test_the_same_report_gives_the_same_bytes(write: Any, report: Backtest) -> None:
    again = backtest(LETTERS, load_knowledge(), notes=LETTERS / "notes.jsonl")
    assert "".join(write(report)) == "".join(write(again))


def test_the_first_screen_has_what_matters(report: Backtest) -> None:
    lines = "".join(as_text(report)).splitlines()
    screen = "\n".join(lines[:24])
    for words in ("balanced accuracy", "always upheld", "recall, overturned", "undetermined", "Disagreements: 6"):
        assert words in screen
    assert not any(line != line.rstrip() for line in lines)


class _Page(HTMLParser):
    """Gathers what the page loads, its pictures without text, and open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.pictures: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.loaded += [str(values[name]) for name in ("src", "href", "xlink:href") if name in values]
        if values.get("role") == "img":
            self.pictures.append(values.get("aria-label") or "")


def test_the_page_needs_nothing_else_and_tells_each_plot_in_words(report: Backtest) -> None:
    page = _Page()
    page.feed("".join(as_html(report)))
    assert [link for link in page.loaded if not link.startswith("#")] == []
    assert "script" not in page.tags
    assert len(page.pictures) == page.tags.count("svg") == 3
    assert all(len(words) > 40 for words in page.pictures)


def test_the_ids_of_the_plots_differ(report: Backtest) -> None:
    text = "".join(as_html(report))
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids)) > 3
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', text)) <= set(ids)


def test_what_a_letter_or_label_says_cannot_become_markup(tmp_path: Path) -> None:
    for letter in LETTERS.glob("CM16-9000005.txt"):
        (tmp_path / letter.name).write_text(letter.read_text(encoding="utf-8"), encoding="utf-8")
    label = {
        "file": "CM16-9000005.txt",
        "service_index": 0,
        "service": "<script>alert(1)</script> Moonstone resonance mat",
    }
    label |= {"decision": "upheld", "service_category": "<b>", "key_reason": "<img src=x>"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label) + "\n", encoding="utf-8")
    text = "".join(as_html(backtest(tmp_path, load_knowledge())))
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_the_verb_writes_a_file_whole_and_reports_on_the_side(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    result = CliRunner().invoke(main, ["backtest", str(LETTERS), "--format", "html", "--output", str(target)])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "IN005" in result.stderr
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_verb_refuses_a_folder_without_letters(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["backtest", str(tmp_path), "--output", str(tmp_path / "report.txt")])
    assert result.exit_code == 3
    assert "BT001" in result.stderr
    assert not (tmp_path / "report.txt").exists()
