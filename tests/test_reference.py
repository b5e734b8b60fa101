"""The reference case, whose published determination is known: what is decided, why, and which facts would change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from second_engine import by_value

from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.rdf import FORMATS
from imr_kb.render import to_dict
from imr_kb.terms import BASE, KB, PREFIXES, core

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
TURTLE: Final = (CASES / "reference.ttl").read_text(encoding="utf-8")
CHRONIC_PAIN: Final = KB + "mtus_chronic_pain_2009/"

Decisions = list[dict[str, Any]]
Decided = Callable[[str], Decisions]


@pytest.fixture(scope="module")
def judge(knowledge: Knowledge) -> Judge:
    return Judge(knowledge)


@pytest.fixture(scope="module")
def therapy_and_visit(knowledge: Knowledge, judge: Judge) -> Decisions:
    return _decisions(CASES / "reference.ttl", knowledge, judge)


@pytest.fixture
def decided(knowledge: Knowledge, judge: Judge, tmp_path: Path) -> Decided:
    """Return a function that decides a case in Turtle."""

    def decide(text: str) -> Decisions:
        path = tmp_path / "reference.ttl"
        path.write_text(text, encoding="utf-8")
        return _decisions(path, knowledge, judge)

    return decide


def _decisions(path: Path, knowledge: Knowledge, judge: Judge) -> Decisions:
    (result,) = judge.decide(load_cases(path, knowledge))
    decisions: Decisions = to_dict(result)["decisions"]
    return decisions


def _changed(old: str, new: str, text: str = TURTLE) -> str:
    """Return the case with ``old``, which stands in it once, replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the case"
    return text.replace(old, new)


def _without(text: str, *concepts: str) -> str:
    """Return the case, as N-Triples, without the facts about ``concepts``."""
    triples = list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    about = {prefix: ox.NamedNode(PREFIXES[prefix.partition(":")[0]] + prefix.partition(":")[2]) for prefix in concepts}
    asked = {item.object for item in triples if item.predicate == ox.NamedNode(core("requests"))}
    facts = {name: {item.subject for item in triples if item.object == term} - asked for name, term in about.items()}
    assert all(facts.values()), f"not all of {concepts} are on record"
    gone = set().union(*facts.values())
    return "\n".join(f"{item.triple} ." for item in triples if item.subject not in gone and item.object not in gone)


def _with(statement: str, text: str = TURTLE) -> str:
    """Return the case with one more statement about it."""
    return _changed("    imr:ageYears       58 ;", f"    imr:ageYears       58 ;\n    {statement} ;", text)


def _criterion(decision: dict[str, Any], name: str, role: str | None = None) -> dict[str, Any]:
    """Return the one criterion of ``decision`` that has this name, and this role if one is named."""
    named = [item for item in decision["criteria"] if item["criterion"].endswith("/" + name)]
    (found,) = [item for item in named if role is None or item["role"] == role]
    return dict(found)


GAIN: Final = "imr:hasResponse [ imr:concept fnd:FunctionalImprovement ; imr:toService svc:PhysicalTherapy ]"
REASON: Final = "imr:hasFinding [ imr:concept fnd:ReasonAgainstHomeExercise ]"
TWO_VISITS: Final = _changed(
    "imr:quantity      8", "imr:quantity      2", _changed("imr:weeks         4", "imr:weeks         1")
)


def test_the_more_visits_are_refused_as_over_the_limit(therapy_and_visit: Decisions) -> None:
    therapy, _ = therapy_and_visit
    assert (therapy["verdict"], therapy["ground"], therapy["imr_outcome"]) == (
        "not-necessary",
        "limit-exceeded",
        "upheld",
    )
    assert therapy["service_label"] == "Physical therapy"


def test_chronic_pain_pages_98_and_99_govern_the_visits(therapy_and_visit: Decisions) -> None:
    source = therapy_and_visit[0]["source"]
    assert source["label"] == "MTUS Chronic Pain Medical Treatment Guidelines"
    assert (source["edition"], source["section"]) == ("2009", "Physical medicine")
    assert (source["pages"], source["tier"]) == ("98-99", "mtus")


def test_six_earlier_visits_and_eight_more_go_over_ten(therapy_and_visit: Decisions) -> None:
    limit = _criterion(therapy_and_visit[0], "physical_medicine_neuralgia_visits")
    assert (limit["kind"], limit["role"], limit["status"], limit["decisive"]) == ("quantity", "limit", "not-met", True)
    assert limit["values"].items() >= {"prior": 6, "requested": 8, "limit": 10}.items()
    assert "prior_inferred" not in limit["values"]


def test_chiropractic_and_acupuncture_visits_do_not_count_as_physical_therapy(therapy_and_visit: Decisions) -> None:
    limit = _criterion(therapy_and_visit[0], "physical_medicine_neuralgia_visits")
    counted = {item["concept"].removeprefix(BASE) for item in limit["evidence"]}
    assert counted == {"service#PhysicalTherapy"}


def test_no_gain_in_function_and_no_reason_against_home_exercise_are_on_record(therapy_and_visit: Decisions) -> None:
    therapy, _ = therapy_and_visit
    gain = _criterion(therapy, "physical_medicine_gain", "continues")
    assert (gain["status"], gain["decisive"]) == ("not-documented", True)
    reason = _criterion(therapy, "physical_medicine_home_fails", "exception")
    assert (reason["status"], reason["decisive"]) == ("not-documented", True)
    assert {gain["text"], reason["text"]} == set(therapy["missing"])


def test_the_visit_for_pain_management_is_necessary_and_the_refusal_falls(therapy_and_visit: Decisions) -> None:
    _, visit = therapy_and_visit
    assert (visit["verdict"], visit["ground"], visit["imr_outcome"]) == ("necessary", "criteria-met", "overturned")
    assert visit["missing"] == []


def test_acoem_chapter_7_page_127_governs_the_visit_and_is_not_part_of_the_schedule(
    therapy_and_visit: Decisions,
) -> None:
    source = therapy_and_visit[1]["source"]
    assert "chapter 7, Independent Medical Examinations and Consultations" in source["label"]
    assert (source["edition"], source["pages"], source["tier"]) == ("2nd edition (2004)", "127", "acoem")


def test_the_odg_entry_on_office_visits_gives_way_because_its_service_is_less_specific(
    therapy_and_visit: Decisions,
) -> None:
    (other,) = [
        item for item in therapy_and_visit[1]["not_governing"] if item["recommendation"] == KB + "odg/office_visit"
    ]
    assert (other["tier"], other["why"]) == ("odg", "It speaks of a less specific service.")


def test_nothing_of_the_schedule_is_kept_as_passed_over_for_the_visit(therapy_and_visit: Decisions) -> None:
    assert [item for item in therapy_and_visit[1]["not_governing"] if item["tier"] == "mtus"] == []


def test_the_latest_record_gives_the_deciding_date(knowledge: Knowledge, judge: Judge) -> None:
    (result,) = judge.decide(load_cases(CASES / "reference.ttl", knowledge))
    assert (result.as_of, result.as_of_basis) == ("2015-06-08", "date of the latest record")
    assert result.case == BASE + "case/reference"


def test_decisions_stand_in_the_order_of_the_disputed_items(decided: Decided) -> None:
    swapped = TURTLE.replace("imr:sequence      1", "imr:sequence      3")
    assert [item["request"].rpartition("/")[2] for item in decided(TURTLE)] == ["therapy", "visit"]
    assert [item["request"].rpartition("/")[2] for item in decided(swapped)] == ["visit", "therapy"]


def test_two_visits_after_a_gain_in_function_stay_within_the_limit(decided: Decided) -> None:
    therapy, _ = decided(_with(GAIN, TWO_VISITS))
    assert (therapy["verdict"], therapy["ground"], therapy["imr_outcome"]) == (
        "necessary",
        "criteria-met",
        "overturned",
    )
    limit = _criterion(therapy, "physical_medicine_neuralgia_visits")
    assert (limit["status"], limit["values"]["prior"], limit["values"]["requested"]) == ("met", 6, 2)


def test_two_visits_without_a_gain_in_function_are_refused_for_silence(decided: Decided) -> None:
    therapy, _ = decided(TWO_VISITS)
    assert (therapy["verdict"], therapy["ground"]) == ("not-necessary", "not-documented")
    assert _criterion(therapy, "physical_medicine_neuralgia_visits")["status"] == "met"


def test_a_gain_in_function_and_a_reason_against_home_exercise_lift_the_limit(decided: Decided) -> None:
    therapy, _ = decided(_with(REASON, _with(GAIN)))
    assert (therapy["verdict"], therapy["ground"]) == ("necessary", "criteria-met")
    limit = _criterion(therapy, "physical_medicine_neuralgia_visits")
    assert (limit["status"], limit["effect"]) == ("not-met", "passes")
    exception = _criterion(therapy, "physical_medicine_more_visits")
    assert (exception["status"], exception["within"]) == ("met", CHRONIC_PAIN + "physical_medicine_neuralgia_visits")


@pytest.mark.parametrize(
    ("statement", "missing"), [(GAIN, "physical_medicine_home_fails"), (REASON, "physical_medicine_gain")]
)
def test_half_of_the_exception_does_not_lift_the_limit(statement: str, missing: str, decided: Decided) -> None:
    therapy, _ = decided(_with(statement))
    assert (therapy["verdict"], therapy["ground"]) == ("not-necessary", "limit-exceeded")
    assert _criterion(therapy, missing, "exception")["status"] == "not-documented"


def test_after_a_gain_in_function_the_limit_alone_refuses_and_leaves_room_for_four(decided: Decided) -> None:
    therapy, _ = decided(_with(GAIN))
    assert (therapy["verdict"], therapy["ground"], therapy["supported_quantity"]) == (
        "not-necessary",
        "limit-exceeded",
        4,
    )


def test_where_more_than_the_limit_refuses_no_smaller_number_is_supported(therapy_and_visit: Decisions) -> None:
    assert therapy_and_visit[0]["supported_quantity"] is None


def test_earlier_therapy_without_a_count_leaves_the_quantity_undocumented(decided: Decided) -> None:
    unknown = _changed("imr:concept svc:PhysicalTherapy ; imr:visits 6", "imr:concept svc:PhysicalTherapy")
    therapy, _ = decided(_with(GAIN, unknown))
    limit = _criterion(therapy, "physical_medicine_neuralgia_visits")
    assert limit["status"] == "not-documented"
    assert (therapy["verdict"], therapy["ground"]) == ("not-necessary", "not-documented")


def test_eleven_visits_go_over_the_limit_whatever_the_earlier_count(decided: Decided) -> None:
    unknown = _changed("imr:concept svc:PhysicalTherapy ; imr:visits 6", "imr:concept svc:PhysicalTherapy")
    therapy, _ = decided(_changed("imr:quantity      8", "imr:quantity      11", unknown))
    assert _criterion(therapy, "physical_medicine_neuralgia_visits")["status"] == "not-met"


def test_no_mention_of_earlier_therapy_counts_as_none_and_is_marked_inferred(decided: Decided) -> None:
    therapy, _ = decided(_without(TURTLE, "svc:PhysicalTherapy"))
    limit = _criterion(therapy, "physical_medicine_neuralgia_visits")
    assert (limit["status"], limit["values"]["prior"], limit["values"]["prior_inferred"]) == ("met", 0, True)
    assert _criterion(therapy, "physical_medicine_gain", "continues")["status"] == "not-applicable"
    assert therapy["verdict"] == "necessary"


def test_a_denied_gain_in_function_refuses_as_not_met(decided: Decided) -> None:
    denied = GAIN.replace("imr:toService", "imr:polarity imr:Absent ; imr:toService")
    therapy, _ = decided(_with(denied, TWO_VISITS))
    assert (therapy["verdict"], therapy["ground"]) == ("not-necessary", "criterion-not-met")
    assert _criterion(therapy, "physical_medicine_gain", "continues")["status"] == "not-met"


def test_a_gain_that_is_both_stated_and_denied_leaves_the_item_open(decided: Decided) -> None:
    denied = GAIN.replace("imr:toService", "imr:polarity imr:Absent ; imr:toService")
    therapy, _ = decided(_with(denied, _with(GAIN, TWO_VISITS)))
    assert (therapy["verdict"], therapy["ground"], therapy["imr_outcome"]) == ("undetermined", "conflicting", None)
    assert _criterion(therapy, "physical_medicine_gain", "continues")["status"] == "conflicting"


def test_eighty_percent_relief_from_medication_is_no_gain_in_function(decided: Decided) -> None:
    assert "imr:reliefPercent 80" in TURTLE
    relief = GAIN.replace("fnd:FunctionalImprovement", "fnd:PainRelief ; imr:reliefPercent 80")
    for text in (TURTLE, _with(relief)):
        therapy, _ = decided(text)
        assert _criterion(therapy, "physical_medicine_gain", "continues")["status"] == "not-documented"


def test_a_gain_in_function_from_other_care_does_not_count_for_physical_therapy(decided: Decided) -> None:
    therapy, _ = decided(_with(GAIN.replace("svc:PhysicalTherapy", "svc:Acupuncture"), TWO_VISITS))
    assert _criterion(therapy, "physical_medicine_gain", "continues")["status"] == "not-documented"
    assert therapy["verdict"] == "not-necessary"


SIGNS: Final = ("fnd:SensoryDeficit", "fnd:MotorWeakness", "fnd:AntalgicGait", "fnd:Hyperreflexia")
OTHER_DRUGS: Final = ("drug:OralGabapentin", "drug:OralCyclobenzaprine", "drug:LidocainePatch")


def test_without_signs_opioid_and_other_drugs_the_visit_is_refused_for_silence(decided: Decided) -> None:
    _, visit = decided(_without(TURTLE, *SIGNS, "drug:Norco", *OTHER_DRUGS))
    assert (visit["verdict"], visit["ground"], visit["imr_outcome"]) == ("not-necessary", "not-documented", "upheld")
    reasons = [item for item in visit["criteria"] if item["kind"] == "finding"]
    assert reasons
    assert {item["status"] for item in reasons} == {"not-documented"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (_without(TURTLE, *SIGNS, *OTHER_DRUGS), "consultation_opioid"),
        (_without(TURTLE, *SIGNS, "drug:Norco"), "consultation_several_drugs"),
        (_without(TURTLE, *SIGNS[1:], "drug:Norco", *OTHER_DRUGS), "consultation_neurologic_deficit"),
    ],
    ids=["opioid", "three drugs", "deficit"],
)
def test_one_reason_is_enough_for_the_visit(text: str, shown: str, decided: Decided) -> None:
    _, visit = decided(text)
    assert visit["verdict"] == "necessary"
    met = {item["criterion"] for item in visit["criteria"] if item["kind"] == "finding" and item["status"] == "met"}
    assert met == {KB + "acoem_2004/" + shown}


def test_a_planned_drug_is_not_a_drug_in_use(decided: Decided) -> None:
    planned = _changed("imr:plans [", "imr:plans [ imr:concept drug:HydrocodoneAcetaminophen ] , [")
    _, visit = decided(_without(planned, *SIGNS, "drug:Norco", *OTHER_DRUGS))
    assert _criterion(visit, "consultation_opioid")["status"] == "not-documented"


def test_the_published_outcome_changes_nothing_but_its_own_field(decided: Decided) -> None:
    before = decided(TURTLE)
    told = TURTLE.replace("imr:sequence      1 ;", "imr:sequence      1 ;\n    imr:publishedOutcome imr:Overturned ;")
    after = decided(
        told.replace("imr:sequence      2 ;", "imr:sequence      2 ;\n    imr:publishedOutcome imr:Upheld ;")
    )
    assert [item.pop("published") for item in after] == ["overturned", "upheld"]
    assert [item.pop("published") for item in before] == [None, None]
    assert after == before


def test_before_the_schedule_of_2009_the_chronic_pain_guideline_says_nothing(decided: Decided) -> None:
    for day, governed in (("2009-07-18", True), ("2009-07-17", False)):
        early = TURTLE.replace('"2011-05-25"', '"2008-05-25"').replace('"2015-06-08"', f'"{day}"')
        therapy, _ = decided(early)
        by_chronic_pain = bool(therapy["source"]) and therapy["source"]["recommendation"].startswith(CHRONIC_PAIN)
        assert by_chronic_pain is governed


def _written_as(suffix: str, folder: Path) -> Path:
    """Return the reference case in another format, in a file of the same name."""
    if suffix in {".ttl", ".jsonld"}:
        return CASES / f"reference{suffix}"
    path = folder / f"reference{suffix}"
    if suffix == ".json":
        path.write_bytes((CASES / "reference.jsonld").read_bytes())
        return path
    triples = list(ox.parse(TURTLE.encode(), format=ox.RdfFormat.TURTLE))
    inside = ox.NamedNode(BASE + "graph/reference")
    named = suffix in {".trig", ".nq"}
    quads = [
        ox.Quad(item.subject, item.predicate, item.object, inside if named else ox.DefaultGraph()) for item in triples
    ]
    lines = quads if named else [item.triple for item in quads]
    ox.serialize(lines, path, format=FORMATS[suffix])
    return path


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_of_the_case_gives_the_same_decisions_and_proof(
    suffix: str, knowledge: Knowledge, judge: Judge, tmp_path: Path
) -> None:
    turtle = load_cases(CASES / "reference.ttl", knowledge)
    other = load_cases(_written_as(suffix, tmp_path), knowledge, name="reference.ttl")
    assert list(judge.decide(other)) == list(judge.decide(turtle))
    # By value: 80 is a decimal in JSON-LD and an integer in Turtle.
    assert by_value(judge.derive(other)) == by_value(judge.derive(turtle))
