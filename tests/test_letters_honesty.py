"""What a letter does not say is never read into it: reasons, drugs no longer taken, hopes, appointments, slips."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from letter_reading import OWN, SUMMARY, Node, Read, look, published_letters, text_of

from imr_kb.errors import InputError, Severity
from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import load_knowledge

HEAD = "CLINICAL CASE SUMMARY\nThe invented worker has knee pain.\nIMR ISSUES, DECISIONS AND RATIONALES\n"
REASONS = "Claims Administrator guideline: Invented.\nMAXIMUS guideline: Invented.\nDecision rationale: {}\n"
#: An invented rationale that names a service with an amount, and ends as given.
TALK = "The worker had 40 massage visits and wants\nfurther help with daily tasks{}"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def read(lexicon: Lexicon) -> Callable[[str], Read]:
    return lambda text: look(read_letter(text, document="x.txt", lexicon=lexicon))


@pytest.fixture(scope="module")
def told(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Read a letter whose clinical summary is the given text."""
    return lambda summary: read(SUMMARY.format(summary, "MRI of the knee"))


def _requests(found: Read) -> list[dict[str, list[str]]]:
    return [
        {name: [" ".join(value.split()) for value in values] for name, values in request.values.items()}
        for request in found.requests
    ]


def _without(text: str, blank: Callable[[str], bool]) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not blank(line))


# --- reasons are not read as headings


BLANKS = {
    "every blank line": lambda line: not line.strip(),
    "empty lines": lambda line: not line.rstrip("\r\n"),
    "lines of spaces": lambda line: not line.strip() and bool(line.rstrip("\r\n")),
}


@pytest.mark.parametrize("lost", BLANKS)
def test_lost_blank_lines_change_no_request_or_are_reported(
    lost: str, letters: Path, read: Callable[[str], Read]
) -> None:
    for path in [*published_letters(letters), *sorted(OWN.glob("*.txt"))]:
        text = text_of(path)
        before = _requests(read(text))
        after = read(_without(text, BLANKS[lost]))
        assert len(after.requests) == len(before), path.name
        assert _requests(after) == before or "IN009" in after.codes, path.name


def test_lost_full_stops_and_blank_lines_let_no_reason_into_a_request(
    letters: Path, read: Callable[[str], Read]
) -> None:
    for path in published_letters(letters):
        text = text_of(path)
        before = read(text)
        start = text.index("IMR ISSUES")
        bare = re.sub(r"\.(?=[ \t]*\r?$)", "", text[start:], flags=re.MULTILINE)
        after = read(_without(text[:start] + bare, BLANKS["every blank line"]))
        assert len(after.requests) == len(before.requests), path.name
        for one, other in zip(before.requests, after.requests, strict=True):
            kept, whole = (str(node["imr:requestedText"]).replace(".", "") for node in (other, one))
            assert whole.endswith(kept), path.name
            assert kept == whole or "IN009" in after.codes, path.name


@pytest.mark.parametrize("end", ["", ".", " and is\nnot necessary", "\n", ":"])
@pytest.mark.parametrize("heading", ["Acupuncture 6 sessions", "Acupuncture for the right\nshoulder 6 sessions"])
def test_a_rationale_adds_nothing_to_the_next_request(read: Callable[[str], Read], end: str, heading: str) -> None:
    text = f"{HEAD}MRI of the knee: Upheld\n{REASONS.format(TALK.format(end).rstrip())}{heading}: Upheld\n"
    imaging, needles = read(text).requests
    assert imaging["imr:concept"] == "svc:KneeMri"
    assert needles["imr:quantity"] == "6"
    assert "massage" not in str(needles["imr:requestedText"])
    assert "tasks" not in str(needles["imr:requestedText"])


def test_where_a_heading_begins_is_told_by_the_sentence_end_or_reported(read: Callable[[str], Read]) -> None:
    second = "Acupuncture of many needles for the right\nshoulder 6 sessions"
    letter = f"{HEAD}MRI of the knee: Upheld\n{REASONS}{second}: Upheld\n"
    plain = read(letter.format(TALK.format(".")))
    assert (plain.codes, plain.requests[1]["imr:concept"]) == ([], "svc:Acupuncture")
    doubtful = read(letter.format(TALK.format("")))
    assert "IN009" in doubtful.codes
    assert doubtful.requests[1]["imr:requestedText"] == "shoulder 6 sessions"


def test_a_very_long_heading_is_not_believed(lexicon: Lexicon) -> None:
    long = "\n".join(["Massage therapy for the neck and for the back and"] * 40)
    reading = read_letter(f"{HEAD}{long}\nacupuncture: Upheld\n", document="x.txt", lexicon=lexicon)
    problem = next(problem for problem in reading.problems if problem.code == "IN009")
    assert (problem.severity, problem.line) == (Severity.WARNING, 44)
    assert look(reading).requests[0]["imr:requestedText"] == "acupuncture"


def test_numbered_items_need_no_blank_lines(read: Callable[[str], Read]) -> None:
    found = read(_without(text_of(OWN / "older_form.txt"), BLANKS["every blank line"]))
    assert [request["imr:concept"] for request in found.requests] == ["svc:Acupuncture", "svc:CervicalMri"]


# --- no item is dropped in silence


@pytest.mark.parametrize("gap", ["\n", "\n \n", "\n\n"])
@pytest.mark.parametrize("outcome", [" Withdrawn", " Decided otherwise", "\nDeferred", " Uphled"])
def test_an_item_with_an_unknown_outcome_is_listed(read: Callable[[str], Read], gap: str, outcome: str) -> None:
    items = [f"MRI of the knee:{outcome}", "Acupuncture 6 sessions: Overturned"]
    found = read(HEAD + gap + gap.join(item + gap + REASONS.format("None.") for item in items))
    first, second = found.requests
    assert (first["imr:concept"], first["imr:publishedOutcome"]) == ("svc:KneeMri", None)
    assert (second["imr:concept"], second["imr:publishedOutcome"]) == ("svc:Acupuncture", "imr:Overturned")
    assert found.codes == []


def test_reasons_without_an_item_are_reported(lexicon: Lexicon) -> None:
    text = f"{HEAD}MRI of the knee: Upheld\n{REASONS.format('None.')}Acupuncture 6 sessions\n{REASONS.format('None.')}"
    reading = read_letter(text, document="x.txt", lexicon=lexicon)
    (problem,) = reading.problems
    assert (problem.code, problem.severity, problem.line) == ("IN010", Severity.WARNING, 9)
    assert len(look(reading).requests) == 1


def test_a_heading_of_the_form_makes_a_letter_without_items(lexicon: Lexicon) -> None:
    with pytest.raises(InputError, match="no disputed items"):
        read_letter("How the IMR Final Determination Was Made\nBy hand.\n", document="x.txt", lexicon=lexicon)


# --- drugs that are no longer taken


def _drug(found: Read, concept: str = "drug:Norco") -> list[tuple[str | None, str | None, bool]]:
    return [(fact["rdf:type"], fact["imr:outcome"], fact.absent) for fact in found.of(concept)]


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("Norco was discontinued.", None),
        ("He took Norco 10/325 mg, which was stopped in 2012.", None),
        ("The worker has tried and failed Norco.", "imr:Failed"),
        ("She previously took Norco.", None),
        ("He was weaned off Norco.", None),
        ("He is no longer taking Norco.", None),
        ("Norco was not tolerated.", "imr:Failed"),
        ("Norco has failed.", "imr:Failed"),
        ("Current medications include gabapentin, and Norco was discontinued.", None),
        ("He discontinued Norco in 2014 and takes gabapentin.", None),
        ("Past medications include Norco. Current medications include gabapentin.", None),
    ],
)
def test_a_drug_of_the_past_is_a_treatment(told: Callable[[str], Read], summary: str, outcome: str | None) -> None:
    found = told(summary)
    assert _drug(found) == [("imr:Treatment", outcome, False)]
    if "gabapentin" in summary:
        assert found.one("drug:OralGabapentin")["rdf:type"] == "imr:MedicationUse"


def test_a_drug_not_taken_is_denied(told: Callable[[str], Read]) -> None:
    assert _drug(told("She is not taking Norco.")) == [("imr:MedicationUse", None, True)]


@pytest.mark.parametrize("summary", ["She is allergic to Norco.", "Allergies: Norco.", "She has a Norco allergy."])
def test_an_allergy_is_no_use(told: Callable[[str], Read], summary: str) -> None:
    assert _drug(told(summary)) == []


def test_an_allergy_leaves_the_drugs_in_use(told: Callable[[str], Read]) -> None:
    found = told("Allergies: codeine. Current medications include Norco 10/325 mg.")
    assert _drug(found) == [("imr:MedicationUse", None, False)]


def test_a_drug_of_the_sample_that_was_stopped_is_not_in_use(letters: Path, read: Callable[[str], Read]) -> None:
    text = text_of(letters / "sample-2015.txt")
    changed = text.replace(
        "He has undergone lumbar fusion", "Tramadol was discontinued. He has undergone lumbar fusion"
    )
    assert changed != text
    found = read(changed)
    assert [fact["rdf:type"] for fact in found.facts if "Tramadol" in fact.words] == ["imr:Treatment"]
    assert found.one("drug:Norco", "MedicationUse")["imr:strengthMg"] == "10"


# --- what care led to


def _gains(found: Read) -> list[Node]:
    return found.of("fnd:FunctionalImprovement")


@pytest.mark.parametrize(
    "summary",
    [
        "Physical therapy failed to provide functional improvement.",
        "Physical therapy did not result in functional improvement.",
        "Physical therapy has not led to functional improvement.",
    ],
)
def test_a_gain_that_failed_to_come_is_denied(told: Callable[[str], Read], summary: str) -> None:
    (gain,) = _gains(told(summary))
    assert gain.absent
    assert gain["imr:toService"] == "svc:PhysicalTherapy"


@pytest.mark.parametrize(
    "summary",
    [
        "It is unclear whether the prior physical therapy led to functional improvement.",
        "He had physical therapy. The goal is functional improvement.",
        "He had physical therapy. Functional improvement is expected.",
        "Physical therapy was given in order to achieve functional improvement.",
    ],
)
def test_a_hope_or_a_question_is_no_gain(told: Callable[[str], Read], summary: str) -> None:
    assert _gains(told(summary)) == []


@pytest.mark.parametrize(
    ("summary", "service"),
    [
        ("He had physical therapy. Functional improvement was noted.", "svc:PhysicalTherapy"),
        ("He had physical therapy, acupuncture and massage. Functional improvement was noted.", None),
        ("The physical therapy visits resulted in functional improvement.", "svc:PhysicalTherapy"),
        ("Physical therapy improved his function.", "svc:PhysicalTherapy"),
    ],
)
def test_a_gain_is_that_of_the_one_care_named(told: Callable[[str], Read], summary: str, service: str | None) -> None:
    (gain,) = _gains(told(summary))
    assert (gain.absent, gain["imr:toService"]) == (False, service)


def test_less_function_is_no_gain(told: Callable[[str], Read]) -> None:
    assert _gains(told("Physical therapy decreased his function.")) == []


# --- the latest record


@pytest.mark.parametrize(
    ("summary", "day"),
    [
        ("He was examined on 6/8/2015. He is scheduled to return on 12/1/2015.", "2015-06-08"),
        ("He was examined on 6/8/2015. The next appointment is on 7/1/2015.", "2015-06-08"),
        ("He was examined on 6/8/2015. An MRI is scheduled for 7/1/2015.", "2015-06-08"),
        ("On 5/1/2015 he had therapy. The treatment plan on 6/8/2015 includes rest.", "2015-06-08"),
        ("On 5/1/2015 he had therapy. On 6/8/2015 he reported pain. Swelling was noted on 6/8/2025.", "2015-06-08"),
        ("The worker was injured on 1/1/2009. The progress note of 6/8/2015 tells of pain.", "2015-06-08"),
    ],
)
def test_the_latest_record_is_no_appointment_and_no_slip(told: Callable[[str], Read], summary: str, day: str) -> None:
    assert told(summary).case["imr:latestRecordOn"] == day


def test_a_record_is_not_later_than_the_decision(read: Callable[[str], Read]) -> None:
    summary = SUMMARY.format("On 6/8/2015 and on 9/9/2015 he was examined.", "MRI of the knee")
    assert read(f"Decision Date: 8/1/2015\n\n{summary}").case["imr:latestRecordOn"] == "2015-06-08"


# --- wordings


@pytest.mark.parametrize(
    "summary",
    [
        "A home exercise program is contraindicated.",
        "He is not able to complete an independent home exercise program.",
        "Home exercise program has failed.",
        "She was unable to perform a home exercise program.",
    ],
)
def test_a_reason_against_home_exercise_is_no_home_exercise(told: Callable[[str], Read], summary: str) -> None:
    found = told(summary)
    assert not found.one("fnd:ReasonAgainstHomeExercise").absent
    assert not found.of("fnd:HomeExerciseProgramOngoing")


def test_home_exercise_that_is_not_contraindicated_has_no_reason_against_it(told: Callable[[str], Read]) -> None:
    assert not told("A home exercise program is not contraindicated.").of("fnd:ReasonAgainstHomeExercise")


@pytest.mark.parametrize(
    ("summary", "visits"),
    [
        ("She had 6 PT visits. She completed 4 more PT visits.", "10"),
        ("She had 6 PT visits. She completed 4 more.", "10"),
        ("She had 6 PT visits and completed 4 more.", "10"),
        ("She had 6 PT visits. She had an additional 4 PT visits.", "10"),
        ("She had 6 PT visits. She completed 4 PT visits.", "6"),
        ("She had 6 PT visits. She completed 4 more hours of work.", "6"),
    ],
)
def test_visits_add_up_only_where_the_text_says_so(told: Callable[[str], Read], summary: str, visits: str) -> None:
    assert told(summary).one("svc:PhysicalTherapy")["imr:visits"] == visits
