"""Notes in telegraphic form: headings with bare answers, numbered lists, denied lists without "or", lists of risks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _said(found: Read) -> dict[str, bool]:
    return {str(fact["imr:concept"]): fact.absent for fact in found.facts}


def _kinds(found: Read) -> dict[str, str]:
    return {str(fact["imr:concept"]): str(fact["rdf:type"]).removeprefix("imr:") for fact in found.facts}


# --- a heading and its answer


@pytest.mark.parametrize("answer", ["None", "none", "No", "Denies", "Negative", "nil"])
def test_a_bare_answer_denies_its_heading(told: Callable[[str], Read], answer: str) -> None:
    assert _said(told(f"Neck pain: {answer}.")) == {"dx:NeckPain": True}


def test_a_form_denies_allergies_drugs_and_care(told: Callable[[str], Read]) -> None:
    assert _said(told("ALLERGIES: NKDA.")) == {"dx:DrugAllergy": True}
    assert _said(told("Allergies: She has no known drug allergies.")) == {"dx:DrugAllergy": True}
    drugs = told("MEDICATIONS: None.").one("svc:Medication")
    assert drugs.absent
    assert drugs["imr:outcome"] is None
    assert _said(told("Acupuncture: none.")) == {"svc:Acupuncture": True}


def test_care_of_which_a_form_says_denied_may_have_been_refused_or_not_given(told: Callable[[str], Read]) -> None:
    assert not told("Lumbar MRI: denied.").facts
    assert _said(told("Neck pain: denied.")) == {"dx:NeckPain": True}


def test_an_answer_that_is_none_leaves_its_heading_open(told: Callable[[str], Read]) -> None:
    assert not told("MRI: N/A.").facts
    assert not told("X-rays at the coming visit: None.").facts
    assert not told("Bone scan - MRI - other films: None.").facts


def test_an_answer_with_more_in_it_is_no_bare_one(told: Callable[[str], Read]) -> None:
    assert _said(told("Neck pain: no change since May."))["dx:NeckPain"] is False
    assert _said(told("Allergies: sulfa.")) == {"dx:DrugAllergy": False}
    assert not told("Acupuncture: none of the sessions helped.").one("svc:Acupuncture").absent


# --- denied lists without "or"


def test_who_denies_the_use_of_tobacco_does_not_smoke(told: Callable[[str], Read]) -> None:
    assert _said(told("She denies the use of tobacco.")) == {"fnd:SmokeFree": False}


def test_a_bare_list_is_denied_as_a_whole(told: Callable[[str], Read]) -> None:
    assert all(_said(told("No chills, chest pain, shortness of breath.")).values())
    assert all(_said(told("There is no swelling, tenderness, redness.")).values())
    assert all(_said(told("No chills or fever, chest pain, nausea.")).values())


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("No swelling, tenderness along the medial joint line.", "fnd:JointLineTenderness"),
        ("No swelling, mild tenderness.", "fnd:Tenderness"),
        ("No numbness, neck pain 6/10.", "dx:NeckPain"),
        ("No injury, neck pain for two months.", "dx:NeckPain"),
        ("He has no numbness, tingling, weakness, but has neck pain.", "dx:NeckPain"),
    ],
)
def test_a_list_that_says_more_of_a_member_does_not_deny_it(
    told: Callable[[str], Read], words: str, stated: str
) -> None:
    assert _said(told(words))[stated] is False


def test_no_goes_on_behind_or(told: Callable[[str], Read]) -> None:
    assert all(_said(told("No antalgic or spastic gait was seen.")).values())
    assert _said(told("He takes no medication for neck pain."))["dx:NeckPain"] is False


def test_a_test_with_its_result_alone(told: Callable[[str], Read]) -> None:
    assert _said(told("Straight leg raise normal bilaterally.")) == {"fnd:StraightLegRaisePositive": True}
    assert _said(told("SLR neg on the right.")) == {"fnd:StraightLegRaisePositive": True}
    assert not told("She is able to perform a straight leg raise.").facts


# --- numbered lists and headings that hold for bare words


def test_each_item_of_a_plan_is_planned(told: Callable[[str], Read]) -> None:
    found = _kinds(told("PLAN: 1. Acupuncture. 2. MRI of the knee. 3. Naproxen. He had surgery before."))
    assert [found[one] for one in ("svc:Acupuncture", "svc:KneeMri", "drug:OralNaproxen")] == ["PlannedCare"] * 3
    assert found["svc:Surgery"] == "Treatment"


def test_bare_words_go_on_with_the_plan(told: Callable[[str], Read]) -> None:
    found = _kinds(told("Plan: MRI of the knee. Acupuncture. He had surgery before."))
    assert (found["svc:Acupuncture"], found["svc:Surgery"]) == ("PlannedCare", "Treatment")


@pytest.mark.parametrize("words", ["ALLERGIES 1. Naproxen. 2. Tramadol. 3. Tape.", "Allergies: Naproxen. Tramadol."])
def test_drugs_of_a_list_of_allergies_are_not_in_use(told: Callable[[str], Read], words: str) -> None:
    assert set(_said(told(words))) == {"dx:DrugAllergy"}


def test_an_answered_heading_holds_for_nothing_more(told: Callable[[str], Read]) -> None:
    assert _said(told("Allergies: None. Acupuncture."))["svc:Acupuncture"] is False
    assert "drug:OralNaproxen" in _said(told("Allergies: sulfa. She takes naproxen."))


def test_items_of_family_history_and_of_goals_tell_nothing_of_now(told: Callable[[str], Read]) -> None:
    assert not told("FAMILY HISTORY: 1. Cancer. 2. Stroke.").facts
    assert not told("Short-term goals: 1. Pain 1/10. 2. Home exercise program.").of("fnd:PainScore")
    assert not told("Short-term goals: 1. Pain 1/10. 2. Home exercise program.").of("fnd:HomeExerciseProgramOngoing")


def test_a_number_at_the_end_of_a_sentence_numbers_no_item(told: Callable[[str], Read]) -> None:
    found = told("He planned therapy, and his pain was 1. He has had two injections.")
    assert _kinds(found)["svc:Injection"] == "Treatment"


# --- what only may come, and what is only advised


@pytest.mark.parametrize(
    "words",
    [
        "The risks, benefits and alternatives were gone over, including infection, weakness and more surgery.",
        "Risks of surgery including but not limited to stroke, infection, and need for more surgery were explained.",
        "Risks otherwise described were stroke, infection, nonunion.",
        "Risks were gone over, including but not exclusive to weakness and infection.",
    ],
)
def test_a_list_of_risks_gives_no_fact(told: Callable[[str], Read], words: str) -> None:
    assert not told(words).facts


def test_the_worker_behind_a_list_of_risks_is_read(told: Callable[[str], Read]) -> None:
    both = {"fnd:RisksExplained": False, "dx:NeckPain": False}
    assert _said(told("Risks were explained including infection, but he has neck pain.")) == both
    assert _said(told("Risks and benefits were discussed including infection. He has neck pain.")) == both
    assert _said(told("Risks include infection, but he has neck pain.")) == {"dx:NeckPain": False}
    assert _said(told("Risk factors include diabetes.")) == {"dx:DiabetesMellitus": False}


@pytest.mark.parametrize(
    "words",
    [
        "I told her to get acupuncture.",
        "We talked about acupuncture.",
        "She could consider acupuncture.",
        "He opted for acupuncture.",
        "He may try acupuncture.",
        "She'll order acupuncture.",
    ],
)
def test_advice_is_planned(told: Callable[[str], Read], words: str) -> None:
    assert _kinds(told(words)) == {"svc:Acupuncture": "PlannedCare"}


@pytest.mark.parametrize(
    "words",
    ["I do not believe she needs a knee replacement.", "I would hold off on surgery.", "He is leery about surgery."],
)
def test_care_that_is_not_wanted_is_neither_given_nor_planned(told: Callable[[str], Read], words: str) -> None:
    assert not told(words).facts


def test_what_is_talked_of_can_have_been_done(told: Callable[[str], Read]) -> None:
    assert _kinds(told("I discussed the MRI with him."))["svc:Mri"] == "Study"


def test_a_plan_tells_of_drugs_in_use(told: Callable[[str], Read]) -> None:
    found = _kinds(told("I suggested an MRI as he is already on naproxen."))
    assert found == {"svc:Mri": "PlannedCare", "drug:OralNaproxen": "MedicationUse"}


def test_a_program_to_be_started_is_not_under_way(told: Callable[[str], Read]) -> None:
    assert _kinds(told("Begin a home exercise program.")) == {"svc:HomeExerciseProgram": "PlannedCare"}


# --- what is told of something else


def test_what_a_drug_does_to_the_allergic_is_no_complaint(told: Callable[[str], Read]) -> None:
    assert not told("She is allergic to tramadol (nausea).").facts
    assert not told("He is allergic to codeine, which causes itching.").facts
    assert _said(told("He is allergic to codeine and has neck pain.")) == {"dx:NeckPain": False}


def test_a_grade_of_something_else_is_no_score_of_pain(told: Callable[[str], Read]) -> None:
    assert not told("She rates her stress level at 7/10.").facts
    assert told("Her mood is 3/10 and the pain 6/10.").one("fnd:PainScore")["imr:painScore"] == "6"


def test_exercise_that_hurts_is_no_care(told: Callable[[str], Read]) -> None:
    assert "svc:ExerciseProgram" not in _said(told("Walking and exercise aggravate his neck pain."))
    assert "svc:ExerciseProgram" not in _said(told("The neck pain is worse with exercise."))
    assert "svc:ExerciseProgram" in _said(told("He does regular exercise."))


def test_a_relative_with_an_adverb_is_a_relative(told: Callable[[str], Read]) -> None:
    assert not told("His brother only recently had back surgery.").facts
    assert _said(told("He drove his brother home and has neck pain.")) == {"dx:NeckPain": False}


def test_a_visit_does_not_help(told: Callable[[str], Read]) -> None:
    found = told("He was seen in the emergency room. His neck pain is much better.")
    assert found.one("svc:EmergencyVisit")["imr:outcome"] is None


def test_the_subject_goes_before_the_heading(told: Callable[[str], Read]) -> None:
    assert told("EXTREMITIES: The left elbow is tender.").one("fnd:Tenderness")["imr:bodyPart"] == "body:Elbow"
    assert told("Left elbow: There is tenderness.").one("fnd:Tenderness")["imr:bodyPart"] == "body:Elbow"


def test_what_hurts_elsewhere_is_no_painful_motion(told: Callable[[str], Read]) -> None:
    assert "fnd:PainfulRangeOfMotion" not in _said(told("There is pain in the low back with flexion of the hips."))
    assert "fnd:PainfulRangeOfMotion" in _said(told("There is pain in the hip with flexion of the hip."))


def test_motion_that_cannot_be_reached_is_less(told: Callable[[str], Read]) -> None:
    assert _said(told("He was unable to achieve full extension of the knee.")) == {"fnd:DecreasedRangeOfMotion": False}


def test_radiation_that_treats_is_no_spreading_pain(told: Callable[[str], Read]) -> None:
    assert set(_said(told("She had breast cancer treated with radiation."))) == {"dx:Cancer"}


# --- systems reviewed, and what an examiner does not see


@pytest.mark.parametrize(
    "words",
    [
        "Patient denies any respiratory complaints, such as cough, chest pain, wheezing, etc.",
        "She has no history of cardiovascular symptoms, such as chest pain, syncope.",
        "He denies sensory symptoms (tingling, numbness).",
        "No neurological history of strokes, seizures.",
    ],
)
def test_a_spelled_out_denial_reaches_every_member(told: Callable[[str], Read], words: str) -> None:
    found = _said(told(words))
    assert len(found) > 1
    assert all(found.values())


@pytest.mark.parametrize(
    "words",
    [
        "He reports complaints such as neck pain.",
        "He denies fever, but has complaints such as neck pain.",
        "No relief from drugs such as naproxen, neck pain persists.",
    ],
)
def test_such_as_denies_nothing_by_itself(told: Callable[[str], Read], words: str) -> None:
    assert _said(told(words))["dx:NeckPain"] is False


def test_what_the_examiner_does_not_see_is_not_there(told: Callable[[str], Read]) -> None:
    assert _said(told("I don't see a fracture.")) == {"dx:Fracture": True}
    assert _said(told("The anterior drawer is solid.")) == {"fnd:AnteriorDrawerPositive": True}
    assert not told("I do not think that she is a good candidate for a spinal cord stimulator.").facts


def test_no_change_of_pain_is_pain(told: Callable[[str], Read]) -> None:
    assert not told("There was no recent change in the severity of his pain.").one("dx:Pain").absent


def test_a_time_that_lies_back_is_no_length(told: Callable[[str], Read]) -> None:
    assert told("She had acupuncture 6 weeks ago.").one("svc:Acupuncture")["imr:weeks"] is None
    assert told("She had acupuncture for 6 weeks.").one("svc:Acupuncture")["imr:weeks"] == "6"


def test_a_relative_without_a_verb(told: Callable[[str], Read]) -> None:
    assert not told("Father age 80, history of stroke and hypertension.").facts


def test_a_result_behind_an_adverb_and_what_a_test_looked_for(told: Callable[[str], Read]) -> None:
    found = _said(told("Straight leg raising is entirely negative sitting and lying for any radiculitis."))
    assert found == {"fnd:StraightLegRaisePositive": True, "dx:Radiculopathy": True}
    assert _said(told("Negative Spurling, treated for radiculitis."))["dx:Radiculopathy"] is False
    assert _said(told("Spurling is negative for radiculopathy."))["fnd:SpurlingPositive"] is True


def test_each_reflex_has_its_own_grade(told: Callable[[str], Read]) -> None:
    found = _said(told("Knee jerks are 2+ and ankle jerks are 1+."))
    assert found == {"fnd:ReflexChange": True, "fnd:DecreasedAnkleJerk": False}


def test_what_most_patients_have_is_not_told_of_the_worker(told: Callable[[str], Read]) -> None:
    assert not told("The majority of patients get better with acupuncture.").facts
    assert told("The patient got better with acupuncture.").facts


def test_the_day_on_which_something_happened_is_that_of_no_visit(told: Callable[[str], Read]) -> None:
    found = told("She had neck stiffness from a fall that happened on 1/2/2015.")
    assert found.one("fnd:Stiffness")["imr:onDate"] is None
    assert told("On 1/2/2015 she had neck stiffness.").one("fnd:Stiffness")["imr:onDate"] == "2015-01-02"


def test_touch_is_no_compression(told: Callable[[str], Read]) -> None:
    assert not told("The feet are normal in color, touch and temperature.").of("fnd:CompressionOnImaging")
    assert told("The disc is touching the nerve root.").facts


# --- relatives in lists, what is to be watched for, what a heading names


def test_a_list_before_in_the_family_is_of_relatives(told: Callable[[str], Read]) -> None:
    assert not told("She describes cancer, hypertension, and depression in her family.").facts
    assert not told("He has two sisters, one with cancer; and a brother.").facts
    assert _said(told("He has neck pain, and there is cancer in his family.")) == {"dx:NeckPain": False}
    assert _said(told("He has neck pain, and depression in his family.")) == {"dx:NeckPain": False}
    assert _said(told("He lives with his wife, and has neck pain."))["dx:NeckPain"] is False


def test_what_is_to_be_called_about_is_not_there(told: Callable[[str], Read]) -> None:
    assert not told("Call the office for any concerns including redness, swelling or fever.").facts
    assert _said(told("He called the office with neck pain.")) == {"dx:NeckPain": False}


def test_the_ends_of_a_scale_are_no_pain(told: Callable[[str], Read]) -> None:
    found = told("She rates her neck pain as 9, with 0 being no pain and 10 being the worst possible pain.")
    assert not any(_said(found).values())
    assert not told("Rest makes no difference in her pain.").one("dx:Pain").absent


def test_a_heading_with_a_dash_holds_for_bare_words(told: Callable[[str], Read]) -> None:
    found = _kinds(told("RECOMMENDATIONS - TREATMENT: Activity modification. Acupuncture. He had surgery."))
    assert (found["svc:Acupuncture"], found["svc:Surgery"]) == ("PlannedCare", "Treatment")


def test_goals_are_documented_by_their_heading(told: Callable[[str], Read]) -> None:
    assert told("LONG-TERM GOALS: 1. Home exercise program. 2. Pain 3/10.").of("fnd:TreatmentGoalsDocumented")


def test_denials_of_what_was_and_is(told: Callable[[str], Read]) -> None:
    assert _said(told("She denies any current or past history of drug abuse.")) == {"dx:SubstanceUseDisorder": True}
    assert _said(told("Negative signs of carpal tunnel syndrome.")) == {"dx:CarpalTunnelSyndrome": True}
    assert _said(told("I could not appreciate any evidence of swelling.")) == {"fnd:Swelling": True}
    assert _said(told("She did not find any obvious swelling.")) == {"fnd:Swelling": True}
    assert _said(told("Straight leg raises do not elicit leg pain."))["fnd:StraightLegRaisePositive"] is True


def test_goals_are_not_told_even_by_verbs_of_complaint(told: Callable[[str], Read]) -> None:
    found = told("SHORT-TERM GOALS: 1. Sits without complaints of numbness. 2. Will report 25% less pain.")
    assert set(_said(found)) == {"fnd:TreatmentGoalsDocumented"}


def test_bare_words_go_on_with_an_item(told: Callable[[str], Read]) -> None:
    found = _kinds(told("PLAN: 1. Modalities. Ice and heat as appropriate. 2. Acupuncture."))
    assert set(found.values()) == {"PlannedCare"}


def test_options_and_promises_are_planned(told: Callable[[str], Read]) -> None:
    assert _kinds(told("Acupuncture should be of benefit.")) == {"svc:Acupuncture": "PlannedCare"}
    found = _kinds(told("Three options were discussed including acupuncture and a knee brace."))
    assert set(found.values()) == {"PlannedCare"}


def test_no_denies_an_item_and_its_value_together(told: Callable[[str], Read]) -> None:
    assert _said(told("She does not demonstrate any sensation deficits.")) == {"fnd:SensoryDeficit": True}
    assert _said(told("Sensation deficits were seen in the foot."))["fnd:SensoryDeficit"] is False


# --- a noun at the end of a list


def test_parts_before_a_name_share_its_noun_even_where_the_name_is_of_another_kind(told: Callable[[str], Read]) -> None:
    found = _said(told("He reported left ankle, low back, and head pain."))
    assert found == {"dx:AnklePain": False, "dx:LowBackPain": False, "dx:Headache": False}
