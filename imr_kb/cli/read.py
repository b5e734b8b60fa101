"""The verb ``read``: from letters to cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, format_option, one_letter, with_kept_knowledge
from imr_kb.cli.output import finish, report, write_out

if TYPE_CHECKING:
    from imr_kb.inputs import Inputs
    from imr_kb.load import Knowledge

__all__ = ["read"]


@click.command()
@FILES
@format_option("ttl", "text", "source")
@OUTPUT
@click.option(
    "--review",
    "sheet",
    metavar="SHEET",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was read of one letter to this new sheet, to be corrected.",
)
@click.option("--apply", "applied", is_flag=True, help="With --review: read the corrected sheet back.")
@with_kept_knowledge
def read(
    knowledge: Knowledge,
    files: tuple[Path, ...],
    form: str,
    output: Path | None,
    sheet: Path | None,
    applied: bool,
) -> None:
    """Turn letters into cases in Turtle, each fact with the words it was read from.

    Reads letters as text or PDF. With source, the text of one letter is written, in which the offsets count.

    Example: imr-kb read letter.txt --output letter.ttl
    """
    from imr_kb import record
    from imr_kb.inputs import Inputs

    if applied and sheet is None:
        raise click.UsageError("--apply needs --review SHEET")
    if form == "source":
        write_out(_source(one_letter(files, "--format source")), output)
        return
    if sheet is not None:
        one_letter(files, "--review")
    inputs = Inputs(knowledge, sheet=sheet if applied else None)
    if sheet is not None and not applied:
        if sheet.exists():
            raise click.UsageError(f"{sheet} is there already; --apply reads it back, another name makes a new one")
        write_out(_sheet(files[0], knowledge, inputs), sheet, inputs)
    else:
        write = {"ttl": record.as_turtle, "text": record.as_text}[form]
        write_out(write(inputs.cases(files), knowledge), output, inputs)
    finish(inputs)


def _source(path: Path) -> Iterator[str]:
    """Yield the text of a letter."""
    from imr_kb.files import name_of
    from imr_kb.letters.source import source_text
    from imr_kb.rdf import file_content

    source = source_text(file_content(path, name_of(path)), document=name_of(path))
    report(source.problems)
    yield source.text


def _sheet(path: Path, knowledge: Knowledge, inputs: Inputs) -> Iterator[str]:
    """Yield the review sheet of a letter."""
    from imr_kb.files import name_of
    from imr_kb.letters.source import source_text
    from imr_kb.rdf import file_content
    from imr_kb.sheet import as_sheet

    # A case that cannot be decided as it was read has a sheet too: there it can be put right.
    for case in inputs.read(path):
        text = source_text(file_content(path, name_of(path)), document=name_of(path)).text
        yield from as_sheet(case, text, knowledge)
