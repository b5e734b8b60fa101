"""The queries of docs/queries give the whole proof, and no query reaches beyond what is loaded or runs without end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from imr_kb import record, render
from imr_kb.cli import main
from imr_kb.errors import ImrError
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.query import answer, refuse_unsafe
from imr_kb.terms import CASE, core
from imr_kb.trace import CaseDecisions, CriterionResult, Decision
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
QUERIES = sorted((ROOT / "docs" / "queries").glob("*.rq"))
FIRST = ROOT / "tests" / "cases" / "first.ttl"
REQUESTS = core("requests")
ASKED = frozenset({REQUESTS, core("comprises")})
# A quotation in place of the bare treatment of a case.
QUOTATION = """imr:evidence [ <http://www.w3.org/ns/oa#exact> "six visits were done" ;
    <http://www.w3.org/ns/oa#start> 40 ; <http://www.w3.org/ns/oa#end> 60 ; imr:document "report.txt" ]"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """Cases with their decisions, and everything that a query sees of them."""

    cases: Sequence[Case]
    results: Sequence[CaseDecisions]
    store: ox.Store

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a query of docs/queries, each value as text; what is unbound is left out."""
        text = (ROOT / "docs" / "queries" / f"{name}.rq").read_text(encoding="utf-8")
        solutions: Any = answer(self.store, text, name)
        names = [variable.value for variable in solutions.variables]
        return [{name: row[name].value for name in names if row[name] is not None} for row in solutions]

    def decisions(self) -> Iterator[Decision]:
        """Yield the decisions of all cases."""
        for result in self.results:
            yield from _apart(result)


def _apart(result: CaseDecisions) -> Iterator[Decision]:
    """Yield the decisions of a case, those on the services of an item instead of the item."""
    for decision in result.decisions:
        yield from decision.parts or (decision,)


def _decided(cases: Sequence[Case], knowledge: Knowledge) -> Decided:
    results = list(Judge(knowledge).decide(cases))
    store = ox.Store()
    store.bulk_extend(knowledge.store)
    for part in (*record.as_turtle(cases, knowledge), *render.as_turtle(results)):
        store.extend(ox.parse(part, format=ox.RdfFormat.TURTLE))
    return Decided(cases, results, store)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT)


@pytest.fixture(scope="module")
def worked(knowledge: Knowledge) -> Decided:
    """Return every fifth worked example: enough to decide by most recommendations, and few enough to be quick."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)[::5]
    return _decided([example.case for example in examples], knowledge)


@pytest.fixture(scope="module")
def first(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Decided:
    """Return the case of docs/model.md with a quotation for its earlier visits."""
    path = tmp_path_factory.mktemp("first") / "first.ttl"
    text = FIRST.read_text(encoding="utf-8")
    assert "imr:visits 6 ]" in text
    path.write_text(text.replace("imr:visits 6 ]", f"imr:visits 6 ; {QUOTATION} ]"), encoding="utf-8")
    return _decided(load_cases(path, knowledge), knowledge)


# --- the proof


def test_each_decision_has_its_rows_with_verdict_and_passage(worked: Decided) -> None:
    proof = {row["request"]: row for row in worked.rows("proof")}
    for decision in worked.decisions():
        row = proof.pop(decision.request)
        assert row["verdict"].replace(" ", "-") == decision.verdict
        assert row["ground"].replace(" ", "-") == decision.ground
        assert [row.get(name) for name in ("source", "edition", "section", "pages", "recommendation")] == _passage(
            decision
        )
    assert proof == {}


def _passage(decision: Decision) -> list[str | None]:
    source = decision.source
    if source is None:
        return [None] * 5
    return [source.label, source.edition, source.section, source.pages, source.recommendation_label]


def test_each_decisive_criterion_stands_in_the_proof_with_its_facts(worked: Decided) -> None:
    found: dict[tuple[str, ...], set[str | None]] = defaultdict(set)
    for row in worked.rows("proof"):
        if "judgement" in row and row["role"] != "position":
            status = row["status"].replace(" ", "-")
            found[row["request"], row["judgement"], row["criterion"], row["role"], status, row["rule"]].add(
                row.get("fact")
            )
    wanted: dict[tuple[str, ...], set[str | None]] = {}
    for decision in worked.decisions():
        for item in decision.criteria:
            if item.decisive:
                key = (decision.request, item.judgement, item.text, item.role, item.status, item.rule)
                wanted[key] = {evidence.fact for evidence in item.evidence} or {None}
    assert found == wanted


def test_an_advice_against_a_service_stands_in_the_proof(worked: Decided) -> None:
    advised = [row for row in worked.rows("proof") if row.get("role") == "position"]
    refused = {decision.request for decision in worked.decisions() if decision.ground == "not-recommended"}
    assert refused
    assert {row["request"] for row in advised if row["ground"] == "not recommended"} == refused
    # Where an exception lifts the advice, it still stands in the proof.
    assert {row["verdict"] for row in advised} >= {"necessary", "not necessary"}
    assert {row["rule"] for row in advised} == {"governs/6_position.rq"}


def test_the_proof_ends_at_the_quoted_words_and_their_place(first: Decided) -> None:
    quoted = [row for row in first.rows("proof") if "words" in row]
    places = {(row["words"], row["start"], row["end"], row["document"]) for row in quoted}
    assert places == {("six visits were done", "40", "60", "report.txt")}
    assert {row["rule"] for row in quoted} == {"criteria/quantity.rq", "criteria/response.rq"}


def test_a_row_of_the_proof_is_there_once_and_names_a_rule_that_exists(worked: Decided) -> None:
    rows = worked.rows("proof")
    assert len({tuple(sorted(row.items())) for row in rows}) == len(rows)
    missing = {row["rule"] for row in rows if "rule" in row and not (ROOT / "imr_kb" / "rules" / row["rule"]).is_file()}
    assert missing == set()


# --- taking facts away


def _without(case: Case, gone: frozenset[str], number: int, knowledge: Knowledge) -> tuple[str, dict[str, str]]:
    """Return the case without the facts ``gone`` as N-Triples under other names, and the new name of each request."""
    (turtle,) = record.as_turtle([case], knowledge)
    triples = [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
    own = {triple.subject for triple in triples}

    def renamed(term: Any) -> Any:
        return ox.NamedNode(f"{CASE}without-{number}/{term.value.rpartition('/example/')[2]}") if term in own else term

    kept = [
        triple for triple in triples if gone.isdisjoint({triple.subject.value, getattr(triple.object, "value", "")})
    ]
    lines = sorted(f"{renamed(triple.subject)} {triple.predicate} {renamed(triple.object)} .\n" for triple in kept)
    return "".join(lines), {t.object.value: renamed(t.object).value for t in kept if t.predicate.value in ASKED}


def _looked_at(proof: Sequence[Row], too_soon: frozenset[str]) -> dict[tuple[str, str], set[str]]:
    """Return the facts of judgements, by request: of each criterion in each role with each outcome the first judgement."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[Any, ...], tuple[str, str]] = {}
    for row in proof:
        if "fact" in row and row["fact"] != row["request"] and not _rests_on_absence(row, too_soon):
            kind = tuple(row.get(name) for name in ("recommendation", "criterion", "role", "status", "verdict"))
            place = (row["request"], row.get("judgement", "applies"))
            if first.setdefault(kind, place) == place:
                found[place].add(row["fact"])
    return found


def _rests_on_absence(row: Row, too_soon: frozenset[str]) -> bool:
    if row.get("status") != "met":
        return row.get("status") == "not documented" or row.get("judgement") in too_soon
    return bool(row["rule"] == "criteria/interval.rq" or (row["role"] == "limit" and row["stated"] == "absent"))


def _too_soon(worked: Decided) -> Iterator[str]:
    """Yield the judgements on a trial for which too few days have passed since the injury, whatever care is on record."""
    for item in (item for decision in worked.decisions() for item in decision.criteria):
        passed, least = item.values.get("observed"), item.values.get("limit")
        if (item.kind, item.status) == ("tried", "not-met") and passed is not None and least is not None and passed < least:
            yield item.judgement


def _came_out(decision: Decision) -> tuple[Any, ...]:
    stands = sorted(map(_stands, decision.criteria))
    return (decision.verdict, decision.ground, decision.source, decision.supported_quantity, stands)


def _stands(item: CriterionResult) -> tuple[Any, ...]:
    return (item.criterion, item.role, item.within or "", item.status, sorted(item.values.items()))


def test_no_decision_stands_as_it_was_without_the_facts_that_it_rests_on(
    worked: Decided, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Take from each case the facts of one decisive judgement at a time: how it came out, or what governs, must change.

    What rests on the absence of something stands without the facts that were looked at: what is not documented, a time
    since the injury that is too short for any care, an interval that is long enough, and a limit that is kept because the
    record denies any earlier care.
    """
    pairs = zip(worked.cases, worked.results, strict=True)
    cases = {decision.request: case for case, result in pairs for decision in _apart(result)}
    before = {decision.request: _came_out(decision) for decision in worked.decisions()}
    looked_at = _looked_at(worked.rows("proof"), frozenset(_too_soon(worked)))
    file, renamed = [], {}
    for number, ((request, judgement), facts) in enumerate(sorted(looked_at.items())):
        text, names = _without(cases[request], frozenset(facts), number, knowledge)
        file.append(text)
        renamed[request, judgement] = names[request]
    path = tmp_path / "without.nt"
    path.write_text("".join(file), encoding="utf-8")
    results = Judge(knowledge).decide(load_cases(path, knowledge))
    after = {decision.request: _came_out(decision) for result in results for decision in _apart(result)}
    assert len(renamed) > 100
    assert [judgement for (request, judgement), name in sorted(renamed.items()) if after[name] == before[request]] == []


# --- the other queries


def test_every_query_says_what_it_asks_and_gives_the_same_rows_in_the_same_order(worked: Decided) -> None:
    for path in QUERIES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), f"the first line of {path.name} says what it asks"
        if "SELECT" in text:
            assert "ORDER BY" in text, path.name
            assert worked.rows(path.stem) == worked.rows(path.stem)


def test_what_is_silent_is_counted_by_case(worked: Decided) -> None:
    silent: dict[str, set[str]] = defaultdict(set)
    refused: dict[str, set[str]] = defaultdict(set)
    for result in worked.results:
        for item in (
            item for decision in _apart(result) for item in decision.criteria if item.status == "not-documented"
        ):
            silent[item.criterion].add(result.case)
            if item.decisive:
                refused[item.criterion].add(result.case)
    rows = worked.rows("silent")
    assert {row["of"]: (int(row["cases"]), int(row["refused"])) for row in rows} == {
        criterion: (len(cases), len(refused[criterion])) for criterion, cases in silent.items()
    }
    assert [int(row["cases"]) for row in rows] == sorted((int(row["cases"]) for row in rows), reverse=True)


def test_every_limit_of_the_knowledge_base_is_listed_with_its_passage(worked: Decided) -> None:
    rows = worked.rows("limits")
    asked = "SELECT ?text ?most { ?c a imr:QuantityCriterion ; skos:definition ?text ; imr:mostUnits ?most }"
    every: Any = answer(worked.store, asked, "every")
    assert {(row["criterion"], row["most"]) for row in rows} == {
        (row["text"].value, row["most"].value) for row in every
    }
    assert all(row.keys() >= {"source", "edition", "section", "recommendation", "service", "role"} for row in rows)
    pages = {
        row["pages"]
        for row in rows
        if row["recommendation"] == "Physical medicine for chronic musculoskeletal pain" and "pages" in row
    }
    assert pages == {"98-99"}


def test_what_was_not_looked_up_is_listed_the_least_certain_first(worked: Decided) -> None:
    rows = worked.rows("unverified")
    every: Any = answer(
        worked.store, "SELECT ?r { ?r imr:verification imr:FromKnowledge ; a imr:Recommendation }", "every"
    )
    assert len(rows) == len(list(every)) > 0
    order = [("low", "medium", "high").index(row["certainty"]) for row in rows]
    assert order == sorted(order)


# --- asking


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


def test_a_query_without_end_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "endless.rq"
    path.write_text("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", encoding="utf-8")
    output = tmp_path / "rows.csv"
    command = [sys.executable, "-m", "imr_kb", "query", str(path), "--timeout", "1", "--output", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "QU003" in done.stderr
    assert "1 seconds" in done.stderr
    assert list(tmp_path.iterdir()) == [path]
