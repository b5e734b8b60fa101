"""The verb ``letter``: the rationale of decisions as the draft of a determination."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from imr_kb.cli.options import FILES, OUTPUT, format_option, with_kept_knowledge
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["letter"]

_WRITERS: Final = {
    "text": ("text", "as_text"),
    "html": ("page", "as_html"),
    "json": ("text", "as_json"),
    "pdf": ("pdf", "as_pdf"),
    "docx": ("docx", "as_docx"),
}
_BINARY: Final = ("pdf", "docx")


@click.command()
@FILES
@format_option(*_WRITERS)
@OUTPUT
@with_kept_knowledge
def letter(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Draft the determination of each case: the rationale of each item, for a clinician to review and sign.

    Each sentence names the nodes of the proof that it rests on. html, pdf and docx need the extra "letter":
    pip install 'imr-kb[letter]'; pdf and docx need --output.

    Example: imr-kb letter letter.txt --format pdf --output draft.pdf
    """
    if form in _BINARY and output is None:
        raise click.UsageError(f"{form} is not text: name the file to write by --output.")
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge
    from imr_kb.rationale import drafts

    module, name = _WRITERS[form]
    write = getattr(import_module(f"imr_kb.rationale.{module}"), name)
    inputs = Inputs(knowledge)
    write_out(write(drafts(Judge(knowledge).decide(inputs.cases(files)), knowledge)), output, inputs)
    finish(inputs)
