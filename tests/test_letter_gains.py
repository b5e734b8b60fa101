"""What care led to, told by measures and by what is possible again, and which care it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read

SIX_VISITS = "She attended six PT sessions. "


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Abduction went from 90 to 145 degrees.", "fnd:ImprovedRangeOfMotion"),
        ("Sitting tolerance rose from 15 to 45 minutes.", "fnd:FunctionalImprovement"),
        ("Oswestry went from 48% to 28%.", "fnd:FunctionalImprovement"),
        ("She can now lift 30 pounds.", "fnd:FunctionalImprovement"),
        ("She has resumed walking and cooking.", "fnd:FunctionalImprovement"),
        ("She can now drive, cook and shop, and needs only Tylenol.", "fnd:FunctionalImprovement"),
        ("Pain fell from 8/10 to 4/10 and she can now drive.", "fnd:FunctionalImprovement"),
        ("She is back on light duty.", "fnd:ReducedWorkRestrictions"),
        ("Work restrictions were lifted so that she works full duty.", "fnd:ReducedWorkRestrictions"),
        ("She was released from TTD to modified duty.", "fnd:ReducedWorkRestrictions"),
        ("Her function has improved.", "fnd:FunctionalImprovement"),
        ("Walking increased from 10 to 40 minutes, and she stopped tramadol.", "fnd:FunctionalImprovement"),
        ("Flexion improved from 85 to 120 degrees, and she is off crutches.", "fnd:ImprovedRangeOfMotion"),
        ("There was functional improvement with decreased pain medication.", "fnd:FunctionalImprovement"),
    ],
)
def test_a_gain_is_that_of_the_care_told_before(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    gains = told(SIX_VISITS + sentence).of(concept)
    assert gains
    assert {gain["imr:toService"] for gain in gains} == {"svc:PhysicalTherapy"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Abduction went from 145 to 90 degrees.",
        "Sitting tolerance fell from 45 to 15 minutes.",
        "Oswestry went from 28% to 48%.",
        "She cannot lift 30 pounds.",
        "She would like to return to modified duty.",
        "She is expected to be back on light duty.",
        "She went from full duty back to modified duty.",
        "She was put back on light duty because the pain worsened.",
        "Sitting tolerance should rise from 15 to 45 minutes.",
        "There is no evidence that Oswestry went from 48% to 28%.",
        "Range of motion of the knee is from 0 to 120 degrees.",
        "Flexion ranged from 40 to 60 degrees.",
        "Abduction is painful from 90 to 120 degrees.",
        "Left flexion is 60 degrees compared to 40 on the right.",
        "She sits from 15 to 30 minutes at a time.",
        "Care for the knee went from 6 to 12 visits.",
        "She can now lift only 5 pounds.",
        "She can now barely walk.",
        "Difficulty walking increased from 2 to 4 hours a day.",
        "She can now sit for 10 minutes instead of 30.",
        "It is hoped that she can now work.",
        "She resumed driving before the injury.",
        "She has returned to lying in bed.",
        "She went back to sitting most of the day.",
    ],
)
def test_a_loss_or_a_hope_is_no_gain(told: Callable[[str], Read], sentence: str) -> None:
    gains = {
        "fnd:ImprovedRangeOfMotion",
        "fnd:FunctionalImprovement",
        "fnd:ReducedWorkRestrictions",
        "fnd:ImprovedGait",
    }
    assert gains.isdisjoint({fact["imr:concept"] for fact in told(SIX_VISITS + sentence).facts if not fact.absent})


def test_the_drug_of_which_less_is_used_is_not_the_cause(told: Callable[[str], Read]) -> None:
    read = told(
        "As a result of acupuncture his Norco use fell from 3 a day to 1 a day, and work restrictions were lifted."
    )
    assert read.one("fnd:ReducedWorkRestrictions")["imr:toService"] == "svc:Acupuncture"


def test_a_drug_as_means_is_the_cause(told: Callable[[str], Read]) -> None:
    read = told("He had acupuncture. With Norco pain went from 8/10 to 4/10.")
    assert read.one("fnd:PainRelief")["imr:toService"] == "drug:Norco"


def test_what_one_does_unaided_is_no_failure_of_care(told: Callable[[str], Read]) -> None:
    read = told(SIX_VISITS + "She can now dress without help.")
    assert read.one("svc:PhysicalTherapy")["imr:outcome"] is None
    assert not read.of("fnd:NoImprovement")


def test_what_she_could_not_do_before_is_no_failure_of_care(told: Callable[[str], Read]) -> None:
    read = told("He takes Norco. She cooks and cleans, none of which she could do before.")
    assert read.one("drug:Norco")["imr:outcome"] is None


def test_what_he_did_not_find_helpful_has_failed(told: Callable[[str], Read]) -> None:
    read = told("He tried Norco and ibuprofen, none of which he found helpful.")
    assert read.one("drug:Norco")["imr:outcome"] == "imr:Failed"


def test_a_score_of_mood_that_falls_tells_how_the_mind_fares(told: Callable[[str], Read]) -> None:
    assert told("His BDI score dropped from 31 to 16.").of("fnd:PsychologicalStateDocumented")
    assert not told("His BDI score rose from 16 to 31.").of("fnd:PsychologicalStateDocumented")


def test_therapy_that_a_surgeon_prescribed_is_still_to_come(told: Callable[[str], Read]) -> None:
    assert told("The surgeon prescribed PT twice a week for six weeks.").one("svc:PhysicalTherapy", "PlannedCare")
    was = told("He was prescribed PT twice a week for six weeks, which helped.").one("svc:PhysicalTherapy", "Treatment")
    assert was["imr:visits"] == "12"
    helped = told("The surgeon prescribed PT in May 2014, which helped.").one("svc:PhysicalTherapy", "Treatment")
    assert helped["imr:outcome"] == "imr:Helped"


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Radiographs show osteoarthritis of the right hand.", "dx:HandOsteoarthritis"),
        ("X-rays of the right knee showed osteoarthritis.", "dx:KneeOsteoarthritis"),
    ],
)
def test_osteoarthritis_on_an_image_is_a_diagnosis(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).of(concept, "Diagnosis")
    assert told(sentence).of("fnd:OsteoarthritisOnImaging")


def test_osteoarthritis_that_an_image_does_not_show_is_none(told: Callable[[str], Read]) -> None:
    assert not told("X-rays of the right knee showed no osteoarthritis.").of("dx:KneeOsteoarthritis")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("It takes her two hours to fall asleep.", "fnd:Numbness"),
        ("She has no family or friend who can drive her.", "fnd:DrivesSelf"),
        ("She was taught how to use crutches.", "fnd:HomeExerciseInstruction"),
        ("Wound care was explained, with instructions given to his wife.", "fnd:OverdoseEducation"),
        ("She wears a collar in which she was instructed.", "fnd:HomeExerciseInstruction"),
        ("The clinic is 60 miles from her home.", "fnd:AppointmentNearby"),
        ("He must stop smoking to qualify for surgery.", "fnd:WeightLossServesRecovery"),
        ("Because of back pain she goes to sleep late.", "fnd:Numbness"),
    ],
)
def test_words_that_need_something_beside_them_say_no_more(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert not told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("His right hand falls asleep.", "fnd:Numbness"),
        ("He was taught how to use the home exercise kit.", "fnd:HomeExerciseInstruction"),
        ("Narcan was dispensed with instructions.", "fnd:OverdoseEducation"),
        ("Good sleep habits were taught.", "fnd:InsomniaEvaluated"),
        ("He is unable to return to his job.", "fnd:FunctionalLimitation"),
    ],
)
def test_words_beside_what_they_need_are_meant(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).of(concept)


def test_what_is_not_done_until_something_asks_for_that(told: Callable[[str], Read]) -> None:
    assert not told("The surgeon will not operate until she loses weight.").one("fnd:WeightLossServesRecovery").absent
    assert told("She will have knee surgery without weight loss before surgery.").of("svc:KneeSurgery")


@pytest.mark.parametrize(
    "sentence", ["Trials of amitriptyline and of gabapentin both failed.", "A trial of gabapentin failed."]
)
def test_a_trial_that_failed_is_not_planned(told: Callable[[str], Read], sentence: str) -> None:
    gabapentin = told(sentence).one("drug:OralGabapentin")
    assert gabapentin["imr:outcome"] == "imr:Failed"
    assert gabapentin["rdf:type"] != "imr:PlannedCare"


def test_a_trial_is_planned_because_something_else_failed(told: Callable[[str], Read]) -> None:
    assert told("A trial of gabapentin is recommended since NSAIDs failed.").one("drug:OralGabapentin", "PlannedCare")


@pytest.mark.parametrize(
    "sentence",
    [
        "Trial of nortriptyline, as gabapentin failed.",
        "Trial of nortriptyline after gabapentin had failed.",
        "Trial of nortriptyline to follow a failed trial of gabapentin.",
    ],
)
def test_the_trial_that_follows_one_that_failed_is_to_come(told: Callable[[str], Read], sentence: str) -> None:
    read = told(sentence)
    assert not [one for one in read.of("drug:OralNortriptyline") if one["rdf:type"] != "imr:PlannedCare"]
    assert read.one("drug:OralGabapentin")["imr:outcome"] == "imr:Failed"


def test_relief_by_half_is_fifty_percent(told: Callable[[str], Read]) -> None:
    assert told("Lyrica cuts the burning pain by half.").one("fnd:PainRelief")["imr:reliefPercent"] == "50"
    assert not told("He cuts the lawn by half past eight.").of("fnd:PainRelief")
    assert told("Lyrica relieves pain half of the time.").one("fnd:PainRelief")["imr:reliefPercent"] is None


@pytest.mark.parametrize(
    ("sentence", "service"),
    [
        ("Six acupuncture visits were approved and completed in May 2014.", "svc:Acupuncture"),
        ("His epidural was authorized and gave 60% relief for 8 weeks.", "svc:EpiduralSteroidInjection"),
        ("Six acupuncture visits were approved and she completed them by June.", "svc:Acupuncture"),
        ("The previously approved acupuncture was completed in May 2014.", "svc:Acupuncture"),
    ],
)
def test_care_that_was_granted_and_given_is_of_the_record(
    told: Callable[[str], Read], sentence: str, service: str
) -> None:
    assert told(sentence).of(service, "Treatment")


@pytest.mark.parametrize(
    "sentence",
    [
        "Six visits of physical therapy were approved.",
        "Utilization review approved six visits of physical therapy, which were completed.",
        "Physical therapy was certified for 6 visits as there was no functional improvement.",
        "He was authorized 12 visits of physical therapy and attended 8.",
        "Physical therapy was authorized and will be completed by June.",
        "Twelve visits of physical therapy were approved but only one was completed.",
        "Physical therapy was approved and surgery was performed.",
        "Physical therapy was authorized so that function is improved.",
        "Twelve sessions of PT were previously approved, 6 completed.",
    ],
)
def test_what_review_only_granted_is_no_care_given(told: Callable[[str], Read], sentence: str) -> None:
    assert not told(sentence).of("svc:PhysicalTherapy")


@pytest.mark.parametrize(
    ("summary", "concept", "service"),
    [
        (
            "He has had six visits of chiropractic care. Since then he can now sit for an hour and uses Motrin only "
            "occasionally. Pain decreased from 7/10 to 4/10.",
            "fnd:FunctionalImprovement",
            "svc:ChiropracticManipulation",
        ),
        (
            "After acupuncture she increased her work day from four to six hours.",
            "fnd:FunctionalImprovement",
            "svc:Acupuncture",
        ),
        (
            "H-wave gave a 60% decrease in pain, less medication, and the ability to lift groceries.",
            "fnd:FunctionalImprovement",
            "svc:HWaveStimulation",
        ),
        ("Her pain is 8/10, which decreases to 4/10 with Norco.", "fnd:PainRelief", "drug:Norco"),
        (
            "She had acupuncture (no relief) and a lumbar epidural injection with 60% relief for two months.",
            "fnd:PainRelief",
            "svc:LumbarEpiduralSteroidInjection",
        ),
    ],
)
def test_the_care_to_which_a_gain_is_owed(
    told: Callable[[str], Read], summary: str, concept: str, service: str
) -> None:
    assert {gain["imr:toService"] for gain in told(summary).of(concept)} == {service}


@pytest.mark.parametrize(
    "summary",
    [
        "After acupuncture she decreased her work day from six to four hours.",
        "The ability to lift was lost after therapy.",
        "Back pain is 8/10, knee pain 4/10 with Norco.",
    ],
)
def test_less_work_and_another_pain_are_no_gain(told: Callable[[str], Read], summary: str) -> None:
    read = told(summary)
    assert not read.of("fnd:FunctionalImprovement")
    assert not read.of("fnd:PainRelief")


def test_less_of_a_drug_that_was_possible_is_not_planned(told: Callable[[str], Read]) -> None:
    assert told("TENS was used and he was able to decrease Norco.").one("drug:Norco")["rdf:type"] == "imr:MedicationUse"
    assert told("The plan is to decrease Norco.").one("drug:Norco")["rdf:type"] == "imr:PlannedCare"


def test_a_helper_is_no_outcome_of_care(told: Callable[[str], Read]) -> None:
    assert told("He has no one to help him at home after surgery.").one("svc:Surgery")["imr:outcome"] is None
    assert told("Therapy did not help him.").one("svc:PhysicalMedicineTherapy")["imr:outcome"] == "imr:Failed"


def test_care_that_the_worker_cannot_do_was_not_given(told: Callable[[str], Read]) -> None:
    assert not told("He is unable to perform dressing changes.").of("svc:WoundCare")
    assert told("A nurse performs dressing changes.").of("svc:WoundCare")


def test_care_that_somebody_wishes_to_add_is_planned(told: Callable[[str], Read]) -> None:
    read = told("The psychologist wishes to add four biofeedback sessions.")
    assert read.one("svc:Biofeedback")["rdf:type"] == "imr:PlannedCare"


@pytest.mark.parametrize(
    ("sentence", "by_drug"),
    [
        ("The pain is 8/10, which decreases to 4/10 with Norco.", True),
        ("He takes Norco. The pain is 8/10 and falls to 4/10 with medication.", True),
        ("He takes Norco. The pain is 8/10, which decreases to 4/10 with physical therapy.", False),
        ("The pain is 8/10, which decreases to 4/10 with ice.", False),
        ("Pain is 8/10, and decreases to 4/10 with rest.", False),
    ],
)
def test_relief_by_rest_or_by_other_care_is_none_by_a_drug(
    told: Callable[[str], Read], sentence: str, by_drug: bool
) -> None:
    assert bool(told(sentence).of("fnd:AnalgesiaDocumented")) is by_drug


@pytest.mark.parametrize(
    ("sentence", "by_drug"),
    [
        ("He takes Norco, which lets him return to gardening.", True),
        ("He takes Norco. Physical therapy let him return to gardening.", False),
    ],
)
def test_what_other_care_lets_a_worker_do_is_not_done_on_a_drug(
    told: Callable[[str], Read], sentence: str, by_drug: bool
) -> None:
    assert bool(told(sentence).of("fnd:FunctionDocumented")) is by_drug
