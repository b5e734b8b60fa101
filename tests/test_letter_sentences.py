"""What a sentence or a heading says is read: stated or denied, given or planned, how often, where and for how long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from letter_reading import OWN, SUMMARY, Read, look, text_of

from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import load_knowledge
from imr_kb.terms import PREFIXES


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> Callable[[Path], Read]:
    return lambda path: look(read_letter(text_of(path), document=path.name, lexicon=lexicon))


@pytest.fixture(scope="module")
def told(lexicon: Lexicon) -> Callable[[str], Read]:
    """Read a letter whose clinical summary is the given text."""
    return lambda summary: look(
        read_letter(SUMMARY.format(summary, "MRI of the knee"), document="told.txt", lexicon=lexicon)
    )


@pytest.fixture(scope="module")
def asked(lexicon: Lexicon) -> Callable[[str], Read]:
    """Read a letter whose one item has the given heading."""
    return lambda heading: look(read_letter(SUMMARY.format("Nothing.", heading), document="asked.txt", lexicon=lexicon))


# --- invented letters


def test_a_partial_approval_leaves_the_rest_in_dispute(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "partial_approval.txt")
    therapy, imaging, unknown = found.requests
    assert therapy["imr:requestedText"] == "Physical therapy for the right shoulder 6 sessions"
    assert (therapy["imr:quantity"], therapy["imr:laterality"]) == ("6", "imr:Right")
    assert imaging["imr:concept"] is None
    assert [(part["imr:concept"], part["imr:bodyPart"], part["imr:laterality"]) for part in found.parts[1]] == [
        ("svc:ShoulderMri", "body:Shoulder", "imr:Right"),
        ("svc:CervicalMri", "body:CervicalSpine", None),
    ]
    assert unknown["imr:concept"] is None
    assert [request["imr:sequence"] for request in found.requests] == ["1", "2", "3"]
    assert found.codes == ["IN005"]


def test_the_header_gives_number_and_dates_and_the_summary_the_rest(read: Callable[[Path], Read]) -> None:
    case = read(OWN / "partial_approval.txt").case
    assert case["imr:caseNumber"] == "CM17-0900001"
    dates = ("injuredOn", "deniedOn", "decidedOn", "requestedOn", "latestRecordOn")
    assert [case[f"imr:{name}"] for name in dates] == [
        "2016-11-02",
        "2017-01-20",
        "2017-03-30",
        "2017-01-05",
        "2016-12-19",
    ]


def test_neither_utilization_review_nor_rationale_gives_a_fact(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "partial_approval.txt")
    words = " ".join(word for fact in found.facts for word in fact.words)
    assert "opioid" not in words
    assert "morphine" not in words
    assert "tumor" not in words
    assert found.one("svc:PhysicalTherapy", "Treatment")["imr:visits"] == "5"
    assert found.one("svc:PhysicalTherapy", "Treatment")["imr:outcome"] == "imr:Helped"
    assert not found.of("fnd:HomeExerciseProgramOngoing")


def test_a_double_spaced_letter_without_header_is_read(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "double_spaced.txt")
    injection, drug = found.requests
    assert injection["imr:concept"] == "svc:LumbarEpiduralSteroidInjection"
    assert injection["imr:quantity"] == "1"
    assert (drug["imr:concept"], drug["imr:quantity"], drug["imr:perDay"]) == ("drug:Norco", "90", "3")
    assert (found.case["imr:injuredOn"], found.case["imr:latestRecordOn"]) == ("2010-05-06", "2015-04-02")
    assert found.one("dx:L5Radiculopathy")["imr:laterality"] == "imr:Left"
    assert found.one("dx:L5S1DiscHerniation")["imr:bodyPart"] == "body:L5S1Segment"
    assert found.one("drug:Norco", "MedicationUse")["imr:perDay"] == "4"
    assert not found.of("drug:Norco", "PlannedCare"), "what is in dispute is no plan"
    assert found.one("svc:Acupuncture")["imr:outcome"] == "imr:Failed"
    assert found.one("svc:ChiropracticManipulation")["imr:outcome"] is None
    relief = found.one("fnd:PainRelief")
    assert relief["imr:toService"] == "svc:LumbarEpiduralSteroidInjection"
    assert (relief["imr:reliefPercent"], relief["imr:reliefWeeks"]) == ("60", "8")
    stenosis = found.one("fnd:ForaminalStenosis")
    assert str(stenosis["imr:shownBy"]).startswith(PREFIXES["imr"].replace("core#", "case/double_spaced/fact/"))
    for denied in ("fnd:Clonus", "fnd:BabinskiSign", "fnd:StraightLegRaisePositive", "dx:Infection", "dx:Cancer"):
        assert found.one(denied).absent, denied
    assert not found.of("svc:CervicalMri")


def test_denials_reach_as_far_as_their_list_and_no_further(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "negation.txt")
    denied = {
        "fnd:FeverOrChills", "fnd:NightPain", "fnd:Swelling", "fnd:Ecchymosis", "fnd:AbnormalGait", "fnd:LachmanPositive",
        "fnd:AnteriorDrawerPositive", "fnd:DecreasedRangeOfMotion", "fnd:SensoryDeficit",
    }  # fmt: skip
    stated = {"fnd:Locking", "fnd:JointLineTenderness", "fnd:McMurrayPositive"}
    assert {short for short in denied if not found.one(short).absent} == set()
    assert {short for short in stated if found.one(short).absent} == set()


def test_results_of_a_test_do_not_deny_the_test(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "negation.txt")
    assert not found.one("svc:KneeXray", "Study").absent
    assert found.one("svc:Mri", "Study").absent
    assert not found.of("svc:KneeMri"), "what is in dispute is no plan"
    assert not found.of("dx:MedialMeniscalTear")
    assert not found.of("fnd:FunctionalImprovement")


def test_numbered_determinations_of_the_older_form_are_read(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "older_form.txt")
    needles, imaging = found.requests
    assert (needles["imr:concept"], needles["imr:quantity"]) == ("svc:Acupuncture", "8")
    assert (needles["imr:publishedOutcome"], imaging["imr:publishedOutcome"]) == ("imr:Upheld", "imr:Overturned")
    assert imaging["imr:concept"] == "svc:CervicalMri"
    assert (found.case["imr:caseNumber"], found.case["imr:deniedOn"]) == ("CM13-0900002", "2013-08-01")


# --- single sentences


@pytest.mark.parametrize(
    ("summary", "concept", "absent"),
    [
        ("Examination revealed decreased sensation in the left L5 dermatome.", "fnd:LumbarDermatomalDeficit", False),
        ("Sensation was diminished over the right C6 dermatome.", "fnd:CervicalDermatomalDeficit", False),
        ("Sensation to light touch was intact.", "fnd:SensoryDeficit", True),
        ("Motor strength was 5/5 in the bilateral lower extremities.", "fnd:LowerExtremityWeakness", True),
        ("Motor strength was 5-/5 in the legs.", "fnd:LowerExtremityWeakness", False),
        ("Strength is 4+ out of 5 in the left leg.", "fnd:LowerExtremityWeakness", False),
        ("Deep tendon reflexes were 1+ at the ankle.", "fnd:DecreasedReflex", False),
        ("Her gait was normal.", "fnd:AbnormalGait", True),
        ("There was no restriction of range of motion of the back.", "fnd:DecreasedRangeOfMotion", True),
        ("Spurling's test was negative bilaterally.", "fnd:SpurlingPositive", True),
        ("He denied any tingling, swelling, or weakness of the arms.", "fnd:UpperExtremityWeakness", True),
        ("The exam showed no crepitus, but swelling of the knee.", "fnd:Swelling", False),
        ("There is no evidence of infection.", "dx:Infection", True),
        ("X-rays showed no fracture.", "fnd:FractureOnImaging", True),
    ],
)
def test_a_finding_is_stated_or_denied(told: Callable[[str], Read], summary: str, concept: str, absent: bool) -> None:
    assert told(summary).one(concept).absent is absent


@pytest.mark.parametrize(
    "summary",
    [
        "The treatment plan is for an MRI to rule out infection.",
        "There was possible infection.",
        "The request was denied as there was infection. There was also no record of infection.",
        "There is no documentation of infection.",
        "The Request for Authorization asks for a test for infection.",
    ],
)
def test_what_is_only_considered_or_unsaid_is_no_fact(told: Callable[[str], Read], summary: str) -> None:
    assert told(summary).of("dx:Infection") == []


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("She has completed acupuncture.", "Treatment"),
        ("Treatment to date has included rest and acupuncture.", "Treatment"),
        ("The treatment plan includes rest and acupuncture.", "PlannedCare"),
        ("Acupuncture, and a cane were ordered.", "PlannedCare"),
        ("The provider recommended acupuncture.", "PlannedCare"),
        ("The RFA asks for acupuncture.", None),
        ("Utilization review denied acupuncture.", None),
    ],
)
def test_care_is_given_planned_or_asked_for(told: Callable[[str], Read], summary: str, kind: str | None) -> None:
    assert [fact["rdf:type"] for fact in told(summary).of("svc:Acupuncture")] == ([f"imr:{kind}"] if kind else [])


@pytest.mark.parametrize(
    ("summary", "visits"),
    [
        ("She had 6 acupuncture visits.", "6"),
        ("She had five (5) sessions of acupuncture.", "5"),
        ("She had acupuncture (16 sessions).", "16"),
        ("She had acupuncture x 12.", "12"),
        ("She completed 5 of 6 acupuncture sessions.", "5"),
        ("She had acupuncture 2 times a week for 3 weeks.", "6"),
        ("She had acupuncture.", None),
        ("She had 6 acupuncture visits. Acupuncture helped. The acupuncture was well tolerated.", "6"),
        ("She had 4 acupuncture visits. She has now completed 6 acupuncture visits.", "6"),
    ],
)
def test_visits_are_counted_once(told: Callable[[str], Read], summary: str, visits: str | None) -> None:
    assert told(summary).one("svc:Acupuncture")["imr:visits"] == visits


def test_relief_belongs_to_the_care_named_beside_it(told: Callable[[str], Read]) -> None:
    found = told("She has had a cane, acupuncture x 6, TENS unit, and two epidural steroid injections with 50% relief.")
    assert found.one("fnd:PainRelief")["imr:toService"] == "svc:EpiduralSteroidInjection"
    assert found.one("svc:EpiduralSteroidInjection")["imr:visits"] == "2"
    assert found.one("svc:Acupuncture")["imr:visits"] == "6"
    assert found.one("svc:Tens")["imr:visits"] is None


def test_the_body_mass_index_is_read(told: Callable[[str], Read]) -> None:
    assert told("His body mass index is 34.2.").case["imr:bodyMassIndex"] == "34.2"


def test_a_list_of_sites_shares_one_noun(told: Callable[[str], Read]) -> None:
    found = told("He complained of neck, mid back and low back pain.")
    assert {fact["imr:concept"] for fact in found.facts} == {"dx:NeckPain", "dx:UpperBackPain", "dx:LowBackPain"}


def test_a_vague_name_gives_way_to_the_precise_one(told: Callable[[str], Read]) -> None:
    found = told("She has left knee pain. The pain is constant.")
    assert [fact["imr:concept"] for fact in found.facts if fact["rdf:type"] == "imr:Diagnosis"] == ["dx:KneePain"]


# --- headings


@pytest.mark.parametrize(
    ("heading", "concept", "values"),
    [
        ("MRI of the lumbar spine without contrast", "svc:LumbarMri", {"bodyPart": "body:LumbarSpine"}),
        ("X-ray right hip", "svc:HipXray", {"bodyPart": "body:Hip", "laterality": "imr:Right"}),
        (
            "EMG/NCS of the bilateral upper extremities",
            "svc:UpperExtremityElectrodiagnosticStudy",
            {"laterality": "imr:Bilateral"},
        ),
        ("Physical therapy 2x6 for the neck", "svc:PhysicalTherapy", {"quantity": "12", "perWeek": "2", "weeks": "6"}),
        ("Aquatic therapy, twice a week for three weeks", "svc:AquaticTherapy", {"quantity": "6", "perWeek": "2"}),
        ("Eight acupuncture sessions", "svc:Acupuncture", {"quantity": "8"}),
        ("Acupuncture sessions, 12", "svc:Acupuncture", {"quantity": "12"}),
        ("Follow up office visit times 2", "svc:OfficeVisit", {"quantity": "2"}),
        ("Percocet 10/325 mg, ninety count", "drug:OxycodoneAcetaminophen", {"quantity": "90"}),
        (
            "Gabapentin 300 mg, two capsules three times a day, 30 day supply",
            "drug:OralGabapentin",
            {"perDay": "6", "daysSupply": "30", "quantity": None},
        ),
        ("Norco 10/325mg #60", "drug:Norco", {"strengthMg": "10", "quantity": "60"}),
        ("Gabapentin 300 mg QTY: 90", "drug:OralGabapentin", {"strengthMg": "300", "quantity": "90"}),
        ("Ketoprofen 20% cream 240g", "drug:TopicalKetoprofen", {"strengthMg": None, "quantity": None}),
        ("Shoulder brace", "svc:ShoulderBrace", {}),
        ("Associated surgical service: Shoulder brace", "svc:PostoperativeSling", {}),
        ("Associated surgical service: Knee brace", "svc:KneeBrace", {}),
        ("Associated surgical service: Physical therapy, 12", "svc:PostoperativePhysicalTherapy", {"quantity": "12"}),
        ("Functional capacity evaluation (FCE)", "svc:FunctionalCapacityEvaluation", {}),
    ],
)
def test_a_heading_gives_service_site_and_amounts(
    asked: Callable[[str], Read], heading: str, concept: str, values: dict[str, str | None]
) -> None:
    (request,) = asked(heading).requests
    assert request["imr:requestedText"] == heading
    assert request["imr:concept"] == concept
    assert {name: request[f"imr:{name}"] for name in values} == values
