"""Results of a long run on disk, so that what is done survives when the run is ended from outside.

Beside the output stand, until all is done, the lines so far (``.part``) and one entry for each file (``.journal``). Lines
are on the disk before the entry that counts them; a half-written end is cut off when the run goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from imr_kb.batch import Done, Source, Tally
from imr_kb.errors import InputError, Problem, Severity

__all__ = ["Journal"]

_ENTRY: Final = frozenset({"file", "stamp", "end", "cases", "names", "exit", "problems"})


class Journal:
    """The part and the journal of one output; use it in a ``with`` block."""

    def __init__(self, output: Path, files: Sequence[Source], *, version: str, restart: bool) -> None:
        """Begin, or go on with, the run that makes ``output`` of ``files``; with ``restart``, begin anew.

        What was done under another version of the knowledge base, or before a file changed, is done again. Afterwards
        ``tally`` counts the files that are done already, and ``problems`` says what was wrong with them.

        Raises:
            OSError: the folder cannot be written.
            InputError: IN043 where another run is at work on the same output.
        """
        self._output, self._files, self._version = output, files, version
        self._part_path = output.with_name(output.name + ".part")
        self._journal_path = output.with_name(output.name + ".journal")
        self._journal = _locked(self._journal_path, output)
        try:
            self._part = _opened(self._part_path)
        except BaseException:
            self._journal.close()
            raise
        self.tally = Tally(files)
        self.problems: list[Problem] = []
        self._go_on(restart=restart)

    def __enter__(self) -> Journal:
        """Return the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files; they stay for the next run unless :meth:`finish` was called."""
        self._part.close()
        self._journal.close()

    def _go_on(self, *, restart: bool) -> None:
        """Take up the entries that still hold, and cut both files there."""
        head = json.dumps({"version": self._version}) + "\n"
        lines = [] if restart else self._journal.read().decode("utf-8", "replace").splitlines(keepends=True)
        size, end = 0, 0
        if lines and lines[0] == head:
            size = len(head.encode())
            most = self._part_path.stat().st_size
            for line, file in zip(lines[1:], self._files, strict=False):
                entry = _entry(line)
                if entry is None or entry["end"] > most or (entry["file"], entry["stamp"]) != (file.name, _stamp(file)):
                    break
                self.tally.restore(entry["names"], entry["cases"], entry["exit"])
                self.problems += (_problem(told) for told in entry["problems"])
                size, end = size + len(line.encode()), entry["end"]
        self._part.truncate(end)
        self._part.seek(end)
        self._journal.truncate(size)
        self._journal.seek(size)
        if not size:
            self._journal.write(head.encode())

    def add(self, done: Iterable[Done]) -> list[Problem]:
        """Put what became of the next files on the disk, and return what was wrong with them."""
        entries: list[dict[str, Any]] = []
        told: list[Problem] = []
        for one in done:
            kept = self.tally.take(one)
            self._part.write("".join(kept.lines).encode())
            entries.append(
                {
                    "file": one.source.name,
                    "stamp": _stamp(one.source),
                    "end": self._part.tell(),
                    "cases": len(kept.lines),
                    "names": kept.names,
                    "exit": kept.exit_code,
                    "problems": [problem.to_dict() for problem in kept.problems],
                }
            )
            told += kept.problems
        _sync(self._part)
        self._journal.write("".join(json.dumps(entry) + "\n" for entry in entries).encode())
        _sync(self._journal)
        return told

    def finish(self) -> None:
        """Put the lines in the place of the output, unless no case was decided, and remove journal and part."""
        self._part.close()
        if self.tally.cases:
            self._part_path.replace(self._output)
        else:
            self._part_path.unlink()
        self._journal_path.unlink()


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")


def _locked(path: Path, output: Path) -> BinaryIO:
    """Open the journal at ``path`` and hold it; one that another run has just removed is left for the one in its place."""
    while True:
        file = _opened(path)
        try:
            _lock(file, output)
            if _stands_at(path, file):
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _stands_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: BinaryIO, output: Path) -> None:
    """Hold ``file`` for this run alone, where the system can; the lock ends with the process, however that ends."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InputError(
            Problem(
                file=str(output),
                code="IN043",
                what="Another run is writing this output.",
                next_step="Wait until it is done, or name another output.",
            )
        ) from error


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _entry(line: str) -> dict[str, Any] | None:
    """Return the entry of a whole line of the journal."""
    if not line.endswith("\n"):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() == _ENTRY else None


def _problem(told: dict[str, Any]) -> Problem:
    return Problem(**{**told, "severity": Severity(told["severity"])})


def _stamp(source: Source) -> list[int]:
    """Return what changes when a file does."""
    try:
        found = source.path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]
