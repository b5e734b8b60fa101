"""What a summary means beyond its names: activities that hurt, plans with their reasons, gains, denials."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _findings(found: Read) -> dict[str, bool]:
    """Return which findings and conditions are stated, and which are denied."""
    return {
        str(fact["imr:concept"]): not fact.absent
        for fact in found.facts
        if str(fact["imr:concept"]).startswith(("fnd:", "dx:"))
    }


# --- what brings pain on, and what cannot be done


def test_what_brings_pain_on_is_told_by_kinds_of_activity(told: Callable[[str], Read]) -> None:
    found = told("The knee pain is worse with bending, heavy lifting and prolonged standing.")
    assert _findings(found) == {
        "dx:KneePain": True,
        "fnd:PainWithBending": True,
        "fnd:PainWithArmUse": True,
        "fnd:WeightBearingPain": True,
    }
    assert _findings(told("She denies pain with gripping.")) == {"fnd:PainWithHandUse": False}
    assert "fnd:PainWithSitting" not in _findings(told("The pain is better with sitting."))


@pytest.mark.parametrize(
    ("sentence", "limited"),
    [
        ("He has difficulty with walking and climbing stairs.", True),
        ("She cannot sit for more than ten minutes.", True),
        ("There is no difficulty with dressing.", False),
        ("The goal is to walk without trouble.", None),
    ],
)
def test_an_activity_that_is_hard_or_impossible_limits_function(
    told: Callable[[str], Read], sentence: str, limited: bool | None
) -> None:
    assert _findings(told(sentence)).get("fnd:FunctionalLimitation") is limited


@pytest.mark.parametrize(
    ("sentence", "decreased", "painful"),
    [
        ("Neck motion was full but painful.", False, True),
        ("There was limited, painful range of motion of the elbow.", True, True),
        ("Full range of motion of the knee without pain.", False, False),
        ("There was pain with right hip flexion.", None, True),
        ("Pain-limited extension was seen.", True, True),
    ],
)
def test_a_motion_may_hurt_whether_or_not_it_is_full(
    told: Callable[[str], Read], sentence: str, decreased: bool | None, painful: bool
) -> None:
    found = _findings(told(sentence))
    assert (found.get("fnd:DecreasedRangeOfMotion"), found.get("fnd:PainfulRangeOfMotion")) == (decreased, painful)


# --- examination


def test_each_grade_of_strength_has_its_place(told: Callable[[str], Read]) -> None:
    found = _findings(told("Motor strength is 5/5 in the upper extremities and 4/5 in the left lower extremity."))
    assert found == {"fnd:UpperExtremityWeakness": False, "fnd:LowerExtremityWeakness": True}


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("Strength of the left deltoid was 4/5.", "fnd:AbductionWeakness"),
        ("There is tenderness over the medial epicondyle.", "fnd:EpicondyleTenderness"),
        ("There is tenderness over the distal ulna.", "fnd:BoneTenderness"),
        ("The right knee is unstable.", "fnd:KneeInstability"),
        ("Neck pain radiates down the right arm.", "fnd:RadiatingArmPain"),
        ("She had decreased sensation and strength in the lower extremities.", "fnd:LowerExtremityWeakness"),
        ("The ankle reflex was absent.", "fnd:DecreasedAnkleJerk"),
    ],
)
def test_a_finding_is_as_specific_as_its_place_makes_it(
    told: Callable[[str], Read], sentence: str, finding: str
) -> None:
    assert _findings(told(sentence))[finding]


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("The shoulder is nontender.", "fnd:Tenderness"),
        ("Gait is non-antalgic.", "fnd:AbnormalGait"),
        ("She is alert and oriented.", "fnd:AlteredMentalStatus"),
        ("Distal pulses are palpable.", "fnd:VascularCompromise"),
        ("The ligaments are stable.", "fnd:JointInstabilitySign"),
        ("The patient is neurologically intact.", "fnd:NeurologicDeficit"),
    ],
)
def test_words_for_what_is_in_order_deny_the_deficit(told: Callable[[str], Read], sentence: str, finding: str) -> None:
    assert _findings(told(sentence)) == {finding: False}


def test_words_that_name_a_study_make_a_condition_its_finding(told: Callable[[str], Read]) -> None:
    found = _findings(told("There was no electrodiagnostic evidence of cervical radiculopathy."))
    assert found == {"fnd:ElectrodiagnosticRadiculopathy": False}
    assert _findings(told("There was radiographic evidence of a fracture.")) == {"fnd:FractureOnImaging": True}


# --- what a denial reaches


def test_what_has_resolved_is_denied_with_its_whole_list(told: Callable[[str], Read]) -> None:
    found = _findings(told("Numbness and tingling have resolved, but the weakness persists."))
    assert found == {"fnd:Numbness": False, "fnd:Tingling": False, "fnd:MotorWeakness": True}
    assert _findings(told("He no longer has headaches.")) == {"dx:Headache": False}


def test_a_denial_in_brackets_ends_with_them(told: Callable[[str], Read]) -> None:
    found = told("Treatment has included acupuncture (without documentation of benefit) and physical therapy.")
    assert found.one("svc:PhysicalTherapy", "Treatment")


@pytest.mark.parametrize(
    "sentence",
    [
        "He does not want surgery.",
        "She declined surgery.",
        "Surgery was not recommended.",
        "Acupuncture was ordered instead of surgery.",
    ],
)
def test_care_that_is_not_wanted_is_neither_given_nor_planned_nor_denied(
    told: Callable[[str], Read], sentence: str
) -> None:
    assert not told(sentence).of("svc:Surgery")


def test_a_study_that_was_not_done_is_denied(told: Callable[[str], Read]) -> None:
    assert told("An MRI has not been obtained.").one("svc:Mri", "Study").absent


# --- plans, their reasons and their aims


def test_the_reason_of_a_plan_is_told_and_its_aim_is_not(told: Callable[[str], Read]) -> None:
    found = _findings(told("Acupuncture was recommended due to numbness and limited motion in order to reduce spasm."))
    assert found == {"fnd:Numbness": True, "fnd:DecreasedRangeOfMotion": True}
    assert _findings(told("Because of weakness, a nerve study was ordered.")) == {"fnd:MotorWeakness": True}


def test_a_plan_tells_suspicion_work_status_and_that_surgery_is_to_be_avoided(told: Callable[[str], Read]) -> None:
    found = told("The plan is for an MRI to rule out a meniscal tear, modified duty, and injections to avoid surgery.")
    assert _findings(found) == {
        "fnd:SuspectedMeniscalTear": True,
        "fnd:ModifiedDuty": True,
        "fnd:AimToAvoidSurgery": True,
    }
    assert not found.of("svc:Surgery")
    assert _findings(told("The goal is a return to full duty.")) == {"fnd:TreatmentGoalsDocumented": True}


def test_a_verb_of_change_tells_a_plan_only_before_what_it_changes(told: Callable[[str], Read]) -> None:
    assert told("The plan is to increase gabapentin.").one("drug:OralGabapentin", "PlannedCare")
    assert told("Pain decreases from 8/10 to 4/10 with gabapentin.").one("drug:OralGabapentin", "MedicationUse")


# --- responses


@pytest.mark.parametrize(
    ("sentence", "response"),
    [
        ("She reports increased ability to do chores after acupuncture.", "fnd:FunctionalImprovement"),
        ("Physical therapy improved his range of motion.", "fnd:ImprovedRangeOfMotion"),
        ("Strength has improved with therapy.", "fnd:ImprovedStrength"),
        ("His pain decreased with ibuprofen.", "fnd:PainRelief"),
        ("Medication reduces the low back pain.", "fnd:PainRelief"),
        ("Symptoms remain unchanged.", "fnd:NoImprovement"),
        ("She did not respond to acupuncture.", "fnd:NoImprovement"),
        ("He denies any relief with ibuprofen.", "fnd:NoImprovement"),
    ],
)
def test_gain_relief_and_failure_are_responses(told: Callable[[str], Read], sentence: str, response: str) -> None:
    assert not told(sentence).one(response, "Response").absent


@pytest.mark.parametrize(
    "sentence",
    ["The pain is relieved by rest.", "He reports increased pain after acupuncture.", "Pain is better at rest."],
)
def test_rest_is_no_care_and_more_pain_is_no_relief(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).of("fnd:PainRelief")


# --- scores, places and places of several


@pytest.mark.parametrize(
    "sentence",
    ["Pain level is 6.", "The pain is rated 6 on a 10-point scale.", "Pain increases to 6/10 with activity."],
)
def test_a_score_may_leave_out_its_scale(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).one("fnd:PainScore")["imr:painScore"] == "6"


def test_a_number_that_is_no_grade_is_no_score(told: Callable[[str], Read]) -> None:
    assert not told("The pain level was discussed; 12 visits were given.").of("fnd:PainScore")


def test_a_place_in_the_name_of_a_complaint_begins_a_list(told: Callable[[str], Read]) -> None:
    found = _findings(told("He complains of pain in the neck, mid back, and both shoulders."))
    assert set(found) == {"dx:NeckPain", "dx:UpperBackPain", "dx:ShoulderPain"}


def test_a_complaint_that_comes_with_a_condition_has_its_place(told: Callable[[str], Read]) -> None:
    found = _findings(
        told("Diagnoses include lumbar disc protrusion with radiculopathy, and knee contusion and injury.")
    )
    assert set(found) == {"dx:LumbarDiscHerniation", "dx:LumbarRadiculopathy", "dx:KneeContusion", "dx:KneeCondition"}


def test_an_abbreviation_is_not_taken_for_the_number_in_it(told: Callable[[str], Read]) -> None:
    assert told("Treatment to date has included TENS.").one("svc:Tens", "Treatment")


def test_a_vaguer_name_in_the_same_list_is_care_of_its_own(told: Callable[[str], Read]) -> None:
    found = told("Treatment has included an orthopedic consultation, acupuncture and an office visit.")
    assert found.one("svc:OfficeVisit", "Treatment")
    assert found.one("svc:OrthopedicConsultation", "Treatment")
    assert not told("He had shoulder surgery. Since the surgery he is better.").of("svc:Surgery")


def test_a_place_behind_a_comma_ends_a_diagnosis(told: Callable[[str], Read]) -> None:
    assert _findings(told("Diagnoses: other tenosynovitis, left hand; anxiety.")) == {
        "dx:HandTenosynovitis": True,
        "dx:AnxietyDisorder": True,
    }


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("tear of the ACL", "dx:AclTear"),
        ("fracture of the left distal radius", "dx:DistalRadiusFracture"),
        ("arthritis of the right ankle", "dx:AnkleOsteoarthritis"),
        ("strain of the left buttock", "dx:ButtockStrain"),
        ("injury to the right knee", "dx:KneeCondition"),
    ],
)
def test_a_noun_said_of_a_place_is_what_place_and_noun_name(
    told: Callable[[str], Read], words: str, condition: str
) -> None:
    assert set(_findings(told(f"Diagnoses include {words}."))) == {condition}


def test_a_finding_without_a_place_does_not_take_in_a_later_one_with_a_place(told: Callable[[str], Read]) -> None:
    found = told("There was stiffness. The left wrist had stiffness. The stiffness was mild.")
    assert sorted(str(fact["imr:bodyPart"]) for fact in found.of("fnd:Stiffness")) == ["None", "body:Wrist"]


def test_the_place_behind_a_grade_may_say_more(told: Callable[[str], Read]) -> None:
    assert set(_findings(told("Right hip strength was 4/5 in the hip abductors."))) == {"fnd:HipAbductionWeakness"}


def test_findings_of_places_that_are_not_known_stay_apart(told: Callable[[str], Read]) -> None:
    found = told("There is tenderness over the flap. There is tenderness over the graft.")
    assert len(found.of("fnd:Tenderness")) == 2


@pytest.mark.parametrize(
    ("sentence", "conditions"),
    [
        ("He sustained a compensable injury to his lumbar spine.", {"dx:LowBackCondition"}),
        (
            "She sustained an industrial injury to her neck and right shoulder.",
            {"dx:NeckCondition", "dx:ShoulderCondition"},
        ),
        ("He has sustained no injury to the neck.", set()),
        ("She sustained an industrial injury on 05/01/2012. The neck was examined.", set()),
        ("The injury report was sent to her hand surgeon.", set()),
    ],
)
def test_an_injury_to_a_place_is_a_condition_of_it(
    told: Callable[[str], Read], sentence: str, conditions: set[str]
) -> None:
    assert {str(fact["imr:concept"]) for fact in told(sentence).facts if not fact.absent} == conditions
