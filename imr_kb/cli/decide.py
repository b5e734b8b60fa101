"""The verbs that decide: ``decide`` and ``explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import FILES, OUTPUT, REVIEW, format_option, one_letter, with_knowledge
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["decide", "explain"]


@click.command()
@FILES
@format_option("text", "json", "jsonl", "ttl")
@OUTPUT
@REVIEW
@with_knowledge
def decide(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None, sheet: Path | None) -> None:
    """Give the verdict on each disputed item of letters and cases.

    Reads letters (text or PDF) and cases (.ttl, .trig, .nt, .nq, .jsonld). With ttl, the whole proof is written.

    Example: imr-kb decide letter.txt --format jsonl
    """
    if sheet is not None:
        one_letter(files, "--review")
    from imr_kb import render
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge

    write = {"text": render.as_text, "json": render.as_json, "jsonl": render.as_jsonl, "ttl": render.as_turtle}[form]
    inputs = Inputs(knowledge, sheet=sheet)
    write_out(write(Judge(knowledge).decide(inputs.cases(files))), output, inputs)
    finish(inputs)


@click.command()
@FILES
@click.option(
    "--rows", is_flag=True, help="Print the rows of the rule files that judged, as anyone can reproduce them."
)
@format_option("text", "json", "jsonl", "ttl")
@OUTPUT
@REVIEW
@with_knowledge
def explain(
    knowledge: Knowledge, files: tuple[Path, ...], rows: bool, form: str, output: Path | None, sheet: Path | None
) -> None:
    """Give each verdict with its criteria, the quoted words, why other guidelines did not govern, and what is missing.

    Example: imr-kb explain letter.txt
    """
    if sheet is not None:
        one_letter(files, "--review")
    from imr_kb import render
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge

    inputs, judge = Inputs(knowledge, sheet=sheet), Judge(knowledge)
    if rows:
        write_out((line for case in inputs.cases(files) for line in judge.rows(case)), output, inputs)
    else:
        write = {"text": render.explained, "json": render.as_json, "jsonl": render.as_jsonl, "ttl": render.as_turtle}[
            form
        ]
        write_out(write(judge.decide(inputs.cases(files))), output, inputs)
    finish(inputs)
