"""What is only aimed at, asked for, untested or told of patients at large, and who only found a thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


@pytest.mark.parametrize(
    "sentence",
    [
        "Therapy is requested for increased endurance and better mobility.",
        "Physical therapy to increase mobility was begun.",
        "He uses ice to reduce the pain.",
        "The patient will report less pain.",
        "A block must show pain relief of 70%.",
        "It is not documented that function has improved.",
        "The brace is to allow him to work.",
        "He has back pain with increased flexion.",
        "Pain is worse when he sits longer than ten minutes.",
        "Norco reduces pain by half in most patients.",
        "Acupuncture was found helpful in clinical trials.",
    ],
)
def test_what_is_aimed_at_or_holds_of_others_is_no_response(told: Callable[[str], Read], sentence: str) -> None:
    assert not [fact for fact in told(sentence).facts if fact.values["rdf:type"] == ["imr:Response"]]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Norco helps to reduce his pain.", "fnd:PainRelief"),
        ("After therapy he reports increased endurance.", "fnd:ImprovedGait"),
        ("The injection reduced his pain, and he went back to work.", "fnd:ReturnedToWork"),
        ("The brace allows him to walk.", "fnd:FunctionalImprovement"),
    ],
)
def test_what_care_brought_is_a_response(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Spurling was not tested.", "fnd:SpurlingPositive"),
        ("McMurray's maneuver could not be done.", "fnd:McMurrayPositive"),
        ("Tinel's over the wrist was not checked.", "fnd:TinelPositive"),
        ("A home exercise program was not given.", "fnd:HomeExerciseProgramOngoing"),
        ("Radicular pain must be in a dermatomal pattern.", "dx:RadicularPain"),
        ("Straight leg raise exercises were taught.", "fnd:StraightLegRaisePositive"),
        ("Norco is taken for flare-ups only.", "fnd:AcuteExacerbation"),
        ("He came back to the office.", "fnd:Recurrence"),
        ("Do not drive for six weeks.", "fnd:DrivesSelf"),
        ("There is sensitivity to light palpation.", "fnd:VisionComplaint"),
        ("The strain was diagnosed by her chiropractor.", "svc:ChiropracticManipulation"),
        ("The QME found no weakness.", "svc:WorkRestrictionOpinion"),
        ("He presents for initial evaluation of the shoulder.", "svc:SpecialistReferral"),
        ("A fusion is not necessary.", "svc:SpinalFusion"),
        ("A rib fracture was believed to be healed.", "fnd:SuspectedFracture"),
        ("Opioids must be avoided.", "drug:Opioid"),
    ],
)
def test_what_was_not_tested_given_or_found_is_no_fact(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert not told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Spurling was positive.", "fnd:SpurlingPositive"),
        ("He was seen by a chiropractor for six visits.", "svc:ChiropracticManipulation"),
        ("She had a flare-up last week.", "fnd:AcuteExacerbation"),
        ("The numbness has come back.", "fnd:Recurrence"),
        ("He has back pain that must be treated.", "dx:LowBackPain"),
        ("She consulted a surgeon.", "svc:SpecialistReferral"),
        ("A meniscal tear is suspected.", "fnd:SuspectedMeniscalTear"),
    ],
)
def test_what_was_found_stays(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).of(concept)


def test_ultrasound_beside_heat_is_treatment(told: Callable[[str], Read]) -> None:
    assert told("He had heat, ultrasound and massage.").of("svc:TherapeuticUltrasound")
    assert told("An ultrasound of the shoulder showed a tear.").of("svc:ShoulderUltrasound")


def test_what_came_of_failed_care_has_not_failed(told: Callable[[str], Read]) -> None:
    read = told("She failed splinting, requiring a carpal tunnel release.")
    assert read.one("svc:Brace").values["imr:outcome"] == ["imr:Failed"]
    assert "imr:outcome" not in read.one("svc:CarpalTunnelRelease").values


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Straight leg raise to 90 degrees without pain.", "fnd:StraightLegRaisePositive"),
        ("Spurling's maneuver causes no arm pain.", "fnd:SpurlingPositive"),
        ("Phalen's and Tinel's caused no tingling.", "fnd:PhalenPositive"),
        ("Lachman stable.", "fnd:LachmanPositive"),
        ("Waddell's signs were 0/5.", "fnd:WaddellSign"),
    ],
)
def test_a_test_that_brings_nothing_out_is_negative(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).one(concept).absent


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Straight leg raise is positive without back pain.", "fnd:StraightLegRaisePositive"),
        ("Spurling's maneuver causes arm pain.", "fnd:SpurlingPositive"),
        ("There is crepitus without pain.", "fnd:Crepitus"),
    ],
)
def test_a_sign_beside_no_pain_stays(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert not told(sentence).one(concept).absent


def test_no_pain_by_a_test_is_no_freedom_from_pain(told: Callable[[str], Read]) -> None:
    assert not told("McMurray's testing causes no pain.").of("dx:Pain")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("The pedal pulses are of normal strength.", "fnd:VascularCompromise"),
        ("Sensation is of normal quality.", "fnd:SensoryDeficit"),
    ],
)
def test_what_is_of_normal_quality_is_normal(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).one(concept).absent


def test_half_of_normal_is_not_normal(told: Callable[[str], Read]) -> None:
    assert not told("Flexion is 50% of normal.").one("fnd:DecreasedRangeOfMotion").absent


def test_a_plan_or_an_examination_that_is_the_same_is_no_lack_of_gain(told: Callable[[str], Read]) -> None:
    assert not told("His exam is unchanged. The plan is unchanged.").facts
    assert told("Her low back pain is unchanged.").of("fnd:NoImprovement")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("A fusion was recommended but the patient declined.", "svc:SpinalFusion"),
        ("She was offered an injection, which she declined.", "svc:Injection"),
        ("Therapy was advised but he refused the injection.", "svc:Injection"),
        ("We discussed the side effects of gabapentin.", "fnd:AdverseEffect"),
        ("The diagnosis of carpal tunnel syndrome was questioned.", "dx:CarpalTunnelSyndrome"),
        ("She fears she has cancer.", "dx:Cancer"),
        ("He was seen by a pain specialist.", "dx:Pain"),
    ],
)
def test_what_was_turned_down_or_is_in_doubt_is_no_fact(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert not told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "concept", "kind"),
    [
        ("Therapy was advised but he refused the injection.", "svc:PhysicalMedicineTherapy", "imr:PlannedCare"),
        ("The plan included refilling Norco.", "drug:Norco", "imr:MedicationUse"),
        ("He should continue acupuncture.", "svc:Acupuncture", "imr:PlannedCare"),
        ("He was recommended for physical therapy.", "svc:PhysicalTherapy", "imr:PlannedCare"),
        ("Lyrica was prescribed in place of gabapentin.", "drug:OralGabapentin", "imr:Treatment"),
        ("She has been scheduled for a lumbar fusion.", "svc:LumbarFusion", "imr:PlannedCare"),
        ("He was switched from Norco to Percocet.", "drug:Norco", "imr:Treatment"),
        ("He was switched from Norco to Percocet.", "drug:OxycodoneAcetaminophen", "imr:MedicationUse"),
    ],
)
def test_what_is_planned_or_past_is_told_as_that(
    told: Callable[[str], Read], sentence: str, concept: str, kind: str
) -> None:
    assert told(sentence).one(concept).values["rdf:type"] == [kind]


def test_a_study_that_was_cancelled_was_not_done(told: Callable[[str], Read]) -> None:
    assert told("The MRI was cancelled.").one("svc:Mri").absent


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He has not been doing his home exercises.", "fnd:HomeExerciseProgramOngoing"),
        ("She has not been wearing the brace.", "svc:Brace"),
        ("He has not been taking Norco.", "drug:Norco"),
        ("She has not been going to therapy.", "svc:PhysicalMedicineTherapy"),
    ],
)
def test_what_has_not_been_done_is_denied(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).one(concept).absent


def test_home_exercises_that_are_advised_are_not_under_way(told: Callable[[str], Read]) -> None:
    assert not told("A home exercise program was recommended.").of("fnd:HomeExerciseProgramOngoing")
    assert told("He uses a home exercise program.").of("fnd:HomeExerciseProgramOngoing")
    assert told("Light duty was recommended.").of("fnd:ModifiedDuty")


@pytest.mark.parametrize(
    "sentence",
    [
        "She understands that surgery may not relieve her pain.",
        "He was instructed to report any numbness.",
        "Precautions were given regarding weakness.",
    ],
)
def test_what_may_come_is_no_finding(told: Callable[[str], Read], sentence: str) -> None:
    assert not [fact for fact in told(sentence).facts if fact.values["rdf:type"] != ["imr:Treatment"]]


def test_a_year_counts_no_visits_and_a_grade_of_mood_no_pain(told: Callable[[str], Read]) -> None:
    assert "imr:visits" not in told("He had an infection after the 2010 surgery.").one("svc:Surgery").values
    assert not told("She rated her depression at 6/10.").of("fnd:PainScore")
    assert told("His pain was 6/10, and depression is worse.").of("fnd:PainScore")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("The risks were discussed, which include, but are not limited to infection and stroke.", "dx:Infection"),
        ("The stimulator continues to work well.", "fnd:AtWork"),
        ("The image calls for clinical correlation for L5 radiculopathy.", "dx:L5Radiculopathy"),
        ("She did not proceed with the recommended carpal tunnel release.", "svc:CarpalTunnelRelease"),
        ("He became unresponsive to medical therapy.", "svc:PhysicalMedicineTherapy"),
    ],
)
def test_risks_and_care_that_did_not_follow_are_no_facts(
    told: Callable[[str], Read], sentence: str, concept: str
) -> None:
    assert not told(sentence).of(concept)


def test_absence_reaches_through_a_list_up_to_with(told: Callable[[str], Read]) -> None:
    read = told("There is absence of swelling, redness and atrophy, with mild tenderness.")
    assert read.one("fnd:SkinChange").absent
    assert read.one("fnd:MuscleAtrophy").absent
    assert not read.one("fnd:Tenderness").absent


def test_leaving_work_is_no_side(told: Callable[[str], Read]) -> None:
    assert "imr:laterality" not in told("He felt numbness in the hands and left work.").one("fnd:Numbness").values


@pytest.mark.parametrize(
    ("summary", "item", "service"),
    [
        ("He has low back pain.", "MRI", "svc:LumbarMri"),
        ("She has sciatica and low back pain.", "X-rays", "svc:LumbarXray"),
        ("He has right knee pain.", "Arthroscopy", "svc:KneeArthroscopy"),
        ("He has low back pain and neck pain.", "MRI", "svc:Mri"),
        ("He has low back pain.", "MRI of the right knee", "svc:KneeMri"),
        ("He is tired.", "MRI", "svc:Mri"),
    ],
)
def test_what_is_asked_for_without_a_place_is_meant_for_the_only_one(
    told: Callable[..., Read], summary: str, item: str, service: str
) -> None:
    assert told(summary, item).requests[0]["imr:concept"] == service


@pytest.mark.parametrize(
    ("item", "service"),
    [
        ("Scrambler therapy 10 sessions", None),
        ("Ozone therapy", None),
        ("Therapy 6 visits", "svc:PhysicalMedicineTherapy"),
        ("Additional outpatient therapy 6 visits", "svc:PhysicalMedicineTherapy"),
        ("Hand therapy 6 visits", "svc:HandTherapy"),
    ],
)
def test_a_therapy_of_an_unknown_kind_is_not_physical(
    told: Callable[..., Read], item: str, service: str | None
) -> None:
    assert told("He has pain.", item).requests[0]["imr:concept"] == service
