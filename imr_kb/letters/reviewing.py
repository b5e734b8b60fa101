"""Sentences that tell what utilization review did, and care that it granted and that was given: which is of the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.tokens import Token
from imr_kb.terms import PREFIXES

__all__ = ["of_review"]

_REVIEW: Final = frozenset(cue(name) for name in ("UtilizationReview", "RemainingPortion", "OriginalRequest"))
_GRANTED: Final = cue("Granted")
_DONE: Final = cue("WasGiven")
#: What care that was given led to.
_LED_TO: Final = frozenset(PREFIXES["fnd"] + name for name in ("FunctionalImprovement", "PainRelief", "ObjectiveGain"))
_AND: Final = cue("And")
_SERVICE: Final = PREFIXES["svc"] + "Service"
#: What stands behind words of granting that go on to tell of the care: "and", or that care itself.
_LINKING: Final = frozenset({_AND, _SERVICE})
_NOT_YET: Final = cue("NotYet")
_NUMBER: Final = "number"
_DENYING: Final = frozenset({cue("Negator"), cue("Denial")})


def of_review(mentions: Sequence[Mention], tokens: Sequence[Token], end: int, lexicon: Lexicon) -> bool:
    """Whether a sentence with ``mentions``, up to token ``end``, tells what utilization review did.

    "Six visits were approved and completed" tells of care that was given, and so does not.
    """
    reviewing = [one for one in mentions if not _REVIEW.isdisjoint(one.kinds)]
    if not reviewing or any(_GRANTED not in one.kinds for one in reviewing):
        return bool(reviewing)
    return not _was_given(mentions, tokens, reviewing[-1].end, end, lexicon)


def _was_given(mentions: Sequence[Mention], tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether what words up to token ``start`` grant is told to have been given: "and completed", "and helped"."""
    behind = [one for one in mentions if one.start >= start]
    linked = bool(behind) and not _LINKING.isdisjoint(behind[0].kinds)
    to_come = any(lexicon.in_group(_NOT_YET, tokens, at) for at in range(start, end))
    if not linked or to_come or any(not _DENYING.isdisjoint(one.kinds) for one in behind):
        return False
    done = next((at for at in range(start, end) if lexicon.in_group(_DONE, tokens, at)), None)
    if done is None:
        return _AND in behind[0].kinds and any(not _LED_TO.isdisjoint(one.kinds) for one in behind)
    if any(_SERVICE in one.kinds for one in behind[1:] if one.start < done):
        return False  # "and surgery was performed"
    # Of "was authorized 12 visits and attended 8" the first number is not that of what was given.
    last = min(lexicon.in_group(_DONE, tokens, done) + 1, end)
    return all(token.kind != _NUMBER for token in tokens[behind[0].end : last])
