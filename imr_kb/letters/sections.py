"""Cuts a determination letter into its header, its clinical summary and the headings of its disputed items.

Only the layout is looked at: lines, headings and the outcome word that ends each item. What stands between two item
headings, the cited guidelines and the reviewer's rationale, is never read, so that no verdict can lean on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.tokens import Token, tokenize
from imr_kb.letters.view import View, view

__all__ = ["Item", "Letter", "Part", "read_part", "split"]

_LINE: Final = re.compile(r"[^\n]+|(?<=\n)(?=\n)|^(?=\n)")
_NUMBERED: Final = re.compile(r"\s*\d{1,2}\s*[.)]\s")
#: A heading phrase is looked for in this many characters of a line, and the end of a long introduction in the second.
_HEADING: Final = 160
_INTRODUCTION: Final = 400
#: The share of lines with one empty line after them from which a letter counts as double-spaced.
_DOUBLE: Final = 0.6
_ENOUGH: Final = 8


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
    """The heading of one disputed item without its outcome, and the published outcome if it is plain."""

    start: int
    end: int
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter as offsets; the summary is empty where the letter has none."""

    header: tuple[int, int]
    summary: tuple[int, int]
    items: tuple[Item, ...]


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
    lines = [_Line(match.start(), match.end(), match[0].rstrip("\r")) for match in _LINE.finditer(text)]
    summary_at = _heading(lines, 0, cue("SummaryHeading"), lexicon)
    issues_at = _heading(lines, summary_at or 0, cue("IssuesHeading"), lexicon)
    breaks = _breaks(lines, issues_at if issues_at is not None else len(lines))
    items = _upheld_or_overturned(lines, 0 if issues_at is None else issues_at + 1, breaks, lexicon)
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
    return Letter((0, header_end), summary, items)


def _heading(lines: Sequence[_Line], start: int, kind: str, lexicon: Lexicon) -> int | None:
    """Return the first line from ``start`` that opens with a heading of ``kind``."""
    first_words = lexicon.first_words(kind)
    for index in range(start, len(lines)):
        words = lines[index].text[:_HEADING].split(maxsplit=1)
        if words and words[0].lower().strip(":.") in first_words:
            mention = next(iter(lexicon.mentions(tokenize(lines[index].text[:_HEADING]))), None)
            if mention is not None and mention.start == 0 and kind in mention.kinds:
                return index
    return None


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


def _upheld_or_overturned(
    lines: Sequence[_Line], start: int, breaks: frozenset[int], lexicon: Lexicon
) -> tuple[Item, ...]:
    """Return the items whose heading ends with a colon and an outcome word."""
    items: list[Item] = []
    floor = start
    for index in range(start, len(lines)):
        service, colon, tail = lines[index].text.rpartition(":")
        if not colon or len(tail) > _HEADING or index < floor:
            continue
        last = index
        outcome = _outcome(tail, lexicon)
        if outcome is None and len(tail.split()) <= 1:
            last = next((at for at in range(index + 1, len(lines)) if not lines[at].blank), index)
            outcome = _outcome(f"{tail} {lines[last].text}", lexicon) if len(lines[last].text) <= _HEADING else None
        if outcome is None:
            continue
        first = index
        while first > floor and first - 1 not in breaks and (items or not lines[first - 1].text.rstrip().endswith(":")):
            first -= 1
        while lines[first].blank:
            first += 1
        if first < index or service.strip():
            items.append(
                Item(lines[first].start, lines[index].start + len(service), lexicon.annotation("publishes", outcome))
            )
        floor = last + 1
    return tuple(items)


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
    """Return the items of the older form: numbered sentences that say whether a request is necessary."""
    found: list[tuple[int, Item]] = []
    first = 0
    for index in range(len(lines) + 1):
        if index < len(lines) and index not in breaks and not (index > first and _NUMBERED.match(lines[index].text)):
            continue
        block = [line for line in lines[first:index] if not line.blank]
        if block and len(block) <= _DETERMINATION_LINES:
            item = _determination(text, block[0].start, block[-1].end, lexicon)
            if item is not None:
                found.append((first, item))
        first = index
    decided = [item for at, item in found if issues_at is not None and at >= issues_at]
    return tuple(decided or [item for _, item in found])


_DETERMINATION_LINES: Final = 8


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
