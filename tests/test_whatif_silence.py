"""What silence leaves open, against brute force: the record is completed in every way, and decided."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from outlooks import editor, judge, knowledge, spread

from imr_kb.facts import Facts
from imr_kb.load import load_cases
from imr_kb.trace import CaseDecisions, Decision
from imr_kb.whatif import silence as module
from imr_kb.whatif.changes import Change, numbered_requests
from imr_kb.whatif.silence import silence
from imr_kb.whatif.situation import Situation
from imr_kb.whatif.tree import Background, Branch, Forest, Goal
from imr_kb.whatif.trials import copied
from imr_kb.whatif.ways import ways

ROOT = Path(__file__).resolve().parent.parent
EVERY: Final = 37
MOST_SILENT: Final = 5


@cache
def decided() -> tuple[CaseDecisions, ...]:
    return tuple(judge().decide([example.case for example in spread(EVERY)]))


def _read(result: CaseDecisions) -> tuple[Situation, Forest]:
    case, background = result.proof.case, Background(knowledge())
    record, node = Facts((*case.statements, *result.proof.derived)), ox.NamedNode(case.iri)
    requests = numbered_requests(case.statements, node)
    situation = Situation(node, requests, record, background.facts, knowledge(), editor())
    return situation, Forest(record, background, requests)


def _stated(decision: Decision, silent: list[Branch]) -> dict[str, str]:
    """Return the status of each criterion on which the record is not silent."""
    left_out = {leaf.criterion.value for leaf in silent}
    return {
        item.criterion: item.status
        for item in decision.criteria
        if item.kind != "group" and item.criterion is not None and item.criterion not in left_out
    }


def _spoken(leaf: Branch, situation: Situation) -> list[tuple[Change, ...]] | None:
    """Return how the record can break its silence on a finding, for it and against it; None for another kind."""
    if leaf.kind != "finding":
        return None
    found = []
    for met in (True, False):
        steps = ways(Goal(leaf, leaf.key, met, firmly=True), situation)
        if not steps:
            return None
        found.append(tuple(step[0] for step in steps[0]))
    return found


def _cases() -> Iterator[tuple[CaseDecisions, Decision, Situation, Forest, list[Branch]]]:
    for result in decided():
        situation, forest = _read(result)
        for decision in result.decisions:
            roots = forest.roots[ox.NamedNode(decision.request)]
            silent = {leaf.key: leaf for root in roots for leaf in root.leaves() if leaf.is_silent}
            if decision.source is not None and 0 < len(silent) <= MOST_SILENT:
                yield result, decision, situation, forest, list(silent.values())


def test_the_range_is_what_comes_of_every_completion_of_the_record() -> None:
    compared = wider = 0
    for result, decision, situation, forest, silent in _cases():
        spoken = [_spoken(leaf, situation) for leaf in silent]
        if None in spoken:
            continue
        completions = list(product(*(each for each in spoken if each is not None)))
        variants = [
            copied(
                situation.editor.apply(result.proof.case, [change for said in completion for change in said]), number
            )
            for number, completion in enumerate(completions)
        ]
        verdicts = set()
        for number, again in enumerate(judge().decide(variants)):
            (found,) = (each for each in again.decisions if each.request == f"{decision.request}~{number}")
            # What is said of one criterion may speak to another, or bring another recommendation to govern.
            if found.source == decision.source and _stated(found, silent) == _stated(decision, silent):
                verdicts.add(found.verdict)
        possible, _ = silence(forest, forest.roots[ox.NamedNode(decision.request)])
        told = {_code(verdict) for verdict in possible}
        assert told >= verdicts, decision.request
        compared += 1
        wider += told != verdicts
    assert compared > 60
    # Where two criteria are about one thing, the record cannot say both: there alone the range is wider than the truth.
    assert wider <= compared // 10


def _code(verdict: Any) -> str:
    return {"Necessary": "necessary", "NotNecessary": "not-necessary", "Undetermined": "undetermined"}[
        verdict.value.rpartition("#")[2]
    ]


def test_two_weighings_give_the_range_of_all_completions(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for _, decision, _, forest, _ in _cases():
        roots = forest.roots[ox.NamedNode(decision.request)]
        with monkeypatch.context() as patch:
            patch.setattr(module, "EVERY_COMPLETION", 8)
            exact, _ = silence(forest, roots)
            patch.setattr(module, "EVERY_COMPLETION", 0)
            bounds, _ = silence(forest, roots)
        assert set(bounds) >= set(exact)
        assert {bounds[0], bounds[-1]} == {exact[0], exact[-1]}, decision.request
        compared += 1
    assert compared > 100


def test_the_verdict_as_it_stands_lies_in_the_range() -> None:
    for _, decision, _, forest, _ in _cases():
        possible, _ = silence(forest, forest.roots[ox.NamedNode(decision.request)])
        assert decision.verdict in {_code(verdict) for verdict in possible}


def test_the_reference_case_is_undecided_by_silence_on_gain_and_reason() -> None:
    (case,) = load_cases(ROOT / "tests" / "cases" / "reference.ttl", knowledge())
    (result,) = judge().decide([case])
    situation, forest = _read(result)
    possible, hangs_on = silence(forest, forest.roots[ox.NamedNode(result.decisions[0].request)])
    assert [_code(verdict) for verdict in possible] == ["necessary", "not-necessary"]
    assert [situation.sentence(leaf) for leaf in hangs_on] == [
        "Functional improvement from the earlier visits is documented.",
        "The record gives a reason why the rest of the rehabilitation cannot be done as home exercise.",
    ]


def test_where_no_silence_matters_the_verdict_is_the_only_one() -> None:
    (case,) = load_cases(ROOT / "tests" / "cases" / "reference.ttl", knowledge())
    (result,) = judge().decide([case])
    _, forest = _read(result)
    possible, hangs_on = silence(forest, forest.roots[ox.NamedNode(result.decisions[1].request)])
    assert [_code(verdict) for verdict in possible] == ["necessary"]
    assert hangs_on == ()
