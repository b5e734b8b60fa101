"""The verbs that tell what is here: ``show`` and ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imr_kb.cli.options import with_kept_knowledge
from imr_kb.cli.output import write_out
from imr_kb.errors import EXIT_PROBLEMS

if TYPE_CHECKING:
    from imr_kb.load import Knowledge

__all__ = ["doctor", "show"]


@click.command()
@click.argument("term")
@with_kept_knowledge
def show(knowledge: Knowledge, term: str) -> None:
    """Show a term: what it is, its names, what it is within, and where it is used.

    TERM is a prefixed name, an IRI or a label.

    Example: imr-kb show svc:PhysicalTherapy
    """
    from imr_kb.lookup import shown

    write_out(shown(knowledge, term), None)


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say whether everything is here: Python, packages, Java for the classifier, knowledge base and its version.

    Example: imr-kb doctor
    """
    from imr_kb.doctor import examine

    lines, healthy = examine(ctx.obj)
    write_out((f"{line}\n" for line in lines), None)
    if not healthy:
        ctx.exit(EXIT_PROBLEMS)
