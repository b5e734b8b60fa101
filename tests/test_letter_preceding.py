"""Care that came before an operation: it does not count against what the guideline allows after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _before(found: Read) -> dict[str, tuple[str, bool]]:
    """Return of each treatment its number of visits and whether it is told of as before an operation."""
    return {
        str(fact["imr:concept"]): (str(fact["imr:visits"]), str(fact["imr:beforeOperation"]) == "true")
        for fact in found.facts
        if fact["rdf:type"] == "imr:Treatment"
    }


@pytest.mark.parametrize(
    "summary",
    [
        "Before the operation she had 12 visits of physical therapy without relief.",
        "Prior to the right shoulder surgery, she completed 12 sessions of physical therapy.",
        "He had 12 visits of physical therapy before surgery.",
        "She failed 12 visits of physical therapy and then underwent a rotator cuff repair on 5/10/2015.",
        "He has had 12 physical therapy visits and eventually underwent left knee arthroscopy.",
        "Pre-op PT x 12 visits.",
        "Physical therapy x 12 was done preoperatively.",
    ],
)
def test_therapy_told_of_as_before_an_operation_is_read_so(told: Callable[..., Read], summary: str) -> None:
    assert _before(told(summary))["svc:PhysicalTherapy"] == ("12", True)


@pytest.mark.parametrize(
    "summary",
    [
        "She underwent rotator cuff repair on 5/10/2015. She has had 12 physical therapy visits.",
        "She has completed 12 visits of physical therapy. Before the next operation she will be seen again.",
        "She has completed 12 visits of physical therapy; preoperative range of motion was 60 degrees.",
        "She was seen for preoperative clearance and had 12 visits of physical therapy.",
        "She was off work before the surgery; she has attended 12 visits of physical therapy.",
        "Before the surgery her pain was 8/10, and thereafter she attended 12 visits of physical therapy.",
    ],
)
def test_therapy_beside_words_on_the_time_before_an_operation_is_not(told: Callable[..., Read], summary: str) -> None:
    assert _before(told(summary))["svc:PhysicalTherapy"] == ("12", False)


def test_visits_before_and_after_an_operation_are_two_courses(told: Callable[..., Read]) -> None:
    found = told(
        "He had 12 visits of physical therapy before surgery. He has now attended 8 visits of physical therapy."
    )
    courses = [
        (str(fact["imr:visits"]), str(fact["imr:beforeOperation"]) == "true")
        for fact in found.facts
        if fact["imr:concept"] == "svc:PhysicalTherapy"
    ]
    assert sorted(courses) == [("12", True), ("8", False)]


def test_a_list_of_care_before_an_operation_is_all_before_it(told: Callable[..., Read]) -> None:
    found = _before(told("Before the surgery she had physical therapy, acupuncture and a brace."))
    assert [name for name, (_, before) in sorted(found.items()) if before][:2] == ["svc:Acupuncture", "svc:Brace"]
