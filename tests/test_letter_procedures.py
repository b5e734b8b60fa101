"""What a letter tells of procedures: what a study showed, what they led to, whether they were allowed, how many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


def _stated(found: Read) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts if not fact.absent}


def _responses(found: Read, service: str) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts if fact["imr:toService"] == service and not fact.absent}


# --- what stands behind the colon of a study is what it showed


@pytest.mark.parametrize(
    ("sentence", "concept", "stated"),
    [
        (
            "MRI of the right knee dated 10/30/14: complex tear of the medial meniscus.",
            "fnd:MeniscalTearOnImaging",
            True,
        ),
        ("EMG 11/5/13: chronic left L5 radiculopathy.", "fnd:ElectrodiagnosticRadiculopathy", True),
        ("NCV/EMG on 6/24/2014: median neuropathy at the wrist.", "fnd:ElectrodiagnosticCarpalTunnel", True),
        ("MRI of the right knee: no meniscal tear.", "fnd:MeniscalTearOnImaging", False),
        ("EMG 11/5/13: no evidence of radiculopathy.", "fnd:ElectrodiagnosticRadiculopathy", False),
    ],
)
def test_what_a_colon_sets_off_is_what_the_study_showed(
    told: Callable[..., Read], sentence: str, concept: str, stated: bool
) -> None:
    assert told(sentence).one(concept).absent is not stated


@pytest.mark.parametrize(
    ("sentence", "normal"),
    [
        ("X-rays of the left shoulder: normal.", "fnd:NormalImaging"),
        ("EMG 11/5/13: normal.", "fnd:NormalElectrodiagnosticStudy"),
        ("EMG 11/5/13: normal sensory responses, chronic L5 radiculopathy.", None),
        ("X-rays of the left shoulder: pending.", None),
    ],
)
def test_a_study_is_normal_behind_its_colon(told: Callable[..., Read], sentence: str, normal: str | None) -> None:
    found = _stated(told(sentence)) & {"fnd:NormalImaging", "fnd:NormalElectrodiagnosticStudy"}
    assert found == ({normal} if normal else set())


def test_a_diagnosis_told_without_a_study_is_not_one_on_imaging(told: Callable[..., Read]) -> None:
    found = told("Diagnosis: complex tear of the medial meniscus.")
    assert not found.of("fnd:MeniscalTearOnImaging")
    assert not told("Indication for MRI: complex tear of the medial meniscus.").of("fnd:MeniscalTearOnImaging")


def test_a_disc_presses_on_the_root_behind_the_verb(told: Callable[..., Read]) -> None:
    found = told("MRI showed a disc extrusion at L4-5 compressing the left L5 root.")
    assert found.one("fnd:NerveRootCompression")["imr:bodyPart"] == "body:L5NerveRoot"
    assert not told("MRI showed a bulge at L4-5 abutting the thecal sac.").of("fnd:NerveRootCompression")


# --- what a procedure led to


@pytest.mark.parametrize(
    "words",
    [
        "she cut her Norco from 4 tabs to 1 tab a day",
        "Norco was reduced",
        "she stopped taking Norco",
        "the use of Norco fell from 6 to 2 tablets a day",
        "she was able to reduce her Norco",
        "she is off Norco",
    ],
)
def test_less_of_a_drug_after_a_block_is_owed_to_the_block(told: Callable[..., Read], words: str) -> None:
    found = told(f"She had a lumbar ESI on 2/11/14. She reported 70% relief for 10 weeks; {words}.")
    assert "fnd:ReducedMedicationUse" in _responses(found, "svc:LumbarEpiduralSteroidInjection")


@pytest.mark.parametrize(
    "summary",
    [
        "She had a lumbar ESI on 2/11/14 with 20% relief. Norco was not reduced.",
        "She had a lumbar ESI on 2/11/14. The plan is to reduce Norco.",
        "She had a lumbar ESI on 2/11/14. She stopped Norco because of nausea.",
        "She had a lumbar ESI on 2/11/14. She had 70% relief but stopped Norco because of nausea.",
        "She had a lumbar ESI on 2/11/14. She had 70% relief but could not reduce Norco.",
        "She had a lumbar ESI on 2/11/14. She had 70% relief but was not able to reduce Norco.",
        "She had a lumbar ESI on 2/11/14. She had 70% relief, which reduced pain more than Norco.",
    ],
)
def test_a_drug_that_was_not_or_otherwise_reduced_is_no_gain(told: Callable[..., Read], summary: str) -> None:
    assert "fnd:ReducedMedicationUse" not in _stated(told(summary))


@pytest.mark.parametrize(
    ("summary", "gained"),
    [
        ("She had a lumbar ESI on 2/11/14. She had 70% relief and was able to walk 45 minutes.", True),
        ("She had a lumbar ESI on 2/11/14 with 60% relief. During that time she could drive.", True),
        ("She had a lumbar ESI on 2/11/14. She had 70% relief but was not able to walk.", False),
        ("She had a lumbar ESI on 2/11/14 with 60% relief. She is able to sit for 10 minutes.", False),
        ("She had a lumbar ESI on 2/11/14 with 20% relief and could not walk a mile.", False),
        ("After the lumbar ESI with 70% relief she could cook and drive.", True),
        ("She had a lumbar ESI with 60% relief. During that time her husband could drive.", False),
        ("She had a lumbar ESI with 60% relief. During the exam she was able to walk on her heels.", False),
        ("She had a lumbar ESI with 60% relief and was able to walk on her heels on examination.", False),
        ("She had a lumbar ESI with 60% relief but could sit only five minutes.", False),
    ],
)
def test_what_could_be_done_in_the_time_of_relief_is_a_gain(
    told: Callable[..., Read], summary: str, gained: bool
) -> None:
    assert ("fnd:FunctionalImprovement" in _stated(told(summary))) is gained


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("Two shoulder cortisone injections gave 80% relief but only 3 weeks of benefit.", "imr:Failed"),
        ("Two shoulder cortisone injections gave relief for six months.", "imr:Helped"),
        ("Over 5 months he had physical therapy and naproxen, all with inadequate benefit.", "imr:Failed"),
    ],
)
def test_relief_that_was_only_short_is_a_failure(told: Callable[..., Read], summary: str, outcome: str) -> None:
    assert {fact["imr:outcome"] for fact in told(summary).facts} - {None} == {outcome}


def test_relief_before_what_the_worker_could_do_is_told(told: Callable[..., Read]) -> None:
    found = told("After the lumbar ESI with 70% relief she could cook and drive.")
    assert found.one("fnd:PainRelief")["imr:reliefPercent"] == "70"


def test_a_gain_after_relief_by_two_is_owed_to_neither(told: Callable[..., Read]) -> None:
    found = told("Physical therapy gave 20% relief and a lumbar ESI gave 70% relief; she was able to walk a mile.")
    assert "fnd:FunctionalImprovement" not in _responses(found, "svc:PhysicalTherapy")


@pytest.mark.parametrize(
    ("summary", "weeks"),
    [
        ("She had 50% relief in a 30 day TENS trial.", True),
        ("30 day TENS trial pending.", False),
        ("30 day TENS trial denied.", False),
    ],
)
def test_the_length_in_a_name_is_that_of_care_that_was_given(
    told: Callable[..., Read], summary: str, weeks: bool
) -> None:
    assert bool(told(summary).one("svc:TensTrial")["imr:weeks"]) is weeks


def test_what_was_not_attended_has_not_failed(told: Callable[..., Read]) -> None:
    found = told("He failed to attend: physical therapy and acupuncture.")
    assert not {fact["imr:outcome"] for fact in found.facts} - {None}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A walker is requested to improve gait.", True),
        ("Therapy is to improve gait.", False),
    ],
)
def test_a_device_is_to_help_walking_where_one_is_named(
    told: Callable[..., Read], sentence: str, expected: bool
) -> None:
    assert ("fnd:DeviceExpectedToHelp" in _stated(told(sentence))) is expected


@pytest.mark.parametrize(
    ("sentence", "planned"),
    [
        ("The surgeon prescribed a cold therapy unit.", True),
        ("The surgeon prescribed a cold therapy unit, which he used for two weeks.", False),
        ("The doctor prescribed physical therapy, which failed.", False),
        ("His doctor prescribed physical therapy and he attended 12 visits.", False),
    ],
)
def test_what_was_prescribed_is_still_to_come_where_nothing_more_is_told(
    told: Callable[..., Read], sentence: str, planned: bool
) -> None:
    kinds = {fact["rdf:type"] for fact in told(sentence).facts}
    assert ("imr:PlannedCare" in kinds, "imr:Treatment" in kinds) == (planned, not planned)


def test_relief_in_part_is_no_failure(told: Callable[..., Read]) -> None:
    assert told("Naproxen gave only partial relief.").one("drug:OralNaproxen")["imr:outcome"] is None
    assert told("Naproxen gave only short term relief.").one("drug:OralNaproxen")["imr:outcome"] == "imr:Failed"


def test_a_length_before_failed_is_that_of_the_list_behind_it(told: Callable[..., Read]) -> None:
    found = told("Over the past 6 months he has failed physical therapy, home exercise and naproxen.")
    assert all(found.one(care)["imr:weeks"] for care in ("svc:PhysicalTherapy", "svc:HomeExerciseProgram"))


def test_what_a_heading_of_failed_care_lists_has_failed(told: Callable[..., Read]) -> None:
    found = told("Failed treatments: physical therapy, acupuncture and naproxen.")
    assert (
        found.one("svc:PhysicalTherapy")["imr:outcome"] == found.one("svc:Acupuncture")["imr:outcome"] == "imr:Failed"
    )
    assert found.one("drug:OralNaproxen")["imr:outcome"] == "imr:Failed"
    current = told("Current treatments: physical therapy, acupuncture and naproxen.")
    assert not {fact["imr:outcome"] for fact in current.facts} - {None}


# --- operations that have been authorized


@pytest.mark.parametrize(
    ("sentence", "authorized"),
    [
        ("The ACDF has been certified by the carrier.", True),
        ("He was approved for a right knee arthroscopy.", True),
        ("She is scheduled for a knee replacement; the surgery has been authorized.", True),
        ("The knee arthroscopy was not approved.", False),
        ("If the surgery is approved, a sling is needed.", False),
        ("The knee arthroscopy was requested; physical therapy was approved.", False),
        ("She has been authorized for 6 visits of physical therapy.", False),
        ("The request for a right knee arthroscopy was approved.", True),
        ("After exercise failed, the knee arthroscopy was approved.", True),
        ("He was approved for an evaluation before left knee arthroscopy.", False),
        ("Preoperative clearance for the knee arthroscopy was authorized.", False),
        ("Therapy after the carpal tunnel release was authorized.", False),
        ("Once the arthroscopy is approved, a sling is needed.", False),
        ("The surgeon hopes that the fusion is approved.", False),
        ("The arthroscopy was not previously approved.", False),
        ("A prior ACDF was authorized in 2009.", False),
    ],
)
def test_an_operation_is_authorized_where_the_letter_says_so(
    told: Callable[..., Read], sentence: str, authorized: bool
) -> None:
    assert any(one.endswith("Approved") for one in _stated(told(sentence))) is authorized


# --- psychologists, devices and work


@pytest.mark.parametrize(
    ("sentence", "cleared"),
    [
        ("The psychological evaluation found him to be an appropriate candidate for the stimulator.", True),
        ("Psychological evaluation of 5/14/15 cleared her for neurostimulation.", True),
        ("The psychological evaluation found that she is not an appropriate candidate.", False),
        ("The psychological evaluation found him not to be an appropriate candidate.", False),
        ("Once a psychologist clears him, the trial will be done.", False),
        ("A psychological evaluation is requested and he has no contraindications.", False),
        ("He is a good candidate for hearing aids.", False),
        ("There are no contraindications to ibuprofen.", False),
    ],
)
def test_a_candidate_is_one_for_a_psychologist_only_where_one_is_named(
    told: Callable[..., Read], sentence: str, cleared: bool
) -> None:
    assert ("fnd:PsychologicalScreeningDone" in _stated(told(sentence))) is cleared


@pytest.mark.parametrize(
    ("summary", "told_often"),
    [
        ("She had a TENS trial for 30 days. She used the unit twice daily for 45 minutes.", True),
        ("He uses the TENS unit 3 times a week.", True),
        ("The plan is to use the TENS unit twice daily.", False),
        ("She takes naproxen. She used it twice daily.", False),
        ("He should be using the TENS unit twice daily.", False),
        ("He uses a TENS unit, and takes naproxen twice daily.", False),
    ],
)
def test_how_often_a_device_is_used(told: Callable[..., Read], summary: str, told_often: bool) -> None:
    assert ("fnd:FrequencyOfUseDocumented" in _stated(told(summary))) is told_often


def test_a_trial_lasts_as_long_as_its_name_says(told: Callable[..., Read]) -> None:
    assert told("She completed a 30 day home TENS trial.").one("svc:TensTrial")["imr:weeks"]


def test_what_follows_unable_to_work_cannot_be_done_either(told: Callable[..., Read]) -> None:
    found = _stated(told("He has been unable to work, drive or lift tools for 9 months."))
    assert "fnd:SignificantFunctionLoss" in found
    assert "fnd:DrivesSelf" not in found


@pytest.mark.parametrize(
    ("sentence", "matches"),
    [
        ("The MRI findings correlate with the examination.", True),
        ("Imaging is consistent with the clinical picture.", True),
        ("The MRI does not correlate with the exam.", False),
        ("The MRI is consistent with a disc herniation.", False),
    ],
)
def test_an_image_matches_the_examination_where_the_letter_says_so(
    told: Callable[..., Read], sentence: str, matches: bool
) -> None:
    assert ("fnd:ImagingMatchesExamination" in _stated(told(sentence))) is matches


# --- words that say too little


@pytest.mark.parametrize(
    ("sentence", "finding", "is_told"),
    [
        ("A specific job is available.", "fnd:SpecificJobIdentified", True),
        ("A specific position eases the pain.", "fnd:SpecificJobIdentified", False),
        ("Skilled nursing is needed.", "fnd:SkilledNursingNeed", True),
        ("The nurse must document the visit.", "fnd:SkilledNursingNeed", False),
        ("The appointments are close to home.", "fnd:AppointmentNearby", True),
        ("The clinic is 40 miles from his home.", "fnd:AppointmentNearby", False),
        ("All pain generators have been identified.", "fnd:PainGeneratorsIdentified", True),
        ("The facet is not a pain generator.", "fnd:PainGeneratorsIdentified", False),
        ("This is outside the scope of practice of the physician.", "fnd:OutsidePhysicianExpertise", True),
        ("That is beyond scope of this review.", "fnd:OutsidePhysicianExpertise", False),
        ("He returned to work but could not continue.", "fnd:FailedReturnToWork", True),
        ("He returned to work but could not lift.", "fnd:FailedReturnToWork", False),
        ("He suspects pseudarthrosis.", "fnd:FusionStatusAssessment", True),
        ("A suspected nonunion of the scaphoid is noted.", "fnd:FusionStatusAssessment", False),
        ("He had a recent trauma.", "fnd:AcuteSignificantTrauma", True),
        ("He fell on his right knee in 2009.", "fnd:AcuteSignificantTrauma", False),
        ("He could no longer climb stairs.", "fnd:FunctionalLimitation", True),
        ("He could not see any difference and could not do better.", "fnd:FunctionalLimitation", False),
    ],
)
def test_a_finding_is_told_by_words_that_say_as_much(
    told: Callable[..., Read], sentence: str, finding: str, is_told: bool
) -> None:
    assert (finding in _stated(told(sentence))) is is_told


# --- how many are asked for


@pytest.mark.parametrize(
    ("item", "service", "quantity"),
    [
        ("Right subacromial corticosteroid injection", "svc:ShoulderCorticosteroidInjection", "1"),
        ("Bilateral knee cortisone injection", "svc:KneeCorticosteroidInjection", None),
        ("Left knee cortisone injections", "svc:KneeCorticosteroidInjection", None),
        ("Right and left knee cortisone injection", "svc:KneeCorticosteroidInjection", None),
        ("Monthly stellate ganglion block", "svc:StellateGanglionBlock", None),
        ("Series of right stellate ganglion block", "svc:StellateGanglionBlock", None),
        ("Orthovisc injections to the right knee, series of 3", "svc:KneeHyaluronicAcidInjection", "3"),
        ("Trigger point injections, lumbar paraspinals (4 injections)", "svc:TriggerPointInjection", "4"),
        ("Trigger point injection", "svc:TriggerPointInjection", None),
        ("TENS unit 30-day rental with supplies", "svc:TensRental", None),
        ("Right stellate ganglion block under ultrasound guidance", "svc:StellateGanglionBlock", "1"),
    ],
)
def test_a_request_asks_for_one_service_and_for_so_many(
    told: Callable[..., Read], item: str, service: str, quantity: str | None
) -> None:
    request = told("He has pain.", item).requests[0]
    assert request["imr:concept"] == service
    assert request["imr:quantity"] == quantity
