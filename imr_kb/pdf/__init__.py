"""The text of PDF letters, taken out in a process of its own whose time and memory are limited.

A PDF is a program of sorts: it can ask for gigabytes, or for ever. So it is opened only in a child process
(``extract.py``), which serves one file after the other and is replaced when a file was too much for it.
"""

from __future__ import annotations

import atexit
import json
import signal
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from imr_kb.errors import InputError, Problem, Severity

__all__ = ["MAX_BYTES", "MAX_SECONDS", "PATIENCE", "PdfText", "is_pdf", "pdf_text"]

#: A PDF of more bytes than this is refused before it is opened.
MAX_BYTES: Final = 32 * 1024 * 1024
#: No PDF may take more seconds of processor time than this.
MAX_SECONDS = 20
#: Where processor time cannot be limited, and for a child that waits for ever: seconds until it is ended.
PATIENCE = 120.0
#: The mark of a PDF stands within its first bytes (ISO 32000-1, 7.5.2, and Annex H, implementation note 13).
_MARK: Final = b"%PDF-"
_MARK_WITHIN: Final = 1024
_LENGTH: Final = struct.Struct(">Q")
_CHILD: Final = Path(__file__).parent / "extract.py"
_TOO_MUCH: Final = frozenset({"time", "memory"})
_REFUSALS: Final = {
    "missing": (
        "IN020",
        "To read PDF letters the extra package pypdf with its crypto part is needed.",
        "Install it: pip install 'imr-kb[pdf]'. Or give the letter as text.",
    ),
    "damaged": (
        "IN021",
        "This is no whole PDF",
        "Fetch the file again, or print the letter to a new PDF.",
    ),
    "password": (
        "IN022",
        "The PDF opens only with a password.",
        "Save it without one. A PDF that opens without asking is read, even where it is encrypted.",
    ),
    "size": ("IN023", "The PDF is larger than a letter can be", "Give one letter a file."),
    "time": ("IN023", "The PDF took longer to open than any letter does.", "Print the letter to a new PDF."),
    "memory": ("IN023", "The PDF needs more memory than any letter does.", "Print the letter to a new PDF."),
    "no-text": (
        "IN024",
        "There is no text in the PDF; it seems to hold pictures of pages.",
        "Have the text recognised first, and give the PDF with its text, or the text itself.",
    ),
}


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF, its pages joined by line ends, and what was noticed on the way."""

    text: str
    problems: tuple[Problem, ...]


def is_pdf(content: bytes) -> bool:
    """Return whether ``content`` bears the mark of a PDF."""
    return _MARK in content[:_MARK_WITHIN]


def pdf_text(content: bytes, *, document: str) -> PdfText:
    """Take the text out of a PDF; ``document`` is its name in messages.

    The same version of pypdf gives the same text for the same file.

    Raises:
        InputError: IN020 where pypdf is not installed, IN021 where the file is damaged or no PDF, IN022 where it needs a
            password, IN023 where it is too large or needs too much time or memory, IN024 where it holds no text.
    """
    if len(content) > MAX_BYTES:
        raise _refused(document, "size", f": {len(content)} bytes, of at most {MAX_BYTES}")
    if not is_pdf(content):
        raise _refused(document, "damaged", ": the mark at its beginning is missing")
    if find_spec("pypdf") is None:
        raise _refused(document, "missing")
    answer = _answer(content)
    if "refused" in answer:
        raise _refused(document, answer["refused"], answer.get("why", ""))
    problems = []
    if answer["warnings"]:
        problems.append(
            _warning(
                document,
                "IN025",
                f"The PDF is faulty, so text may be missing: {answer['warnings'][0]}.",
                "Compare the text (imr-kb read --format source) with the pages.",
            )
        )
    if answer["pictures"]:
        pages = ", ".join(map(str, answer["pictures"]))
        problems.append(
            _warning(
                document,
                "IN026",
                f"These pages hold pictures and no text, so what they show was not read: {pages}.",
                "Have their text recognised first.",
            )
        )
    return PdfText(answer["text"], tuple(problems))


def _refused(document: str, reason: str, why: str = "") -> InputError:
    code, what, step = _REFUSALS[reason]
    return InputError(Problem(file=document, code=code, what=f"{what.rstrip('.')}{why}.", next_step=step))


def _warning(document: str, code: str, what: str, step: str) -> Problem:
    return Problem(file=document, code=code, what=what, next_step=step, severity=Severity.WARNING)


class _Child:
    """A process that takes text out of PDFs."""

    def __init__(self) -> None:
        # Not by -m: that would look for modules in the working directory, where the hostile files are.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD), str(MAX_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.served = 0

    def ask(self, content: bytes) -> dict[str, Any]:
        """Return what the child says of ``content``; a child that dies has said that it was too much."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(PATIENCE, stop)
        timer.daemon = True
        timer.start()
        try:
            self._process.stdin.write(_LENGTH.pack(len(content)) + content)
            self._process.stdin.flush()
            head = self._process.stdout.read(_LENGTH.size)
            body = self._process.stdout.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
            answer: dict[str, Any] = json.loads(body)
        except (OSError, ValueError):
            code = self._process.wait()
            slow = late.is_set() or code == -getattr(signal, "SIGXCPU", 0)
            return {"refused": "time" if slow else "memory"}
        finally:
            timer.cancel()
        self.served += 1
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


_lock: Final = threading.Lock()
_children: Final[list[_Child]] = []


def _answer(content: bytes) -> dict[str, Any]:
    """Ask the child, a new one if need be; what was too much for a used one is given to a fresh one once more."""
    with _lock:
        while True:
            if not _children:
                _children.append(_Child())
            fresh = not _children[0].served
            answer = _children[0].ask(content)
            if answer.get("refused") not in _TOO_MUCH:
                return answer
            _end()
            if fresh:
                return answer


def _end() -> None:
    while _children:
        _children.pop().close()


atexit.register(_end)
