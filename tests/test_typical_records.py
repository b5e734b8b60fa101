"""Sixty invented records, half complete and half wanting: is each decided as the guideline has it.

What is expected was written from the guideline before the engine had decided. A record that is still decided otherwise says
why; once it is mended, the test asks for its mark to be taken away.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from imr_kb.judge import Judge
from imr_kb.load import Case, load_cases, load_knowledge
from imr_kb.render import to_dict

RECORDS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "typical.toml").read_text(encoding="utf-8")
)["record"]
LETTER = """Case Number: CM16-9999{at:03}
Date of Injury: {injured}
UR Denial Date: {denied}

CLINICAL CASE SUMMARY

{summary}

IMR ISSUES, DECISIONS AND RATIONALES

{item}: Upheld
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the verdicts on each record, read as a letter, by its name."""
    knowledge = load_knowledge()
    folder = tmp_path_factory.mktemp("typical")
    cases: list[Case] = []
    for at, record in enumerate(RECORDS):
        path = folder / f"record-{at:03}.txt"
        path.write_text(LETTER.format(at=at, **record), encoding="utf-8")
        cases.extend(load_cases(path, knowledge))
    results = Judge(knowledge).decide(cases)
    return {
        record["name"]: [decision["verdict"] for decision in to_dict(result)["decisions"]]
        for record, result in zip(RECORDS, results, strict=True)
    }


def test_half_of_the_records_are_complete() -> None:
    assert len(RECORDS) == 110
    assert sum(record["necessary"] for record in RECORDS) == 55
    assert len({record["name"] for record in RECORDS}) == 110
    assert all(record["because"] for record in RECORDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["name"])
def test_a_typical_record_is_decided_as_the_guideline_has_it(
    record: dict[str, Any], verdicts: dict[str, list[str]]
) -> None:
    expected = ["necessary" if record["necessary"] else "not-necessary"]
    agrees = verdicts[record["name"]] == expected
    if "wrong" in record:
        assert not agrees, "decided as expected: take its mark `wrong` away"
    else:
        assert agrees, f"{verdicts[record['name']]}, but {record['because']}"
