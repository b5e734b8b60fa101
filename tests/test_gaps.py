"""What is missing, by what is needed together and what is one way of several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from outlooks import spread

from imr_kb.gaps import gaps, gaps_in_words, gaps_to_list
from imr_kb.judge import Judge
from imr_kb.load import load_knowledge
from imr_kb.trace import CriterionResult, Gap

ROOT = Path(__file__).resolve().parent.parent
EVERY = 11


def _item(
    name: str, status: str, *, kind: str = "finding", role: str = "requires", effect: str = ""
) -> CriterionResult:
    """Return a criterion that is called by the last part of its path."""
    effect = effect or ("passes" if status in {"met", "not-applicable"} else "fails")
    text = name.rpartition("/")[2]
    return CriterionResult(text, text, kind, role, status, effect, effect == "fails", {}, (), "", None, name)


def _told(criteria: Sequence[CriterionResult], least: int | None = None) -> list[Any]:
    return gaps_to_list(gaps(criteria, lambda _: least))


SILENT, MET, NOT_MET = "not-documented", "met", "not-met"
GROUP = _item("all", SILENT, kind="group")


@pytest.mark.parametrize(
    ("criteria", "least", "told"),
    [
        ([_item("a", SILENT), _item("b", MET), _item("c", SILENT)], None, [{"text": "a"}, {"text": "c"}]),
        # All members of a group are needed as if each stood by itself, and once.
        (
            [GROUP, _item("all/a", SILENT), _item("all/b", SILENT), _item("b", SILENT)],
            None,
            [{"text": "a"}, {"text": "b"}],
        ),
        ([GROUP, _item("all/a", MET), _item("all/b", SILENT)], None, [{"text": "b"}]),
        (
            [GROUP, _item("all/a", SILENT), _item("all/b", SILENT)],
            1,
            [{"least": 1, "of": [{"text": "a"}, {"text": "b"}]}],
        ),
        # One of two that are asked for is there.
        (
            [GROUP, _item("all/a", MET), _item("all/b", SILENT), _item("all/c", SILENT)],
            2,
            [{"least": 1, "of": [{"text": "b"}, {"text": "c"}]}],
        ),
        # Two of three are asked for and one is denied: both others are needed.
        (
            [GROUP, _item("all/a", NOT_MET), _item("all/b", SILENT), _item("all/c", SILENT)],
            2,
            [{"text": "b"}, {"text": "c"}],
        ),
        # Nothing that is said mends a group of which too many are denied.
        ([_item("all", NOT_MET, kind="group"), _item("all/a", NOT_MET), _item("all/b", SILENT)], None, []),
        # An exception mends what is exceeded, and is another way where the record is silent.
        ([_item("a", NOT_MET), _item("a/exception/b", SILENT, role="exception")], None, [{"text": "b"}]),
        (
            [_item("a", SILENT), _item("a/exception/b", SILENT, role="exception")],
            None,
            [{"least": 1, "of": [{"text": "a"}, {"text": "b"}]}],
        ),
        # Exceptions to advice against the service: any one of them.
        (
            [_item("p/exception/a", SILENT, role="exception"), _item("p/exception/b", SILENT, role="exception")],
            None,
            [{"least": 1, "of": [{"text": "a"}, {"text": "b"}]}],
        ),
        ([_item("a", SILENT, role="rules-out", effect="passes")], None, []),
    ],
)
def test_gaps_tell_all_from_any(criteria: list[CriterionResult], least: int | None, told: list[Any]) -> None:
    assert _told(criteria, least) == told


def test_gaps_are_told_in_lines() -> None:
    some = Gap(least=2, of=(Gap("A."), Gap("B."), Gap("C.")))
    assert list(gaps_in_words([Gap("D."), some])) == [
        (0, "D."),
        (0, "at least 2 of these:"),
        (1, "A."),
        (1, "B."),
        (1, "C."),
    ]


def test_what_is_a_gap_of_a_worked_example_is_missing_and_of_a_refusal_by_silence_alone_some_gap_is_told() -> None:
    knowledge = load_knowledge(ROOT)
    examples = spread(EVERY)
    alternatives = silent = 0
    for result in Judge(knowledge).decide([example.case for example in examples]):
        for decision in result.decisions:
            leaves = {text for _, text in gaps_in_words(decision.gaps)} - {"one of these:", "all of these:"}
            leaves = {text for text in leaves if not text.startswith("at least ")}
            assert leaves <= set(decision.missing)
            alternatives += any(gap.of for gap in decision.gaps)
            if decision.ground == "not-documented":
                silent += 1
                assert leaves, decision.request
    assert min(alternatives, silent) > 10
