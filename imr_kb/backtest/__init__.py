"""Compares decisions on a folder of letters with what was published: coverage, agreement, and a ledger of disagreements.

The comparison comes after deciding. No decision is shown an outcome, a reason or a citation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imr_kb.backtest.agreement import ReasonAgreement, SourceAgreement, reason_agreement, source_agreement
from imr_kb.backtest.citations import CitationReader
from imr_kb.backtest.comparison import Item, Letter, compare, letters_in
from imr_kb.backtest.figures import Figures, figures
from imr_kb.backtest.labels import known_reasons, read_labels, read_notes, without_letter
from imr_kb.backtest.ledger import Entry, entries, summary, superfluous
from imr_kb.backtest.reasons import ReasonTable
from imr_kb.backtest.statistics import needed
from imr_kb.errors import ImrError, InputError, Problem, Severity
from imr_kb.load import Knowledge

__all__ = ["LABELS", "Backtest", "backtest", "labels_beside"]

#: The name of the file of labels that is looked for.
LABELS: Final = "labels.jsonl"


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """All that a report needs. ``reasons`` and ``sources`` are None where no letter has labels.

    ``problems`` and ``exit_code`` tell what was wrong with letters, labels and notes.
    """

    folder: str
    labels: str | None
    kb_version: str
    letters: tuple[Letter, ...]
    figures: Figures
    sources: SourceAgreement | None
    reasons: ReasonAgreement | None
    ledger: tuple[Entry, ...]
    classes: dict[str, str]
    by_class: dict[str, tuple[int, int]]
    problems: tuple[Problem, ...]
    exit_code: int

    @property
    def items(self) -> tuple[Item, ...]:
        """The items with a published outcome, in the order of letters and items."""
        return tuple(item for letter in self.letters for item in letter.items)


def labels_beside(folder: Path) -> Path | None:
    """Return the file of labels in ``folder`` or in the folder above it, else None."""
    return next((path for place in (folder, folder.parent) if (path := place / LABELS).is_file()), None)


def backtest(folder: Path, knowledge: Knowledge, *, labels: Path | None = None, notes: Path | None = None) -> Backtest:
    """Decide the letters of ``folder`` and compare them with ``labels`` (default: those beside the letters).

    ``notes`` holds a reader's judgements on disagreements.

    Raises:
        InputError: BT001 where there are no letters, BT002 where labels or notes cannot be read, BT010 where no outcome is
            published.
        ImrError: BT003 to BT005 and BT007 for labels and notes that are wrong, BT011 where a package is missing.
    """
    needed("scipy")
    paths = letters_in(folder)
    source = labels or labels_beside(folder)
    table = ReasonTable(knowledge)
    known = read_labels(source) if source else {}
    judged = read_notes(notes, table.classes) if notes else {}
    problems: list[Problem] = []
    if source:
        missing = without_letter(known, source, frozenset(path.stem for path in paths))
        if missing:
            raise ImrError(*missing)
        problems += known_reasons(known, source, frozenset(table.reasons))
    letters, inputs = compare(paths, knowledge, known)
    problems += [*inputs.problems, *_contradictions(letters)]
    if not any(letter.items for letter in letters):
        raise InputError(*inputs.problems, _nothing_published(folder))
    if notes:
        problems += superfluous(letters, judged, str(notes))
    items = [item for letter in letters for item in letter.items]
    ledger = entries(letters, table, judged)
    labelled = any(item.label for item in items)
    return Backtest(
        folder=folder.as_posix(),
        labels=source.as_posix() if source and labelled else None,
        kb_version=knowledge.version,
        letters=tuple(letters),
        figures=figures(letters),
        sources=source_agreement(items, CitationReader(knowledge)) if labelled else None,
        reasons=reason_agreement(items, table) if labelled else None,
        ledger=ledger,
        classes=table.classes,
        by_class=summary(ledger, table.classes),
        problems=tuple(sorted(problems)),
        exit_code=inputs.exit_code,
    )


def _contradictions(letters: Iterable[Letter]) -> Iterator[Problem]:
    for item in (item for letter in letters for item in letter.items):
        told = {decision.published for decision in item.decisions} - {None}
        if item.label and told and told != {item.published}:
            yield Problem(
                file=item.path,
                code="BT006",
                term=item.service,
                what=f"Item {item.number} is {item.published} by its label and not so by the letter; the label counts.",
                next_step="Compare the label with the letter.",
                severity=Severity.WARNING,
            )


def _nothing_published(folder: Path) -> Problem:
    return Problem(
        file=str(folder),
        code="BT010",
        what="No item with a published outcome was found, so there is nothing to compare with.",
        next_step="Give letters whose items end with Upheld or Overturned, or labels by --labels.",
    )
