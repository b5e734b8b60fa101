"""Decide the letters of a folder and put each decision beside the published outcome; the outcome is looked at afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imr_kb.backtest.alignment import align
from imr_kb.backtest.labels import OUTCOMES, Label
from imr_kb.errors import InputError, Problem, Severity
from imr_kb.inputs import Inputs
from imr_kb.judge import Judge
from imr_kb.load import Knowledge
from imr_kb.trace import Decision

__all__ = ["UNDETERMINED", "Item", "Letter", "compare", "letters_in"]

#: The endings of letters; whether PDF can be read depends on the installed packages.
_ENDINGS: Final = frozenset({".txt", ".pdf"})
UNDETERMINED: Final = "undetermined"
_UPHELD, _OVERTURNED = OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One disputed item with a published outcome; ``decisions`` are none where it was not read.

    ``place`` is the number of the item in the letter as read, None where it was not read.
    """

    path: str
    letter: str
    number: int
    place: int | None
    published: str
    label: Label | None
    decisions: tuple[Decision, ...]

    @property
    def outcome(self) -> str:
        """What the decisions say: overturned where every service is necessary, upheld where one is not."""
        found = {decision.imr_outcome for decision in self.decisions}
        if _UPHELD in found:
            return _UPHELD
        return _OVERTURNED if found == {_OVERTURNED} else UNDETERMINED

    @property
    def decision(self) -> Decision | None:
        """The decision that the outcome rests on, the first of several."""
        return next((item for item in self.decisions if (item.imr_outcome or UNDETERMINED) == self.outcome), None)

    @property
    def normalised(self) -> bool:
        """Whether the service was recognised."""
        return bool(self.decisions) and all(decision.service is not None for decision in self.decisions)

    @property
    def decided(self) -> bool:
        """Whether the verdict is necessary or not necessary."""
        return self.outcome != UNDETERMINED

    @property
    def agrees(self) -> bool:
        """Whether the decision is what was published."""
        return self.outcome == self.published

    @property
    def service(self) -> str:
        """The item as labelled, else as read."""
        return self.label.service if self.label else " / ".join(item.requested for item in self.decisions)

    @property
    def category(self) -> str:
        """The category of the service as labelled."""
        return (self.label.category if self.label else None) or "not labelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """How one letter went: whether it was decided, and how its items stand to the labels.

    ``extra`` are items that no label knows, ``unpublished`` those whose outcome is nowhere to be found.
    """

    path: str
    decided: bool
    codes: tuple[str, ...]
    items: tuple[Item, ...]
    extra: tuple[str, ...]
    unpublished: tuple[str, ...]
    kb_version: str

    @property
    def in_order(self) -> bool:
        """Whether every item with a published outcome was found, in order, and none besides."""
        return self.decided and all(item.decisions for item in self.items) and not self.extra


def letters_in(folder: Path) -> list[Path]:
    """Return the letters of ``folder``, sorted by name; folders in it are not looked into.

    Raises:
        InputError: BT001 where there is none.
    """
    found = (
        [path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file()]
        if folder.is_dir()
        else []
    )
    if not found:
        raise InputError(
            Problem(
                file=str(folder),
                code="BT001",
                what="There are no letters here." if folder.is_dir() else "There is no such folder.",
                next_step=f"Name a folder that holds letters with the ending {' or '.join(sorted(_ENDINGS))}.",
            )
        )
    return sorted(found, key=lambda path: path.name)


def compare(
    paths: Iterable[Path], knowledge: Knowledge, labels: Mapping[str, tuple[Label, ...]]
) -> tuple[list[Letter], Inputs]:
    """Decide ``paths`` and match what comes out with ``labels``; the inputs tell what was wrong with the letters."""
    paths = list(paths)
    inputs = Inputs(knowledge)
    decided: dict[str, tuple[Decision, ...]] = {}
    for result in Judge(knowledge).decide(inputs.cases(paths)):
        decided[result.file] = result.decisions
    problems: dict[str, set[str]] = {}
    for problem in inputs.problems:
        if problem.severity is Severity.VIOLATION:
            problems.setdefault(Path(problem.file).name, set()).add(problem.code)
    letters = [
        _letter(
            path,
            decided.get(path.name),
            labels.get(path.stem, ()),
            tuple(sorted(problems.get(path.name, ()))),
            knowledge.version,
        )
        for path in paths
    ]
    return letters, inputs


def _letter(
    path: Path, decisions: tuple[Decision, ...] | None, labels: tuple[Label, ...], codes: tuple[str, ...], version: str
) -> Letter:
    read = decisions or ()
    extra: tuple[str, ...] = ()
    unpublished: tuple[str, ...] = ()
    if labels:
        matched = align([label.service for label in labels], [decision.requested for decision in read])
        items = tuple(
            Item(
                path=path.as_posix(),
                letter=path.name,
                number=label.number,
                place=places[0] + 1 if places else None,
                published=label.decision,
                label=label,
                decisions=tuple(read[place] for place in places),
            )
            for label, places in zip(labels, matched.of_label, strict=True)
        )
        extra = tuple(read[place].requested for place in matched.extra)
    else:
        items = tuple(_published(path, read))
        unpublished = tuple(decision.requested for decision in read if decision.published is None)
    return Letter(
        path=path.as_posix(),
        decided=decisions is not None,
        codes=codes,
        items=items,
        extra=extra,
        unpublished=unpublished,
        kb_version=version,
    )


def _published(path: Path, read: Iterable[Decision]) -> Iterator[Item]:
    for place, decision in enumerate(read, start=1):
        if decision.published is not None:
            yield Item(
                path=path.as_posix(),
                letter=path.name,
                number=place,
                place=place,
                published=decision.published,
                label=None,
                decisions=(decision,),
            )
