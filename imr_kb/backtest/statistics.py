"""Proportions and balanced accuracy with 95 % intervals, the same for the same counts at every run.

Wilson: E. B. Wilson, J Am Stat Assoc 1927;22:209-212. Balanced accuracy: the mean of two recalls, its interval put together
from theirs by squares of distances (R. G. Newcombe, Stat Med 1998;17:873-890, method 10; G. Y. Zou and A. Donner, Stat Med
2008;27:1693-1702). Items of a letter are alike: the second interval draws whole letters again, from a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from imr_kb.errors import ImrError, Problem

__all__ = ["CONFIDENCE", "RESAMPLES", "Balanced", "Counts", "Proportion", "balanced", "needed", "proportion"]

CONFIDENCE: Final = 0.95
#: How often whole letters are drawn again.
RESAMPLES: Final = 2000
_SEED: Final = 20160729


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``of``, with the Wilson interval; all None where there is nothing to count."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one letter: how many items were published upheld and overturned, and how many of each are right."""

    upheld: int
    upheld_right: int
    overturned: int
    overturned_right: int


@dataclass(frozen=True, slots=True)
class Balanced:
    """Balanced accuracy with its interval for independent items, and the one that draws whole letters."""

    value: float | None
    low: float | None
    high: float | None
    low_by_letter: float | None
    high_by_letter: float | None


def needed(*packages: str) -> None:
    """Raise where one of ``packages`` is not installed.

    Raises:
        ImrError: BT011.
    """
    from importlib.util import find_spec

    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ImrError(
            Problem(
                file="backtest",
                code="BT011",
                term=", ".join(missing),
                what="A package that this needs is not installed.",
                next_step="Install the extra: pip install 'imr-kb[report]'.",
            )
        )


def proportion(count: int, of: int) -> Proportion:
    """Return ``count`` of ``of`` with the Wilson interval.

    >>> proportion(0, 0).value is None
    True
    """
    if not of:
        return Proportion(count, of, None, None, None)
    from scipy.stats import binomtest

    interval = binomtest(count, of).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Proportion(count, of, count / of, float(interval.low), float(interval.high))


def balanced(counts: Sequence[Counts]) -> tuple[Proportion, Proportion, Balanced]:
    """Return the recall of upheld and of overturned items, and their mean; ``counts`` are those of each letter."""
    upheld = proportion(sum(item.upheld_right for item in counts), sum(item.upheld for item in counts))
    overturned = proportion(sum(item.overturned_right for item in counts), sum(item.overturned for item in counts))
    return upheld, overturned, _mean(upheld, overturned, counts)


def _mean(one: Proportion, other: Proportion, counts: Sequence[Counts]) -> Balanced:
    if one.value is None or one.low is None or one.high is None:
        return Balanced(None, None, None, None, None)
    if other.value is None or other.low is None or other.high is None:
        return Balanced(None, None, None, None, None)
    value = (one.value + other.value) / 2
    low = value - math.hypot(one.value - one.low, other.value - other.low) / 2
    high = value + math.hypot(one.high - one.value, other.high - other.value) / 2
    return Balanced(value, low, high, *_by_letter(counts))


def _by_letter(counts: Sequence[Counts]) -> tuple[float | None, float | None]:
    """Return the interval of means over letters drawn with replacement; draws that lack an outcome are left out."""
    import numpy

    rows = numpy.array(
        [(item.upheld, item.upheld_right, item.overturned, item.overturned_right) for item in counts], dtype=numpy.int64
    )
    # The stream of this generator is kept the same by all versions of numpy; that of the newer ones is not.
    generator: Any = numpy.random.RandomState(_SEED)
    means = []
    for _ in range(RESAMPLES):
        upheld, upheld_right, overturned, overturned_right = (
            int(total) for total in rows[generator.randint(0, len(rows), len(rows))].sum(axis=0)
        )
        if upheld and overturned:
            means.append((upheld_right / upheld + overturned_right / overturned) / 2)
    if not means:
        return None, None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = numpy.percentile(means, [tail, 100 - tail])
    return float(low), float(high)
