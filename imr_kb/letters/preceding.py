"""Care that was given before an operation: "before the surgery he had 12 visits", "failed therapy and then underwent"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["mark_care_before_operation"]

_TREATMENT: Final = core("Treatment")
_BEFORE: Final = core("beforeOperation")
_SURGERY: Final = PREFIXES["svc"] + "Surgery"
_AHEAD: Final = cue("AheadOf")
_PREOPERATIVE: Final = cue("Preoperative")
_PREOPERATIVELY: Final = cue("Preoperatively")
_THEN_DONE: Final = cue("ThenUndergone")
_AFTER: Final = cue("SinceOperation")
#: Words behind which an operation is told of for itself: "before the injury, and underwent surgery".
_ANOTHER_MATTER: Final = frozenset({cue("And"), cue("History"), cue("ScopeEnd")})
#: How many tokens may stand between "before" and the operation, and between members of a list of care or words behind it.
_REACH: Final = 6
_LIST_REACH: Final = 8


def mark_care_before_operation(
    sentence: Sentence, own: Sequence[Draft], care: Sequence[tuple[Mention, str]], lexicon: Lexicon
) -> None:
    """Write down of the treatments among ``own`` that they came before an operation, where the sentence says so.

    ``care`` are the places where the sentence names care, each with what it was read as.
    """
    therapy = [mention for mention, service in care if _SURGERY not in lexicon.within(service)]
    for position in range(sentence.start, sentence.end) if therapy else ():
        if end := _ahead(sentence, position, lexicon):
            _mark(sentence, own, _behind(sentence, position, end, therapy, lexicon))
            _mark(sentence, own, _in_front(sentence, position, therapy))
        if end := lexicon.in_group(_PREOPERATIVE, sentence.tokens, position):
            _mark(sentence, own, [one for one in therapy if one.start <= position < one.end or one.start == end])
        if (end := lexicon.in_group(_THEN_DONE, sentence.tokens, position)) and _operation(sentence, end):
            _mark(sentence, own, _in_front(sentence, position, therapy))


def _mark(sentence: Sentence, own: Sequence[Draft], care: Iterable[Mention]) -> None:
    for mention in care:
        first, last = sentence.part.span(mention.start, mention.end)
        for draft in own:
            named = any(start < last and first < end for start, end in draft.spans)
            if named and draft.kind == _TREATMENT and not draft.absent:
                draft.values[_BEFORE] = True


def _ahead(sentence: Sentence, position: int, lexicon: Lexicon) -> int:
    """Return the token behind "before the shoulder surgery" or its adverb, where one begins at ``position``, else 0."""
    if adverb := lexicon.in_group(_PREOPERATIVELY, sentence.tokens, position):
        return adverb
    behind = lexicon.in_group(_AHEAD, sentence.tokens, position)
    operation = _operation(sentence, behind) if behind else None
    return operation.end if operation is not None else 0


def _operation(sentence: Sentence, position: int) -> Mention | None:
    """Return the operation named right behind ``position``, with no more than its place and the like between."""
    for mention in sentence.between(position, min(position + _REACH, sentence.end)):
        if _SURGERY in mention.kinds:
            return None if sentence.signs(position, mention.start, ",;:") else mention
        if not _ANOTHER_MATTER.isdisjoint(mention.kinds):
            return None
    return None


def _behind(sentence: Sentence, start: int, end: int, care: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """Return the care told behind words that open the sentence, up to where the time after the operation is told of."""
    if start != sentence.start:
        return
    for mention in care:
        if mention.start < end:
            continue
        since = any(lexicon.in_group(_AFTER, sentence.tokens, at) for at in range(end, mention.start))
        if since or sentence.signs(end, mention.start, ";:"):
            return
        yield mention


def _in_front(sentence: Sentence, start: int, care: Sequence[Mention]) -> Iterator[Mention]:
    """Return the list of care that ends close before ``start``."""
    last = start
    for mention in reversed(care):
        if mention.end > start:
            continue
        if last - mention.end > _LIST_REACH or sentence.signs(mention.end, last, ";:"):
            return
        if last == start and sentence.signs(mention.end, last, ","):
            return
        yield mention
        last = mention.start
