"""An explanation begins with what a reader needs to act, and leaves the long lists to options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_kb.cli import main
from imr_kb.explanation import explained
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.phrases import rationale
from imr_kb.render import as_text
from imr_kb.trace import CaseDecisions
from imr_kb.worked import load_examples

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "tests" / "cases" / "demo.txt"
FIRST_SCREEN = 24

pytestmark = pytest.mark.usefixtures("loaded_once")

WAITED = """
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix dx:  <https://w3id.org/imr-kb/condition#> .
@prefix svc: <https://w3id.org/imr-kb/service#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/waited> a imr:Case ;
    imr:injuredOn "2015-05-20"^^xsd:date ; imr:requestedOn "2015-06-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:LumbarStrain ] ;
    imr:requests [ imr:concept svc:LumbarMri ; imr:requestedText "MRI of the low back" ] .
"""

EXCEPTION = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/exception> a imr:Case ;
    imr:injuredOn "2008-01-10"^^xsd:date ; imr:requestedOn "2009-07-17"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:LumbarRadiculopathy ] ;
    imr:requests [ imr:concept drug:Norco ; imr:quantity 60 SUPPLY ] .
"""


def _shown(*options: str, file: Path = DEMO) -> str:
    done = CliRunner().invoke(main, ["explain", "--brief", *options, str(file)], prog_name="imr-kb")
    assert done.exit_code == 0, done.output
    return done.stdout


def _plain(text: str) -> str:
    return " ".join(text.split())


def _example(name: str, knowledge: Knowledge) -> CaseDecisions:
    examples = load_examples([ROOT / "tests" / "worked" / "order.ttl"], knowledge)
    (case,) = [example.case for example in examples if example.iri.endswith(f"/{name}")]
    (result,) = Judge(knowledge).decide([case])
    return result


def test_verdict_reason_gaps_and_roads_of_the_first_item_stand_on_the_first_screen() -> None:
    done = CliRunner().invoke(main, ["explain", str(DEMO)], prog_name="imr-kb")
    screen = "\n".join(done.stdout.splitlines()[:FIRST_SCREEN])
    for words in ("Not shown medically necessary", "8 + 8 > 10", "Not documented, and needed", "Would be necessary if"):
        assert words in screen
    assert "if it said more, this could be necessary or not necessary" in _plain(screen)


def test_what_is_missing_is_told_as_needed_together_or_as_one_way_of_several(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    therapy = _plain(_shown().partition("\n1. ")[2].partition("\n2. ")[0])
    gain, reason = "Functional improvement from the earlier visits is documented.", "The record gives a reason why"
    assert f"Not documented, and needed: - {gain} - {reason}" in therapy
    path = tmp_path / "exception.ttl"
    path.write_text(EXCEPTION.replace("2009-07-17", "2016-10-08").replace("SUPPLY", ""), encoding="utf-8")
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    opioid = _plain("".join(explained([result])))
    assert "- one of these: - " in opioid.partition("Not documented, and needed:")[2].partition("Governs:")[0]


def test_the_signs_are_explained_before_the_first_of_them() -> None:
    text = _shown()
    legend = text.index("+ met, - not met, ? the record does not say")
    assert legend < re.search(r"(?m)^ +[-+?!.] ", text).start()  # type: ignore[union-attr]


def test_recommendations_that_do_not_fit_are_counted_and_listed_on_demand(knowledge: Knowledge) -> None:
    brief, full = _plain(_shown()), _plain(_shown("--all"))
    unfit = "Physical medicine for complex regional pain syndrome"
    assert unfit in full
    assert unfit not in brief
    # What fits and gave way stays.
    for text in (brief, full):
        assert "A source of higher legal rank speaks to the request." in text
    assert "that do not fit this case" not in full
    from imr_kb.inputs import Inputs

    (result,) = Judge(knowledge).decide(Inputs(knowledge).cases([DEMO]))
    told = [int(number) for number in re.findall(r"- (\d+) more that do not fit this case", brief)]
    counted = [sum(not other.fits for other in item.not_governing) for item in result.decisions]
    assert told == [number for number in counted if number]
    for number, reasons in re.findall(r"- (\d+) more that do not fit this case; --all lists them \(([^)]*)\)", brief):
        assert sum(map(int, re.findall(r"(\d+): ", reasons))) == int(number)


def test_rule_files_are_named_only_on_demand() -> None:
    assert ".rq" not in _shown()
    named = set(re.findall(r"\[([\w/]+\.rq)\]", _shown("--rules")))
    assert "criteria/quantity.rq" in named
    assert all((ROOT / "imr_kb" / "rules" / name).is_file() for name in named)


def test_time_of_care_is_told_in_days_since_the_injury(tmp_path: Path) -> None:
    path = tmp_path / "waited.ttl"
    path.write_text(WAITED, encoding="utf-8")
    text = _plain(_shown(file=path))
    assert "(19 days since the injury, and 28 are asked for)" in text
    assert "19 of 28" not in text


def test_a_rebutted_recommendation_of_the_schedule_is_not_called_absent(knowledge: Knowledge) -> None:
    result = _example("better_evidence_rebuts_the_schedule", knowledge)
    (item,) = result.decisions
    assert item.source is not None
    assert item.source.tier == "odg"
    text = _plain("".join(explained([result])))
    assert "No recommendation of the MTUS" not in text
    assert "which rebuts the presumption that this recommendation is correct" in text


def test_where_the_schedule_is_silent_it_is_said_so() -> None:
    item = _shown().partition("\n3. ")[2]
    assert "(ACOEM, not part of the MTUS)" in _plain(item)
    assert "No recommendation of the MTUS that fits this case speaks to the service." in _plain(item)


def test_the_reason_names_what_failed_and_not_what_is_asked_of_its_exceptions(knowledge: Knowledge) -> None:
    examples = load_examples([ROOT / "tests" / "worked" / "acoem_2004"], knowledge)[::6]
    told = set()
    for result in Judge(knowledge).decide([example.case for example in examples]):
        text = _plain("".join(explained([result])))
        for item in result.decisions:
            (reason,) = re.findall(r"Why: (.*?)(?= The limit leaves| Formulary:| Not documented,| Governs:|$)", text)
            asked = {each.text.rstrip(".") for each in item.criteria if each.role != "exception"}
            excepted = {each.text.rstrip(".") for each in item.criteria if each.role == "exception"}
            assert not [words for words in excepted - asked if words in reason]
            failed = {
                (each.status, each.text.rstrip("."))
                for each in item.criteria
                if each.role in {"requires", "rules-out", "limit"} and each.kind != "group" and each.within is None
                if each.decisive and each.effect == "fails" and each.status in {"met", "not-met"}
            }
            for status, words in sorted(failed):
                lead = "It is ruled out by: " if status == "met" else "Not met: "
                assert lead in reason
                assert words in reason or "more." in reason
                told.add(status)
    assert told == {"met", "not-met"}


def test_rules_of_utilization_review_are_not_given_out_as_a_guideline(knowledge: Knowledge) -> None:
    examples = load_examples([ROOT / "tests" / "worked" / "authorized_care"], knowledge)
    results = Judge(knowledge).decide([example.case for example in examples])
    texts = [_plain("".join(explained([result]))) for result in results]
    assert any("(rules of utilization review, which come before every guideline)" in text for text in texts)
    assert not any("RULES" in text for text in texts)


@pytest.mark.parametrize(
    ("supply", "ground", "told"),
    [
        ("", "not-documented", "supports Norco only where an exception holds"),
        ("; imr:daysSupply 30", "not-recommended", "advises against Norco"),
    ],
)
def test_advice_against_a_drug_refuses_by_silence_only_where_the_record_is_silent_on_the_exception(
    supply: str, ground: str, told: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = tmp_path / "exception.ttl"
    path.write_text(EXCEPTION.replace("SUPPLY", supply), encoding="utf-8")
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    assert result.decisions[0].ground == ground
    assert told in rationale(result.decisions[0])
    other = "advises against" if ground == "not-documented" else "only where an exception holds"
    assert other not in rationale(result.decisions[0]) + _plain("".join(explained([result])))


def test_of_several_cases_in_one_file_each_is_named(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "two.ttl"
    one = EXCEPTION.replace("SUPPLY", "")
    path.write_text(
        one + one[one.index("<https://w3id.org/imr-kb/case/") :].replace("exception>", "second>"), encoding="utf-8"
    )
    results = list(Judge(knowledge).decide(load_cases(path, knowledge)))
    for text in ("".join(as_text(results)), "".join(explained(results))):
        assert re.findall(r"(?m)^two.ttl.*?(?=: decided)", text) == ["two.ttl, case exception", "two.ttl, case second"]
    assert "".join(as_text(results[:1])).startswith("two.ttl: decided as of")
