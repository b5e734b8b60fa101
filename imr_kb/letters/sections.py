"""Cuts a determination letter into its header, its clinical summary and the headings of its disputed items.

Only the layout is looked at: lines, headings and the outcome word that ends each item. What stands between two item
headings, the cited guidelines and the reviewer's rationale, is never read, so that no verdict can lean on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from imr_kb.letters.items import Headings, Item, determinations
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.parts import Line, read_part
from imr_kb.letters.tokens import forms, tokenize

__all__ = ["Letter", "has_heading", "split"]

_LINE: Final = re.compile(r"[^\n]+|(?<=\n)(?=\n)|^(?=\n)")
#: A heading phrase is looked for in this many characters of a line, and the end of a long introduction in the second.
_HEADING: Final = 160
_INTRODUCTION: Final = 400
#: The share of lines with one empty line after them from which a letter counts as double-spaced.
_DOUBLE: Final = 0.6
_ENOUGH: Final = 8


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a letter as offsets; the summary is empty where the letter has none.

    ``orphans`` are the places where reasons begin that belong to no item that was found.
    """

    header: tuple[int, int]
    summary: tuple[int, int]
    items: tuple[Item, ...]
    orphans: tuple[int, ...]


def split(text: str, lexicon: Lexicon) -> Letter:
    """Return the parts of ``text``; where there are no items it is no letter of this kind."""
    lines = _lines(text)
    summary_at = _heading(lines, 0, cue("SummaryHeading"), lexicon)
    issues_at = _heading(lines, summary_at or 0, cue("IssuesHeading"), lexicon)
    breaks = _breaks(lines, issues_at if issues_at is not None else len(lines))
    start = 0 if issues_at is None else issues_at + 1
    reasons = _reasons(lines, start, lexicon)
    items = Headings(text, lines, start, breaks, reasons, lexicon).items()
    orphans = _orphans(lines, reasons, items)
    if not items:
        items = determinations(text, lines, issues_at, breaks, lexicon)
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


def _lines(text: str) -> list[Line]:
    return [Line(match.start(), match.end(), match[0].rstrip("\r")) for match in _LINE.finditer(text)]


def _heading(lines: Sequence[Line], start: int, kind: str, lexicon: Lexicon) -> int | None:
    """Return the first line from ``start`` that opens with a heading of ``kind``."""
    return next((index for index in range(start, len(lines)) if _opening(lines[index], kind, lexicon)), None)


def _opening(line: Line, kind: str, lexicon: Lexicon) -> tuple[Mention, bool] | None:
    """Return the heading of ``kind`` with which ``line`` opens, and whether a colon follows."""
    words = line.text[:_HEADING].split(maxsplit=1)
    if not words or lexicon.first_words(kind).isdisjoint(forms(words[0].strip(":."))):
        return None
    tokens = tokenize(line.text[:_HEADING])
    mention = lexicon.opening(tokens)
    if mention is None or kind not in mention.kinds:
        return None
    return mention, mention.end < len(tokens) and tokens[mention.end].text == ":"


def _reasons(lines: Sequence[Line], start: int, lexicon: Lexicon) -> dict[int, Mention]:
    """Return the lines from ``start`` with a heading over guidelines or a rationale."""
    found = {}
    for index in range(start, len(lines)):
        opening = _opening(lines[index], cue("ReasonsHeading"), lexicon)
        if opening is not None and opening[1]:
            found[index] = opening[0]
    return found


def _orphans(lines: Sequence[Line], reasons: Mapping[int, Mention], items: Sequence[Item]) -> tuple[int, ...]:
    """Return where the reasons of an item begin that was not found: no item stands between them and those before."""
    found = []
    done = 0
    for index, mention in sorted(reasons.items()):
        start = lines[index].start
        if cue("FirstReasonsHeading") in mention.kinds and not any(done <= item.end <= start for item in items):
            found.append(start)
        done = start
    return tuple(found)


def _after_introduction(text: str, heading: Line, stop: int, lexicon: Lexicon) -> int:
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


def _breaks(lines: Sequence[Line], until: int) -> frozenset[int]:
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
