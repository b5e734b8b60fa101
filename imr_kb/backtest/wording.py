"""Write figures as words, the same in every report."""

from __future__ import annotations

from imr_kb.backtest.statistics import Balanced, Proportion

__all__ = ["amount", "decimal", "interval", "mean", "percent", "share"]


def percent(value: float | None) -> str:
    """Return ``value`` in percent with one digit after the point."""
    return "-" if value is None else f"{100 * value:.1f} %"


def decimal(value: float | None) -> str:
    """Return ``value`` with three digits after the point."""
    return "-" if value is None else f"{value:.3f}"


def interval(low: float | None, high: float | None) -> str:
    """Return an interval of percents."""
    return "-" if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}"


def amount(found: Proportion) -> str:
    """Return a count of its whole."""
    return f"{found.count} of {found.of}"


def share(found: Proportion) -> str:
    """Return a count, its percent and its interval."""
    if found.value is None:
        return amount(found)
    return f"{amount(found)}, {percent(found.value)} ({interval(found.low, found.high)})"


def mean(found: Balanced) -> str:
    """Return a balanced accuracy with its interval."""
    if found.low is None or found.high is None:
        return "-"
    return f"{decimal(found.value)} ({decimal(found.low)} to {decimal(found.high)})"
