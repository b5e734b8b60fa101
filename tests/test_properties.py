"""What holds for every case: small cases are made up from the real vocabulary and decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st
from made_up import (
    FND,
    NOT_MET,
    ROOT,
    Part,
    Story,
    all_decisions,
    bounded,
    quad_of,
    several,
    small_number,
    some_fact,
    some_story,
    story_and_fact,
    through,
    world,
)

from imr_kb.load import Case, cases_of, statements
from imr_kb.terms import CASE, KB, core
from imr_kb.trace import CaseDecisions
from imr_kb.worked import load_examples


@bounded
@given(several(some_story()))
def test_every_decision_says_verdict_ground_and_how_each_clause_of_what_governs_came_out(stories: list[Story]) -> None:
    for decision in all_decisions(world().decide(stories)):
        outcome = {"necessary": "overturned", "not-necessary": "upheld", "undetermined": None}
        assert decision.imr_outcome == outcome[decision.verdict]
        if decision.source is None:
            assert (decision.verdict, decision.ground, decision.criteria) == ("undetermined", "no-recommendation", ())
            continue
        assert decision.ground != "no-recommendation"
        assert len(decision.criteria) == len(world().clauses.get(decision.source.recommendation, ()))
        assert all(item.status and item.effect for item in decision.criteria)


@bounded
@given(several(some_story()))
def test_a_verdict_rests_on_criteria_that_bear_it_out(stories: list[Story]) -> None:
    needed = {"necessary": {"passes"}, "not-necessary": {"fails"}, "undetermined": {"leaves open", "leaves unknown"}}
    for decision in all_decisions(world().decide(stories)):
        decisive = [item for item in decision.criteria if item.decisive]
        assert {item.effect for item in decisive} <= {effect.replace(" ", "-") for effect in needed[decision.verdict]}
        assert not [item for item in decisive if item.role == "advises"]
        if decision.verdict == "not-necessary":
            assert decisive or decision.ground == "not-recommended"
        else:
            deciding = [
                item for item in decision.criteria if not item.within and item.role not in {"advises", "exception"}
            ]
            assert "fails" not in {item.effect for item in deciding}
        if decision.verdict == "necessary":
            assert decision.missing == ()
        if decision.supported_quantity is not None:
            assert decision.ground in {"limit-exceeded", "not-documented"}


@bounded
@given(several(some_story()), st.randoms(use_true_random=False))
def test_the_order_of_triples_changes_nothing(stories: list[Story], random: Any) -> None:
    cases = [world().case(number, story) for number, story in enumerate(stories)]
    shuffled = [replace(case, quads=tuple(random.sample(case.quads, len(case.quads)))) for case in cases]
    first, second = list(world().judge.decide(cases)), list(world().judge.decide(shuffled))
    assert first == second
    assert [set(one.proof.derived) for one in first] == [set(other.proof.derived) for other in second]


@bounded
@given(several(story_and_fact()))
def test_one_more_fact_never_takes_a_shown_finding_out_of_the_record(pairs: list[tuple[Story, Part]]) -> None:
    results = world().decide([version for story, fact in pairs for version in (story, story.plus(fact))])
    for before, after in zip(results[::2], results[1::2], strict=True):
        known = _findings(after)
        shown = {name for name, status in _findings(before).items() if status == "met"}
        assert [name for name in shown if known.get(name) == "not-documented"] == []


def _findings(result: CaseDecisions) -> dict[str, str]:
    """Return the status of each finding criterion by the name of its judgement below the name of the case."""
    criteria = [item for decision in result.decisions for item in decision.criteria if item.kind == "finding"]
    return {item.judgement.removeprefix(result.case): item.status for item in criteria}


@bounded
@given(several(st.tuples(some_story(), some_fact())))
def test_a_fact_that_no_recommendation_on_the_service_weighs_changes_nothing(pairs: list[tuple[Story, Part]]) -> None:
    unrelated = [(story, fact) for story, fact in pairs if not world().matters(fact.concept, story)]
    results = world().decide([version for story, fact in unrelated for version in (story, story.plus(fact))])
    for before, after in zip(results[::2], results[1::2], strict=True):
        assert _without_name(after) == _without_name(before)


def _without_name(result: CaseDecisions) -> str:
    return repr(result.decisions).replace(result.case + "/", "")


@cache
def _therapies() -> tuple[str, ...]:
    """Return the recommendations that have a limit that counts earlier visits."""
    limited = {criterion for criterion in world().about if _counts_earlier(criterion)}
    found = sorted(name for name, clauses in world().clauses.items() if through(world().criterion, clauses) & limited)
    assert len(found) > 3
    return tuple(found)


def _counts_earlier(criterion: str) -> bool:
    pattern = (ox.NamedNode(criterion), ox.NamedNode(core("countsEarlier")), ox.Literal(value=True))
    return any(world().knowledge.store.quads_for_pattern(*pattern))


@st.composite
def _therapy_after_therapy(draw: st.DrawFn) -> tuple[Story, Story]:
    """Make up a request for therapy in the chronic phase after a course of it, and the same after a longer course."""
    name = draw(st.sampled_from(_therapies()))
    therapy = draw(st.sampled_from(world().narrowed(world().covers[name])))
    condition = draw(st.sampled_from(world().narrowed(world().treats[name])))
    gain = Part("hasResponse", f"{FND}FunctionalImprovement", (("toService", therapy),))
    parts = [
        Part("requests", therapy, (("quantity", draw(small_number())),)),
        Part("hasDiagnosis", condition),
        *draw(st.sampled_from([(), (gain,)])),
        *draw(st.lists(some_fact(world().narrowed(world().weighed(name))), max_size=4)),
    ]
    story = Story(date(2014, 1, 10), date(2015, 6, 8), tuple(parts))
    visits, more = draw(small_number()), draw(small_number())
    course = Part("hasTreatment", therapy, (("visits", visits),))
    return story.plus(course), story.plus(course.with_amount("visits", visits + more))


@bounded
@given(several(_therapy_after_therapy()))
def test_more_earlier_visits_never_turn_a_refused_therapy_into_a_necessary_one(
    pairs: list[tuple[Story, Story]],
) -> None:
    results = world().decide([story for pair in pairs for story in pair])
    for fewer, more in zip(results[::2], results[1::2], strict=True):
        if fewer.decisions[0].verdict == "not-necessary":
            assert more.decisions[0].verdict != "necessary"


# --- the edge of each limit on visits, at every number of earlier ones


def _limits() -> Iterator[tuple[str, int, Case]]:
    """Yield each limit that counts earlier visits, with its number and a worked example in which it is judged."""
    judging: dict[str, Case] = {}
    for example in load_examples([ROOT / "tests" / "worked"], world().knowledge):
        for criterion in example.expected.get("met", ()):
            judging.setdefault(criterion, example.case)
    most = ox.NamedNode(core("mostUnits"))
    numbers = statements(world().knowledge.store.quads_for_pattern(None, most, None))
    for criterion, number in sorted((subject.value, int(value.value)) for subject, _, value in numbers):
        if _counts_earlier(criterion) and criterion in judging:
            yield criterion, number, judging[criterion]


def _at_the_edge(case: Case, criterion: str, earlier: int, asked: int) -> Case:
    """Return ``case`` with so many earlier visits and so many requested, under a name of its own."""
    counted = world().about[criterion]
    name = f"{CASE}edge/{criterion.removeprefix(KB)}/{earlier}-{asked}"
    treated = {value for _, predicate, value in case.statements if predicate.value == core("hasTreatment")}
    courses = {
        subject
        for subject, predicate, value in case.statements
        if subject in treated and predicate.value == core("concept") and counted & world().within[value.value]
    }
    (request,) = [value for _, predicate, value in case.statements if predicate.value == core("requests")]
    amounts = {core(part) for part in ("quantity", "perWeek", "weeks")}
    kept = [
        (subject, predicate, value)
        for subject, predicate, value in case.statements
        if not {subject, value} & courses and not (subject == request and predicate.value in amounts)
    ]
    course = ox.NamedNode(f"{name}/course")
    quads = [*(ox.Quad(*statement) for statement in kept), quad_of(request, "quantity", asked)]
    quads += [ox.Quad(ox.NamedNode(case.iri), ox.NamedNode(core("hasTreatment")), course)]
    quads += [quad_of(course, "concept", min(counted)), quad_of(course, "visits", earlier)]
    return _renamed(quads, case.iri, name)


def _renamed(quads: Iterable[ox.Quad], old: str, new: str) -> Case:
    """Give a case and all that is part of it names of its own."""
    own = {subject for subject, _, _ in statements(quads)}

    def name(term: Any) -> Any:
        return (
            ox.NamedNode(new if term.value == old else f"{new}/{term.value.rpartition('/')[2]}")
            if term in own
            else term
        )

    renamed = [ox.Quad(name(subject), predicate, name(value)) for subject, predicate, value in statements(quads)]
    (case,) = cases_of(renamed, [ox.NamedNode(new)], world().knowledge, "made up")
    return case


def test_a_limit_holds_at_its_number_and_not_one_above_whatever_part_was_used_before() -> None:
    cases, expected = [], []
    for place, (criterion, most, case) in enumerate(_limits()):
        # One rule judges them all: of most limits, the first and the last step are enough.
        for earlier in range(most) if place % 10 == 0 else sorted({0, most - 1}):
            for asked, status in ((most - earlier, "met"), (most - earlier + 1, NOT_MET)):
                cases.append(_at_the_edge(case, criterion, earlier, asked))
                expected.append((criterion, earlier, asked, status))
        cases.append(_at_the_edge(case, criterion, most, 1))
        expected.append((criterion, most, 1, NOT_MET))
    assert len({criterion for criterion, *_ in expected}) > 3
    wrong = []
    for result, (criterion, earlier, asked, status) in zip(world().judge.decide(cases), expected, strict=True):
        (found,) = {item.status for item in result.decisions[0].criteria if item.criterion == criterion}
        if found != status:
            wrong.append(f"{criterion}: {earlier} earlier, {asked} asked: {found}")
    assert wrong == []
