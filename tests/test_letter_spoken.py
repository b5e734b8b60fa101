"""What is named and not told: a trade, a mixture, the frame of a report, a condition; and referrals, which are plans."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read

Told = Callable[[str], Read]


def _facts(found: Read) -> set[str]:
    """Return each fact as its class and its concept, with a minus where it is denied."""
    return {
        f"{'-' * fact.absent}{str(fact['rdf:type']).removeprefix('imr:')} {fact['imr:concept']}" for fact in found.facts
    }


# --- to whom a word belongs in a list of diagnoses


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Diagnoses: brachial neuritis or radiculitis NOS and thoracic sprain.",
            {"Diagnosis dx:BrachialNeuritis", "Diagnosis dx:ThoracicStrain"},
        ),
        (
            "Diagnoses are contusion of the right thigh, resolved, and strain of the right hamstring.",
            {"Diagnosis dx:ThighContusion", "Diagnosis dx:ThighStrain"},
        ),
        (
            "Diagnoses: status post ankle fusion, lumbar disc displacement without myelopathy, and insomnia.",
            {
                "Treatment svc:AnkleFusion",
                "Diagnosis dx:LumbarDiscHerniation",
                "-Diagnosis dx:Myelopathy",
                "Diagnosis dx:Insomnia",
            },
        ),
        ("There is no thoracic sprain.", {"-Diagnosis dx:ThoracicStrain"}),
        (
            "Negative for thoracic sprain and myelopathy.",
            {"-Diagnosis dx:ThoracicStrain", "-Diagnosis dx:Myelopathy"},
        ),
    ],
)
def test_a_denial_in_a_list_of_diagnoses_holds_for_its_own_member(
    told: Told, sentence: str, expected: set[str]
) -> None:
    assert _facts(told(sentence)) == expected


def test_what_the_patients_care_was_is_not_that_of_other_patients(told: Told) -> None:
    assert told("The patient's treatment included a cast.").of("svc:Cast")
    assert not told("He held two patients' walkers.").of("svc:Walker")


# --- referrals and visits


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He was referred to an orthopedic surgeon.", {"PlannedCare svc:OrthopedicConsultation"}),
        ("A referral to neurology was made.", {"PlannedCare svc:NeurologyConsultation"}),
        ("The patient was given a referral to a dentist.", {"PlannedCare svc:DentalConsultation"}),
        ("The plan is to refer her to podiatry.", {"PlannedCare svc:PodiatryConsultation"}),
        ("He has been seen by a neurologist.", {"Treatment svc:NeurologyConsultation"}),
        ("He was evaluated by a hand surgeon.", {"Treatment svc:HandSurgeryConsultation"}),
        ("She was seen by a chiropractor for six visits.", {"Treatment svc:ChiropracticManipulation"}),
        ("He was referred for physical therapy.", {"PlannedCare svc:PhysicalTherapy"}),
    ],
)
def test_a_referral_is_a_plan_and_a_visit_to_a_specialist_is_care(
    told: Told, sentence: str, expected: set[str]
) -> None:
    assert _facts(told(sentence)) == expected


def test_the_visit_at_which_something_was_told_is_no_care(told: Told) -> None:
    assert not told("The patient was seen on 7/7/16 for a follow-up evaluation.").facts
    assert _facts(told("A follow-up evaluation is planned.")) == {"PlannedCare svc:OfficeVisit"}


# --- who works with care, and with whom


@pytest.mark.parametrize(
    "sentence",
    [
        "She works as a physical therapy aide.",
        "He is a massage therapist.",
        "She is employed as a chiropractor.",
        "The x-ray technician slipped in the MRI suite.",
        "He was hurt while lifting a patient with a stroke.",
        "She was transporting a patient to the ward.",
        "This is a review for medical necessity of an MRI of the lumbar spine.",
        "The MRI was not authorized.",
        "Acupuncture has not yet been approved.",
    ],
)
def test_a_trade_a_place_and_others_tell_nothing_of_the_worker(told: Told, sentence: str) -> None:
    assert not told(sentence).facts


def test_care_by_those_who_give_it_is_care(told: Told) -> None:
    assert told("He was treated by a massage therapist.").of("svc:MassageTherapy", "Treatment")
    assert told("She is a patient with a stroke.").of("dx:Stroke", "Diagnosis")
    assert told("She had physical therapy.").of("svc:PhysicalTherapy", "Treatment")
    assert told("An MRI was not done.").one("svc:Mri").absent


# --- conditions and what is to come


def test_what_should_opens_is_a_condition(told: Told) -> None:
    assert _facts(told("Should the wrist pain persist, an injection would be tried.")) == {"PlannedCare svc:Injection"}
    assert not told("Should she fail physical therapy, she will return.").of("svc:PhysicalTherapy")
    assert told("She should have physical therapy.").of("svc:PhysicalTherapy")


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Physical therapy is to resume next week.", "PlannedCare"),
        ("He is to begin physical therapy.", "PlannedCare"),
        ("Consent forms for physical therapy were signed.", "PlannedCare"),
        ("The surgeon wants to repeat physical therapy.", "PlannedCare"),
        ("He began physical therapy last week.", "Treatment"),
        ("He repeated physical therapy in May.", "Treatment"),
    ],
)
def test_what_is_to_begin_is_a_plan(told: Told, sentence: str, kind: str) -> None:
    assert told(sentence).one("svc:PhysicalTherapy")["rdf:type"] == f"imr:{kind}"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The carrier authorized acupuncture.", "PlannedCare"),
        ("Acupuncture has been offered.", "PlannedCare"),
        ("He was offered acupuncture.", "PlannedCare"),
        ("The carrier authorized acupuncture, which he completed in May.", "Treatment"),
        ("He had authorized acupuncture.", "Treatment"),
    ],
)
def test_what_was_only_offered_or_allowed_is_to_come(told: Told, sentence: str, kind: str) -> None:
    assert told(sentence).one("svc:Acupuncture")["rdf:type"] == f"imr:{kind}"


@pytest.mark.parametrize(
    "sentence",
    [
        "The adjuster has not approved the epidural injection.",
        "She prefers not to take medications.",
        "Opioids have been avoided.",
        "He was told to go to the emergency room if he develops a fever.",
    ],
)
def test_what_is_not_wanted_or_not_allowed_is_neither_given_nor_denied(told: Told, sentence: str) -> None:
    assert not told(sentence).facts


# --- drugs


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "He uses a compound cream containing gabapentin, ketoprofen and lidocaine, Norco and Soma.",
            {"MedicationUse drug:CompoundedTopical", "MedicationUse drug:Norco", "MedicationUse drug:OralCarisoprodol"},
        ),
        (
            "He uses a compound cream and takes gabapentin.",
            {"MedicationUse drug:CompoundedTopical", "MedicationUse drug:OralGabapentin"},
        ),
        (
            "He uses a compounded cream of ketoprofen 10% and lidocaine 5%, and takes Norco.",
            {"MedicationUse drug:CompoundedTopical", "MedicationUse drug:Norco"},
        ),
    ],
)
def test_what_a_mixture_holds_is_not_taken_by_itself(told: Told, sentence: str, expected: set[str]) -> None:
    assert _facts(told(sentence)) == expected


def test_a_drug_that_was_prescribed_and_not_taken_is_not_in_use(told: Told) -> None:
    assert not told("She was prescribed Soma, but did not take it.").of("drug:OralCarisoprodol")
    assert told("She was prescribed Soma, and took it at night.").of("drug:OralCarisoprodol")


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("He had an intramuscular injection of Toradol 60 mg.", "drug:KetorolacInjection"),
        ("Ketorolac 60 mg IM was given.", "drug:KetorolacInjection"),
        ("He takes Toradol 10 mg.", "drug:OralKetorolac"),
        ("After the injection he took Toradol.", "drug:OralKetorolac"),
    ],
)
def test_a_drug_that_was_injected_is_its_product_for_that(told: Told, sentence: str, concept: str) -> None:
    assert told(sentence).of(concept)


@pytest.mark.parametrize(
    ("sentence", "heads"),
    [
        ("Medications are Norco and Soma.", True),
        ("Medications tried and failed include Elavil and Zanaflex.", True),
        ("The medications are not helping.", False),
        ("Medications were helpful.", False),
    ],
)
def test_medications_are_a_heading_where_drugs_follow(told: Told, sentence: str, *, heads: bool) -> None:
    assert bool(told(sentence).of("svc:Medication")) is not heads


def test_a_drug_that_had_been_tried_is_not_in_use(told: Told) -> None:
    assert told("Norco had been tried before and caused itching.").of("drug:Norco", "Treatment")
    assert told("Norco is taken at night.").of("drug:Norco", "MedicationUse")


def test_what_was_taken_previously_is_not_in_use(told: Told) -> None:
    found = told("Previously he was on Vicodin, but now takes only Tylenol.")
    assert _facts(found) == {"Treatment drug:HydrocodoneAcetaminophen", "MedicationUse drug:OralAcetaminophen"}


@pytest.mark.parametrize(
    ("sentence", "concept", "outcome"),
    [
        ("The patient reported 0% relief from the facet block.", "fnd:NoImprovement", "imr:Failed"),
        ("The patient reported 60% relief from the facet block.", "fnd:PainRelief", "imr:Helped"),
        ("He had a partial response to the facet block.", "fnd:PartialImprovement", "imr:Helped"),
    ],
)
def test_relief_in_a_share_of_nothing_is_none(told: Told, sentence: str, concept: str, outcome: str) -> None:
    found = told(sentence)
    assert found.of(concept, "Response")
    assert found.one("svc:FacetInjection")["imr:outcome"] == outcome


def test_what_follows_and_to_is_not_to_be_avoided(told: Told) -> None:
    assert told("He was advised to avoid heavy lifting and to return to modified work.").of("fnd:ModifiedDuty")
    assert not told("He was advised to avoid modified work.").of("fnd:ModifiedDuty")


# --- prescriptions and orders


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "She was given a prescription for naproxen and a wrist splint.",
            {"MedicationUse drug:OralNaproxen", "PlannedCare svc:WristSplint"},
        ),
        ("Acupuncture was prescribed, twice a week for four weeks.", {"PlannedCare svc:Acupuncture"}),
        ("Acupuncture was prescribed, and he attended it.", {"Treatment svc:Acupuncture"}),
        (
            "The physician prescribed naproxen and ordered acupuncture.",
            {"MedicationUse drug:OralNaproxen", "PlannedCare svc:Acupuncture"},
        ),
        ("He was scheduled to see a neurosurgeon.", {"PlannedCare svc:NeurosurgeryConsultation"}),
        ("The provider will see the patient in six weeks.", {"PlannedCare svc:OfficeVisit"}),
        ("He has been seen back in the clinic.", set()),
        ("He had been on a fentanyl patch until 2012.", {"Treatment drug:FentanylPatch"}),
        ("The patient had been provided with crutches.", {"Treatment svc:Crutches"}),
        ("She has been attending a pain program.", {"Treatment svc:MultidisciplinaryPainProgram"}),
    ],
)
def test_what_was_prescribed_is_taken_if_it_is_a_drug_and_else_to_come(
    told: Told, sentence: str, expected: set[str]
) -> None:
    assert _facts(told(sentence)) == expected


def test_what_has_helped_with_two_things_has_helped_with_both(told: Told) -> None:
    found = told("Acupuncture has helped with pain and sleep.")
    assert _facts(found) == {"Treatment svc:Acupuncture", "Response fnd:PainRelief", "Response fnd:ImprovedSleep"}


# --- what was never diagnosed, asked about or left off


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He has not been diagnosed with diabetes.", {"-Diagnosis dx:DiabetesMellitus"}),
        ("He has been diagnosed with diabetes.", {"Diagnosis dx:DiabetesMellitus"}),
        ("She has never been treated for anxiety.", set()),
        ("She has been treated for anxiety.", {"Diagnosis dx:AnxietyDisorder"}),
        ("He has been off Norco for three months.", {"Treatment drug:Norco"}),
        ("She is now off of Norco.", {"Treatment drug:Norco"}),
        ("Wean off Norco.", {"MedicationUse drug:Norco"}),
        ("He wants to get off Norco.", set()),
        ("There was no evidence of a previous fracture.", {"-Diagnosis dx:Fracture"}),
        ("He has no history of a prior lumbar fusion.", {"-Treatment svc:LumbarFusion"}),
        (
            "He has no wrist pain and a history of a previous fracture.",
            {"-Diagnosis dx:WristPain", "Diagnosis dx:Fracture"},
        ),
        ("A second surgeon agreed that acupuncture was reasonable.", {"PlannedCare svc:Acupuncture"}),
        ("The patient is opioid naive.", set()),
        ("His medications, which include Norco, were refilled.", {"MedicationUse drug:Norco"}),
        (
            "His medications, and Norco above all, were refilled.",
            {"MedicationUse svc:Medication", "MedicationUse drug:Norco"},
        ),
        (
            "His current pain regimen of Norco and Soma is kept.",
            {"MedicationUse drug:Norco", "MedicationUse drug:OralCarisoprodol"},
        ),
        ("He is scheduled for a follow-up MRI.", {"PlannedCare svc:Mri"}),
        ("A follow-up in 4 weeks was advised.", {"PlannedCare svc:OfficeVisit"}),
        (
            "The plan was to continue Norco and try Lyrica.",
            {"MedicationUse drug:Norco", "PlannedCare drug:OralPregabalin"},
        ),
        ("He did not try acupuncture.", {"-Treatment svc:Acupuncture"}),
        ("She never filled the prescription for Lyrica.", set()),
        ("Norco was changed to Percocet.", {"Treatment drug:Norco", "MedicationUse drug:OxycodoneAcetaminophen"}),
        ("He was on Norco at one time.", {"Treatment drug:Norco"}),
        ("He was told to wean off the cane.", {"Treatment svc:Cane"}),
        ("He was told to get a cane.", {"PlannedCare svc:Cane"}),
        ("The insurer would not pay for acupuncture.", set()),
        ("She has not decided on surgery.", set()),
        ("A trial of Norco produced itching.", {"MedicationUse drug:Norco", "Finding fnd:SkinSymptom"}),
        ("She inquired about acupuncture.", set()),
        ("The alternatives to surgery were explained, including acupuncture and a brace.", set()),
        ("The nurse case manager attended the visit.", set()),
        ("She has a nurse case manager.", {"Treatment svc:NurseCaseManagement"}),
        ("He underwent two injections of Supartz.", {"Treatment svc:HyaluronicAcidInjection"}),
        ("Treatment to date included diagnostics.", {"Study svc:DiagnosticTest"}),
        ("The block was diagnostic.", set()),
    ],
)
def test_what_was_never_given_or_is_over_is_not_told_as_there(told: Told, sentence: str, expected: set[str]) -> None:
    assert _facts(told(sentence)) == expected
