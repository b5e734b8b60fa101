"""The queries of docs/queries give the whole proof: what they show is there, and no decision stands without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from imr_kb import record, render
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.query import answer
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
def worked(knowledge: Knowledge) -> Decided:
    """Return every eighth worked example: enough to decide by most recommendations, and few enough to be quick."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge)[::8]
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
    # Silence on an exception refuses too.
    assert {row["ground"] for row in advised} >= {"not recommended", "not documented"}
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
        if (
            (item.kind, item.status) == ("tried", "not-met")
            and passed is not None
            and least is not None
            and passed < least
        ):
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


def test_what_became_of_each_trial_agrees_with_the_status_of_its_criterion(worked: Decided) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for row in worked.rows("trials"):
        found[row["judgement"]].append(row["result"])
    seen = set()
    for item in (item for decision in worked.decisions() for item in decision.criteria if item.kind == "tried"):
        results = found.pop(item.judgement, [])
        seen.add((item.status, bool(results)))
        assert ("satisfies" in results) == (item.status in {"met", "conflicting"})
        if results and "satisfies" not in results:
            assert ("not told" in results) == (item.status == "not-documented")
    assert found == {}
    assert {("met", True), ("not-met", True), ("not-met", False), ("not-documented", True)} <= seen


def test_it_is_told_where_the_days_since_the_injury_stand_for_weeks(worked: Decided) -> None:
    by_days = {row["judgement"] for row in worked.rows("trials") if row["byDays"] == "true"}
    tried = [item for decision in worked.decisions() for item in decision.criteria if item.kind == "tried"]
    decided = {item.judgement for item in tried if "observed" in item.values and item.evidence}
    assert decided
    assert decided <= by_days


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
