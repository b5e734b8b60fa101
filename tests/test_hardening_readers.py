"""Every reader is fed with changed input: it is read, or refused with a code. Letters have a test of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hostile import DEMO, FIRST, FUZZED, ROOT, changed, refusal, run, told
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pdf import made

from imr_kb import __version__
from imr_kb.errors import InputError, Problem
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.pdf import pdf_text
from imr_kb.query import answer, answered, refuse_unsafe
from imr_kb.rdf import FORMATS
from imr_kb.sheet import as_sheet, reviewed_case
from imr_kb.verify import Published, cases_in, verify
from imr_kb.verify.reading import parsed, plain
from imr_kb.whatif.grammar import Grammar

WORDS = (
    *(
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        '"',
        "'''",
        ";",
        " .\n",
        ",",
        "<<",
        "<<( ",
        "{|",
        "_:a",
        "a",
        "{",
        "}",
        "null",
        "true",
    ),
    *("@prefix", "^^xsd:integer", "^^xsd:date", "@en", "\\u0000", "\\uD800", "\\", "# ", "%", "<file:///etc/hostname>"),
    *("imr:Case", "imr:requests", "imr:concept", "imr:evidence", "imr:Absent", "svc:PhysicalTherapy", "<>", "<a b>"),
    *("1e999", "9" * 30, "-0", "NaN", "INF", "٨", "1_0", '"2015-13-45"', '"0001-01-01"', '"9999-12-31"', "0.1", "-5"),
    *('"@context"', '"@id"', '"@type"', '"@graph"', '"@import"', '"@value"', '"@list"', "\x1b[31m", "\ufeff", "\u202e"),
)
QUERIES = [
    *(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "queries").glob("*.rq"))),
    "SELECT * { ?s imr:within+/^rdfs:label ?o OPTIONAL { ?s ?p ?o FILTER (REGEX(?o, '^a+$', 'i') || ?o > 1.5e3) } }",
    "CONSTRUCT { ?s a [] } { { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (?n > 1) } MINUS { ?s a 1 } }",
    "ASK { VALUES (?a ?b) { (1 UNDEF) } BIND (IF(?a IN (1, 2), 'x'@en, ?b) AS ?c) }",
]
CLAUSES = (
    "SERVICE",
    "FROM",
    "LOAD",
    "INSERT",
    "?s",
    "{",
    "}",
    "(",
    ")",
    "UNION",
    "OPTIONAL",
    "FILTER",
    "/",
    "*",
    "!",
    "^",
)
CHANGES = (
    *("request 1 quantity 4", "svc:PhysicalTherapy visits 6 weeks 4 outcome failed", "not fnd:RedFlag"),
    *("fnd:FunctionalImprovement to svc:PhysicalTherapy", "case requestedOn 2015-09-01", "another drug:Norco perDay 2"),
)
PARTS = (
    *(
        "not",
        "another",
        "to",
        "request",
        "case",
        "visits",
        "quantity",
        "1e999",
        "1e-999999999",
        "sNaN",
        "Infinity",
        "٨",
    ),
    *(
        "9" * 25,
        "''",
        "'",
        '"',
        "\\",
        "<a b>",
        "<>",
        ":",
        "svc:",
        "svc:a/b",
        "_:b",
        "imr:Case",
        "2015-02-30",
        "-1",
        "0x10",
    ),
)
pytestmark = pytest.mark.usefixtures("loaded_once")


@cache
def _seeds() -> dict[str, str]:
    """Return a case in each format that is read."""
    quads = list(ox.parse(FIRST.read_bytes(), format=ox.RdfFormat.TURTLE))
    found = {}
    for suffix, form in FORMATS.items():
        found[suffix] = (ox.serialize(quads, format=form) or b"").decode()
    return {**found, ".ttl": FIRST.read_text(encoding="utf-8")}


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nt", ".nq", ".jsonld"])
@settings(FUZZED, max_examples=25)
@given(data=st.data())
def test_a_changed_case_is_decided_or_refused(suffix: str, data: st.DataObject, tmp_path: Path) -> None:
    text = data.draw(changed([_seeds()[suffix]], WORDS))
    path = tmp_path / f"case{suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    done = run("decide", "--format", "jsonl", path)
    told(done)
    assert done.exit_code or done.stdout


@FUZZED
@given(content=st.binary(max_size=400), suffix=st.sampled_from([*FORMATS, ".txt", ".pdf", ".rdf", ""]))
def test_any_bytes_are_a_case_or_refused(content: bytes, suffix: str, tmp_path: Path, loaded_once: Knowledge) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_cases(path, loaded_once)
    assert all(problem.next_step for problem in caught.value.problems)


@FUZZED
@given(place=st.integers(0, 10**6), length=st.integers(0, 80), new=st.binary(max_size=40))
def test_a_changed_pdf_is_read_or_refused(place: int, length: int, new: bytes) -> None:
    content = made([["Knee pain", "MRI of the knee: Upheld"], ["More"]])
    start = place % len(content)
    written = content[:start] + new + content[start + length :]
    assert refusal(lambda: pdf_text(written, document="a.pdf")) <= {"IN021", "IN022", "IN023", "IN024"}


@FUZZED
@given(text=changed(QUERIES, CLAUSES))
def test_a_changed_query_is_answered_or_refused(text: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c")))

    def ask() -> None:
        refuse_unsafe(text, "asked.rq")
        result = answer(store, text, "asked.rq")
        for part in answered(result, "ttl" if isinstance(result, ox.QueryTriples) else "json"):
            part.encode()

    assert refusal(ask) <= {"QU001", "QU002", "QU005"}
    assert len(store) == 1


@FUZZED
@given(text=changed(CHANGES, PARTS) | st.lists(st.sampled_from(PARTS), max_size=6).map(" ".join), removes=st.booleans())
def test_any_words_are_a_change_or_refused(text: str, removes: bool, loaded_once: Knowledge) -> None:
    grammar = Grammar(loaded_once)
    refused = refusal(lambda: grammar.order(text, removes=removes))
    assert refused <= {"WI001", "WI002", "WI003", "WI007"}
    if not refused:
        assert all(len(str(value)) < 200 for _, value in grammar.order(text, removes=removes).values)


@pytest.mark.parametrize(
    "text",
    [
        *("request 1 quantity 1e999999999", "request 1 quantity 1e-999999999", f"request {'9' * 5000} quantity 1"),
        *(f"request 1 quantity {'9' * 400}", "x" * 100_000, "'" * 5001, "fnd:RedFlag\x1b[31m", "svc:\udcff", "\u202e"),
        *("svc:Physical{Therapy", "request 1 concept <a b>", "case injuredOn 9999-12-31", "request 0 quantity 1"),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_a_hostile_change_is_refused_and_nothing_is_decided(text: str) -> None:
    done = run("whatif", FIRST, "--set", text)
    assert told(done)
    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr) < 5000


# --- sheets


@pytest.fixture(scope="module")
def sheet(loaded_once: Knowledge) -> str:
    (case,) = load_cases(DEMO, loaded_once)
    return "".join(as_sheet(case, DEMO.read_text(encoding="utf-8"), loaded_once))


@FUZZED
@given(data=st.data())
def test_a_changed_sheet_is_read_or_refused(
    data: st.DataObject, sheet: str, tmp_path: Path, loaded_once: Knowledge
) -> None:
    text = data.draw(changed([sheet], [*WORDS, *PARTS, ",", ";", "no", "yes", "=1+1", ",,,,", "\r"]))
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert all(code.startswith("IN") for code in refusal(lambda: reviewed_case(DEMO, path, loaded_once)))


# --- stored decisions


@pytest.fixture(scope="module")
def published() -> Published:
    return Published(ROOT, __version__)


@pytest.fixture(scope="module")
def stored(loaded_once: Knowledge) -> str:
    (result,) = Judge(loaded_once).decide(load_cases(FIRST, loaded_once))
    return "".join(
        sorted(f"{subject} {predicate} {value} .\n" for subject, predicate, value in result.proof.statements())
    )


@settings(FUZZED, max_examples=60)
@given(data=st.data())
def test_a_changed_decision_is_refused_or_rejected(data: st.DataObject, stored: str, published: Published) -> None:
    text = data.draw(changed([stored], [*WORDS, *stored.split()[:60]])).encode("utf-8", "surrogatepass")
    cases = cases_in(FIRST.read_bytes(), FIRST)
    problems: list[Problem] = []
    refused = refusal(lambda: problems.extend(verify(text, "decision.nt", cases, published)))
    assert refused <= {"RD001", "RD007"}
    if not refused and not problems:
        sound = set(plain(parsed(stored.encode(), ".nt", "decision.nt")))
        assert set(plain(parsed(text, ".nt", "decision.nt"))) <= sound, "only a step between may be missing"
