"""Decide many files in several processes: results in the order of the files, whatever the number of processes.

A file that fails does not stop the others. Each process loads the knowledge base once and takes chunks of files.
"""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from imr_kb.errors import EXIT_DONE, EXIT_UNREADABLE, InputError, Problem
from imr_kb.files import encodable, name_of
from imr_kb.inputs import Inputs, checked, twin
from imr_kb.rdf import FORMATS

if TYPE_CHECKING:
    from imr_kb.judge import Judge
    from imr_kb.load import Case, Knowledge

__all__ = ["Done", "Kept", "Source", "Tally", "decide_all", "processors", "sources"]

#: How many files a process takes at a time: enough to decide together, few enough to lose little.
CHUNK: Final = 50
#: How many chunks may be under way for each process, so that memory does not grow with the number of files.
_AHEAD: Final = 2
#: So many objects more than are gone are made before garbage is looked for.
_YOUNG: Final = 50_000
#: Names are kept as digests of so many bytes.
_DIGEST_BYTES: Final = 12
#: What was read of a file: how it went, and the cases that can be decided.
_Taken: TypeAlias = "tuple[Inputs, list[Case]]"
_LETTERS: Final = frozenset({".txt", ".pdf"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a batch, and how it is called in results and messages: its name, or its path below the named folder."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one file: for each case its IRIs and its line of JSON, and what was wrong."""

    source: Source
    cases: tuple[tuple[tuple[str, ...], str], ...] = ()
    problems: tuple[Problem, ...] = ()
    exit_code: int = EXIT_DONE


@dataclass(frozen=True, slots=True)
class Kept:
    """What of one file goes into the results: its lines, the digests of the names in them, and what was wrong."""

    lines: tuple[str, ...]
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    exit_code: int


class Tally:
    """Counts files and cases in their order, and leaves out a case whose name stood in an earlier file.

    ``done`` counts files, ``cases`` the cases decided, ``exits`` the files by exit code.
    """

    def __init__(self, files: Sequence[Source]) -> None:
        """Count ``files``."""
        self._files = files
        self._seen: dict[str, int] = {}
        self.done = 0
        self.cases = 0
        self.exits: Counter[int] = Counter()

    def take(self, done: Done) -> Kept:
        """Count the next file and return what of it goes into the results."""
        problems, exit_code = list(done.problems), done.exit_code
        lines: list[str] = []
        names: list[str] = []
        for own, line in done.cases:
            digests = [_digest(name) for name in own]
            earlier = next((place for digest in digests if (place := self._seen.get(digest)) is not None), None)
            if earlier is None:
                lines.append(line)
                names += digests
            else:
                problems.append(twin(done.source.name, own[0], self._files[earlier].name))
                exit_code = max(exit_code, problems[-1].exit_code)
        self.restore(names, len(lines), exit_code)
        return Kept(tuple(lines), tuple(names), tuple(problems), exit_code)

    def restore(self, names: Iterable[str], cases: int, exit_code: int) -> None:
        """Count the next file as it was counted before."""
        self._seen |= dict.fromkeys(names, self.done)
        self.done += 1
        self.cases += cases
        self.exits[exit_code] += 1


def _digest(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def sources(paths: Iterable[Path]) -> list[Source]:
    """Return the files of ``paths`` in order, those of a folder sorted by name; hidden ones and other kinds are left out.

    Raises:
        InputError: IN040 where a folder holds neither letters nor cases.
    """
    found: list[Source] = []
    for path in paths:
        if not path.is_dir():
            found.append(Source(path, name_of(path)))
            continue
        names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if _wanted(file, path))
        if not names:
            raise InputError(
                Problem(
                    file=str(path),
                    code="IN040",
                    what="The folder holds neither letters nor cases.",
                    next_step="Name a folder with .txt, .pdf, .ttl, .trig, .nt, .nq or .jsonld files.",
                )
            )
        found += [Source(path / name, encodable(name)) for name in names]
    return found


def _wanted(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix.lower() in _LETTERS | FORMATS.keys() and file.is_file()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def decide_all(files: Sequence[Source], *, root: Path, processes: int) -> Iterator[list[Done]]:
    """Decide ``files`` under the knowledge base of ``root`` and yield what became of them, chunk by chunk, in order."""
    size = max(1, min(CHUNK, -(-len(files) // processes)))
    waiting = deque(files[start : start + size] for start in range(0, len(files), size))
    while waiting:
        running: deque[tuple[Sequence[Source], Future[list[Done]]]] = deque()
        pool = _pool(root, min(processes, len(waiting)))
        try:
            while waiting or running:
                while waiting and len(running) < processes * _AHEAD:
                    chunk = waiting.popleft()
                    running.append((chunk, pool.submit(_work, chunk)))
                done = running[0][1].result()
                running.popleft()
                yield done
        except BrokenProcessPool:
            # Which file ended its process cannot be told, so those under way are taken one at a time.
            suspects = [file for chunk, _ in running for file in chunk]
            yield from _singly(suspects, root)
        finally:
            pool.shutdown(cancel_futures=True)


def _singly(files: Iterable[Source], root: Path) -> Iterator[list[Done]]:
    pool = _pool(root, 1)
    try:
        for file in files:
            try:
                yield pool.submit(_work, [file]).result()
            except BrokenProcessPool:
                pool.shutdown()
                pool = _pool(root, 1)
                yield [
                    _failed(file, "IN041", "The process that worked on this file was ended, mostly for lack of memory.")
                ]
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(root: Path, processes: int) -> ProcessPoolExecutor:
    # Started afresh and not forked: the store of a loaded knowledge base has threads.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(root,))


def _failed(source: Source, code: str, what: str) -> Done:
    problem = Problem(
        file=source.name,
        code=code,
        what=what,
        next_step="The other files are done. Decide this one alone, and report it with what imr-kb doctor prints.",
    )
    return Done(source, problems=(problem,), exit_code=EXIT_UNREADABLE)


# --- in each process


@dataclass
class _Worker:
    """What a process of a batch keeps from chunk to chunk."""

    knowledge: Knowledge
    judge: Judge


@dataclass
class _Here:
    """The worker of this process, once it has started."""

    workers: list[_Worker] = field(default_factory=list)


_here: Final = _Here()


def _start(root: Path) -> None:
    from imr_kb.judge import Judge
    from imr_kb.load import load_knowledge

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    knowledge = load_knowledge(root)
    _here.workers.append(_Worker(knowledge, Judge(knowledge)))
    # What stays as long as the process does need not be looked through for garbage again and again; nor need the words
    # of a letter, which are gone when it is read: looking through them takes a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)


def _end_with_the_parent() -> None:
    """Wait until the process that gives the work is gone, and then end: nobody would give any more, nor take results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(EXIT_UNREADABLE)


def _work(files: Sequence[Source]) -> list[Done]:
    """Read and decide ``files``."""
    worker = _here.workers[0]
    taken, done = _taken(files, worker.knowledge)
    lines = _lines([case for _, cases in taken.values() for case in cases], worker.judge)
    for file, (inputs, cases) in taken.items():
        if any(id(case) not in lines for case in cases):
            done[file] = _failed(file, "IN042", "Deciding this file failed.")
            continue
        told = tuple((tuple(sorted(case.names)), lines[id(case)]) for case in cases)
        done[file] = Done(file, told, tuple(sorted(inputs.problems)), inputs.exit_code)
    return [done[file] for file in files]


def _taken(files: Sequence[Source], knowledge: Knowledge) -> tuple[dict[Source, _Taken], dict[Source, Done]]:
    """Read and check ``files``, and return the cases of each that can be decided, and what became of those that failed."""
    taken: dict[Source, _Taken] = {}
    failed: dict[Source, Done] = {}
    loaded: list[tuple[Source, Case]] = []
    for file in files:
        inputs = Inputs(knowledge, name=file.name)
        try:
            loaded += [(file, case) for case in inputs.load(file.path)]
            taken[file] = inputs, []
        except Exception as error:  # a fault of ours must not lose the work on the other files
            failed[file] = _failed(file, "IN042", f"Reading this file failed: {type(error).__name__}: {error}.")
    try:
        found = list(checked([(case, file.path) for file, case in loaded], knowledge))
    except Exception as error:
        if len(files) == 1:
            return {}, {
                files[0]: _failed(files[0], "IN042", f"Checking this file failed: {type(error).__name__}: {error}.")
            }
        return _each_taken(files, knowledge)
    for (file, _), (case, problems) in zip(loaded, found, strict=True):
        inputs, cases = taken[file]
        cases += inputs.admitted(case, problems)
    return taken, failed


def _each_taken(files: Sequence[Source], knowledge: Knowledge) -> tuple[dict[Source, _Taken], dict[Source, Done]]:
    """Do the same with one of ``files`` after the other: which of them cannot be checked could not be told."""
    taken: dict[Source, _Taken] = {}
    failed: dict[Source, Done] = {}
    for file in files:
        one, none = _taken([file], knowledge)
        taken |= one
        failed |= none
    return taken, failed


def _lines(cases: Sequence[Case], judge: Judge) -> dict[int, str]:
    """Return the line of each case: decided together, or alone where that fails or two cases have one name."""
    from imr_kb.render import as_jsonl

    names: set[str] = set()
    together: list[Case] = []
    alone: list[Case] = []
    for case in cases:
        (together if names.isdisjoint(case.names) else alone).append(case)
        names |= case.names
    try:
        found = dict(zip(map(id, together), as_jsonl(judge.decide(together)), strict=True))
    except Exception:  # found out below, case by case
        found, alone = {}, list(cases)
    for case in alone:
        try:
            (found[id(case)],) = as_jsonl(judge.decide([case]))
        except Exception:
            continue
    return found
