"""Whose words and whose body a summary speaks of: utilization review, the family, and what only may come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _concepts(found: Read) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts}


# --- utilization review


def test_what_utilization_review_said_ends_with_its_sentence(told: Callable[[str], Read]) -> None:
    found = told(
        "The request was refused by utilization review. The patient had 20 visits of chiropractic care without improvement."
    )
    care = found.one("svc:ChiropracticManipulation", "Treatment")
    assert (care["imr:visits"], care["imr:outcome"]) == ("20", "imr:Failed")


@pytest.mark.parametrize("subject", ["The reviewer", "The denial", "This determination"])
def test_the_next_sentence_goes_on_with_the_review_where_the_review_is_its_subject(
    told: Callable[[str], Read], subject: str
) -> None:
    found = told(f"Utilization review refused the request. {subject} noted foot drop. There was weakness of the arm.")
    assert _concepts(found) == {"fnd:UpperExtremityWeakness"}


def test_a_sentence_that_adds_to_the_review_ends_it_with_a_new_subject(told: Callable[[str], Read]) -> None:
    review = "Utilization review found no home exercise."
    assert not told(f"{review} Additionally, opioids were not tried.").facts
    assert _concepts(told(f"{review} Additionally, the patient has neck pain.")) == {"dx:NeckPain"}


def test_what_a_denial_states_is_no_fact(told: Callable[[str], Read]) -> None:
    assert not told("The denial stated that surgery is being considered.").facts


# --- relatives, warnings and conditions


@pytest.mark.parametrize(
    "words",
    [
        "There is a family history of cancer.",
        "His mother has a history of cancer, a stroke and neck pain.",
        "Her father had a peptic ulcer.",
        "She was told to return if she develops bowel or bladder incontinence.",
        "Should numbness, weakness or fever occur, he is to call.",
        "The risk of infection, weakness and bleeding was explained.",
    ],
)
def test_relatives_warnings_and_conditions_give_no_fact_of_the_worker(told: Callable[[str], Read], words: str) -> None:
    assert not told(words).facts


@pytest.mark.parametrize(
    "words",
    [
        "His mother has cancer, and he has neck pain.",
        "There was an ulcer in his father, but he has neck pain.",
        "She lives with her mother and has neck pain.",
        "There is a family history of cancer. He has neck pain.",
    ],
)
def test_what_is_told_of_the_worker_beside_a_relative_is_a_fact(told: Callable[[str], Read], words: str) -> None:
    assert _concepts(told(words)) == {"dx:NeckPain"}


def test_care_that_hangs_on_a_condition_is_planned(told: Callable[[str], Read]) -> None:
    assert told("If weakness comes, an MRI will be ordered.").one("svc:Mri", "PlannedCare")


def test_a_history_of_cancer_is_no_suspected_tumor(told: Callable[[str], Read]) -> None:
    assert _concepts(told("He has a history of cancer.")) == {"dx:Cancer"}
    assert _concepts(told("The MRI is to rule out cancer.")) >= {"fnd:SuspectedTumor"}


def test_a_sign_that_is_no_longer_there_is_denied(told: Callable[[str], Read]) -> None:
    assert told("There is no longer any foot drop.").facts[0].absent


# --- neither and nor


@pytest.mark.parametrize(
    "words", ["Neither acupuncture nor aquatic therapy helped.", "Neither acupuncture nor aquatic therapy has helped."]
)
def test_neither_denies_the_help_and_not_the_care(told: Callable[[str], Read], words: str) -> None:
    found = told(words)
    for service in ("svc:Acupuncture", "svc:AquaticTherapy"):
        care = found.one(service, "Treatment")
        assert (care["imr:polarity"], care["imr:outcome"]) == ("imr:Present", "imr:Failed")


def test_neither_denies_care_that_was_not_given(told: Callable[[str], Read]) -> None:
    found = told("Neither acupuncture nor aquatic therapy was given, and naproxen helped.")
    assert found.one("svc:Acupuncture", "Treatment")["imr:polarity"] == "imr:Absent"
    assert found.one("svc:AquaticTherapy", "Treatment")["imr:polarity"] == "imr:Absent"
    assert found.one("drug:OralNaproxen", "MedicationUse")["imr:outcome"] == "imr:Helped"


def test_what_neither_relieved_is_no_relief(told: Callable[[str], Read]) -> None:
    found = told("Neither acupuncture nor aquatic therapy has relieved the pain.")
    assert "fnd:PainRelief" not in _concepts(found)
    assert "fnd:NoImprovement" in _concepts(found)


def test_if_is_no_interferential_therapy(told: Callable[[str], Read]) -> None:
    assert "svc:InterferentialStimulation" not in _concepts(told("If therapy fails, an injection will be considered."))
    assert "svc:InterferentialStimulation" in _concepts(told("He had IF therapy for two weeks."))


# --- a denial stands before whatever names how much


@pytest.mark.parametrize("quality", ["", "significant ", "further ", "objective ", "clear ", "lasting "])
@pytest.mark.parametrize(
    "sentence", ["There was no {}.", "Therapy gave no {}.", "Therapy did not give {}.", "He denies {}."]
)
def test_functional_improvement_that_is_denied_is_never_stated(
    told: Callable[[str], Read], sentence: str, quality: str
) -> None:
    found = told(sentence.format(f"{quality}functional improvement"))
    (gain,) = found.of("fnd:FunctionalImprovement")
    assert gain.absent


@pytest.mark.parametrize("quality", ["", "significant ", "residual ", "new ", "clear "])
@pytest.mark.parametrize("sign", ["numbness", "tenderness", "weakness", "swelling", "instability", "sensory deficit"])
def test_a_sign_that_is_denied_is_never_stated(told: Callable[[str], Read], sign: str, quality: str) -> None:
    found = told(f"Examination found no {quality}{sign}.")
    assert found.facts
    assert all(fact.absent for fact in found.facts)


# --- what can be done again


def test_what_can_be_done_again_is_a_gain(told: Callable[[str], Read]) -> None:
    assert "fnd:FunctionalImprovement" in _concepts(told("He can drive again after therapy."))


@pytest.mark.parametrize(
    "words",
    [
        "He was able to lift 50 pounds before the injury and can now lift 10.",
        "He hopes to be able to drive again.",
        "He is not able to drive again.",
        "Sitting tolerance fell from 60 to 20 minutes.",
        "The goal is to lift 20 pounds instead of 10.",
    ],
)
def test_what_was_lost_or_is_hoped_for_is_no_gain(told: Callable[[str], Read], words: str) -> None:
    assert "fnd:FunctionalImprovement" not in _concepts(told(words))
