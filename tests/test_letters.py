"""Published letters are read whole, each fact with its words, and never out of the reviewer's outcome or rationale."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from letter_reading import OWN, Read, exact_words, look, published_letters, text_of, triples

from imr_kb.letters import Lexicon, Reading, read_letter
from imr_kb.load import load_knowledge
from imr_kb.terms import OA, core

OUTCOME = re.compile(r"(?m)(:\s*)(Upheld|Overturned)(?=[ \t]*$)")
UNREAD = re.compile(r"(Claims Administrator guideline|MAXIMUS guideline|Decision rationale):")
FLIPPED = {"Upheld": "Overturned", "Overturned": "Upheld"}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> Callable[[Path], Read]:
    return lambda path: look(read_letter(text_of(path), document=path.name, lexicon=lexicon))


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
    assert not found.one("fnd:HamstringWeakness").absent
    assert not found.of("fnd:FunctionalImprovement")
    assert found.codes == []


# --- all published letters


def test_every_disputed_item_is_found_with_its_outcome(letters: Path, read: Callable[[Path], Read]) -> None:
    expected: dict[str, list[str]] = defaultdict(list)
    for line in (letters / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        expected[Path(label["file"]).name].append(label["decision"])
    for path in published_letters(letters)[1:]:
        outcomes = [
            str(request["imr:publishedOutcome"]).removeprefix("imr:").lower() for request in read(path).requests
        ]
        assert outcomes == expected[path.name], path.name


def test_the_service_of_every_published_item_is_known(letters: Path, read: Callable[[Path], Read]) -> None:
    unknown = [
        (path.name, request["imr:requestedText"])
        for path in published_letters(letters)
        for found in [read(path)]
        for request, parts in zip(found.requests, found.parts, strict=True)
        if request["imr:concept"] is None and not parts
    ]
    assert unknown == []


def test_every_published_letter_gives_dates_a_worker_and_facts(letters: Path, read: Callable[[Path], Read]) -> None:
    for path in published_letters(letters):
        found = read(path)
        assert found.facts, path.name
        assert found.case["imr:injuredOn"], path.name
        assert found.case["imr:ageYears"], path.name
        assert found.case["imr:deniedOn"] or found.case["imr:latestRecordOn"], path.name


def test_evidence_quotes_the_letter_character_for_character(letters: Path, lexicon: Lexicon) -> None:
    for path in [*published_letters(letters), *sorted(OWN.glob("*.txt"))]:
        text = text_of(path)
        reading = read_letter(text, document=path.name, lexicon=lexicon)
        values: dict[str, dict[str, str]] = defaultdict(dict)
        for subject, predicate, value in triples(reading):
            if "/evidence/" in subject:
                values[subject][predicate] = value
        assert values, path.name
        for name, quoted in values.items():
            start, end = int(quoted[OA + "start"]), int(quoted[OA + "end"])
            assert name == f"{reading.case}/evidence/{start}-{end}"
            assert quoted[OA + "exact"] == text[start:end]
            assert quoted[core("document")] == path.name
        used = {value for _, predicate, value in triples(reading) if predicate == core("evidence")}
        assert used == set(values), path.name


def test_a_reading_has_no_blank_node_and_is_the_same_each_time(letters: Path, lexicon: Lexicon) -> None:
    again = load_knowledge().lexicon
    for path in published_letters(letters)[:12]:
        text = text_of(path)
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
    exact = exact_words(reading)
    return sorted(
        (subject, predicate, exact.get(value, value))
        for subject, predicate, value in triples(reading)
        if subject not in exact and predicate != core("publishedOutcome")
    )


def test_flipped_outcomes_change_nothing_but_the_published_outcome(letters: Path, lexicon: Lexicon) -> None:
    for path in [*published_letters(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = text_of(path)
        before = read_letter(text, document=path.name, lexicon=lexicon)
        after = read_letter(_flipped(text), document=path.name, lexicon=lexicon)
        assert _content(before) == _content(after), path.name
        assert [problem.code for problem in before.problems] == [problem.code for problem in after.problems]
        published = [look(reading).requests[0]["imr:publishedOutcome"] for reading in (before, after)]
        assert published[0] != published[1], path.name


def test_blanked_rationales_and_guidelines_change_nothing_at_all(letters: Path, lexicon: Lexicon) -> None:
    for path in [*published_letters(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = text_of(path)
        blanked = _without_reasons(text, _spaces)
        assert len(blanked) == len(text)
        assert "Decision rationale" not in blanked
        before = read_letter(text, document=path.name, lexicon=lexicon)
        assert before == read_letter(blanked, document=path.name, lexicon=lexicon), path.name


def test_removed_rationales_and_guidelines_change_no_fact(letters: Path, lexicon: Lexicon) -> None:
    for path in [*published_letters(letters), OWN / "partial_approval.txt", OWN / "double_spaced.txt"]:
        text = text_of(path)
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

    for path in published_letters(letters):
        assert told_in(text_of(path)) == told_in(change(text_of(path))), path.name
