"""The command line: each verb parses its arguments, calls the library and writes data to stdout, messages to stderr."""

from __future__ import annotations

import atexit
import gc
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from imr_kb import __version__
from imr_kb.cli.output import report, unwritable
from imr_kb.errors import EXIT_UNREADABLE, EXIT_USAGE, ImrError, unreadable

__all__ = ["VERBS", "main"]

#: Each verb and the module of this package that holds it, imported when the verb is asked for.
VERBS: Final[dict[str, str]] = {
    "backtest": "backtest",
    "batch": "batch",
    "check": "check",
    "completion": "shell",
    "decide": "decide",
    "doctor": "show",
    "explain": "decide",
    "letter": "letter",
    "query": "query",
    "read": "read",
    "show": "show",
    "test": "examples",
    "verify": "verify",
    "whatif": "whatif",
}


class _Verbs(click.Group):
    """Finds verbs in their modules, and reports what the library raises as messages, with the exit code of each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = import_module(f"imr_kb.cli.{VERBS[cmd_name]}")
        return next(
            command
            for command in vars(module).values()
            if isinstance(command, click.Command) and command.name == cmd_name
        )

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ImrError as error:
            report(error.problems)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # Whoever reads our output has had enough; that is no fault of ours.
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            if error.filename is not None:
                report([unreadable(str(error.filename), error)])
                ctx.exit(EXIT_UNREADABLE)
            report([unwritable("standard output", error)])
            with suppress(OSError):
                sys.stdout.close()  # what is left in it cannot be written at the end either
            ctx.exit(EXIT_USAGE)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="imr-kb")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory with ontology/, shapes/ and kb/ (default: the bundled ones).",
)
@click.pass_context
def main(ctx: click.Context, root: Path | None) -> None:
    """Decide disputed treatment under the California guidelines, with the proof.

    Exit codes: 0 done (a "not necessary" is a result), 1 problems found, 2 wrong usage, 3 an input was unreadable.

    Example: imr-kb explain letter.txt
    """
    # A command makes much and drops it at its end: looking for what can be dropped as often as usual takes a tenth of it.
    gc.set_threshold(200_000)
    # Nor need anything be looked for at the very end, when the system takes back all there is.
    atexit.register(gc.freeze)
    ctx.obj = root
