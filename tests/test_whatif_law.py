"""The law of any day: what is decided as of it, and on which days the verdict changes."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import Story, bounded, several, some_story, world
from outlooks import judge, knowledge

from imr_kb.facts import Facts
from imr_kb.judge import Judge
from imr_kb.load import EPOCH, Case, Knowledge, load_cases
from imr_kb.render import to_dict
from imr_kb.terms import KB, core
from imr_kb.whatif.law import as_of
from imr_kb.whatif.timeline import Span, known_days, over_time
from imr_kb.whatif.trials import copied
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
NAMES: Final = ("reference.ttl", "demo.txt", "two_regions.ttl")
DAYS: Final = 60


@cache
def case_of(name: str) -> Case:
    (case,) = load_cases(CASES / name, knowledge())
    return case


@cache
def spans_of(name: str) -> tuple[list[Span], ...]:
    return tuple(spans for _, spans in over_time(case_of(name), judge(), knowledge()))


def _verdicts(case: Case, days: list[date], of: Judge, base: Knowledge) -> list[tuple[tuple[str, str, str], ...]]:
    """Return for each day verdict, ground and governing recommendation of each item."""
    cases = [copied(as_of(case, day, base), number) for number, day in enumerate(days)]
    return [
        tuple(
            (decision.verdict, decision.ground, decision.source.recommendation_label if decision.source else "")
            for decision in result.decisions
        )
        for result in of.decide(cases)
    ]


# --- as of


def test_the_day_that_is_given_comes_before_the_dates_of_the_case_and_is_recorded_as_given() -> None:
    (result,) = judge().decide([as_of(case_of("reference.ttl"), date(2016, 8, 1), knowledge())])
    assert (result.as_of, result.as_of_basis) == ("2016-08-01", "given by the user")
    assert to_dict(result)["as_of_basis"] == "given by the user"
    derived = set(result.proof.statements())
    node, basis = ox.NamedNode(result.case), ox.NamedNode(f"{KB}order/date_given")
    assert (node, ox.NamedNode(core("asOfBasis")), basis) in derived
    assert [value.value for subject, predicate, value in derived if predicate == ox.NamedNode(core("asOf"))] == [
        "2016-08-01"
    ]
    kept = {value.value for _, predicate, value in result.proof.case.statements if predicate.value.endswith("RecordOn")}
    assert kept == {"2015-06-08"}


def test_the_last_day_of_an_edition_and_the_day_after() -> None:
    before, after = _verdicts(case_of("reference.ttl"), [date(2016, 7, 28), date(2016, 7, 29)], judge(), knowledge())
    (old,) = judge().decide([as_of(case_of("reference.ttl"), date(2016, 7, 28), knowledge())])
    (new,) = judge().decide([as_of(case_of("reference.ttl"), date(2016, 7, 29), knowledge())])
    assert old.decisions[0].source is not None
    assert new.decisions[0].source is not None
    assert (old.decisions[0].source.edition, new.decisions[0].source.edition) == ("2009", "2016")
    assert before[0][:2] == after[0][:2] == ("not-necessary", "limit-exceeded")


def test_the_own_deciding_date_given_as_a_day_changes_nothing_but_the_basis() -> None:
    (own,) = judge().decide([case_of("reference.ttl")])
    (given_,) = judge().decide([as_of(case_of("reference.ttl"), date(2015, 6, 8), knowledge())])
    assert own.decisions == given_.decisions
    assert own.as_of == given_.as_of
    assert own.as_of_basis != given_.as_of_basis


def test_a_second_day_takes_the_place_of_the_first() -> None:
    once = as_of(case_of("reference.ttl"), date(2016, 8, 1), knowledge())
    assert as_of(as_of(case_of("reference.ttl"), date(2012, 1, 1), knowledge()), date(2016, 8, 1), knowledge()) == once


# --- over time


@pytest.mark.parametrize("name", NAMES)
def test_a_span_holds_on_each_of_its_days(name: str) -> None:
    some = random.Random(name)
    edges = {day for spans in spans_of(name) for span in spans for day in (span.first, span.last) if day}
    first = min(edges)
    days = sorted(edges | {first + timedelta(days=some.randrange(4000)) for _ in range(DAYS)})
    for day, states in zip(days, _verdicts(case_of(name), days, judge(), knowledge()), strict=True):
        for spans, (verdict, ground, label) in zip(spans_of(name), states, strict=True):
            (span,) = (each for each in spans if each.first <= day and (each.last is None or day <= each.last))
            assert (span.verdict, span.ground) == (verdict, ground), day
            assert (span.governs or "").startswith(label), day


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_changes_only_on_days_that_the_knowledge_base_knows(name: str) -> None:
    known = {EPOCH + timedelta(days=number) for number in known_days(case_of(name), knowledge())}
    changes = [span.first for spans in spans_of(name) for span in spans[1:]]
    assert set(changes) <= known
    # Day by day around a change, and over a quiet half year.
    days = sorted({change + timedelta(days=off) for change in changes for off in (-1, 0, 1)})
    days += [date(2016, 1, 1) + timedelta(days=off) for off in range(0, 180, 3)]
    states = _verdicts(case_of(name), days, judge(), knowledge())
    by_day = dict(zip(days, states, strict=True))
    for day, state in by_day.items():
        before = by_day.get(day - timedelta(days=1))
        if before is not None and before != state:
            assert day in known, day


def test_spans_follow_each_other_without_gap_and_differ() -> None:
    for name in NAMES:
        for spans in spans_of(name):
            for one, other in pairwise(spans):
                assert one.last is not None
                assert one.last + timedelta(days=1) == other.first
                assert (one.verdict, one.ground, one.governs) != (other.verdict, other.ground, other.governs)
                assert other.since
            assert spans[-1].last is None


def test_the_law_of_postsurgical_care_ends_six_months_after_the_fusion_of_the_reference_case() -> None:
    therapy, _ = spans_of("reference.ttl")
    (after,) = (span for span in therapy if span.governs and "fusion" in span.governs)
    assert (after.first, after.last) == (date(2014, 3, 13), date(2014, 9, 13))


def test_work_hardening_is_open_until_two_years_after_the_injury() -> None:
    worked = load_examples(
        [ROOT / "tests" / "worked" / "mtus_chronic_pain_2009" / "work_conditioning.ttl"], knowledge()
    )
    (case,) = (one.case for one in worked if one.says == "Work hardening is asked for 731 days after the injury.")
    ((_, spans),) = over_time(case, judge(), knowledge())
    (last,) = (span for span in spans if span.verdict == "necessary")
    assert last.last == date(2013, 6, 7) + timedelta(days=731)


@bounded
@given(several(some_story()), st.integers(0, 10_000))
def test_between_two_known_days_no_verdict_changes(stories: list[Story], seed: int) -> None:
    some = random.Random(seed)
    for number, story in enumerate(stories):
        case = world().case(number, story)
        known = sorted(known_days(case, world().knowledge))
        injured = (story.injured - EPOCH).days
        gaps = [(one, other - 1) for one, other in pairwise(known) if one >= injured and other - one > 1]
        days = [EPOCH + timedelta(days=day) for gap in some.sample(gaps, min(4, len(gaps))) for day in gap]
        states = _verdicts(case, days, world().judge, world().knowledge)
        assert states[::2] == states[1::2], story


def test_every_date_of_a_case_gives_a_known_day() -> None:
    case = case_of("reference.ttl")
    dated = {int(value.value) for _, predicate, value in case.statements if predicate.value == core("onDay")}
    assert dated
    assert dated <= known_days(case, knowledge()).keys()
    assert Facts(case.statements).text(ox.NamedNode(case.iri), ox.NamedNode(core("injuredDay"))) is not None
