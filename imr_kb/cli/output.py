"""How verbs write their results, report problems, and end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from imr_kb.errors import EXIT_USAGE, Problem, printable

if TYPE_CHECKING:
    from imr_kb.inputs import Inputs

__all__ = ["finish", "not_written", "refuse_device", "report", "unwritable", "write_out"]


def finish(inputs: Inputs) -> None:
    """Report what was wrong with ``inputs``, and end with their exit code where it is not 0."""
    report(sorted(inputs.problems))
    if inputs.exit_code:
        sys.exit(inputs.exit_code)


def report(problems: Iterable[Problem]) -> None:
    """Write ``problems`` to stderr, a line each."""
    with suppress(OSError):  # where messages cannot be written, the exit code still tells
        for problem in problems:
            click.echo(str(problem), err=True)


def write_out(parts: Iterable[str | bytes], output: Path | None, inputs: Inputs | None = None) -> None:
    """Write ``parts`` to stdout, or to ``output`` in one step, so that it is never there in part or without any case."""
    if output is None:
        terminal = sys.stdout.isatty()
        for part in parts:
            # What a letter or a file name says is not to move the cursor or to hide what stands around it.
            shown = printable(part, kept="\n\t") if terminal and isinstance(part, str) else part
            click.echo(shown, nl=False)
        return
    from imr_kb.files import replace_file

    refuse_device(output)
    try:
        replace_file(output, parts, wanted=lambda: inputs is None or inputs.taken > 0)
    except OSError as error:
        not_written(output, error)


def refuse_device(output: Path) -> None:
    """End with a message where ``output`` is there and no file: what is put in its place would replace a device."""
    if output.exists() and not output.is_file():
        raise click.UsageError(f"{output} is no file; leave --output out to write to standard output")


def not_written(output: Path, error: OSError) -> NoReturn:
    """End with the reason why ``output`` cannot be written."""
    report([unwritable(str(output), error)])
    sys.exit(EXIT_USAGE)


def unwritable(name: str, error: OSError) -> Problem:
    """Return the problem that what is called ``name`` cannot be written."""
    return Problem(
        file=name,
        code="OU001",
        what=f"The output cannot be written: {error.strerror or error}.",
        next_step="Free room, or name another place; a file that was there is as it was.",
    )
