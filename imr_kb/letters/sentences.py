"""Sentences of the clinical summary, and what each passage tells: history, current use, plan, request, utilization review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from imr_kb.letters.amounts import Amount
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sections import Part
from imr_kb.letters.tokens import Token

__all__ = ["FRAMES", "Sentence", "sentences"]

#: Forward frames: each holds for what follows it in the sentence, until the next one.
FRAMES: Final = tuple(
    cue(name) for name in ("History", "CurrentUse", "Continuing", "Plan", "RequestMention", "Complaint", "Diagnosed", "Examination", "Result")
)
_GIVEN: Final = frozenset({cue("History"), cue("CurrentUse")})
_PLAN: Final = cue("Plan")
_PLANS: Final = frozenset({_PLAN, cue("Continuing")})
_PLAN_AFTER: Final = cue("PlanAfter")
_HISTORY: Final = cue("History")
_HISTORY_AFTER: Final = cue("HistoryAfter")
_REQUEST: Final = cue("RequestMention")
#: Frames that do not end a plan: a plan is noted, and goes on with drugs that are prescribed.
_WEAKER: Final = frozenset({cue("Result"), cue("CurrentUse")})
_END: Final = frozenset(".!?")
_REOPENING: Final = frozenset(cue(name) for name in ("Context", "History", "CurrentUse", "Diagnosed", "Complaint", "Examination"))
_REVIEW: Final = frozenset(cue(name) for name in ("UtilizationReview", "RemainingPortion", "OriginalRequest"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``start`` to ``end`` of a part, with the mentions and amounts in them."""

    part: Part
    start: int
    end: int
    mentions: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    review: bool = False

    @property
    def tokens(self) -> Sequence[Token]:
        """All tokens of the part; positions in mentions and amounts count from its start."""
        return self.part.tokens

    def has(self, *kinds: str) -> bool:
        """Whether any mention is of one of ``kinds``."""
        return any(kind in mention.kinds for mention in self.mentions for kind in kinds)

    def between(self, start: int, end: int) -> Iterator[Mention]:
        """Return the mentions within tokens ``start`` to ``end``."""
        return (mention for mention in self.mentions if mention.start >= start and mention.end <= end)

    def signs(self, start: int, end: int, signs: str) -> bool:
        """Whether any of ``signs`` stands among tokens ``start`` to ``end``."""
        return any(token.text in signs for token in self.part.tokens[start:end])

    def frame(self, mention: Mention, lexicon: Lexicon) -> str | None:
        """Return what the passage around ``mention`` tells, as a cue class."""
        current: str | None = None
        for other in self.mentions:
            if other.start >= mention.start:
                break
            if _PLAN_AFTER in other.kinds or _HISTORY_AFTER in other.kinds:
                current = None
            if current == _REQUEST and not self.signs(other.start - 1, other.start, ";"):
                continue
            opened = next((frame for frame in FRAMES if frame in other.kinds), current)
            current = current if current in _PLANS and opened in _WEAKER else opened
        later = self._frame_after(mention, current, lexicon)
        return later or current

    def _frame_after(self, mention: Mention, current: str | None, lexicon: Lexicon) -> str | None:
        """Return the frame that words after the mention give it ("... were all ordered"), if they reach back to it."""
        others = 0
        for other in self.mentions:
            if other.start < mention.end:
                continue
            if self.signs(mention.end, other.start, ";"):
                return None
            after = _PLAN_AFTER in other.kinds or _HISTORY_AFTER in other.kinds
            if after:
                if others and current in _GIVEN | _PLANS:
                    return None
                return _PLAN if _PLAN_AFTER in other.kinds else _HISTORY
            if any(frame in other.kinds for frame in FRAMES):
                return None
            if any(lexicon.read_as(concept) for concept in other.concepts):
                others += 1
        return None


def sentences(part: Part, lexicon: Lexicon) -> list[Sentence]:
    """Cut ``part`` into sentences and mark those that tell what utilization review did.

    Once a passage speaks of utilization review, it goes on doing so until a sentence with a date or with an opening of the
    record, since its reasons follow sentence by sentence.
    """
    amounts = lexicon.amounts.read(part.tokens)
    found: list[Sentence] = []
    start = 0
    review = False
    for end in _ends(part):
        mentions = tuple(mention for mention in part.mentions if start <= mention.start < end)
        own = tuple(amount for amount in amounts if start <= amount.start < end)
        sentence = Sentence(part, start, end, mentions, own)
        if sentence.has(*_REVIEW):
            review = True
        elif review and (any(amount.day for amount in own) or sentence.has(*_REOPENING)):
            review = False
        found.append(replace(sentence, review=review))
        start = end
    return found


def _ends(part: Part) -> Iterator[int]:
    tokens = part.tokens
    abbreviations = {mention.end for mention in part.mentions if cue("Abbreviation") in mention.kinds}
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if token.text not in _END or (token.text == "." and index in abbreviations):
            continue
        spaced = following.start > token.end
        capital = following.text[:1].isupper()
        opens = capital or following.text[:1].isdigit() or following.text in "\"'(["
        if (spaced and opens) or (not spaced and capital and index and len(tokens[index - 1].text) > 1):
            yield index + 1
    if tokens:
        yield len(tokens)
