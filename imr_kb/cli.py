"""The command line: each verb parses its arguments, calls the library and writes data to stdout, messages to stderr."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imr_kb import __version__
from imr_kb.errors import EXIT_PROBLEMS, EXIT_USAGE, ImrError, Problem, Severity

if TYPE_CHECKING:
    from imr_kb.inputs import Inputs
    from imr_kb.load import Knowledge

__all__ = ["main"]

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_OUTPUT = click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)


def _format(*names: str) -> Callable[[Any], Any]:
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to write the result.",
    )


class _Verbs(click.Group):
    """Reports what the library raises as messages, with the exit code that belongs to it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ImrError as error:
            _report(error.problems)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # Whoever reads our output has had enough; that is no fault of ours.
            sys.stderr.close()
            ctx.exit(0)


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
    ctx.obj = root


def _with_knowledge(command: Callable[..., Any]) -> Callable[..., Any]:
    """Load the knowledge base before ``command`` and pass it as its first argument."""

    @click.pass_context
    @wraps(command)
    def wrapped(ctx: click.Context, /, *args: Any, **options: Any) -> Any:
        from imr_kb.load import load_knowledge

        return command(load_knowledge(ctx.obj), *args, **options)

    return wrapped


@main.command()
@_FILES
@_format("text", "json", "jsonl", "ttl")
@_OUTPUT
@_with_knowledge
def decide(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Give the verdict on each disputed item of letters and cases.

    Reads letters (.txt) and cases (.ttl, .trig, .nt, .nq, .jsonld). With ttl, the whole proof is written.

    Example: imr-kb decide letter.txt --format jsonl
    """
    from imr_kb import render
    from imr_kb.judge import Judge

    write = {"text": render.as_text, "json": render.as_json, "jsonl": render.as_jsonl, "ttl": render.as_turtle}[form]
    inputs = _inputs(knowledge)
    _write(write(Judge(knowledge).decide(inputs.cases(files))), output, inputs)
    _finish(inputs)


@main.command()
@_FILES
@click.option(
    "--rows", is_flag=True, help="Print the rows of the rule files that judged, as anyone can reproduce them."
)
@_format("text", "json", "jsonl", "ttl")
@_OUTPUT
@_with_knowledge
def explain(knowledge: Knowledge, files: tuple[Path, ...], rows: bool, form: str, output: Path | None) -> None:
    """Give each verdict with its criteria, the quoted words, why other guidelines did not govern, and what is missing.

    Example: imr-kb explain letter.txt
    """
    from imr_kb import render
    from imr_kb.judge import Judge

    inputs, judge = _inputs(knowledge), Judge(knowledge)
    if rows:
        _write((line for case in inputs.cases(files) for line in judge.rows(case)), output, inputs)
    else:
        write = {"text": render.explained, "json": render.as_json, "jsonl": render.as_jsonl, "ttl": render.as_turtle}[
            form
        ]
        _write(write(judge.decide(inputs.cases(files))), output, inputs)
    _finish(inputs)


@main.command()
@click.argument("query", type=click.File(encoding="utf-8"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_format("text", "json", "xml", "csv", "tsv", "ttl")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Give up after so many seconds."
)
@_OUTPUT
@_with_knowledge
def query(
    knowledge: Knowledge, query: Any, files: tuple[Path, ...], form: str, timeout: float, output: Path | None
) -> None:
    """Ask a SPARQL query of ontology, knowledge base, the cases in FILES and their decisions, as one graph.

    QUERY is a file or - for standard input. The prefixes of this project are understood.

    Example: imr-kb query docs/queries/proof.rq letter.txt
    """
    import pyoxigraph as ox

    from imr_kb import query as sparql
    from imr_kb.judge import Judge

    try:
        text = query.read()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{query.name} is not UTF-8 text") from error
    sparql.refuse_unsafe(text, query.name)
    inputs, judge = _inputs(knowledge), Judge(knowledge)
    cases = list(inputs.cases(files))
    decided = list(judge.decide(cases))
    knowledge.store.extend([quad for case in cases for quad in case.quads])
    knowledge.store.extend(ox.Quad(*statement) for result in decided for statement in result.proof.statements())
    with _time_limit(timeout):
        _write(sparql.answered(sparql.answer(knowledge.store, text, query.name), form), output)
    _finish(inputs)


@main.command()
@_FILES
@_format("ttl", "text")
@_OUTPUT
@_with_knowledge
def read(knowledge: Knowledge, files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Turn letters into cases in Turtle, each fact with the words it was read from.

    Example: imr-kb read letter.txt --output letter.ttl
    """
    from imr_kb import record

    inputs = _inputs(knowledge)
    write = {"ttl": record.as_turtle, "text": record.as_text}[form]
    _write(write(inputs.cases(files), knowledge), output, inputs)
    _finish(inputs)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_format("text", "json")
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


@main.command()
@click.argument("term")
@_with_knowledge
def show(knowledge: Knowledge, term: str) -> None:
    """Show a term: what it is, its names, what it is within, and where it is used.

    TERM is a prefixed name, an IRI or a label.

    Example: imr-kb show svc:PhysicalTherapy
    """
    from imr_kb.lookup import shown

    _write(shown(knowledge, term), None)


@main.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say whether everything is here: Python, packages, Java for the classifier, knowledge base and its version.

    Example: imr-kb doctor
    """
    from imr_kb.doctor import examine

    lines, healthy = examine(ctx.obj)
    _write((f"{line}\n" for line in lines), None)
    if not healthy:
        ctx.exit(EXIT_PROBLEMS)


@main.command("test")
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
@_format("text", "json")
@_with_knowledge
def run_examples(knowledge: Knowledge, paths: tuple[Path, ...], form: str, **options: Any) -> None:
    """Run worked examples and compare each verdict and criterion with what its author expects.

    PATHS are Turtle files or directories (default: tests/worked).

    Example: imr-kb test tests/worked/odg
    """
    from imr_kb import testing

    report = (testing.mutated if options.pop("mutate") else testing.tested)(
        knowledge, paths or (Path("tests/worked"),), as_json=form == "json", twins=paths or None, **options
    )
    _write(report.lines, None)
    click.echo(report.summary, err=True)
    _report(report.problems)
    if report.failed:
        sys.exit(EXIT_PROBLEMS)


@main.command()
@click.argument("shell", type=click.Choice(("bash", "fish", "zsh")))
def completion(shell: str) -> None:
    """Print the script that completes verbs and options in a shell.

    Example: imr-kb completion bash > imr-kb.bash
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(main, {}, "imr-kb", "_IMR_KB_COMPLETE").source())


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End the process with a message when the block takes longer than ``seconds``: a running query cannot be stopped."""

    def stop() -> None:
        problem = Problem(
            file="query",
            code="QU003",
            what=f"The query ran longer than {seconds:g} seconds.",
            next_step="Ask for less, begin with the most selective pattern, or allow more by --timeout.",
        )
        from imr_kb.files import discard_drafts

        _report([problem])
        sys.stderr.flush()
        discard_drafts()
        os._exit(EXIT_PROBLEMS)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _inputs(knowledge: Knowledge) -> Inputs:
    from imr_kb.inputs import Inputs

    return Inputs(knowledge)


def _finish(inputs: Inputs) -> None:
    _report(sorted(inputs.problems))
    if inputs.exit_code:
        sys.exit(inputs.exit_code)


def _report(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)


def _write(parts: Iterable[str], output: Path | None, inputs: Inputs | None = None) -> None:
    """Write ``parts`` to stdout, or to ``output`` in one step, so that it is never there in part or without any case."""
    if output is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    from imr_kb.files import replace_file

    try:
        replace_file(output, parts, wanted=lambda: inputs is None or inputs.taken > 0)
    except OSError as error:
        click.echo(f"{output}: cannot be written: {error.strerror}", err=True)
        sys.exit(EXIT_USAGE)
