"""Where the sentences of a part end: not behind an abbreviation, nor behind the number of an item in a list."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from imr_kb.letters.lexicon import cue
from imr_kb.letters.parts import Part
from imr_kb.letters.quotations import QUOTE

__all__ = ["sentence_ends"]

_END: Final = frozenset(".!?")
#: A sentence is cut after this many tokens, so that a text without full stops takes no longer than any other.
_LONGEST: Final = 300


def sentence_ends(part: Part, numbers: Set[int], further: Set[int]) -> Iterator[int]:
    """Yield where each sentence of ``part`` ends.

    A full stop behind one of the ``numbers`` of a list ends none, and before each of the ``further`` ones, one ends.
    """
    tokens = part.tokens
    last = 0
    abbreviations = {mention.end for mention in part.mentions if cue("Abbreviation") in mention.kinds}
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        if index - last >= _LONGEST or index + 1 in further:
            last = index + 1
            yield last
            continue
        if token.text not in _END or (token.text == "." and (index in abbreviations or index - 1 in numbers)):
            continue
        cut = index + 1
        if following.text == QUOTE and following.start == token.end and cut + 1 < len(tokens):
            token, following, cut = following, tokens[cut + 1], cut + 1
        spaced = following.start > token.end
        capital = following.text[:1].isupper()
        opens = capital or following.text[:1].isdigit() or following.text in "\"'(["
        if (spaced and opens) or (not spaced and capital and index and len(tokens[index - 1].text) > 1):
            last = cut
            yield last
    if tokens:
        yield len(tokens)
