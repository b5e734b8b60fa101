"""The verb ``whatif``: change a case and decide it anew, or ask what would change it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import AS_OF, FILES, OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import finish, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["whatif"]


@click.command()
@FILES
@click.option("--set", "settings", metavar="CHANGE", multiple=True, help="Let the record or the request say this.")
@click.option("--remove", "removals", metavar="CHANGE", multiple=True, help="Take this out of the record.")
@click.option("--over-time", is_flag=True, help="List how the verdict changes with the day whose law decides.")
@AS_OF
@format_option("text", "json", "ttl")
@OUTPUT
@with_knowledge
def whatif(
    knowledge: Knowledge,
    files: tuple[Path, ...],
    settings: tuple[str, ...],
    removals: tuple[str, ...],
    over_time: bool,
    as_of: date | None,
    form: str,
    output: Path | None,
) -> None:
    """Decide cases before and after changes; without any, tell which changes would turn each verdict.

    What is removed goes first. With ttl, the changed case is written. docs/whatif.md shows how a change is written.

    Example: imr-kb whatif letter.txt --set "request 1 quantity 4" --set "not fnd:RedFlag"
    """
    from imr_kb.inputs import Inputs
    from imr_kb.judge import Judge
    from imr_kb.whatif import report
    from imr_kb.whatif.changes import Change
    from imr_kb.whatif.comparison import changed, compared

    changes = [*(Change(text, removes=True) for text in removals), *map(Change, settings)]
    if over_time and (changes or as_of or form == "ttl"):
        raise click.UsageError("--over-time stands alone: it takes neither a change, nor a day, nor the format ttl.")
    if form == "ttl" and (as_of or not changes):
        raise click.UsageError(
            "ttl writes the changed case: it needs a change, and takes no day, which is no part of a case."
        )
    inputs, judge = Inputs(knowledge, as_of=as_of), Judge(knowledge)
    if form == "ttl":
        from imr_kb.record import as_turtle

        parts = as_turtle((changed(case, changes, knowledge) for case in inputs.cases(files)), knowledge)
    elif over_time:
        from imr_kb.whatif.timeline import over_time as listed

        cases = list(inputs.cases(files))
        timelines = ((next(judge.decide([case])), listed(case, judge, knowledge)) for case in cases)
        parts = (report.spans_as_json if form == "json" else report.spans_as_text)(timelines)
    elif changes:
        write = report.comparisons_as_json if form == "json" else report.comparisons_as_text
        parts = write(compared(inputs.cases(files), changes, judge, knowledge))
    else:
        from imr_kb.whatif.outlook import Looker

        results = Looker(judge, knowledge).look(judge.decide(inputs.cases(files)))
        parts = (report.outlooks_as_json if form == "json" else report.outlooks_as_text)(results)
    write_out(parts, output, inputs)
    finish(inputs)
