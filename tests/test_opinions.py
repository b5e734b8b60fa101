"""The second opinion agrees with the engine on a spread of worked examples, and a wrong program is noticed."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.opinions import second_opinion
from imr_kb.opinions.__main__ import main
from imr_kb.opinions.compare import compare, smallest
from imr_kb.opinions.second import SecondOpinion
from imr_kb.worked import load_examples

ROWS = {"applies", "deciding date", "governs", "ground", "status", "verdict"}
# Every so many examples: some sixty of them, of all sources.
STRIDE = 101


@pytest.fixture(scope="module")
def second(knowledge: Knowledge) -> SecondOpinion:
    return second_opinion(knowledge.root)


def _cases(knowledge: Knowledge, path: Path) -> Sequence[Case]:
    return [example.case for example in load_examples([path], knowledge)]


def _changed(second: SecondOpinion, right: str, wrong: str) -> SecondOpinion:
    program = files("imr_kb.opinions").joinpath("decide.lp").read_text(encoding="utf-8")
    assert program.count(right) == 1
    return second.following(program.replace(right, wrong))


def test_engine_and_second_opinion_agree_on_a_spread_of_examples(
    knowledge: Knowledge, second: SecondOpinion, root: Path
) -> None:
    cases = _cases(knowledge, root / "tests" / "worked")[::STRIDE]
    comparison = compare(cases, Judge(knowledge), second)
    assert [(found.case.iri, found.engine, found.second) for found in comparison.disagreements] == []
    assert comparison.rows.keys() == ROWS
    assert comparison.rows["verdict"] >= len(cases) > 0


def test_items_of_several_services_are_decided_alike(knowledge: Knowledge, second: SecondOpinion, root: Path) -> None:
    cases = [
        case
        for case in _cases(knowledge, root / "tests" / "worked" / "order.ttl")
        if any(predicate.value.endswith("#comprises") for _, predicate, _ in case.statements)
    ]
    comparison = compare(cases, Judge(knowledge), second)
    assert comparison.rows["verdict"] > len(cases) > 0
    assert comparison.disagreements == ()


TRIED_BEFORE = """
@prefix : <https://w3id.org/imr-kb/case/tried/> .
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix dx: <https://w3id.org/imr-kb/condition#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:case
    a imr:Case ;
    imr:injuredOn    "2014-01-10"^^xsd:date ;
    imr:requestedOn  "2015-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ;
    imr:hasStudy     [ imr:concept svc:InterferentialTrial ] ;
    imr:requests     [ imr:concept svc:InterferentialTrial ; imr:weeks 4 ] .
"""


def test_an_earlier_trial_that_is_on_record_as_a_test_is_use_to_both(
    tmp_path: Path, knowledge: Knowledge, second: SecondOpinion
) -> None:
    (tmp_path / "tried.ttl").write_text(TRIED_BEFORE, encoding="utf-8")
    cases, judge = load_cases(tmp_path / "tried.ttl", knowledge), Judge(knowledge)
    assert compare(cases, judge, second).disagreements == ()
    (found,) = compare(cases, judge, _changed(second, "use(K) :- done(K).", "")).disagreements
    assert {row.what for row in (*found.engine, *found.second)} == {"status"}


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("asked(R, A), N + A > M.", "asked(R, A), N + A >= M.", "status"),
        (
            'as_of(C, D, _), t(S, "imr:inForceFrom", A), A <= D',
            'as_of(C, D, _), t(S, "imr:inForceFrom", A), A < D',
            "applies",
        ),
        ('part_refused(I) :- part(I, P), verdict(P, "imr:NotNecessary").', "part_refused(I) :- part(I, I).", "verdict"),
    ],
    ids=["a limit is reached", "the first day in force", "a part is refused"],
)
def test_a_wrong_program_is_noticed(
    knowledge: Knowledge, second: SecondOpinion, root: Path, right: str, wrong: str, what: str
) -> None:
    folder = root / "tests" / "worked"
    cases = [*_cases(knowledge, folder / "order.ttl"), *_cases(knowledge, folder / "mtus_acupuncture_2009")]
    comparison = compare(cases, Judge(knowledge), _changed(second, right, wrong))
    rows = {row.what for found in comparison.disagreements for row in (*found.engine, *found.second)}
    assert what in rows
    assert {problem.code for problem in comparison.problems} == {"OP001"}


def test_a_disagreement_is_told_on_the_smallest_case(knowledge: Knowledge, second: SecondOpinion, root: Path) -> None:
    wrong = _changed(second, "asked(R, A), N + A > M.", "asked(R, A), N + A >= M.")
    cases = _cases(knowledge, root / "tests" / "worked" / "mtus_acupuncture_2009")
    comparison = compare(cases, Judge(knowledge), wrong)
    found = comparison.disagreements[0]
    least = smallest(found, knowledge, wrong)
    assert {*least.engine, *least.second}
    assert len(least.case.quads) < len(found.case.quads)


def test_the_page_shows_what_is_printed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    page = (root / "docs" / "opinions.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n\$ python -m imr_kb\.opinions (.*)\n([\s\S]*?)```", page)
    assert shown
    assert main(shown[1].split()) == 0
    assert capsys.readouterr().out == shown[2]


def test_nothing_to_compare_and_no_solver_are_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(root / "docs")]) != 0
    assert "EX900" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "imr_kb.opinions.second", None)
    assert main([str(root / "tests" / "worked" / "order.ttl")]) != 0
    assert "SY004" in capsys.readouterr().err
