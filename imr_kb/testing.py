"""What the test verb reports: examples that differ, what they cover, and changes to the knowledge base that they miss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imr_kb.coverage import Coverage, criteria, recommendations
from imr_kb.errors import InputError, Problem
from imr_kb.load import Knowledge
from imr_kb.worked import Outcome, load_examples, run

__all__ = ["ExampleReport", "mutated", "tested"]


@dataclass(frozen=True)
class ExampleReport:
    """Lines for standard output, a summary and problems for standard error, and whether the test failed."""

    lines: Iterable[str]
    summary: str
    problems: tuple[Problem, ...]
    failed: bool


def tested(
    knowledge: Knowledge,
    paths: Sequence[Path],
    *,
    as_json: bool,
    twins: Sequence[Path] | None,
    quiet: bool,
    coverage: bool,
    **_: Any,
) -> ExampleReport:
    """Run the examples of ``paths``; with ``coverage``, say what they cover of the files that they are twins of."""
    examples = load_examples(paths, knowledge)
    outcomes: list[Outcome] = []
    root = knowledge.root
    covered = Coverage(knowledge, recommendations(root, twins), criteria(root, twins) if coverage else {})
    for outcome in run(examples, knowledge):
        outcomes.append(outcome)
        covered.add(outcome)
    differ = sum(bool(outcome.differences) for outcome in outcomes)
    missing = tuple(covered.unreachable) if coverage else ()
    return ExampleReport(
        lines=_as_json(outcomes, covered if coverage else None)
        if as_json
        else _as_text(outcomes, covered if coverage else None, quiet=quiet),
        summary=f"{len(examples)} examples, {differ} differ",
        problems=() if as_json else (*missing, *covered.one_sided),
        failed=bool(differ or missing),
    )


def mutated(
    knowledge: Knowledge,
    paths: Sequence[Path],
    *,
    as_json: bool,
    only: str | None,
    sample: int | None,
    seed: int,
    least: float,
    **_: Any,
) -> ExampleReport:
    """Change the knowledge base in one place at a time and say which changes the examples of ``paths`` miss.

    Raises:
        InputError: IN001 where ``only`` is no file of the knowledge base.
    """
    from imr_kb.mutate import Report, Trials, sampled

    trials = Trials(knowledge, load_examples(paths, knowledge))
    if only is not None and only not in trials.sources.files:
        raise InputError(
            Problem(
                file=only,
                code="IN001",
                what="There is no such file in the knowledge base.",
                next_step="Name it from the top, as in kb/odg/office_visits.ttl.",
            )
        )
    report = Report(tuple(trials.run(sampled(trials.mutants(only), sample, seed))))
    below = report.below(least)
    aside = f"; {trials.set_aside} examples differ already and were set aside" if trials.set_aside else ""
    return ExampleReport(
        lines=(f"{json.dumps(report.to_dict(), ensure_ascii=False, indent=2)}\n",) if as_json else report.as_text(),
        summary=f"{len(report.results)} changes, {len(report.survivors)} survived{aside}",
        problems=(below,) if below else (),
        failed=below is not None,
    )


def _as_text(outcomes: Iterable[Outcome], covered: Coverage | None, *, quiet: bool) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.differences:
            yield f"differs  {outcome.example.file}: {outcome.example.says}\n"
            yield from (f"         {difference}\n" for difference in outcome.differences)
        elif not quiet:
            yield f"agrees   {outcome.example.file}: {outcome.example.says}\n"
    if covered is not None:
        yield from covered.as_text()


def _as_json(outcomes: Iterable[Outcome], covered: Coverage | None) -> Iterator[str]:
    shown: dict[str, Any] = {
        "examples": [
            {
                "file": outcome.example.file,
                "example": outcome.example.iri,
                "says": outcome.example.says,
                "differences": list(outcome.differences),
            }
            for outcome in outcomes
        ]
    }
    if covered is not None:
        shown["coverage"] = covered.to_dict()
    yield f"{json.dumps(shown, ensure_ascii=False, indent=2)}\n"
