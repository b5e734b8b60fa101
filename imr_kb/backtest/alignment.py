"""Find which of the items read from a letter is which of its labelled items, in order, by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Alignment", "align", "likeness"]

#: Two texts can be the same item when at least this share of the words of the shorter one stands in the longer one.
ALIKE: Final = 0.5
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which items read belong to each label, as positions from 0 on; ``extra`` belong to none."""

    of_label: tuple[tuple[int, ...], ...]
    extra: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether every label has an item, in order, and no item is left over."""
        return all(self.of_label) and not self.extra


def likeness(one: str, other: str) -> float:
    """Return how much of the words of the shorter text stand in the longer one, from 0 to 1.

    >>> likeness("MRI of the left knee", "Left knee MRI, without contrast")
    0.6
    """
    shorter, longer = sorted((set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))), key=len)
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def align(labels: Sequence[str], items: Sequence[str]) -> Alignment:
    """Match the texts ``items``, as read, with the texts ``labels``, in order, so that they are most alike in sum.

    An item after a matched one that is alike to the same label belongs to it too: one heading can name several services.
    """
    if len(labels) == len(items) and all(likeness(*pair) >= ALIKE for pair in zip(labels, items, strict=True)):
        return Alignment(tuple((position,) for position in range(len(items))), ())
    best = _best(labels, items)
    of_label: list[list[int]] = [[] for _ in labels]
    row, column = len(labels), len(items)
    while row and column:
        here = best[row][column]
        if here == best[row - 1][column]:
            row -= 1
        elif here == best[row][column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            of_label[row].append(column)
    owner = {matched[0]: row for row, matched in enumerate(of_label) if matched}
    extra = []
    for position, item in enumerate(items):
        label = owner.get(position - 1)
        if position in owner:
            continue
        if label is not None and likeness(labels[label], item) >= ALIKE:
            of_label[label].append(position)
            owner[position] = label
        else:
            extra.append(position)
    return Alignment(tuple(map(tuple, of_label)), tuple(extra))


def _best(labels: Sequence[str], items: Sequence[str]) -> list[list[float]]:
    """Return the largest sum of likeness for each number of first labels and of first items."""
    best = [[0.0] * (len(items) + 1) for _ in range(len(labels) + 1)]
    for row, label in enumerate(labels, start=1):
        for column, item in enumerate(items, start=1):
            alike = likeness(label, item)
            matched = best[row - 1][column - 1] + alike if alike >= ALIKE else 0.0
            best[row][column] = max(best[row - 1][column], best[row][column - 1], matched)
    return best
