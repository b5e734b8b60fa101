"""The ledger: every item whose decision is not what was published, its class, and the way to its trace.

The class follows from stated rules, the first that fits; a reader's note stands above it and is shown as such.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imr_kb.backtest.comparison import UNDETERMINED, Item, Letter
from imr_kb.backtest.labels import OUTCOMES, Note
from imr_kb.backtest.reasons import ReasonTable
from imr_kb.errors import ImrError, Problem, Severity
from imr_kb.trace import CriterionResult, SourceReference

__all__ = ["Entry", "entries", "summary", "superfluous"]

_NOT_READ = "not-read"
_NOT_NORMALISED = "not-normalised"
_NO_RECOMMENDATION = "no-recommendation"
_INSUFFICIENT = "record-insufficient"
_CRITERION = "criterion-wrong"
_INCONSISTENT = "letter-inconsistent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One disagreement. ``by_rule`` is the class that the rules give and ``why`` says by what; ``note`` is a reader's."""

    item: Item
    by_rule: str
    why: str
    note: Note | None
    decision: str | None
    ground: str | None
    source: SourceReference | None
    criteria: tuple[CriterionResult, ...]

    @property
    def kind(self) -> str:
        """The class: a reader's where there is a note, else that of the rules."""
        return self.note.kind if self.note else self.by_rule

    @property
    def command(self) -> str:
        """The command that shows the whole trace."""
        return f"imr-kb explain {shlex.quote(self.item.path)}"


def entries(letters: Iterable[Letter], table: ReasonTable, notes: Mapping[tuple[str, int], Note]) -> tuple[Entry, ...]:
    """Return the disagreements of ``letters``, in order."""
    return tuple(
        _entry(letter, item, table, notes.get((_stem(item.letter), item.number)))
        for letter in letters
        for item in letter.items
        if not item.agrees
    )


def superfluous(letters: Iterable[Letter], notes: Mapping[tuple[str, int], Note], path: str) -> list[Problem]:
    """Return a warning (BT008) for each note on an item on which decision and publication agree.

    Raises:
        ImrError: BT007 for a note on an item that is not there.
    """
    items = {(_stem(item.letter), item.number): item for letter in letters for item in letter.items}
    lost = [
        Problem(
            file=path,
            line=note.line,
            code="BT007",
            term=f"{note.file}, item {note.number}",
            what="The note is on an item that is not there.",
            next_step="Name the letter's file, and its item counted from 1.",
        )
        for key, note in notes.items()
        if key not in items
    ]
    if lost:
        raise ImrError(*lost)
    return [
        Problem(
            file=path,
            line=note.line,
            code="BT008",
            term=f"{note.file}, item {note.number}",
            what="The note is on an item that is no disagreement, so it is not shown.",
            next_step="Take the note out.",
            severity=Severity.WARNING,
        )
        for key, note in notes.items()
        if items[key].agrees
    ]


def summary(ledger: Iterable[Entry], classes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return, for each class, how many disagreements there are, and how many of them a reader put there."""
    ledger = list(ledger)
    counted = Counter(entry.kind for entry in ledger)
    noted = Counter(entry.kind for entry in ledger if entry.note)
    return {kind: (counted[kind], noted[kind]) for kind in sorted(classes, key=lambda kind: (-counted[kind], kind))}


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _entry(letter: Letter, item: Item, table: ReasonTable, note: Note | None) -> Entry:
    decision = item.decision
    kind, why = _class(letter, item, table)
    return Entry(
        item=item,
        by_rule=kind,
        why=why,
        note=note,
        decision=f"{decision.request}/decision" if decision else None,
        ground=decision.ground if decision else None,
        source=decision.source if decision else None,
        criteria=tuple(criterion for criterion in decision.criteria if criterion.decisive) if decision else (),
    )


def _class(letter: Letter, item: Item, table: ReasonTable) -> tuple[str, str]:
    """Return the class of a disagreement and what it follows from: the first rule that fits."""
    decision = item.decision
    if decision is None:
        codes = f" ({', '.join(letter.codes)})" if letter.codes else ""
        return _NOT_READ, "the letter was not decided" + codes if not letter.decided else "no item read is like it"
    if not item.normalised:
        return _NOT_NORMALISED, "the service was not recognised"
    explained = table.explained_by(item.label.reasons if item.label else ())
    if explained is not None and explained[0] == _INCONSISTENT:
        return explained[0], f"the reviewer's reason is {explained[1]}"
    if decision.ground == "no-recommendation":
        return _NO_RECOMMENDATION, "no recommendation speaks to the request"
    if explained is not None:
        return explained[0], f"the reviewer's reason is {explained[1]}"
    if item.outcome == UNDETERMINED:
        return _INSUFFICIENT, f"the ground is {decision.ground}"
    if item.published == OUTCOMES[1] and decision.ground == "not-documented":
        return _INSUFFICIENT, "the record is silent on what decides, and the reviewer allowed the item"
    return _CRITERION, f"the ground is {decision.ground}"
