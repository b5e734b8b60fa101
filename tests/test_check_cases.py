"""Many cases are checked together; each is told what is wrong with it alone, whichever cases stand beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from imr_kb.errors import Problem
from imr_kb.inputs import Inputs, checked
from imr_kb.load import Case, Knowledge

TESTS = Path(__file__).parent
WRITTEN = [path for folder in ("bad/cases", "bad/reviews", "cases") for path in sorted((TESTS / folder).glob("*.ttl"))]
HEAD = """
@prefix : <https://w3id.org/imr-kb/case/together/> .
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix cond: <https://w3id.org/imr-kb/condition#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CASE = """
:{name}
    a imr:Case ;
    imr:deniedOn     "2016-05-02"^^xsd:date ;
    imr:ageYears     {age} ;
    imr:hasDiagnosis {diagnosis} ;
    imr:requests     :{name}-request .
:{name}-request
    a imr:Request ;
    imr:concept svc:Acupuncture .
"""


@pytest.fixture(scope="module")
def written(knowledge: Knowledge) -> list[tuple[Case, Path]]:
    """Sound and wrong cases; a file that cannot be read holds none."""
    found = [(case, path) for path in WRITTEN for case in Inputs(knowledge).load(path)]
    assert len(found) > 40
    return found


@pytest.mark.parametrize("seed", range(3))
def test_cases_checked_together_are_told_what_each_is_told_alone(
    seed: int, written: list[tuple[Case, Path]], knowledge: Knowledge
) -> None:
    alone = {case.iri: _told([(case, path)], knowledge) for case, path in written}
    assert sum(map(bool, alone.values())) > 20
    for case, problems in checked(Random(seed).sample(written, len(written)), knowledge):
        assert sorted(problems) == alone[case.iri], case.file


def test_each_of_many_cases_of_a_file_is_told_its_own_line(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "many.ttl"
    ages = [40, 9, 41, 120]
    path.write_text(HEAD + "".join(_case(f"c{at}", age) for at, age in enumerate(ages)), encoding="utf-8")
    inputs = Inputs(knowledge)
    assert [case.iri[-2:] for case in inputs.cases([path])] == ["c0", "c2"]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [(lines[found.line - 1].split()[1], found.term[-2:]) for found in sorted(inputs.problems)] == [
        ("9", "c1"),
        ("120", "c3"),
    ]


def test_a_fact_that_is_missing_is_missed_though_a_case_of_another_file_has_one_of_that_name(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    missing, having = tmp_path / "a.ttl", tmp_path / "b.ttl"
    fact = ":strain a imr:Diagnosis ; imr:concept cond:LumbarStrain ; imr:polarity imr:Present .\n"
    missing.write_text(HEAD + _case("c1", 40, ":strain"), encoding="utf-8")
    having.write_text(HEAD + _case("c2", 40, ":strain") + fact, encoding="utf-8")
    for order in ([missing, having], [having, missing]):
        inputs = Inputs(knowledge)
        assert [case.iri[-2:] for case in inputs.cases(order)] == ["c2"]
        assert {Path(found.file).name for found in inputs.problems} == {"a.ttl"}


def test_letters_and_written_cases_come_in_the_order_in_which_they_are_named(knowledge: Knowledge) -> None:
    files = [TESTS / "cases" / name for name in ("reference.ttl", "demo.txt", "first.ttl")]
    assert [case.file for case in Inputs(knowledge).cases(files)] == [path.name for path in files]


def _case(name: str, age: int, diagnosis: str = "[ imr:concept cond:LumbarStrain ]") -> str:
    return CASE.format(name=name, age=age, diagnosis=diagnosis)


def _told(loaded: Iterable[tuple[Case, Path]], knowledge: Knowledge) -> list[Problem]:
    return sorted(problem for _, problems in checked(loaded, knowledge) for problem in problems)
