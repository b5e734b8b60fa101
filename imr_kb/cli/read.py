"""The verb ``read``: from letters to cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import finish, report, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["read"]


@click.command()
@FILES
@format_option("ttl", "text", "source")
@OUTPUT
@with_knowledge
def read(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Turn letters into cases in Turtle, each fact with the words it was read from.

    Reads letters as text or PDF. With source, the text of one letter is written, in which the offsets count.

    Example: imr-kb read letter.txt --output letter.ttl
    """
    from imr_kb import record
    from imr_kb.inputs import Inputs

    if form == "source":
        write_out(_source(files), output)
        return
    inputs = Inputs(knowledge)
    write = {"ttl": record.as_turtle, "text": record.as_text}[form]
    write_out(write(inputs.cases(files), knowledge), output, inputs)
    finish(inputs)


def _source(files: tuple[Path, ...]) -> Iterator[str]:
    """Yield the text of the one letter of ``files``."""
    from imr_kb.letters.source import source_text
    from imr_kb.rdf import FORMATS, file_content

    if len(files) > 1 or files[0].suffix.lower() in FORMATS:
        raise click.UsageError("--format source takes one letter, as text or PDF")
    source = source_text(file_content(files[0], files[0].name), document=files[0].name)
    report(source.problems)
    yield source.text
