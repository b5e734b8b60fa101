"""Roads that ask for less, and what they say: used visits of authorized care, the dose in use, a supply of so many days."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases, load_knowledge
from imr_kb.outlook import outlook_in_words
from imr_kb.trace import Decision
from imr_kb.whatif.outlook import Looker

CASE = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix fnd:  <https://w3id.org/imr-kb/finding#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/amounts> a imr:Case ;
    imr:injuredOn "2013-01-10"^^xsd:date ; imr:requestedOn "2015-10-08"^^xsd:date ;
"""
THERAPY = """
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ;
    imr:hasResponse [ imr:concept fnd:FunctionalImprovement ; imr:toService svc:PhysicalTherapy ] ;
"""


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


@cache
def _judge() -> Judge:
    return Judge(_knowledge())


def _looked(tmp_path: Path, said: str) -> Decision:
    file = tmp_path / "amounts.ttl"
    file.write_text(CASE + said)
    result = next(_judge().decide(load_cases(file, _knowledge())))
    return next(Looker(_judge(), _knowledge()).look([result])).decisions[0]


def _options(decision: Decision) -> set[str]:
    assert decision.outlook is not None
    return {way.option for road in decision.outlook.roads for step in road.steps for way in step}


def _words(decision: Decision) -> str:
    assert decision.outlook is not None
    return " ".join(outlook_in_words(decision.outlook, decision.verdict))


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("svc:PhysicalTherapy", "that the physical therapy that was authorized has been used (6 visits)"),
        ("drug:Norco", "that the norco that was authorized has been used (6 units)"),
    ],
)
def test_authorized_care_that_is_to_be_used_first_is_told_as_use(service: str, told: str, tmp_path: Path) -> None:
    authorized = f"imr:hasAuthorization [ imr:concept {service} ; imr:quantity 6 ] ;"
    asked = f"imr:requests [ imr:concept {service} ; imr:quantity 4 ; imr:strengthMg 5.0 ; imr:perDay 1.0 ] ."
    words = _words(_looked(tmp_path, THERAPY + authorized + asked))
    assert told in words
    assert not re.search(r"(?<!earlier )(?<!that the )(physical therapy|norco) \(\d+ visits\)", words)


@pytest.mark.parametrize(("used", "most"), [(4, 6), (8, 2)])
def test_fewer_visits_are_asked_for_by_what_was_used_of_authorized_care(used: int, most: int, tmp_path: Path) -> None:
    authorized = f"imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ; imr:quantity {used} ; imr:visits {used} ] ;"
    found = _looked(
        tmp_path, THERAPY + authorized + "imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 12 ] ."
    )
    assert f'--set "request 1 quantity {most}"' in _options(found)


def test_a_course_without_a_count_may_hold_the_used_visits_of_authorized_care(tmp_path: Path) -> None:
    earlier = """
    imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ; imr:quantity 6 ; imr:visits 6 ] ;
    imr:hasTreatment [ imr:concept svc:PhysicalTherapy ] ;
    imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 3 ] .
    """
    found = _looked(tmp_path, THERAPY + earlier)
    assert '--set "svc:PhysicalTherapy visits 7"' in _options(found)
    assert "earlier physical therapy (no more than 7 visits)" in _words(found)


OPIOID = """
    imr:hasDiagnosis [ imr:concept dx:LowBackPain ] ;
    imr:hasFinding [ imr:concept fnd:AdverseEffectsReviewed ] , [ imr:concept fnd:AnalgesiaDocumented ] ,
        [ imr:concept fnd:FunctionDocumented ] , [ imr:concept fnd:OpioidRiskAssessed ] ,
        [ imr:concept fnd:UrineDrugTestConsistent ] ;
"""


@pytest.mark.parametrize(
    ("drugs", "option"),
    [
        # 30 of the oxycodone leave 50 of 80: five tablets of ten a day.
        (
            """imr:takesMedication [ imr:concept drug:OxycodoneIR ; imr:strengthMg 10.0 ; imr:perDay 2.0 ] ;
            imr:requests [ imr:concept drug:Norco ; imr:strengthMg 10.0 ; imr:quantity 300 ; imr:daysSupply 30 ] .""",
            "request 1 quantity 150",
        ),
        # The request gives no dose: one that it gave would take the place of the twelve tablets in use.
        (
            """imr:takesMedication [ imr:concept drug:Norco ; imr:strengthMg 10.0 ; imr:perDay 12.0 ] ;
            imr:requests [ imr:concept drug:Norco ; imr:strengthMg 10.0 ; imr:quantity 60 ] .""",
            "request 1 perDay 8",
        ),
    ],
)
def test_less_of_a_drug_is_asked_for_in_what_the_dose_is_counted_from(drugs: str, option: str, tmp_path: Path) -> None:
    case = CASE.replace("2015-10-08", "2016-10-08")
    file = tmp_path / "dose.ttl"
    file.write_text(case + OPIOID + drugs)
    result = next(_judge().decide(load_cases(file, _knowledge())))
    found = next(Looker(_judge(), _knowledge()).look([result])).decisions[0]
    assert f'--set "{option}"' in _options(found), found.outlook
