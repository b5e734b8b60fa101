"""Drafts in every format: the same sentences, the same bytes, hostile text as text, and the verb that writes them."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import jsonschema
import pypdf
import pytest
from click.testing import CliRunner, Result
from drafting import DEMO, ROOT, demo, drafted, letter, worked

from imr_kb.cli import main
from imr_kb.rationale import Line, Sentence
from imr_kb.rationale.docx import as_docx
from imr_kb.rationale.page import as_html
from imr_kb.rationale.pdf import as_pdf
from imr_kb.rationale.text import as_json, as_text
from imr_kb.rationale.wording import clean
from imr_kb.render import NOTICE

FORMATS = ("text", "html", "json", "pdf", "docx")

# --- formats


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_has_every_sentence_and_the_notice(form: str) -> None:
    found = demo()
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
    written = b"".join(as_docx([demo()]))
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
    jsonschema.validate(json.loads("".join(as_json([demo(), *(found for *_, found in worked()[:50])]))), schema)


def test_a_sentence_of_the_page_names_its_nodes_and_its_links_lead_somewhere() -> None:
    page = _Page()
    page.feed("".join(as_html([demo(), worked()[0][2]])))
    wanted = {
        f"letter-{number}-{sentence.id}": sentence.nodes
        for number, found in enumerate((demo(), worked()[0][2]), 1)
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
    found = drafted(
        letter(tmp_path, ("Pain management follow-up visit: Over", f"Pain management visit {HOSTILE}: Over"))
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
    found = demo()
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
