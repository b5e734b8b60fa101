"""The rationale: every sentence rests on the proof, and every judgement that decides has a sentence, in every format."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import jsonschema
import pypdf
import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases, load_knowledge
from imr_kb.rationale import Draft, Line, Sentence, draft, drafts
from imr_kb.rationale.docx import as_docx
from imr_kb.rationale.page import as_html
from imr_kb.rationale.pdf import as_pdf
from imr_kb.rationale.text import as_json, as_text
from imr_kb.rationale.wording import clean
from imr_kb.render import NOTICE
from imr_kb.terms import core
from imr_kb.trace import CaseDecisions
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "tests" / "cases" / "demo.txt"
FORMATS = ("text", "html", "json", "pdf", "docx")
EVERY = 9
AT_LEAST = 500


@cache
def _knowledge() -> Knowledge:
    return load_knowledge(ROOT)


@cache
def _demo() -> Draft:
    return _drafted(DEMO)


def _drafted(path: Path) -> Draft:
    knowledge = _knowledge()
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    return draft(result, knowledge)


@cache
def _worked() -> list[tuple[str, CaseDecisions, Draft]]:
    """Return every ninth worked example of every file, and all of the files that have few, with decisions and draft."""
    knowledge = _knowledge()
    examples = load_examples([ROOT / "tests" / "worked"], knowledge, base=ROOT)
    some = [
        example
        for number, example in enumerate(examples)
        if number % EVERY == 0 or example.file != examples[number - 1].file
    ]
    results = list(Judge(knowledge).decide([example.case for example in some]))
    return [(example.says, *pair) for example, *pair in zip(some, results, drafts(results, knowledge), strict=True)]


def _subjects(result: CaseDecisions) -> set[str]:
    statements = (*result.proof.case.statements, *result.proof.derived)
    return {subject.value for subject, _, _ in statements}


def _letter(tmp_path: Path, *replacements: tuple[str, str]) -> Path:
    text = DEMO.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "letter.txt"
    path.write_text(text, encoding="utf-8")
    return path


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
    verdicts = [decision.verdict for _, result, _ in _worked() for decision in result.decisions]
    assert len(_worked()) >= AT_LEAST
    assert set(verdicts) == {"necessary", "not-necessary", "undetermined"}


def test_every_sentence_names_a_node_of_the_proof_and_no_other() -> None:
    for says, result, found in _worked():
        known = _subjects(result)
        for sentence in found.sentences():
            assert sentence.nodes, f"{says}: {sentence.text}"
            assert set(sentence.nodes) <= known, f"{says}: {sentence.text}"


def test_every_judgement_that_decides_has_a_sentence() -> None:
    decisive = core("decisive")
    count = 0
    for says, result, found in _worked():
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
    for says, result, found in _worked():
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
    for says, result, found in _worked():
        texts = {sentence.text for sentence in found.sentences()}
        for decision in result.decisions:
            assert set(decision.missing) <= texts, says


def test_a_quotation_leads_from_the_sentence_to_its_place_in_the_letter() -> None:
    letter = DEMO.read_text(encoding="utf-8")
    found = _demo()
    assert [words.number for words in found.words] == list(range(1, len(found.words) + 1))
    for words in found.words:
        assert " ".join(letter[words.start : words.end].split()) == words.text
    quoting = [sentence for sentence in found.sentences() if sentence.words]
    assert {number for sentence in quoting for number in sentence.words} == {words.number for words in found.words}
    for sentence in quoting:
        for number in sentence.words:
            assert found.words[number - 1].node in sentence.nodes
            assert found.words[number - 1].text in sentence.text


# --- silence is not the contrary


def test_silence_and_the_contrary_are_told_apart() -> None:
    for says, _, found in _worked():
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
    for says, _, found in _worked():
        for sentence in found.sentences():
            assert not wrong.search(sentence.text), f"{says}: {sentence.text}"


def test_a_limit_that_is_exceeded_is_told_with_its_sum_and_its_exception() -> None:
    limit, exception, *_ = _criteria(_demo(), 1)
    assert "The limit is exceeded: 8 before and 8 requested make 16; the limit is 10." in _told(limit)
    assert limit.depth == 0
    assert exception.depth == 1
    assert _told(exception).startswith("The guideline makes an exception where this holds:")
    assert "does not say enough" in _told(exception)


def test_a_limit_that_an_exception_lifts_says_so() -> None:
    lifting = [
        line
        for _, result, found in _worked()
        if result.decisions[0].verdict == "necessary"
        for line in _criteria(found, 1)
        if line.status == "not-met" and "The limit is exceeded" in _told(line)
    ]
    assert lifting
    assert all("An exception lifts this." in _told(line) for line in lifting)


def test_a_denial_is_quoted_as_one() -> None:
    (spasm,) = [line for line in _criteria(_demo(), 2) if "spasm" in _told(line)]
    assert "The record says “No muscle spasm” (denied: Muscle spasm)." in _told(spasm)


def test_what_the_limit_supports_is_told() -> None:
    counted = [
        (result.decisions[0].supported_quantity, " ".join(sentence.text for sentence in found.sentences()))
        for _, result, found in _worked()
        if result.decisions[0].supported_quantity is not None
    ]
    assert {number > 0 for number, _ in counted if number is not None} == {True, False}
    for number, text in counted:
        told = {0: "none is supported", 1: "1 is supported"}.get(number or 0, f"{number} are supported")
        assert f"Within the limit {told}." in text


# --- contents that the law asks for


def test_the_sections_stand_in_the_order_of_a_determination_and_end_with_blanks() -> None:
    found = _demo()
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


def test_what_a_determination_must_contain_is_read_from_the_law_of_its_day(tmp_path: Path) -> None:
    def asked(found: Draft) -> set[str]:
        return {line.label for section in found.sections if section.id == "contents" for line in section.lines}

    before = _letter(
        tmp_path,
        ("11/24/2015", "04/19/2015"),
        ("09/28/2015", "03/28/2015"),
        ("09/18/2015", "03/18/2015"),
        ("September 14, 2015", "March 14, 2015"),
        ("10/19/2015", "04/10/2015"),
        ("10/12/2015", "04/02/2015"),
    )
    assert asked(_demo()) - asked(_drafted(before)) == {"The guideline or study relied on"}


# --- formats


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_has_every_sentence_and_the_notice(form: str) -> None:
    found = _demo()
    text = {
        "text": lambda: "".join(as_text([found])),
        "json": lambda: "".join(_strings(json.loads("".join(as_json([found]))))),
        "html": lambda: _seen("".join(as_html([found]))),
        "pdf": lambda: "\n".join(
            page.extract_text() for page in pypdf.PdfReader(BytesIO(b"".join(as_pdf([found])))).pages
        ),
        "docx": lambda: "\n".join(
            paragraph.text for paragraph in docx.Document(BytesIO(b"".join(as_docx([found])))).paragraphs
        ),
    }[form]()
    footer = re.compile(r"Draft, not a determination: for a clinician to review and sign\s*Page \d+")
    squeezed = re.sub(r"\s+", "", footer.sub("", text))
    for sentence in (NOTICE, *(sentence.text for sentence in found.sentences())):
        assert re.sub(r"\s+", "", sentence) in squeezed, sentence


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_has_the_same_bytes_each_time(form: str, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        path = tmp_path / name
        assert _run("letter", str(DEMO), "--format", form, "--output", str(path)).exit_code == 0
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_word_document_carries_no_time_and_no_name() -> None:
    written = b"".join(as_docx([_demo()]))
    with zipfile.ZipFile(BytesIO(written)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.namelist()[0] == "[Content_Types].xml"
    properties = docx.Document(BytesIO(written)).core_properties
    assert properties.author == ""
    assert properties.created is not None
    assert properties.created.year == 1980


def test_the_json_is_as_its_schema_says() -> None:
    schema = json.loads((ROOT / "imr_kb" / "schemas" / "letter.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads("".join(as_json([_demo(), *(found for *_, found in _worked()[:50])]))), schema)


def test_a_sentence_of_the_page_names_its_nodes_and_its_links_lead_somewhere() -> None:
    page = _Page()
    page.feed("".join(as_html([_demo(), _worked()[0][2]])))
    wanted = {
        f"letter-{number}-{sentence.id}": sentence.nodes
        for number, found in enumerate((_demo(), _worked()[0][2]), 1)
        for sentence in found.sentences()
    }
    assert page.nodes == wanted
    assert page.links
    assert page.links <= page.ids


class _Page(HTMLParser):
    """Gathers the sentences with their nodes, the names that can be led to, the links, and the elements."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[str, tuple[str, ...]] = {}
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        identifier = named.get("id")
        if identifier:
            assert identifier not in self.ids
            self.ids.add(identifier)
        if identifier and named.get("class") == "sentence":
            self.nodes[identifier] = tuple((named["data-nodes"] or "").split())
        if tag == "a":
            self.links.add((named["href"] or "").removeprefix("#"))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _seen(html: str) -> str:
    page = _Page()
    page.feed(html)
    return "".join(page.text)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return [value] if isinstance(value, str) else []


# --- hostile letters


HOSTILE = "<script>alert(1)</script> & <b>\u202egnp\u202c</b> \x07 {{ 7*7 }} 中 <a href='file:///x'>"


def test_markup_and_controls_of_a_letter_are_text_in_every_format(tmp_path: Path) -> None:
    found = _drafted(
        _letter(tmp_path, ("Pain management follow-up visit: Over", f"Pain management visit {HOSTILE}: Over"))
    )
    requested = next(sentence.text for sentence in found.sentences() if "alert" in sentence.text)
    assert "\u202e" not in requested
    assert "\x07" not in requested
    page = _Page()
    page.feed("".join(as_html([found])))
    assert "script" not in page.tags
    assert "49" not in requested
    assert requested in "".join(page.text)
    assert not any(link.startswith("file:") for link in page.links)
    paragraphs = [paragraph.text for paragraph in docx.Document(BytesIO(b"".join(as_docx([found])))).paragraphs]
    assert any(requested in text for text in paragraphs)
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(b"".join(as_pdf([found])))).pages)
    assert "<script>" in printed
    assert "[U+4E2D]" in printed


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\u200f", "\u2066", "\ufeff", "\ue000", "\ufffe", "\ud800"])
def test_a_character_that_cannot_be_seen_is_replaced(character: str) -> None:
    assert clean(f"a{character}b") in {"a\ufffdb", "a b"}


def test_a_word_longer_than_a_page_is_printed() -> None:
    found = _demo()
    long = Sentence("sentence-0", "x" * 20_000, (found.case,))
    lines = (Line("paragraph", sentences=(long,)),)
    section = replace(found.sections[0], lines=lines)
    written = b"".join(as_pdf([replace(found, sections=(section,))]))
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(written)).pages)
    assert printed.count("x") >= 20_000


# --- the verb


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, words, prog_name="imr-kb", catch_exceptions=False)


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_document_that_is_not_text_needs_a_file(form: str) -> None:
    result = _run("letter", str(DEMO), "--format", form)
    assert result.exit_code == 2
    assert "--output" in result.stderr


def test_nothing_is_written_where_no_case_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(b"before")
    result = _run("letter", str(tmp_path / "none.txt"), "--format", "pdf", "--output", str(path))
    assert result.exit_code == 3
    assert "IN001" in result.stderr
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("form", "package"), [("html", "jinja2"), ("pdf", "reportlab"), ("docx", "docx")])
def test_a_missing_package_is_named_with_its_extra(
    form: str, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == package else object())
    result = _run("letter", str(DEMO), "--format", form, "--output", str(tmp_path / "x"))
    assert result.exit_code == 1
    assert "LT001" in result.stderr
    assert "imr-kb[letter]" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_several_cases_are_drafted_one_after_the_other() -> None:
    result = _run("letter", str(DEMO), str(ROOT / "tests" / "cases" / "first.ttl"))
    assert result.exit_code == 0
    assert result.stdout.count("\nTHE CASE\n") == 2
    assert result.stdout.count("DRAFT\n") == 2
