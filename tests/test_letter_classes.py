"""Classes of language that letters share: lists with a place at their end, what ended, exceptions, what a study showed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter
from imr_kb.letters.tokens import stems
from imr_kb.load import load_knowledge


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def told(lexicon: Lexicon) -> Callable[[str], dict[str, bool]]:
    def read(summary: str) -> dict[str, bool]:
        found: Read = look(read_letter(SUMMARY.format(summary, "Sleep study"), document="told.txt", lexicon=lexicon))
        return {str(fact["imr:concept"]): not fact.absent for fact in found.facts}

    return read


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "She reports pain, tingling, and swelling in the left wrist.",
            {"dx:WristPain": True, "fnd:Tingling": True, "fnd:Swelling": True},
        ),
        ("Pain and stiffness of the right knee were noted.", {"dx:KneePain": True, "fnd:Stiffness": True}),
        ("He has neck pain, tingling and weakness in the right leg.", {"dx:NeckPain": True, "fnd:Tingling": True}),
        ("Pain is located in the right ankle.", {"dx:AnklePain": True}),
    ],
)
def test_a_list_of_complaints_is_of_the_place_named_at_its_end(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert facts.items() <= told(sentence).items()


def test_a_place_behind_the_last_member_of_a_denied_list_is_not_shared_by_it(lexicon: Lexicon) -> None:
    summary = "There was no bruising or effusion, tenderness to the right medial epicondyle."
    found = look(read_letter(SUMMARY.format(summary, "Sleep study"), document="told.txt", lexicon=lexicon))
    effusion = next(fact for fact in found.facts if fact["imr:concept"] == "fnd:JointEffusion")
    assert effusion.absent
    assert effusion["imr:bodyPart"] is None


def test_pain_that_spreads_is_of_the_place_it_comes_from(told: Callable[[str], dict[str, bool]]) -> None:
    found = told("Pain radiates from the low back down the left leg to the foot.")
    assert {"dx:LowBackPain", "fnd:RadiatingLegPain"} <= set(found)
    assert not {"dx:LegPain", "dx:FootPain", "dx:Pain"} & set(found)


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("He had foot drop in 2009, which resolved.", {"fnd:FootDrop": False}),
        ("She had tingling that has since resolved.", {"fnd:Tingling": False}),
        ("He had foot drop in 2009.", {"fnd:FootDrop": True}),
        ("He has neck pain and numbness, which has resolved.", {"dx:NeckPain": True, "fnd:Numbness": False}),
    ],
)
def test_what_resolved_is_not_there_any_more(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert facts.items() <= told(sentence).items()


def test_the_denial_of_a_wider_condition_says_more_than_that_of_a_narrower_one(
    told: Callable[[str], dict[str, bool]],
) -> None:
    assert told("There is no evidence of radiculopathy or neuropathic pain.") == {
        "dx:Radiculopathy": False,
        "dx:NeuropathicPain": False,
    }


def test_a_condition_of_the_nerves_is_no_mere_condition_of_its_place(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("She reports neuropathic pain of the low back.") == {"dx:NeuropathicPain": True}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("She denies that Norco helps.", {"drug:Norco": True}),
        ("He denies that he has had physical therapy.", {"svc:PhysicalTherapy": False}),
        ("He denies a history of diabetes or asthma.", {"dx:DiabetesMellitus": False, "dx:Asthma": False}),
    ],
)
def test_to_deny_that_a_drug_helps_is_not_to_deny_that_it_is_taken(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert facts.items() <= told(sentence).items()


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "Motor strength of the arms was 5/5 except for the left deltoid which was 4/5.",
            {"fnd:UpperExtremityWeakness": False, "fnd:AbductionWeakness": True},
        ),
        (
            "Motor strength was 5/5 except for the left deltoid which was 5/5.",
            {"fnd:MotorWeakness": False},
        ),
        ("The range of motion was 60% of normal.", {"fnd:DecreasedRangeOfMotion": True}),
        ("Motor examination was normal.", {"fnd:MotorWeakness": False}),
    ],
)
def test_an_exception_is_graded_by_itself(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    found = told(sentence)
    assert facts.items() <= found.items()
    assert ("fnd:AbductionWeakness" in found) is ("fnd:AbductionWeakness" in facts)


def test_an_adjective_behind_a_comma_is_said_of_what_follows_it(told: Callable[[str], dict[str, bool]]) -> None:
    found = told("There was pain with neck rotation, abnormal paraspinous tenderness.")
    assert "fnd:DecreasedRangeOfMotion" not in found
    assert found["fnd:Tenderness"]
    assert told("Neck rotation was reduced.")["fnd:DecreasedRangeOfMotion"]


def test_an_antalgic_gait_is_not_an_abnormal_gait_besides(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("The gait is antalgic.") == {"fnd:AntalgicGait": True}
    assert told("The gait is slow.") == {"fnd:AbnormalGait": True}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("No fracture was seen on x-ray.", {"fnd:FractureOnImaging": False, "svc:Xray": True}),
        ("There was a meniscal tear on MRI.", {"fnd:MeniscalTearOnImaging": True, "svc:Mri": True}),
        ("He has a fracture, and an x-ray was done.", {"dx:Fracture": True, "svc:Xray": True}),
        ("An unremarkable MRI of the lumbar spine was read.", {"svc:LumbarMri": True, "fnd:NormalImaging": True}),
        ("CT revealed an unremarkable thoracic spine CT.", {"svc:ThoracicCt": True, "fnd:NormalImaging": True}),
    ],
)
def test_what_a_study_behind_a_finding_showed_is_seen_on_it(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert facts.items() <= told(sentence).items()


def test_gains_that_and_joins_are_both_gains(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("She has increased range of motion and strength.") == {
        "fnd:ImprovedRangeOfMotion": True,
        "fnd:ImprovedStrength": True,
    }


def test_a_verb_form_that_no_name_has_is_read_as_its_noun(
    told: Callable[[str], dict[str, bool]],
) -> None:
    assert told("MRI of the left knee revealed medial meniscal tearing.")["fnd:MeniscalTearOnImaging"]
    assert stems("ring") == ()
    assert stems("swelling")[-1] == "swel"


def test_no_distress_is_no_denied_illness_of_the_mind(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("He is in no acute distress.") == {"fnd:GeneralAppearance": True}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "Motor strength, sensation, and reflexes were within normal limits.",
            {"fnd:MotorWeakness": False, "fnd:SensoryDeficit": False, "fnd:ReflexChange": False},
        ),
        (
            "Gait, reflexes and sensation were not normal.",
            {"fnd:AbnormalGait": True, "fnd:ReflexChange": True, "fnd:SensoryDeficit": True},
        ),
        (
            "Strength was full, sensation and reflexes were decreased.",
            {"fnd:MotorWeakness": False, "fnd:SensoryDeficit": True, "fnd:DecreasedReflex": True},
        ),
    ],
)
def test_the_value_behind_a_list_of_items_is_that_of_each(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert told(sentence) == facts


def test_a_value_right_before_another_item_is_not_that_of_the_measured_one(
    told: Callable[[str], dict[str, bool]],
) -> None:
    found = told("The lumbar spine had flexion of 40 degrees, negative straight leg raise and normal strength.")
    assert found == {
        "fnd:RangeOfMotion": True,
        "fnd:StraightLegRaisePositive": False,
        "fnd:MotorWeakness": False,
    }


def test_what_care_may_lead_to_is_not_what_the_worker_has(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("The doctor explained that surgery can cause infection and numbness.") == {}
    assert told("The surgery caused numbness.")["fnd:Numbness"]


def test_care_to_be_avoided_beside_surgery_is_not_care_given(told: Callable[[str], dict[str, bool]]) -> None:
    assert "svc:Injection" not in told("The patient wishes to avoid surgery and injections.")


def test_a_request_rests_on_the_relief_that_it_tells_as_its_reason(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("The provider requested acupuncture because prior therapy gave temporary relief.")["fnd:PainRelief"]
    assert "fnd:PainRelief" not in told("The provider requested acupuncture for pain relief.")


def test_visits_that_have_been_authorized_are_no_visits_had(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("She has been authorized for 6 visits of physical therapy.") == {}
    assert told("She has completed 6 visits of physical therapy.")["svc:PhysicalTherapy"]


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("Impression: rule out lumbar radiculopathy.", {"fnd:SuspectedRadiculopathy": True}),
        ("Impression: wrist sprain, rule out hernia.", {"dx:WristSprain": True}),
        ("An MRI has ruled out radiculopathy.", {"svc:Mri": True, "dx:Radiculopathy": False}),
    ],
)
def test_what_is_to_be_ruled_out_is_neither_there_nor_denied(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert told(sentence) == facts


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("There were no fractures on x-rays of the right hand.", {"svc:HandXray": True}),
        ("There has been no functional improvement with physical therapy.", {"svc:PhysicalTherapy": True}),
        ("There is no history of prior injury or surgery to the right knee.", {"svc:KneeSurgery": False}),
        ("No history of fracture, surgery or injections.", {"svc:Surgery": False, "svc:Injection": False}),
    ],
)
def test_a_denial_reaches_care_through_a_list_but_not_through_a_finding(
    told: Callable[[str], dict[str, bool]], sentence: str, facts: dict[str, bool]
) -> None:
    assert facts.items() <= told(sentence).items()


def test_pain_spreads_to_the_place_behind_the_verb(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("He has pain in the low back radiating to both legs.") == {
        "dx:LowBackPain": True,
        "fnd:RadiatingLegPain": True,
    }


def test_a_comma_may_stand_between_the_adjectives_of_a_pain(told: Callable[[str], dict[str, bool]]) -> None:
    assert told("She reported constant, sharp pain in the left knee.") == {
        "fnd:PersistentPain": True,
        "dx:KneePain": True,
    }
