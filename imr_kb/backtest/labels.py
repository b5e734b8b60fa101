"""Read labels of published outcomes and a reader's notes on disagreements: JSON Lines, a line for each disputed item."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from imr_kb.errors import ImrError, InputError, Problem, Severity

__all__ = ["OUTCOMES", "Label", "Note", "known_reasons", "read_labels", "read_notes", "without_letter"]

#: What independent medical review does with a refusal; the second is the one that only some letters have.
OUTCOMES: Final = ("upheld", "overturned")
_MAX_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is published on one disputed item; ``number`` counts the items of a letter from 1."""

    file: str
    number: int
    service: str
    decision: str
    category: str | None
    reasons: tuple[str, ...]
    key_reason: str | None
    cited: str | None

    @property
    def letter(self) -> str:
        """The name by which a label and a letter belong together: that of the file, whatever its ending."""
        return Path(self.file).stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A reader's judgement on one disagreement; ``kind`` is a class of the ledger."""

    file: str
    number: int
    kind: str
    note: str
    line: int

    @property
    def letter(self) -> str:
        """The name of the letter, without its ending."""
        return Path(self.file).stem


def read_labels(path: Path) -> dict[str, tuple[Label, ...]]:
    """Return the labels of each letter, in the order of its items.

    Raises:
        InputError: BT002 where the file cannot be read.
        ImrError: BT003 for lines that are no labels, BT005 where the items of a letter are not numbered from 0 on.
    """
    found: dict[str, list[Label]] = {}
    for _, label in _lines(path, _label, "BT003"):
        found.setdefault(label.letter, []).append(label)
    problems = []
    for letter, labels in found.items():
        labels.sort(key=lambda label: label.number)
        numbers = [label.number for label in labels]
        if numbers != list(range(1, len(numbers) + 1)):
            problems.append(
                Problem(
                    file=str(path),
                    code="BT005",
                    term=letter,
                    what=f"The items of this letter are numbered {', '.join(str(number - 1) for number in numbers)}.",
                    next_step="Give each item of a letter one label, with service_index 0, 1, 2 and so on.",
                )
            )
    if problems:
        raise ImrError(*sorted(problems))
    return {letter: tuple(labels) for letter, labels in sorted(found.items())}


def without_letter(labels: Mapping[str, tuple[Label, ...]], path: Path, letters: frozenset[str]) -> list[Problem]:
    """Return a problem (BT004) for each letter of ``labels`` that is neither in ``letters`` nor beside ``path``."""
    return [
        Problem(
            file=str(path),
            code="BT004",
            term=items[0].file,
            what="The labels name a letter that is not there.",
            next_step="Name the letter by its path from the folder of the labels, or take its labels out.",
        )
        for letter, items in labels.items()
        if letter not in letters and not (path.parent / items[0].file).is_file()
    ]


def read_notes(path: Path, classes: Mapping[str, str]) -> dict[tuple[str, int], Note]:
    """Return a reader's notes by letter and number of the item; ``classes`` are those of the ledger.

    Raises:
        InputError: BT002 where the file cannot be read.
        ImrError: BT007 for lines that are no notes, or a second note on an item.
    """
    found: dict[tuple[str, int], Note] = {}
    problems = []
    for line, (file, number, kind, text) in _lines(path, _note, "BT007"):
        note = Note(file=file, number=number, kind=kind, note=text, line=line)
        key = (note.letter, number)
        if kind not in classes:
            problems.append(_broken(path, line, "BT007", f"There is no class {kind!r}: one of {', '.join(classes)}."))
        elif key in found:
            problems.append(_broken(path, line, "BT007", f"Item {number} of {file} has a note before this one."))
        found[key] = note
    if problems:
        raise ImrError(*problems)
    return found


def known_reasons(labels: Mapping[str, tuple[Label, ...]], path: Path, known: frozenset[str]) -> list[Problem]:
    """Return a warning (BT009) for each code of ``labels`` that the table of reasons does not hold."""
    used = {code for items in labels.values() for label in items for code in label.reasons}
    return [
        Problem(
            file=str(path),
            code="BT009",
            term=code,
            what="The table of reasons does not hold this code, so that no criterion can agree with it.",
            next_step="Correct the code, or add it to the reasons of the knowledge base.",
            severity=Severity.WARNING,
        )
        for code in sorted(used - known)
    ]


def _lines(path: Path, read: Callable[[Mapping[str, Any]], Any], code: str) -> Iterator[tuple[int, Any]]:
    """Yield each line of ``path`` as ``read`` makes it, with its number; all broken lines are reported at once."""
    problems: list[Problem] = []
    good = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError("expected is an object in braces")
            good.append((number, read(value)))
        except RecursionError:
            problems.append(_broken(path, number, code, "The line is nested too deep."))
        except ValueError as error:
            problems.append(_broken(path, number, code, f"The line cannot be read: {error}."))
    if problems:
        raise ImrError(*problems)
    yield from good


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(_unreadable(path, f"The file is larger than {_MAX_BYTES} bytes."))
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(_unreadable(path, f"The file cannot be read: {error.strerror}.")) from error
    except UnicodeDecodeError as error:
        raise InputError(_unreadable(path, "The file is not UTF-8 text.")) from error


def _unreadable(path: Path, what: str) -> Problem:
    return Problem(file=str(path), code="BT002", what=what, next_step="Name a file of JSON Lines in UTF-8.")


def _broken(path: Path, line: int, code: str, what: str) -> Problem:
    return Problem(
        file=str(path), line=line, code=code, what=what, next_step="docs/backtest.md says what a line must hold."
    )


def _label(value: Mapping[str, Any]) -> Label:
    index = _whole(value, "service_index", least=0)
    decision = _words(value, "decision")
    if decision not in OUTCOMES:
        raise ValueError(f"decision is {decision!r}, expected is {' or '.join(OUTCOMES)}")
    reasons = value.get("reason_codes", [])
    if not isinstance(reasons, list) or not all(isinstance(code, str) for code in reasons):
        raise ValueError("reason_codes is not a list of texts")
    return Label(
        file=_words(value, "file"),
        number=index + 1,
        service=_words(value, "service"),
        decision=decision,
        category=_words_or_none(value, "service_category"),
        reasons=tuple(dict.fromkeys(reasons)),
        key_reason=_words_or_none(value, "key_reason"),
        cited=_words_or_none(value, "guideline_cited_by_reviewer"),
    )


def _note(value: Mapping[str, Any]) -> tuple[str, int, str, str]:
    return _words(value, "file"), _whole(value, "item", least=1), _words(value, "class"), _words(value, "note")


def _words(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not found.strip():
        raise ValueError(f"{name} is missing or no text")
    return found


def _words_or_none(value: Mapping[str, Any], name: str) -> str | None:
    return None if value.get(name) in {None, ""} else _words(value, name)


def _whole(value: Mapping[str, Any], name: str, *, least: int) -> int:
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        raise ValueError(f"{name} is missing or no whole number from {least}")
    return found
