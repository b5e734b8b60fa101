"""Sentences as terse as case summaries: what was only allowed, ordered or excluded, and care that did too little."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import Read

_GENERAL = "imr:Failed"


def _stated(found: Read) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts if not fact.absent}


def _failed(found: Read) -> set[str]:
    return {str(fact["imr:concept"]) for fact in found.facts if fact["imr:outcome"] == _GENERAL}


# --- operations that were allowed


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        ("UR approved the right knee arthroscopy.", "fnd:SurgeryApproved"),
        ("UR (10-20-14) approved the right knee arthroscopy and denied the cold unit.", "fnd:SurgeryApproved"),
        ("The arthroscopy of the knee was approved by utilization review on 10/20/2014.", "fnd:SurgeryApproved"),
        ("The carrier has authorized a L4-5 posterior lumbar fusion.", "fnd:LumbarFusionApproved"),
        ("The total knee arthroplasty was certified.", "fnd:KneeReplacementApproved"),
        ("UR did not approve the right knee arthroscopy.", None),
        ("UR has not approved the arthroscopy.", None),
        ("UR approved preoperative clearance for the right knee arthroscopy.", None),
        ("UR approved the MRI and denied the right knee arthroscopy.", None),
        ("The carrier has authorized the lumbar fusion at L4-5.", "fnd:LumbarFusionApproved"),
        ("UR approved the knee arthroscopy but the patient declined it.", None),
    ],
)
def test_an_operation_that_was_allowed_is_told_by_its_kind_and_was_not_done(
    told: Callable[..., Read], sentence: str, finding: str | None
) -> None:
    found = told(sentence, "Cold therapy unit")
    assert {one for one in _stated(found) if one.endswith("Approved")} == ({finding} if finding else set())
    assert not [fact for fact in found.facts if fact["rdf:type"] == "imr:Treatment" and not fact.absent]


@pytest.mark.parametrize(
    "sentence",
    [
        "The carrier approved a knee replacement, which was done on 4-5-15.",
        "The knee replacement was authorized in 2010, and he underwent it.",
        "Should the adjuster authorize the knee replacement, therapy would follow.",
    ],
)
def test_an_operation_that_was_done_since_or_may_be_allowed_is_not_one_that_is_allowed(
    told: Callable[..., Read], sentence: str
) -> None:
    assert not [one for one in _stated(told(sentence, "Cold therapy unit")) if one.endswith("Approved")]


# --- care that is only to come


@pytest.mark.parametrize(
    ("sentence", "concept", "kind"),
    [
        ("The surgeon ordered blood tests.", "svc:GeneralLaboratoryTest", "imr:PlannedCare"),
        ("The provider also ordered an MRI of the lumbar spine.", "svc:LumbarMri", "imr:PlannedCare"),
        ("The physician ordered X-rays of the hand, which were negative.", "svc:HandXray", "imr:Study"),
        ("The physician ordered X-rays of the hand on 3/4/2015.", "svc:HandXray", "imr:Study"),
        ("The tests come before a possible aspiration.", "svc:JointAspiration", "imr:PlannedCare"),
        ("The left knee was treated by aspiration.", "svc:JointAspiration", "imr:Treatment"),
    ],
)
def test_what_is_ordered_or_may_come_was_not_done_unless_more_is_told(
    told: Callable[..., Read], sentence: str, concept: str, kind: str
) -> None:
    assert told(sentence).one(concept)["rdf:type"] == kind


@pytest.mark.parametrize(
    ("sentence", "done"),
    [
        ("The orthopedist asked that an internist clear her for surgery.", False),
        ("An image is to clarify the anatomy before an operation.", False),
        ("Surgery is not in question.", False),
        ("He wishes to go ahead with surgery.", False),
        ("He was admitted for surgery on 3/4/2012.", True),
        ("She has chronic low back pain after surgery.", True),
        ("He has had multiple surgeries.", True),
    ],
)
def test_an_operation_without_a_name_was_done_unless_it_lies_ahead(
    told: Callable[..., Read], sentence: str, done: bool
) -> None:
    found = told(sentence)
    assert bool([one for one in found.of("svc:Surgery", "Treatment") if not one.absent]) is done


# --- what is excluded, in doubt, or over


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Infection and nonunion have been ruled out.", {"dx:Infection", "dx:FractureNonunion"}),
        ("Tumor, infection and other causes of the pain have been ruled out.", {"dx:Cancer", "dx:Infection"}),
        ("Infection was ruled out and a nonunion was found.", {"dx:Infection"}),
        ("Diagnoses include lumbar sprain and left knee contusion, resolved.", {"dx:KneeContusion"}),
        ("Diagnoses include left knee contusion and lumbar sprain.", set()),
    ],
)
def test_a_list_is_excluded_as_a_whole_and_what_is_over_is_not_there(
    told: Callable[..., Read], sentence: str, denied: set[str]
) -> None:
    assert {str(fact["imr:concept"]) for fact in told(sentence).facts if fact.absent} == denied


@pytest.mark.parametrize(
    ("sentence", "suspected"),
    [
        ("A fracture must be excluded.", "fnd:SuspectedFracture"),
        ("A fracture of the scaphoid has to be ruled out.", "fnd:SuspectedFracture"),
        ("Infection cannot be excluded.", "fnd:SuspectedInfection"),
        ("CT is to evaluate for loosening of the prosthesis.", "fnd:SuspectedLooseJointReplacement"),
        ("X-rays showed no loosening of the components.", None),
        ("Infection has been excluded.", None),
    ],
)
def test_what_is_still_to_be_excluded_is_suspected(
    told: Callable[..., Read], sentence: str, suspected: str | None
) -> None:
    assert {one for one in _stated(told(sentence)) if one.startswith("fnd:Suspected")} == (
        {suspected} if suspected else set()
    )


@pytest.mark.parametrize(
    ("sentence", "positive"),
    [
        ("The exam demonstrated equivocal Spurling's sign.", False),
        ("Spurling's sign was equivocal.", False),
        ("The exam demonstrated a positive Spurling's sign.", True),
    ],
)
def test_an_equivocal_test_is_neither_positive_nor_negative(
    told: Callable[..., Read], sentence: str, positive: bool
) -> None:
    found = told(sentence)
    assert ("fnd:SpurlingPositive" in _stated(found)) is positive
    assert positive or not found.of("fnd:SpurlingPositive")


def test_a_normal_value_behind_and_is_said_of_what_follows_it(told: Callable[..., Read]) -> None:
    found = told("Exam shows pain with extension and rotation and normal sensation.")
    assert not found.of("fnd:DecreasedRangeOfMotion")
    assert found.one("fnd:SensoryDeficit").absent


# --- care that did too little


@pytest.mark.parametrize(
    ("sentence", "failed"),
    [
        (
            "Treatment has included therapy and NSAIDs, with persistent pain.",
            {"svc:PhysicalMedicineTherapy", "drug:Nsaid"},
        ),
        (
            "Treatment has included therapy and a brace with ongoing symptoms.",
            {"svc:PhysicalMedicineTherapy", "svc:Brace"},
        ),
        ("He remains symptomatic after six weeks of physical therapy.", {"svc:PhysicalTherapy"}),
        ("He has continued pain after 12 sessions of physical therapy.", {"svc:PhysicalTherapy"}),
        ("Symptoms persist despite physical therapy and bracing.", {"svc:PhysicalTherapy", "svc:Brace"}),
        (
            "He has not improved with physical therapy, naproxen or a brace.",
            {"svc:PhysicalTherapy", "drug:OralNaproxen", "svc:Brace"},
        ),
        ("He failed conservative therapy including bracing and acupuncture.", {"svc:Brace", "svc:Acupuncture"}),
        ("Acupuncture provided only two weeks of relief.", {"svc:Acupuncture"}),
        (
            "Treatment has included therapy, a brace and acupuncture, which have failed.",
            {"svc:PhysicalMedicineTherapy", "svc:Brace", "svc:Acupuncture"},
        ),
        ("He takes Norco and presents with persistent pain.", set()),
        ("Acupuncture gave 60% relief with residual pain at night.", set()),
        ("He has persistent pain after the arthroscopy.", set()),
        ("There was no persistent pain after therapy.", set()),
        ("The pain improved with therapy, naproxen and a brace.", set()),
    ],
)
def test_care_beside_complaints_that_go_on_did_not_help(
    told: Callable[..., Read], sentence: str, failed: set[str]
) -> None:
    assert _failed(told(sentence)) == failed


# --- counts and names that belong elsewhere


@pytest.mark.parametrize(
    ("sentence", "a_day"),
    [
        ("She reduced Norco from four tablets to two a day.", "2"),
        ("He takes two tablets of Norco three times a day.", "6"),
        ("He takes Norco three times a day.", "3"),
    ],
)
def test_tablets_each_time_are_told_before_the_drug_and_not_by_a_comparison(
    told: Callable[..., Read], sentence: str, a_day: str
) -> None:
    assert told(sentence).one("drug:Norco")["imr:perDay"] == a_day


def test_a_count_behind_a_comma_is_of_the_care_that_it_leads_to(told: Callable[..., Read]) -> None:
    found = told("Treatment has included stretching exercises, eight sessions of physical therapy and ibuprofen.")
    assert found.one("svc:ExerciseProgram")["imr:visits"] is None
    assert found.one("svc:PhysicalTherapy")["imr:visits"] == "8"
    assert (
        told("Treatment has included physical therapy, 12 sessions.").one("svc:PhysicalTherapy")["imr:visits"] == "12"
    )


def test_a_scar_around_the_roots_is_no_injection_and_work_boots_are_no_brace(told: Callable[..., Read]) -> None:
    found = told("MRI shows a protrusion contacting the S1 nerve root with epidural scar. Pain is worse in work boots.")
    assert "dx:EpiduralFibrosis" in _stated(found)
    assert not [fact for fact in found.facts if fact["rdf:type"] == "imr:Treatment"]
    assert "svc:WalkingBoot" in _stated(told("He was treated with a boot."))


# --- what words behind a list are said of, and what complaints go on after


@pytest.mark.parametrize(
    ("sentence", "stated", "denied"),
    [
        ("Infection and nonunion were ruled out.", set(), {"dx:Infection", "dx:FractureNonunion"}),
        ("Infection or nonunion was ruled out.", set(), {"dx:Infection", "dx:FractureNonunion"}),
        ("There is a meniscal tear, and infection was ruled out.", {"dx:MeniscalTear"}, {"dx:Infection"}),
        ("He has a meniscal tear and infection was ruled out.", {"dx:MeniscalTear"}, {"dx:Infection"}),
        ("Infection and fracture cannot be ruled out.", {"fnd:SuspectedInfection", "fnd:SuspectedFracture"}, set()),
        (
            "He has CRPS and a fracture cannot be ruled out.",
            {"dx:ComplexRegionalPainSyndrome", "fnd:SuspectedFracture"},
            set(),
        ),
        ("Findings were not consistent with radiculopathy.", set(), {"dx:Radiculopathy"}),
    ],
)
def test_what_closes_a_list_is_said_of_the_list_and_of_nothing_before_it(
    told: Callable[..., Read], sentence: str, stated: set[str], denied: set[str]
) -> None:
    found = told(sentence)
    assert _stated(found) == stated
    assert {str(fact["imr:concept"]) for fact in found.facts if fact.absent} == denied


@pytest.mark.parametrize(
    ("sentence", "failed"),
    [
        ("He remains symptomatic after completing 12 sessions of acupuncture.", {"svc:Acupuncture"}),
        ("He remains symptomatic after stopping acupuncture.", set()),
        ("She remains symptomatic after running out of Norco.", set()),
        ("He remains symptomatic after the injury and began acupuncture.", set()),
        ("She completed acupuncture with ongoing pain.", {"svc:Acupuncture"}),
        ("She completed acupuncture with ongoing pain relief.", set()),
    ],
)
def test_complaints_that_go_on_without_care_do_not_make_it_a_failure(
    told: Callable[..., Read], sentence: str, failed: set[str]
) -> None:
    assert _failed(told(sentence)) == failed


# --- names that say more than the fact


@pytest.mark.parametrize(
    ("sentence", "concept", "kept"),
    [
        ("The examiner found grade 3 laxity of the thumb.", "fnd:SevereKneeInstability", None),
        ("Scapholunate dynamic instability was noted at the wrist.", "fnd:SpinalInstability", None),
        ("Loosening of components of the fusion hardware was seen.", "dx:LooseJointReplacement", None),
        ("Caring for her child requires frequent lifting.", "fnd:PhysicalJob", None),
        ("There is a high risk of abuse with this class of drugs.", "fnd:HighOpioidRisk", None),
        ("Goals were set before surgery.", "fnd:OpioidGoalsSet", None),
        ("Rationale for each ingredient was not given.", "fnd:EachCompoundAgentSupported", None),
        ("Insomnia was assessed as severe.", "fnd:InsomniaEvaluated", "dx:Insomnia"),
        ("He was evaluated by a urologist for kidney stones.", "fnd:ErectileHistoryAndExamination", None),
        ("He wears a wrist splint at night.", "fnd:NeutralNightSplinting", "svc:WristSplint"),
        ("He was fitted for a knee brace.", "fnd:ProperlyFitted", "svc:KneeBrace"),
        ("He sleeps better with medication.", "fnd:SleepOnMedicationDocumented", "fnd:ImprovedSleep"),
        ("He needed less medication during the trial.", "fnd:MedicationUseDocumented", "fnd:ReducedMedicationUse"),
        ("An MRI was ordered by the treating physician.", "fnd:PrescribedByPhysician", "svc:Mri"),
        ("He will be educated on how to use naloxone.", "fnd:OverdoseEducation", "drug:NaloxoneRescue"),
        ("He was taken off work and naproxen was started.", None, "fnd:TemporaryTotalDisability"),
        ("He was compliant with his medications.", "fnd:UrineDrugTestConsistent", "fnd:ComplianceDocumented"),
        ("Muscle mass on the right is reduced.", "fnd:PalpableMass", None),
    ],
)
def test_a_name_says_no_more_than_its_fact_and_hides_no_other(
    told: Callable[..., Read], sentence: str, concept: str | None, kept: str | None
) -> None:
    stated = _stated(told(sentence))
    assert concept not in stated
    assert kept is None or kept in stated


@pytest.mark.parametrize(
    ("sentence", "cleared"),
    [
        ("Psychological clearance for the SCS trial has been obtained.", True),
        ("Psychological clearance for the SCS trial has not been obtained.", False),
        ("Psychological clearance for the SCS trial is pending.", False),
        ("Psychological clearance for the SCS trial was not given.", False),
    ],
)
def test_clearance_before_an_implant_counts_once_it_was_obtained(
    told: Callable[..., Read], sentence: str, cleared: bool
) -> None:
    found = told(sentence, "Spinal cord stimulator trial")
    assert ("fnd:PsychologicalScreeningDone" in _stated(found)) is cleared
    assert "svc:SpinalCordStimulatorTrial" not in _stated(found)


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("Functional goals were set.", True),
        ("Functional goals have yet to be defined.", False),
        ("Functional goals were not set.", False),
        ("The cause of the insomnia was determined.", True),
        ("The cause of the insomnia has not been determined.", False),
        ("The rationale was not given.", False),
    ],
)
def test_what_was_not_written_down_is_not_in_the_record(told: Callable[..., Read], sentence: str, stated: bool) -> None:
    documented = {"fnd:TreatmentGoalsDocumented", "fnd:InsomniaEvaluated", "fnd:RationaleDocumented"}
    assert bool(documented & _stated(told(sentence))) is stated


@pytest.mark.parametrize(
    ("sentence", "failed"),
    [
        (
            "He takes naproxen and has failed physical therapy and acupuncture.",
            {"svc:PhysicalTherapy", "svc:Acupuncture"},
        ),
        ("She tolerates naproxen but cannot tolerate gabapentin.", {"drug:OralGabapentin"}),
        ("He takes Cymbalta since he could not tolerate gabapentin.", {"drug:OralGabapentin"}),
        ("He had acupuncture and failed a course of physical therapy.", {"svc:PhysicalTherapy"}),
        ("Acupuncture failed, and naproxen helps.", {"svc:Acupuncture"}),
        ("Conservative treatment has failed, and an injection was given.", set()),
        ("He uses a brace and conservative treatment has failed.", set()),
        ("He takes Norco. Conservative treatment failed.", set()),
        (
            "Conservative treatment failed, including acupuncture and therapy.",
            {"svc:Acupuncture", "svc:PhysicalMedicineTherapy"},
        ),
        ("Acupuncture and physical therapy have failed.", {"svc:Acupuncture", "svc:PhysicalTherapy"}),
    ],
)
def test_what_stands_behind_failed_failed_and_not_what_is_told_before(
    told: Callable[..., Read], sentence: str, failed: set[str]
) -> None:
    assert _failed(told(sentence)) == failed
