"""Operations that have been authorized: "the ACDF has been certified", "was approved for a right knee arthroscopy"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.half_said import denied_right_before
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["granted"]

_FINDING: Final = core("Finding")
_APPROVED: Final = PREFIXES["fnd"] + "SurgeryApproved"
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_GRANTED: Final = cue("Granted")
_FOR: Final = cue("For")
_HISTORY: Final = cue("History")
_AWAITED: Final = cue("Awaited")
_SIDES: Final = frozenset(core(side) for side in ("Left", "Right", "Bilateral"))
_PLACING: Final = _SIDES | {cue("SiteFiller"), PREFIXES["body"] + "BodyPart"}
#: How many tokens may stand between an operation and the words behind it, and which tokens no name tells.
_BEFORE: Final = 12
_ARTICLE: Final = 1


def granted(summary: Sequence[Sentence], lexicon: Lexicon) -> Iterator[Draft]:
    """Yield that an operation has been authorized, wherever the summary says so, whoever did it."""
    for sentence in summary:
        for words in sentence.of(_GRANTED):
            operation = _operation(sentence, words)
            if operation is not None and _is_so(sentence, operation, words, lexicon):
                span = sentence.part.span(min(words.start, operation.start), max(words.end, operation.end))
                yield Draft(kind=_FINDING, concept=_APPROVED, spans={span: None})
                break


def _is_so(sentence: Sentence, operation: Mention, words: Mention, lexicon: Lexicon) -> bool:
    """Whether ``operation`` is not one of the past, nor one of which its clause tells only what is to come first."""
    awaited = any(
        lexicon.in_group(_AWAITED, sentence.tokens, at) and not sentence.signs(at, operation.start, ",;:")
        for at in range(sentence.start, operation.start)
    )
    before = next(sentence.before(operation.start), None)
    past = before is not None and before.end == operation.start and _HISTORY in before.kinds
    if awaited or past or denied_right_before(sentence, words):
        return False
    return stance(sentence, operation)[0] is Stance.STATED


def _operation(sentence: Sentence, words: Mention) -> Mention | None:
    """Return the operation that ``words`` allow: the last one before them, or behind "for"."""
    leading = next((one for one in sentence.after(words.end) if one.start == words.end), None)
    if leading is not None and _FOR in leading.kinds:
        behind = next((one for one in sentence.between(words.end, sentence.end) if _SERVICE in one.kinds), None)
        if behind is not None and _SURGERY in behind.kinds and _only_placed(sentence, leading.end, behind.start):
            return behind
    before = next((one for one in sentence.before(words.start) if _SERVICE in one.kinds), None)
    if before is None or _SURGERY not in before.kinds or _only_aim(sentence, before):
        return None
    near = words.start - before.end <= _BEFORE and not sentence.signs(before.end, words.start, ";:")
    return before if near else None


def _only_placed(sentence: Sentence, start: int, end: int) -> bool:
    """Whether nothing but articles, sides and places stand from token ``start`` to ``end``: "for a right knee"."""
    placing = (one for one in sentence.between(start, end) if not _PLACING.isdisjoint(one.kinds))
    return end - start - sum(one.end - one.start for one in placing) <= _ARTICLE


def _only_aim(sentence: Sentence, operation: Mention) -> bool:
    """Whether ``operation`` only tells what something else is for: "clearance for the arthroscopy was authorized"."""
    leading = next((one for one in sentence.before(operation.start) if _PLACING.isdisjoint(one.kinds)), None)
    return leading is not None and _FOR in leading.kinds and _only_placed(sentence, leading.end, operation.start)
