"""Single sentences of a summary give the facts that they state, with polarity, place and value."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter

# --- pain


@pytest.mark.parametrize(
    ("sentence", "score"),
    [
        ("The pain level was 6 out of 10.", "6"),
        ("She rated the knee pain at 4/10.", "4"),
        ("He rates the pain as 5-7/10.", "7"),
        ("The pain is a 9 on a scale of 0-10.", "9"),
    ],
)
def test_a_grade_out_of_ten_is_a_pain_score(told: Callable[[str], Read], sentence: str, score: str) -> None:
    assert told(sentence).one("fnd:PainScore")["imr:painScore"] == score


def test_a_grade_out_of_five_is_no_pain_score_and_two_scores_are_two_facts(told: Callable[[str], Read]) -> None:
    assert not told("Motor strength was 4/5 in the left leg.").of("fnd:PainScore")
    scores = told("Pain was 8/10 without medication and 3/10 with it.").of("fnd:PainScore")
    assert [score["imr:painScore"] for score in scores] == ["8", "3"]


@pytest.mark.parametrize(
    ("sentence", "quality", "pain"),
    [
        ("He complained of severe left elbow pain.", "fnd:SeverePain", "dx:ElbowPain"),
        ("She has moderate neck pain.", "fnd:ModerateOrSeverePain", "dx:NeckPain"),
        ("There was persistent pain in the left ankle.", "fnd:PersistentPain", "dx:AnklePain"),
        ("The knee pain is constant.", "fnd:PersistentPain", "dx:KneePain"),
    ],
)
def test_words_for_how_bad_a_pain_is_are_a_finding_beside_the_pain(
    told: Callable[[str], Read], sentence: str, quality: str, pain: str
) -> None:
    found = told(sentence)
    assert not found.one(quality).absent
    assert not found.one(pain).absent


def test_a_denied_severe_pain_is_denied_and_other_things_may_be_severe(told: Callable[[str], Read]) -> None:
    assert told("She denied severe neck pain.").one("fnd:SeverePain").absent
    assert not told("MRI showed severe stenosis.").of("fnd:SeverePain")


def test_pain_that_spreads_is_named_by_where_it_goes(told: Callable[[str], Read]) -> None:
    assert (
        told("Low back pain radiates to the right calf.").one("fnd:RadiatingLegPain")["imr:laterality"] == "imr:Right"
    )
    shoulder = told("Shoulder pain radiates to the neck.")
    assert shoulder.of("fnd:RadiatingPain")
    assert not shoulder.of("fnd:RadiatingLegPain")
    assert told("Low back pain without radiation to the legs.").one("fnd:RadiatingLegPain").absent


def test_several_places_share_one_noun_each_with_its_own_side(told: Callable[[str], Read]) -> None:
    found = told("The complaints were left shoulder, lower back and right hip pain.")
    sides = {name: found.one(name)["imr:laterality"] for name in ("dx:ShoulderPain", "dx:LowBackPain", "dx:HipPain")}
    assert sides == {"dx:ShoulderPain": "imr:Left", "dx:LowBackPain": None, "dx:HipPain": "imr:Right"}
    pair = told("She reports low back pain and right leg pain.")
    assert (pair.one("dx:LowBackPain")["imr:laterality"], pair.one("dx:LegPain")["imr:laterality"]) == (
        None,
        "imr:Right",
    )


# --- examination


@pytest.mark.parametrize(
    ("sentence", "concept", "absent", "part"),
    [
        ("The right shoulder had decreased range of motion.", "fnd:DecreasedRangeOfMotion", False, "body:Shoulder"),
        ("The left knee had full range of motion.", "fnd:DecreasedRangeOfMotion", True, "body:Knee"),
        ("There was decreased and painful range of motion.", "fnd:DecreasedRangeOfMotion", False, None),
        ("Tenderness was noted over the right wrist.", "fnd:Tenderness", False, "body:Wrist"),
        (
            "There was tenderness at the left greater sciatic notch.",
            "fnd:SciaticNotchTenderness",
            False,
            "body:SciaticNotch",
        ),
        ("There was no sacroiliac joint tenderness.", "fnd:SacroiliacTenderness", True, None),
        ("There was no deficit in any dermatome.", "fnd:DermatomalSensoryDeficit", True, None),
    ],
)
def test_an_examined_part_has_the_finding(
    told: Callable[[str], Read], sentence: str, concept: str, absent: bool, part: str | None
) -> None:
    fact = told(sentence).one(concept)
    assert (fact.absent, fact["imr:bodyPart"]) == (absent, part)


# --- studies


def test_a_study_that_was_normal_gives_the_finding_that_it_was(told: Callable[[str], Read]) -> None:
    plain = told("Lumbar x-rays were negative.")
    assert plain.one("fnd:NormalImaging")["imr:shownBy"]
    assert not told("Lumbar x-rays were not normal.").of("fnd:NormalImaging")
    assert not told("Lumbar x-rays were negative for fracture.").of("fnd:NormalImaging")
    assert told("EMG of the left arm was normal.").of("fnd:NormalElectrodiagnosticStudy")


def test_what_a_nerve_study_shows_is_a_finding_of_the_study(told: Callable[[str], Read]) -> None:
    found = told("An EMG of the upper extremities showed carpal tunnel syndrome and no cervical radiculopathy.")
    assert not found.one("fnd:ElectrodiagnosticCarpalTunnel").absent
    assert found.one("fnd:ElectrodiagnosticRadiculopathy").absent
    assert not found.of("dx:CarpalTunnelSyndrome")
    assert told("Diagnoses include carpal tunnel syndrome.").one("dx:CarpalTunnelSyndrome")["imr:shownBy"] is None


def test_what_an_image_of_a_place_denies_is_denied_of_that_place(told: Callable[[str], Read]) -> None:
    found = told("An x-ray of the right shoulder showed no dislocation.").one("fnd:DislocationOnImaging")
    assert (found.absent, found["imr:bodyPart"]) == (True, "body:Shoulder")


# --- care and what came of it


def test_that_earlier_care_was_not_noted_does_not_deny_it(told: Callable[[str], Read]) -> None:
    assert not told("No earlier physical therapy was noted.").of("svc:PhysicalTherapy")
    assert told("She has not had physical therapy.").one("svc:PhysicalTherapy").absent


def test_a_response_may_name_no_care_but_pain_that_got_better_is_no_complaint(told: Callable[[str], Read]) -> None:
    assert told("He has had no improvement.").one("fnd:NoImprovement")["imr:toService"] is None
    found = told("There was improvement in pain and function with acupuncture.")
    assert found.one("fnd:PainRelief")["imr:toService"] == "svc:Acupuncture"
    assert found.one("fnd:FunctionalImprovement")["imr:toService"] == "svc:Acupuncture"
    assert not found.of("dx:Pain")


def test_care_that_is_also_a_work_status_is_care_where_treatment_is_told_and_else_a_status(
    told: Callable[[str], Read],
) -> None:
    listed = told("Treatment to date has included medications and work restrictions.")
    assert listed.of("svc:WorkModification")
    assert not listed.of("fnd:ModifiedDuty")
    status = told("The worker returned with work restrictions.")
    assert status.of("fnd:ModifiedDuty")
    assert not status.of("svc:WorkModification")


def test_the_plan_for_what_is_in_dispute_is_no_fact(lexicon: Lexicon) -> None:
    def read(item: str) -> Read:
        text = SUMMARY.format("The provider recommended an MRI of the left knee and acupuncture.", item)
        return look(read_letter(text, document="plan.txt", lexicon=lexicon))

    assert not read("MRI of the left knee").of("svc:KneeMri")
    assert read("MRI of the left knee").of("svc:Acupuncture", "PlannedCare")
    assert read("MRI of the neck").of("svc:KneeMri", "PlannedCare")


@pytest.mark.parametrize(
    ("sentence", "concept", "absent"),
    [
        ("Lumbar flexion was limited.", "fnd:DecreasedRangeOfMotion", False),
        ("External rotation of the left shoulder was full.", "fnd:DecreasedRangeOfMotion", True),
        ("The knee had 95 degrees of flexion.", "fnd:RangeOfMotion", False),
        ("Straight leg raise was normal.", "fnd:StraightLegRaisePositive", True),
        ("Straight leg raise was positive.", "fnd:StraightLegRaisePositive", False),
    ],
)
def test_a_motion_or_sign_is_in_order_or_not_or_only_measured(
    told: Callable[[str], Read], sentence: str, concept: str, absent: bool
) -> None:
    assert told(sentence).one(concept).absent == absent


def test_a_value_of_strength_is_not_that_of_the_motion_it_is_tested_in(told: Callable[[str], Read]) -> None:
    found = told("There was decreased strength in flexion of the elbow.")
    assert found.of("fnd:UpperExtremityWeakness")
    assert not found.of("fnd:DecreasedRangeOfMotion")


def test_a_value_that_was_said_of_one_item_is_not_that_of_the_next(told: Callable[[str], Read]) -> None:
    found = told("Sensation was intact and reflexes were decreased.")
    assert found.one("fnd:SensoryDeficit").absent
    assert not found.one("fnd:DecreasedReflex").absent
    both = told("There was normal sensation and strength.")
    assert both.one("fnd:SensoryDeficit").absent
    assert both.one("fnd:MotorWeakness").absent


def test_what_a_request_lists_after_a_colon_was_not_done(told: Callable[[str], Read]) -> None:
    found = told("The form shows that the following test was requested: a CT of the head.")
    assert found.one("svc:HeadCt")["rdf:type"] == "imr:PlannedCare"
    assert told("A CT of the head was done.").one("svc:HeadCt")["rdf:type"] == "imr:Study"


def test_the_direction_of_a_measured_motion_is_no_side(told: Callable[[str], Read]) -> None:
    assert told("Right rotation was 80 degrees.").one("fnd:RangeOfMotion")["imr:laterality"] is None
