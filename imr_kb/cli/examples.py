"""The verb ``test``: worked examples, their coverage, and what they would notice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imr_kb.cli.options import format_option, with_knowledge
from imr_kb.cli.output import report, write_out
from imr_kb.errors import EXIT_PROBLEMS

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["run_examples"]


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--quiet", "-q", is_flag=True, help="Print only the examples that differ.")
@click.option("--coverage", is_flag=True, help="Add which kinds of criteria come out how, and what governs nowhere.")
@click.option("--mutate", is_flag=True, help="Change kb/ in one place at a time; print the changes that go unnoticed.")
@click.option("--only", metavar="FILE", help="With --mutate: change this file of kb/ only.")
@click.option("--sample", type=click.IntRange(min=1), help="With --mutate: make only so many of the changes.")
@click.option("--seed", type=int, default=0, show_default=True, help="With --sample: which ones.")
@click.option(
    "--least",
    type=click.FloatRange(0, 100),
    default=90.0,
    show_default=True,
    help="With --mutate: how many in a hundred changes must be noticed.",
)
@format_option("text", "json")
@with_knowledge
def run_examples(knowledge: Knowledge, paths: tuple[Path, ...], form: str, **options: Any) -> None:
    """Run worked examples and compare each verdict and criterion with what its author expects.

    PATHS are Turtle files or directories (default: tests/worked).

    Example: imr-kb test tests/worked/odg
    """
    from imr_kb import testing

    found = (testing.mutated if options.pop("mutate") else testing.tested)(
        knowledge, paths or (Path("tests/worked"),), as_json=form == "json", twins=paths or None, **options
    )
    write_out(found.lines, None)
    click.echo(found.summary, err=True)
    report(found.problems)
    if found.failed:
        sys.exit(EXIT_PROBLEMS)
