"""Numbers in words: a figure that the proof does not carry is not told as one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from imr_kb.explanation import explained
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases, load_knowledge
from imr_kb.phrases import with_arithmetic
from imr_kb.rationale import drafts
from imr_kb.rationale.text import as_text
from imr_kb.trace import CaseDecisions, CriterionResult

CASE = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix dx:   <https://w3id.org/imr-kb/condition#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix drug: <https://w3id.org/imr-kb/drug#> .
@prefix body: <https://w3id.org/imr-kb/body#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/imr-kb/case/figures> a imr:Case ;
    imr:injuredOn "2014-01-10"^^xsd:date ; imr:requestedOn "2015-10-08"^^xsd:date ;
    imr:hasDiagnosis [ imr:concept dx:MyofascialPain ] ;
"""
TWELVE = "imr:requests [ imr:concept svc:PhysicalTherapy ; imr:quantity 12 ; imr:atPart body:LumbarSpine ] ."
NORCO = "imr:requests [ imr:concept drug:Norco ; imr:quantity 60"


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


@cache
def _judge() -> Judge:
    return Judge(_knowledge())


def _decided(tmp_path: Path, said: str) -> CaseDecisions:
    file = tmp_path / "figures.ttl"
    file.write_text(CASE + said)
    (case,) = load_cases(file, _knowledge())
    return next(_judge().decide([case]))


def _judged(result: CaseDecisions, kind: str) -> CriterionResult:
    return next(item for item in result.decisions[0].criteria if item.kind == kind)


def _course(said: str) -> str:
    return f"imr:hasTreatment [ imr:concept svc:PhysicalTherapy {said} ] ;\n"


@pytest.mark.parametrize(
    ("earlier", "told", "in_letter"),
    [
        ("", "(0 + 12 > 10, none on record)", "none is on record before and 12 are requested; the limit is 10"),
        (_course("; imr:visits 6"), "(6 + 12 > 10)", "6 before and 12 requested make 18; the limit is 10"),
        (_course(""), "(? + 12 > 10)", "such care is on record before without a number and 12 are requested"),
        (
            _course("; imr:visits 6") + _course("; imr:onDate '2015-02-01'^^xsd:date"),
            "(6 or more + 12 > 10)",
            "6 and what the record gives no number of are on record before",
        ),
        (
            _course("; imr:visits 24 ; imr:atPart body:Knee"),
            "(0 + 12 > 10, none on record that counts)",
            "none that counts is on record before and 12 are requested",
        ),
    ],
)
def test_earlier_therapy_is_told_as_the_record_counts_it(
    earlier: str, told: str, in_letter: str, tmp_path: Path
) -> None:
    result = _decided(tmp_path, earlier + TWELVE)
    assert told in with_arithmetic(_judged(result, "quantity"))
    assert told in " ".join("".join(explained([result])).split())
    assert in_letter in " ".join("".join(as_text(drafts([result], _knowledge()))).split())


def test_therapy_without_a_count_leaves_the_sum_open_within_the_limit(tmp_path: Path) -> None:
    result = _decided(tmp_path, _course("") + TWELVE.replace("12", "8"))
    item = _judged(result, "quantity")
    assert (item.status, item.values["uncounted"]) == ("not-documented", 1)
    assert "(? + 8 of 10)" in with_arithmetic(item)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"{NORCO} ] .", "(? of 120)"),
        (f"{NORCO} ; imr:strengthMg 10.0 ; imr:perDay 2.0 ] .", "(20 of 120)"),
        (
            f"imr:takesMedication [ imr:concept drug:MorphineER ] ;\n{NORCO} ; imr:strengthMg 10.0 ; imr:perDay 2.0 ] .",
            "(20 or more of 120)",
        ),
    ],
)
def test_a_dose_that_is_not_known_is_not_nought(said: str, told: str, tmp_path: Path) -> None:
    result = _decided(tmp_path, said)
    assert any(told in with_arithmetic(item) for item in result.decisions[0].criteria if item.kind == "dose"), [
        with_arithmetic(item) for item in result.decisions[0].criteria
    ]


def test_days_are_shown_with_two_decimals_and_more_where_two_would_hide_the_difference() -> None:
    def told(prior: float, requested: float) -> str:
        values = {"prior": prior, "requested": requested, "limit": 31}
        return with_arithmetic(
            CriterionResult("", "So long.", "duration", "limit", "met", "passes", True, values, (), "", None, "")
        )

    assert told(0, 30.3331) == "So long (0 + 30.33 <= 31)"
    assert told(0, 31.002) == "So long (0 + 31.002 > 31)"
    assert told(0, 31) == "So long (0 + 31 <= 31)"
