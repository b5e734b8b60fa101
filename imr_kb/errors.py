"""Problems found in what a user hands in: what, where, what was expected, what to do next.

Every kind of problem has a stable code, with a paragraph in docs/errors.md.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = [
    "EXIT_DONE",
    "EXIT_PROBLEMS",
    "EXIT_UNREADABLE",
    "EXIT_USAGE",
    "ImrError",
    "InputError",
    "Problem",
    "Severity",
    "printable",
    "unreadable",
]

EXIT_DONE = 0
EXIT_PROBLEMS = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3
#: So many characters of a term, and of each sentence, are printed: what is wrong can be a number of a million digits.
_MOST: Final = 600
#: Characters that move the cursor, hide or turn what stands around them, or that no encoding has.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Severity(StrEnum):
    """How bad a problem is: a violation cannot be decided, a warning is decided with less support."""

    VIOLATION = "violation"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One problem, ready to be printed or compared; ``line`` and ``column`` count from 1, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0
    code: str
    term: str = ""
    what: str
    next_step: str = ""
    severity: Severity = Severity.VIOLATION

    @property
    def exit_code(self) -> int:
        """The exit code that this problem calls for: of an input that cannot be read, or of one that is wrong."""
        return EXIT_UNREADABLE if self.code.startswith(("IN", "RD")) else EXIT_PROBLEMS

    def to_dict(self) -> dict[str, str | int]:
        """Return the problem as a plain object."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "term": self.term,
            "what": self.what,
            "next_step": self.next_step,
        }

    def __str__(self) -> str:
        """Return ``file:line:column: CODE severity: what (term). next step``, on one line whatever an input says."""
        place = ":".join(str(part) for part in (printable(self.file), self.line or "", self.column or "") if part != "")
        what, term, step = (printable(_cut(text)) for text in (self.what, self.term, self.next_step))
        return f"{place}: {self.code} {self.severity}: {what}{f' [{term}]' if term else ''}{f' {step}' if step else ''}"


def unreadable(name: str, error: OSError) -> Problem:
    """Return the problem that the system does not let the file ``name`` be read."""
    return Problem(
        file=name,
        code="IN012",
        what=f"The file cannot be read: {error.strerror or error}.",
        next_step="Check its name and its permissions.",
    )


def printable(text: str, *, kept: str = "") -> str:
    r"""Return ``text`` with each character that a terminal would obey written as its escape, but for those ``kept``.

    >>> printable("a\x1b[31m.txt")
    'a\\x1b[31m.txt'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(one) if unicodedata.category(one) in _UNPRINTABLE and one not in kept else one for one in text
    )


def _escaped(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode() if ord(character) > 127 else repr(character)[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}… ({len(text)} characters)"


class ImrError(Exception):
    """A failure that ends the work on one input; carries the problems to report."""

    exit_code = EXIT_PROBLEMS

    def __init__(self, *problems: Problem) -> None:
        """Keep ``problems`` (at least one) and use them as the message."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class InputError(ImrError):
    """An input that could not be read at all."""

    exit_code = EXIT_UNREADABLE
