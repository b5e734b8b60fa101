"""Sentences of an examination, of an image and of what care led to, each in the words of another examiner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _signed(found: Read) -> set[str]:
    """Return the concepts found, those that are denied behind a minus."""
    return {("-" if fact.absent else "") + str(fact["imr:concept"]) for fact in found.facts}


# --- strength


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("There was weakness of right ankle dorsiflexion.", {"fnd:AnkleDorsiflexionWeakness"}),
        ("Weakness was noted with hip flexion.", {"fnd:HipFlexionWeakness"}),
        ("Right wrist extension was weak.", {"fnd:WristExtensionWeakness"}),
        ("He had 4/5 strength with left dorsiflexion.", {"fnd:AnkleDorsiflexionWeakness"}),
        ("The EHL was 4/5 on the left.", {"fnd:GreatToeExtensionWeakness"}),
        ("Hip flexors 5/5.", {"-fnd:HipFlexionWeakness"}),
        (
            "Left hip strength was 4/5 in the hip abductors, otherwise 5/5.",
            {"fnd:HipAbductionWeakness", "-fnd:LowerExtremityWeakness"},
        ),
    ],
)
def test_weakness_is_that_of_the_named_motion_or_muscle(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


def test_a_grade_behind_a_list_of_motions_is_that_of_each(told: Callable[[str], Read]) -> None:
    found = told("Shoulder abduction and external rotation were 4/5.")
    assert _signed(found) == {"fnd:AbductionWeakness", "fnd:ElevationOrRotationWeakness"}


def test_a_place_excepted_from_what_is_intact_is_out_of_order(told: Callable[[str], Read]) -> None:
    found = told("Sensation was intact except in the right L5 dermatome.")
    assert _signed(found) == {"-fnd:SensoryDeficit", "fnd:LumbarDermatomalDeficit"}


def test_the_degrees_behind_a_limited_motion_are_no_second_fact(told: Callable[[str], Read]) -> None:
    assert _signed(told("There was decreased lumbar range of motion with flexion to 40 degrees.")) == {
        "fnd:DecreasedRangeOfMotion"
    }


# --- denied and told


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The ankle was stable to anterior drawer.", {"-fnd:AnteriorDrawerPositive"}),
        ("Heel and toe walking was performed without difficulty.", {"-fnd:HeelToeWalkDifficulty"}),
        ("There was modified duty with no lifting over 10 pounds.", {"fnd:ModifiedDuty"}),
        (
            "There was negative SLR, 4/5 EHL, absent ankle reflex.",
            {"-fnd:StraightLegRaisePositive", "fnd:GreatToeExtensionWeakness", "fnd:DecreasedAnkleJerk"},
        ),
        (
            "Tinel's and Phalen's were positive on the right and negative on the left.",
            {"fnd:TinelPositive", "-fnd:TinelPositive", "fnd:PhalenPositive", "-fnd:PhalenPositive"},
        ),
        ("There were no findings suggestive of radiculopathy.", {"-dx:Radiculopathy"}),
        ("He fell with no loss of consciousness.", {"-fnd:Unconsciousness"}),
    ],
)
def test_a_denial_reaches_what_it_is_said_of_and_no_more(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no indication that the patient had an MRI.",
        "No imaging reports were provided.",
        "The records do not contain an MRI report.",
        "The differential includes stenosis and radiculopathy.",
    ],
)
def test_what_the_record_does_not_tell_is_no_fact(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).facts


def test_a_sentence_between_two_of_the_review_is_of_the_review(told: Callable[[str], Read]) -> None:
    review = "The request for an MRI was denied. {} The request for a brace was denied."
    assert not told(review.format("The gait was normal.")).facts
    assert told(review.format("On 12/1/2016 the gait was normal.")).facts


# --- images


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The rotator cuff was intact.", {"-fnd:RotatorCuffTearOnImaging"}),
        (
            "MRI revealed intact menisci and an intact ACL.",
            {"svc:Mri", "-fnd:MeniscalTearOnImaging", "-fnd:LigamentTearOnImaging"},
        ),
        (
            "MRI showed central canal stenosis and foraminal narrowing and cord compression was not seen.",
            {"svc:Mri", "fnd:StenosisOnImaging", "fnd:ForaminalStenosis", "-fnd:SpinalCordCompression"},
        ),
        ("Lumbar MRI imaging was done.", {"svc:LumbarMri"}),
    ],
)
def test_an_image_tells_what_is_intact_and_denies_only_the_last(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- complaints, care and responses


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He complained of increasing pain.", {"fnd:WorseningSymptoms", "dx:Pain"}),
        ("She has pain radiating into the left buttock and thigh.", {"fnd:RadiatingLegPain"}),
        ("Pain is located over the left elbow.", {"dx:ElbowPain"}),
        ("She had continued pain with activities.", {"fnd:PersistentPain", "fnd:PainWithActivity", "dx:Pain"}),
        ("Hand therapy report noted stiffness.", {"fnd:Stiffness"}),
        ("Surgery has been discussed.", {"fnd:SurgeryConsidered"}),
    ],
)
def test_complaints_and_care_are_told_by_their_words(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "response"),
    [
        ("He had acupuncture with significant benefit.", "fnd:PartialImprovement"),
        ("She had acupuncture with excellent relief.", "fnd:PainRelief"),
        ("He had acupuncture with very little benefit.", "fnd:NoImprovement"),
        ("Her pain is less intense after acupuncture.", "fnd:PainRelief"),
    ],
)
def test_the_degree_of_a_response_says_which_it_is(told: Callable[[str], Read], sentence: str, response: str) -> None:
    found = told(sentence)
    assert not found.one(response, "Response").absent
    assert not found.of("fnd:SeverePain")


def test_care_that_failed_to_provide_relief_has_failed(told: Callable[[str], Read]) -> None:
    care = told("Acupuncture failed to provide relief.").one("svc:Acupuncture", "Treatment")
    assert (care["imr:polarity"], care["imr:outcome"]) == ("imr:Present", "imr:Failed")


def test_medication_that_goes_on_unnamed_is_planned_and_less_of_a_drug_is_no_trial(told: Callable[[str], Read]) -> None:
    assert told("The plan included continuation of medications.").one("svc:Medication", "PlannedCare")
    assert not told("The plan is to reduce the hydrocodone.").of("fnd:OpioidTrialConsidered")


def test_a_negative_test_at_the_end_denies_nothing_of_another_clause(told: Callable[[str], Read]) -> None:
    read = told("There was palpable lumbar spasm, flexion was to 20 degrees, and straight leg raising was negative.")
    assert not read.one("dx:MuscleSpasmDisorder").absent
    assert read.one("fnd:StraightLegRaisePositive").absent
    assert told("Tenderness and spasm were absent.").one("fnd:MuscleSpasm").absent
