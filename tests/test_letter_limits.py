"""Amounts, dates and broken words are read alone, and what is no letter, too large or hostile is dealt with."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from letter_reading import OWN, SUMMARY, text_of

from imr_kb.errors import InputError, Severity
from imr_kb.letters import Lexicon, looks_like_letter, read_letter
from imr_kb.letters.amounts import Kind
from imr_kb.letters.tokens import tokenize
from imr_kb.letters.view import view
from imr_kb.load import load_knowledge
from imr_kb.terms import PREFIXES, short


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


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
def test_a_letter_looks_like_one(lexicon: Lexicon, name: str) -> None:
    assert looks_like_letter(text_of(OWN / name), lexicon)
    assert not looks_like_letter("A note about lunch.", lexicon)


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
    "a" * 300_000 + "1- b",
)


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_no_text_takes_out_of_proportion_long(lexicon: Lexicon, body: str) -> None:
    started = time.process_time()
    read_letter(SUMMARY.format(body, "MRI of the knee"), document="x.txt", lexicon=lexicon)
    assert time.process_time() - started < 20


def test_reading_letters_does_not_load_rdflib() -> None:
    code = "import sys, imr_kb.letters; print('rdflib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_every_cue_that_the_reader_names_is_defined() -> None:
    root = Path(__file__).parent.parent
    named = {
        name
        for path in (root / "imr_kb" / "letters").glob("*.py")
        for name in re.findall(r'cue\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    language = "".join(
        (root / "ontology" / name).read_text(encoding="utf-8") for name in ("language.ttl", "wordings.ttl")
    )
    assert named <= set(re.findall(r"^cue:(\w+)$", language, re.MULTILINE))


def test_types_follow_the_core_vocabulary(lexicon: Lexicon) -> None:
    reading = read_letter(text_of(OWN / "double_spaced.txt"), document="double_spaced.txt", lexicon=lexicon)
    types = {
        short(quad.predicate.value): short(quad.object.datatype.value)
        for quad in reading.quads
        if isinstance(quad.object, ox.Literal)
    }
    assert types["imr:visits"] == types["imr:quantity"] == types["imr:ageYears"] == "xsd:integer"
    assert types["imr:strengthMg"] == types["imr:perDay"] == types["imr:reliefPercent"] == "xsd:decimal"
    assert types["imr:onDate"] == "xsd:date"
    assert types["oa:start"] == types["oa:end"] == "xsd:nonNegativeInteger"


def test_a_number_beyond_all_counting_is_no_reason_to_stop(lexicon: Lexicon) -> None:
    summary = f"He had therapy for {'9' * 28} months and takes tramadol."
    assert read_letter(SUMMARY.format(summary, "Sleep study"), document="letter.txt", lexicon=lexicon).quads
