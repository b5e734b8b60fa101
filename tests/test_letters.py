"""Letters are read as they are written: items, facts, polarity, dates and amounts, each with the words it rests on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_kb.errors import InputError, Severity
from imr_kb.letters import Lexicon, Reading, looks_like_letter, read_letter
from imr_kb.letters.amounts import Kind
from imr_kb.letters.tokens import tokenize
from imr_kb.letters.view import view
from imr_kb.load import load_knowledge
from imr_kb.terms import OA, PREFIXES, RDF, core, short

OWN = Path(__file__).parent / "cases" / "letters"
SUMMARY = "CLINICAL CASE SUMMARY\n\n{}\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\n{}: Upheld\n"
OUTCOME = re.compile(r"(?m)(:\s*)(Upheld|Overturned)(?=[ \t]*$)")
UNREAD = re.compile(r"(Claims Administrator guideline|MAXIMUS guideline|Decision rationale):")
FLIPPED = {"Upheld": "Overturned", "Overturned": "Upheld"}


@dataclass
class Node:
    """One fact or request of a reading: its values by short property name, and its quoted words."""

    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    words: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str | None:
        """Return the one value of ``name``, or nothing."""
        found = self.values.get(name, [])
        assert len(found) <= 1, f"{name} has {found}"
        return found[0] if found else None

    @property
    def absent(self) -> bool:
        """Whether the record denies it."""
        return self["imr:polarity"] == "imr:Absent"


@dataclass
class Read:
    """A reading in a form that tests can look things up in."""

    case: Node
    facts: list[Node]
    requests: list[Node]
    codes: list[str]

    def of(self, concept: str, kind: str = "") -> list[Node]:
        """Return the facts of ``concept``, of the class ``kind`` if given."""
        return [
            fact
            for fact in self.facts
            if fact["imr:concept"] == concept
            and kind in {"", fact["rdf:type"].removeprefix("imr:") if fact["rdf:type"] else ""}
        ]

    def one(self, concept: str, kind: str = "") -> Node:
        """Return the only fact of ``concept``."""
        found = self.of(concept, kind)
        assert len(found) == 1, f"{concept}: {[dict(fact.values) for fact in found]}"
        return found[0]


def _look(reading: Reading) -> Read:
    exact = {quad.subject.value: quad.object.value for quad in reading.quads if quad.predicate.value == OA + "exact"}
    nodes: dict[str, Node] = defaultdict(Node)
    for quad in reading.quads:
        subject, value = quad.subject.value, quad.object.value
        if quad.predicate.value == core("evidence"):
            nodes[subject].words.append(" ".join(exact[value].split()))
        elif subject not in exact:
            nodes[subject].values[short(quad.predicate.value)].append(short(value))
    facts = [node for name, node in nodes.items() if "/fact/" in name]
    requests = [node for name, node in nodes.items() if "/request/" in name]
    return Read(nodes[reading.case], facts, requests, [problem.code for problem in reading.problems])


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> Callable[[Path], Read]:
    return lambda path: _look(read_letter(_text(path), document=path.name, lexicon=lexicon))


@pytest.fixture(scope="module")
def told(lexicon: Lexicon) -> Callable[[str], Read]:
    """Read a letter whose clinical summary is the given text."""
    return lambda summary: _look(
        read_letter(SUMMARY.format(summary, "MRI of the knee"), document="told.txt", lexicon=lexicon)
    )


@pytest.fixture(scope="module")
def asked(lexicon: Lexicon) -> Callable[[str], Read]:
    """Read a letter whose one item has the given heading."""
    return lambda heading: _look(
        read_letter(SUMMARY.format("Nothing.", heading), document="asked.txt", lexicon=lexicon)
    )


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _published(folder: Path) -> list[Path]:
    paths = [folder / "sample-2015.txt", *sorted((folder / "main-format").glob("*.txt"))]
    assert len(paths) > 1, f"no letters in {folder}"
    return paths


# --- the reference letter


def test_the_reference_letter_is_read_as_it_is_written(letters: Path, read: Callable[[Path], Read]) -> None:
    found = read(letters / "sample-2015.txt")

    assert (found.case["imr:ageYears"], found.case["imr:sex"]) == ("58", "imr:Male")
    assert (found.case["imr:injuredOn"], found.case["imr:latestRecordOn"]) == ("2011-05-25", "2015-06-08")
    therapy, visit = found.requests
    assert therapy["imr:concept"] == "svc:PhysicalTherapy"
    assert (therapy["imr:quantity"], therapy["imr:perWeek"], therapy["imr:weeks"]) == ("8", "2", "4")
    assert (therapy["imr:bodyPart"], therapy["imr:publishedOutcome"]) == ("body:LumbarSpine", "imr:Upheld")
    assert (visit["imr:concept"], visit["imr:publishedOutcome"]) == ("svc:PainManagementFollowUp", "imr:Overturned")

    assert found.one("svc:PhysicalTherapy", "Treatment")["imr:visits"] == "6"
    assert found.one("svc:ChiropracticManipulation")["imr:visits"] == "16"
    assert found.one("svc:Acupuncture")["imr:visits"] == "25"
    assert found.one("svc:LumbarFusion")["imr:onDate"] == "2014-03-13"
    assert found.one("svc:TransforaminalEpiduralSteroidInjection")["imr:onDate"] == "2015-05-08"
    assert [study["imr:onDate"] for study in found.of("svc:CervicalMri", "Study")] == ["2012-11-28", "2015-03-16"]

    assert found.one("drug:Norco", "MedicationUse")["imr:strengthMg"] == "10"
    assert found.one("drug:Norco", "PlannedCare")["imr:strengthMg"] == "7.5"
    for drug in ("drug:OralGabapentin", "drug:OralCyclobenzaprine", "drug:Lidoderm"):
        assert found.one(drug)["rdf:type"] == "imr:MedicationUse"
    for planned in ("drug:CapsaicinCream", "svc:SpinalCordStimulatorTrial"):
        assert found.one(planned)["rdf:type"] == "imr:PlannedCare"

    relief = found.one("fnd:PainRelief")
    assert (relief["imr:reliefPercent"], relief["imr:toService"]) == ("80", "svc:Medication")
    assert found.one("fnd:Clonus").absent
    assert found.one("fnd:BabinskiSign").words == ["negative clonus and Babinski"]
    assert found.one("fnd:BabinskiSign").absent
    assert not found.one("fnd:LumbarDermatomalDeficit").absent
    assert not found.one("fnd:LowerExtremityWeakness").absent
    assert not found.of("fnd:FunctionalImprovement")
    assert found.codes == []


# --- all published letters


def test_every_disputed_item_is_found_with_its_outcome(letters: Path, read: Callable[[Path], Read]) -> None:
    expected: dict[str, list[str]] = defaultdict(list)
    for line in (letters / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        expected[Path(label["file"]).name].append(label["decision"])
    for path in _published(letters)[1:]:
        outcomes = [
            str(request["imr:publishedOutcome"]).removeprefix("imr:").lower() for request in read(path).requests
        ]
        assert outcomes == expected[path.name], path.name


def test_the_service_of_every_published_item_is_known(letters: Path, read: Callable[[Path], Read]) -> None:
    unknown = [
        (path.name, request["imr:requestedText"])
        for path in _published(letters)
        for request in read(path).requests
        if request["imr:concept"] is None
    ]
    assert unknown == []


def test_every_published_letter_gives_dates_a_worker_and_facts(letters: Path, read: Callable[[Path], Read]) -> None:
    for path in _published(letters):
        found = read(path)
        assert found.facts, path.name
        assert found.case["imr:injuredOn"], path.name
        assert found.case["imr:ageYears"], path.name
        assert found.case["imr:deniedOn"] or found.case["imr:latestRecordOn"], path.name


def test_evidence_quotes_the_letter_character_for_character(letters: Path, lexicon: Lexicon) -> None:
    for path in [*_published(letters), *sorted(OWN.glob("*.txt"))]:
        text = _text(path)
        reading = read_letter(text, document=path.name, lexicon=lexicon)
        values: dict[str, dict[str, str]] = defaultdict(dict)
        for quad in reading.quads:
            if "/evidence/" in quad.subject.value:
                values[quad.subject.value][quad.predicate.value] = quad.object.value
        assert values, path.name
        for name, value in values.items():
            start, end = int(value[OA + "start"]), int(value[OA + "end"])
            assert name == f"{reading.case}/evidence/{start}-{end}"
            assert value[OA + "exact"] == text[start:end]
            assert value[core("document")] == path.name
        used = {quad.object.value for quad in reading.quads if quad.predicate.value == core("evidence")}
        assert used == set(values), path.name


def test_a_reading_has_no_blank_node_and_is_the_same_each_time(letters: Path, lexicon: Lexicon) -> None:
    again = load_knowledge().lexicon
    for path in _published(letters)[:12]:
        text = _text(path)
        first = read_letter(text, document=path.name, lexicon=lexicon)
        assert first == read_letter(text, document=path.name, lexicon=again)
        assert not any(str(quad).count("_:") for quad in first.quads)
        assert len(set(first.quads)) == len(first.quads)


# --- what a verdict may not rest on


def _flipped(text: str) -> str:
    return OUTCOME.sub(lambda match: match[1] + FLIPPED[match[2]], text)


def _without_reasons(text: str, blank: Callable[[str], str]) -> str:
    """Pass the paragraphs with cited guidelines and rationales through ``blank``; the item headings stay."""
    start = text.index("IMR ISSUES")
    kept = []
    unread = False
    paragraphs = re.split(r"((?:\n|^)[ \t]+\r?\n)", text[start:])
    for paragraph in paragraphs:
        if UNREAD.match(paragraph.lstrip()):
            unread = True
        elif OUTCOME.search(paragraph):
            unread = False
        kept.append(blank(paragraph) if unread else paragraph)
    return text[:start] + "".join(kept)


def _spaces(paragraph: str) -> str:
    return re.sub(r"[^\r\n]", " ", paragraph)


def _content(reading: Reading) -> list[tuple[str, str, str]]:
    """Return all that was read but the published outcome, with words in place of offsets."""
    exact = {quad.subject.value: quad.object.value for quad in reading.quads if quad.predicate.value == OA + "exact"}
    return sorted(
        (quad.subject.value, quad.predicate.value, exact.get(quad.object.value, quad.object.value))
        for quad in reading.quads
        if quad.subject.value not in exact and quad.predicate.value != core("publishedOutcome")
    )


def test_flipped_outcomes_change_nothing_but_the_published_outcome(letters: Path, lexicon: Lexicon) -> None:
    for path in [*_published(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = _text(path)
        before = read_letter(text, document=path.name, lexicon=lexicon)
        after = read_letter(_flipped(text), document=path.name, lexicon=lexicon)
        assert _content(before) == _content(after), path.name
        assert [problem.code for problem in before.problems] == [problem.code for problem in after.problems]
        published = [_look(reading).requests[0]["imr:publishedOutcome"] for reading in (before, after)]
        assert published[0] != published[1], path.name


def test_blanked_rationales_and_guidelines_change_nothing_at_all(letters: Path, lexicon: Lexicon) -> None:
    for path in [*_published(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = _text(path)
        blanked = _without_reasons(text, _spaces)
        assert len(blanked) == len(text)
        assert "Decision rationale" not in blanked
        before = read_letter(text, document=path.name, lexicon=lexicon)
        assert before == read_letter(blanked, document=path.name, lexicon=lexicon), path.name


def test_removed_rationales_and_guidelines_change_no_fact(letters: Path, lexicon: Lexicon) -> None:
    for path in [*_published(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = _text(path)
        removed = _without_reasons(text, lambda _: "")
        before = read_letter(text, document=path.name, lexicon=lexicon)
        after = read_letter(removed, document=path.name, lexicon=lexicon)
        assert _content(before) == _content(after), path.name


@pytest.mark.parametrize(
    "change", [lambda text: re.sub(r"[ \t]+(?=\n)", "", text), lambda text: text.replace("\n", "\r\n")]
)
def test_lost_spaces_and_other_line_ends_change_no_fact(
    change: Callable[[str], str], letters: Path, lexicon: Lexicon
) -> None:
    def told_in(text: str) -> list[tuple[str, str, str]]:
        read_back = _content(read_letter(text, document="x.txt", lexicon=lexicon))
        return [(subject, predicate, " ".join(value.split())) for subject, predicate, value in read_back]

    for path in _published(letters):
        assert told_in(_text(path)) == told_in(change(_text(path))), path.name


# --- invented letters


def test_a_partial_approval_leaves_the_rest_in_dispute(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "partial_approval.txt")
    therapy, imaging, unknown = found.requests
    assert therapy["imr:requestedText"] == "Physical therapy for the right shoulder 6 sessions"
    assert (therapy["imr:quantity"], therapy["imr:laterality"]) == ("6", "imr:Right")
    assert imaging["imr:concept"] == "svc:ShoulderMri"
    assert sorted(imaging.values["imr:bodyPart"]) == ["body:CervicalSpine", "body:Shoulder"]
    assert unknown["imr:concept"] is None
    assert [request["imr:sequence"] for request in found.requests] == ["1", "2", "3"]
    assert found.codes == ["IN007", "IN005"]


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
    assert found.one("dx:LumbarDiscHerniation")["imr:bodyPart"] == "body:L5S1Segment"
    assert found.one("drug:Norco", "MedicationUse")["imr:perDay"] == "4"
    assert found.one("drug:Norco", "PlannedCare")["imr:strengthMg"] == "5"
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
    stated = {"fnd:Locking", "fnd:Tenderness", "fnd:McMurrayPositive"}
    assert {short for short in denied if not found.one(short).absent} == set()
    assert {short for short in stated if found.one(short).absent} == set()


def test_results_of_a_test_do_not_deny_the_test(read: Callable[[Path], Read]) -> None:
    found = read(OWN / "negation.txt")
    assert not found.one("svc:KneeXray", "Study").absent
    assert found.one("svc:Mri", "Study").absent
    assert found.one("svc:KneeMri")["rdf:type"] == "imr:PlannedCare"
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
        ("Deep tendon reflexes were 1+ at the ankle.", "fnd:ReflexChange", False),
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
        ("Norco 10/325mg #60", "drug:Norco", {"strengthMg": "10", "quantity": "60"}),
        ("Gabapentin 300 mg QTY: 90", "drug:OralGabapentin", {"strengthMg": "300", "quantity": "90"}),
        ("Ketoprofen 20% cream 240g", "drug:TopicalKetoprofen", {"strengthMg": None, "quantity": None}),
        ("Associated surgical service: Shoulder brace", "svc:ShoulderBrace", {}),
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


# --- amounts and text


@pytest.mark.parametrize(
    ("text", "kind", "value", "second"),
    [
        ("10/325mg", Kind.STRENGTH, "10", None),
        ("0.5 mg", Kind.STRENGTH, "0.5", None),
        ("25mg/ml", Kind.MEASURE, "25", None),
        ("#60", Kind.QUANTITY, "60", None),
        ("three (3) times per week for four (4) weeks", Kind.SCHEDULE, "3", "4"),
        ("2x6", Kind.SCHEDULE, "2", "6"),
        ("times 12", Kind.COUNT, "12", None),
        ("80%", Kind.PERCENT, "80", None),
        ("10-15%", Kind.PERCENT, "15", None),
        ("4+/5", Kind.GRADE, "4", "5"),
        ("7 out of 10", Kind.GRADE, "7", "10"),
        ("58-year-old", Kind.AGE, "58", None),
        ("twice a day", Kind.PER_DAY, "2", None),
        ("six weeks", Kind.WEEKS, "6", None),
    ],
)
def test_an_amount_is_read(lexicon: Lexicon, text: str, kind: Kind, value: str, second: str | None) -> None:
    (amount,) = lexicon.amounts.read(tokenize(text))
    assert (amount.kind, amount.value) == (kind, Decimal(value))
    assert amount.second == (None if second is None else Decimal(second))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5/25/2011", "2011-05-25"),
        ("05-25-11", "2011-05-25"),
        ("June 8, 2015", "2015-06-08"),
        ("Sept 3rd, 2016", "2016-09-03"),
        ("02/29/2016", "2016-02-29"),
    ],
)
def test_a_date_is_read(lexicon: Lexicon, text: str, day: str) -> None:
    (amount,) = lexicon.amounts.read(tokenize(text))
    assert str(amount.day) == day


@pytest.mark.parametrize("text", ["13/45/2016", "02/30/2016", "June 20216"])
def test_what_cannot_be_a_date_is_none(lexicon: Lexicon, text: str) -> None:
    assert all(amount.day is None for amount in lexicon.amounts.read(tokenize(text)))


def test_broken_words_and_dates_are_joined() -> None:
    text = "the documen-\ntation of 10-28- 2016 and right- sided\n\npain"
    seen = view(text, 0, len(text), is_word={"documentation", "right", "sided"}.__contains__)
    assert seen.text == "the documentation of 10-28-2016 and right-sided pain"
    start = seen.text.index("documentation")
    assert text[slice(*seen.span(start, start + len("documentation")))] == "documen-\ntation"


@given(st.text(alphabet=" \n-ab1/.", max_size=60), st.integers(0, 5))
def test_every_character_of_a_view_leads_back_to_its_own(text: str, start: int) -> None:
    start = min(start, len(text))
    seen = view(text, start, len(text), is_word=lambda word: word == "ab")
    assert len(seen.text) == len(seen.offsets)
    assert list(seen.offsets) == sorted(set(seen.offsets))
    for character, offset in zip(seen.text, seen.offsets, strict=True):
        assert text[offset] == character or (character == " " and text[offset].isspace())


# --- refusals and limits


def test_other_text_is_no_letter(lexicon: Lexicon) -> None:
    with pytest.raises(InputError) as caught:
        read_letter("A note about lunch.\n", document="note.txt", lexicon=lexicon)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("IN004", "note.txt")
    assert problem.next_step


def test_a_letter_without_items_is_refused(lexicon: Lexicon) -> None:
    with pytest.raises(InputError, match="IN004"):
        read_letter("CLINICAL CASE SUMMARY\n\nKnee pain.\n", document="x.txt", lexicon=lexicon)


def test_a_text_over_the_limit_is_refused(lexicon: Lexicon) -> None:
    with pytest.raises(InputError, match="IN008"):
        read_letter("a" * (2 * 1024 * 1024 + 1), document="x.txt", lexicon=lexicon)


def test_an_unknown_service_is_a_warning_with_its_line(lexicon: Lexicon) -> None:
    reading = read_letter(SUMMARY.format("Nothing.", "Aura combing"), document="x.txt", lexicon=lexicon)
    (problem,) = reading.problems
    assert (problem.code, problem.severity, problem.line) == ("IN005", Severity.WARNING, 7)
    assert problem.term == "Aura combing"


@pytest.mark.parametrize("name", ["partial_approval.txt", "double_spaced.txt", "negation.txt"])
def test_a_letter_looks_like_one(name: str) -> None:
    assert looks_like_letter(_text(OWN / name))
    assert not looks_like_letter("A note about lunch.")


def test_the_case_is_named_by_its_number_else_by_its_file(lexicon: Lexicon) -> None:
    text = SUMMARY.format("Nothing.", "MRI of the knee")
    assert read_letter(text, document="a b.txt", lexicon=lexicon).case == PREFIXES["imr"].replace("core#", "case/a-b")
    numbered = read_letter(f"Case Number: CM16-1\n\n{text}", document="a.txt", lexicon=lexicon)
    assert numbered.case.endswith("/case/CM16-1")


HOSTILE = (
    "pain " * 4000,
    "no pain, weakness or " * 1000,
    "neck, knee and " * 1500,
    "(" * 20000,
    "1/2" * 7000,
    "a- " * 7000,
    "a:\n" * 7000,
    "\n" * 20000,
    "MRI on 1/1/2016 " * 1300,
)


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_no_text_takes_out_of_proportion_long(lexicon: Lexicon, body: str) -> None:
    started = time.process_time()
    read_letter(SUMMARY.format(body, "MRI of the knee"), document="x.txt", lexicon=lexicon)
    assert time.process_time() - started < 20


def test_reading_letters_does_not_load_rdflib() -> None:
    code = "import sys, imr_kb.letters; print('rdflib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"


def test_no_word_of_a_letter_stands_in_the_reader() -> None:
    """The reader may name cues, never words: a phrase of three words in its code would be one."""
    package = Path(__file__).parent.parent / "imr_kb" / "letters"
    counts: Counter[str] = Counter()
    for path in package.glob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text(encoding="utf-8"))
        counts.update(re.findall(r'cue\("(\w+)"\)', code))
    known = set(
        re.findall(
            r"^cue:(\w+)$", (package.parent.parent / "ontology" / "language.ttl").read_text(encoding="utf-8"), re.M
        )
    )
    assert set(counts) <= known


def test_types_follow_the_core_vocabulary(lexicon: Lexicon) -> None:
    reading = read_letter(_text(OWN / "double_spaced.txt"), document="double_spaced.txt", lexicon=lexicon)
    types = {
        short(quad.predicate.value): short(quad.object.datatype.value)
        for quad in reading.quads
        if hasattr(quad.object, "datatype")
    }
    assert types["imr:visits"] == types["imr:quantity"] == types["imr:ageYears"] == "xsd:integer"
    assert types["imr:strengthMg"] == types["imr:perDay"] == types["imr:reliefPercent"] == "xsd:decimal"
    assert types["imr:onDate"] == "xsd:date"
    assert all(quad.predicate.value != RDF + "value" for quad in reading.quads)
