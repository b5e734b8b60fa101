"""Where no recommendation speaks to a request, the decision names the guidelines in force of which not all is encoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_kb.explanation import explained
from imr_kb.judge import Judge
from imr_kb.load import Knowledge, load_cases
from imr_kb.rationale.letter import drafts
from imr_kb.rationale.text import as_text
from imr_kb.render import to_dict
from imr_kb.trace import CaseDecisions

CASE = """
@prefix case: <https://w3id.org/imr-kb/case/> .
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix svc:  <https://w3id.org/imr-kb/service#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

case:silent a imr:Case ; {dated} imr:requests case:silent\\/item .
case:silent\\/item a imr:Request ; imr:sequence 1 ; imr:requestedText "{text}" ; imr:concept svc:{service} .
"""
SCHEDULE = "https://w3id.org/imr-kb/kb/source/acoem_2017"
ODG = "https://w3id.org/imr-kb/kb/source/odg_2015"


def _decided(tmp_path: Path, knowledge: Knowledge, requested_on: str | None, service: str = "Service") -> CaseDecisions:
    dated = f'imr:requestedOn "{requested_on}"^^xsd:date ;' if requested_on else ""
    path = tmp_path / "silent.ttl"
    path.write_text(CASE.format(dated=dated, text="A service", service=service), encoding="utf-8")
    (result,) = Judge(knowledge).decide(load_cases(path, knowledge))
    return result


@pytest.mark.parametrize(
    ("requested_on", "editions"),
    [
        ("2011-12-31", []),
        ("2012-01-01", [ODG]),
        ("2017-11-30", [ODG]),
        ("2017-12-01", [SCHEDULE]),
        ("2024-05-01", [SCHEDULE]),
        (None, []),
    ],
)
def test_silence_is_told_with_the_guidelines_of_the_day_that_are_not_encoded_whole(
    tmp_path: Path, knowledge: Knowledge, requested_on: str | None, editions: list[str]
) -> None:
    (decision,) = _decided(tmp_path, knowledge, requested_on).decisions
    assert (decision.verdict, decision.ground) == ("undetermined", "no-recommendation")
    assert [edition.iri for edition in decision.unencoded] == editions


def test_what_is_not_encoded_is_told_in_every_text(tmp_path: Path, knowledge: Knowledge) -> None:
    result = _decided(tmp_path, knowledge, "2024-05-01")
    (decision,) = result.decisions
    (edition,) = decision.unencoded
    told = f"{edition.encoding}: {edition.label} ({edition.edition})."
    assert told in to_dict(result)["decisions"][0]["rationale"]
    assert told in " ".join("".join(explained([result])).split())
    assert told in " ".join("".join(as_text(drafts([result], knowledge))).split())
    assert to_dict(result)["decisions"][0]["unencoded"] == [
        {"iri": SCHEDULE, "label": edition.label, "edition": edition.edition, "encoding": edition.encoding}
    ]


def test_a_request_to_which_something_speaks_names_no_other_guideline(tmp_path: Path, knowledge: Knowledge) -> None:
    result = _decided(tmp_path, knowledge, "2015-05-01", service="PainManagementConsultation")
    (decision,) = result.decisions
    assert decision.source is not None
    assert decision.unencoded == ()
    assert "unencoded" not in to_dict(result)["decisions"][0]
