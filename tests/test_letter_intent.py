"""What is only promised, approved, hoped for or a heading, against what was given; scores and gains beside drugs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _facts(found: Read) -> set[tuple[str, str]]:
    """Return each fact as its class and its concept."""
    return {(str(fact["rdf:type"]).removeprefix("imr:"), str(fact["imr:concept"])) for fact in found.facts}


# --- intended, not done


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A wrist brace would help to decrease pain.", {("PlannedCare", "svc:WristSplint")}),
        ("Authorization for an MRI of the lumbar spine was obtained.", {("PlannedCare", "svc:LumbarMri")}),
        ("He may return to full duty.", {("Finding", "fnd:FullDuty")}),
        ("She hopes to return to full duty.", set()),
        ("She is fearful of returning to work.", set()),
    ],
)
def test_what_is_only_intended_is_neither_care_nor_response(
    told: Callable[[str], Read], sentence: str, expected: set[tuple[str, str]]
) -> None:
    assert _facts(told(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A wrist brace helped to decrease pain.", {("Treatment", "svc:WristSplint"), ("Response", "fnd:PainRelief")}),
        ("She returned to work.", {("Response", "fnd:ReturnedToWork")}),
    ],
)
def test_what_was_done_is_care_and_response(
    told: Callable[[str], Read], sentence: str, expected: set[tuple[str, str]]
) -> None:
    assert expected <= _facts(told(sentence))


def test_a_drug_whose_end_is_planned_is_still_in_use(told: Callable[[str], Read]) -> None:
    found = told("Discontinue ibuprofen and start gabapentin.")
    assert _facts(found) == {("MedicationUse", "drug:OralIbuprofen"), ("PlannedCare", "drug:OralGabapentin")}


# --- headings of lists


@pytest.mark.parametrize("joined", [":", " including", " included"])
def test_the_heading_of_a_list_of_drugs_is_no_drug(told: Callable[[str], Read], joined: str) -> None:
    found = told(f"He was given medications{joined} ibuprofen and tramadol.")
    assert {concept for _, concept in _facts(found)} == {"drug:OralIbuprofen", "drug:OralTramadol"}


def test_medications_without_a_name_are_a_fact(told: Callable[[str], Read]) -> None:
    assert {concept for _, concept in _facts(told("Treatment included medications and rest."))} == {"svc:Medication"}


# --- scores and gains


@pytest.mark.parametrize(
    "sentence",
    ["He feels 8/10 without medications and 4/10 with medications.", "He feels 8/10 without and 4/10 with medication."],
)
def test_scores_with_and_without_drugs_document_analgesia(told: Callable[[str], Read], sentence: str) -> None:
    found = told(sentence)
    assert {fact["imr:painScore"] for fact in found.of("fnd:PainScore")} == {"8", "4"}
    assert found.one("fnd:AnalgesiaDocumented")


def test_two_scores_alone_do_not_document_analgesia(told: Callable[[str], Read]) -> None:
    assert not told("He feels 8/10 at worst and 4/10 at best.").of("fnd:AnalgesiaDocumented")


def test_a_score_on_a_scale_of_ten_is_a_score(told: Callable[[str], Read]) -> None:
    assert told("The level was 6 on a scale of 10.").one("fnd:PainScore")["imr:painScore"] == "6"


def test_a_benefit_in_something_is_that_gain(told: Callable[[str], Read]) -> None:
    found = told("He had 6 visits of acupuncture with some improvement in range of motion and strength.")
    assert {fact["imr:concept"] for fact in found.facts if fact["rdf:type"] == "imr:Response"} == {
        "fnd:ImprovedRangeOfMotion",
        "fnd:ImprovedStrength",
    }


@pytest.mark.parametrize("words", ["unable to do housework", "no longer able to drive", "can only walk"])
def test_what_can_no_longer_be_done_is_a_limit(told: Callable[[str], Read], words: str) -> None:
    assert told(f"The worker is {words}.").one("fnd:FunctionalLimitation")


def test_an_equivocal_sign_is_no_finding_and_leaves_the_sign_before_it(told: Callable[[str], Read]) -> None:
    found = told("Hawkins is positive and Neer is equivocal.")
    assert {fact["imr:concept"] for fact in found.facts} == {"fnd:HawkinsPositive"}


def test_the_loss_of_what_is_normal_is_a_finding(told: Callable[[str], Read]) -> None:
    fact = told("Films showed loss of the normal cervical lordosis.").one("fnd:LossOfLordosis")
    assert not fact.absent


# --- what a drug lets the worker do


@pytest.mark.parametrize(
    "sentence",
    [
        "With Norco she is able to cook and do household chores.",
        "He is able to work and drive with his pain medication.",
        "With medication, he can walk for 30 minutes.",
    ],
)
def test_what_can_be_done_with_a_drug_documents_function(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).of("fnd:FunctionDocumented")


@pytest.mark.parametrize(
    "sentence",
    [
        "She is not able to cook with her medication.",
        "He is able to walk with a cane.",
        "He can walk with a cane; Norco was stopped.",
        "Without Norco he is able to walk.",
        "She hopes to be able to drive with Norco.",
    ],
)
def test_what_is_done_without_a_drug_or_not_at_all_documents_none(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).of("fnd:FunctionDocumented")


def test_pain_control_is_relief_where_it_was_reached(told: Callable[[str], Read]) -> None:
    assert told("He has good pain control on the current regimen.").of("fnd:PainRelief")
    assert not told("The goal is good pain control.").of("fnd:PainRelief")


def test_a_condition_that_is_known_is_told_by_a_request(told: Callable[[str], Read]) -> None:
    assert told("A study is requested to grade her diagnosed carpal tunnel syndrome.").of("dx:CarpalTunnelSyndrome")
    assert not told("A study is requested to rule out carpal tunnel syndrome.").of("dx:CarpalTunnelSyndrome")
