"""Cuts a determination letter into its header, its clinical summary and the headings of its disputed items.

Only the layout is looked at: lines, headings and the outcome word that ends each item. What stands between two item
headings, the cited guidelines and the reviewer's rationale, is never read, so that no verdict can lean on it. Where the
layout does not tell where a heading begins, only its last line is believed and the item is marked as doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.tokens import Token, tokenize
from imr_kb.letters.view import View, view

__all__ = ["Item", "Letter", "Part", "has_heading", "read_part", "split"]

_LINE: Final = re.compile(r"[^\n]+|(?<=\n)(?=\n)|^(?=\n)")
_QUOTES: Final = "\"'\u201d\u2019)]"
_NUMBERED: Final = re.compile(r"\s*\d{1,2}\s*[.)]\s")
#: A heading phrase is looked for in this many characters of a line, and the end of a long introduction in the second.
_HEADING: Final = 160
_INTRODUCTION: Final = 400
#: The share of lines with one empty line after them from which a letter counts as double-spaced.
_DOUBLE: Final = 0.6
_ENOUGH: Final = 8
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


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the letter, read: its view, tokens and mentions."""

    view: View
    tokens: Sequence[Token]
    mentions: Sequence[Mention]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the letter of tokens ``start`` to ``end`` and of the bracket that closes theirs."""
        words = [token.text for token in self.tokens[start:end]]
        if words.count("(") > words.count(")") and end < len(self.tokens) and self.tokens[end].text == ")":
            end += 1
        return self.view.span(self.tokens[start].start, self.tokens[end - 1].end)


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
class Letter:
    """The parts of a letter as offsets; the summary is empty where the letter has none.

    ``orphans`` are the places where reasons begin that belong to no item that was found.
    """

    header: tuple[int, int]
    summary: tuple[int, int]
    items: tuple[Item, ...]
    orphans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


def read_part(text: str, start: int, end: int, lexicon: Lexicon) -> Part:
    """Return ``text[start:end]`` as view, tokens and mentions."""
    seen = view(text, start, end, is_word=lexicon.is_word)
    tokens = tokenize(seen.text)
    return Part(seen, tokens, lexicon.mentions(tokens))


def split(text: str, lexicon: Lexicon) -> Letter:
    """Return the parts of ``text``; where there are no items it is no letter of this kind."""
    lines = _lines(text)
    summary_at = _heading(lines, 0, cue("SummaryHeading"), lexicon)
    issues_at = _heading(lines, summary_at or 0, cue("IssuesHeading"), lexicon)
    breaks = _breaks(lines, issues_at if issues_at is not None else len(lines))
    start = 0 if issues_at is None else issues_at + 1
    reasons = _reasons(lines, start, lexicon)
    items = _Headings(text, lines, start, breaks, reasons, lexicon).items()
    orphans = _orphans(lines, reasons, items)
    if not items:
        items = _determinations(text, lines, issues_at, breaks, lexicon)
    header_end = lines[summary_at].start if summary_at is not None else (items[0].start if items else 0)
    summary = (0, 0)
    if summary_at is not None:
        stop = (
            lines[issues_at].start
            if issues_at is not None
            else min((item.start for item in items if item.start > header_end), default=len(text))
        )
        summary = (_after_introduction(text, lines[summary_at], stop, lexicon), stop)
    return Letter((0, header_end), summary, items, orphans)


def has_heading(text: str, kinds: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether a line of ``text`` opens with a heading of one of ``kinds``."""
    lines = _lines(text)
    return any(_heading(lines, 0, kind, lexicon) is not None for kind in kinds)


def _lines(text: str) -> list[_Line]:
    return [_Line(match.start(), match.end(), match[0].rstrip("\r")) for match in _LINE.finditer(text)]


def _heading(lines: Sequence[_Line], start: int, kind: str, lexicon: Lexicon) -> int | None:
    """Return the first line from ``start`` that opens with a heading of ``kind``."""
    return next((index for index in range(start, len(lines)) if _opening(lines[index], kind, lexicon)), None)


def _opening(line: _Line, kind: str, lexicon: Lexicon) -> tuple[Mention, bool] | None:
    """Return the heading of ``kind`` with which ``line`` opens, and whether a colon follows."""
    words = line.text[:_HEADING].split(maxsplit=1)
    if not words or words[0].lower().strip(":.") not in lexicon.first_words(kind):
        return None
    tokens = tokenize(line.text[:_HEADING])
    mention = next(iter(lexicon.mentions(tokens)), None)
    if mention is None or mention.start != 0 or kind not in mention.kinds:
        return None
    return mention, mention.end < len(tokens) and tokens[mention.end].text == ":"


def _reasons(lines: Sequence[_Line], start: int, lexicon: Lexicon) -> dict[int, Mention]:
    """Return the lines from ``start`` with a heading over guidelines or a rationale."""
    found = {}
    for index in range(start, len(lines)):
        opening = _opening(lines[index], cue("ReasonsHeading"), lexicon)
        if opening is not None and opening[1]:
            found[index] = opening[0]
    return found


def _orphans(lines: Sequence[_Line], reasons: Mapping[int, Mention], items: Sequence[Item]) -> tuple[int, ...]:
    """Return where the reasons of an item begin that was not found: no item stands between them and those before."""
    found = []
    done = 0
    for index, mention in sorted(reasons.items()):
        start = lines[index].start
        if cue("FirstReasonsHeading") in mention.kinds and not any(done <= item.end <= start for item in items):
            found.append(start)
        done = start
    return tuple(found)


def _after_introduction(text: str, heading: _Line, stop: int, lexicon: Lexicon) -> int:
    """Return where the summary starts: after its heading and the colon of the sentence that introduces it."""
    limit = min(stop, heading.end + _INTRODUCTION)
    part = read_part(text, heading.start, limit, lexicon)
    opening = next((mention for mention in part.mentions if cue("SummaryHeading") in mention.kinds), None)
    end = opening.end if opening else 0
    for mention in part.mentions:
        if cue("SummaryIntroduction") in mention.kinds:
            colon = next(
                (index for index in range(mention.end, len(part.tokens)) if part.tokens[index].text in ":."), None
            )
            if colon is not None:
                end = colon + 1
    if end and end < len(part.tokens) and part.tokens[end].text == ":":
        end += 1
    return part.span(end - 1, end)[1] if end else heading.end


def _breaks(lines: Sequence[_Line], until: int) -> frozenset[int]:
    """Return the lines that stand between two paragraphs, as the lines before ``until`` show the letter to be laid out.

    Printed letters put a line with a space between paragraphs and an empty line at a page break, or after every line
    where they are double-spaced. Where the spaces were lost, the number of empty lines has to tell, and a paragraph that
    goes on in lower case is no new one.
    """
    head = lines[:until]
    if any(line.blank and line.text for line in head):
        return frozenset(index for index, line in enumerate(lines) if line.blank and line.text)
    pairs = [(line, after) for line, after in pairwise(head) if not line.blank]
    double = len(pairs) >= _ENOUGH and sum(after.blank for _, after in pairs) >= _DOUBLE * len(pairs)
    found = set()
    following = ""
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].blank:
            following = lines[index].text.lstrip()[:1]
        elif not following.islower() and not (double and not (index + 1 < len(lines) and lines[index + 1].blank)):
            found.add(index)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Headings:
    """Finds the items whose heading ends with a colon and an outcome word."""

    text: str
    lines: Sequence[_Line]
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

        A heading never begins before a line that ends a sentence, nor before a heading over reasons.
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
            if at in self.reasons or self._ends_sentence(line):
                return first, False
            first = at
        return first, floor > 0

    def _ends_sentence(self, line: _Line) -> bool:
        words = line.text.rstrip().rstrip(_QUOTES)
        if not words.endswith(tuple(".?!")):
            return False
        tokens = tokenize(words)
        return not any(
            mention.end >= len(tokens) - 1 and cue("Abbreviation") in mention.kinds
            for mention in self.lexicon.mentions(tokens)
        )

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


def _determinations(
    text: str,
    lines: Sequence[_Line],
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


def _closes_number(lines: Sequence[_Line], first: int, index: int) -> bool:
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
