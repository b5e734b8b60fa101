"""What is asked by query comes back in each form, and no query reaches beyond what is loaded or runs without end."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main
from imr_kb.errors import ImrError
from imr_kb.query import refuse_unsafe

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "cases" / "first.ttl"


def _ask(*arguments: str, query: str | None = None) -> Result:
    return CliRunner().invoke(main, ["query", *arguments], input=query, prog_name="imr-kb")


def test_a_query_is_answered_in_each_form() -> None:
    asked = "SELECT ?label { svc:PhysicalTherapy rdfs:label ?label }"
    text = _ask("-", query=asked)
    assert (text.exit_code, text.stderr) == (0, "")
    assert text.stdout.splitlines() == ["label", "----------------", "Physical therapy", "1 rows"]
    table = list(csv.reader(io.StringIO(_ask("-", "--format", "csv", query=asked).stdout)))
    assert table == [["label"], ["Physical therapy"]]
    bindings = json.loads(_ask("-", "--format", "json", query=asked).stdout)["results"]["bindings"]
    assert [row["label"]["value"] for row in bindings] == ["Physical therapy"]
    assert _ask("-", query="ASK { svc:PhysicalTherapy imr:within svc:Service }").stdout == "yes\n"


def test_cases_and_their_decisions_are_asked_with_the_knowledge() -> None:
    asked = "SELECT ?verdict { ?d a imr:Decision ; imr:verdict/rdfs:label ?verdict ; imr:governedBy/imr:pages '98-99' }"
    done = _ask("-", str(FIRST), "--format", "tsv", query=asked)
    assert done.stdout.splitlines() == ["?verdict", '"not necessary"@en']


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?any { ?s ?p ?o } }",
        "SELECT * { OPTIONAL { { SELECT ?s { ?s ?p ?o . SERVICE <https://example.org/> { ?s ?q ?r } } } } }",
        "ASK { ?s ?p ?o FILTER NOT EXISTS { service <https://example.org/> { ?s ?p ?o } } }",
        "SELECT * FROM <https://example.org/data> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/hostname> { GRAPH ?g { ?s ?p ?o } }",
        "CONSTRUCT { ?s ?p ?o } FROM <https://example.org/data> WHERE { ?s ?p ?o }",
        "DESCRIBE <https://example.org/a> FROM <https://example.org/a>",
        "INSERT DATA { svc:A a svc:B }",
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "LOAD <https://example.org/data>",
        "LOAD SILENT <file:///etc/hostname> INTO GRAPH <https://example.org/g>",
        "CLEAR ALL",
        "DROP DEFAULT",
    ],
)
def test_a_query_that_changes_data_or_reaches_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ImrError) as caught:
        refuse_unsafe(text, "asked.rq")
    assert [problem.code for problem in caught.value.problems] == ["QU002"]


def test_a_refused_query_writes_nothing_and_ends_with_problems() -> None:
    done = _ask("-", query="INSERT DATA { svc:A a svc:B }")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "QU002" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <https://example.org/> FROM INSERT' } # SERVICE <https://example.org/>",
        "SELECT ?service ?from { ?service rdfs:label ?from } LIMIT 1",
        "PREFIX service: <https://w3id.org/imr-kb/service#> SELECT * { service:From a ?load }",
    ],
)
def test_a_word_in_a_comment_a_string_or_a_name_is_no_reason_to_refuse(text: str) -> None:
    refuse_unsafe(text, "asked.rq")


@pytest.mark.parametrize(
    "text",
    ["SELECT ?s {\n  ?s imr:verdict\n}", "SELEKT * { ?s ?p ?o }", "", "# nothing", "SELECT * { ?s nowhere:p ?o }"],
)
def test_what_is_not_sparql_is_said_to_be_not_well_formed(text: str) -> None:
    done = _ask("-", query=text)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "QU001" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_place_of_a_slip_is_counted_in_the_query_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "slip.rq"
    path.write_text("# one\nSELECT ?s {\n  ?s imr:verdict ;; imr:ground .\n}\n", encoding="utf-8")
    done = _ask(str(path))
    place = re.search(r"slip\.rq:(\d+):(\d+): QU001", done.stderr)
    assert place, done.stderr
    assert int(place[1]) in {2, 3}


def test_a_form_that_does_not_suit_is_refused() -> None:
    triples = "CONSTRUCT { ?s a imr:Case } WHERE { ?s a imr:Case }"
    assert "QU004" in _ask("-", "--format", "csv", query=triples).stderr
    assert "QU004" in _ask("-", "--format", "ttl", query="ASK { ?s a imr:Case }").stderr
