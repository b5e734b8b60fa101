"""Invented records, complete and wanting: is each decided as the guideline has it.

What is expected was written from the guideline before the engine had decided. A record that is still decided otherwise says
why; once it is mended, the test asks for its mark to be taken away.

The 110 of typical.toml were worked on until 107 came out right; at first 85 did. The 60 of unseen.toml were written
afterwards, for services, parts and years that the first leave out. Of them 36 came out right when they were first
decided: 28 of the 30 wanting ones, and 8 of the 30 complete ones. That is the figure to expect on records that nobody
has worked on. After general causes were mended 53 come out right, which is in-sample as the 107 are. Three records
had to be corrected: one left out a fact that the table asks for, two told in the summary what letters tell in the
heading.

The 40 complete ones of fresh.toml were written in words that are not those of the vocabulary: 7 came out right at first.
Words that are alike, lengths of lists, what cannot be done and gains by two measures were then read in general, and 23 come
out right. Of the 30 of later.toml, written after that, 17 came out right at first, all 10 wanting ones and 7 of the 20
complete ones; the reader from before would have had 16 of them, 6 of the complete ones. Of the 15 complete ones of
last.toml, written after further names had been gathered, 7 came out right at first, as many as before all of this. So the
figure to expect on a complete record that nobody has worked on is still between a third and a half: what was read in general
takes the reader closer, but a record is approved only when the last of its criteria is read.

Care.toml is of drugs and of care without an operation, as terse as what utilization review sums up. Of its first 62
complete ones 31 came out right at first and 54 after general causes were mended; of 15 written then, 8 and 12. Its 15
wanting ones all did. Of the 30 complete ones of care_after.toml, written beside these and not worked on, 20 came out right,
where the reader from before would have had 17, and all 8 wanting ones. So between a half and two thirds is
what to expect. One more of them came right when the records of procedures were worked on.

The 83 of procedures.toml are on injections, operations, tests, equipment and consultations, in the words of utilization
review summaries. At first 40 came out right: all 15 wanting ones and 25 of the 68 complete ones. 15 complete ones had left
something to their reader and were corrected; the reader from before has 26 of the complete ones then, and after the mends 64
come out right. Of the 38 of procedures_after.toml, written after that and not worked on, 31 came out right at first, all 8
wanting ones and 23 of the 30 complete ones; the reader from before would have had 18 of these.

Words that said more than they should were then taken back, such as a fall for a recent trauma, and two criteria stand again
as the tables have them. So 59 of the 68 complete records of procedures and 22 of the 30 written after come out right.

The 60 of terse_procedures.toml are as terse as published case summaries, on tests, injections, operations and what goes with
them. At first 42 came out right: all 15 wanting ones and 27 of the 45 complete ones; one of these had left something out and
was corrected. After general causes were mended 41 of the complete ones do. Of the 38 of terse_procedures_after.toml,
written after that and not worked on, 32 came out right at first, all 8 wanting ones and 24 of the 30 complete ones; the
reader from before would have had 22 of these.

The 60 of terse_care.toml are written as determinations sum up a case, on services that the others have seldom. Of the 45
complete ones 32 came out right at first, 35 once three that had left something out were corrected, and 43 after general
causes were mended; the 15 wanting ones all did. Three of those of care_after.toml came right with them. The 63 of
terse_care_after.toml were written after that in two lots and not worked on: of their 48 complete ones 40 came out right,
21 of 28 and 19 of 20, the same ones that the reader from before has, and all 15 wanting ones. So the mends were of words
that these do not use, and four in five is what to expect of a complete record in this manner. Of two lumbar and neck devices
the expectation was corrected, and counted among the wanting ones.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from imr_kb.judge import Judge
from imr_kb.load import Case, load_cases, load_knowledge
from imr_kb.render import to_dict

CASES = Path(__file__).parent / "cases"


def _records(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = tomllib.loads((CASES / name).read_text(encoding="utf-8"))["record"]
    return records


TYPICAL = _records("typical.toml")
UNSEEN = _records("unseen.toml")
FRESH = _records("fresh.toml")
LATER = _records("later.toml")
LAST = _records("last.toml")
CARE = _records("care.toml")
CARE_AFTER = _records("care_after.toml")
TERSE_CARE = _records("terse_care.toml")
TERSE_CARE_AFTER = _records("terse_care_after.toml")
PROCEDURES = _records("procedures.toml")
PROCEDURES_AFTER = _records("procedures_after.toml")
TERSE_PROCEDURES = _records("terse_procedures.toml")
TERSE_PROCEDURES_AFTER = _records("terse_procedures_after.toml")
RECORDS = [
    *(*TYPICAL, *UNSEEN, *FRESH, *LATER, *LAST, *CARE, *CARE_AFTER, *TERSE_CARE, *TERSE_CARE_AFTER),
    *(*PROCEDURES, *PROCEDURES_AFTER, *TERSE_PROCEDURES, *TERSE_PROCEDURES_AFTER),
]
LETTER = """Case Number: CM16-9999{at:03}
Date of Injury: {injured}
UR Denial Date: {denied}

CLINICAL CASE SUMMARY

{summary}

IMR ISSUES, DECISIONS AND RATIONALES

{items}
"""


def _services(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [record, *record.get("also", ())]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the verdicts on each record, read as a letter, by its name."""
    knowledge = load_knowledge()
    folder = tmp_path_factory.mktemp("typical")
    cases: list[Case] = []
    for at, record in enumerate(RECORDS):
        path = folder / f"record-{at:03}.txt"
        items = "\n\n".join(f"{service['item']}: Upheld" for service in _services(record))
        path.write_text(LETTER.format(at=at, items=items, **record), encoding="utf-8")
        cases.extend(load_cases(path, knowledge))
    results = Judge(knowledge).decide(cases)
    return {
        record["name"]: [decision["verdict"] for decision in to_dict(result)["decisions"]]
        for record, result in zip(RECORDS, results, strict=True)
    }


@pytest.mark.parametrize(("records", "count"), [(TYPICAL, 110), (UNSEEN, 60)], ids=["typical", "unseen"])
def test_half_of_the_records_are_complete(records: list[dict[str, Any]], count: int) -> None:
    assert len(records) == count
    assert sum(record["necessary"] for record in records) == count / 2
    assert all(service["because"] for record in records for service in _services(record))


@pytest.mark.parametrize(("records", "count"), [(FRESH, 40), (LAST, 15)], ids=["fresh", "last"])
def test_each_of_the_records_is_complete(records: list[dict[str, Any]], count: int) -> None:
    assert len(records) == count
    assert all(record["necessary"] and record["because"] for record in records)


def test_twenty_of_the_later_records_are_complete() -> None:
    assert len(LATER) == 30
    assert sum(record["necessary"] for record in LATER) == 20
    assert all(record["because"] for record in LATER)


@pytest.mark.parametrize(
    ("records", "complete", "wanting"),
    [
        (CARE, 77, 15),
        (CARE_AFTER, 30, 8),
        (TERSE_CARE, 45, 15),
        (TERSE_CARE_AFTER, 48, 15),
        (PROCEDURES, 68, 15),
        (PROCEDURES_AFTER, 30, 8),
        (TERSE_PROCEDURES, 45, 15),
        (TERSE_PROCEDURES_AFTER, 30, 8),
    ],
    ids=[
        *("care", "care_after", "terse_care", "terse_care_after"),
        *("procedures", "procedures_after", "terse_procedures", "terse_procedures_after"),
    ],
)
def test_most_of_the_records_of_care_and_procedures_are_complete(
    records: list[dict[str, Any]], complete: int, wanting: int
) -> None:
    assert sum(record["necessary"] for record in records) == complete
    assert sum(not record["necessary"] for record in records) == wanting
    assert all(record["because"] for record in records)


def test_each_record_has_a_name_of_its_own() -> None:
    assert len({record["name"] for record in RECORDS}) == len(RECORDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["name"])
def test_a_typical_record_is_decided_as_the_guideline_has_it(
    record: dict[str, Any], verdicts: dict[str, list[str]]
) -> None:
    expected = ["necessary" if service["necessary"] else "not-necessary" for service in _services(record)]
    agrees = verdicts[record["name"]] == expected
    if "wrong" in record:
        assert not agrees, "decided as expected: take its mark `wrong` away"
    else:
        assert agrees, f"{verdicts[record['name']]}, but {record['because']}"
