"""Hostile RDF: nested without end, costly, with contexts and entities from elsewhere, or with numbers without end."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hostile import FIRST, run, told

from imr_kb.errors import InputError
from imr_kb.limits import refuse_entangled
from imr_kb.load import Knowledge, load_cases
from imr_kb.rdf import parse_quads
from imr_kb.verify import cases_in

DEEP = 5_000
pytestmark = pytest.mark.usefixtures("loaded_once")


def _case(*changes: tuple[str, str]) -> str:
    """Return the case of docs/model.md with ``changes`` to its text."""
    text = FIRST.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


# --- nesting and names


NESTED = {
    "list.ttl": f"<urn:a> <urn:b> {'(' * DEEP}{')' * DEEP} .",
    "long list.ttl": f"<urn:a> <urn:b> ({' 1' * DEEP}) .",
    "blank nodes.ttl": f"<urn:a> <urn:b> {'[ <urn:b> ' * DEEP}1{']' * DEEP} .",
    "list.trig": f"<urn:g> {{ <urn:a> <urn:b> {'(' * DEEP}{')' * DEEP} }}",
    "arrays.jsonld": "[" * DEEP + "]" * DEEP,
    "objects.jsonld": '{"urn:a":' * DEEP + "1" + "}" * DEEP,
    "objects under the limit of json.jsonld": '{"urn:a":' * 900 + "1" + "}" * 900,
    "triples.ttl": f"<urn:a> <urn:b> {'<<( <urn:a> <urn:b> ' * 200}1{' )>>' * 200} .",
    "annotation.ttl": "<urn:a> <urn:b> 1 {| <urn:c> 2 |} .",
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_without_end_is_refused(name: str, tmp_path: Path) -> None:
    path = _file(tmp_path, name.replace(" ", "-"), NESTED[name])
    for verb in (("decide", path), ("check", path), ("verify", path, FIRST), ("verify", FIRST, path)):
        done = run(*verb)
        found = told(done)
        assert set(found) <= {"RD001", "RD006", "RD007", "RD003", "VE007"}
        assert found
        assert len(done.output) < 2000


def _fan(width: int) -> str:
    """Return two nodes that look alike, each with so many parts that look alike."""
    parts = ", ".join(["[ <urn:q> 1 ]"] * width)
    return f"[] <urn:p> {parts} .\n" * 2


def _clique(size: int) -> str:
    pairs = ((one, two) for one in range(size) for two in range(size) if one != two)
    return "".join(f"_:n{one} <urn:p> _:n{two} .\n" for one, two in pairs)


def _chain(length: int) -> str:
    return "<urn:a> <urn:b> " + "[ <urn:b> " * length + "1" + "]" * length + " ."


def _parsed(text: str) -> list[ox.Quad]:
    return parse_quads(text.encode(), ox.RdfFormat.TURTLE, "made.ttl")


@pytest.mark.parametrize("text", [_fan(8), _clique(14), _chain(400)], ids=["fan", "clique", "chain"])
def test_blank_nodes_whose_naming_has_no_bound_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="RD006"):
        refuse_entangled(_parsed(text), "made.ttl")
    poisoned = _file(tmp_path, "poisoned.ttl", f"{_case()}\n{text}")
    done = run("decide", poisoned)
    assert (told(done), done.exit_code, done.stdout) == (["RD006"], 3, "")
    with pytest.raises(InputError, match="RD006"):
        cases_in(poisoned.read_bytes(), poisoned)


@pytest.mark.parametrize(
    "text", [_fan(7), _clique(3), _chain(200), _fan(1) * 1000], ids=["fan", "clique", "chain", "many"]
)
def test_blank_nodes_that_can_be_named_pass_and_are_named_in_bounded_time(text: str) -> None:
    quads = _parsed(text)
    refuse_entangled(quads, "made.ttl")
    began = time.process_time()
    ox.Dataset(quads).canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert time.process_time() - began < 20


def test_hundreds_of_facts_that_look_alike_are_one_case(tmp_path: Path, loaded_once: Knowledge) -> None:
    fact = "imr:hasFinding [ imr:concept fnd:MotorWeakness ; imr:evidence [ oa:exact 'weak' ] ]"
    text = "".join(f"<https://w3id.org/imr-kb/case/first> {fact} .\n" for _ in range(300))
    path = _file(tmp_path, "alike.ttl", f"@prefix oa: <http://www.w3.org/ns/oa#> .\n{_case()}\n{text}")
    (case,) = load_cases(path, loaded_once)
    assert sum(quad.object == ox.Literal("weak") for quad in case.quads) == 300


# --- what would be fetched


CONTEXTS = {
    "name": "http://localhost:9/c",
    "file": "file:///etc/hostname",
    "relative": "../../../etc/hostname",
    "in a list": [{}, "http://localhost:9/c"],
    "import": {"@import": "http://localhost:9/c"},
    "import in a list": [None, {"@import": "c.jsonld"}],
    "of a term": {"t": {"@id": "urn:t", "@context": "http://localhost:9/c"}},
    "import of a term": {"t": {"@id": "urn:t", "@context": [{"@import": "http://localhost:9/c"}]}},
    "of a term of a term": {
        "t": {"@id": "urn:t", "@context": {"u": {"@id": "urn:u", "@context": "http://localhost:9/"}}}
    },
}


@pytest.mark.parametrize("name", CONTEXTS)
@pytest.mark.parametrize("deep", [False, True])
def test_a_context_from_elsewhere_is_refused_wherever_it_stands(name: str, deep: bool, tmp_path: Path) -> None:
    node = {"@context": CONTEXTS[name], "@id": "urn:a", "t": {"@id": "urn:b"}}
    text = json.dumps({"@id": "urn:c", "urn:p": {"@graph": [node]}} if deep else node)
    for written in (text, text.replace('"@context"', '"\\u0040context"')):
        path = _file(tmp_path, "asks.jsonld", written)
        done = run("decide", path)
        assert (told(done), done.exit_code) == (["RD002"], 3)
        stored = run("verify", path, FIRST)
        assert set(told(stored)) <= {"RD001", "VE007"}
        assert stored.exit_code in {1, 3}


BOMB = """<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY a "{a}"><!ENTITY b "{b}"><!ENTITY c "{c}"><!ENTITY x SYSTEM "file:///etc/hostname">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:a">
<rdf:value>&c;&x;</rdf:value></rdf:Description></rdf:RDF>
""".format(a="a" * 50, b="&a;" * 50, c="&b;" * 50)


@pytest.mark.parametrize("ending", [".rdf", ".xml", ".owl", ".rdf.txt"])
def test_xml_is_no_case_and_its_entities_are_text(ending: str, tmp_path: Path) -> None:
    path = _file(tmp_path, f"bomb{ending}", BOMB)
    done = run("decide", path)
    assert (told(done), done.exit_code, done.stdout) == (["IN004"], 3, "")
    stored = run("verify", path, FIRST)
    assert (told(stored), stored.exit_code) == (["RD001"], 3)


def test_entities_in_a_text_that_is_marked_as_xml_stay_text(tmp_path: Path) -> None:
    for kind in ("XMLLiteral", "HTML"):
        literal = json.dumps(BOMB) + f"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#{kind}>"
        added = f"<https://w3id.org/imr-kb/case/first> <http://www.w3.org/2000/01/rdf-schema#comment> {literal} ."
        done = run("decide", _file(tmp_path, f"{kind}.ttl", f"{_case()}\n{added}"))
        assert told(done) in ([], ["CA003"])
        assert "a" * 500 not in done.output


def test_what_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(b"a" * 10**7)
    expected = {"a.ttl": "RD001", "a.ttl.gz": "IN003", "a.txt": "IN003", "a.jsonld": "RD001", "a.pdf": "IN021"}
    for name, code in expected.items():
        done = run("decide", _file(tmp_path, name, packed))
        assert (told(done), done.exit_code) == ([code], 3)


# --- characters, numbers and texts


def test_a_mark_before_utf_8_is_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, "first.ttl", "\ufeff" + _case())
    assert run("decide", path).stdout == run("decide", FIRST).stdout
    decision = tmp_path / "decision.ttl"
    assert run("decide", "--format", "ttl", "--output", decision, FIRST).exit_code == 0
    decision.write_text("\ufeff" + decision.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("verify", decision, path).exit_code == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("not UTF-8.ttl", b'<urn:a> <urn:b> "\xff" .'),
        ("UTF-16.ttl", _case().encode("utf-16")),
        ("a half character.ttl", '<urn:a> <urn:b> "\\ud800" .'),
        ("a half character as bytes.ttl", '<urn:a> <urn:b> "\ud800" .'),
        ("half a character.jsonld", '{"@id": "urn:a", "urn:b": "\\ud800"}'),
        ("not UTF-8.jsonld", b'{"@id": "urn:a", "urn:b": "\xff"}'),
        ("not a number.jsonld", '{"@id": "urn:a", "urn:b": NaN}'),
        ("number of 5000 digits.jsonld", '{"@id": "urn:a", "urn:b": ' + "9" * 5000 + "}"),
        ("text of 17 MiB.ttl", f'<urn:a> <urn:b> "{"x" * 17 * 2**20}" .'),
        ("iri with a line end.ttl", "<urn:a\n> <urn:b> 1 ."),
    ],
)
def test_what_is_no_text_or_too_much_of_it_is_not_well_formed(name: str, content: str | bytes, tmp_path: Path) -> None:
    path = _file(tmp_path, name, content)
    for verb in (("decide", path), ("verify", path, FIRST), ("verify", FIRST, path)):
        done = run(*verb)
        assert (set(told(done)), done.exit_code) == ({"RD001"}, 3)
        assert len(done.stderr) < 1500


NUMBERS = (
    *("1e999", "1e400", "9" * 400, "1" + "0" * 5000, f"0.{'0' * 5000}1", '"NaN"^^xsd:double', '"INF"^^xsd:double'),
    *(
        '"NaN"^^xsd:integer',
        '"1e99999999"^^xsd:decimal',
        '"٨"^^xsd:integer',
        '"1_0"^^xsd:integer',
        '"0x8"^^xsd:integer',
    ),
)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: ascii(number[:24]))
def test_a_number_that_no_request_has_is_named_and_nothing_is_decided(number: str, tmp_path: Path) -> None:
    path = _file(tmp_path, "number.ttl", _case(("quantity 8", f"quantity {number}")))
    done = run("decide", path)
    assert (told(done), done.exit_code, done.stdout) == (["CA008"], 1, "")
    assert len(done.stderr) < 1500


@pytest.mark.parametrize(
    "day", ["20150-06-08", "9" * 100_000, "2015-06-08T00:00:00", "\x1b[31m", "-0001-01-01"], ids=ascii
)
def test_a_day_that_is_none_is_told_in_few_words(day: str, tmp_path: Path) -> None:
    path = _file(tmp_path, "day.ttl", _case(('"2015-06-08"', json.dumps(day))))
    done = run("decide", path)
    assert (told(done), done.exit_code, done.stdout) == (["RD005"], 3, "")
    assert len(done.stderr) < 1500


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_are_days(day: str) -> None:
    for verb in (("decide",), ("whatif",), ("explain",)):
        done = run(*verb, FIRST, "--as-of", day)
        assert (told(done), done.exit_code) == ([], 0)
    assert "9999" not in run("whatif", FIRST, "--over-time").stderr


def test_what_a_file_says_does_not_reach_the_terminal_as_an_order(tmp_path: Path) -> None:
    signs = '"\\u001b]0;title\\u0007 \\u202e \\u0000 \\u0085 \\u2028"'
    wrong = {
        "concept.ttl": _case(("svc:PhysicalTherapy ; imr:q", f"{signs} ; imr:q")),
        "day.ttl": _case(('"2015-06-08"', signs)),
        "sex.ttl": f"{_case()}\n<https://w3id.org/imr-kb/case/first> <https://w3id.org/imr-kb/core#sex> {signs} .",
    }
    for name, text in wrong.items():
        assert _told_of(_file(tmp_path, name, text))


def _told_of(path: Path) -> Iterable[str]:
    done = run("decide", path)
    assert done.stdout == ""
    return told(done)
