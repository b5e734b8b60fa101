"""Who says a thing, and of whom or what: reviewers and payers, the worker and the care."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read


@pytest.mark.parametrize(
    "sentence",
    [
        "The insurance carrier contends that therapy of the knee has failed.",
        "The claims examiner denied the MRI because numbness was absent.",
        "According to ODG, a nerve block is for radiculopathy that an examination bears out.",
        "A second reviewer saw no weakness.",
        "Six massage sessions were previously authorized.",
        "The reviewer called the nerve test unreliable. She wrote that there was no numbness.",
        'The reviewer wrote that "the test is old. There was no weakness at all. The knee is swollen."',
        "It is unclear why he could not do a home exercise program.",
    ],
)
def test_what_a_reviewer_a_payer_or_a_guideline_says_is_no_fact(told: Callable[[str], Read], sentence: str) -> None:
    assert told(sentence).facts == []


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("The reviewer saw the file. He has knee pain.", "dx:KneePain"),
        ('The reviewer had "no comment." The worker has knee pain.', "dx:KneePain"),
        ('The reviewer was 5\' 10" tall. He has knee pain. He wears a 2" heel lift.', "dx:KneePain"),
        ("The employer could not offer light work and he is off work.", "fnd:TemporaryTotalDisability"),
        ("She stated that there was numbness.", "fnd:Numbness"),
        ("The claimant testified that massage helped.", "svc:MassageTherapy"),
        ("The worker explained that massage helped.", "svc:MassageTherapy"),
    ],
)
def test_what_others_say_is_a_fact(told: Callable[[str], Read], sentence: str, concept: str) -> None:
    assert told(sentence).of(concept)


def test_a_sentence_may_end_within_a_quotation(told: Callable[[str], Read]) -> None:
    read = told('He had "forward flexion to 170 degrees." The worker can work "without restrictions."')
    assert not read.of("fnd:DecreasedRangeOfMotion")


@pytest.mark.parametrize(
    "words",
    [
        "The patient is a 52-year-old female caregiver who fell.",
        "She worked as a housekeeper on May 4, 2012.",
        "The worker, a gardener, hurt his knee.",
        "He was employed in housekeeping.",
        "She has been a housekeeper for 20 years.",
    ],
)
def test_what_the_worker_does_for_a_living_is_no_help_at_home(told: Callable[[str], Read], words: str) -> None:
    assert not told(words).of("svc:CustodialCare")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Her caregiver dresses her.", "Treatment"),
        ("He has a housekeeper.", "Treatment"),
        ("She received housekeeping after the operation.", "Treatment"),
        ("A caregiver was recommended.", "PlannedCare"),
    ],
)
def test_a_helper_whom_the_worker_has_is_help_at_home(told: Callable[[str], Read], words: str, kind: str) -> None:
    assert told(words).of("svc:CustodialCare", kind)


@pytest.mark.parametrize(
    ("sentence", "off_work", "failed"),
    [
        ("He stopped working in May.", True, False),
        ("He took naproxen, but he stopped working in May.", True, False),
        ("She is no longer working. She takes naproxen.", True, False),
        ("He took naproxen. It stopped working.", False, True),
        ("Naproxen is not working.", False, True),
        ("He took naproxen for his back and stopped working.", False, False),
    ],
)
def test_what_works_no_more_is_the_worker_or_the_care(
    told: Callable[[str], Read], sentence: str, off_work: bool, failed: bool
) -> None:
    read = told(sentence)
    assert bool(read.of("fnd:TemporaryTotalDisability")) is off_work
    assert any(fact["imr:outcome"] == "imr:Failed" for fact in read.of("drug:OralNaproxen")) is failed


@pytest.mark.parametrize(
    ("sentence", "at_work"),
    [
        ("The accident happened at work on May 4, 2012.", False),
        ("She was injured at work.", False),
        ("He fell while at work.", False),
        ("She remains at work.", True),
    ],
)
def test_where_an_accident_happened_is_no_work_status(
    told: Callable[[str], Read], sentence: str, at_work: bool
) -> None:
    assert bool(told(sentence).of("fnd:AtWork")) is at_work


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("He suffered an ankle fracture on May 4, 2012, and now has numbness.", None),
        ("He returned to work on May 4, 2012, and has numbness.", None),
        ("On May 4, 2012 he had numbness.", "2012-05-04"),
        ("He was seen on May 4, 2012 with numbness.", "2012-05-04"),
    ],
)
def test_the_day_of_an_injury_is_not_that_of_what_was_seen(
    told: Callable[[str], Read], sentence: str, day: str | None
) -> None:
    assert told(sentence).one("fnd:Numbness")["imr:onDate"] == day


@pytest.mark.parametrize(
    ("sentence", "planned"),
    [
        ("He was referred to the MRI results.", False),
        ("The MRI report is pending.", False),
        ("He was referred to MRI; results will follow.", True),
        ("MRI is pending.", True),
    ],
)
def test_a_study_with_results_has_been_done(told: Callable[[str], Read], sentence: str, planned: bool) -> None:
    (fact,) = told(sentence).of("svc:Mri")
    assert (fact["rdf:type"] == "imr:PlannedCare") is planned


@pytest.mark.parametrize(
    "sentence",
    [
        "She hurt her back as she moved a patient from a wheelchair to a bed.",
        "He was lifting a wheelchair into a van.",
        "She was giving an injection to a patient when she fell.",
    ],
)
def test_what_the_worker_does_with_others_and_things_is_no_care(told: Callable[[str], Read], sentence: str) -> None:
    assert not [fact for fact in told(sentence).facts if fact["rdf:type"] == "imr:Treatment"]


@pytest.mark.parametrize(
    ("sentence", "service"),
    [
        ("She is a patient in physical therapy.", "svc:PhysicalTherapy"),
        ("She moved to a wheelchair.", "svc:Wheelchair"),
        ("She lifted a patient, and had an injection.", "svc:Injection"),
    ],
)
def test_what_the_worker_has_is_care(told: Callable[[str], Read], sentence: str, service: str) -> None:
    assert told(sentence).of(service, "Treatment")


@pytest.mark.parametrize(
    ("sentence", "service"),
    [
        ("The patient underwent physical therapy.", "svc:PhysicalTherapy"),
        ("Patient had an epidural injection in the lumbar spine.", "svc:LumbarEpiduralSteroidInjection"),
        ("The surgeon notes that the patient was treated with acupuncture.", "svc:Acupuncture"),
    ],
)
def test_the_patient_of_the_record_is_the_worker(told: Callable[[str], Read], sentence: str, service: str) -> None:
    assert told(sentence).of(service, "Treatment")


@pytest.mark.parametrize(
    "sentence",
    [
        "She hurt her back as she moved the patient from a wheelchair to a bed.",
        "The worker lifts the patient into a wheelchair.",
        "The worker was struck by a patient in physical therapy.",
    ],
)
def test_the_patient_whom_the_worker_handles_is_another(told: Callable[[str], Read], sentence: str) -> None:
    assert not [fact for fact in told(sentence).facts if fact["rdf:type"] == "imr:Treatment"]


def test_who_helps_others_has_not_been_helped(told: Callable[[str], Read]) -> None:
    assert told("He had therapy. She helped move a box.").one("svc:PhysicalMedicineTherapy")["imr:outcome"] is None
    assert told("Therapy helped.").one("svc:PhysicalMedicineTherapy")["imr:outcome"] == "imr:Helped"


def test_a_bare_place_is_no_work_status(told: Callable[[str], Read]) -> None:
    assert not told("The next day at work she had pain.").of("fnd:AtWork")
    assert told("Work status: at work.").of("fnd:AtWork")
    assert told("He is at work with restrictions.").of("fnd:AtWork")


def test_the_day_of_a_report_is_not_that_of_care_told_in_it(told: Callable[[str], Read]) -> None:
    read = told("On May 4, 2012 the surgeon reported that he had undergone a discectomy.")
    assert read.one("svc:Discectomy")["imr:onDate"] is None
    assert told("On May 4, 2012 he underwent a discectomy.").one("svc:Discectomy")["imr:onDate"] == "2012-05-04"


def test_the_comma_of_a_date_parts_nothing(told: Callable[[str], Read]) -> None:
    assert told("An EMG of the legs on May 4, 2012 was normal.").of("fnd:NormalElectrodiagnosticStudy")
    assert not told("An EMG of the legs, and the gait was normal.").of("fnd:NormalElectrodiagnosticStudy")


@pytest.mark.parametrize("words", ["The surgeon referred her for physical therapy.", "Physical therapy was booked."])
def test_care_to_which_the_worker_is_sent_is_planned(told: Callable[[str], Read], words: str) -> None:
    assert told(words).one("svc:PhysicalTherapy")["rdf:type"] == "imr:PlannedCare"


def test_what_has_returned_to_normal_is_no_complaint_that_is_back(told: Callable[[str], Read]) -> None:
    read = told("His strength has returned to normal.")
    assert not read.of("fnd:Recurrence")
    assert read.one("fnd:MotorWeakness").absent
    assert told("The swelling has returned.").of("fnd:Recurrence")


def test_what_is_prescribed_beside_a_referral_is_taken(told: Callable[[str], Read]) -> None:
    read = told("She referred the worker for physical therapy, and prescribed naproxen.")
    assert read.one("svc:PhysicalTherapy")["rdf:type"] == "imr:PlannedCare"
    assert read.one("drug:OralNaproxen")["rdf:type"] == "imr:MedicationUse"


def test_who_had_returned_to_work_has_returned_to_work(told: Callable[[str], Read]) -> None:
    assert told("The worker had returned to work.").of("fnd:ReturnedToWork")
