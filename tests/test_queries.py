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
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.query import answer
from imr_kb.terms import CASE, core
from imr_kb.trace import CaseDecisions, CriterionResult, Decision
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
QUERIES = sorted((ROOT / "docs" / "queries").glob("*.rq"))
FIRST = ROOT / "tests" / "cases" / "first.ttl"
REQUESTS = core("requests")
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
            yield from result.decisions


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
    """Return the worked examples, which decide by every recommendation."""
    return _decided([example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)], knowledge)


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
        source = decision.source
        passage = (source.label, source.edition, source.section, source.pages, source.recommendation_label) if source else (None,) * 5
        assert tuple(row.get(name) for name in ("source", "edition", "section", "pages", "recommendation")) == passage
    assert proof == {}


def test_each_decisive_criterion_stands_in_the_proof_with_its_facts(worked: Decided) -> None:
    found: dict[tuple[str, ...], set[str | None]] = defaultdict(set)
    for row in worked.rows("proof"):
        if "judgement" in row and row["role"] != "position":
            key = (row["request"], row["judgement"], row["criterion"], row["role"], row["status"].replace(" ", "-"), row["rule"])
            found[key].add(row.get("fact"))
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
    assert {row["rule"] for row in advised} == {"governs/5_position.rq"}


def test_the_proof_ends_at_the_quoted_words_and_their_place(first: Decided) -> None:
    quoted = [row for row in first.rows("proof") if "words" in row]
    assert {(row["words"], row["start"], row["end"], row["document"]) for row in quoted} == {("six visits were done", "40", "60", "report.txt")}
    assert {row["rule"] for row in quoted} == {"criteria/quantity.rq", "criteria/response.rq"}


def test_a_row_of_the_proof_is_there_once_and_names_a_rule_that_exists(worked: Decided) -> None:
    rows = worked.rows("proof")
    assert len({tuple(sorted(row.items())) for row in rows}) == len(rows)
    missing = {row["rule"] for row in rows if "rule" in row and not (ROOT / "imr_kb" / "rules" / row["rule"]).is_file()}
    assert missing == set()


# --- taking facts away


def _without(case: Case, gone: frozenset[str], number: int, knowledge: Knowledge) -> tuple[str, dict[str, str]]:
    """Return the case without the facts ``gone`` as N-Triples under other names, and the new name of each of its requests."""
    (turtle,) = record.as_turtle([case], knowledge)
    triples = [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
    own = {triple.subject for triple in triples}

    def renamed(term: Any) -> Any:
        return ox.NamedNode(f"{CASE}without-{number}/{term.value.rpartition('/example/')[2]}") if term in own else term

    kept = [triple for triple in triples if gone.isdisjoint({triple.subject.value, getattr(triple.object, "value", "")})]
    lines = sorted(f"{renamed(triple.subject)} {triple.predicate} {renamed(triple.object)} .\n" for triple in kept)
    return "".join(lines), {t.object.value: renamed(t.object).value for t in kept if t.predicate.value == REQUESTS}


def _rests_on_absence(row: Row) -> bool:
    if row.get("status") != "met":
        return row.get("status") == "not documented"
    return row["rule"] == "criteria/interval.rq" or (row["role"] == "limit" and row["stated"] == "absent")


def _came_out(decision: Decision) -> tuple[Any, ...]:
    return (decision.verdict, decision.ground, decision.source, decision.supported_quantity, sorted(map(_stands, decision.criteria)))


def _stands(item: CriterionResult) -> tuple[Any, ...]:
    return (item.criterion, item.role, item.within or "", item.status, sorted(item.values.items()))


def test_without_the_facts_that_it_rests_on_no_decision_stands_as_it_was(worked: Decided, knowledge: Knowledge, tmp_path: Path) -> None:
    """Take from each case the facts of one decisive judgement at a time: how it came out, or what governs, must change.

    What rests on the absence of something stands without the facts that were looked at: what is not documented, an interval
    that is long enough, and a limit that is kept because the record denies any earlier care.
    """
    by_request = {decision.request: (case, decision) for case, result in zip(worked.cases, worked.results, strict=True) for decision in result.decisions}
    looked_at: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in worked.rows("proof"):
        if "fact" in row and row["fact"] != row["request"] and not _rests_on_absence(row):
            looked_at[row["request"], row.get("judgement", "applies")].add(row["fact"])
    file, renamed = [], {}
    for number, ((request, judgement), facts) in enumerate(sorted(looked_at.items())):
        case, _ = by_request[request]
        text, names = _without(case, frozenset(facts), number, knowledge)
        file.append(text)
        renamed[request, judgement] = names[request]
    path = tmp_path / "without.nt"
    path.write_text("".join(file), encoding="utf-8")
    after = {decision.request: decision for result in Judge(knowledge).decide(load_cases(path, knowledge)) for decision in result.decisions}
    assert len(renamed) > len(worked.cases)
    unmoved = {key: by_request[key[0]][1] for key, name in renamed.items() if _came_out(after[name]) == _came_out(by_request[key[0]][1])}
    assert sorted(unmoved) == []
