"""The verb ``query``: SPARQL over everything that was loaded and decided."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imr_kb.cli.options import OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import finish, report, write_out
from imr_kb.errors import EXIT_PROBLEMS, Problem

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["query"]


@click.command()
@click.argument("query", type=click.File(encoding="utf-8"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
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
        text = query.read()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{query.name} is not UTF-8 text") from error
    sparql.refuse_unsafe(text, query.name)
    inputs, judge = Inputs(knowledge), Judge(knowledge)
    cases = list(inputs.cases(files))
    decided = list(judge.decide(cases))
    knowledge.store.extend([quad for case in cases for quad in case.quads])
    knowledge.store.extend(ox.Quad(*statement) for result in decided for statement in result.proof.statements())
    with time_limit(timeout):
        write_out(sparql.answered(sparql.answer(knowledge.store, text, query.name), form), output)
    finish(inputs)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the process with a message when the block takes longer than ``seconds``: a running query cannot be stopped."""

    def stop() -> None:
        problem = Problem(
            file="query",
            code="QU003",
            what=f"The query ran longer than {seconds:g} seconds.",
            next_step="Ask for less, begin with the most selective pattern, or allow more by --timeout.",
        )
        from imr_kb.files import discard_drafts

        report([problem])
        sys.stderr.flush()
        discard_drafts()
        os._exit(EXIT_PROBLEMS)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
