"""The words by which reports of each genre name findings, conditions, care and requests, each in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Read, look

from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import load_knowledge


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> Callable[[str, str], Read]:
    return lambda told, heading: look(read_letter(SUMMARY.format(told, heading), document="words.txt", lexicon=lexicon))


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("There was a positive patellofemoral grind test.", "fnd:PatellarGrindPositive"),
        ("The supraspinatus stress test was positive.", "fnd:EmptyCanPositive"),
        ("Shoulder depression was positive.", "fnd:CervicalDistractionPositive"),
        ("Durkan's compression test was positive.", "fnd:DurkanPositive"),
        ("There was loss of the normal lordosis.", "fnd:LossOfLordosis"),
        ("Lordosis was flattened.", "fnd:LossOfLordosis"),
        ("The skin was shiny and mottled.", "fnd:SkinChange"),
        ("She was unable to straighten the elbow.", "fnd:DecreasedRangeOfMotion"),
        ("There was paravertebral muscle tightness.", "fnd:MuscleGuarding"),
        ("Walking tolerance is limited to one block.", "fnd:FunctionalLimitation"),
        ("She reports anhedonia.", "fnd:EmotionalDistress"),
        ("He has flashbacks.", "fnd:PosttraumaticSymptom"),
        ("He reports dysphagia.", "fnd:SwallowingDifficulty"),
        ("Work status: no kneeling or squatting.", "fnd:ModifiedDuty"),
        ("The employer cannot accommodate restrictions.", "fnd:NoModifiedWorkAvailable"),
        ("The MRI showed effacement of the ventral thecal sac.", "fnd:ThecalSacEffacement"),
        ("The MRI showed abutment of the exiting nerve root.", "fnd:NerveRootCompression"),
        ("The MRI revealed disc dessication.", "fnd:DegenerativeDiscDisease"),
        ("The MRI showed an almost full-thickness tear.", "fnd:PartialThicknessCuffTear"),
        ("The MRI showed mucoid degeneration.", "fnd:MeniscalDegeneration"),
        ("X-rays showed hardware in good position.", "fnd:HardwareInPlace"),
        ("The NCV showed prolonged latency.", "fnd:ElectrodiagnosticAbnormality"),
        (
            "Diagnoses included displacement of lumbar intervertebral disc without myelopathy.",
            "dx:LumbarDiscHerniation",
        ),
        ("Diagnoses included a nondisplaced fracture of the distal radius.", "dx:DistalRadiusFracture"),
        ("Diagnoses included AC joint osteoarthritis.", "dx:AcromioclavicularArthritis"),
        ("Diagnoses included costochondritis.", "dx:ChestWallPain"),
        ("He underwent percutaneous pinning.", "svc:FractureFixation"),
        ("Surgical history included an appendectomy.", "svc:AbdominalSurgery"),
        ("Treatment to date has included a tetanus booster.", "svc:TetanusVaccine"),
    ],
)
def test_the_words_of_reports_are_read(read: Callable[[str, str], Read], sentence: str, concept: str) -> None:
    facts = read(sentence, "Interpreter").facts
    assert concept in [fact["imr:concept"] for fact in facts], [fact["imr:concept"] for fact in facts]
    assert not any(fact.absent for fact in facts)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("She was in no acute distress.", "fnd:EmotionalDistress"),
        ("The supraspinatus stress test was positive.", "svc:CardiacStressTest"),
        ("Shoulder depression was positive.", "dx:Depression"),
        ("There was tenderness over the medial patellar facet.", "fnd:FacetTenderness"),
        ("Tinel's at the carpal tunnel was positive.", "dx:CarpalTunnelSyndrome"),
        ("He cannot do work with the left arm: no work with the left arm.", "fnd:TemporaryTotalDisability"),
    ],
)
def test_words_that_only_look_like_a_fact_give_none(
    read: Callable[[str, str], Read], sentence: str, concept: str
) -> None:
    assert read(sentence, "Interpreter").of(concept) == []


@pytest.mark.parametrize(
    ("heading", "concept"),
    [
        ("Tramadol HCL ER 150 mg #30", "drug:TramadolER"),
        ("Voltaren 1% gel 100 gm tube", "drug:DiclofenacGel"),
        ("Terocin pain patch #10", "drug:LidocaineMentholPatch"),
        ("Flurbiprofen 20%/Tramadol 20% in mediderm base 30gm", "drug:CompoundedTopical"),
        ("RFA of the lumbar spine, bilateral", "svc:LumbarSpineRadiofrequency"),
        ("Orthopedic surgery referral", "svc:OrthopedicConsultation"),
        ("Plastic surgery consult", "svc:PlasticSurgeryConsultation"),
        ("Ophthalmology evaluation", "svc:OphthalmologyConsultation"),
        ("Cardiology consult", "svc:CardiologyConsultation"),
        ("DVT compression sleeves", "svc:DvtProphylaxisDevice"),
        ("Custom unloader knee brace", "svc:CustomKneeBrace"),
        ("24 hour Holter monitor", "svc:HolterMonitor"),
        ("UDS confirmation", "svc:UrineDrugConfirmation"),
        ("Physical therapy evaluate and treat 8 visits", "svc:PhysicalTherapy"),
        ("Ultrasound guided injection, right wrist", "svc:Injection"),
    ],
)
def test_the_wordings_of_requests_give_one_service(
    read: Callable[[str, str], Read], heading: str, concept: str
) -> None:
    found = read("Nothing else is told.", heading)
    assert [request["imr:concept"] for request in found.requests] == [concept]
    assert found.parts == [[]]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Sleep hygiene was counseled.", "fnd:InsomniaEvaluated"),
        ("The patient was educated on how to use naloxone.", "fnd:OverdoseEducation"),
        (
            "His visits to the surgeon, which are medically necessary, are downtown.",
            "fnd:AppointmentMedicallyNecessary",
        ),
        ("Her appointments are in her own town.", "fnd:AppointmentNearby"),
        ("He cannot return to his usual and customary job.", "fnd:FunctionalLimitation"),
        ("Negative predictors were identified and addressed.", "fnd:NegativePredictorsAddressed"),
    ],
)
def test_other_words_for_what_is_documented(read: Callable[[str, str], Read], sentence: str, concept: str) -> None:
    assert [fact.absent for fact in read(sentence, "Sleep study").of(concept)] == [False]


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Sleep hygiene was not discussed.", "fnd:InsomniaEvaluated"),
        (
            "An MRI and an injection, which are medically necessary, were requested.",
            "fnd:AppointmentMedicallyNecessary",
        ),
        ("The surgeon does not recommend surgery.", "fnd:SurgeryConsidered"),
    ],
)
def test_the_contrary_is_not_documented(read: Callable[[str, str], Read], sentence: str, concept: str) -> None:
    assert all(fact.absent for fact in read(sentence, "Sleep study").of(concept))
