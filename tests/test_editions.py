"""When an edition takes the place of another, no care falls silent that the earlier one spoke of, whatever it is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from imr_kb.load import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parent.parent
EPOCH = date(1970, 1, 1)
#: The care and the condition of each recommendation whose edition is in force on a day. What only says that a guideline has
#: no passage does not speak, what was authorized is spoken of by no guideline, and what speaks of one part of the body or of
#: the time after an operation only cannot take the place of what speaks of any.
SPOKEN_OF = """
PREFIX imr:   <https://w3id.org/imr-kb/core#>
PREFIX order: <https://w3id.org/imr-kb/kb/order/>
SELECT DISTINCT ?care ?condition WHERE {{
  ?recommendation imr:edition ?edition ; imr:covers ?care ; imr:treats ?condition ; imr:disposition ?disposition .
  ?edition imr:hasStanding ?standing .
  ?standing imr:tier ?tier ; imr:fromDay ?from .
  OPTIONAL {{ ?standing imr:toDay ?to }}
  FILTER(?disposition != imr:NoRecommendation && ?tier != order:rules)
  FILTER(?from <= {day} && (!BOUND(?to) || {day} <= ?to))
  FILTER NOT EXISTS {{ ?recommendation imr:region ?part }}
  FILTER NOT EXISTS {{ ?recommendation imr:afterSurgery ?operation }}
}}
"""
WITHIN = "PREFIX imr: <https://w3id.org/imr-kb/core#> SELECT ?narrow ?wide WHERE { ?narrow imr:within ?wide }"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT)


@pytest.fixture(scope="module")
def within(knowledge: Knowledge) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for narrow, wide in _rows(knowledge, WITHIN):
        found.setdefault(narrow, set()).add(wide)
    return found


def _rows(knowledge: Knowledge, query: str) -> Iterator[tuple[str, str]]:
    solutions: Any = knowledge.store.query(query)
    return ((row[0].value, row[1].value) for row in solutions)


def _spoken_of(knowledge: Knowledge, day: date) -> set[tuple[str, str]]:
    return set(_rows(knowledge, SPOKEN_OF.format(day=(day - EPOCH).days)))


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (date(2007, 6, 14), date(2007, 6, 15)),
        (date(2009, 7, 17), date(2009, 7, 18)),
        (date(2016, 7, 28), date(2016, 7, 29)),
    ],
)
def test_no_care_falls_silent_when_an_edition_of_the_schedule_takes_over(
    knowledge: Knowledge, within: dict[str, set[str]], last: date, first: date
) -> None:
    before, after = _spoken_of(knowledge, last), _spoken_of(knowledge, first)
    silent = [
        (care, condition)
        for care, condition in before
        if not any((kind, wider) in after for kind in within[care] for wider in within[condition])
    ]
    assert len(before) > 50
    assert sorted(silent) == []


def test_after_november_2017_the_chapters_that_are_left_out_are_silent(knowledge: Knowledge) -> None:
    before, after = _spoken_of(knowledge, date(2017, 11, 30)), _spoken_of(knowledge, date(2017, 12, 1))
    assert len(after) < len(before) / 2
