"""What a guideline asks and the knowledge base does not hold leaves a request open: it neither refuses nor approves one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tampering import rejected, stored_decisions

from imr_kb import __version__
from imr_kb.coverage import Coverage
from imr_kb.explanation import explained
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, load_cases, load_knowledge
from imr_kb.opinions import second_opinion
from imr_kb.opinions.compare import compare
from imr_kb.rationale.letter import drafts
from imr_kb.rationale.text import as_text
from imr_kb.render import to_dict
from imr_kb.trace import CaseDecisions, Decision
from imr_kb.verify import Published
from imr_kb.whatif.outlook import Looker

ROOT = Path(__file__).resolve().parent.parent
HEAD = """
@prefix case: <https://w3id.org/imr-kb/case/> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix fnd:  <https://w3id.org/imr-kb/finding#> .
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix kb:   <https://w3id.org/imr-kb/kb/acoem_2017/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix src:  <https://w3id.org/imr-kb/kb/source/> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
"""
ENTRY = """
kb:{name} a imr:Recommendation ; skos:prefLabel "{name}" ; imr:edition src:acoem_2017 ; imr:section "Invented" ;
    imr:covers svc:{service} ; imr:treats dx:Condition ; imr:disposition imr:{disposition} ; {roles} ;
    imr:verification imr:FromKnowledge ; imr:certainty imr:LowCertainty ; skos:scopeNote "Invented." .
"""
CRITERIA = """
kb:how_many a imr:UnknownCriterion ; skos:definition "How many sessions the guideline allows." .
kb:how_many_unless a imr:UnknownCriterion ; skos:definition "How much of it is meant for most." ; imr:unless kb:fever .
kb:swollen a imr:FindingCriterion ; skos:definition "The joint is swollen." ; imr:finding fnd:Swelling .
kb:fever a imr:FindingCriterion ; skos:definition "There is fever." ; imr:finding fnd:FeverOrChills .
kb:four a imr:QuantityCriterion ; skos:definition "There are no more than 4 sessions." ; imr:service svc:Service ;
    imr:mostUnits 4 .
kb:four_unless a imr:QuantityCriterion ; skos:definition "There are no more than 4 sessions, or so." ;
    imr:service svc:Service ; imr:mostUnits 4 ; imr:unless kb:how_many .
kb:serves a imr:DependsCriterion ; skos:definition "The traction that it serves is necessary." ;
    imr:service svc:Traction .
kb:either a imr:GroupCriterion ; skos:definition "The joint is swollen, or more holds." ; imr:leastMembers 1 ;
    imr:member kb:swollen , kb:how_many .
kb:both a imr:GroupCriterion ; skos:definition "The joint is swollen, and more holds." ;
    imr:member kb:swollen , kb:how_many .
"""
#: What each invented recommendation says, by its service: what it does with the service, and its criteria.
ENTRIES = {
    "Traction": ("Recommended", "imr:limitedBy kb:how_many ; imr:requires kb:swollen"),
    "Pilates": ("Recommended", "imr:continuesIf kb:how_many"),
    "Yoga": ("Recommended", "imr:requires kb:either"),
    "TaiChi": ("Recommended", "imr:requires kb:both"),
    "GymMembership": ("NotRecommended", "imr:unless kb:how_many"),
    "Mattress": ("NotRecommended", "imr:unless kb:both"),
    "HotTub": ("Recommended", "imr:limitedBy kb:four_unless"),
    "Diathermy": ("Recommended", "imr:requires kb:how_many_unless , kb:swollen"),
    "MagnetTherapy": ("Recommended", "imr:ruledOutBy kb:how_many"),
    "BedRest": ("Recommended", "imr:limitedBy kb:how_many , kb:four"),
    "HospitalBed": ("Recommended", "imr:limitedBy kb:four"),
    "HomeModification": ("Recommended", "imr:limitedBy kb:four ; imr:continuesIf kb:how_many"),
    "Transportation": ("Recommended", "imr:requires kb:serves"),
}
SWOLLEN = "imr:hasFinding [ imr:concept fnd:Swelling ]"
DRY = "imr:hasFinding [ imr:concept fnd:Swelling ; imr:polarity imr:Absent ]"
BOTH = f"{SWOLLEN} , [ imr:concept fnd:Swelling ; imr:polarity imr:Absent ]"
FEVER = "imr:hasFinding [ imr:concept fnd:FeverOrChills ]"
NOT_KNOWN = ("undetermined", "not-known")
CASES: dict[str, tuple[str, str, int, tuple[str, str]]] = {
    "a limit that is not known is passed by no number, however small": ("Traction", SWOLLEN, 1, NOT_KNOWN),
    "what is known still refuses": ("Traction", DRY, 1, ("not-necessary", "criterion-not-met")),
    "silence on what is known still refuses": ("Traction", "", 1, ("not-necessary", "not-documented")),
    "where the record says both, that comes first": ("Traction", BOTH, 1, ("undetermined", "conflicting")),
    "a first course is spared what only a second one is asked": ("Pilates", "", 6, ("necessary", "criteria-met")),
    "a second course is asked": (
        "Pilates",
        "imr:hasTreatment [ imr:concept svc:Pilates ; imr:visits 6 ]",
        6,
        NOT_KNOWN,
    ),
    "one of two suffices, and is shown": ("Yoga", SWOLLEN, 1, ("necessary", "criteria-met")),
    "one of two is denied, and of the other nobody knows": ("Yoga", DRY, 1, NOT_KNOWN),
    "one of two is not documented, and of the other nobody knows": ("Yoga", "", 1, NOT_KNOWN),
    "both are asked, and one is shown": ("TaiChi", SWOLLEN, 1, NOT_KNOWN),
    "both are asked, and one is denied": ("TaiChi", DRY, 1, ("not-necessary", "criterion-not-met")),
    "both are asked, and the record is silent on one": ("TaiChi", "", 1, ("not-necessary", "not-documented")),
    "both are asked, and the record says both of one": ("TaiChi", BOTH, 1, ("undetermined", "conflicting")),
    "an exception that is not known leaves the advice against open": ("GymMembership", "", 1, NOT_KNOWN),
    "an exception of which half is shown leaves it open": ("Mattress", SWOLLEN, 1, NOT_KNOWN),
    "an exception of which half is denied does not": ("Mattress", DRY, 1, ("not-necessary", "not-recommended")),
    "an exception of which half is not documented does not": ("Mattress", "", 1, ("not-necessary", "not-documented")),
    "within the number no exception is needed": ("HotTub", "", 4, ("necessary", "criteria-met")),
    "past the number an exception that is not known leaves it open": ("HotTub", "", 5, NOT_KNOWN),
    "where it does not hold, nothing is left open": (
        "Diathermy",
        f"{SWOLLEN} ; {FEVER}",
        1,
        ("necessary", "criteria-met"),
    ),
    "where it holds, it is left open": ("Diathermy", SWOLLEN, 1, NOT_KNOWN),
    "what might rule it out leaves it open": ("MagnetTherapy", "", 1, NOT_KNOWN),
}


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Return the knowledge base with invented entries in place of those of the chapters since 2017."""
    root = tmp_path_factory.mktemp("invented")
    for folder in ("ontology", "shapes", "kb"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.rmtree(root / "kb" / "acoem_2017")
    (root / "kb" / "acoem_2017").mkdir()
    entries = [
        ENTRY.format(name=f"of_{service.lower()}", service=service, disposition=disposition, roles=roles)
        for service, (disposition, roles) in ENTRIES.items()
    ]
    (root / "kb" / "acoem_2017" / "invented.ttl").write_text(HEAD + CRITERIA + "".join(entries), encoding="utf-8")
    return load_knowledge(root)


def _cases(knowledge: Knowledge, *names: str) -> Sequence[Case]:
    text = HEAD
    for name in names:
        service, facts, quantity, _ = CASES[name]
        number = list(CASES).index(name)
        text += f"""
case:{number:02} a imr:Case ; imr:injuredOn "2020-01-10"^^xsd:date ; imr:requestedOn "2020-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:KneePain ] ; {facts + " ;" if facts else ""}
    imr:requests [ imr:concept svc:{service} ; imr:quantity {quantity} ] .
"""
    path = knowledge.root / "cases.ttl"
    path.write_text(text, encoding="utf-8")
    return load_cases(path, knowledge)


def _decided(knowledge: Knowledge, name: str) -> tuple[CaseDecisions, Decision]:
    (result,) = Judge(knowledge).decide(_cases(knowledge, name))
    (decision,) = result.decisions
    return result, decision


def _outcome(decision: Decision) -> tuple[str, str, list[tuple[str, str, str, bool]]]:
    criteria = [(item.criterion, item.status, item.effect, item.decisive) for item in decision.criteria]
    return decision.verdict, decision.ground, criteria


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_known_neither_refuses_nor_approves(invented: Knowledge, name: str) -> None:
    _, decision = _decided(invented, name)
    assert (decision.verdict, decision.ground) == CASES[name][3]
    if CASES[name][3] == NOT_KNOWN:
        assert "not-known" in {item.status for item in decision.criteria}
        assert any(item.decisive and item.effect == "leaves-unknown" for item in decision.criteria)
        assert decision.missing == ()
        assert decision.imr_outcome is None


def test_cases_together_are_decided_as_each_alone(invented: Knowledge) -> None:
    together = [result.decisions[0] for result in Judge(invented).decide(_cases(invented, *CASES))]
    alone = [_decided(invented, name)[1] for name in CASES]
    assert [_outcome(decision) for decision in together] == [_outcome(decision) for decision in alone]


def test_the_checker_and_the_second_opinion_agree(invented: Knowledge) -> None:
    cases = _cases(invented, *CASES)
    checker = Published(invented.root, __version__)
    assert [problem for stored in stored_decisions(cases, invented) for problem in rejected(stored, checker)] == []
    comparison = compare(cases, Judge(invented), second_opinion(invented.root))
    assert comparison.disagreements == ()
    assert comparison.rows["verdict"] == len(cases)


def test_no_change_of_the_record_reaches_what_is_not_known(invented: Knowledge) -> None:
    judge = Judge(invented)
    results = judge.decide(_cases(invented, *CASES))
    for name, result in zip(CASES, Looker(judge, invented).look(results), strict=True):
        outlook = result.decisions[0].outlook
        assert outlook is not None
        if CASES[name][0] == "Traction":
            assert outlook.roads == ()
            assert "necessary" not in outlook.range
        if CASES[name][3] == NOT_KNOWN and not outlook.roads:
            assert set(outlook.unreachable) & {"How many sessions the guideline allows."}, name


def test_what_is_not_known_is_told_in_every_text(invented: Knowledge) -> None:
    result, decision = _decided(invented, next(iter(CASES)))
    sentence = "How many sessions the guideline allows."
    shown = to_dict(result)["decisions"][0]
    assert "Not known here: How many sessions the guideline allows." in shown["rationale"]
    assert [
        (item["kind"], item["status"], item["effect"]) for item in shown["criteria"] if item["text"] == sentence
    ] == [("unknown", "not-known", "leaves-unknown")]
    told = " ".join("".join(explained([result])).split())
    assert "Undetermined (not known)" in told
    assert f"~ {sentence} (limit)" in told
    letter = " ".join("".join(as_text(drafts([result], invented))).split())
    assert f"{sentence} The knowledge base does not hold what the guideline asks here" in letter
    assert decision.source is not None
    assert decision.source.recommendation_label == "of_traction"


def test_coverage_asks_of_an_unknown_criterion_only_that_it_be_shown(invented: Knowledge) -> None:
    unknown = "https://w3id.org/imr-kb/kb/acoem_2017/how_many"
    covered = Coverage(invented, {}, {unknown: "kb/acoem_2017/invented.ttl"})
    assert [problem.what for problem in covered.one_sided] == ["No worked example shows the criterion not known."]
    covered.statuses[unknown, "not-known"] += 1
    assert covered.one_sided == []


@pytest.mark.parametrize("shown", ["met", "not-met", "not-documented"])
def test_coverage_takes_a_group_that_is_not_known_for_the_way_in_which_it_cannot_come_out(
    invented: Knowledge, shown: str
) -> None:
    group = "https://w3id.org/imr-kb/kb/acoem_2017/either"
    covered = Coverage(invented, {}, {group: "kb/acoem_2017/invented.ttl"})
    covered.statuses[group, shown] += 1
    assert len(covered.one_sided) == 1
    covered.statuses[group, "not-known"] += 1
    assert covered.one_sided == []


@pytest.mark.parametrize(
    "name", ["both are asked, and the record is silent on one", "an exception of which half is not documented does not"]
)
def test_beside_what_is_not_known_the_gap_is_told(invented: Knowledge, name: str) -> None:
    _, decision = _decided(invented, name)
    assert [gap.text for gap in decision.gaps] == ["The joint is swollen."]


def _other(knowledge: Knowledge, text: str) -> CaseDecisions:
    path = knowledge.root / "other.ttl"
    path.write_text(
        HEAD
        + f"""
case:other a imr:Case ; imr:injuredOn "2020-01-10"^^xsd:date ; imr:requestedOn "2020-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:KneePain ] ; {text} .
""",
        encoding="utf-8",
    )
    cases = load_cases(path, knowledge)
    checker = Published(knowledge.root, __version__)
    assert [problem for stored in stored_decisions(cases, knowledge) for problem in rejected(stored, checker)] == []
    assert compare(cases, Judge(knowledge), second_opinion(knowledge.root)).disagreements == ()
    (result,) = Judge(knowledge).decide(cases)
    return result


@pytest.mark.parametrize(("service", "quantity", "supported"), [("BedRest", 6, None), ("HospitalBed", 6, 4)])
def test_no_number_is_supported_where_another_limit_is_not_known(
    invented: Knowledge, service: str, quantity: int, supported: int | None
) -> None:
    result = _other(invented, f"imr:requests [ imr:concept svc:{service} ; imr:quantity {quantity} ]")
    (decision,) = result.decisions
    assert (decision.verdict, decision.ground) == ("not-necessary", "limit-exceeded")
    assert decision.supported_quantity == supported
    assert ("are supported" in "".join(as_text(drafts([result], invented)))) is (supported is not None)


def test_an_item_that_waits_for_one_left_open_is_not_said_to_contradict_itself(invented: Knowledge) -> None:
    asked = (
        "imr:requests [ imr:concept svc:Traction ; imr:quantity 1 ; imr:sequence 1 ] , "
        "[ imr:concept svc:Transportation ; imr:quantity 1 ; imr:sequence 2 ]"
    )
    result = _other(invented, f"{SWOLLEN} ; {asked}")
    assert [(one.verdict, one.ground) for one in result.decisions] == [NOT_KNOWN, ("undetermined", "conflicting")]
    texts = ("".join(explained([result])), "".join(as_text(drafts([result], invented))), str(to_dict(result)))
    for text in (" ".join(text.split()).replace("! it says both", "") for text in texts):
        assert "says both" not in text
    assert "The item serves another on which the finding stays open" in " ".join(texts[0].split())


@pytest.mark.parametrize(
    ("service", "possible"),
    [
        ("BedRest", ("undetermined", "not-necessary")),
        ("HospitalBed", ("necessary", "not-necessary")),
        ("HomeModification", ("necessary", "undetermined", "not-necessary")),
    ],
)
def test_the_range_holds_what_earlier_care_would_bring_up(
    invented: Knowledge, service: str, possible: tuple[str, ...]
) -> None:
    result = _other(invented, f"imr:requests [ imr:concept svc:{service} ; imr:quantity 2 ]")
    (looked,) = Looker(Judge(invented), invented).look([result])
    outlook = looked.decisions[0].outlook
    assert outlook is not None
    assert outlook.range == possible


def test_an_exception_that_is_not_known_is_named_in_the_explanation(invented: Knowledge) -> None:
    told = " ".join(
        "".join(explained([_decided(invented, next(n for n in CASES if "advice against" in n))[0]])).split()
    )
    assert "Not known here: How many sessions the guideline allows." in told
