"""Plots of the report as SVG, the same bytes for the same figures."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from imr_kb.backtest.statistics import Proportion

__all__ = ["Bar", "intervals"]

_STYLE: Final[dict[str, Any]] = {
    # Text stays text, so that it can be read aloud and searched for.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
#: Where an id is given or used.
_ID: Final = re.compile(r'(\bid="|url\(#|href="#)')
_INK: Final = "#1f2933"
_BAR: Final = "#2b6cb0"
_MARK: Final = "#b45309"
_ROW: Final = 0.42
_MARGIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A proportion with its name, and the baseline to hold it against, if there is one."""

    name: str
    found: Proportion
    baseline: float | None


def intervals(bars: Sequence[Bar], *, name: str, legend: tuple[str, str]) -> str:
    """Return horizontal bars with their intervals and a mark for each baseline; ``name`` keeps the ids of plots apart.

    ``legend`` names the bars and the marks.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {**_STYLE, "svg.hashsalt": name}
    with rc_context(style):
        figure = Figure(figsize=(8.6, _MARGIN + _ROW * len(bars)), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        _draw(axes, bars, legend)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = written.getvalue()
    # All plots of a page share one space of ids.
    return _ID.sub(rf"\g<1>{name}-", text[text.index("<svg") :])


def _draw(axes: Any, bars: Sequence[Bar], legend: tuple[str, str]) -> None:
    rows = range(len(bars))
    values = [100 * (bar.found.value or 0.0) for bar in bars]
    axes.barh(rows, values, height=0.62, color=_BAR, label=legend[0])
    spans = [
        (
            100 * ((bar.found.value or 0.0) - (bar.found.low or 0.0)),
            100 * ((bar.found.high or 0.0) - (bar.found.value or 0.0)),
        )
        for bar in bars
    ]
    axes.errorbar(
        values,
        rows,
        xerr=[[low for low, _ in spans], [high for _, high in spans]],
        fmt="none",
        ecolor=_INK,
        elinewidth=1.4,
        capsize=3.5,
        label="95 % interval",
    )
    marked = [(100 * bar.baseline, row) for row, bar in enumerate(bars) if bar.baseline is not None]
    if marked:
        axes.scatter(
            [value for value, _ in marked],
            [row for _, row in marked],
            marker="D",
            s=46,
            color=_MARK,
            edgecolors="white",
            zorder=3,
            clip_on=False,
            label=legend[1],
        )
    axes.set_yticks(list(rows), [f"{bar.name} ({bar.found.count} of {bar.found.of})" for bar in bars])
    axes.set_xlim(0, 100)
    axes.set_xlabel("percent")
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#cbd2d9", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=10)
