"""Problems found in what a user hands in: what, where, what was expected, what to do next.

Every kind of problem has a stable code, with a paragraph in docs/errors.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "EXIT_DONE",
    "EXIT_PROBLEMS",
    "EXIT_UNREADABLE",
    "EXIT_USAGE",
    "ImrError",
    "InputError",
    "Problem",
    "Severity",
]

EXIT_DONE = 0
EXIT_PROBLEMS = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 3


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
        """Return ``file:line:column: CODE severity: what (term). next step``."""
        place = ":".join(str(part) for part in (self.file, self.line or "", self.column or "") if part != "")
        term = f" [{self.term}]" if self.term else ""
        step = f" {self.next_step}" if self.next_step else ""
        return f"{place}: {self.code} {self.severity}: {self.what}{term}{step}"


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
