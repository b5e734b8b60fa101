"""The verb ``verify``: whether a stored decision follows from case and guidelines."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from imr_kb import __version__
from imr_kb.cli.options import AS_OF, format_option
from imr_kb.cli.output import report
from imr_kb.errors import EXIT_PROBLEMS, ImrError, Problem, printable

__all__ = ["verify"]


@click.command()
@click.argument("decision", type=click.Path(path_type=Path, readable=False))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--document",
    "documents",
    multiple=True,
    type=click.Path(path_type=Path, readable=False),
    help="A document that the cases quote from; a letter among FILES is one already.",
)
@click.option("--replay", is_flag=True, help="Decide again too, and compare byte by byte.")
@AS_OF
@format_option("text", "json")
@click.pass_context
def verify(
    ctx: click.Context,
    decision: Path,
    files: tuple[Path, ...],
    documents: tuple[Path, ...],
    replay: bool,
    as_of: date | None,
    form: str,
) -> None:
    """Check what decide --format ttl wrote, by an independent checker, against FILES: the cases that were decided.

    What was decided with --as-of is checked with the same day. Exits with 1 where the decision is rejected.

    Example: imr-kb verify decision.ttl case.ttl
    """
    from imr_kb.files import name_of
    from imr_kb.load import data_root
    from imr_kb.rdf import file_content
    from imr_kb.verify import Published, misquoted
    from imr_kb.verify import verify as verified
    from imr_kb.verify.quotations import count

    root = ctx.obj or data_root()
    stored = file_content(decision, name_of(decision))
    cases, texts = _given(files, documents, root)
    if as_of is not None:
        cases = {case: [*quads, _on_the_day(case, as_of)] for case, quads in cases.items()}
    problems = [*verified(stored, name_of(decision), cases, Published(root, __version__))]
    problems += [problem for quads in cases.values() for problem in misquoted(quads, texts)]
    if replay:
        problems += _again(stored, name_of(decision), files, root, as_of)
    quoted, unseen = count(cases.values(), texts)
    result = {
        "file": name_of(decision),
        "verified": not problems,
        "cases": len(cases),
        "quotations": quoted,
        "quotations_without_document": unseen,
        "replayed": replay,
        "problems": [problem.to_dict() for problem in problems],
    }
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if form == "json" else _line(result))
    report(problems)
    if problems:
        sys.exit(EXIT_PROBLEMS)


def _on_the_day(case: str, day: date) -> Any:
    """Return the statement that ``case`` is to be decided under the law of ``day``."""
    import pyoxigraph as ox

    from imr_kb.terms import XSD, core

    return ox.Quad(
        ox.NamedNode(case),
        ox.NamedNode(core("asOfGiven")),
        ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date")),
    )


def _given(files: tuple[Path, ...], documents: tuple[Path, ...], root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the cases by IRI and the documents by name; a letter is both, read by the reader of letters.

    Raises:
        ImrError: CA030 where a case stands in two files.
        InputError: IN001 to IN008, RD001, RD003 where a file cannot be read.
    """
    from imr_kb.files import name_of
    from imr_kb.load import load_cases, load_knowledge
    from imr_kb.rdf import FORMATS, file_content
    from imr_kb.verify import cases_in

    letters = [path for path in files if path.suffix.lower() not in FORMATS]
    knowledge = load_knowledge(root) if letters else None
    cases: dict[str, Any] = {}
    for path in files:
        if knowledge and path in letters:
            found: dict[str, Any] = {case.iri: case.quads for case in load_cases(path, knowledge)}
        else:
            found = dict(cases_in(file_content(path, name_of(path)), path))
        for iri in found.keys() & cases.keys():
            step = "Name each case once."
            raise ImrError(
                Problem(file=name_of(path), code="CA030", term=iri, what="The case is given twice.", next_step=step)
            )
        cases |= found
    from imr_kb.letters.source import source_text

    contents = {name_of(path): file_content(path, name_of(path)) for path in (*letters, *documents)}
    return cases, {name: source_text(content, document=name).text for name, content in contents.items()}


def _again(stored: bytes, name: str, files: tuple[Path, ...], root: Path, day: date | None) -> list[Problem]:
    from imr_kb.load import load_cases, load_knowledge
    from imr_kb.replay import replayed
    from imr_kb.whatif.law import as_of

    knowledge = load_knowledge(root)
    cases = [case for path in files for case in load_cases(path, knowledge)]
    return list(
        replayed(stored, name, cases if day is None else [as_of(case, day, knowledge) for case in cases], knowledge)
    )


def _line(result: dict[str, Any]) -> str:
    if result["verified"]:
        state = "verified, the same when decided again" if result["replayed"] else "verified"
    else:
        state = f"rejected, problems: {len(result['problems'])}"
    quoted, unseen = result["quotations"], result["quotations_without_document"]
    found = f"; quotations found: {quoted}; without their document: {unseen}" if result["verified"] else ""
    return f"{printable(result['file'])}: {state}; cases: {result['cases']}{found}"
