"""The verb ``backtest``: decisions on a folder of letters against what was published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import OUTPUT, format_option, with_knowledge
from imr_kb.cli.output import report, write_out

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["backtest"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="Published outcomes, a line for each item (default: labels.jsonl in the folder or above it).",
)
@click.option("--notes", type=click.Path(path_type=Path), help="A reader's judgements on disagreements, a line each.")
@format_option("text", "json", "html")
@OUTPUT
@with_knowledge
def backtest(
    knowledge: Knowledge, folder: Path, labels: Path | None, notes: Path | None, form: str, output: Path | None
) -> None:
    """Compare decisions on the letters in FOLDER with their published outcomes, and list every disagreement.

    Needs the extra "report": pip install 'imr-kb[report]'. With html, one file with plots is written.

    Example: imr-kb backtest letters --format html --output report.html
    """
    from imr_kb.backtest import backtest as compared
    from imr_kb.backtest.document import as_json
    from imr_kb.backtest.page import as_html
    from imr_kb.backtest.text import as_text

    found = compared(folder, knowledge, labels=labels, notes=notes)
    write_out({"text": as_text, "json": as_json, "html": as_html}[form](found), output)
    report(found.problems)
    if found.exit_code:
        sys.exit(found.exit_code)
