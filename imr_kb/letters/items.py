"""Finds the headings of disputed items, and where each begins.

Where the layout does not tell where a heading begins, only its last line is believed and the item is marked as doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.parts import Line, read_part
from imr_kb.letters.tokens import tokenize

__all__ = ["Headings", "Item", "determinations"]

#: The words of an outcome are looked for in this many characters of a line.
_HEADING: Final = 160
_QUOTES: Final = "\"'\u201d\u2019)]"
_NUMBERED: Final = re.compile(r"\s*\d{1,2}\s*[.)]\s")
#: No heading of an item is longer than this.
_LONGEST_ITEM: Final = 1000
#: An outcome has at most this many words.
_OUTCOME_WORDS: Final = 4
#: A line this much shorter than the longest, with room for the next word, ends a paragraph.
_FULL_LINE: Final = 0.7
#: Cues of whole sentences, as rationales have them and headings have not.
_PROSE: Final = frozenset(
    cue(name)
    for name in ("Copula", "Negator", "Outcome", "RecordSilence", "ReasonsHeading", "Result", "UtilizationReview")
)

#: The words at the end of a sentence after which a heading goes on to the part that is in dispute.
_PARTED: Final = frozenset({cue("AuthorizedPart"), cue("OriginalRequest")})


@dataclass(frozen=True, slots=True)
class Item:
    """The heading of one disputed item without its outcome, and the published outcome if it is plain.

    ``doubtful`` says that the letter does not show where the heading begins, so that words of it may be missing.
    """

    start: int
    end: int
    outcome: str | None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """Finds the items whose heading ends with a colon and an outcome word."""

    text: str
    lines: Sequence[Line]
    start: int
    breaks: frozenset[int]
    reasons: Mapping[int, Mention]
    lexicon: Lexicon

    def items(self) -> tuple[Item, ...]:
        """Return the items in order."""
        items: list[Item] = []
        floor = self.start
        for index in range(self.start, len(self.lines)):
            ending = self._ending(index) if index >= floor else None
            if ending is None:
                continue
            last, outcome = ending
            item = self._item(index, floor, outcome, first_item=not items)
            if item is not None:
                items.append(item)
            floor = last + 1
        return tuple(items)

    def _ending(self, index: int) -> tuple[int, str | None] | None:
        """Return the line of the outcome that ends a heading in line ``index``, and what it publishes, if it does."""
        service, colon, tail = self.lines[index].text.rpartition(":")
        if not colon or len(tail) > _HEADING:
            return None
        places = [(index, tail)]
        following = self._next(index)
        if len(tail.split()) <= 1 and following is not None and len(self.lines[following].text) <= _HEADING:
            places.append((following, f"{tail} {self.lines[following].text}"))
        for last, words in places:
            outcome = _outcome(words, self.lexicon)
            if outcome is not None:
                return last, self.lexicon.annotation("publishes", outcome)
        for last, words in places:
            reasons = self.reasons.get(self._next(last) or 0)
            if reasons is not None and cue("FirstReasonsHeading") in reasons.kinds and self._may_be_outcome(words):
                return (last, None) if service.strip() or index > self.start else None
        return None

    def _next(self, index: int) -> int | None:
        """Return the next line after ``index`` that is not blank."""
        return next((at for at in range(index + 1, len(self.lines)) if not self.lines[at].blank), None)

    def _may_be_outcome(self, words: str) -> bool:
        """Whether ``words`` are a few that name nothing, as an outcome of unknown wording would be."""
        tokens = [token for token in tokenize(words) if token.text != "."]
        named = (concept for mention in self.lexicon.mentions(tokens) for concept in mention.concepts)
        return (
            0 < len(tokens) <= _OUTCOME_WORDS
            and all(token.kind == "word" for token in tokens)
            and all(cue("Cue") in self.lexicon.within(concept) for concept in named)
        )

    def _item(self, index: int, floor: int, outcome: str | None, *, first_item: bool) -> Item | None:
        """Return the item whose heading ends at the last colon of line ``index``; it begins in line ``floor`` or later."""
        end = self.lines[index].start + self.lines[index].text.rindex(":")
        first, closed = self._above(index, floor, first_item=first_item)
        start = self.lines[first].start
        if not self.text[start:end].strip():
            return None
        if not self._doubtful(first, index, end, closed=closed):
            return Item(start, end, outcome)
        while not self.text[self.lines[index].start : end].strip():
            index -= 1
        return Item(self._last_sentence(self.lines[index].start, end), end, outcome, doubtful=True)

    def _above(self, index: int, floor: int, *, first_item: bool) -> tuple[int, bool]:
        """Return the first line of the heading that ends in line ``index``, and whether the layout shows that it is.

        A heading never begins before a line that ends a sentence, unless one that tells of a part that is authorized, nor
        before a heading over reasons.
        """
        first = at = index
        while at > floor:
            at -= 1
            line = self.lines[at]
            if at in self.breaks:
                return first, True
            if line.blank:
                continue
            if first_item and line.text.rstrip().endswith(":"):
                return first, True
            if at in self.reasons or (self._ends_sentence(line) and not self._tells_of_a_part(at)):
                return first, False
            first = at
        return first, floor > 0

    def _ends_sentence(self, line: Line) -> bool:
        words = line.text.rstrip().rstrip(_QUOTES)
        if not words.endswith(tuple(".?!")):
            return False
        tokens = tokenize(words)
        return not any(
            mention.end >= len(tokens) - 1 and cue("Abbreviation") in mention.kinds
            for mention in self.lexicon.mentions(tokens)
        )

    def _tells_of_a_part(self, at: int) -> bool:
        """Whether line ``at`` ends with what was asked for in all, or with what was authorized of it: the rest follows."""
        part = read_part(self.text, self.lines[max(at - 1, self.start)].start, self.lines[at].end, self.lexicon)
        last = len(part.tokens) - 1
        return any(mention.end == last and not _PARTED.isdisjoint(mention.kinds) for mention in part.mentions)

    def _doubtful(self, first: int, index: int, end: int, *, closed: bool) -> bool:
        """Whether lines ``first`` to ``index`` may hold more than the heading, or less."""
        start = self.lines[first].start
        if end - start > _LONGEST_ITEM:
            return True
        above = next((at for at in range(first - 1, self.start - 1, -1) if not self.lines[at].blank), None)
        if above is None:
            return False
        part = read_part(self.text, start, end, self.lexicon)
        if any(cue("RemainingPortion") in mention.kinds for mention in part.mentions):
            return False
        prose = any(
            not _PROSE.isdisjoint(mention.kinds) and mention.end < len(part.tokens) for mention in part.mentions
        )
        if closed:
            return prose and first < index
        if above in self.reasons or part.tokens[0].text[:1].islower():
            return True
        return first < index and (prose or self._last_sentence(start, end) > start or self._ends_early(first, index))

    def _last_sentence(self, start: int, end: int) -> int:
        """Return where the last sentence of the text from ``start`` to ``end`` begins."""
        part = read_part(self.text, start, end, self.lexicon)
        for at in range(len(part.tokens) - 2, 0, -1):
            stop, following = part.tokens[at], part.tokens[at + 1]
            if stop.text in ".?!" and following.start > stop.end and following.text[:1].isupper():
                return part.span(at + 1, at + 2)[0]
        return start

    def _ends_early(self, first: int, index: int) -> bool:
        """Whether a line before ``index`` leaves room for the word after it, as the last line of a paragraph does."""
        filled = [line for line in self.lines[first : index + 1] if not line.blank]
        width = _FULL_LINE * max(len(line.text.rstrip()) for line in self.lines[self.start :])
        return any(
            len(line.text.rstrip()) + 1 + len(after.text.split(maxsplit=1)[0]) < width
            for line, after in pairwise(filled)
        )


def _outcome(words: str, lexicon: Lexicon) -> str | None:
    """Return the outcome cue that ``words`` consist of, a full stop aside."""
    tokens = [token for token in tokenize(words) if token.text != "."]
    mentions = lexicon.mentions(tokens) if tokens else []
    if len(mentions) == 1 and mentions[0].end - mentions[0].start == len(tokens):
        return mentions[0].concept_of(lexicon, cue("Outcome"))
    return None


def determinations(
    text: str,
    lines: Sequence[Line],
    issues_at: int | None,
    breaks: frozenset[int],
    lexicon: Lexicon,
) -> tuple[Item, ...]:
    """Return the items of the older form: numbered sentences that say whether a request is necessary.

    A numbered item also ends with a line that closes it where no blank line follows.
    """
    found: list[tuple[int, Item]] = []
    first = 0
    for index in range(len(lines) + 1):
        ended = index == len(lines) or index in breaks or (index > first and _NUMBERED.match(lines[index].text))
        if not ended and not _closes_number(lines, first, index):
            continue
        block = [line for line in lines[first:index] if not line.blank]
        if block and len(block) <= _DETERMINATION_LINES:
            item = _determination(text, block[0].start, block[-1].end, lexicon)
            if item is not None:
                found.append((first, item))
                ended = True
        if ended:
            first = index
    decided = [item for at, item in found if issues_at is not None and at >= issues_at]
    return tuple(decided or [item for _, item in found])


_DETERMINATION_LINES: Final = 8


def _closes_number(lines: Sequence[Line], first: int, index: int) -> bool:
    """Whether the lines from ``first`` are numbered and the one before ``index`` ends a sentence."""
    near = first < index <= first + 2 * _DETERMINATION_LINES
    return near and bool(_NUMBERED.match(lines[first].text)) and lines[index - 1].text.rstrip().endswith(".")


def _determination(text: str, start: int, end: int, lexicon: Lexicon) -> Item | None:
    part = read_part(text, start, end, lexicon)
    outcomes = [mention for mention in part.mentions if cue("Outcome") in mention.kinds]
    opening = next((mention for mention in part.mentions if cue("ItemOpening") in mention.kinds), None)
    if not outcomes or len(part.tokens) - outcomes[-1].end > 1:
        return None
    if opening is not None and opening.end < outcomes[-1].start:
        first = opening.end
    elif _NUMBERED.match(text, start):
        first = 2
    else:
        return None
    if first >= outcomes[-1].start:
        return None
    span = part.span(first, outcomes[-1].start)
    outcome = outcomes[-1].concept_of(lexicon, cue("Outcome"))
    return Item(*span, lexicon.annotation("publishes", outcome) if outcome else None)
