"""The verb ``completion``: verbs and options completed by a shell."""

from __future__ import annotations

import click

__all__ = ["completion"]


@click.command()
@click.argument("shell", type=click.Choice(("bash", "fish", "zsh")))
def completion(shell: str) -> None:
    """Print the script that completes verbs and options in a shell.

    Example: imr-kb completion bash > imr-kb.bash
    """
    from click.shell_completion import get_completion_class

    from imr_kb.cli import main

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(main, {}, "imr-kb", "_IMR_KB_COMPLETE").source())
