"""Numbered lists within running text: "PLAN: 1. Physical therapy. 2. Naproxen."."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.tokens import Token

__all__ = ["numbered_lists"]

#: A list has at most so many items, and an item at most so many tokens.
_ITEMS: Final = 30
_REACH: Final = 150
#: A single number is no list.
_LEAST: Final = 2


def numbered_lists(tokens: Sequence[Token]) -> list[list[int]]:
    """Return the tokens that number the items of each list, in order.

    >>> from imr_kb.letters.tokens import tokenize
    >>> numbered_lists(tokenize("Plan: 1. Rest. 2. Ice. Pain is 2. He left."))
    [[2, 6]]
    """
    found: list[list[int]] = []
    for position in range(len(tokens) - 2):
        number = _number(tokens, position)
        if number == 1:
            found.append([position])
        elif found and number == len(found[-1]) + 1 and position - found[-1][-1] <= _REACH:
            found[-1].append(position)
    return [items for items in found if len(items) >= _LEAST]


def _number(tokens: Sequence[Token], position: int) -> int:
    """Return the number before a full stop with which an item can begin at ``position``, else 0."""
    if tokens[position].kind != "number":
        return 0
    number, stop, following = tokens[position : position + 3]
    if not number.text.isdigit() or stop.text != "." or stop.start != number.end:
        return 0
    opens = following.start > stop.end and following.text[:1].isalnum()
    return int(number.text) if opens and int(number.text) <= _ITEMS else 0
