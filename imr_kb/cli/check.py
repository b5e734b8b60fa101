"""The verb ``check``: what is wrong with knowledge, cases and examples."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from imr_kb.cli.options import format_option
from imr_kb.errors import Severity

__all__ = ["check"]


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, readable=False))
@format_option("text", "json")
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], form: str) -> None:
    """Check ontology, shapes and knowledge base; with FILES, check those cases, letters or worked examples.

    Each problem comes with file, line, term, remedy and a code that docs/errors.md explains.

    Example: imr-kb check
    """
    from imr_kb.check import check_paths, check_root
    from imr_kb.load import data_root, load_knowledge

    root = ctx.obj or data_root()
    problems = check_paths(files, load_knowledge(root)) if files else check_root(root)
    if form == "json":
        click.echo(json.dumps({"problems": [problem.to_dict() for problem in problems]}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        violations = sum(problem.severity is Severity.VIOLATION for problem in problems)
        click.echo(f"{violations} violations, {len(problems) - violations} warnings", err=True)
    exits = [problem.exit_code for problem in problems if problem.severity is Severity.VIOLATION]
    if exits:
        sys.exit(max(exits))
