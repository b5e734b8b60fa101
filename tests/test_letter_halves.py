"""Words that say less than they seem to: of a part only, of the time before the injury, of something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


@pytest.mark.parametrize(
    "sentence",
    [
        "Before his injury he walked without a limp.",
        "He had full motion of the shoulder and no numbness prior to the accident.",
        "Until the work accident, his strength was normal.",
        "He denied back pain before the fall at work.",
        "Her knee pain was much better before the incident.",
        "Before the injury he worked full duty.",
    ],
)
def test_how_the_worker_was_before_the_injury_is_no_finding(told: Callable[[str], Read], sentence: str) -> None:
    assert [fact for fact in told(sentence).facts if fact.values["rdf:type"] != ["imr:Diagnosis"]] == []
    assert not [fact for fact in told(sentence).facts if fact.absent]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Before his injury he walked normally, but now he limps.", "fnd:AntalgicGait"),
        ("He had a lumbar fusion before the injury.", "svc:LumbarFusion"),
        ("He had neck pain before the injury.", "dx:NeckPain"),
        ("He has had numbness of the hand since the injury.", "fnd:Numbness"),
        ("Before physical therapy he had numbness of the hand.", "fnd:Numbness"),
    ],
)
def test_what_is_told_beside_the_time_before_the_injury_stays(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert told(sentence).of(concept)


@pytest.mark.parametrize(
    "sentence",
    [
        "She reports no other back pain.",
        "He denies prior neck pain.",
        "There was no previous knee pain.",
        "He has no posterior hip pain.",
        "She denies back pain while sitting.",
        "He has no knee pain with walking.",
        "There is no numbness after driving.",
        "He has had no recent physical therapy.",
    ],
)
def test_what_is_denied_in_part_is_not_denied(told: Callable[[str], Read], sentence: str) -> None:
    assert not [
        fact
        for fact in told(sentence).facts
        if fact.values["imr:concept"] != ["fnd:WeightBearingPain"]
        and not fact.values["imr:concept"][0].startswith("fnd:PainWith")
    ]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There is no numbness.", "fnd:Numbness"),
        ("He denies neck pain.", "dx:NeckPain"),
        ("He has had no prior physical therapy.", "svc:PhysicalTherapy"),
        ("There is no tenderness with palpation.", "fnd:Tenderness"),
        ("He denies any feeling of weakness.", "fnd:MotorWeakness"),
        ("No swelling is seen after the injection.", "fnd:Swelling"),
    ],
)
def test_what_is_denied_outright_stays_denied(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).one(concept).absent


def test_no_and_improved_denies_no_gain(told: Callable[[str], Read]) -> None:
    read = told("After the injection there is no leg pain and improved back pain.")
    assert read.one("fnd:PainRelief").absent is False
    assert not read.of("fnd:NoImprovement")
    assert told("There was no pain or functional improvement.").one("fnd:FunctionalImprovement").absent


@pytest.mark.parametrize(
    "sentence",
    [
        "He is able to return to work.",
        "She hopes to go back to work.",
        "He is capable of returning to his job.",
        "He could return to regular duty.",
    ],
)
def test_a_return_to_work_that_may_come_has_not_come(told: Callable[[str], Read], sentence: str) -> None:
    read = told(sentence)
    assert not read.of("fnd:ReturnedToWork")
    assert not read.of("fnd:ReturnedToFullDuty")


def test_a_return_to_work_that_came_is_told(told: Callable[[str], Read]) -> None:
    assert told("After surgery he returned to work in May.").of("fnd:ReturnedToWork")
    assert told("She has returned to work with restrictions.").of("fnd:ReturnedToWork")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He could not tolerate prolonged sitting.", "fnd:MedicationIntolerance"),
        ("She cannot take time off.", "fnd:MedicationIntolerance"),
        ("The fumes made him sick.", "fnd:MedicationIntolerance"),
        ("He takes Norco and cannot tolerate the brace.", "fnd:MedicationIntolerance"),
        ("He takes less time to dress.", "fnd:MedicationUseDocumented"),
        ("She no longer needs a cane.", "fnd:MedicationUseDocumented"),
        ("The employer lets him sit down.", "fnd:FunctionalImprovement"),
        ("He was pushing on a heavy door.", "fnd:CompressionOnImaging"),
        ("The scar extends into the groin.", "fnd:RadiatingPain"),
        ("An osteophyte is extending into the recess.", "fnd:RadiatingPain"),
        ("The rash spreads to the arm.", "fnd:RadiatingArmPain"),
        ("He is anxious about the hearing.", "fnd:MotivatedToChange"),
        ("It was determined that the claim is accepted.", "fnd:MotivatedToChange"),
        ("The employer wants a report.", "fnd:MotivatedToChange"),
        ("He tried to brace his fall with the hand.", "svc:Brace"),
    ],
)
def test_words_that_speak_of_something_else_tell_nothing(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert not told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He could not tolerate naproxen.", "fnd:MedicationIntolerance"),
        ("Gabapentin was tried. It made him sick.", "fnd:MedicationIntolerance"),
        ("She uses less Norco since surgery.", "fnd:MedicationUseDocumented"),
        ("The brace lets him sit longer.", "fnd:FunctionalImprovement"),
        ("Neck pain extends into the arm.", "fnd:RadiatingArmPain"),
        ("He is eager to get better.", "fnd:MotivatedToChange"),
        ("She is motivated to return to work.", "fnd:MotivatedToChange"),
        ("The protrusion is pressing on the S1 nerve root.", "fnd:NerveRootCompression"),
    ],
)
def test_the_same_words_tell_of_what_stands_beside_them(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert told(sentence).of(concept)


def test_a_root_that_is_not_compressed_denies_no_radiculopathy(told: Callable[[str], Read]) -> None:
    read = told("A bulge was found without nerve root compression.")
    assert read.one("fnd:NerveRootCompression").absent
    assert not read.of("dx:Radiculopathy")
    assert told("He denies radicular pain.").one("dx:RadicularPain").absent


def test_care_that_the_worker_goes_on_with_is_under_way(told: Callable[[str], Read]) -> None:
    assert told("He continues acupuncture twice a week.").one("svc:Acupuncture").values["rdf:type"] == ["imr:Treatment"]
    planned = told("The plan is that she continues acupuncture.").one("svc:Acupuncture")
    assert planned.values["rdf:type"] == ["imr:PlannedCare"]
    assert told("Continue acupuncture.").one("svc:Acupuncture").values["rdf:type"] == ["imr:PlannedCare"]


def test_a_drug_given_because_another_was_not_tolerated_has_not_failed(told: Callable[[str], Read]) -> None:
    read = told("He was prescribed tramadol because he could not tolerate naproxen.")
    assert "imr:outcome" not in read.one("drug:OralTramadol").values
    assert read.one("drug:OralNaproxen").values["imr:outcome"] == ["imr:Failed"]


def test_a_denial_within_one_diagnosis_reaches_no_further_one(told: Callable[[str], Read]) -> None:
    read = told("Diagnoses include disc displacement without myelopathy, lumbar radiculitis, and insomnia.")
    assert read.one("dx:Myelopathy").absent
    assert not read.one("dx:LumbarRadiculopathy").absent
    assert not read.one("dx:Insomnia").absent


def test_a_list_that_goes_on_to_what_was_found_is_not_denied(told: Callable[[str], Read]) -> None:
    read = told("Exam showed no atrophy, decreased range of motion, and tenderness.")
    assert read.one("fnd:MuscleAtrophy").absent
    assert not read.one("fnd:DecreasedRangeOfMotion").absent
    assert not read.one("fnd:Tenderness").absent
    symptoms = told("He has pain without numbness, tingling, weakness.")
    assert symptoms.one("fnd:MotorWeakness").absent


def test_the_opposite_result_of_a_test_is_not_that_of_the_sign_before_it(told: Callable[[str], Read]) -> None:
    read = told("There is spasm, and straight leg raise is positive on the left, negative on the right.")
    assert [fact.absent for fact in read.of("fnd:MuscleSpasm")] == [False]
    assert len(read.of("fnd:StraightLegRaisePositive")) == 2


def test_a_percentage_of_relief_is_that_of_no_other_response(told: Callable[[str], Read]) -> None:
    read = told("The injection gave 60% relief, decreased medication use and improved function.")
    assert read.one("fnd:PainRelief").values["imr:reliefPercent"] == ["60"]
    assert "imr:reliefPercent" not in read.one("fnd:FunctionalImprovement").values
    assert told("Function improved by 40% with therapy.").one("fnd:FunctionalImprovement").values["imr:reliefPercent"]


def test_what_care_is_recommended_for_is_no_care_given(told: Callable[[str], Read]) -> None:
    assert not told("Six more visits were recommended for strengthening.").of("svc:TherapeuticExercise")
    read = told("An injection was recommended for the shoulder and therapy was given.")
    assert read.one("svc:PhysicalMedicineTherapy").values["rdf:type"] == ["imr:Treatment"]


def test_recent_care_that_was_not_had_is_not_denied_for_good(told: Callable[[str], Read]) -> None:
    assert not told("She had not had any recent imaging.").of("svc:Imaging")
    assert told("She has not had any imaging.").one("svc:Imaging").absent


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There is a positive Lachman with full extension of the knee.", "fnd:LachmanPositive"),
        ("He had a positive straight leg raise on the right and full strength.", "fnd:StraightLegRaisePositive"),
        ("Positive Neer and Hawkins tests without instability.", "fnd:NeerPositive"),
        ("A positive Phalen test with no pain at the elbow.", "fnd:PhalenPositive"),
    ],
)
def test_a_test_called_positive_stays_so_whatever_else_is_well(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert [finding.values["imr:polarity"] for finding in told(sentence).of(concept)] == [["imr:Present"]]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Diagnosis: lumbar strain without radiculopathy, fracture or infection.", "dx:Fracture"),
        ("There is no weakness, numbness, decreased reflexes.", "fnd:Numbness"),
        ("She denies nausea while taking naproxen.", "fnd:Nausea"),
        ("There were no spasms during the examination.", "fnd:MuscleSpasm"),
        ("He has no leg pain after the injection.", "dx:LegPain"),
        ("She denies any prior history of peptic ulcer.", "fnd:HistoryOfUlcer"),
    ],
)
def test_a_denial_holds_for_what_it_lists_and_whatever_was_going_on(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert [fact.values["imr:polarity"] for fact in told(sentence).of(concept)] == [["imr:Absent"]]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There were no additional red flags.", "fnd:RedFlag"),
        ("No additional weakness was found.", "fnd:MotorWeakness"),
        ("Medications are unchanged.", "fnd:NoImprovement"),
        ("He cannot tolerate sitting.", "fnd:MedicationIntolerance"),
    ],
)
def test_neither_more_of_it_nor_none_of_it_is_told(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert not told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Physical therapy resulted in no change.", "fnd:NoImprovement"),
        ("There was no change after the epidural steroid injection.", "fnd:NoImprovement"),
        ("She is unable to tolerate sitting.", "fnd:PainWithSitting"),
        ("Her back symptoms are extending to both legs.", "fnd:RadiatingLegPain"),
        ("His activities are limited compared with before the injury.", "fnd:FunctionalLimitation"),
        ("Before the accident he was well, and he has had numbness since.", "fnd:Numbness"),
        ("The orthopedic consultant found a positive Lachman test.", "fnd:LachmanPositive"),
        ("Her depression needs to be treated.", "dx:Depression"),
        ("A friend drove her here because of low back pain.", "dx:LowBackPain"),
    ],
)
def test_what_is_said_by_the_way_is_told_all_the_same(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert [fact.values["imr:polarity"] for fact in told(sentence).of(concept)] == [["imr:Present"]]


# --- a denial in the name of one thing that reaches the next


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There are no signs of misuse or drug-seeking behavior.", "fnd:AberrantBehavior"),
        ("There is no evidence of abuse, diversion of medication or early refills.", "fnd:DrugDiversion"),
        ("She denies misuse or diversion of her medication.", "fnd:DrugDiversion"),
        ("There is no change in symptoms or new numbness.", "fnd:Numbness"),
    ],
)
def test_a_denial_within_a_name_reaches_what_is_listed_with_it(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert told(sentence).one(concept).absent


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There is no aberrant behavior, and numbness is reported.", "fnd:Numbness"),
        ("There is no aberrant behavior. Overuse of medication was seen.", "fnd:AberrantBehavior"),
        ("No change in symptoms, or she has numbness when she sits.", "fnd:Numbness"),
    ],
)
def test_what_a_new_clause_tells_is_not_denied_along(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert not told(sentence).one(concept).absent


@pytest.mark.parametrize(
    "sentence", ["He has never abused or diverted his medications.", "She has not misused her opioids."]
)
def test_drugs_that_were_never_misused_are_still_taken(told: Callable[[str], Read], sentence: str) -> None:
    read = told(sentence)
    assert read.of("fnd:AberrantBehaviorReviewed")
    assert not [fact for fact in read.facts if fact.absent]


def test_who_was_never_abused_tells_nothing_of_drugs(told: Callable[[str], Read]) -> None:
    assert not told("She was never abused.").facts
