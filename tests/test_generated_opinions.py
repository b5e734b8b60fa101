"""Second opinions on generated cases, a reasoner for OWL on their concepts, and what once differed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from made_up import world
from varied_cases import varied

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.opinions import second_opinion
from imr_kb.opinions.compare import as_turtle, compare, smallest
from imr_kb.opinions.membership import hierarchy, memberships
from imr_kb.opinions.second import Row, SecondOpinion
from imr_kb.terms import core
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
HEAD = """
@prefix imr: <https://w3id.org/imr-kb/core#> . @prefix case: <https://w3id.org/imr-kb/case/> .
@prefix dx: <https://w3id.org/imr-kb/condition#> . @prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix fnd: <https://w3id.org/imr-kb/finding#> . @prefix body: <https://w3id.org/imr-kb/body#> .
@prefix drug: <https://w3id.org/imr-kb/drug#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
case:told a imr:Case ; imr:injuredOn "2014-01-10"^^xsd:date ; imr:requestedOn "2016-09-08"^^xsd:date ;
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return world().knowledge


@pytest.fixture(scope="module")
def second(knowledge: Knowledge) -> SecondOpinion:
    return second_opinion(knowledge.root)


@pytest.fixture(scope="module")
def some(knowledge: Knowledge) -> Sequence[Case]:
    """Return varied worked examples, the same ones at each run."""
    examples = [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)]
    return list(varied(examples, 120, knowledge, seed=3))


def _differing(turtle: str, folder: Path, knowledge: Knowledge, second: SecondOpinion) -> set[Row]:
    path = folder / "told.ttl"
    path.write_text(HEAD + turtle, encoding="utf-8")
    comparison = compare(load_cases(path, knowledge), Judge(knowledge), second)
    assert comparison.rows["verdict"] > 0
    return {row for found in comparison.disagreements for row in (*found.engine, *found.second)}


def test_varied_examples_are_the_same_at_each_run_and_of_many_kinds(knowledge: Knowledge, some: Sequence[Case]) -> None:
    examples = [example.case for example in load_examples([ROOT / "tests" / "worked"], knowledge)]
    again = list(varied(examples, 120, knowledge, seed=3))
    assert [case.quads for case in again] == [case.quads for case in some]
    assert len(some) > 100
    assert {predicate.value for case in some for _, predicate, _ in case.statements} >= {
        core(name) for name in ("hasTreatment", "takesMedication", "hasResponse", "bodyPart", "polarity", "outcome")
    }


def test_engine_and_second_opinion_agree_on_varied_examples(
    knowledge: Knowledge, second: SecondOpinion, some: Sequence[Case]
) -> None:
    comparison = compare(some, Judge(knowledge), second)
    assert [(found.case.iri, found.engine, found.second) for found in comparison.disagreements] == []
    assert comparison.rows["status"] > len(some)


def test_no_statement_of_a_smallest_case_can_be_left_out(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    path = tmp_path / "told.ttl"
    path.write_text(HEAD + TRIED, encoding="utf-8")
    right = (ROOT / "imr_kb" / "opinions" / "decide.lp").read_text(encoding="utf-8")
    wrong = second.following(right.replace("denies(R, Q, A), within(X, A).", "denies(R, Q, A)."))
    (found,) = compare(load_cases(path, knowledge), Judge(knowledge), wrong).disagreements
    least = smallest(found, knowledge, wrong)
    shown = as_turtle(least.case, knowledge)
    assert "WristSplint" in shown
    assert "DeQuervain" not in shown
    lines = [line for line in as_turtle(least.case, knowledge).splitlines() if "imr:" in line]
    assert len(lines) < len(as_turtle(found.case, knowledge).splitlines())


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.usefixtures("java")
def test_a_reasoner_puts_individuals_into_the_committed_hierarchy(knowledge: Knowledge, some: Sequence[Case]) -> None:
    concepts = {
        value.value for case in some for _, predicate, value in case.statements if predicate.value == core("concept")
    }
    found = memberships(sorted(concepts)[::5], knowledge, every=12)
    assert (found.named > 20, found.described > 20, found.differences) == (True, True, ())


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.usefixtures("java")
def test_a_reasoner_notices_a_hierarchy_that_is_wrong(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    right = hierarchy(knowledge)
    mri = next(name for name in right if name.endswith("service#LumbarMri"))
    wrong = {**right, mri: {name for name in right[mri] if not name.endswith("service#Mri")}}
    monkeypatch.setattr("imr_kb.opinions.membership.hierarchy", lambda _: wrong)
    assert memberships([mri], knowledge, every=200).differences == (
        "svc:LumbarMri is within svc:Mri for the reasoner only",
    )


# --- where the two once differed

TRIED = """
  imr:hasDiagnosis [ imr:concept dx:DeQuervain ] ;
  imr:hasTreatment [ imr:concept svc:HandSplint ; imr:outcome imr:Failed ] ,
                   [ imr:concept svc:WristSplint ; imr:polarity imr:Absent ] ,
                   [ imr:concept svc:WristCorticosteroidInjection ; imr:outcome imr:Failed ] ;
  imr:requests [ imr:concept svc:FirstDorsalCompartmentRelease ] .
"""
TESTS = """
  imr:hasDiagnosis [ imr:concept dx:LowBackPain ] ;
  imr:takesMedication [ imr:concept drug:Norco ] ;
  imr:hasStudy [ imr:concept svc:UrineDrugTest ; imr:onDate "2016-08-01"^^xsd:date ] ,
               [ imr:concept svc:UrineDrugTest ; imr:onDate "2016-07-01"^^xsd:date ] ,
               [ imr:concept svc:UrineDrugTest ; imr:onDate "2016-06-01"^^xsd:date ] ,
               [ imr:concept svc:UrineDrugTest ; imr:onDate "2016-05-01"^^xsd:date ] ;
  imr:requests [ imr:concept svc:UrineDrugTest ] .
"""
ASSISTANT = """
  imr:hasFinding [ imr:concept fnd:SurgeryApproved ] , [ imr:concept fnd:ComplexProcedure ] ;
  imr:requests [ imr:concept svc:SurgicalAssistant ] , [ imr:concept svc:CervicalFusion ] .
"""
REGION = """
  imr:hasDiagnosis [ imr:concept dx:MusculoskeletalPain ; imr:bodyPart body:LumbarSpine ] ;
  imr:requests [ imr:concept svc:SpineManipulationUnderAnesthesia ] .
"""


def test_care_that_was_tried_beside_other_care_that_was_not(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    assert _differing(TRIED, tmp_path, knowledge, second) == set()


def test_a_region_told_by_the_part_that_a_diagnosis_names(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    assert _differing(REGION, tmp_path, knowledge, second) == set()


def test_earlier_tests_that_stand_as_studies_count_against_a_number_of_tests(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    assert _differing(TESTS, tmp_path, knowledge, second) == set()


def test_an_exception_that_is_met_settles_what_a_conflict_would_leave_open(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    assert _differing(ASSISTANT, tmp_path, knowledge, second) == set()
