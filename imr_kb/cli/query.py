"""The verb ``query``: SPARQL over everything that was loaded and decided."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from imr_kb.cli.options import OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import finish, report, write_out
from imr_kb.errors import EXIT_PROBLEMS, Problem, printable

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["query"]

#: No query needs more characters.
_LONGEST: Final = 1024 * 1024
#: A query may take so much memory beyond what is loaded.
MAX_MEMORY = 2 * 1024**3
#: So many seconds pass between two looks at the memory.
_PAUSE: Final = 0.05


@click.command()
@click.argument("query", type=click.File(encoding="utf-8"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, readable=False))
@format_option("text", "json", "xml", "csv", "tsv", "ttl")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Give up after so many seconds."
)
@OUTPUT
@with_knowledge
def query(
    knowledge: Knowledge, query: Any, files: tuple[Path, ...], form: str, timeout: float, output: Path | None
) -> None:
    """Ask a SPARQL query of ontology, knowledge base, the cases in FILES and their decisions, as one graph.

    QUERY is a file or - for standard input. The prefixes of this project are understood.

    Example: imr-kb query docs/queries/proof.rq letter.txt
    """
    import pyoxigraph as ox

    from imr_kb import query as sparql
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge

    try:
        text = query.read(_LONGEST + 1).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{query.name} is not UTF-8 text") from error
    if len(text) > _LONGEST:
        raise click.UsageError(f"{printable(query.name)} is longer than any query: more than {_LONGEST} characters")
    with bounded(timeout):
        sparql.refuse_unsafe(text, query.name)
    inputs, judge = Inputs(knowledge), Judge(knowledge)
    cases = list(inputs.cases(files))
    decided = list(judge.decide(cases))
    knowledge.store.extend([quad for case in cases for quad in case.quads])
    knowledge.store.extend(ox.Quad(*statement) for result in decided for statement in result.proof.statements())
    with bounded(timeout):
        write_out(sparql.answered(sparql.answer(knowledge.store, text, query.name), form), output)
    finish(inputs)


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """End the process with a message when the block takes too long or too much memory: a query cannot be stopped.

    Memory is watched where the system tells how much is in use.
    """
    over = threading.Event()
    most = _memory() + MAX_MEMORY
    until = time.monotonic() + seconds

    def watch() -> None:
        while not over.wait(min(_PAUSE, max(0.0, until - time.monotonic()))):
            if time.monotonic() >= until:
                what = f"The query ran longer than {seconds:g} seconds."
                _give_up(
                    "QU003", what, "Ask for less, begin with the most selective pattern, or allow more by --timeout."
                )
            if _memory() > most:
                what = f"The query needs more than {MAX_MEMORY // 1024**3} GiB of memory."
                _give_up("QU006", what, "Ask for less: fewer rows, or shorter texts.")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _give_up(code: str, what: str, next_step: str) -> None:
    from imr_kb.files import discard_drafts

    report([Problem(file="query", code=code, what=what, next_step=next_step)])
    sys.stderr.flush()
    discard_drafts()
    os._exit(EXIT_PROBLEMS)


def _memory() -> int:
    """Return how many bytes this process has in memory, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
