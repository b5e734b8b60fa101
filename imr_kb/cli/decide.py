"""The verbs that decide: ``decide`` and ``explain``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import (
    AS_OF,
    FILES,
    OUTPUT,
    REVIEW,
    format_option,
    one_letter,
    with_kept_knowledge,
    with_knowledge,
)
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge
    from imr_kb.trace import CaseDecisions

__all__ = ["decide", "explain"]


@click.command()
@FILES
@AS_OF
@format_option("text", "json", "jsonl", "ttl")
@OUTPUT
@REVIEW
@with_kept_knowledge
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
@click.option("--rules", is_flag=True, help="In text, name the rule file that gave each status.")
@click.option(
    "--all", "considered", is_flag=True, help="In text, list also the recommendations that do not fit the case."
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
    rules: bool,
    considered: bool,
    brief: bool,
    as_of: date | None,
    form: str,
    output: Path | None,
    sheet: Path | None,
) -> None:
    """Give each verdict with why, what is missing and what would change it, then each criterion with the quoted words.

    Many variants of the case are decided anew to find what would change the verdict.

    Example: imr-kb explain letter.txt
    """
    if sheet is not None:
        one_letter(files, "--review")
    from functools import partial

    from imr_kb import render
    from imr_kb.explanation import explained
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge

    inputs, judge = Inputs(knowledge, as_of=as_of, sheet=sheet), Judge(knowledge)
    if rows:
        write_out((line for case in inputs.cases(files) for line in judge.rows(case)), output, inputs)
    else:
        in_full = partial(explained, considered=considered, rules=rules)
        writers: dict[str, Callable[[Iterable[CaseDecisions]], Iterator[str]]] = {
            "text": in_full,
            "json": render.as_json,
            "jsonl": render.as_jsonl,
            "ttl": render.as_turtle,
        }
        results = judge.decide(inputs.cases(files))
        if not brief and form != "ttl":
            from imr_kb.whatif.outlook import Looker

            results = Looker(judge, knowledge).look(results)
        write_out(writers[form](results), output, inputs)
    finish(inputs)
