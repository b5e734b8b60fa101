"""The review of a case: its time limits and what is disputed; what is wrong is reported and changes no verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from invented_review import IMR, LAW, ROOT, Checker
from rdflib import RDF, SKOS, Graph

from imr_kb.check import check_paths
from imr_kb.errors import Problem, Severity
from imr_kb.inputs import Inputs
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.render import to_dict
from imr_kb.rules import rules

WHOLE = ROOT / "tests" / "cases" / "review.ttl"
DAY = "^^<http://www.w3.org/2001/XMLSchema#date>"
BAD = sorted((ROOT / "tests" / "bad" / "reviews").glob("*.ttl"))


@pytest.fixture
def checker(knowledge: Knowledge, tmp_path: Path) -> Checker:
    """Return what checks an invented review."""
    return Checker(knowledge, tmp_path)


# --- time limits


@dataclass(frozen=True)
class Limit:
    """A time limit as the knowledge base has it."""

    name: str
    begin: str
    end: str
    days: int
    kinds: tuple[str, ...]
    first: date
    last: date | None
    law: str

    def told(self, checker: Checker, begins: date, days: int) -> list[Problem]:
        """Return what is found of this limit where the step comes ``days`` after ``begins``."""
        dates = {self.begin: begins.isoformat(), self.end: (begins + timedelta(days)).isoformat()}
        return [
            problem for problem in checker.found(dates=dates, kinds=self.kinds[:1]) if self.law in problem.next_step
        ]


def _local(term: object) -> str:
    return re.split(r"[#/]", str(term))[-1]


def _limits() -> list[Limit]:
    found = []
    for limit in sorted(LAW.subjects(RDF.type, IMR.TimeLimit), key=str):
        last = LAW.value(limit, IMR.inForceTo)
        found.append(
            Limit(
                name=_local(limit),
                begin=_local(LAW.value(limit, IMR.countsFrom)),
                end=_local(LAW.value(limit, IMR.countsTo)),
                days=int(str(LAW.value(limit, IMR.calendarDays))),
                kinds=tuple(sorted(_local(kind) for kind in LAW.objects(limit, IMR.appliesIn))),
                first=date.fromisoformat(str(LAW.value(limit, IMR.inForceFrom))),
                last=None if last is None else date.fromisoformat(str(last)),
                law=str(LAW.value(limit, SKOS.definition)),
            )
        )
    return found


LIMITS = _limits()
STEPS = {"appliedOn": "CA031", "deniedOn": "CA032", "decidedOn": "CA033"}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_step_on_the_last_day_is_in_time_and_one_on_the_next_is_late(limit: Limit, checker: Checker) -> None:
    assert limit.told(checker, limit.first, limit.days) == []
    (late,) = limit.told(checker, limit.first, limit.days + 1)
    assert late.code == STEPS.get(limit.end, "CA034")
    assert f"came {limit.days + 1} days after" in late.what
    assert f"where {limit.days} are given" in late.what


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_limit_binds_from_its_first_day_to_its_last(limit: Limit, checker: Checker) -> None:
    # Of two limits with the same words one follows the other: the neighboring day then falls under that one.
    same = [other for other in LIMITS if other.law == limit.law and other.kinds == limit.kinds and other != limit]
    if not same:
        assert limit.told(checker, limit.first - timedelta(1), limit.days + 1) == []
    if limit.last is not None:
        assert len(limit.told(checker, limit.last, limit.days + 1)) == 1
        assert bool(limit.told(checker, limit.last + timedelta(1), limit.days + 1)) == bool(same)


def test_the_limits_are_those_of_the_law() -> None:
    assert {limit.name: limit.days for limit in LIMITS} == {
        "application": 30,
        "application_2018": 30,
        "application_formulary": 10,
        "appeal": 30,
        "assignment_notice": 3,
        "decision_told": 1,
        "decision_written_concurrent": 1,
        "decision_written_prospective": 4,
        "determination": 30,
        "determination_expedited": 3,
        "expedited_utilization": 3,
        "formulary_working_days": 7,
        "implementation_authorization": 7,
        "implementation_payment": 20,
        "prospective_outer": 14,
        "prospective_working_days": 7,
        "prospective_working_days_2018": 7,
        "records_electronic": 12,
        "records_expedited": 1,
        "records_mailed": 15,
        "retrospective": 30,
    }


@pytest.mark.parametrize(
    ("served", "applied", "kinds", "codes"),
    [
        ("2017-12-31", "2018-01-30", ["FormularyDispute"], set()),
        ("2018-01-01", "2018-01-11", ["FormularyDispute"], set()),
        ("2018-01-01", "2018-01-12", ["FormularyDispute"], {"CA031"}),
        ("2018-01-01", "2018-01-31", [], set()),
        ("2018-01-01", "2018-02-01", [], {"CA031"}),
    ],
)
def test_ten_days_are_for_disputes_over_the_formulary_since_2018(
    served: str, applied: str, kinds: list[str], codes: set[str], checker: Checker
) -> None:
    assert checker.codes(dates={"decisionServedOn": served, "appliedOn": applied}, kinds=kinds) == codes


def test_without_the_day_of_service_a_late_application_is_only_a_warning(checker: Checker) -> None:
    dates = {"deniedOn": "2015-06-15", "appliedOn": "2015-07-16"}
    assert [problem.severity for problem in checker.found(dates=dates) if problem.code == "CA031"] == [Severity.WARNING]
    assert "CA031" not in checker.codes(dates=dates | {"decisionServedOn": "2015-06-16"})
    (late,) = (
        problem
        for problem in checker.found(dates=dates | {"decisionServedOn": "2015-06-15"})
        if problem.code == "CA031"
    )
    assert late.severity is Severity.VIOLATION


def test_working_days_and_hours_only_warn_and_say_so(checker: Checker) -> None:
    dates = {"requestReceivedOn": "2015-06-08", "deniedOn": "2015-06-16"}
    (late,) = (p for p in checker.found(dates=dates, kinds=["ProspectiveReview"]) if p.code == "CA032")
    assert late.severity is Severity.WARNING
    assert "without holidays" in late.next_step


def test_what_cannot_be_told_is_said(checker: Checker) -> None:
    def told(code: str, **described: object) -> int:
        return sum(problem.code == code for problem in checker.found(**described))  # type: ignore[arg-type]

    records = {"recordsReceivedOn": "2015-08-04"}
    assert told("CA045", dates={"decidedOn": "2015-09-01"}) == 1
    assert told("CA045", dates={"decidedOn": "2015-09-01"} | records, kinds=["NoticeByMail"]) == 1  # of the notice
    both = records | {"assignedOn": "2015-07-21"}
    assert told("CA046", dates=both) == 1
    assert told("CA046", dates=both, kinds=["ElectronicNotice"]) == 0
    written = {"deniedOn": "2015-06-15", "decisionServedOn": "2015-06-16"}
    assert told("CA046", dates=written, kinds=["RetrospectiveReview"]) == 0
    assert told("CA047", dates={"assignedOn": "2015-07-21", "recordsReceivedOn": "2015-07-20"}) == 1
    assert told("CA047", dates={"assignedOn": "2015-07-21", "recordsReceivedOn": "2015-07-21"}) == 0


# --- which disputes


@pytest.mark.parametrize(
    ("dates", "codes"),
    [
        ({"injuredOn": "2012-12-31", "deniedOn": "2013-06-20", "decisionToldOn": "2013-06-30"}, {"CA035"}),
        ({"injuredOn": "2013-01-01", "deniedOn": "2013-06-20", "decisionToldOn": "2013-06-30"}, set()),
        ({"injuredOn": "2012-12-31", "deniedOn": "2013-06-20", "decisionToldOn": "2013-07-01"}, set()),
        ({"injuredOn": "2012-12-31", "deniedOn": "2013-06-30"}, {"CA035"}),
        ({"injuredOn": "2012-12-31", "deniedOn": "2013-07-01"}, set()),
        ({"injuredOn": "2012-12-31"}, set()),
        ({"deniedOn": "2013-06-30"}, set()),
    ],
)
def test_review_is_open_by_the_day_of_injury_or_of_the_refusal(
    dates: dict[str, str], codes: set[str], checker: Checker
) -> None:
    assert checker.codes(dates=dates) & {"CA035"} == codes


@pytest.mark.parametrize(
    ("day", "line", "codes"),
    [
        ("2015-06-15", "imr:utilizationOutcome imr:DeniedRequest", set()),
        ("2015-06-15", "imr:utilizationOutcome imr:ModifiedRequest", set()),
        ("2015-06-15", "imr:utilizationOutcome imr:ApprovedRequest", {"CA036"}),
        ("2017-12-31", "imr:utilizationOutcome imr:DelayedRequest", set()),
        ("2018-01-01", "imr:utilizationOutcome imr:DelayedRequest", {"CA036"}),
        ("2018-01-01", "imr:utilizationOutcome imr:ModifiedRequest", set()),
        ("2012-12-31", "imr:utilizationOutcome imr:ApprovedRequest", set()),
        ("2015-06-15", "imr:refusedFor imr:DisputedLiability", {"CA036"}),
        ("2015-06-15", "imr:refusedFor imr:DisputedLiability , imr:LackOfNecessity", set()),
        ("2015-06-15", "imr:refusedBy imr:ReviewingPhysician", set()),
        ("2015-06-15", "imr:refusedBy imr:ClaimsAdjuster", {"CA036"}),
        ("2003-12-31", "imr:refusedBy imr:ClaimsAdjuster", set()),
    ],
)
def test_only_a_refusal_of_treatment_by_a_physician_is_reviewed(
    day: str, line: str, codes: set[str], checker: Checker
) -> None:
    assert checker.codes(dates={"deniedOn": day}, says=[line]) & {"CA036"} == codes


# --- as a whole


def test_a_whole_review_has_nothing_wrong(knowledge: Knowledge) -> None:
    assert check_paths([WHOLE], knowledge) == []


def _marked(path: Path) -> Iterator[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    code = re.match(r"# (CA\d{3}): ", lines[0])
    assert code, f"the first line of {path.name} names no code"
    assert path.stem.startswith(f"{code[1].lower()}_")
    return ((number, code[1]) for number, line in enumerate(lines, start=1) if "# here" in line)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_wrong_review_is_found_where_it_is_wrong(path: Path, knowledge: Knowledge) -> None:
    found = check_paths([path], knowledge)
    assert [(problem.line, problem.code) for problem in found] == list(_marked(path))
    assert all(problem.what and problem.next_step for problem in found)


def test_each_rule_on_a_review_has_a_wrong_file() -> None:
    asked = {rule.name.removeprefix("check/")[:5] for rule in rules("check") if rule.of_review}
    assert asked == {path.stem[:5] for path in BAD}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f'imr:appliedOn "2015-07-10"{DAY} , "2015-07-11"{DAY}', "CA007"),
        (f'imr:injuredOn "2014-01-10"{DAY}', "CA003"),
        ("imr:circumstance imr:Employer", "CA009"),
        ("imr:reviewer [ imr:licensedIn 5 ]", "CA011"),
        ("imr:reviewer [ imr:practiceHoursPerWeek 169 ]", "CA008"),
        ("imr:reviewer [ imr:affiliatedWith imr:Employer ; imr:notAffiliatedWith imr:Employer ]", "CA009"),
        ("imr:reviewer [ imr:hasSpecialty svc:PhysicalTherapy ]", "CA009"),
        ("imr:reviewer [ imr:quantity 3 ]", "CA003"),
        ('imr:determination "upheld"', "CA014"),
        ("imr:determination [ imr:usesStandard review:content_facts ]", "CA009"),
        ("imr:appealedFor review:shelf_life", "CA009"),
    ],
)
def test_what_a_review_cannot_say_is_found(line: str, code: str, checker: Checker) -> None:
    assert code in {problem.code for problem in checker.found(says=[line])}
    good = "imr:appealedFor review:appeal_fraud"
    assert code not in {problem.code for problem in checker.found(says=[good])}


@pytest.mark.parametrize("path", [WHOLE, *BAD], ids=lambda path: path.stem)
def test_a_review_changes_no_verdict_and_stops_no_case(path: Path, knowledge: Knowledge, tmp_path: Path) -> None:
    bare = tmp_path / path.name
    text = path.read_text(encoding="utf-8")
    case, times = re.subn(r"imr:hasReview .*", 'imr:document "letter.txt" .', text)
    assert times == 1
    bare.write_text(case, encoding="utf-8")
    judge, inputs = Judge(knowledge), Inputs(knowledge)
    (with_review,) = judge.decide(inputs.cases([path]))
    (without,) = judge.decide(load_cases(bare, knowledge))
    assert to_dict(with_review) == to_dict(without)
    assert inputs.problems == []


def test_no_rule_that_decides_is_shown_a_review(knowledge: Knowledge) -> None:
    terms = Graph().parse(ROOT / "ontology" / "review.ttl")
    unseen = {str(term.value) for term in knowledge.unseen}
    of_law = {term for term in terms.subjects(RDF.type) if not list(terms.objects(term, IMR.unseenByRules))}
    for prop in terms.subjects(IMR.dayNumber):
        assert str(prop) in unseen
    (case,) = load_cases(WHOLE, knowledge)
    reached = {predicate.value for _, predicate, _ in Judge(knowledge).derive([case])}
    assert reached & unseen == set()
    assert IMR.hasReview not in of_law


def test_the_levels_of_evidence_stand_in_their_order() -> None:
    order = Graph().parse(ROOT / "kb" / "order.ttl")
    levels = sorted(
        order.subjects(RDF.type, IMR.EvidenceLevel), key=lambda one: -int(str(order.value(one, IMR.precedence)))
    )
    assert [str(order.value(level, SKOS.prefLabel)) for level in levels] == ["1a", "1b", "1c", "2", "3", "4", "5"]
    assert len({str(order.value(level, SKOS.definition)) for level in levels}) == len(levels)
