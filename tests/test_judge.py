"""Deciding: together or alone, in any order, the same comes out, and nothing is left behind."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest

from imr_kb.derive import Statement
from imr_kb.errors import ImrError
from imr_kb.explanation import explained
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.render import as_json, as_turtle, to_dict
from imr_kb.rules import Rule
from imr_kb.terms import BASE, CASE, core
from imr_kb.trace import CaseDecisions
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
# Every so manieth worked example is decided; of these, so many alone and the others in chunks.
EVERY: Final = 10
ALONE: Final = 80
CHUNK: Final = 40
# Decides files in a process of its own and writes all there is.
SCRIPT: Final = """
import sys
from pathlib import Path
from imr_kb.judge import Judge
from imr_kb.load import load_cases, load_knowledge
from imr_kb.explanation import explained
from imr_kb.render import as_json, as_text, as_turtle
knowledge = load_knowledge()
cases = [case for name in sys.argv[1:] for case in load_cases(Path(name), knowledge)]
results = list(Judge(knowledge).decide(cases))
for write in (as_json, as_turtle, as_text, explained):
    sys.stdout.writelines(write(results))
"""
# Two services that each serve the other: no guideline says so.
CIRCLE: Final = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix kb:   <https://w3id.org/imr-kb/kb/invented/> .
@prefix src:  <https://w3id.org/imr-kb/kb/source/> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

kb:hen a imr:Recommendation ; skos:prefLabel "Hen" ; imr:edition src:odg_2015 ; imr:covers svc:Acupuncture ;
    imr:treats dx:Condition ; imr:disposition imr:Recommended ; imr:requires kb:hen_egg .
kb:hen_egg a imr:DependsCriterion ; skos:definition "It serves the egg." ; imr:service svc:MassageTherapy .
kb:egg a imr:Recommendation ; skos:prefLabel "Egg" ; imr:edition src:odg_2015 ; imr:covers svc:MassageTherapy ;
    imr:treats dx:Condition ; imr:disposition imr:Recommended ; imr:requires kb:egg_hen .
kb:egg_hen a imr:DependsCriterion ; skos:definition "It serves the hen." ; imr:service svc:Acupuncture .
"""
CIRCLE_CASE: Final = """
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/imr-kb/case/circle> a imr:Case ; imr:requestedOn "2015-06-08"^^xsd:date ;
    imr:requests [ imr:sequence 1 ; imr:concept svc:Acupuncture ] , [ imr:sequence 2 ; imr:concept svc:MassageTherapy ] .
"""
# Two cases of one worker that share a drug use, asked a year and a half apart.
SHARED: Final = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix case: <https://w3id.org/imr-kb/case/> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

case:early a imr:Case ; imr:injuredOn "2011-06-08"^^xsd:date ; imr:requestedOn "2014-02-10"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ; imr:takesMedication case:use ;
    imr:requests [ imr:concept drug:OralCyclobenzaprine ; imr:daysSupply 7 ] .
case:late a imr:Case ; imr:injuredOn "2011-06-08"^^xsd:date ; imr:requestedOn "2015-07-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ; imr:takesMedication case:use ;
    imr:requests [ imr:concept drug:OralCyclobenzaprine ; imr:daysSupply 7 ] .
case:use imr:concept drug:OralCyclobenzaprine ; imr:since "2014-02-03"^^xsd:date .
"""


@pytest.fixture(scope="module")
def judge(knowledge: Knowledge) -> Judge:
    return Judge(knowledge)


@pytest.fixture(scope="module")
def cases(knowledge: Knowledge) -> Sequence[Case]:
    """Return the cases of worked examples, spread evenly over all."""
    return [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)[::EVERY]]


@pytest.fixture(scope="module")
def together(cases: Sequence[Case], judge: Judge) -> Sequence[CaseDecisions]:
    """Return what comes of all cases decided in one go."""
    return list(judge.decide(cases))


def _sample(cases: Sequence[Case]) -> range:
    """Return the places of some cases, spread evenly."""
    assert len(cases) >= ALONE
    return range(0, len(cases), len(cases) // ALONE)


def _derived(results: Iterable[CaseDecisions]) -> set[Statement]:
    return {statement for result in results for statement in result.proof.derived}


def test_a_case_decided_alone_comes_out_as_among_all_others(
    cases: Sequence[Case], together: Sequence[CaseDecisions], judge: Judge
) -> None:
    for place in _sample(cases):
        (alone,) = judge.decide([cases[place]])
        assert alone == together[place]
        assert _derived([alone]) == _derived([together[place]])


def test_cases_decided_in_chunks_derive_the_same_as_all_together(
    cases: Sequence[Case], together: Sequence[CaseDecisions], judge: Judge
) -> None:
    done = set(_sample(cases))
    rest = [place for place in range(len(cases)) if place not in done]
    for start in range(0, len(rest), CHUNK):
        places = rest[start : start + CHUNK]
        in_chunk = judge.derive([cases[place] for place in places])
        assert len(in_chunk) == len(set(in_chunk))
        assert set(in_chunk) == _derived(together[place] for place in places)


def test_a_stream_of_cases_longer_than_a_chunk_is_decided_to_its_end(
    cases: Sequence[Case], together: Sequence[CaseDecisions], judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imr_kb.judge.CHUNK", 7)
    assert list(judge.decide(iter(cases[:20]))) == together[:20]
    assert list(judge.decide(iter(()))) == []


def test_a_fact_of_which_nothing_more_is_said_is_its_cases_own(tmp_path: Path) -> None:
    text = (CASES / "reference.ttl").read_text(encoding="utf-8")
    knowledge, paths = load_knowledge(ROOT), []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.ttl"
        bare = text.replace("imr:requests ", f"imr:hasFinding <{CASE}{name}/bare> ; imr:requests ", 1)
        assert bare != text
        path.write_text(bare.replace("case:reference", f"case:{name}"), encoding="utf-8")
        paths.append(path)
    both = [case for path in paths for case in load_cases(path, knowledge)]
    judge = Judge(knowledge)
    alone = [result for case in both for result in judge.decide([case])]
    assert list(judge.decide(both)) == alone
    assert len(alone) == 2


def test_cases_in_another_order_come_out_the_same(cases: Sequence[Case], judge: Judge) -> None:
    some = cases[:: len(cases) // 40]
    forward, backward = list(judge.decide(some)), list(judge.decide(some[::-1]))
    assert backward[::-1] == forward
    assert "".join(as_turtle(backward)) == "".join(as_turtle(forward))
    assert "".join(as_json(backward[::-1])) == "".join(as_json(forward))


def test_triples_in_another_order_come_out_the_same(knowledge: Knowledge, judge: Judge, tmp_path: Path) -> None:
    written = ox.parse((CASES / "reference.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    lines = [f"{quad.triple} ." for quad in written]
    seen = set()
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        # Blank nodes get other labels too: only what they are joined with tells them apart.
        text = "\n".join(lines).replace("_:", f"_:order{seed}x")
        path = tmp_path / "reference.nt"
        path.write_text(text, encoding="utf-8")
        results = list(judge.decide(load_cases(path, knowledge)))
        seen.add("".join((*as_json(results), *as_turtle(results))))
    assert len(seen) == 1


def test_the_hash_seed_of_python_does_not_change_a_byte_of_the_output() -> None:
    files = [str(CASES / name) for name in ("reference.ttl", "two_regions.ttl", "first.ttl")]
    outputs = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *files],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b'"verdict"') == 5


def test_deciding_leaves_the_knowledge_base_as_it_was(knowledge: Knowledge, cases: Sequence[Case]) -> None:
    before = set(knowledge.store)
    judge = Judge(knowledge)
    (first,) = load_cases(CASES / "first.ttl", knowledge)
    assert len(list(judge.decide(cases[:10]))) == 10
    assert list(judge.rows(first))
    # A caller may stop in the middle, of the decisions or of the rows.
    next(judge.decide(cases[:10]))
    next(judge.rows(first))
    assert set(knowledge.store) == before


def test_the_second_time_the_rules_derive_beside_what_they_can_read_what_they_derived_beside_everything(
    knowledge: Knowledge, cases: Sequence[Case]
) -> None:
    judge = Judge(knowledge)
    beside_everything = judge.derive(cases)
    for _ in range(2):
        beside_what_they_read = judge.derive(cases)
        assert len(beside_what_they_read) == len(beside_everything) > len(cases)
        assert set(beside_what_they_read) == set(beside_everything)


def test_a_run_that_fails_leaves_the_knowledge_base_as_it_was(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(knowledge.store)
    # A group within a group, whose effect is derived again after it has been settled.
    cases = load_cases(CASES / "reference.ttl", knowledge)
    monkeypatch.setattr("imr_kb.derive.MAX_ROUNDS", 1)
    try:
        with pytest.raises(ImrError, match="KB901"):
            Judge(knowledge).derive(cases)
        assert set(knowledge.store) == before
    finally:
        for quad in set(knowledge.store) - before:
            knowledge.store.remove(quad)


def test_a_case_that_repeats_what_the_knowledge_base_says_leaves_it_as_it_was(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    before = set(knowledge.store)
    try:
        list(Judge(knowledge).decide(_first_case_and(tmp_path, "svc:PhysicalTherapy a owl:Class .", knowledge)))
        assert set(knowledge.store) == before
    finally:
        knowledge.store.extend(before)


def test_a_case_cannot_change_what_a_term_means_for_another_case(
    knowledge: Knowledge, judge: Judge, tmp_path: Path
) -> None:
    (reference,) = load_cases(CASES / "reference.ttl", knowledge)
    (alone,) = judge.decide([reference])
    (meddling,) = _first_case_and(tmp_path, "svc:PhysicalTherapy imr:within svc:OfficeVisit .", knowledge)
    _, beside = judge.decide([meddling, reference])
    assert beside == alone


def test_a_fact_that_two_cases_share_is_judged_by_the_dates_of_each(
    knowledge: Knowledge, judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "shared.ttl"
    path.write_text(SHARED, encoding="utf-8")
    both = load_cases(path, knowledge)
    together = list(judge.decide(both))
    assert together == [result for case in both for result in judge.decide([case])]
    grounds = [decision.ground for result in together for decision in result.decisions]
    assert grounds == ["not-documented", "limit-exceeded"]


def _first_case_and(folder: Path, statement: str, knowledge: Knowledge) -> tuple[Case, ...]:
    """Return the case of tests/cases/first.ttl from a file that says one thing more."""
    path = folder / "first.ttl"
    first = (CASES / "first.ttl").read_text(encoding="utf-8")
    path.write_text(f"@prefix owl: <http://www.w3.org/2002/07/owl#> .\n{first}\n{statement}\n", encoding="utf-8")
    return load_cases(path, knowledge)


def test_everything_derived_is_about_the_case_that_it_is_filed_under(
    cases: Sequence[Case], together: Sequence[CaseDecisions]
) -> None:
    for case, result in zip(cases, together, strict=True):
        own = {subject.value for subject, _, _ in case.statements}
        assert result.case == case.iri
        strangers = {
            subject.value
            for subject, _, _ in result.proof.derived
            if subject.value not in own and not any(subject.value.startswith(f"{name}/") for name in own)
        }
        assert strangers == set()


def test_nothing_derived_about_a_case_names_another_case(
    cases: Sequence[Case], together: Sequence[CaseDecisions]
) -> None:
    owner = {subject: case.iri for case in cases for subject, _, _ in case.statements}
    for result in together:
        named = {owner.get(value) for _, _, value in result.proof.derived} - {None}
        assert named <= {result.case}


def test_every_disputed_item_gets_one_decision_in_the_order_of_the_letter(
    cases: Sequence[Case], together: Sequence[CaseDecisions]
) -> None:
    requests, sequence = ox.NamedNode(core("requests")), ox.NamedNode(core("sequence"))
    several = 0
    for case, result in zip(cases, together, strict=True):
        place = {
            subject.value: int(value.value) for subject, predicate, value in case.statements if predicate == sequence
        }
        asked = [value.value for _, predicate, value in case.statements if predicate == requests]
        decided = [decision.request for decision in result.decisions]
        assert sorted(decided) == sorted(asked)
        assert [place.get(request, 0) for request in decided] == sorted(place.get(request, 0) for request in asked)
        several += len(asked) > 1
    assert several


def test_deciding_a_case_twice_at_once_is_an_error_with_a_code(cases: Sequence[Case], judge: Judge) -> None:
    with pytest.raises(ImrError) as caught:
        list(judge.decide([cases[0], cases[1], cases[0]]))
    (problem,) = caught.value.problems
    assert (problem.code, problem.term, problem.file) == ("CA030", cases[0].iri, cases[0].file)
    # One after the other is no mistake.
    assert list(judge.decide([cases[0]])) == list(judge.decide([cases[0]]))


def test_items_that_wait_for_each_other_are_undetermined(tmp_path: Path) -> None:
    for name in (
        "ontology/core.ttl",
        "ontology/services.ttl",
        "ontology/conditions.ttl",
        "kb/order.ttl",
        "kb/sources_odg.ttl",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "kb" / "circle.ttl").write_text(CIRCLE, encoding="utf-8")
    (tmp_path / "circle_case.ttl").write_text(CIRCLE_CASE, encoding="utf-8")
    knowledge = load_knowledge(tmp_path)
    (result,) = Judge(knowledge).decide(load_cases(tmp_path / "circle_case.ttl", knowledge))
    _is_circular(to_dict(result))
    # The same where the two stand in one item.
    parts = CIRCLE_CASE.replace("imr:requests [", "imr:requests [ imr:comprises [", 1).rstrip(" .\n") + " ] ."
    (tmp_path / "circle_of_parts.ttl").write_text(parts, encoding="utf-8")
    (result,) = Judge(knowledge).decide(load_cases(tmp_path / "circle_of_parts.ttl", knowledge))
    case = to_dict(result)
    assert [len(decision["parts"]) for decision in case["decisions"]] == [2]
    _is_circular(case)


def _is_circular(case: Mapping[str, Any]) -> None:
    for decision in case["decisions"]:
        assert (decision["verdict"], decision["ground"], decision["imr_outcome"]) == (
            "undetermined",
            "circular-dependence",
            None,
        )
        assert decision["source"]["recommendation"].startswith(f"{BASE}kb/invented/")


def test_an_item_of_several_services_rests_on_the_part_that_refuses_it(judge: Judge, knowledge: Knowledge) -> None:
    (example,) = [
        example
        for example in load_examples([ROOT / "tests" / "worked" / "order.ttl"], knowledge)
        if example.iri.endswith("one_part_too_many_refuses_the_item")
    ]
    (result,) = judge.decide([example.case])
    (item,) = to_dict(result)["decisions"]
    manipulation, therapy = item["parts"]
    assert [part["verdict"] for part in (manipulation, therapy)] == ["necessary", "not-necessary"]
    assert (item["verdict"], item["imr_outcome"], item["supported_quantity"]) == ("not-necessary", "upheld", None)
    for name in ("ground", "service", "source", "criteria", "not_governing", "missing"):
        assert item[name] == therapy[name], name
    assert therapy["supported_quantity"] == 10
    assert "Physical therapy" in item["rationale"]
    text = "".join(explained([result]))
    assert text.count("Considered, did not govern") == 2


def test_a_rule_is_only_left_out_where_a_term_is_missing_that_every_match_has() -> None:
    pattern = (
        "{ ?a imr:one|imr:two ?b ; (imr:three|imr:four) ?b ; imr:five ?c OPTIONAL { ?c imr:six ?d } FILTER(?c > 0) }"
    )
    rule = Rule("any.rq", f"SELECT * WHERE {pattern}")
    assert rule.needs == {ox.NamedNode(core("five"))}


def test_a_term_that_a_rule_reads_about_need_not_stand_in_the_case() -> None:
    rule = Rule("any.rq", "SELECT * WHERE { imr:weeks imr:daysPerUnit ?days . ?a a imr:Judgement }")
    assert rule.needs == {ox.NamedNode(core("daysPerUnit")), ox.NamedNode(core("Judgement"))}
