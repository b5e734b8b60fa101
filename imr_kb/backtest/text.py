"""The report as text: what matters on the first screen, then categories, agreement and the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_kb.backtest import Backtest
from imr_kb.backtest.agreement import ReasonAgreement, SourceAgreement
from imr_kb.backtest.comparison import UNDETERMINED
from imr_kb.backtest.figures import NOT_READ, Figures
from imr_kb.backtest.labels import OUTCOMES
from imr_kb.backtest.ledger import Entry
from imr_kb.backtest.wording import amount, decimal, mean, percent, share
from imr_kb.terms import short

__all__ = ["as_text"]

_COLUMNS = (*OUTCOMES, UNDETERMINED, NOT_READ)


def as_text(report: Backtest) -> Iterator[str]:
    """Yield the lines of the report."""
    return (f"{line}".rstrip() + "\n" for line in _lines(report))


def _lines(report: Backtest) -> Iterator[str]:
    found = report.figures
    items = found.every.agreement.of
    labels = f"labels from {report.labels}" if report.labels else "no labels; outcomes as the letters publish them"
    yield f"Backtest of {report.folder}: {len(report.letters)} letters, {items} items, {labels}"
    yield f"Knowledge base {report.kb_version}. Intervals are of 95 %."
    yield ""
    yield from _summary(report)
    yield ""
    yield from _confusion(found)
    yield ""
    yield from _by_class(report)
    yield ""
    yield from _coverage(found)
    yield ""
    yield from _categories(found)
    if report.sources:
        yield ""
        yield from _sources(report.sources)
    if report.reasons:
        yield ""
        yield from _reasons(report.reasons)
    yield ""
    yield f"Ledger: {len(report.ledger)} disagreements"
    for entry in report.ledger:
        yield ""
        yield from _entry(entry)


def _summary(report: Backtest) -> Iterator[str]:
    found = report.figures
    every, decided, baseline = found.every, found.decided, found.baseline
    by_letter = every.balanced_accuracy
    yield from _table(
        ("", "every item", "decided items", "always upheld"),
        (
            ("balanced accuracy", *(mean(part.balanced_accuracy) for part in (every, decided, baseline))),
            ("recall, upheld", *(share(part.recall_upheld) for part in (every, decided, baseline))),
            ("recall, overturned", *(share(part.recall_overturned) for part in (every, decided, baseline))),
            ("agreement", *(share(part.agreement) for part in (every, decided, baseline))),
        ),
    )
    yield "Under every item, what was not read or not decided counts as wrong; under decided items it is left out."
    if by_letter.low_by_letter is not None:
        yield (
            f"Balanced accuracy of every item when whole letters are drawn again: "
            f"{decimal(by_letter.low_by_letter)} to {decimal(by_letter.high_by_letter)}."
        )


def _confusion(found: Figures) -> Iterator[str]:
    yield from _table(
        ("published \\ decided", *(column.replace("-", " ") for column in _COLUMNS)),
        ((row, *(str(found.confusion[row][column]) for column in _COLUMNS)) for row in OUTCOMES),
    )


def _by_class(report: Backtest) -> Iterator[str]:
    yield f"Disagreements: {len(report.ledger)}"
    for kind, (count, noted) in report.by_class.items():
        if count:
            by = f", {noted} of them by a reader" if noted else ""
            yield f"  {count:4}  {kind}{by}: {report.classes[kind]}"


def _coverage(found: Figures) -> Iterator[str]:
    coverage = found.coverage
    yield "Coverage"
    yield from _table(
        (),
        (
            ("letters read and decided", share(coverage.letters_decided)),
            ("letters with all items in order", share(coverage.letters_in_order)),
            ("items found", share(coverage.items_found)),
            ("items normalised to a service", share(coverage.items_normalised)),
            ("items decided", share(coverage.items_decided)),
        ),
    )
    if coverage.extra:
        yield f"{coverage.extra} items were read that no label knows; they are in no figure but that of letters in order."
    if coverage.unpublished:
        yield f"{coverage.unpublished} items have no published outcome that could be read; they are in no figure."


def _categories(found: Figures) -> Iterator[str]:
    yield "By category of service"
    yield from _table(
        ("", "agreement", "always upheld", "recall upheld", "recall overturned", "undetermined"),
        (
            (
                category.name.replace("_", " "),
                share(category.agreement),
                percent(category.baseline.value),
                amount(category.recall_upheld),
                amount(category.recall_overturned),
                str(category.undetermined),
            )
            for category in found.categories
        ),
    )


def _sources(found: SourceAgreement) -> Iterator[str]:
    yield "Governing guideline against the reviewer's citation"
    yield from _table(
        (), (("the same edition or chapter", share(found.edition)), ("the same legal rank", share(found.tier)))
    )
    yield (
        f"Not compared: {found.without_citation} without a citation, {found.not_recognised} with one that names no known "
        f"guideline, {found.without_governing} without a governing recommendation."
    )
    yield from _table(
        ("cited", "items", "governed by it"),
        ((name, str(count), str(governed)) for name, (count, governed) in found.cited.items()),
    )


def _reasons(found: ReasonAgreement) -> Iterator[str]:
    baseline = found.baseline
    yield "First decisive criterion against the reviewer's reasons, on agreed refusals"
    yield from _table(
        (),
        (
            ("the criterion itself", share(found.first)),
            ("  by chance", percent(baseline.by_chance)),
            ("with its exceptions", share(found.around)),
            ("  by chance", percent(baseline.by_chance_around)),
            (f"always {baseline.code}", share(baseline.most_frequent)),
        ),
    )
    yield f"The table gives no reason for {found.no_reason} of them; they count as not agreeing."
    yield from _table(
        ("reason", "given", "said by the first criterion", ""),
        ((reason.code, str(reason.given), str(reason.matched), reason.text) for reason in found.reasons),
    )


def _entry(entry: Entry) -> Iterator[str]:
    item = entry.item
    yield f"{item.letter}, item {item.number}: {item.service}"
    yield f"  published {item.published}, decided {item.outcome if item.decisions else 'not at all'}; {item.category}"
    if entry.note:
        yield f"  {entry.kind}, by a reader: {entry.note.note}"
        yield f"  by the rules: {entry.by_rule}, {entry.why}"
    else:
        yield f"  {entry.kind}: {entry.why}"
    if item.label and item.label.reasons:
        told = f" ({item.label.key_reason})" if item.label.key_reason else ""
        yield f"  reviewer: {', '.join(item.label.reasons)}{told}"
    if entry.source:
        yield f"  governing: {short(entry.source.recommendation)}, {entry.source.recommendation_label}"
    for criterion in entry.criteria:
        yield f"    {criterion.status}, {criterion.role}: {criterion.text} [{short(criterion.criterion)}]"
    if entry.decision:
        yield f"  decision: {entry.decision}"
    yield f"  {entry.command}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with columns of equal width."""
    rows = [*((head,) if head else ()), *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
