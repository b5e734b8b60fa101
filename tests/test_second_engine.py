"""Two independent SPARQL engines derive the same triples from the same rule files."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from second_engine import Row, SecondEngine, by_value, rows_of

from imr_kb.derive import Statement
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge, statements
from imr_kb.rdf import read_quads
from imr_kb.rules import CASE_STAGES, KNOWLEDGE_STAGES, Rule, rules
from imr_kb.terms import RDF, core, short
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
STATUSES: Final = ("met", "notMet", "notDocumented", "conflicting", "notKnown", "notApplicable")
# A part of the knowledge base in which every rule that compiles it has something to do: rdflib needs minutes for the whole.
PART: Final = (
    "ontology/core.ttl",
    "ontology/body.ttl",
    "ontology/conditions.ttl",
    "ontology/drugs.ttl",
    "kb/order.ttl",
    "kb/sources.ttl",
    "kb/sources_odg.ttl",
    "kb/opioid_factors.ttl",
    "kb/mtus_chronic_pain_2009/opioids.ttl",
    "kb/mtus_postsurgical_2009/carpal_tunnel.ttl",
    "kb/odg/gym_membership.ttl",
)
#: A finding that bears a condition out, and a criterion about a pain that is meant nearby: all findings would take long.
SHOWN: Final = (
    "ontology/findings.ttl",
    """@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix dx: <https://w3id.org/imr-kb/condition#> .
@prefix fnd: <https://w3id.org/imr-kb/finding#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

fnd:ElectrodiagnosticCarpalTunnel a owl:Class ; rdfs:subClassOf imr:Concept ; imr:bearsOut dx:CarpalTunnelSyndrome .
fnd:pain_down_the_leg a imr:FindingCriterion ; imr:finding dx:RadicularPain , dx:CarpalTunnelSyndrome .
""",
)


EXAMPLE = "https://w3id.org/imr-kb/example/"
#: What rules reach that no kind and status needs: an item of several services and one that serves it, a drug that the
#: formulary does not list, care after the deciding date, care elsewhere that counts all the same, a sign of the other side,
#: one that tells nothing of the neck, and visits used of what was authorized.
NAMED = (
    "order/what_serves_a_part_waits_for_the_whole_item",
    "formulary/warfarin_without_an_entry",
    "mtus_opioids_2016/study_after_the_request",
    "acoem_2004/thumb_tendons_with_one_splint_failed_and_another_not_tried",
    "order/sign_of_the_other_knee",
    "acoem_2004/neck_mri_for_a_dropped_foot",
    "authorized_care/more_visits_when_all_have_been_used",
    "mtus_postsurgical_2009/rotator_cuff_repair_therapy_dated_before_it",
    "mtus_postsurgical_2009/rotator_cuff_repair_therapy_told_as_before_it",
)


@pytest.fixture(scope="module")
def second(knowledge: Knowledge) -> SecondEngine:
    return SecondEngine(knowledge.store)


@pytest.fixture(scope="module")
def chosen(knowledge: Knowledge) -> Sequence[Case]:
    """Return the reference case, and examples that show every ground, every kind in every status and what is supported."""
    kinds = _kinds(knowledge.store)
    shown: dict[str, set[tuple[str, str]]] = {}
    examples = {example.iri: example for example in load_examples([ROOT / "tests" / "worked"], knowledge)}
    for iri, example in examples.items():
        expected = {status: example.expected.get(status, frozenset()) for status in STATUSES}
        shown[iri] = {(kinds[criterion], status) for status, met in expected.items() for criterion in met}
        shown[iri] |= {("ground", ground) for ground in example.expected["ground"]}
        shown[iri] |= {("supported", "") for _ in example.expected.get("supported", ())}
    waiting = set().union(*shown.values())
    assert {kind for kind, _ in waiting} == {*kinds.values(), "ground", "supported"}
    # None of these kinds and statuses needs what these cases need, and care after an operation.
    files = [ROOT / "tests" / "cases" / name for name in ("reference.ttl", "two_regions.ttl")]
    found = [case for file in files for case in load_cases(file, knowledge)]
    knee = load_examples([ROOT / "tests" / "worked" / "mtus_postsurgical_2009" / "knee.ttl"], knowledge)
    found.append(next(example.case for example in knee if core("Necessary") in example.expected["verdict"]))
    found += [examples[EXAMPLE + name].case for name in NAMED]
    formulary = load_examples([ROOT / "tests" / "worked" / "formulary" / "rules.ttl"], knowledge)
    found += [example.case for example in formulary[::4]]
    while waiting:
        richest = max(shown, key=lambda iri: (len(shown[iri] & waiting), iri))
        found.append(examples[richest].case)
        waiting -= shown[richest]
    return list({case.iri: case for case in found}.values())


def _kinds(store: ox.Store) -> dict[str, str]:
    """Return the kind of each criterion by its short name."""
    codes = {subject: value.value for subject, _, value in _matching(store, core("kindCode"))}
    return {subject.value: codes[value] for subject, _, value in _matching(store, RDF + "type") if value in codes}


def _matching(store: ox.Store, predicate: str) -> Iterable[Statement]:
    return statements(store.quads_for_pattern(None, ox.NamedNode(predicate), None))


@dataclass(frozen=True)
class Comparison:
    """What both engines derived: the differences, each after the rule that makes it, and the rules that gave something."""

    differences: list[str]
    used: frozenset[str]


def _compare(
    cases: Sequence[Case], knowledge: Knowledge, second: SecondEngine, replaced: Mapping[str, str] | None = None
) -> Comparison:
    given = [quad for case in cases for quad in case.quads]
    first = Judge(knowledge).derive(cases)
    ours, theirs = by_value(first), second.derive(given, replaced=replaced or {})
    lines = [f"{theirs[row]}: only rdflib has {_shown(row)}" for row in theirs.keys() - ours]
    only = ours - theirs.keys()
    if only:
        store = ox.Store()
        store.bulk_extend(knowledge.store)
        store.extend([*given, *(ox.Quad(*statement) for statement in first)])
        for rule in _rules(CASE_STAGES):
            lines += [f"{rule.name}: only pyoxigraph has {_shown(row)}" for row in rows_of(store, rule) & only]
        lines = lines or [f"no rule gives {_shown(row)}" for row in only]
    return Comparison(sorted(lines), frozenset(theirs.values()))


def _rules(stages: Iterable[str]) -> list[Rule]:
    return [rule for stage in stages for rule in rules(stage)]


def _shown(row: Row) -> str:
    return " ".join(short(term.strip("<>")) for term in row)


def test_every_kind_of_criterion_in_every_status_and_every_rule_that_a_case_can_reach_is_derived_alike(
    knowledge: Knowledge, second: SecondEngine, chosen: Sequence[Case]
) -> None:
    # One test, since what rdflib derives takes minutes; a few cases at a time.
    compared = [_compare(chosen[start : start + 6], knowledge, second) for start in range(0, len(chosen), 6)]
    assert [line for comparison in compared for line in comparison.differences] == []
    used = {name for comparison in compared for name in comparison.used}
    # Items that wait for each other need a guideline that no source has: tests/test_judge.py makes one up.
    assert {rule.name for rule in _rules(CASE_STAGES)} - used == {
        "settle/1_circular.rq",
        "settle/1_circular_part.rq",
    }


def test_a_rule_that_differs_between_the_engines_is_named(knowledge: Knowledge, second: SecondEngine) -> None:
    (quantity,) = [rule for rule in rules("criteria") if rule.name == "criteria/quantity.rq"]
    changed = quantity.text.replace("COALESCE(?asked, 0) > ?most", "COALESCE(?asked, 0) < ?most")
    assert changed != quantity.text
    cases = load_cases(ROOT / "tests" / "cases" / "reference.ttl", knowledge)
    judged = [
        line
        for line in _compare(cases, knowledge, second, {quantity.name: changed}).differences
        if line.startswith("criteria/")
    ]
    assert {line.split(":")[0] for line in judged} == {quantity.name}
    assert any("only rdflib has" in line and line.endswith("imr:status imr:Met") for line in judged)
    assert any("only pyoxigraph has" in line and line.endswith("imr:status imr:NotMet") for line in judged)


def test_a_knowledge_base_is_compiled_alike(tmp_path: Path) -> None:
    for name in PART:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / SHOWN[0]).write_text(SHOWN[1], encoding="utf-8")
    compiled = load_knowledge(tmp_path)
    written = [quad for name in (*PART, SHOWN[0]) for quad in read_quads((tmp_path / name).read_bytes(), ".ttl", name)]
    written += [quad for quad in compiled.store if quad.predicate in set(compiled.day_properties.values())]
    theirs = SecondEngine([]).derive(written, KNOWLEDGE_STAGES)
    ours = by_value(statements(compiled.store)) - by_value(statements(written))
    assert sorted(map(_shown, ours ^ theirs.keys())) == []
    assert {rule.name for rule in _rules(KNOWLEDGE_STAGES)} - set(theirs.values()) == set()
