"""The rationale: every sentence rests on the proof, and every judgement that decides has a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from drafting import DEMO, demo, drafted, letter, worked

from imr_kb.rationale import Draft, Line, wording
from imr_kb.terms import core
from imr_kb.trace import CaseDecisions, CriterionResult

AT_LEAST = 500


def _subjects(result: CaseDecisions) -> set[str]:
    statements = (*result.proof.case.statements, *result.proof.derived)
    return {subject.value for subject, _, _ in statements}


def _criteria(found: Draft, item: int) -> list[Line]:
    return [
        line
        for section in found.sections
        for line in section.lines
        if section.id == f"item-{item}-2" and line.kind == "criterion"
    ]


def _told(line: Line) -> str:
    return " ".join(sentence.text for sentence in line.sentences)


# --- from sentence to proof, and back


def test_there_are_many_examples_of_every_verdict() -> None:
    verdicts = [decision.verdict for _, result, _ in worked() for decision in result.decisions]
    assert len(worked()) >= AT_LEAST
    assert set(verdicts) == {"necessary", "not-necessary", "undetermined"}


def test_every_sentence_names_a_node_of_the_proof_and_no_other() -> None:
    for says, result, found in worked():
        known = _subjects(result)
        for sentence in found.sentences():
            assert sentence.nodes, f"{says}: {sentence.text}"
            assert set(sentence.nodes) <= known, f"{says}: {sentence.text}"


def test_every_judgement_that_decides_has_a_sentence() -> None:
    decisive = core("decisive")
    count = 0
    for says, result, found in worked():
        deciding = {subject.value for subject, predicate, _ in result.proof.derived if predicate.value == decisive}
        named = {
            node
            for section in found.sections
            if section.id.startswith("item-")
            for line in section.lines
            for sentence in line.sentences
            for node in sentence.nodes
        }
        assert deciding <= named, says
        count += len(deciding)
    assert count > AT_LEAST


def test_every_decision_every_governing_application_and_every_fact_of_a_deciding_judgement_has_a_sentence() -> None:
    applications = core("ofApplication")
    for says, result, found in worked():
        named = {node for sentence in found.sentences() for node in sentence.nodes}
        governing = {value.value for _, predicate, value in result.proof.derived if predicate.value == applications}
        decided = {f"{decision.request}/decision" for decision in result.decisions}
        facts = {
            evidence.fact
            for decision in result.decisions
            for item in decision.criteria
            if item.decisive and item.kind != "group"
            for evidence in item.evidence
        }
        assert governing | decided | facts <= named, says


def test_every_point_that_is_missing_is_told() -> None:
    for says, result, found in worked():
        texts = {sentence.text for sentence in found.sentences()}
        for decision in result.decisions:
            assert set(decision.missing) <= texts, says


def test_where_a_limit_is_not_documented_the_amount_that_is_needed_is_asked_for() -> None:
    def lacking(kind: str, **values: float) -> str | None:
        silent = ("limit", "not-documented", "fails", True)
        return wording.lacking(CriterionResult("", "No more than 6.", kind, *silent, values, (), "", None, ""))

    assert lacking("quantity", prior=0, uncounted=1, requested=4, limit=6) == (
        "The record does not say how much of such care was given before."
    )
    assert lacking("duration", prior=2, limit=6) == "The record does not say for how long it is requested."
    assert lacking("quantity", prior=2, uncounted=1, limit=6) == (
        "The record does not say how much of such care was given before and how much is requested."
    )
    assert lacking("quantity", prior=2, requested=4, limit=6) is None
    assert lacking("finding", observed=0, limit=2) is None


def test_a_quotation_leads_from_the_sentence_to_its_place_in_the_letter() -> None:
    text = DEMO.read_text(encoding="utf-8")
    found = demo()
    assert [words.number for words in found.words] == list(range(1, len(found.words) + 1))
    for words in found.words:
        assert " ".join(text[words.start : words.end].split()) == words.text
    quoting = [sentence for sentence in found.sentences() if sentence.words]
    assert {number for sentence in quoting for number in sentence.words} == {words.number for words in found.words}
    for sentence in quoting:
        for number in sentence.words:
            assert found.words[number - 1].node in sentence.nodes
            assert found.words[number - 1].text in sentence.text


# --- silence is not the contrary


def test_silence_and_the_contrary_are_told_apart() -> None:
    for says, _, found in worked():
        for section in found.sections:
            for line in section.lines:
                if line.kind != "criterion" or len(line.sentences) < 2:
                    continue
                standing = line.sentences[1].text
                silent = "does not say" in standing
                contrary = any(words in standing for words in ("the contrary", "is exceeded", "does not find"))
                assert silent == (line.status == "not-documented"), f"{says}: {standing}"
                assert contrary == (line.status == "not-met"), f"{says}: {standing}"


def test_no_number_is_followed_by_the_wrong_noun_or_verb() -> None:
    one = r"\b1 (?:visits|weeks|days|are|other criteria|other recommendations)\b"
    more = r"\b(?:0|[2-9]|\d{2,}) (?:visit|week|day|is)\b"
    wrong = re.compile(rf"{one}|{more}|\.\.")
    for says, _, found in worked():
        for sentence in found.sentences():
            assert not wrong.search(sentence.text), f"{says}: {sentence.text}"


def test_a_limit_that_is_exceeded_is_told_with_its_sum_and_its_exception() -> None:
    limit, exception, *_ = _criteria(demo(), 1)
    assert "The limit is exceeded: 8 before and 8 requested make 16; the limit is 10." in _told(limit)
    assert limit.depth == 0
    assert exception.depth == 1
    assert _told(exception).startswith("The guideline makes an exception where this holds:")
    assert "does not say enough" in _told(exception)


def test_a_limit_that_an_exception_lifts_says_so() -> None:
    lifting = [
        line
        for _, result, found in worked()
        if result.decisions[0].verdict == "necessary"
        for line in _criteria(found, 1)
        if line.status == "not-met" and "The limit is exceeded" in _told(line)
    ]
    assert lifting
    assert all("An exception lifts this." in _told(line) for line in lifting)


def test_a_denial_is_quoted_as_one() -> None:
    (spasm,) = [line for line in _criteria(demo(), 2) if "spasm" in _told(line)]
    assert "The record says “No muscle spasm” (denied: Muscle spasm)." in _told(spasm)


def test_what_the_limit_supports_is_told() -> None:
    counted = [
        (result.decisions[0].supported_quantity, " ".join(sentence.text for sentence in found.sentences()))
        for _, result, found in worked()
        if result.decisions[0].supported_quantity is not None
    ]
    assert {number > 0 for number, _ in counted if number is not None} == {True, False}
    for number, text in counted:
        told = {0: "none is supported", 1: "1 is supported"}.get(number or 0, f"{number} are supported")
        assert f"Within the limit {told}." in text


# --- contents that the law asks for


def test_the_sections_stand_in_the_order_of_a_determination_and_end_with_blanks() -> None:
    found = demo()
    headings = [section.heading for section in found.sections if section.level == 1]
    assert headings == [
        "The case",
        "Disputed items and recommended findings",
        "The medical condition",
        "Documents considered",
        "Rationale",
        "The reviewer",
        "What a determination must contain",
    ]
    blanks = {line.label for section in found.sections for line in section.lines if line.kind == "blank"}
    assert {"Clinical summary", "Signature and date", "An unrestricted license", "A specialty"} <= blanks


def test_the_standard_of_medical_necessity_is_named_for_each_item_that_a_guideline_governs(tmp_path: Path) -> None:
    def told(found: Draft) -> list[str]:
        return [
            sentence.text for sentence in found.sentences() if "standard of medical necessity used" in sentence.text
        ]

    def place(found: Draft) -> tuple[str, str]:
        lines = [line for section in found.sections if section.id == "contents" for line in section.lines]
        (line,) = [line for line in lines if line.label == "The standard used"]
        return line.kind, line.note

    schedule = "The standard of medical necessity used is: the treatment schedule (Labor Code 4610.5(c)(2)(A))."
    national = (
        "The standard of medical necessity used is: national professional standards (Labor Code 4610.5(c)(2)(C))."
    )
    assert told(demo()) == [schedule, schedule, national]
    assert place(demo())[0] == "note"
    assert "In this draft: “Rationale”." in place(demo())[1]
    # An item that nothing governs has no standard, so that the reviewer is left to name it.
    unknown = drafted(letter(tmp_path, ("Pain management follow-up visit", "Polar bear rental")))
    assert told(unknown) == [schedule, schedule]
    assert place(unknown)[0] == "blank"
    assert "In this draft" not in place(unknown)[1]


def test_what_a_determination_must_contain_is_read_from_the_law_of_its_day(tmp_path: Path) -> None:
    def asked(found: Draft) -> set[str]:
        return {line.label for section in found.sections if section.id == "contents" for line in section.lines}

    before = letter(
        tmp_path,
        ("11/24/2015", "04/19/2015"),
        ("09/28/2015", "03/28/2015"),
        ("09/18/2015", "03/18/2015"),
        ("September 14, 2015", "March 14, 2015"),
        ("10/19/2015", "04/10/2015"),
        ("10/12/2015", "04/02/2015"),
    )
    assert asked(demo()) - asked(drafted(before)) == {"The guideline or study relied on"}
