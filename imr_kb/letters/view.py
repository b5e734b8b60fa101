"""A letter's text without its line breaks, with the way back to every character of the original."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["View", "view"]

#: White space other than one space between two words.
_GAP: Final = re.compile(r"\s\s+|[^\S ]|(?<=[-/])\s")
_WORD_END: Final = re.compile(r"[A-Za-z]+$")
_WORD_START: Final = re.compile(r"[A-Za-z]+")
_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00ad": "-", "×": "x"}
)
_HYPHEN: Final = "-"
#: No word that is looked up has so many letters.
_LONGEST: Final = 40
#: What a word or date can be broken after.
_BREAKING: Final = frozenset("-/")


@dataclass(frozen=True, slots=True)
class View:
    """Text to read, and for each of its characters the offset of the original character."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original of ``text[start:end]``."""
        return self.offsets[start], self.offsets[end - 1] + 1


def view(original: str, start: int, end: int, *, is_word: Callable[[str], bool]) -> View:
    """Return ``original[start:end]`` with every run of white space made one space and words broken by hyphens joined.

    A break after a hyphen is closed ("10-28- 2016"). The hyphen itself goes only where the joined letters are a word
    that ``is_word`` knows and the two halves are not ("documen- tation", but "right- sided").
    """
    source = original[start:end].translate(_PLAIN)
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for gap in _GAP.finditer(source):
        piece = source[position : gap.start()]
        pieces.append(piece)
        offsets.extend(range(start + position, start + gap.start()))
        position = gap.end()
        before = piece or (pieces[-2] if len(pieces) > 1 else "")
        if before[-1:] in _BREAKING and _closes(before, source, position):
            if before.endswith(_HYPHEN) and _broken(
                before[-_LONGEST:-1], source[position : position + _LONGEST], is_word
            ):
                pieces[-1] = pieces[-1][:-1]
                offsets.pop()
        elif pieces:
            pieces.append(" ")
            offsets.append(start + gap.start())
    pieces.append(source[position:])
    offsets.extend(range(start + position, end))
    return View("".join(pieces), tuple(offsets))


def _closes(before: str, source: str, position: int) -> bool:
    """Whether the gap between ``before`` and ``source[position:]`` was made by a line break inside a word or date."""
    following = source[position : position + 1]
    if len(before) < 2 or not before[-2].isalnum():
        return False
    if before[-1] == _HYPHEN:
        return following.isdigit() if before[-2].isdigit() else following.isalpha()
    return before[-1] == "/" and before[-2].isdigit() and following.isdigit()


def _broken(before: str, following: str, is_word: Callable[[str], bool]) -> bool:
    head, tail = _WORD_END.search(before), _WORD_START.match(following)
    if head is None or tail is None:
        return False
    first, second = head[0].lower(), tail[0].lower()
    return is_word(first + second) and not (is_word(first) and is_word(second))
