"""Two independent SPARQL engines derive the same triples from the same rule files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from second_engine import Row, SecondEngine, by_value, rows_of

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.rdf import read_quads
from imr_kb.rules import CASE_STAGES, KNOWLEDGE_STAGES, Rule, rules
from imr_kb.terms import RDF, core, short
from imr_kb.worked import Example, load_examples

ROOT = Path(__file__).resolve().parent.parent
STATUSES: Final = ("met", "notMet", "notDocumented", "conflicting", "notApplicable")


def _kinds() -> list[str]:
    """Return every kind of criterion that the ontology defines, by its short name."""
    content = (ROOT / "ontology" / "core.ttl").read_bytes()
    kinds = [quad.object.value for quad in read_quads(content, ".ttl", "core.ttl") if quad.predicate.value == core("kindCode")]
    assert kinds
    return sorted(kinds)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT)


@pytest.fixture(scope="module")
def second(knowledge: Knowledge) -> SecondEngine:
    return SecondEngine(knowledge.store)


@pytest.fixture(scope="module")
def examples(knowledge: Knowledge) -> tuple[Example, ...]:
    return load_examples([ROOT / "tests" / "worked"], knowledge)


@pytest.fixture(scope="module")
def kind_of(knowledge: Knowledge) -> dict[str, str]:
    """Return the kind of each criterion."""
    store = knowledge.store
    codes = {quad.subject: quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(core("kindCode")), None)}
    types = store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None)
    return {str(quad.subject.value): str(codes[quad.object]) for quad in types if quad.object in codes}


def _chosen(kind: str, examples: Sequence[Example], kind_of: dict[str, str]) -> list[Case]:
    """Return, for each status, the case of the first example that expects a criterion of ``kind`` to have it."""
    found: dict[str, Case] = {}
    for status in STATUSES:
        for example in examples:
            if any(kind_of.get(criterion) == kind for criterion in example.expected.get(status, ())):
                found.setdefault(example.iri, example.case)
                break
    return list(found.values())


def _quads(cases: Iterable[Case]) -> list[ox.Quad]:
    return [quad for case in cases for quad in case.quads]


def _differences(cases: Sequence[Case], knowledge: Knowledge, second: SecondEngine) -> list[str]:
    """Return each triple that only one engine derives, after the rule that derives it."""
    first = Judge(knowledge).derive(cases)
    ours, theirs = by_value(first), second.derive(_quads(cases))
    lines = [f"{theirs[row]}: only rdflib has {_shown(row)}" for row in theirs.keys() - ours]
    if only := ours - theirs.keys():
        store = ox.Store()
        store.bulk_extend(knowledge.store)
        store.extend([*_quads(cases), *(ox.Quad(*statement) for statement in first)])
        for rule in _rules(CASE_STAGES):
            lines += [f"{rule.name}: only pyoxigraph has {_shown(row)}" for row in rows_of(store, rule) & only]
        lines += [] if lines else [f"no rule gives {_shown(row)}" for row in only]
    return sorted(lines)


def _rules(stages: Iterable[str]) -> list[Rule]:
    return [rule for stage in stages for rule in rules(stage)]


def _shown(row: Row) -> str:
    return " ".join(short(term.strip("<>")) for term in row)


def test_the_reference_case_is_derived_alike(knowledge: Knowledge, second: SecondEngine) -> None:
    cases = load_cases(ROOT / "tests" / "cases" / "reference.ttl", knowledge)
    assert _differences(cases, knowledge, second) == []


@pytest.mark.parametrize("kind", _kinds())
def test_each_kind_of_criterion_is_derived_alike_in_each_status(
    kind: str, knowledge: Knowledge, second: SecondEngine, examples: tuple[Example, ...], kind_of: dict[str, str]
) -> None:
    cases = _chosen(kind, examples, kind_of)
    assert len(cases) > 1, f"the worked examples have too few cases with a {kind} criterion"
    assert _differences(cases, knowledge, second) == []


def test_both_engines_derive_from_every_rule_that_a_case_can_reach(
    knowledge: Knowledge, examples: tuple[Example, ...], kind_of: dict[str, str]
) -> None:
    chosen = {case.iri: case for kind in _kinds() for case in _chosen(kind, examples, kind_of)}
    cases = list(chosen.values())
    store = ox.Store()
    store.bulk_extend(knowledge.store)
    store.extend([*_quads(cases), *(ox.Quad(*statement) for statement in Judge(knowledge).derive(cases))])
    silent = {rule.name for rule in _rules(CASE_STAGES) if not rows_of(store, rule)}
    # Once everything is decided nothing waits in a circle any more; tests/test_judge.py has a case that does.
    assert silent <= {"settle/1_circular.rq"}


def test_a_rule_that_differs_between_the_engines_is_named(knowledge: Knowledge) -> None:
    (quantity,) = [rule for rule in rules("criteria") if rule.name == "criteria/quantity.rq"]
    changed = quantity.text.replace("COALESCE(?asked, 0) > ?most", "COALESCE(?asked, 0) < ?most")
    assert changed != quantity.text
    other = SecondEngine(knowledge.store, {quantity.name: changed})
    cases = load_cases(ROOT / "tests" / "cases" / "reference.ttl", knowledge)
    differences = _differences(cases, knowledge, other)
    judged = [line for line in differences if line.startswith("criteria/")]
    assert {line.split(":")[0] for line in judged} == {quantity.name}
    assert any("only rdflib has" in line and "imr:Met" in line for line in judged)
    assert any("only pyoxigraph has" in line and "imr:NotMet" in line for line in judged)


def test_the_knowledge_base_is_compiled_alike(knowledge: Knowledge) -> None:
    paths = sorted([*ROOT.glob("ontology/*.ttl"), *ROOT.glob("kb/**/*.ttl")])
    days = set(knowledge.day_properties.values())
    written = [quad for path in paths for quad in read_quads(path.read_bytes(), ".ttl", path.name)]
    written += [quad for quad in knowledge.store if quad.predicate in days]
    compiled = by_value(quad for quad in knowledge.store if isinstance(quad.subject, ox.NamedNode))
    import time
    t=time.time()
    e=SecondEngine([])
    d=e.derive(written, KNOWLEDGE_STAGES)
    print(time.time()-t, len(d))
    assert 0
