"""The verb ``read``: from letters to cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["read"]


@click.command()
@FILES
@format_option("ttl", "text")
@OUTPUT
@with_knowledge
def read(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Turn letters into cases in Turtle, each fact with the words it was read from.

    Example: imr-kb read letter.txt --output letter.ttl
    """
    from imr_kb import record
    from imr_kb.inputs import Inputs

    inputs = Inputs(knowledge)
    write = {"ttl": record.as_turtle, "text": record.as_text}[form]
    write_out(write(inputs.cases(files), knowledge), output, inputs)
    finish(inputs)
