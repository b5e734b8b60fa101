"""Operations that have been authorized: "the ACDF has been certified", "was approved for a right knee arthroscopy"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["granted"]

_FINDING: Final = core("Finding")
_APPROVED: Final = PREFIXES["fnd"] + "SurgeryApproved"
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_WORDS: Final = cue("WasAuthorized")
_FOR: Final = cue("For")
#: How many tokens may stand between an operation and the words behind it, and between these and one behind "for".
_BEFORE: Final = 12
_BEHIND: Final = 6


def granted(summary: Sequence[Sentence], lexicon: Lexicon) -> Iterator[Draft]:
    """Yield that an operation has been authorized, wherever the summary says so, whoever did it."""
    for sentence in summary:
        for position in range(sentence.start, sentence.end):
            end = lexicon.in_group(_WORDS, sentence.tokens, position)
            operation = _operation(sentence, position, end) if end else None
            if operation is not None and stance(sentence, operation)[0] is Stance.STATED:
                span = sentence.part.span(min(position, operation.start), max(end, operation.end))
                yield Draft(kind=_FINDING, concept=_APPROVED, spans={span: None})
                break


def _operation(sentence: Sentence, start: int, end: int) -> Mention | None:
    """Return the operation that the words from ``start`` to ``end`` allow: the last one before them, or behind "for"."""
    leading = next((one for one in sentence.after(end) if one.start == end), None)
    if leading is not None and _FOR in leading.kinds:
        behind = next((one for one in sentence.between(end, sentence.end) if _SERVICE in one.kinds), None)
        if behind is not None and behind.start - end <= _BEHIND and not sentence.signs(end, behind.start, ",;:"):
            return behind if _SURGERY in behind.kinds else None
    before = next((one for one in sentence.before(start) if _SERVICE in one.kinds), None)
    near = before is not None and start - before.end <= _BEFORE and not sentence.signs(before.end, start, ";:")
    return before if near and before is not None and _SURGERY in before.kinds else None
