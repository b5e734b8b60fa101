"""How many a request asks for without giving a number: full days by their hours, one injection by its singular."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.lexicon import cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import core

__all__ = ["asks_for_one", "in_full_days"]

_BOTH: Final = core("Bilateral")
_EACH_SIDE: Final = frozenset({_BOTH, core("Left"), core("Right")})
#: Words by which care is asked for more than once.
_AGAIN_AND_AGAIN: Final = tuple(cue(name) for name in ("QuantityMark", "Weekly", "Monthly", "Manner"))


def asks_for_one(sentence: Sentence, noun: str | None) -> bool:
    """Whether the heading names care by its ``noun`` once, for one side and time: "left knee steroid injection"."""
    sides = {side for one in sentence.mentions for side in one.concepts if side in _EACH_SIDE}
    if noun is None or len(sides) > 1 or _BOTH in sides or sentence.has(*_AGAIN_AND_AGAIN):
        return False
    return [token.lower for token in sentence.tokens[sentence.start : sentence.end]].count(noun) == 1


def in_full_days(sentence: Sentence, hours: str | None) -> int | None:
    """Return the full days that the hours of the heading come to, where ``hours`` of such care are one.

    Hours that are no more than a day tell how long one is.
    """
    asked_for = next((amount.value for amount in sentence.amounts if amount.kind is Kind.HOURS), None)
    if hours is None or asked_for is None or asked_for <= Decimal(hours):
        return None
    return ceil(asked_for / Decimal(hours))
