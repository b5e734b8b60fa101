"""Changes of a case: how they are written, what they do, and what is said where they cannot be made."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from outlooks import editor, knowledge

from imr_kb.cli import main
from imr_kb.errors import ImrError
from imr_kb.load import Case, load_cases
from imr_kb.terms import PREFIXES, core
from imr_kb.whatif.changes import AT_LEAST, AT_MOST, NO_EARLIER, NO_LATER, Change, joined

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "cases" / "first.ttl"
REFERENCE = ROOT / "tests" / "cases" / "reference.ttl"


pytestmark = pytest.mark.usefixtures("loaded_once")


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments], prog_name="imr-kb")


def _after(path: Path, *changes: str | Change) -> Case:
    (case,) = load_cases(path, knowledge())
    return editor().apply(case, [each if isinstance(each, Change) else Change(each) for each in changes])


def _said(case: Case, name: str) -> list[dict[str, str]]:
    """Return what the facts say that the case states by one property, by the names of their properties."""
    facts = [value for _, predicate, value in case.statements if predicate == ox.NamedNode(core(name))]
    return [
        {
            predicate.value.removeprefix(core("")): value.value
            for subject, predicate, value in case.statements
            if subject == fact
        }
        for fact in facts
    ]


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


# --- what changes do


def test_a_finding_that_the_record_denied_is_stated_and_no_longer_denied() -> None:
    assert _said(_after(FIRST), "hasFinding") == [{"concept": _iri("fnd:MotorWeakness"), "polarity": core("Absent")}]
    assert _said(_after(FIRST, "fnd:MotorWeakness"), "hasFinding") == [{"concept": _iri("fnd:MotorWeakness")}]


def test_a_denial_takes_out_what_is_stated_of_it_and_of_anything_narrower() -> None:
    case = _after(FIRST, "fnd:FunctionalImprovement", "not fnd:FunctionalStatus")
    said = [fact for fact in _said(case, "hasFinding") if "Functional" in fact["concept"]]
    assert said == [{"concept": _iri("fnd:FunctionalStatus"), "polarity": core("Absent")}]


def test_what_is_on_record_already_is_set_there_and_another_is_added() -> None:
    assert [fact["visits"] for fact in _said(_after(FIRST, "svc:PhysicalTherapy visits 2"), "hasTreatment")] == ["2"]
    both = _said(_after(FIRST, "another svc:PhysicalTherapy visits 2"), "hasTreatment")
    assert sorted(fact["visits"] for fact in both) == ["2", "6"]


def test_a_change_made_twice_is_made_once() -> None:
    for text in (
        "fnd:RedFlag",
        "not fnd:RedFlag",
        "fnd:FunctionalImprovement to svc:PhysicalTherapy",
        "case ageYears 50",
    ):
        assert _after(FIRST, text).quads == _after(FIRST, text, text).quads


def test_what_is_set_and_then_removed_leaves_the_case_as_it_was() -> None:
    for text in ("fnd:RedFlag", "drug:Norco strengthMg 10", "fnd:FunctionalImprovement to svc:Acupuncture"):
        name = text.split()[0]
        assert _after(FIRST, text, Change(name, removes=True)).quads == _after(FIRST).quads


def test_each_concept_is_stated_by_its_usual_kind_of_fact_or_by_the_one_that_is_named() -> None:
    usual = {
        "fnd:RedFlag": "hasFinding",
        "dx:DiabetesMellitus": "hasDiagnosis",
        "svc:LumbarMri": "hasStudy",
        "svc:LumbarFusion": "hasTreatment",
        "drug:Norco": "takesMedication",
        "treatment drug:Norco": "hasTreatment",
        "response fnd:PainRelief to svc:Acupuncture": "hasResponse",
        "planned svc:LumbarMri": "plans",
        "authorization svc:Acupuncture quantity 6": "hasAuthorization",
    }
    for text, link in usual.items():
        before, after = (_said(case, link) for case in (_after(FIRST), _after(FIRST, text)))
        assert len(after) == len(before) + 1, text


def test_a_date_comes_with_its_day_number() -> None:
    case = _after(FIRST, "case requestedOn 1970-01-11")
    days = {predicate.value: value.value for _, predicate, value in case.statements if "requested" in predicate.value}
    assert days == {core("requestedOn"): "1970-01-11", core("requestedDay"): "10"}


def test_a_label_in_quotes_is_understood() -> None:
    assert _after(FIRST, "'physical therapy' visits 2").quads == _after(FIRST, "svc:PhysicalTherapy visits 2").quads


def test_two_changes_of_one_thing_are_joined_by_the_stricter_bound() -> None:
    def join(one: str, other: str, bound: str) -> str | None:
        both = joined(Change(one, bound=bound), Change(other, bound=bound))
        return both.text if both else None

    assert join("request 1 quantity 4", "request 1 quantity 12", AT_MOST) == "request 1 quantity 4"
    assert (
        join("svc:Acupuncture weeks 6", "svc:Acupuncture visits 3 weeks 12", AT_LEAST)
        == "svc:Acupuncture weeks 12 visits 3"
    )
    assert (
        join("case requestedOn 2015-01-09", "case requestedOn 2015-01-10", NO_EARLIER) == "case requestedOn 2015-01-10"
    )
    assert join("case injuredOn 2015-01-09", "case injuredOn 2015-01-10", NO_LATER) == "case injuredOn 2015-01-09"
    assert join("request 1 quantity 4", "request 2 quantity 4", AT_MOST) is None
    assert join("svc:Acupuncture outcome failed", "svc:Acupuncture outcome helped", AT_LEAST) is None
    assert join("fnd:RedFlag", "fnd:RedFlag", "") is None


# --- what is said where a change cannot be made


@pytest.mark.parametrize(
    ("text", "code", "offered"),
    [
        ("fnd:FunctionalImprovment", "WI001", "fnd:FunctionalImprovement"),
        ("src:odg", "WI001", "ontology/"),
        ("imr:Case", "WI001", "ontology/"),
        ("fnd:FunctionalImprovement to svc:PhysicalTherpy", "WI001", "svc:PhysicalTherapy"),
        ("request 1 quantty 3", "WI002", "quantity"),
        ("fnd:RedFlag visits 3", "WI002", "laterality"),
        ("case hasFinding fnd:RedFlag", "WI002", "ageYears"),
        ("request 1 publishedOutcome upheld", "WI002", "quantity"),
        ("svc:PhysicalTherapy visits many", "WI003", "xsd:integer"),
        ("svc:PhysicalTherapy visits 1.5", "WI003", "xsd:integer"),
        ("svc:PhysicalTherapy visits", "WI003", "value"),
        ("svc:PhysicalTherapy outcome bad", "WI003", "failed or helped"),
        ("case injuredOn 1/2/2015", "WI003", "2015-06-08"),
        ("case ageYears NaN", "WI003", "xsd:integer"),
        ("request 2 quantity 3", "WI004", "from 1 to 1"),
        ("request 0 quantity 3", "WI004", "from 1 to 1"),
        ("", "WI007", ""),
        ("not", "WI007", ""),
        ("case", "WI007", ""),
        ("request one quantity 3", "WI007", "number"),
        ("fnd:FunctionalImprovement to", "WI007", ""),
        ("'physical therapy", "WI007", ""),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_code_and_what_to_do(text: str, code: str, offered: str) -> None:
    with pytest.raises(ImrError) as caught:
        _after(FIRST, text)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.term == text
    assert offered in f"{problem.what} {problem.next_step}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fnd:RedFlag", "WI005"),
        ("svc:PhysicalTherapy weeks", "WI005"),
        ("request 1 strengthMg", "WI005"),
        ("case ageYears", "WI005"),
        ("request 3", "WI004"),
        ("not fnd:MotorWeakness", "WI007"),
        ("case", "WI007"),
        ("svc:PhysicalTherapy visit", "WI002"),
    ],
)
def test_what_cannot_be_removed_is_refused(text: str, code: str) -> None:
    with pytest.raises(ImrError) as caught:
        _after(FIRST, Change(text, removes=True))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_of_two_courses_it_is_not_clear_which_is_to_change() -> None:
    with pytest.raises(ImrError) as caught:
        _after(FIRST, "another svc:PhysicalTherapy visits 2", "svc:PhysicalTherapy weeks 3")
    assert [problem.code for problem in caught.value.problems] == ["WI006"]


# --- the verb


def test_the_verb_shows_before_and_after_and_why() -> None:
    done = _run(
        "whatif", FIRST, "--set", "request 1 quantity 4", "--set", "fnd:FunctionalImprovement to svc:PhysicalTherapy"
    )
    assert done.exit_code == 0
    assert "   before: not necessary (limit exceeded)" in done.stdout
    assert "   after: necessary (criteria met)" in done.stdout
    assert "   - met, was not met: Earlier and requested visits together are no more than 10.\n" in done.stdout


def test_the_verb_writes_the_changed_case_which_decides_as_it_said(tmp_path: Path) -> None:
    changed = tmp_path / "changed.ttl"
    option = "fnd:ReasonAgainstHomeExercise"
    gain = "fnd:FunctionalImprovement to svc:PhysicalTherapy"
    assert _run("whatif", REFERENCE, "--set", option, "--set", gain, "--format", "ttl", "-o", changed).exit_code == 0
    (compared,) = json.loads(_run("whatif", REFERENCE, "--set", option, "--set", gain, "--format", "json").stdout)[
        "cases"
    ]
    (decided,) = json.loads(_run("decide", "--format", "json", changed).stdout)["cases"]
    assert compared["changes"] == [f'--set "{option}"', f'--set "{gain}"']
    assert [item["verdict"] for item in compared["before"]["decisions"]] == ["not-necessary", "necessary"]
    verdicts = [(item["verdict"], item["ground"]) for item in compared["after"]["decisions"]]
    assert (
        verdicts
        == [(item["verdict"], item["ground"]) for item in decided["decisions"]]
        == [("necessary", "criteria-met")] * 2
    )


def test_every_option_that_the_verb_offers_turns_the_verdict() -> None:
    (case,) = json.loads(_run("whatif", REFERENCE, "--format", "json").stdout)["cases"]
    roads = case["decisions"][0]["outlook"]["roads"]
    assert len(roads) == 2
    for road in roads:
        options = [part for step in road["steps"] for part in step[0]["option"].replace('"', "").split(" ", 1)]
        (done,) = json.loads(_run("whatif", REFERENCE, *options, "--format", "json").stdout)["cases"]
        assert done["after"]["decisions"][0]["verdict"] == "necessary"


def test_a_case_that_cannot_be_so_is_reported_and_not_decided() -> None:
    for change, code in (
        ("request 1 quantity 1001", "CA008"),
        ("case injuredOn 2016-01-01", "CA022"),
        ("svc:PhysicalTherapy onDate 2013-01-01", "CA020"),
    ):
        done = _run("whatif", FIRST, "--set", change)
        assert done.exit_code == 1
        assert done.stdout == ""
        assert code in done.stderr
    assert _run("whatif", FIRST, "--set", "request 1 quantity 1000").exit_code == 0


def test_a_removed_item_is_no_longer_asked_for_and_the_others_keep_their_place() -> None:
    done = _run("whatif", REFERENCE, "--remove", "request 1")
    assert "   after: no longer asked for" in done.stdout
    assert done.stdout.count("after: necessary (criteria met)") == 1


def test_options_that_contradict_each_other_are_wrong_usage() -> None:
    for options in (
        ("--over-time", "--set", "fnd:RedFlag"),
        ("--over-time", "--as-of", "2015-01-01"),
        ("--format", "ttl"),
        ("--format", "ttl", "--set", "fnd:RedFlag", "--as-of", "2015-01-01"),
        ("--as-of", "2015-13-01"),
        ("--as-of", "yesterday"),
    ):
        assert _run("whatif", FIRST, *options).exit_code == 2, options


def test_a_day_decides_a_case_that_has_no_date_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "undated.ttl"
    path.write_text(FIRST.read_text(encoding="utf-8").replace('    imr:requestedOn  "2015-06-08"^^xsd:date ;\n', ""))
    assert _run("decide", path).exit_code == 1
    done = _run("decide", "--as-of", "2015-06-08", path)
    assert done.exit_code == 0
    assert "decided as of 2015-06-08 (given by the user)" in done.stdout


def test_a_file_cannot_give_the_day_itself(tmp_path: Path) -> None:
    path = tmp_path / "given.ttl"
    given = 'imr:requestedOn  "2015-06-08"^^xsd:date ; imr:asOfGiven "2012-01-01"^^xsd:date ;'
    path.write_text(FIRST.read_text(encoding="utf-8").replace('imr:requestedOn  "2015-06-08"^^xsd:date ;', given))
    done = _run("decide", path)
    assert done.exit_code == 1
    assert "CA003" in done.stderr


def test_the_listing_over_time_is_the_same_as_text_and_as_json() -> None:
    (case,) = json.loads(_run("whatif", FIRST, "--over-time", "--format", "json").stdout)["cases"]
    text = _run("whatif", FIRST, "--over-time").stdout
    (item,) = case["items"]
    assert item["spans"][0]["first"] == "2014-01-10"
    assert item["spans"][-1]["last"] is None
    for span in item["spans"]:
        assert f"from {span['first']} " in text
    assert text.count("   from ") == len(item["spans"])


def test_where_nothing_governs_nothing_is_claimed() -> None:
    (case,) = json.loads(_run("whatif", FIRST, "--as-of", "2018-01-01", "--format", "json").stdout)["cases"]
    (decision,) = case["decisions"]
    assert decision["verdict"] == "undetermined"
    assert (decision["outlook"]["roads"], decision["outlook"]["range"]) == ([], [])
    assert "was not looked for" in _run("whatif", FIRST, "--as-of", "2018-01-01").stdout
