"""Visits that come on top of those told before: "6 therapy visits, and completed 4 more"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.care import further_visits
from imr_kb.letters.drafts import Draft
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["counted_on"]

_TREATMENT: Final = core("Treatment")


def counted_on(sentence: Sentence, care: Sequence[Draft]) -> list[Draft]:
    """Return the further visits of the one course of care told of before: "6 therapy visits, and completed 4 more"."""
    counted = [draft for draft in care if draft.kind == _TREATMENT and core("visits") in draft.values]
    amount = further_visits(sentence) if len(counted) == 1 else None
    if amount is None:
        return []
    course = counted[0]
    return [
        Draft(
            kind=_TREATMENT,
            concept=course.concept,
            parts=course.parts,
            side=course.side,
            values={core("visits"): int(amount.value)},
            spans={sentence.part.span(amount.start, amount.end): None},
            further=True,
        )
    ]
