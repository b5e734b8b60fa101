"""How verbs write their results, report problems, and end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.errors import EXIT_USAGE, Problem

if TYPE_CHECKING:
    from imr_kb.inputs import Inputs

__all__ = ["finish", "report", "write_out"]


def finish(inputs: Inputs) -> None:
    """Report what was wrong with ``inputs``, and end with their exit code where it is not 0."""
    report(sorted(inputs.problems))
    if inputs.exit_code:
        sys.exit(inputs.exit_code)


def report(problems: Iterable[Problem]) -> None:
    """Write ``problems`` to stderr, a line each."""
    for problem in problems:
        click.echo(str(problem), err=True)


def write_out(parts: Iterable[str | bytes], output: Path | None, inputs: Inputs | None = None) -> None:
    """Write ``parts`` to stdout, or to ``output`` in one step, so that it is never there in part or without any case."""
    if output is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    from imr_kb.files import replace_file

    try:
        replace_file(output, parts, wanted=lambda: inputs is None or inputs.taken > 0)
    except OSError as error:
        click.echo(f"{output}: cannot be written: {error.strerror}", err=True)
        sys.exit(EXIT_USAGE)
