"""Say what worked examples cover: how often each kind of criterion comes out each way, and which recommendation governs.

A recommendation that governs in no example is unreachable as far as anyone has shown; one that takes no position need only
be looked at in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import Problem, Severity
from imr_kb.load import Knowledge
from imr_kb.rdf import parse_quads
from imr_kb.terms import RDF, core, short
from imr_kb.worked import Outcome

__all__ = ["STATUSES", "Coverage", "criteria", "recommendations"]

STATUSES: Final = ("met", "not-met", "not-documented", "conflicting", "not-known", "not-applicable")
_TYPE: Final = ox.NamedNode(RDF + "type")
_EDITION: Final = ox.NamedNode(core("edition"))
_DISPOSITION: Final = ox.NamedNode(core("disposition"))
_SILENT: Final = ox.NamedNode(core("NoRecommendation"))
_UNKNOWN: Final = ox.NamedNode(core("UnknownCriterion"))
#: What examples have to show of a criterion, with the statuses that show it; of one that nobody knows there is one way only.
#: A group that takes in what is not known shows all that it can: one of all is never met, one of any never lost.
_BOTH_WAYS: Final = (
    ("met", ("met", "not-known")),
    ("not met or not documented", ("not-met", "not-documented", "not-known")),
)
_ALONE: Final = (("not known", ("not-known",)),)


def recommendations(root: Path, twins: Iterable[Path] | None = None) -> dict[str, str]:
    """Return the recommendations below ``root`` with their files; of ``twins`` only those that they are the twins of."""
    return _entries(root, twins, lambda kind: kind == core("Recommendation"))


def criteria(root: Path, twins: Iterable[Path] | None = None) -> dict[str, str]:
    """Return the criteria below ``root`` with their files; of ``twins`` only those that they are the twins of."""
    return _entries(root, twins, lambda kind: kind.endswith("Criterion"))


def _entries(root: Path, twins: Iterable[Path] | None, wanted: Callable[[str], bool]) -> dict[str, str]:
    files = sorted(root.glob("kb/**/*.ttl"))
    if twins is not None:
        paths = {file.parts[-2:] for path in twins for file in (path.rglob("*.ttl") if path.is_dir() else (path,))}
        files = [file for file in files if file.parts[-2:] in paths]
    found: dict[str, str] = {}
    for file in files:
        name = file.relative_to(root).as_posix()
        for quad in parse_quads(file.read_bytes(), ox.RdfFormat.TURTLE, name):
            kind, subject = quad.object, quad.subject
            if quad.predicate == _TYPE and isinstance(kind, ox.NamedNode) and isinstance(subject, ox.NamedNode):
                found.update({subject.value: name} if wanted(kind.value) else {})
    return found


@dataclass
class Coverage:
    """Gathers what outcomes cover; ``expected`` holds the recommendations that should govern somewhere, with their files.

    ``weighed`` holds the criteria that should come out both ways.
    """

    knowledge: Knowledge
    expected: Mapping[str, str]
    weighed: Mapping[str, str] = field(default_factory=dict)
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    governing: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        source = outcome.decision.source
        # One that takes no position can never govern; it is seen where it gives way for that reason.
        for other in outcome.decision.not_governing:
            self.governing[other.recommendation] += other.recommendation in self._silent
        if source is None:
            return
        self.governing[source.recommendation] += 1
        edition = self._edition(source.recommendation)
        for criterion in outcome.decision.criteria:
            self.counts[edition, criterion.kind, criterion.status] += 1
            self.statuses[criterion.criterion, criterion.status] += 1

    @property
    def unreachable(self) -> list[Problem]:
        """The recommendations that govern in no example, as problems."""
        return sorted(
            Problem(
                file=file,
                code="EX901",
                term=short(recommendation),
                what="No worked example is governed by this recommendation.",
                next_step="Write one in its twin below tests/worked/, or look whether another always comes before it.",
            )
            for recommendation, file in self.expected.items()
            if not self.governing[recommendation]
        )

    @property
    def one_sided(self) -> list[Problem]:
        """The criteria that come out one way only, as warnings: no example would notice a change of them."""
        return sorted(
            Problem(
                file=file,
                code="EX903",
                term=short(criterion),
                what=f"No worked example shows the criterion {lacking}.",
                next_step="Write one in its twin below tests/worked/.",
                severity=Severity.WARNING,
            )
            for criterion, file in self.weighed.items()
            for lacking, ways in (_ALONE if criterion in self._unknown else _BOTH_WAYS)
            if not any(self.statuses[criterion, way] for way in ways)
        )

    @cached_property
    def _unknown(self) -> frozenset[str]:
        """The criteria of which nobody knows what they ask, which come out one way."""
        found = self.knowledge.store.quads_for_pattern(None, _TYPE, _UNKNOWN)
        return frozenset(quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))

    @cached_property
    def _silent(self) -> frozenset[str]:
        """The recommendations that take no position."""
        found = self.knowledge.store.quads_for_pattern(None, _DISPOSITION, _SILENT)
        return frozenset(quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))

    def rows(self) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        """Yield edition, kind of criterion, and how often it came out in each of :data:`STATUSES`."""
        for edition, kind in sorted({key[:2] for key in self.counts}):
            yield edition, kind, tuple(self.counts[edition, kind, status] for status in STATUSES)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as a plain object."""
        return {
            "criteria": [
                {"edition": edition, "kind": kind, **dict(zip(STATUSES, numbers, strict=True))}
                for edition, kind, numbers in self.rows()
            ],
            "recommendations": len(self.expected),
            "governing": sum(bool(self.governing[recommendation]) for recommendation in self.expected),
            "unreachable": [problem.to_dict() for problem in self.unreachable],
        }

    def as_text(self) -> Iterator[str]:
        """Yield the table as lines: one for each edition and kind of criterion, a dot where a status never came out."""
        rows = list(self.rows())
        wide = max((len(edition) for edition, _, _ in rows), default=0)
        yield f"{'edition':{wide}}  {'criterion':10}" + "".join(f"{status:>16}" for status in STATUSES) + "\n"
        for edition, kind, numbers in rows:
            yield f"{edition:{wide}}  {kind:10}" + "".join(f"{number or '.':>16}" for number in numbers) + "\n"
        governing = len(self.expected) - len(self.unreachable)
        yield f"{governing} of {len(self.expected)} recommendations govern an example\n"

    def _edition(self, recommendation: str) -> str:
        node = ox.NamedNode(recommendation)
        quads = self.knowledge.store.quads_for_pattern(node, _EDITION, None)
        found = sorted(quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))
        return short(found[0]) if found else ""
