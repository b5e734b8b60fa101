"""Who reviewed a case, and what the determination says: each met, not met, and not documented."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from invented_review import CONTENTS, IMR, LAW, REVIEWER, Checker
from rdflib import RDF, SKOS

from imr_kb.load import Knowledge
from imr_kb.terms import KB

REVIEW = f"{KB}review/"


@pytest.fixture
def checker(knowledge: Knowledge, tmp_path: Path) -> Checker:
    """Return what checks an invented review."""
    return Checker(knowledge, tmp_path)


@pytest.mark.parametrize(
    ("name", "met", "not_met"),
    [
        (
            "no affiliation with the parties",
            {},
            {"affiliatedWith": "imr:Employer", "notAffiliatedWith": "imr:Employee"},
        ),
        ("more than five years in active clinical practice", {"yearsInPractice": "5.1"}, {"yearsInPractice": "5"}),
        ("at least 24 hours a week in active practice", {}, {"practiceHoursPerWeek": "23.5"}),
        ("an unrestricted license", {"licenseRestricted": "false"}, {"licenseRestricted": "true"}),
        ("no disciplinary history", {"disciplined": "false"}, {"disciplined": "true"}),
        (
            "no appointment as qualified medical evaluator",
            {"holdsEvaluatorAppointment": "false"},
            {"holdsEvaluatorAppointment": "true"},
        ),
    ],
)
def test_a_qualification_is_met_or_it_is_not(
    name: str, met: dict[str, str], not_met: dict[str, str], checker: Checker
) -> None:
    dates = {"decidedOn": "2015-09-01"}
    codes = {"CA037", "CA038"}
    assert not {problem.code for problem in checker.found(dates=dates, reviewer=REVIEWER | met)} & codes
    found = [p for p in checker.found(dates=dates, reviewer=REVIEWER | not_met) if p.code == "CA037"]
    assert [name in problem.what for problem in found] == [True]


@pytest.mark.parametrize(
    ("left_out", "name", "times"),
    [
        ("notAffiliatedWith", "no affiliation with the parties", 4),
        ("moreYearsInPracticeThan", "more than five years in active clinical practice", 1),
        ("practiceHoursPerWeek", "at least 24 hours a week in active practice", 1),
        ("licensedIn", "an unrestricted license", 1),
        ("hasSpecialty", "a specialty", 1),
    ],
)
def test_a_qualification_of_which_nothing_is_said_is_not_documented(
    left_out: str, name: str, times: int, checker: Checker
) -> None:
    reviewer = {key: value for key, value in REVIEWER.items() if key != left_out}
    found = [problem for problem in checker.found(reviewer=reviewer) if problem.code in {"CA037", "CA038"}]
    assert [problem.code for problem in found] == ["CA038"] * times
    assert all(f'"{name}"' in problem.what for problem in found)


def test_more_than_four_years_does_not_show_more_than_five(checker: Checker) -> None:
    found = checker.found(reviewer=REVIEWER | {"moreYearsInPracticeThan": "4"})
    assert Counter(problem.code for problem in found)["CA038"] == 1


def test_evaluators_are_barred_since_2014(checker: Checker) -> None:
    reviewer = REVIEWER | {"holdsEvaluatorAppointment": "true"}
    assert "CA037" not in checker.codes(dates={"decidedOn": "2013-12-31"}, reviewer=reviewer)
    assert "CA037" in checker.codes(dates={"decidedOn": "2014-01-01"}, reviewer=reviewer)


def test_a_determination_without_reviewer_lacks_every_qualification(checker: Checker) -> None:
    asked = [q for q in LAW.subjects(RDF.type, IMR.Qualification) if str(LAW.value(q, IMR.mustBeStated)) == "true"]
    found = [problem for problem in checker.found(dates={"decidedOn": "2015-09-01"}) if problem.code == "CA038"]
    assert len(found) == len(asked) == 5
    assert checker.found(dates={"appliedOn": "2015-07-10", "decisionServedOn": "2015-07-01"}) == []


@pytest.mark.parametrize(
    ("specialties", "request_", "diagnosis", "matches"),
    [
        ("occupational_medicine", "svc:PhysicalTherapy", "", True),
        ("occupational_medicine", "svc:LumbarFusion", "", False),
        ("orthopedic_surgery", "svc:LumbarFusion", "", True),
        ("neurological_surgery", "svc:LumbarFusion", "", True),
        ("neurological_surgery", "svc:KneeReplacement", "", False),
        ("neurological_surgery", "svc:LumbarMri", "", True),
        ("occupational_medicine , specialty:orthopedic_surgery", "svc:KneeReplacement", "", True),
        ("pain_medicine", "svc:SpinalCordStimulatorImplant", "", True),
        ("pain_medicine", "svc:CervicalFusion", "", False),
        ("family_medicine", "drug:OralCyclobenzaprine", "", True),
        ("chiropractic", "drug:OralCyclobenzaprine", "", False),
        ("chiropractic", "svc:Manipulation", "", True),
        ("psychology", "svc:Psychotherapy", "", True),
        ("psychology", "svc:LumbarEpiduralSteroidInjection", "", False),
        ("podiatry", "svc:PhysicalTherapy ; imr:bodyPart body:Ankle", "", True),
        ("podiatry", "svc:PhysicalTherapy ; imr:bodyPart body:Knee", "dx:PlantarFasciitis", False),
        ("podiatry", "svc:PhysicalTherapy", "dx:PlantarFasciitis", True),
        ("podiatry", "svc:PhysicalTherapy", "dx:PlantarFasciitis ; imr:polarity imr:Absent", False),
        ("podiatry", "svc:BunionSurgery", "", True),
        ("hand_surgery", "svc:CarpalTunnelRelease", "", True),
        ("hand_surgery", "svc:KneeReplacement", "", False),
        ("dentistry", "svc:DentalTreatment", "dx:DentalInjury", True),
        ("occupational_medicine", "svc:DentalTreatment", "dx:DentalInjury", False),
    ],
)
def test_the_specialty_is_compared_with_each_item(
    specialties: str, request_: str, diagnosis: str, matches: bool, checker: Checker
) -> None:
    case = [f"imr:requests [ imr:concept {request_} ]"]
    case += [f"imr:hasDiagnosis [ imr:concept {diagnosis} ]"] if diagnosis else []
    codes = checker.codes(reviewer=REVIEWER | {"hasSpecialty": f"specialty:{specialties}"}, case=case)
    assert ("CA039" not in codes) == matches


def test_the_names_of_specialties_are_told_apart() -> None:
    names = [
        str(name).lower()
        for specialty in LAW.subjects(RDF.type, IMR.Specialty)
        for label in (SKOS.prefLabel, SKOS.altLabel)
        for name in LAW.objects(specialty, label)
    ]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert {"family practice", "physical medicine & rehabilitation", "pain management", "chiropractor"} <= set(names)


def test_what_a_specialty_leaves_to_others_is_part_of_what_it_performs(knowledge: Knowledge) -> None:
    def within(service: object, wider: object) -> bool:
        asked = f"ASK {{ <{service}> <{IMR.within}> <{wider}> }}"
        return bool(knowledge.store.query(asked))

    for specialty in LAW.subjects(RDF.type, IMR.Specialty):
        performed = list(LAW.objects(specialty, IMR.performs))
        for left in LAW.objects(specialty, IMR.leavesToOthers):
            assert any(within(left, wider) for wider in performed), (specialty, left)


# --- the determination


def test_each_required_content_is_there_missing_or_not_looked_for(checker: Checker) -> None:
    assert {str(content) for content in LAW.subjects(RDF.type, IMR.RequiredContent)} == {
        f"{REVIEW}content_{name}" for name in CONTENTS
    }
    dates = {"decidedOn": "2015-09-01"}
    for name in CONTENTS:
        others = [f"imr:includesContent review:content_{other}" for other in CONTENTS if other != name]
        missing = [f"imr:lacksContent review:content_{name}"]
        there = [f"imr:includesContent review:content_{name}"]
        expected = {"there": set(), "missing": {"CA040"}, "silent": {"CA041"}}
        for lines, codes in zip(([*others, *there], [*others, *missing], others), expected.values(), strict=True):
            found = {problem.code for problem in checker.found(dates=dates, determination=lines)}
            assert found & {"CA040", "CA041"} == codes, (name, lines)


@pytest.mark.parametrize(("day", "times"), [("2015-04-19", 0), ("2015-04-20", 1)])
def test_citing_what_was_relied_on_is_asked_since_2015_04_20(day: str, times: int, checker: Checker) -> None:
    lines = [f"imr:includesContent review:content_{name}" for name in CONTENTS if name != "citation"]
    found = checker.found(dates={"decidedOn": day}, determination=lines)
    assert Counter(problem.code for problem in found)["CA041"] == times


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("imr:restsOnDocument imr:UtilizationDecision", {"CA042"}),
        ("imr:restsOnDocument imr:UtilizationDecision , imr:WorkerDocuments", set()),
        ("imr:restsOnDocument imr:MedicalRecords", set()),
        ("imr:usesStandard review:standard_schedule", set()),
        ("imr:usesStandard review:standard_evidence", {"CA044"}),
        ("imr:usesStandard review:standard_evidence ; imr:findsInapplicable review:standard_schedule", set()),
        ("imr:usesStandard review:standard_evidence , review:standard_schedule", set()),
        ("imr:usesStandard review:standard_national ; imr:findsInapplicable review:standard_schedule", {"CA044"}),
    ],
)
def test_documents_and_standards_of_a_determination(line: str, codes: set[str], checker: Checker) -> None:
    assert checker.codes(determination=[line], reviewer=REVIEWER) == codes


@pytest.mark.parametrize(("day", "codes"), [("2017-12-31", {"CA044"}), ("2018-01-01", set())])
def test_the_order_of_standards_is_that_of_the_law_to_2017(day: str, codes: set[str], checker: Checker) -> None:
    line = "imr:usesStandard review:standard_expert_opinion"
    assert checker.codes(dates={"decidedOn": day}, determination=[line], reviewer=REVIEWER) == codes


def test_each_item_has_a_finding(checker: Checker) -> None:
    line = "imr:restsOnDocument imr:MedicalRecords"
    case = ["imr:requests [ imr:concept svc:PhysicalTherapy ]"]
    assert checker.codes(determination=[line], reviewer=REVIEWER) == set()
    assert checker.codes(determination=[line], reviewer=REVIEWER, case=case) == {"CA043"}
