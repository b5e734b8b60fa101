"""The report as one HTML file that needs nothing else: tables, plots with their text, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from imr_kb.backtest import Backtest, wording
from imr_kb.backtest.comparison import UNDETERMINED
from imr_kb.backtest.figures import NOT_READ, Outcomes
from imr_kb.backtest.labels import OUTCOMES
from imr_kb.backtest.plots import Bar, intervals
from imr_kb.backtest.statistics import RESAMPLES, needed
from imr_kb.pages import filled
from imr_kb.terms import short

__all__ = ["as_html"]


def as_html(report: Backtest) -> Iterator[str]:
    """Yield the page.

    Raises:
        ImrError: BT011 where a package is missing.
    """
    needed("jinja2", "matplotlib")
    yield filled(
        __package__,
        "report.html.j2",
        filters={name: getattr(wording, name) for name in wording.__all__} | {"short": short},
        report=report,
        figures=report.figures,
        outcomes=OUTCOMES,
        columns=(*OUTCOMES, UNDETERMINED, NOT_READ),
        resamples=RESAMPLES,
        recalls=_recalls(report),
        by_category=_by_category(report),
        by_reason=_by_reason(report),
    )


def _recalls(report: Backtest) -> str:
    def bars(found: Outcomes, baseline: Outcomes) -> Iterator[Bar]:
        yield Bar("recall, upheld", found.recall_upheld, baseline.recall_upheld.value)
        yield Bar("recall, overturned", found.recall_overturned, baseline.recall_overturned.value)
        yield Bar("agreement", found.agreement, baseline.agreement.value)

    return intervals(
        list(bars(report.figures.every, report.figures.baseline)),
        name="outcomes",
        legend=("every item", "always upheld"),
    )


def _by_category(report: Backtest) -> str:
    bars = [
        Bar(category.name.replace("_", " "), category.agreement, category.baseline.value)
        for category in report.figures.categories
    ]
    return intervals(bars, name="categories", legend=("agreement", "always upheld"))


def _by_reason(report: Backtest) -> str:
    found = report.reasons
    if found is None or not found.first.of:
        return ""
    bars = [
        Bar("the criterion itself", found.first, found.baseline.by_chance),
        Bar("with its exceptions", found.around, found.baseline.by_chance_around),
    ]
    return intervals(bars, name="reasons", legend=("agreement", "by chance"))
