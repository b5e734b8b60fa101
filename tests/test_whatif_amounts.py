"""Roads that ask for less, and what they say: used visits of authorized care, the dose in use, a supply of so many days."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from outlooks import looked_at, options, words

DATES = 'imr:injuredOn "2013-01-10"^^xsd:date ; imr:requestedOn "2015-10-08"^^xsd:date ;'
THERAPY = """
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ;
    imr:hasResponse [ imr:concept fnd:FunctionalImprovement ; imr:toService svc:PhysicalTherapy ] ;
"""


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ("svc:PhysicalTherapy", "that the physical therapy that was authorized has been used (6 visits)"),
        ("svc:Acupuncture", "that the acupuncture that was authorized has been used (6 visits)"),
    ],
)
def test_authorized_care_that_is_to_be_used_first_is_told_as_use(service: str, told: str, tmp_path: Path) -> None:
    authorized = f"imr:hasAuthorization [ imr:concept {service} ; imr:quantity 6 ] ;"
    asked = f"imr:requests [ imr:concept {service} ; imr:quantity 4 ; imr:strengthMg 5.0 ; imr:perDay 1.0 ] ."
    line = words(looked_at(tmp_path, DATES + THERAPY + authorized + asked)[0])
    assert told in line
    assert not re.search(r"(?<!earlier )(?<!that the )(physical therapy|acupuncture) \(\d+ visits\)", line)


def test_authorized_care_of_unknown_number_is_used_up_where_no_more_was_authorized_than_used(tmp_path: Path) -> None:
    authorized = "imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ; imr:visits 4 ] ;"
    asked = "imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 2 ] ."
    (decision,) = looked_at(tmp_path, DATES + THERAPY + authorized + asked)
    assert "the record showed that no more than 4 visits of physical therapy were authorized" in words(decision)
    assert options(decision) == {'--set "authorization svc:PhysicalTherapy quantity 4"'}


def test_authorized_care_of_which_neither_number_nor_use_is_on_record_offers_no_number(tmp_path: Path) -> None:
    authorized = "imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ] ;"
    asked = "imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 2 ] ."
    (decision,) = looked_at(tmp_path, DATES + THERAPY + authorized + asked)
    assert options(decision) == set()


@pytest.mark.parametrize(("used", "most"), [(4, 6), (8, 2)])
def test_fewer_visits_are_asked_for_by_what_was_used_of_authorized_care(used: int, most: int, tmp_path: Path) -> None:
    authorized = f"imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ; imr:quantity {used} ; imr:visits {used} ] ;"
    asked = "imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 12 ] ."
    (found,) = looked_at(tmp_path, DATES + THERAPY + authorized + asked)
    assert f'--set "request 1 quantity {most}"' in options(found)


def test_a_course_without_a_count_may_hold_the_used_visits_of_authorized_care(tmp_path: Path) -> None:
    earlier = """
    imr:hasAuthorization [ imr:concept svc:PhysicalTherapy ; imr:quantity 6 ; imr:visits 6 ] ;
    imr:hasTreatment [ imr:concept svc:PhysicalTherapy ] ;
    imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 3 ] .
    """
    (found,) = looked_at(tmp_path, DATES + THERAPY + earlier)
    assert '--set "svc:PhysicalTherapy visits 7"' in options(found)
    assert "earlier physical therapy (no more than 7 visits)" in words(found)


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
    (found,) = looked_at(tmp_path, DATES.replace("2015", "2016") + OPIOID + drugs)
    assert f'--set "{option}"' in options(found)


OPERATION = ", [ imr:sequence 1 ; imr:concept svc:KneeArthroscopy ]"


@pytest.mark.parametrize("operation", [OPERATION, ""])
def test_approval_of_an_operation_depends_on_its_item_where_that_is_in_dispute_too(
    operation: str, tmp_path: Path
) -> None:
    case = f"""
    imr:hasDiagnosis [ imr:concept dx:MeniscalTear ] ;
    imr:requests [ imr:sequence 2 ; imr:concept svc:ColdTherapyUnit ; imr:atPart body:Knee ; imr:daysSupply 7 ] {operation} .
    """
    unit = looked_at(tmp_path, DATES + case)[-1]
    assert "surgery approved" in words(unit)
    assert ("surgery approved (which depends on item 1, in dispute in this case)" in words(unit)) == bool(operation)


@pytest.mark.parametrize(
    ("taken", "told"),
    [("OralKetoprofen", "from ketoprofen"), ("OralMeloxicam", "from meloxicam")],
)
def test_a_response_is_looked_for_to_the_drug_that_was_taken_and_not_to_one_that_never_was(
    taken: str, told: str, tmp_path: Path
) -> None:
    case = f"""
    imr:hasDiagnosis [ imr:concept dx:LowBackPain ] ;
    imr:takesMedication [ imr:concept drug:{taken} ] ;
    imr:requests [ imr:concept drug:OralMeloxicam ; imr:strengthMg 7.5 ; imr:quantity 30 ; imr:daysSupply 30 ] .
    """
    (found,) = looked_at(tmp_path, DATES.replace("2015", "2016") + case)
    assert found.outlook is not None
    assert told in words(found)
    assert ("meloxicam" in words(found)) == (taken == "OralMeloxicam")
