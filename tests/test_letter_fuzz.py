"""No text, however malformed, crashes or hangs the reader of letters: it is read, or refused with a code."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_letters import invented
from letter_reading import OWN, SUMMARY, exact_words, text_of, triples

from imr_kb.errors import InputError
from imr_kb.judge import Judge
from imr_kb.letters import Lexicon, Reading, read_letter
from imr_kb.letters.source import source_text
from imr_kb.load import Knowledge, load_cases
from imr_kb.terms import OA

ROOT = Path(__file__).resolve().parent.parent
LETTERS = [text_of(path) for path in sorted(OWN.glob("*.txt"))] + [text_of(ROOT / "tests" / "cases" / "demo.txt")]
#: Characters that mean something to the reader or to a regular expression, and some that mean nothing to anyone.
SIGNS = (
    "\n\r\t\x00\x0b\x0c\x1c\x1d\x85\xa0\xad\u2028\u200b\u202e\ufeff\ud800"
    "'\"’-–/\\:;.,()[]{}#%+*?^$|&<>=×½²٣８ıßﬁéẞ𝟙😀 aZ09"
)
#: Words at which the reader stops and looks around.
WORDS = [
    "CLINICAL CASE SUMMARY",
    "IMR ISSUES, DECISIONS AND RATIONALES",
    "Decision rationale:",
    "MRI of the knee: Upheld",
    "is not medically necessary and appropriate",
    "the remaining IMR eligible portion",
    "no evidence of",
    "denies",
    "12/30/2016",
    "13/45/99999",
    "10/325mg #",
    "2x6",
    "99999999999999999999999999",
    "1e999",
    "L4-L5",
    "times",
    "per week for",
    "-year-old",
    "documen-\ntation",
    "Utilization Review",
    "(PT",
    "left",
    "%",
]
MOST = 6000
LIMITS = settings(
    max_examples=60,
    deadline=20_000,  # generous: one reading takes a few hundredths of a second
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def lexicon(knowledge: Knowledge) -> Lexicon:
    return knowledge.lexicon


def _read(text: str, lexicon: Lexicon) -> Reading | None:
    """Read ``text`` as far as it is a letter, and check that every quotation is what stands at its place."""
    try:
        reading = read_letter(text, document="letter.txt", lexicon=lexicon)
    except InputError:
        return None
    places: dict[str, dict[str, str]] = {}
    for subject, predicate, value in triples(reading):
        places.setdefault(subject, {})[predicate] = value
    for evidence, words in exact_words(reading).items():
        start, end = int(places[evidence][OA + "start"]), int(places[evidence][OA + "end"])
        assert 0 <= start < end <= len(text)
        assert text[start:end] == words
    return reading


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return an invented letter in which stretches were taken out, doubled, swapped or written over."""
    text = draw(st.sampled_from(LETTERS) | st.integers(1, 500).map(invented))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 300)))
        other = draw(st.integers(0, len(text)))
        inserted = draw(
            st.sampled_from(
                [
                    "",
                    text[start:end] * 2,
                    text[other : other + 200],
                    text[start:end].upper(),
                    text[start:end].replace(" ", "\n"),
                    text[start:end].replace("\n", " "),
                    text[start:end][::-1],
                ]
            )
            | st.sampled_from(WORDS)
            | st.text(alphabet=SIGNS, max_size=20)
        )
        text = (text[:start] + inserted + text[end:])[: 3 * MOST]
    return text


@LIMITS
@given(text=mutated())
def test_a_mutated_letter_is_read_or_refused(text: str, lexicon: Lexicon) -> None:
    _read(text, lexicon)


@LIMITS
@given(text=st.text(max_size=MOST) | st.text(alphabet=SIGNS, max_size=MOST))
def test_any_text_is_read_or_refused(text: str, lexicon: Lexicon) -> None:
    _read(text, lexicon)


@LIMITS
@given(
    summary=st.lists(st.sampled_from(WORDS) | st.text(alphabet=SIGNS, max_size=6), max_size=60).map(" ".join),
    heading=st.lists(st.sampled_from(WORDS) | st.text(alphabet=SIGNS, max_size=6), max_size=12).map(" ".join),
)
def test_any_summary_and_any_heading_are_read_or_refused(summary: str, heading: str, lexicon: Lexicon) -> None:
    _read(SUMMARY.format(summary, heading), lexicon)


@LIMITS
@given(
    unit=st.sampled_from(WORDS) | st.text(alphabet=SIGNS, min_size=1, max_size=8),
    joint=st.sampled_from(["", " ", "\n", ", ", "-", "/", "\n\n", ": ", " and "]),
    place=st.sampled_from(["{}", SUMMARY]),
)
def test_what_is_repeated_without_end_is_read_or_refused(unit: str, joint: str, place: str, lexicon: Lexicon) -> None:
    body = (joint.join([unit] * (MOST // len(unit + joint) + 1)))[:MOST]
    _read(place.format(body, "MRI of the knee"), lexicon)
    _read(SUMMARY.format("The worker has knee pain.", body), lexicon)


@LIMITS
@given(content=st.binary(max_size=MOST) | mutated().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    try:
        source = source_text(content, document="letter.txt")
    except InputError:
        return
    assert source.text == content.decode("utf-8-sig")


@settings(LIMITS, max_examples=25)
@given(text=mutated())
def test_what_is_read_of_a_mutated_letter_can_be_decided(text: str, tmp_path: Path, knowledge: Knowledge) -> None:
    from imr_kb.inputs import Inputs

    path = tmp_path / "letter.txt"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    inputs = Inputs(knowledge)
    for result in Judge(knowledge).decide(inputs.cases([path])):
        assert result.decisions
    assert inputs.taken or inputs.problems


LONG = {
    "one line": "The worker has knee pain and " * 30_000,
    "one word": "a" * 900_000,
    "digits": "1" * 900_000,
    "number of a schedule": f"{'9' * 5000} visits, 2 times a week for {'9' * 5000} weeks",
    "brackets": "(" * 200_000,
    "hyphens": "a-" * 200_000,
    "broken words": "docu-\n" * 100_000,
    "full stops": "." * 200_000,
    "abbreviations": "a.b." * 100_000,
    "apostrophes": "'" * 200_000,
    "lines": "\n" * 300_000,
    "spaces": " " * 900_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("body", LONG.values(), ids=LONG)
def test_a_huge_letter_is_read_or_refused(body: str, tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(SUMMARY.format(body, "MRI of the knee"), encoding="utf-8")
    try:
        (case,) = load_cases(path, knowledge)
    except InputError:
        return
    assert case.quads
