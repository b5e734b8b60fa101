"""When an edition takes the place of another, no care falls silent that the earlier one spoke of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from imr_kb.load import Knowledge, load_knowledge

ROOT = Path(__file__).resolve().parent.parent
EPOCH = date(1970, 1, 1)
#: What is spoken of on a day: the care, and the kinds of it, of each recommendation whose edition is then in force. What
#: only says that a guideline has no passage does not speak, and what was authorized is spoken of by no guideline.
SPOKEN_OF = """
PREFIX imr:   <https://w3id.org/imr-kb/core#>
PREFIX order: <https://w3id.org/imr-kb/kb/order/>
SELECT DISTINCT ?care WHERE {{
  ?recommendation imr:edition ?edition ; imr:covers ?covered ; imr:disposition ?disposition .
  ?edition imr:hasStanding ?standing .
  ?standing imr:tier ?tier ; imr:fromDay ?from .
  OPTIONAL {{ ?standing imr:toDay ?to }}
  ?care imr:within ?covered .
  FILTER(?disposition != imr:NoRecommendation && ?tier != order:rules)
  FILTER(?from <= {day} && (!BOUND(?to) || {day} <= ?to))
}}
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT)


def _spoken_of(knowledge: Knowledge, day: date) -> set[str]:
    rows = knowledge.store.query(SPOKEN_OF.format(day=(day - EPOCH).days))
    return {row["care"].value for row in rows}  # type: ignore[union-attr, index]


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (date(2007, 6, 14), date(2007, 6, 15)),
        (date(2009, 7, 17), date(2009, 7, 18)),
        (date(2016, 7, 28), date(2016, 7, 29)),
    ],
)
def test_no_care_falls_silent_when_an_edition_of_the_schedule_takes_over(
    knowledge: Knowledge, last: date, first: date
) -> None:
    before, after = _spoken_of(knowledge, last), _spoken_of(knowledge, first)
    assert len(before) > 100
    assert sorted(before - after) == []


def test_after_november_2017_the_chapters_that_are_left_out_are_silent(knowledge: Knowledge) -> None:
    before, after = _spoken_of(knowledge, date(2017, 11, 30)), _spoken_of(knowledge, date(2017, 12, 1))
    assert len(after) < len(before) / 2
