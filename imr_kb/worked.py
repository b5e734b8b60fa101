"""Run worked examples: decide the case of each and compare with what its author expects.

A worked example is a ``t:Example`` in Turtle with one ``t:case`` and the expected ``t:verdict``; it may add
``t:ground``, ``t:governedBy``, ``t:supported`` and, per status, the criteria that come out so. Where a case has several
requests, the expectations are about the one with the smallest ``imr:sequence``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import InputError, Problem
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, cases_of
from imr_kb.rdf import named_quads
from imr_kb.terms import BASE, PREFIXES, RDF, core, short
from imr_kb.trace import Decision

__all__ = ["Example", "Outcome", "differences", "load_examples", "run"]

_T: Final = PREFIXES["t"]
_STATUSES: Final[Mapping[str, str]] = {
    "met": "met",
    "notMet": "not-met",
    "notDocumented": "not-documented",
    "conflicting": "conflicting",
    "notKnown": "not-known",
    "notApplicable": "not-applicable",
}


@dataclass(frozen=True)
class Example:
    """One worked example: its IRI, its sentence, its file, its case, and what its author expects, by property."""

    iri: str
    says: str
    file: str
    case: Case
    expected: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Outcome:
    """What came of one example: empty ``differences`` where everything is as expected."""

    example: Example
    decision: Decision
    differences: tuple[str, ...]


def load_examples(paths: Iterable[Path], knowledge: Knowledge, *, base: Path | None = None) -> tuple[Example, ...]:
    """Read the worked examples of Turtle files, or of all such files below a directory, in the order of their IRIs.

    Raises:
        InputError: IN001 for a path that does not exist, RD001 for a file that is not Turtle, EX900 where a path holds
            no example.
    """
    found: list[Example] = []
    for path in paths:
        files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        examples = [example for file in files for example in _examples(file, knowledge, base)]
        if not examples:
            raise InputError(
                Problem(
                    file=str(path),
                    code="EX900",
                    what="There is no worked example here.",
                    next_step="Name a Turtle file with t:Example resources, or a directory of such files.",
                )
            )
        found += examples
    return tuple(found)


def run(examples: Sequence[Example], knowledge: Knowledge) -> Iterator[Outcome]:
    """Decide the cases of ``examples`` and compare each with what is expected."""
    judged = Judge(knowledge).decide([example.case for example in examples])
    for example, result in zip(examples, judged, strict=True):
        decision = result.decisions[0]
        yield Outcome(example=example, decision=decision, differences=differences(example, decision))


def differences(example: Example, decision: Decision) -> tuple[str, ...]:
    """Say in which respects ``decision`` is not what the author of ``example`` expects."""
    return tuple(_differences(example.expected, decision))


def _examples(file: Path, knowledge: Knowledge, base: Path | None) -> Iterator[Example]:
    name = file.relative_to(base).as_posix() if base and file.is_relative_to(base) else file.name
    slug = "-".join((*file.parts[-2:-1], file.stem))
    quads = named_quads(file, name, f"{BASE}example/{slug}")
    by_subject: dict[Any, list[ox.Quad]] = {}
    for quad in quads:
        by_subject.setdefault(quad.subject, []).append(quad)
    kind, example_class = ox.NamedNode(RDF + "type"), ox.NamedNode(_T + "Example")
    examples: set[Any] = {quad.subject for quad in quads if quad.predicate == kind and quad.object == example_class}
    for example in sorted(examples, key=str):
        said: dict[str, set[Any]] = {}
        for statement in by_subject[example]:
            said.setdefault(statement.predicate.value.removeprefix(_T), set()).add(statement.object)
        (case,) = cases_of(quads, said["case"], knowledge, name)
        yield Example(
            iri=example.value,
            says=" ".join(sorted(item.value for item in said.get("says", ()))),
            file=name,
            case=case,
            expected={
                key: frozenset(str(item.value) for item in values)
                for key, values in said.items()
                if key in {*_STATUSES, "verdict", "ground", "governedBy", "supported", "prospectiveReview"}
            },
        )


def _differences(expected: Mapping[str, frozenset[str]], decision: Decision) -> Iterator[str]:
    verdict = {"necessary": "Necessary", "not-necessary": "NotNecessary", "undetermined": "Undetermined"}[
        decision.verdict
    ]
    yield from _compare("verdict", expected, core(verdict))
    if "ground" in expected:
        # The ground's IRI is not in the result, only its label: compare labels, which are unique among grounds.
        wanted = {iri.removeprefix(core("")).removesuffix("Ground") for iri in expected["ground"]}
        found = "".join(part.capitalize() for part in decision.ground.split("-"))
        if wanted != {found}:
            yield f"ground: expected {', '.join(sorted(wanted))}, found {found}"
    if "governedBy" in expected:
        yield from _compare("governedBy", expected, decision.source.recommendation if decision.source else "nothing")
    if "supported" in expected:
        yield from _compare("supported", expected, str(decision.supported_quantity))
    if "prospectiveReview" in expected:
        review = decision.formulary.review if decision.formulary else "nothing"
        found = "".join(part.capitalize() for part in f"review-{review}".split("-"))
        yield from _compare("prospectiveReview", expected, core(found))
    for key, status in _STATUSES.items():
        found_with = {item.criterion for item in decision.criteria if item.status == status}
        for criterion in sorted(expected.get(key, frozenset()) - found_with):
            others = sorted({item.status for item in decision.criteria if item.criterion == criterion})
            yield f"{short(criterion)}: expected {status}, found {', '.join(others) or 'no judgement'}"


def _compare(key: str, expected: Mapping[str, frozenset[str]], found: str) -> Iterator[str]:
    wanted = expected.get(key, frozenset())
    if wanted != {found}:
        yield f"{key}: expected {', '.join(map(short, sorted(wanted)))}, found {short(found)}"
