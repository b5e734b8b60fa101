"""The figures of a comparison: how much was read and decided, how often it is right, beside always upholding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from imr_kb.backtest.comparison import UNDETERMINED, Item, Letter
from imr_kb.backtest.labels import OUTCOMES
from imr_kb.backtest.statistics import Balanced, Counts, Proportion, balanced, proportion

__all__ = ["NOT_READ", "Category", "Coverage", "Figures", "Outcomes", "figures"]

NOT_READ: Final = "not-read"
_UPHELD, _OVERTURNED = OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much was read and decided; ``extra`` and ``unpublished`` items are in no other figure."""

    letters_decided: Proportion
    letters_in_order: Proportion
    items_found: Proportion
    items_normalised: Proportion
    items_decided: Proportion
    extra: int
    unpublished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """How often decisions are what was published."""

    agreement: Proportion
    recall_upheld: Proportion
    recall_overturned: Proportion
    balanced_accuracy: Balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of services: agreement beside what always upholding gives."""

    name: str
    agreement: Proportion
    baseline: Proportion
    recall_upheld: Proportion
    recall_overturned: Proportion
    undetermined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures. ``confusion`` counts items by published outcome and by decision.

    In ``every`` an item that was not read or not decided counts as wrong, in ``decided`` it is left out; ``baseline`` is
    what always upholding gives on every item.
    """

    coverage: Coverage
    confusion: dict[str, dict[str, int]]
    every: Outcomes
    decided: Outcomes
    baseline: Outcomes
    categories: tuple[Category, ...]


def figures(letters: Sequence[Letter]) -> Figures:
    """Count ``letters``."""
    items = [item for letter in letters for item in letter.items]
    return Figures(
        coverage=_coverage(letters, items),
        confusion=_confusion(items),
        every=_outcomes(letters, lambda item: item.outcome),
        decided=_outcomes(letters, lambda item: item.outcome, only=lambda item: item.decided),
        baseline=_outcomes(letters, lambda _: _UPHELD),
        categories=tuple(_categories(items)),
    )


def _coverage(letters: Sequence[Letter], items: Sequence[Item]) -> Coverage:
    return Coverage(
        letters_decided=proportion(sum(letter.decided for letter in letters), len(letters)),
        letters_in_order=proportion(sum(letter.in_order for letter in letters), len(letters)),
        items_found=proportion(sum(bool(item.decisions) for item in items), len(items)),
        items_normalised=proportion(sum(item.normalised for item in items), len(items)),
        items_decided=proportion(sum(item.decided for item in items), len(items)),
        extra=sum(len(letter.extra) for letter in letters),
        unpublished=sum(len(letter.unpublished) for letter in letters),
    )


def _confusion(items: Iterable[Item]) -> dict[str, dict[str, int]]:
    counted = Counter((item.published, item.outcome if item.decisions else NOT_READ) for item in items)
    columns = (*OUTCOMES, UNDETERMINED, NOT_READ)
    return {published: {column: counted[published, column] for column in columns} for published in OUTCOMES}


def _outcomes(
    letters: Sequence[Letter], says: Callable[[Item], str], *, only: Callable[[Item], bool] = lambda _: True
) -> Outcomes:
    counts = [_counts((item for item in letter.items if only(item)), says) for letter in letters]
    upheld, overturned, mean = balanced(counts)
    return Outcomes(
        agreement=proportion(upheld.count + overturned.count, upheld.of + overturned.of),
        recall_upheld=upheld,
        recall_overturned=overturned,
        balanced_accuracy=mean,
    )


def _counts(items: Iterable[Item], says: Callable[[Item], str]) -> Counts:
    counted: Counter[tuple[str, bool]] = Counter((item.published, says(item) == item.published) for item in items)
    return Counts(
        upheld=counted[_UPHELD, True] + counted[_UPHELD, False],
        upheld_right=counted[_UPHELD, True],
        overturned=counted[_OVERTURNED, True] + counted[_OVERTURNED, False],
        overturned_right=counted[_OVERTURNED, True],
    )


def _categories(items: Sequence[Item]) -> Iterator[Category]:
    sizes = Counter(item.category for item in items)
    for name, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        own = [item for item in items if item.category == name]
        counts = _counts(own, lambda item: item.outcome)
        yield Category(
            name=name,
            agreement=proportion(counts.upheld_right + counts.overturned_right, size),
            baseline=proportion(counts.upheld, size),
            recall_upheld=proportion(counts.upheld_right, counts.upheld),
            recall_overturned=proportion(counts.overturned_right, counts.overturned),
            undetermined=sum(not item.decided for item in own),
        )
