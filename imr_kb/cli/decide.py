"""The verbs that decide: ``decide`` and ``explain``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import AS_OF, FILES, OUTPUT, REVIEW, format_option, one_letter, with_knowledge
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["decide", "explain"]


@click.command()
@FILES
@AS_OF
@format_option("text", "json", "jsonl", "ttl")
@OUTPUT
@REVIEW
@with_knowledge
def decide(
    knowledge: Knowledge,
    files: tuple[Path, ...],
    as_of: date | None,
    form: str,
    output: Path | None,
    sheet: Path | None,
) -> None:
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
    inputs = Inputs(knowledge, as_of=as_of, sheet=sheet)
    write_out(write(Judge(knowledge).decide(inputs.cases(files))), output, inputs)
    finish(inputs)


@click.command()
@FILES
@click.option(
    "--rows", is_flag=True, help="Print the rows of the rule files that judged, as anyone can reproduce them."
)
@click.option("--brief", is_flag=True, help="Leave out what would change each verdict and what silence leaves open.")
@AS_OF
@format_option("text", "json", "jsonl", "ttl")
@OUTPUT
@REVIEW
@with_knowledge
def explain(
    knowledge: Knowledge,
    files: tuple[Path, ...],
    rows: bool,
    brief: bool,
    as_of: date | None,
    form: str,
    output: Path | None,
    sheet: Path | None,
) -> None:
    """Give each verdict with its criteria, the quoted words, why other guidelines did not govern, and what is missing.

    Adds what would change the verdict: many variants of the case are decided anew for that.

    Example: imr-kb explain letter.txt
    """
    if sheet is not None:
        one_letter(files, "--review")
    from imr_kb import render
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge

    inputs, judge = Inputs(knowledge, as_of=as_of, sheet=sheet), Judge(knowledge)
    if rows:
        write_out((line for case in inputs.cases(files) for line in judge.rows(case)), output, inputs)
    else:
        write = {"text": render.explained, "json": render.as_json, "jsonl": render.as_jsonl, "ttl": render.as_turtle}[
            form
        ]
        results = judge.decide(inputs.cases(files))
        if not brief and form != "ttl":
            from imr_kb.whatif.outlook import Looker

            results = Looker(judge, knowledge).look(results)
        write_out(write(results), output, inputs)
    finish(inputs)
