"""What several verbs share in their arguments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

__all__ = ["AS_OF", "FILES", "OUTPUT", "REVIEW", "format_option", "one_letter", "with_kept_knowledge", "with_knowledge"]


class _Day(click.ParamType):  # type: ignore[type-arg]
    """A day as ISO 8601 writes it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day; write it as year, month and day, like 2015-06-08.", param, ctx)


FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
OUTPUT = click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
REVIEW = click.option(
    "--review",
    "sheet",
    metavar="SHEET",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Take the letter as this corrected review sheet says.",
)


def one_letter(files: tuple[Path, ...], option: str) -> Path:
    """Return the one letter among ``files`` that ``option`` is about.

    Raises:
        click.UsageError: there are several files, or it is no letter.
    """
    from imr_kb.rdf import FORMATS

    if len(files) > 1 or files[0].suffix.lower() in FORMATS:
        raise click.UsageError(f"{option} takes one letter, as text or PDF")
    return files[0]


AS_OF = click.option(
    "--as-of",
    type=_Day(),
    help="Decide under the law of this day, written 2015-06-08; the dates of the case stay as they are.",
)


def format_option(*names: str) -> Callable[[Any], Any]:
    """Return the option ``--format`` with these choices; the first is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to write the result.",
    )


def with_knowledge(command: Callable[..., Any]) -> Callable[..., Any]:
    """Load the knowledge base before ``command`` and pass it as its first argument."""

    @click.pass_context
    @wraps(command)
    def wrapped(ctx: click.Context, /, *args: Any, **options: Any) -> Any:
        from imr_kb.load import load_knowledge

        return command(load_knowledge(ctx.obj), *args, **options)

    return wrapped


def with_kept_knowledge(command: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same for a ``command`` that asks little of the knowledge base: open it as an earlier command has kept it.

    What is asked of it takes longer then than in memory, and loading it most of a second less.
    """

    @click.pass_context
    @wraps(command)
    def wrapped(ctx: click.Context, /, *args: Any, **options: Any) -> Any:
        from imr_kb.kept import kept_knowledge

        return command(kept_knowledge(ctx.obj), *args, **options)

    return wrapped
