"""Roads and supports against brute force: every set of candidate changes, every set of facts, decided one by one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import given
from made_up import Story, bounded, several, some_story, world
from outlooks import editor, judge, knowledge, spread

from imr_kb.facts import Facts
from imr_kb.load import Case, cases_of, load_cases
from imr_kb.outlook import outlook_in_words
from imr_kb.terms import CORE, PREFIXES, core, short
from imr_kb.trace import CaseDecisions, Decision, Outlook, Road, Way
from imr_kb.whatif.changes import AT_LEAST, Change, joined, numbered_requests
from imr_kb.whatif.outlook import Looker
from imr_kb.whatif.roads import Bounds
from imr_kb.whatif.situation import Situation
from imr_kb.whatif.tree import MET, NOT_DOCUMENTED, PASSES, Background, Forest, Goal
from imr_kb.whatif.trials import copied
from imr_kb.whatif.ways import KINDS, ways
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "cases" / "reference.ttl"
#: One in so many worked examples is looked at, and of those the ones that brute force can do.
EVERY: Final = 97
MOST_CANDIDATES: Final = 7
MOST_FACTS: Final = 6
MOST_TRIED: Final = 20
HAS_FACT = ox.NamedNode(core("hasFact"))

Set = frozenset[Change]


@cache
def looked_at() -> tuple[CaseDecisions, ...]:
    """Return worked examples, spread over all, decided and with an outlook on every decision."""
    cases = [example.case for example in spread(EVERY)]
    return tuple(Looker(judge(), knowledge()).look(judge().decide(cases)))


def _of(path: Path, *changes: Change) -> list[Decision]:
    """Return the decisions on the one case of a file after ``changes``, with outlook."""
    (case,) = load_cases(path, knowledge())
    (result,) = Looker(judge(), knowledge()).look(judge().decide([editor().apply(case, changes)]))
    return list(result.decisions)


def _change(option: str) -> Change:
    found = re.fullmatch(r'--(set|remove) "(.*)"', option)
    assert found, option
    return Change(found[2], removes=found[1] == "remove")


def _sets(road: Road) -> Iterator[Set]:
    """Yield every set of changes that a road stands for."""
    for chosen in product(*road.steps):
        yield frozenset(_change(way.option) for way in chosen)


def _verdicts(case: Case, request: str, sets: Iterable[Set]) -> dict[Set, str]:
    """Decide ``case`` after each of ``sets`` by the whole engine, every item of the case in it."""
    sets = list(dict.fromkeys(sets))
    cases = [copied(editor().apply(case, sorted(changes)), number) for number, changes in enumerate(sets)]
    found = {}
    for number, (changes, result) in enumerate(zip(sets, judge().decide(cases), strict=True)):
        (found[changes],) = (
            decision.verdict for decision in result.decisions if decision.request == f"{request}~{number}"
        )
    return found


def _minimal(sets: Iterable[frozenset[Any]]) -> set[frozenset[Any]]:
    known = set(sets)
    return {each for each in known if not any(other < each for other in known)}


def _subsets(things: Sequence[Any], most: int) -> Iterator[frozenset[Any]]:
    return map(frozenset, chain.from_iterable(combinations(things, size) for size in range(1, most + 1)))


def _candidates(result: CaseDecisions, request: str) -> list[Change]:
    """Return every change that some criterion of the governing recommendation gives occasion for, alone or not."""
    case = result.proof.case
    record = Facts((*case.statements, *result.proof.derived))
    background, node = Background(knowledge()), ox.NamedNode(case.iri)
    requests = numbered_requests(case.statements, node)
    forest = Forest(record, background, requests)
    situation = Situation(node, requests, record, background.facts, knowledge(), editor())
    found: dict[Change, None] = {}
    for leaf in (leaf for root in forest.roots[ox.NamedNode(request)] for leaf in root.leaves()):
        if forest.weigh(leaf)[1] != PASSES and leaf.kind in KINDS:
            met = forest.status_for(leaf, PASSES) == MET
            firmly = not met and background.effects[NOT_DOCUMENTED, leaf.scale] != PASSES
            for steps in ways(Goal(leaf, leaf.key, met, firmly), situation):
                found |= dict.fromkeys(change for step in steps for change in step)
    return sorted(found)


def _covers(less: Set, more: Set) -> bool:
    """Say whether ``more`` asks for what ``less`` asks for, or for more of it: 26 weeks of care hold 13, 4 visits 12."""
    asked, held = _singly(less), _singly(more)
    return len(asked) == len(held) and all(any(_holds(one, other) for other in held) for one in asked)


def _singly(changes: Set) -> Set:
    """Return changes that say one thing each: what a request is changed in at once is so many changes."""
    found = set()
    for change in changes:
        request = re.fullmatch(r"(request \d+(?: part \d+)?) (.+)", change.text)
        words = request[2].split() if request else []
        pairs = (
            [f"{request[1]} {key} {value}" for key, value in zip(words[::2], words[1::2], strict=True)]
            if request
            else []
        )
        found |= {replace(change, text=text) for text in pairs or [change.text]}
    return frozenset(found)


def _holds(one: Change, other: Change) -> bool:
    if one == other or (other.bound and joined(replace(one, bound=other.bound), other) == other):
        return True
    if other.bound == AT_LEAST and other.text.startswith(f"{one.text} "):
        return True
    # What is said of something narrower holds what is said of the whole: a suspected infection is a red flag.
    (term, *said), (narrower, *also) = one.text.split(), other.text.split()
    prefix, _, name = narrower.partition(":")
    node = ox.NamedNode(PREFIXES.get(prefix, CORE) + name)
    wider: Any = knowledge().store.quads_for_pattern(node, ox.NamedNode(core("within")), None)
    return said == also and one.removes == other.removes and any(short(quad.object.value) == term for quad in wider)


# --- the reference letter


def test_the_refused_visits_of_the_reference_case_need_a_gain_and_a_reason_or_a_gain_and_no_more_than_four() -> None:
    therapy, _ = _of(REFERENCE)
    assert therapy.verdict == "not-necessary"
    assert therapy.outlook is not None
    told = list(outlook_in_words(therapy.outlook, therapy.verdict))
    assert told[:3] == [
        "Would be necessary if",
        "- the record showed functional improvement from the 6 visits of physical therapy and reason against home "
        "exercise; or if",
        "- the record showed functional improvement from the 6 visits of physical therapy, and no more than 4 were "
        "asked for.",
    ]
    assert therapy.outlook.cut == ()


def test_with_a_gain_on_record_four_visits_are_within_the_limit_and_five_are_not() -> None:
    gain = Change("fnd:FunctionalImprovement to svc:PhysicalTherapy")
    assert _of(REFERENCE, gain, Change("request 1 quantity 4"))[0].verdict == "necessary"
    assert _of(REFERENCE, gain, Change("request 1 quantity 5"))[0].verdict == "not-necessary"


def test_the_approved_visit_of_the_reference_case_rests_on_any_one_sign_of_a_complex_case() -> None:
    _, visit = _of(REFERENCE)
    assert visit.verdict == "necessary"
    assert visit.outlook is not None
    assert visit.outlook.rests_on == (
        ("hyperreflexia",),
        ("motor weakness",),
        ("norco (10 mg)",),
        ("sensory deficit",),
        ("cyclobenzaprine", "gabapentin", "lidocaine patch"),
    )
    assert visit.outlook.roads == ()


def test_a_drug_taken_for_too_long_has_no_road_and_that_is_said() -> None:
    decision = _of(ROOT / "tests" / "cases" / "demo.txt")[1]
    assert decision.outlook is not None
    assert decision.outlook.roads == ()
    assert [text for text in decision.outlook.unreachable if "21 days" in text]
    assert decision.outlook.range == ("not-necessary",)


def test_a_choice_among_ways_is_told_after_what_has_no_choice() -> None:
    def way(lead: str, words: str) -> Way:
        return Way(f'--set "{words}"', lead, words)

    shown = "the record showed"
    steps = ((way(shown, "b"), way(shown, "c")), (way(shown, "a"),), (way("", "no more than 4 were asked for"),))
    outlook = Outlook((Road(steps, None),), (), ("necessary",), (), 1, 8, (), ())
    assert list(outlook_in_words(outlook, "not-necessary"))[:2] == [
        "Would be necessary if",
        "- the record showed a, and either b or c, and no more than 4 were asked for.",
    ]
    alone = Outlook((Road(steps[:1], "Another"),), (), ("necessary",), (), 1, 8, (), ())
    assert (
        list(outlook_in_words(alone, "not-necessary"))[1] == "- the record showed b or c (then governed by: Another)."
    )


def test_a_bound_that_cuts_the_search_is_named() -> None:
    (case,) = load_cases(REFERENCE, knowledge())
    narrow = Looker(judge(), knowledge(), Bounds(size=1))
    (result,) = narrow.look(judge().decide([case]))
    outlook = result.decisions[0].outlook
    assert outlook is not None
    assert outlook.roads == ()
    assert outlook.cut == ("sets of more than 1 changes were not looked at",)


# --- every road turns the verdict, and no part of it does


def test_each_road_turns_the_verdict_and_no_part_of_it_does() -> None:
    tried = 0
    for result in looked_at():
        for decision in result.decisions:
            assert decision.outlook is not None
            sets = {changes for road in decision.outlook.roads for changes in _sets(road)}
            parts = {part for changes in sets for part in _subsets(sorted(changes), len(changes) - 1)}
            verdicts = _verdicts(result.proof.case, decision.request, [*sets, *parts])
            assert {verdicts[changes] for changes in sets} <= {"necessary"}, decision.request
            assert "necessary" not in {verdicts[part] for part in parts}, decision.request
            tried += len(sets)
    assert tried > 80


def test_the_roads_are_all_the_smallest_sets_of_candidate_changes_that_turn_the_verdict() -> None:
    compared = left_out = 0
    for result in looked_at():
        for decision in result.decisions:
            if decision.verdict == "necessary" or decision.source is None:
                continue
            candidates = _candidates(result, decision.request)
            if not 1 < len(candidates) <= MOST_CANDIDATES:
                continue
            assert decision.outlook is not None
            if decision.outlook.cut:
                # It says that there are more roads than are listed, so that the list cannot be compared with all of them.
                left_out += 1
                continue
            verdicts = _verdicts(result.proof.case, decision.request, _subsets(candidates, len(candidates)))
            turning = _minimal(changes for changes, verdict in verdicts.items() if verdict == "necessary")
            found = {changes for road in decision.outlook.roads for changes in _sets(road)}
            assert all(any(_covers(less, changes) for less in found) for changes in turning), decision.request
            # What else was found holds a change that only a changed case gives occasion for.
            assert all(changes - set(candidates) for changes in found - turning), decision.request
            compared += 1
    assert compared >= 10
    assert left_out <= compared // 5


@bounded
@given(several(some_story()))
def test_each_road_of_a_made_up_case_turns_the_verdict_and_no_part_of_it_does(stories: list[Story]) -> None:
    few = Bounds(size=4, roads=3, variants=40)
    results = list(Looker(world().judge, world().knowledge, few).look(world().decide(stories)))
    for result in results:
        for decision in result.decisions:
            assert decision.outlook is not None
            sets = {changes for road in decision.outlook.roads for changes in _sets(road)}
            parts = {part for changes in sets for part in _subsets(sorted(changes), len(changes) - 1)}
            verdicts = _verdicts(result.proof.case, decision.request, [*sets, *parts])
            assert {verdicts[changes] for changes in sets} <= {"necessary"}, decision.request
            assert "necessary" not in {verdicts[part] for part in parts}, decision.request


def test_the_same_roads_come_out_under_any_hash_seed() -> None:
    written = {
        subprocess.run(
            [sys.executable, "-m", "imr_kb", "whatif", str(REFERENCE), "--format", "json"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(written) == 1


# --- what an approval rests on


def _approved_small_cases() -> Iterator[tuple[CaseDecisions, Decision, Outlook, list[Any]]]:
    for result in looked_at():
        facts = sorted({value for _, predicate, value in result.proof.derived if predicate == HAS_FACT}, key=str)
        for decision in result.decisions:
            if decision.verdict == "necessary" and 0 < len(facts) <= MOST_FACTS:
                assert decision.outlook is not None
                yield result, decision, decision.outlook, facts


def _keeping(case: Case, gone: set[Any]) -> Case:
    quads = [
        quad
        for quad, (subject, _, value) in zip(case.quads, case.statements, strict=True)
        if subject not in gone and value not in gone
    ]
    (kept,) = cases_of(quads, [ox.NamedNode(case.iri)], knowledge(), case.file)
    return kept


def test_an_approval_rests_on_the_smallest_sets_of_facts_with_which_alone_it_stands() -> None:
    compared = 0
    for result, decision, outlook, facts in _approved_small_cases():
        assert decision.source is not None
        sets = [chosen for size in range(len(facts) + 1) for chosen in map(frozenset, combinations(facts, size))]
        cases = [copied(_keeping(result.proof.case, set(facts) - chosen), number) for number, chosen in enumerate(sets)]
        standing = set()
        for number, (chosen, again) in enumerate(zip(sets, judge().decide(cases), strict=True)):
            (same,) = (each for each in again.decisions if each.request == f"{decision.request}~{number}")
            governs = same.source.recommendation if same.source else None
            if same.verdict == "necessary" and governs == decision.source.recommendation:
                standing.add(chosen)
        assert sorted(map(len, outlook.rests_on)) == sorted(map(len, _minimal(standing))), decision.request
        compared += 1
    assert compared > 20


# --- the kinds


def test_changes_are_known_for_every_kind_of_criterion_but_groups() -> None:
    background = Background(knowledge())
    criterion, code = ox.NamedNode(core("Criterion")), ox.NamedNode(core("kindCode"))
    subclass = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    kinds: list[Any] = [quad.subject for quad in knowledge().store.quads_for_pattern(None, subclass, criterion)]
    assert {background.facts.text(kind, code) for kind in kinds} - {None} == {*KINDS, "group"}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"depends", "unknown"}))
def test_some_worked_example_is_turned_by_a_change_for_the_kind(kind: str) -> None:
    """Look for a refusal that hangs on one criterion of the kind alone, and turn it."""
    examples = load_examples([ROOT / "tests" / "worked"], knowledge())
    facts = Background(knowledge()).facts
    cases = [
        example.case
        for example in examples
        for failing in sorted(
            example.expected.get("notMet", frozenset()) | example.expected.get("notDocumented", frozenset())
        )
        if (of := facts.one(ox.NamedNode(failing), ox.NamedNode(core("kind"))))
        and facts.text(of, ox.NamedNode(core("kindCode"))) == kind
    ]
    assert cases
    looker = Looker(judge(), knowledge())
    for case in cases[:: max(len(cases) // MOST_TRIED, 1)]:
        (result,) = looker.look(judge().decide([case]))
        for decision in result.decisions:
            refusing = [item for item in decision.criteria if item.decisive and item.kind != "group"]
            alone = {item.kind for item in refusing} == {kind} and decision.verdict != "necessary"
            if alone and decision.outlook is not None and decision.outlook.roads:
                return
    pytest.fail(f"no change turns a refusal for {kind}")
