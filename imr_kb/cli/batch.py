"""The verb ``batch``: many letters and cases in several processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, with_knowledge
from imr_kb.cli.output import not_written, refuse_device, report, write_out
from imr_kb.errors import EXIT_PROBLEMS, EXIT_UNREADABLE

if TYPE_CHECKING:
    from imr_kb.batch import Done, Source, Tally
    from imr_kb.load import Knowledge

__all__ = ["batch"]


@click.command()
@FILES
@OUTPUT
@click.option("--processes", type=click.IntRange(1, 256), help="Work in so many processes (default: one a processor).")
@click.option("--restart", is_flag=True, help="With --output: begin anew where an earlier run was ended from outside.")
@with_knowledge
def batch(
    knowledge: Knowledge, files: tuple[Path, ...], output: Path | None, processes: int | None, restart: bool
) -> None:
    """Decide many letters and cases, as JSON Lines in the order of the files.

    FILES are letters, cases, or folders of them. With --output, a run that was ended from outside goes on where it was
    when it is started again.

    Example: imr-kb batch letters --output decisions.jsonl
    """
    from imr_kb.batch import Tally, decide_all, processors, sources

    found = sources(files)
    decide = partial(decide_all, root=knowledge.root, processes=processes or processors())
    if output is None:
        tally = Tally(found)
        for chunk in decide(found):
            for done in chunk:
                kept = tally.take(done)
                write_out(kept.lines, None)
                report(kept.problems)
    else:
        tally = _kept(found, decide, output, knowledge.version, restart=restart)
    unreadable, wrong = tally.exits[EXIT_UNREADABLE], tally.exits[EXIT_PROBLEMS]
    counted = f"{tally.done} files, {tally.cases} cases decided"
    click.echo(f"{counted}, {unreadable} files unreadable, {wrong} files with problems", err=True)
    if max(tally.exits):
        sys.exit(max(tally.exits))


def _kept(
    found: list[Source],
    decide: Callable[[list[Source]], Iterator[list[Done]]],
    output: Path,
    version: str,
    *,
    restart: bool,
) -> Tally:
    """Decide the files that are not done yet, keep what is done on the disk, and put the output in its place."""
    from imr_kb.journal import Journal

    refuse_device(output)
    try:
        with Journal(output, found, version=version, restart=restart) as journal:
            done = journal.tally.done
            if done:
                click.echo(f"going on after {done} of {len(found)} files", err=True)
            report(journal.problems)
            for chunk in decide(found[done:]):
                report(journal.add(chunk))
            journal.finish()
            return journal.tally
    except OSError as error:
        not_written(output, error)
