"""Sentences and headings that only look like what a way of reading is for: other persons, denials, dates, doses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter


@pytest.fixture(scope="module")
def asked(lexicon: Lexicon) -> Callable[[str], Read]:
    return lambda heading: look(
        read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "The wife of the patient underwent knee surgery.",
        "The sister of the patient has diabetes.",
        "The patient's wife sustained a fracture.",
        "The patient's wife sustained an injury to the low back.",
        "A coworker sustained an injury to the neck.",
        "Studies show that patients can work on opioids.",
        "Lungs: CTA bilaterally.",
    ],
)
def test_what_others_have_is_none_of_the_worker(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).facts == []


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("The worker sustained an injury to the neck.", "dx:NeckCondition"),
        ("The patient's husband drives her and she has depression.", "dx:Depression"),
        ("The patient underwent a lumbar fusion.", "svc:LumbarFusion"),
        ("With Norco he can drive.", "fnd:FunctionDocumented"),
        ("He is able to function with medication.", "fnd:FunctionDocumented"),
    ],
)
def test_what_the_worker_has_is_still_read(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert not told(sentence).one(concept).absent


@pytest.mark.parametrize(
    "sentence",
    [
        "He is able to walk but is not allowed to drive with Norco.",
        "He can drive but should not drive while on Norco.",
        "He can work due to lack of Norco side effects.",
        "He would be able to work with Norco.",
        "He is not able to function with medication.",
        "He is unable to function with medication.",
    ],
)
def test_what_no_drug_lets_the_worker_do_is_no_function_with_it(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).of("fnd:FunctionDocumented")


@pytest.mark.parametrize(
    "sentence",
    [
        "He denies misuse or constipation.",
        "He denies misuse, constipation or nausea.",
        "No aberrant behavior or constipation.",
    ],
)
def test_a_name_that_denies_lists_conditions_too(told: Callable[[str], Read], sentence: str) -> None:
    read = told(sentence)
    assert read.one("dx:ConstipationDisorder").absent
    assert read.of("fnd:AberrantBehaviorReviewed")


@pytest.mark.parametrize(
    "sentence",
    ["No improvement in back pain or numbness.", "He is not able to walk or stand with numbness."],
)
def test_a_response_or_a_limit_denies_no_list(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).one("fnd:Numbness").absent


@pytest.mark.parametrize(
    "sentence",
    [
        "Strength is 4/5 after therapy sessions.",
        "On 8/12 therapy sessions were started.",
        "He was seen 8/12 for therapy sessions.",
        "Pain is 5/10 therapy sessions helped.",
    ],
)
def test_a_score_and_a_date_count_no_visits(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).one("svc:PhysicalMedicineTherapy")["imr:visits"] is None


@pytest.mark.parametrize("relief", ["Pain relief is not achieved.", "Good pain control is not achieved."])
def test_relief_that_is_not_achieved_is_none(told: Callable[[str], Read], relief: str) -> None:
    read = told(relief)
    assert read.of("fnd:NoImprovement")
    assert not read.of("fnd:PainRelief")


@pytest.mark.parametrize(
    ("heading", "quantity"),
    [
        ("Tylenol #3", None),
        ("Tylenol #3, #60", "60"),
        ("Tylenol with codeine #3 quantity 60", "60"),
        ("Botox 200 units", None),
        ("Botox 200 units x 1", "1"),
        ("Insulin 20 units twice daily", None),
        ("Norco 10/325 mg 60 tablets twice daily", "60"),
        ("Functional restoration program 160 hours", "20"),
        ("Functional restoration program 6 hours a day", None),
        ("Functional restoration program, 8 hours per day, 5 days per week", None),
    ],
)
def test_a_name_a_dose_and_the_length_of_a_day_are_no_quantity(
    asked: Callable[[str], Read], heading: str, quantity: str | None
) -> None:
    (request,) = asked(heading).requests
    assert request["imr:quantity"] == quantity


@pytest.mark.parametrize(
    ("heading", "per_day"),
    [
        ("Soma 350 mg, refill 2 twice daily", "2"),
        ("Lisinopril 10 mg page 2 once daily", "1"),
        ("Norco 10/325 mg 60 tablets twice daily", "2"),
        ("Percocet 10/325 mg take 2 twice daily #60", "4"),
        ("Tramadol 50 mg, 2 by mouth twice daily, #120", "4"),
    ],
)
def test_the_number_of_a_refill_is_not_taken_at_a_time(
    asked: Callable[[str], Read], heading: str, per_day: str
) -> None:
    (request,) = asked(heading).requests
    assert request["imr:perDay"] == per_day


def test_treatment_listed_after_clearance_is_not_therefore_after_the_operation(asked: Callable[[str], Read]) -> None:
    (parts,) = asked("Preoperative clearance, physical therapy x 12").parts
    assert [part["imr:concept"] for part in parts] == ["svc:PreoperativeClearance", "svc:PhysicalTherapy"]
    (tests,) = asked("Preoperative labs, electrocardiogram").parts
    assert tests[1]["imr:concept"] == "svc:PreoperativeElectrocardiogram"


def test_an_absent_reflex_denies_nothing_behind_it(told: Callable[[str], Read]) -> None:
    read = told("Left ankle reflex absent, decreased sensation of the lateral foot, SLR positive at 60 degrees.")
    for sign in ("fnd:DecreasedAnkleJerk", "fnd:SensoryDeficit", "fnd:StraightLegRaisePositive"):
        assert not read.one(sign).absent


def test_an_absent_sign_is_denied_and_the_next_one_stays(told: Callable[[str], Read]) -> None:
    read = told("Clonus absent, Hoffmann negative, sensation decreased.")
    assert read.one("fnd:Clonus").absent
    assert not read.one("fnd:SensoryDeficit").absent
