"""Details that change what is found: the pain of a motion, degrees, grades, second scores, drugs that a test looked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter


def _signed(found: Read) -> set[str]:
    """Return the concepts found, those that are denied behind a minus."""
    return {("-" if fact.absent else "") + str(fact["imr:concept"]) for fact in found.facts}


# --- the pain of a motion is no complaint of its own


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Neck motion is decreased due to pain.",
            {"fnd:DecreasedRangeOfMotion", "fnd:PainfulRangeOfMotion"},
        ),
        (
            "There is decreased range of motion secondary to pain.",
            {"fnd:DecreasedRangeOfMotion", "fnd:PainfulRangeOfMotion"},
        ),
        ("Full neck motion with pain.", {"-fnd:DecreasedRangeOfMotion", "fnd:PainfulRangeOfMotion"}),
        ("Knee motion was 0 to 110 degrees with pain.", {"fnd:RangeOfMotion", "fnd:PainfulRangeOfMotion"}),
        ("Shoulder flexion was limited by pain.", {"fnd:DecreasedRangeOfMotion", "fnd:PainfulRangeOfMotion"}),
        ("Sleep is poor due to pain.", {"fnd:SleepTrouble", "dx:Pain"}),
    ],
)
def test_pain_that_limits_a_motion_is_painful_motion(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- degrees


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Decreased range of motion: flexion 110 degrees, abduction 90 degrees.", {"fnd:DecreasedRangeOfMotion"}),
        ("Lumbar motion was limited with flexion of 30 degrees.", {"fnd:DecreasedRangeOfMotion"}),
        ("Lumbar flexion was 30 degrees.", {"fnd:RangeOfMotion"}),
        (
            "Right shoulder motion is full; left shoulder flexion 110 degrees.",
            {"-fnd:DecreasedRangeOfMotion", "fnd:RangeOfMotion"},
        ),
    ],
)
def test_degrees_detail_a_motion_that_was_said_to_be_limited(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- scores and what raises them


def test_a_second_score_at_best_needs_no_scale(told: Callable[[str], Read]) -> None:
    found = told("Pain is 7 out of 10 at worst and 3 at best.")
    assert [score["imr:painScore"] for score in found.of("fnd:PainScore")] == ["7", "3"]
    assert len(told("Pain is 7 out of 10 and he walks 3 blocks at best.").of("fnd:PainScore")) == 1


def test_what_raises_a_score_brings_the_pain_on(told: Callable[[str], Read]) -> None:
    assert told("The knee pain increases to 9/10 with prolonged standing.").of("fnd:WeightBearingPain")
    assert not told("The knee pain is 9/10 with swelling.").of("fnd:WeightBearingPain")


def test_headaches_last_as_other_pains_do(told: Callable[[str], Read]) -> None:
    assert _signed(told("She reports persistent headaches.")) == {"dx:Headache", "fnd:PersistentPain"}


# --- a drug that a test looked for is not therefore taken


@pytest.mark.parametrize(
    ("sentence", "taken"),
    [
        ("The urine drug screen was positive for hydrocodone.", False),
        ("Urine toxicology showed no opiates and was negative for diazepam.", False),
        ("Treatment to date has included urine drug screens and naproxen.", True),
        ("The urine drug screen was negative and she was prescribed naproxen.", True),
        ("A urine drug screen was done; naproxen is taken twice a day.", True),
    ],
)
def test_drugs_that_a_test_looked_for_are_not_in_use(told: Callable[[str], Read], sentence: str, taken: bool) -> None:
    assert any(fact["rdf:type"] == "imr:MedicationUse" for fact in told(sentence).facts) is taken


# --- what a study came to


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Blood tests were within normal limits.", {"svc:GeneralLaboratoryTest", "-fnd:AbnormalLaboratory"}),
        ("Knee MRI showed an effusion.", {"svc:KneeMri", "fnd:EffusionOnImaging"}),
        (
            "There was no evidence of radiculopathy on EMG.",
            {"svc:Electromyography", "-fnd:ElectrodiagnosticRadiculopathy"},
        ),
        ("The knee has an effusion.", {"fnd:JointEffusion"}),
        ("Hip MRI showed trochanteric bursitis.", {"svc:HipMri", "fnd:BursitisOnImaging"}),
        (
            "Hip x-rays showed hip osteoarthritis.",
            {"svc:HipXray", "fnd:OsteoarthritisOnImaging", "dx:HipOsteoarthritis"},
        ),
        ("Ankle reflexes were trace.", {"fnd:DecreasedAnkleJerk"}),
    ],
)
def test_an_image_shows_what_else_is_a_sign_or_diagnosis(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- a part of the body and the whole that it belongs to


def test_the_knee_behind_its_ligament_is_no_second_sprain(told: Callable[[str], Read]) -> None:
    found = told("Diagnosis: sprain of the medial collateral ligament of the right knee.")
    assert found.one("dx:KneeCollateralSprain")["imr:laterality"] == "imr:Right"
    assert not found.of("dx:KneeSprain")
    assert _signed(told("She has pain in the right knee and leg.")) == {"dx:KneePain", "dx:LegPain"}
    assert _signed(told("Diagnosis: strain at the upper arm, right arm.")) == {"dx:UpperArmStrain"}
    both = told("Diagnosis: sprain of the right ankle and left foot.")
    assert _signed(both) == {"dx:AnkleSprain", "dx:FootSprain"}


# --- muscles told by their motion or reflex


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Hip flexion was 4/5.", {"fnd:HipFlexionWeakness"}),
        ("Hip flexion was 5/5.", {"-fnd:HipFlexionWeakness"}),
        (
            "Dorsiflexion 4+/5, plantar flexion 5/5.",
            {"fnd:AnkleDorsiflexionWeakness", "-fnd:AnklePlantarFlexionWeakness"},
        ),
        ("The biceps reflex was 1+.", {"fnd:DecreasedBicepsReflex"}),
        ("The biceps reflex was 2+.", {"-fnd:ReflexChange"}),
        ("The knee jerk was 3+.", {"fnd:ReflexChange"}),
        ("Achilles reflexes were diminished.", {"fnd:DecreasedAnkleJerk"}),
    ],
)
def test_a_grade_beside_a_motion_or_reflex_is_that_of_its_muscle(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- pain that is less is no complaint, and what cannot be done is no care


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The pain is well controlled with Norco.", {"fnd:PainRelief", "drug:Norco"}),
        ("The pain in the right knee is improving.", {"fnd:PainRelief", "dx:KneePain"}),
        ("His hypertension is well controlled.", {"dx:Hypertension"}),
        ("He is unable to do housekeeping.", {"fnd:FunctionalLimitation"}),
        ("She received housekeeping after the operation.", {"svc:CustodialCare"}),
    ],
)
def test_relief_and_limits_are_told_once(told: Callable[[str], Read], sentence: str, expected: set[str]) -> None:
    assert expected <= _signed(told(sentence))
    assert not told("The pain is well controlled with Norco.").of("dx:Pain")
    assert not told("He is unable to do housekeeping.").of("svc:CustodialCare")


# --- what is only suspected, and several plans


@pytest.mark.parametrize(
    ("sentence", "suspected"),
    [
        ("MRI was done to rule out a labral tear.", "fnd:SuspectedLabralTear"),
        ("There is a possible ligament tear.", "fnd:SuspectedLigamentTear"),
        ("X-rays were done to evaluate for a scaphoid fracture.", "fnd:SuspectedScaphoidFracture"),
        ("EMG was done to rule out neuropathy.", "fnd:SuspectedNerveEntrapment"),
    ],
)
def test_what_is_suspected_has_a_term_of_its_own(told: Callable[[str], Read], sentence: str, suspected: str) -> None:
    assert told(sentence).of(suspected)


def test_a_visit_planned_beside_a_consultation_is_a_plan_of_its_own(told: Callable[[str], Read]) -> None:
    found = told("The plan includes a neurology consultation and an office visit in four weeks.")
    assert {str(fact["imr:concept"]) for fact in found.facts} == {"svc:NeurologyConsultation", "svc:OfficeVisit"}


# --- signs, lists of tests, and the sentence behind that of an image


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Trigger points were palpable.", {"fnd:TriggerPoint"}),
        ("Distal pulses were palpable.", {"-fnd:VascularCompromise"}),
        (
            "Kemp's positive, Yeoman's negative, Spurling's positive, Adson's negative.",
            {"fnd:FacetLoadingPositive", "-fnd:YeomanPositive", "fnd:SpurlingPositive", "-fnd:AdsonPositive"},
        ),
        ("Negative Spurling's and Adson's.", {"-fnd:SpurlingPositive", "-fnd:AdsonPositive"}),
        ("He has severe chest pain.", {"fnd:ChestPain", "fnd:SeverePain"}),
        ("Knee films were taken; x-rays (2 views) were taken of the wrist.", {"svc:KneeXray", "svc:WristXray"}),
        ("An MRI was performed on the left knee.", {"svc:KneeMri"}),
    ],
)
def test_a_result_is_that_of_the_test_it_stands_behind(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


def test_the_sentence_behind_that_of_an_image_goes_on_about_it(told: Callable[[str], Read]) -> None:
    found = told("A neck MRI showed a disc bulge. There was also foraminal stenosis.")
    assert _signed(found) == {"svc:CervicalMri", "fnd:DiscHerniationOnImaging", "fnd:ForaminalStenosis"}
    other = told("A neck MRI showed a disc bulge. The patient has foraminal stenosis.")
    assert other.of("dx:SpinalStenosis")
    assert not other.of("fnd:ForaminalStenosis")


def test_an_operation_that_is_in_dispute_is_not_told_as_considered(lexicon: Lexicon) -> None:
    plan = "The plan included shoulder arthroscopy with rotator cuff repair."
    for item, told_of in (("Right shoulder rotator cuff repair", False), ("MRI of the right shoulder", True)):
        found = look(read_letter(SUMMARY.format(plan, item), document="made.txt", lexicon=lexicon))
        assert bool(found.of("fnd:SurgeryConsidered")) is told_of


# --- a visit that is only where something was told, and images among diagnoses


@pytest.mark.parametrize(
    ("sentence", "visits"),
    [
        ("On a March 2, 2016 office visit, the applicant reported neck pain.", 0),
        ("At the follow-up visit he was better.", 0),
        ("Treatment has included therapy and office visits.", 1),
        ("A follow-up visit in four weeks was recommended.", 1),
    ],
)
def test_a_visit_at_which_something_was_told_is_no_care(
    told: Callable[[str], Read], sentence: str, visits: int
) -> None:
    assert len(told(sentence).of("svc:OfficeVisit")) == visits


def test_what_an_image_would_show_is_a_diagnosis_among_diagnoses(told: Callable[[str], Read]) -> None:
    listed = told("The worker is undergoing treatment for a 3 mm disc protrusion at L4-5 with foraminal stenosis.")
    assert _signed(listed) == {"dx:L4L5DiscHerniation", "dx:L4L5SpinalStenosis"}
    shown = told("MRI showed a 3 mm disc protrusion at L4-5 with foraminal stenosis.")
    assert _signed(shown) == {"svc:Mri", "fnd:DiscHerniationOnImaging", "fnd:ForaminalStenosis"}


def test_a_normal_study_named_with_its_place_is_a_study_too(told: Callable[[str], Read]) -> None:
    found = told("He had a normal electrodiagnostic study of both legs.")
    assert _signed(found) == {"svc:LowerExtremityElectrodiagnosticStudy", "fnd:NormalElectrodiagnosticStudy"}


# --- lists of places, care named twice, care not had, and what care is for


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He has pain in the low back, right elbow, and left knee.", {"dx:LowBackPain", "dx:ElbowPain", "dx:KneePain"}),
        ("She has pain in the neck and left leg.", {"dx:NeckPain", "dx:LegPain"}),
        ("Treatment has included durable medical equipment walking boot.", {"svc:WalkingBoot"}),
        (
            "Treatment has included ice-heat therapy and laser therapy.",
            {"svc:HeatAndColdTherapy", "svc:LowLevelLaserTherapy"},
        ),
        ("They have not done any therapy.", {"-svc:PhysicalMedicineTherapy"}),
        ("They have done therapy.", {"svc:PhysicalMedicineTherapy"}),
        ("The plan is for physical therapy for a right foot sprain.", {"svc:PhysicalTherapy", "dx:FootSprain"}),
        ("The plan is to prevent a foot sprain.", set()),
        ("He has pain in the left heel when walking.", {"dx:HeelPain", "fnd:WeightBearingPain"}),
        ("He has pain in the left knee with swelling.", {"dx:KneePain", "fnd:Swelling"}),
        ("Chest wall tenderness was noted.", {"fnd:Tenderness"}),
        ("She is no better at all.", {"fnd:NoImprovement"}),
    ],
)
def test_each_of_a_list_is_told_and_nothing_twice(
    told: Callable[[str], Read], sentence: str, expected: set[str]
) -> None:
    assert _signed(told(sentence)) == expected


# --- levels of the spine, and the record as the source of what is told


def test_a_level_of_the_spine_is_no_number_of_operations(told: Callable[[str], Read]) -> None:
    assert told("He underwent an L4-5 laminectomy.").one("svc:LumbarLaminectomy")["imr:visits"] is None
    assert told("He had 5 physical therapy sessions.").one("svc:PhysicalTherapy")["imr:visits"] == "5"


def test_a_review_of_the_record_is_no_report_that_was_written(told: Callable[[str], Read]) -> None:
    assert not told("Medical record review indicates a neck sprain.").of("svc:MedicalReport")


def test_what_the_worker_is_not_close_to_is_denied(told: Callable[[str], Read]) -> None:
    assert told("She is not close to maximal medical improvement.").one("fnd:NearMaximumMedicalImprovement").absent
