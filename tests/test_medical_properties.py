"""What medicine and law demand of every case: more of what speaks against a request never helps it, and the reverse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import DRUG, DX, FND, SVC, Part, Story, several, some_fact, some_story, story_and_fact, through, world

from imr_kb.load import Case, cases_of, load_cases, statements
from imr_kb.terms import core
from imr_kb.trace import CaseDecisions, CriterionResult

#: Few examples, each of several cases that are decided together.
few = settings(
    max_examples=6, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
INJURED: Final = date(2014, 1, 10)
REQUESTED: Final = date(2015, 6, 8)
FORMATS: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def _decide(stories: Iterable[Story]) -> list[CaseDecisions]:
    return world().decide(list(stories))


def _without_names(result: CaseDecisions) -> str:
    """Return all decisions of a case, without the name of the case."""
    return repr(result.decisions).replace(result.case, "case")


def _statuses(result: CaseDecisions, kind: str) -> dict[str, str]:
    """Return the status of each criterion of a kind, by the place of its judgement in the case."""
    criteria = [item for decision in result.decisions for item in decision.criteria if item.kind == kind]
    return {item.judgement.removeprefix(result.case): item.status for item in criteria}


# --- what is not about the case changes nothing


@few
@given(several(some_story()))
def test_cases_decided_together_are_decided_as_each_alone(stories: list[Story]) -> None:
    cases = [world().case(number, story) for number, story in enumerate(stories)]
    together = list(world().judge.decide(cases))
    alone = [result for case in cases for result in world().judge.decide([case])]
    assert together == alone
    assert [set(one.proof.derived) for one in together] == [set(one.proof.derived) for one in alone]


@few
@given(several(some_story()), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_nothing(stories: list[Story], random: Any) -> None:
    cases = [world().case(number, story) for number, story in enumerate(stories)]
    shuffled = random.sample(cases, len(cases))
    first = {result.case: result for result in world().judge.decide(cases)}
    second = {result.case: result for result in world().judge.decide(shuffled)}
    assert first == second


@st.composite
def _plan(draw: st.DrawFn) -> tuple[Story, Part]:
    """Make up a case, and care that is only planned, such as the recommendations on it speak of."""
    name = draw(st.sampled_from(sorted(world().covers)))
    return draw(some_story([name])), Part("plans", draw(st.sampled_from(world().narrowed(world().weighed(name)))))


@few
@given(several(_plan()))
def test_what_is_only_planned_changes_nothing(pairs: list[tuple[Story, Part]]) -> None:
    results = _decide(version for story, plan in pairs for version in (story, story.plus(plan)))
    for before, after in zip(results[::2], results[1::2], strict=True):
        assert _without_names(after) == _without_names(before)


# --- monotone where medicine demands it


@cache
def _red_flag_imaging() -> list[tuple[str, str, str]]:
    """Return (service, condition, red flag) for each imaging study on which a recommendation asks for a red flag."""
    flags = sorted(concept for concept in world().within if FND + "RedFlag" in world().within[concept])
    found = []
    for name in sorted(world().covers):
        services = sorted(service for service in world().covers[name] if SVC + "Imaging" in world().within[service])
        asked = through(world().about, world().criteria(name))
        known = [flag for flag in flags if asked & world().within[flag]]
        found += [(service, min(world().treats[name]), flag) for service in services for flag in known]
    assert len(found) > 10
    return found


@st.composite
def _imaging_and_flag(draw: st.DrawFn) -> tuple[Story, Part]:
    """Make up a request for imaging, and a red flag that some recommendation on it asks for."""
    service, condition, flag = draw(st.sampled_from(_red_flag_imaging()))
    facts = draw(st.lists(some_fact(), max_size=3))
    # A record that denies the flag and states it says both: that is another matter.
    silent = [fact for fact in facts if not world().within[fact.concept] & {flag, FND + "RedFlag"}]
    parts = [Part("requests", service), Part("hasDiagnosis", condition), *silent]
    return Story(date(2015, 4, 20), REQUESTED, tuple(parts)), Part("hasFinding", flag)


@few
@given(several(_imaging_and_flag()))
def test_a_documented_red_flag_never_hurts_imaging(pairs: list[tuple[Story, Part]]) -> None:
    results = _decide(version for story, flag in pairs for version in (story, story.plus(flag)))
    for before, after in zip(results[::2], results[1::2], strict=True):
        if before.decisions[0].verdict == "necessary":
            assert after.decisions[0].verdict == "necessary", after.decisions[0].service


def test_there_is_imaging_that_a_red_flag_alone_makes_necessary() -> None:
    stories = [
        (Story(date(2015, 4, 20), REQUESTED, (Part("requests", service), Part("hasDiagnosis", condition))), flag)
        for service, condition, flag in _red_flag_imaging()
    ]
    results = _decide(version for story, flag in stories for version in (story, story.plus(Part("hasFinding", flag))))
    turned = [
        after.decisions[0].service
        for before, after in zip(results[::2], results[1::2], strict=True)
        if (before.decisions[0].verdict, after.decisions[0].verdict) == ("not-necessary", "necessary")
    ]
    assert len(set(turned)) > 3


@few
@given(several(story_and_fact()))
def test_one_more_stated_fact_never_takes_back_what_the_record_shows(pairs: list[tuple[Story, Part]]) -> None:
    stated = [(story, fact) for story, fact in pairs if ("polarity", core("Absent")) not in fact.amounts]
    results = _decide(version for story, fact in stated for version in (story, story.plus(fact)))
    for before, after in zip(results[::2], results[1::2], strict=True):
        known = _statuses(after, "finding")
        for place, status in _statuses(before, "finding").items():
            if status == "met" and place.rpartition("/")[2] not in _wanting_absence() and place in known:
                assert known[place] in {"met", "conflicting"}, place


@cache
def _wanting_absence() -> frozenset[str]:
    pattern = (None, ox.NamedNode(core("stated")), ox.NamedNode(core("Absent")))
    found = statements(world().knowledge.store.quads_for_pattern(*pattern))
    return frozenset(subject.value.rpartition("/")[2] for subject, _, _ in found)


@st.composite
def _care_and_more(draw: st.DrawFn, kind: str, amount: str) -> tuple[Story, Story]:
    """Make up a case with earlier care of which a criterion counts an amount, and the same with more of it."""
    wanted = {name for name, kinds in world().types.items() if core(kind) in kinds}
    name = draw(st.sampled_from([name for name in sorted(world().covers) if world().criteria(name) & wanted]))
    service = draw(st.sampled_from(world().narrowed(world().covers[name])))
    condition = draw(st.sampled_from(world().narrowed(world().treats[name])))
    facts = draw(st.lists(some_fact(world().narrowed(world().weighed(name))), max_size=3))
    request = Part("requests", service, (("quantity", draw(st.integers(1, 12))),))
    story = Story(INJURED, REQUESTED, (request, Part("hasDiagnosis", condition), *facts))
    less, more = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    care = Part("hasTreatment", service, ((amount, less),))
    return story.plus(care), story.plus(care.with_amount(amount, less + more))


def _stay_exceeded(stories: list[tuple[Story, Story]], kind: str) -> None:
    """Check that what exceeds a limit in the first of two cases exceeds it in the second."""
    results = _decide(story for pair in stories for story in pair)
    for less, more in zip(results[::2], results[1::2], strict=True):
        after = _statuses(more, kind)
        for place, status in _statuses(less, kind).items():
            if status == "not-met" and place in after:
                assert after[place] == "not-met", place


@few
@given(several(_care_and_more("QuantityCriterion", "visits")))
def test_more_earlier_visits_never_bring_a_request_back_within_a_limit(pairs: list[tuple[Story, Story]]) -> None:
    _stay_exceeded(pairs, "quantity")


@few
@given(several(_care_and_more("DurationCriterion", "weeks")))
def test_longer_earlier_use_never_brings_a_request_back_within_a_time(pairs: list[tuple[Story, Story]]) -> None:
    _stay_exceeded(pairs, "duration")


@few
@given(several(_care_and_more("QuantityCriterion", "visits")), st.integers(1, 20))
def test_asking_for_more_never_brings_a_request_back_within_a_limit(
    pairs: list[tuple[Story, Story]], more: int
) -> None:
    _stay_exceeded([(story, _asking(story, more)) for story, _ in pairs], "quantity")


def _asking(story: Story, more: int) -> Story:
    """Return ``story`` with so many more units requested."""
    first, *others = story.parts
    quantity = dict(first.amounts)["quantity"]
    assert isinstance(quantity, int)
    return Story(story.injured, story.requested, (first.with_amount("quantity", quantity + more), *others))


# --- units and dates


@pytest.mark.parametrize("per_week", [1, 2, 3, 5])
@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_so_many_a_week_for_so_many_weeks_is_that_many_visits(per_week: int, weeks: int) -> None:
    told = [(("quantity", per_week * weeks),), (("perWeek", per_week), ("weeks", weeks))]
    one, other = _decide(_asked(SVC + "PhysicalTherapy", DX + "MyofascialPain", amounts) for amounts in told)
    assert [item.values for item in _limits(one)] == [item.values for item in _limits(other)]
    assert one.decisions[0].verdict == other.decisions[0].verdict


def test_days_of_supply_and_weeks_of_it_are_the_same_time() -> None:
    told = [(("daysSupply", 14),), (("weeks", 2),), (("quantity", 28), ("perDay", 2))]
    results = _decide(_asked(DRUG + "OralCyclobenzaprine", DX + "LowBackPain", amounts) for amounts in told)
    days, weeks, tablets = (_statuses(result, "duration") for result in results)
    assert days
    assert days == weeks == tablets


def _asked(service: str, condition: str, amounts: tuple[tuple[str, int], ...]) -> Story:
    return Story(INJURED, REQUESTED, (Part("requests", service, amounts), Part("hasDiagnosis", condition)))


def _limits(result: CaseDecisions) -> list[CriterionResult]:
    found = [item for item in result.decisions[0].criteria if item.kind == "quantity"]
    assert found
    return found


@cache
def _edges() -> frozenset[date]:
    """Return every day on which something in the knowledge base begins, and the day after each on which it ends."""
    found = set()
    for name, after in (("inForceFrom", 0), ("inForceTo", 1)):
        said = statements(world().knowledge.store.quads_for_pattern(None, ox.NamedNode(core(name)), None))
        found |= {date.fromisoformat(value.value) + timedelta(days=after) for _, _, value in said}
    assert len(found) > 10
    return frozenset(found)


@few
@given(several(some_story()), st.integers(0, 4000))
def test_without_dates_of_its_own_a_case_is_decided_alike_until_the_knowledge_base_knows_a_date(
    stories: list[Story], after: int
) -> None:
    day = date(2009, 7, 18) + timedelta(days=after)
    last = min((edge for edge in _edges() if edge > day), default=date(2020, 1, 1)) - timedelta(days=1)
    first, second = ([_undated(number, story, on) for number, story in enumerate(stories)] for on in (day, last))
    results = zip(list(world().judge.decide(first)), list(world().judge.decide(second)), strict=True)
    assert [pair for pair in results if pair[0].decisions != pair[1].decisions] == []


def _undated(number: int, story: Story, requested: date) -> Case:
    """Return ``story`` as a case that is requested on a day and has no other date."""
    parts = tuple(
        Part(part.place, part.concept, tuple(pair for pair in part.amounts if pair[0] not in {"onDate", "since"}))
        for part in story.parts
    )
    case = world().case(number, Story(story.injured, requested, parts))
    quads = [quad for quad in case.quads if quad.predicate.value not in {core("injuredOn"), core("injuredDay")}]
    (undated,) = cases_of(quads, [ox.NamedNode(case.iri)], world().knowledge, "made up")
    return undated


@pytest.mark.parametrize(
    ("months", "day", "last"),
    [(3, date(2014, 11, 30), date(2015, 2, 28)), (6, date(2014, 12, 8), date(2015, 6, 8))],
)
def test_months_after_an_operation_are_those_of_the_calendar(months: int, day: date, last: date) -> None:
    said = statements(world().knowledge.store.quads_for_pattern(None, ox.NamedNode(core("withinMonths")), None))
    name = min(
        subject.value
        for subject, _, value in said
        if int(value.value) == months and "/mtus_postsurgical_2009/" in subject.value
    )
    parts = (
        Part("requests", min(world().covers[name]), (("quantity", 1),)),
        Part("hasDiagnosis", min(world().treats[name])),
        Part("hasTreatment", min(world().surgeries[name]), (("onDate", day),)),
    )
    inside, outside = _decide(Story(date(2011, 5, 25), on, parts) for on in (last, last + timedelta(days=1)))
    assert name in _fitting(inside)
    assert name not in _fitting(outside)


def _fitting(result: CaseDecisions) -> set[str]:
    """Return the recommendations that fit the case: the one that governs, and those that only give way to another."""
    derived = result.proof.derived
    applicable = {subject for subject, _, value in derived if value == ox.NamedNode(core("Applicable"))}
    return {
        value.value
        for subject, predicate, value in derived
        if subject in applicable and predicate.value == core("ofRecommendation")
    }


# --- round trips


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_a_case_that_is_written_and_read_again_is_the_same_case(ending: str, tmp_path: Path) -> None:
    @few
    @given(some_story())
    def holds(story: Story) -> None:
        case = world().case(0, story)
        once = _written_and_read(case, ending, tmp_path)
        assert set(once.quads) == set(case.quads)
        assert _written_and_read(once, ending, tmp_path) == once
        (before,), (after,) = (list(world().judge.decide([one])) for one in (case, once))
        assert before.decisions == after.decisions

    holds()


def _written_and_read(case: Case, ending: str, folder: Path) -> Case:
    days = set(world().knowledge.day_properties.values())
    path = folder / f"case.{ending}"
    quads = [ox.Quad(*said) for said in case.statements if said[1] not in days]
    path.write_bytes(ox.serialize(quads, format=FORMATS[ending]) or b"")
    (read,) = load_cases(path, world().knowledge)
    return read
