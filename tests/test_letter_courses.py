"""What a letter tells of courses of care: lists of what has failed, what is only begun, operations in view, guidance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _care(found: Read) -> dict[str, tuple[str, bool]]:
    """Return the care on record: of which kind each is, and whether it failed."""
    return {
        str(fact["imr:concept"]): (str(fact["rdf:type"]), fact["imr:outcome"] == "imr:Failed")
        for fact in found.facts
        if str(fact["imr:concept"]).startswith(("svc:", "drug:"))
    }


def _failed(found: Read) -> set[str]:
    return {name for name, (_, failed) in _care(found).items() if failed}


@pytest.mark.parametrize(
    "summary",
    [
        "Physical therapy, acupuncture, and naproxen have failed.",
        "The worker has failed physical therapy, acupuncture and naproxen.",
        "She tried and failed naproxen, acupuncture, and physical therapy.",
        "Physical therapy, acupuncture and naproxen gave no lasting relief.",
        "He has had physical therapy, acupuncture, and naproxen without improvement.",
        "Physical therapy for eight weeks, acupuncture and naproxen failed.",
    ],
)
def test_all_members_of_a_list_that_has_failed_have_failed(told: Callable[..., Read], summary: str) -> None:
    assert _failed(told(summary)) == {"svc:PhysicalTherapy", "svc:Acupuncture", "drug:OralNaproxen"}


@pytest.mark.parametrize(
    "summary",
    [
        "He has had physical therapy, acupuncture without relief, and naproxen with benefit.",
        "He has had physical therapy, naproxen, and acupuncture, which gave no relief.",
        "He has had physical therapy, and acupuncture has not helped.",
    ],
)
def test_only_the_last_member_has_failed_where_the_words_speak_of_one(told: Callable[..., Read], summary: str) -> None:
    assert _failed(told(summary)) == {"svc:Acupuncture"}


def test_exercise_at_home_in_a_list_that_failed_is_care_that_failed(told: Callable[..., Read]) -> None:
    found = told("Physical therapy, a home exercise program and naproxen failed.")
    assert _failed(found) == {"svc:PhysicalTherapy", "svc:HomeExerciseProgram", "drug:OralNaproxen"}


def test_a_gain_is_not_laid_to_a_drug_of_which_less_is_taken_in_what_spells_it_out(told: Callable[..., Read]) -> None:
    gain = "She has functional improvement: she walks again and has reduced her use of Norco."
    found = told(f"She has had 8 sessions of acupuncture. {gain}")
    assert found.one("fnd:FunctionalImprovement", "Response")["imr:toService"] == "svc:Acupuncture"


def test_care_that_helped_is_not_of_the_list_that_failed(told: Callable[..., Read]) -> None:
    found = told("Physical therapy helped, but acupuncture and chiropractic care have failed.")
    assert _failed(found) == {"svc:Acupuncture", "svc:ChiropracticManipulation"}


def test_what_has_failed_by_itself_says_nothing_of_the_drug_named_before_it(told: Callable[..., Read]) -> None:
    assert _failed(told("He takes Norco, and physical therapy has failed.")) == {"svc:PhysicalTherapy"}


def test_a_drug_that_followed_one_which_failed_has_not_failed(told: Callable[..., Read]) -> None:
    found = told("The worker failed naproxen due to stomach upset and now takes tramadol.")
    assert _failed(found) == {"drug:OralNaproxen"}


@pytest.mark.parametrize("words", ["is started", "is prescribed for the first time", "will be prescribed"])
def test_a_drug_that_is_only_begun_is_not_in_use(told: Callable[..., Read], words: str) -> None:
    assert _care(told(f"Gabapentin {words}.")) == {"drug:OralGabapentin": ("imr:PlannedCare", False)}


def test_a_drug_that_is_taken_is_in_use(told: Callable[..., Read]) -> None:
    assert _care(told("He takes gabapentin.")) == {"drug:OralGabapentin": ("imr:MedicationUse", False)}


def test_an_operation_that_is_being_considered_is_surgery_considered(told: Callable[..., Read]) -> None:
    found = told("Arthroscopic surgery is being considered.")
    assert {str(fact["imr:concept"]) for fact in found.facts} == {"fnd:SurgeryConsidered", "svc:Arthroscopy"}


def test_a_test_that_is_being_considered_is_no_surgery(told: Callable[..., Read]) -> None:
    found = told("An MRI of the knee is being considered.")
    assert "fnd:SurgeryConsidered" not in {str(fact["imr:concept"]) for fact in found.facts}


def test_a_request_states_how_the_needle_is_guided(told: Callable[..., Read]) -> None:
    found = told("The neck hurts.", item="C5-C6 epidural steroid injection under fluoroscopy")
    (guidance,) = (fact for fact in found.facts if fact["imr:concept"] == "fnd:FluoroscopicGuidance")
    assert guidance.words == ["under fluoroscopy"]


def test_a_request_that_names_no_guidance_states_none(told: Callable[..., Read]) -> None:
    found = told("The neck hurts.", item="C5-C6 epidural steroid injection")
    assert "fnd:FluoroscopicGuidance" not in {str(fact["imr:concept"]) for fact in found.facts}


def test_a_nerve_root_is_compressed_whatever_its_level_and_side(told: Callable[..., Read]) -> None:
    found = told("The MRI of the lumbar spine showed compression of the left S1 nerve root.")
    (root,) = (fact for fact in found.facts if fact["rdf:type"] == "imr:Finding")
    assert (root["imr:concept"], root["imr:laterality"]) == ("fnd:NerveRootCompression", "imr:Left")


def test_splinting_is_care_where_care_is_listed_and_a_sign_where_an_examination_is_told(
    told: Callable[..., Read],
) -> None:
    listed, examined = told("Treatment to date has included splinting."), told("Examination showed no splinting.")
    assert {str(fact["imr:concept"]) for fact in listed.facts} == {"svc:Brace"}
    assert {(str(fact["imr:concept"]), fact.absent) for fact in examined.facts} == {("fnd:MuscleGuarding", True)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("He took naproxen for six weeks.", {"drug:OralNaproxen"}),
        (
            "Acupuncture, massage and naproxen for six weeks did not control the pain.",
            {"svc:Acupuncture", "drug:OralNaproxen"},
        ),
        ("He had acupuncture, and took naproxen for six weeks.", {"drug:OralNaproxen"}),
        ("He had acupuncture for six weeks, massage and naproxen.", {"svc:Acupuncture"}),
    ],
)
def test_a_length_is_that_of_the_care_before_it_or_of_the_list_that_it_closes(
    told: Callable[..., Read], words: str, expected: set[str]
) -> None:
    lasting = {fact["imr:concept"] for fact in told(words).facts if fact["imr:weeks"] == "6"}
    assert {name for name in lasting if name in {"svc:Acupuncture", "drug:OralNaproxen"}} == expected


@pytest.mark.parametrize(
    "words", ["The physician asks for acupuncture.", "The surgeon asked for acupuncture to begin."]
)
def test_care_that_is_asked_for_was_not_given(told: Callable[..., Read], words: str) -> None:
    assert not told(words).of("svc:Acupuncture")


@pytest.mark.parametrize("words", ["wishes to delay", "would like to postpone"])
def test_an_operation_that_is_put_off_was_not_done(told: Callable[..., Read], words: str) -> None:
    assert not told(f"He {words} a total knee arthroplasty.").of("svc:TotalKneeReplacement")


def test_a_trial_that_is_finished_was_given(told: Callable[..., Read]) -> None:
    found = told("She finished a trial of six chiropractic visits.").one("svc:ChiropracticManipulation")
    assert (found["rdf:type"], found["imr:visits"]) == ("imr:Treatment", "6")


def test_a_chiropractor_who_notes_something_is_no_care(told: Callable[..., Read]) -> None:
    assert not told("The chiropractor noted decreased range of motion.").of("svc:ChiropracticManipulation")


def test_relief_in_percent_is_that_of_the_pain_behind_it(told: Callable[..., Read]) -> None:
    found = told("Diagnostic medial branch blocks at C4 and C5 relieved 80 percent of the pain.")
    assert found.one("fnd:PainRelief", "Response")["imr:reliefPercent"] == "80"


def test_an_opioid_that_is_considered_is_an_opioid_trial_considered(told: Callable[..., Read]) -> None:
    assert told("A trial of hydrocodone is being considered.").of("fnd:OpioidTrialConsidered")
    assert not told("He takes hydrocodone.").of("fnd:OpioidTrialConsidered")


def test_a_condition_that_is_suspected_is_no_diagnosis(told: Callable[..., Read]) -> None:
    found = told("An osteochondral lesion of the talus is suspected.")
    assert found.of("fnd:SuspectedOsteochondralLesion")
    assert not found.of("dx:TalarDomeLesion")
    assert told("An osteochondral lesion of the talus is present.").of("dx:TalarDomeLesion")


def test_severe_wear_of_a_joint_is_a_diagnosis_too(told: Callable[..., Read]) -> None:
    found = told("He has severe osteoarthritis of the right knee.")
    assert found.of("dx:KneeOsteoarthritis", "Diagnosis")
    assert found.of("fnd:SevereOsteoarthritisOnImaging", "Finding")


def test_a_denial_does_not_reach_past_and_that(told: Callable[..., Read]) -> None:
    found = told("He walks without a cane and that his work restrictions were reduced is noted.")
    assert not found.one("fnd:ReducedWorkRestrictions").absent


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("He had an epidural injection with pain relief for years. Then the pain returned.", None),
        ("The epidural injection gave 60% relief for 9 weeks, then the pain returned.", None),
        ("The epidural injection gave 60% relief for 4 days, then the pain returned.", "imr:Failed"),
        ("He had an epidural injection. The pain returned.", "imr:Failed"),
    ],
)
def test_pain_that_came_back_long_after_is_no_failure(
    told: Callable[..., Read], summary: str, outcome: str | None
) -> None:
    (care,) = told(summary).of("svc:EpiduralSteroidInjection", "Treatment")
    assert care["imr:outcome"] == outcome


def test_relief_in_percent_is_not_that_of_care_that_did_nothing(told: Callable[..., Read]) -> None:
    read = told("The first injection gave 70% pain relief for 8 weeks, but the next gave no relief.")
    assert read.one("fnd:NoImprovement")["imr:reliefPercent"] is None
    assert told("The tablets gave only minimal relief of 10%.").one("fnd:NoImprovement")["imr:reliefPercent"] == "10"


def test_care_after_which_a_course_went_on_did_not_take_as_long(told: Callable[..., Read]) -> None:
    read = told("He had 4 weeks of physical therapy after the surgery.")
    assert read.one("svc:PhysicalTherapy")["imr:weeks"] == "4"
    assert read.one("svc:Surgery")["imr:weeks"] is None
    assert told("After 6 weeks of therapy and naproxen he had surgery.").one("svc:Surgery")["imr:weeks"] is None
    assert told("He had 6 weeks of therapy, a brace and naproxen.").one("svc:Brace")["imr:weeks"] == "6"


@pytest.mark.parametrize(
    ("summary", "response"),
    [
        ("Functional improvement with the earlier therapy was not documented.", None),
        ("Pain relief from acupuncture was not recorded.", None),
        ("Functional improvement with therapy was documented.", "fnd:FunctionalImprovement"),
        ("Improvement with therapy was not seen.", "fnd:NoImprovement"),
    ],
)
def test_what_is_said_behind_the_care_is_said_of_the_response(
    told: Callable[..., Read], summary: str, response: str | None
) -> None:
    assert [one["imr:concept"] for one in told(summary).facts if one["rdf:type"] == "imr:Response"] == (
        [response] if response else []
    )


def test_a_complaint_that_continues_is_no_plan(told: Callable[..., Read]) -> None:
    assert told("She has continuing neck pain after the fall.").of("dx:NeckPain", "Diagnosis")
    assert told("Continuing therapy for neck pain is planned.").of("svc:PhysicalMedicineTherapy", "PlannedCare")


def test_care_that_was_not_successful_in_easing_pain_denies_no_pain(told: Callable[..., Read]) -> None:
    read = told("He had physical therapy. As it was not successful in resolving his pain, he saw a surgeon.")
    assert not any(fact.absent for fact in read.facts)
    assert read.one("svc:PhysicalTherapy")["imr:outcome"] == "imr:Failed"


def test_what_does_not_appear_to_help_did_not_help(told: Callable[..., Read]) -> None:
    read = told("He took naproxen, which did not appear to produce a lasting benefit.")
    assert read.one("drug:OralNaproxen")["imr:outcome"] == "imr:Failed"
    assert told("She does not appear depressed.").one("fnd:EmotionalDistress").absent


def test_a_program_for_managing_pain_is_no_consultation(told: Callable[..., Read]) -> None:
    read = told("He completed a chronic pain management program.")
    assert [fact["imr:concept"] for fact in read.facts] == ["svc:MultidisciplinaryPainProgram"]
    assert not told("He was seen by pain management.").of("svc:MultidisciplinaryPainProgram")


@pytest.mark.parametrize(
    ("summary", "failed"),
    [
        ("He has knee pain despite acupuncture and naproxen.", {"svc:Acupuncture", "drug:OralNaproxen"}),
        ("In spite of acupuncture, the knee pain persists with naproxen.", {"svc:Acupuncture"}),
        ("He had acupuncture, and has knee pain despite naproxen.", {"drug:OralNaproxen"}),
        ("Despite acupuncture he works.", set()),
        ("Despite knee pain he takes naproxen.", set()),
        ("Despite acupuncture, the numbness has resolved.", set()),
    ],
)
def test_care_despite_which_a_complaint_lasts_has_failed(
    told: Callable[..., Read], summary: str, failed: set[str]
) -> None:
    assert {one["imr:concept"] for one in told(summary).facts if one["imr:outcome"] == "imr:Failed"} == failed


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("The surgeon recommended a lumbar fusion, which was performed in May.", "Treatment"),
        ("The surgeon recommended a lumbar fusion and therapy, which was done.", "PlannedCare"),
        ("The surgeon recommended a lumbar fusion.", "PlannedCare"),
    ],
)
def test_what_was_recommended_and_then_done_was_done(told: Callable[..., Read], summary: str, kind: str) -> None:
    assert told(summary).one("svc:LumbarFusion")["rdf:type"] == f"imr:{kind}"


def test_a_side_and_a_place_may_stand_between_a_number_and_care_in_the_plural(told: Callable[..., Read]) -> None:
    assert told("He received two right knee arthroscopies.").one("svc:KneeArthroscopy")["imr:visits"] == "2"
    assert told("He received level 2 right knee arthroscopy.").one("svc:KneeArthroscopy")["imr:visits"] is None


def test_what_would_be_without_care_is_not_so(told: Callable[..., Read]) -> None:
    assert not told("Without the tablets he would be unable to work.").of("fnd:TemporaryTotalDisability")
    assert told("He was unable to work.").of("fnd:TemporaryTotalDisability")
    assert not told("A brace would be required.").of("svc:Brace", "Treatment")


def test_what_is_not_in_the_record_was_not_therefore_denied(told: Callable[..., Read]) -> None:
    assert not told("No urine drug test was in the record.").of("svc:UrineDrugTest")
    assert told("He has had no urine drug test.").one("svc:UrineDrugTest").absent


def test_what_was_believed_to_be_there_is_no_diagnosis(told: Callable[..., Read]) -> None:
    read = told("What was believed to be a knee sprain proved to be a meniscal tear.")
    assert not read.of("dx:KneeSprain", "Diagnosis")
    assert read.of("dx:MeniscalTear", "Diagnosis")


def test_who_has_done_well_in_therapy_was_helped_by_it(told: Callable[..., Read]) -> None:
    assert told("He had done well in physical therapy.").one("svc:PhysicalTherapy")["imr:outcome"] == "imr:Helped"


@pytest.mark.parametrize(
    ("sentence", "relief", "gain"),
    [
        ("Therapy improved his range of motion by 30% and decreased pain by 50%.", "50", "30"),
        ("Norco decreased pain by 50% and improved function by 20%.", "50", "20"),
        ("He had 60% pain relief from the injection and 30% better function.", "60", "30"),
    ],
)
def test_each_percentage_goes_with_its_own_gain(
    told: Callable[[str], Read], sentence: str, relief: str, gain: str
) -> None:
    percents = {
        fact["imr:concept"]: fact["imr:reliefPercent"] for fact in told(sentence).facts if fact["imr:reliefPercent"]
    }
    assert percents.pop("fnd:PainRelief") == relief
    assert list(percents.values()) == [gain]


@pytest.mark.parametrize(
    "sentence",
    [
        "He had three knee injections, but none has provided lasting relief.",
        "She has had several knee injections but none have afforded relief.",
    ],
)
def test_care_of_which_none_brought_relief_failed(told: Callable[[str], Read], sentence: str) -> None:
    read = told(sentence)
    assert [fact["imr:outcome"] for fact in read.facts if fact["rdf:type"] == "imr:Treatment"] == ["imr:Failed"]
    assert not read.of("fnd:PainRelief")


def test_none_and_some_of_the_care_differ(told: Callable[[str], Read]) -> None:
    assert not told("None of the injections gave lasting relief.").of("fnd:PainRelief")
    assert told("Some of the injections gave relief.").of("fnd:PainRelief")


def test_nobody_responds_to_care_that_was_not_given(told: Callable[[str], Read]) -> None:
    read = told("She has not had any surgery. Her symptoms have improved.")
    assert read.one("fnd:PartialImprovement")["imr:toService"] is None
    read = told("She has had surgery. Her symptoms have improved.")
    assert read.one("fnd:PartialImprovement")["imr:toService"] == "svc:Surgery"


def test_options_that_are_exhausted_are_no_tired_worker(told: Callable[[str], Read]) -> None:
    read = told("All conservative options were exhausted.")
    assert read.of("fnd:AllOtherTreatmentsExhausted")
    assert not read.of("fnd:Fatigue")
    assert told("She was exhausted.").of("fnd:Fatigue")


def test_initials_of_care_in_brackets_ask_for_nothing(told: Callable[[str], Read]) -> None:
    read = told("Treatment included radiofrequency ablation (RFA) with 60% pain relief, acupuncture and massage.")
    assert read.of("svc:Acupuncture", "Treatment")
    assert read.one("fnd:PainRelief")["imr:toService"] == "svc:RadiofrequencyAblation"
    assert not told("The request for authorization (RFA) is for acupuncture.").of("svc:Acupuncture", "Treatment")


@pytest.mark.parametrize(
    "words",
    [
        "8 of 12 authorized physical therapy sessions",
        "8/12 physical therapy sessions",
        "8 out of 12 physical therapy visits",
        "8/8 sessions of physical therapy",
    ],
)
def test_of_the_visits_allowed_those_made_are_counted(told: Callable[[str], Read], words: str) -> None:
    assert told(f"He completed {words}.").one("svc:PhysicalTherapy")["imr:visits"] == "8"


@pytest.mark.parametrize("sentence", ["His pain is 8/10 with therapy.", "Strength was 4/5 and injections were given."])
def test_a_grade_is_no_number_of_visits(told: Callable[[str], Read], sentence: str) -> None:
    assert all(fact["imr:visits"] is None for fact in told(sentence).facts)


def test_pain_that_falls_is_no_drug_that_is_used_less(told: Callable[[str], Read]) -> None:
    read = told("The medication decreases pain from 8/10 to 4/10.")
    assert read.of("fnd:PainRelief")
    assert not read.of("fnd:ReducedMedicationUse")
    assert told("The injection led to decreased medication use.").of("fnd:ReducedMedicationUse")


def test_care_for_which_the_worker_was_cleared_is_to_come(told: Callable[[str], Read]) -> None:
    assert told("She was medically cleared for a lumbar fusion.").one("svc:LumbarFusion", "PlannedCare")
    assert told("The rash cleared after a lumbar fusion.").one("svc:LumbarFusion", "Treatment")
