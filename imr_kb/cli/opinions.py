"""The verb ``opinions``: decide a second time by other means, and compare."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, with_knowledge
from imr_kb.cli.output import finish, report, write_out
from imr_kb.errors import EXIT_PROBLEMS

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["opinions"]


@click.command()
@FILES
@OUTPUT
@with_knowledge
def opinions(knowledge: Knowledge, files: tuple[Path, ...], output: Path | None) -> None:
    """Decide letters and cases a second time, by an independent Answer Set Program, and print where the two differ.

    Each disagreement is shown on the smallest case that still has it, as Turtle. The exit code is 1 where there is one.

    Example: imr-kb opinions letter.txt
    """
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge
    from imr_kb.opinions import second_opinion

    second = second_opinion(knowledge.root)
    from imr_kb.opinions.compare import compare, lines_of

    inputs = Inputs(knowledge)
    comparison = compare(list(inputs.cases(files)), Judge(knowledge), second)
    write_out(lines_of(comparison, knowledge, second), output, inputs)
    report(comparison.problems)
    finish(inputs)
    if comparison.disagreements:
        sys.exit(EXIT_PROBLEMS)
