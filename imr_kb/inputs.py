"""Take in what a user names on the command line: read each file, check its cases, and gather what is wrong.

A file that cannot be read does not stop the others. A case with a violation is reported and not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.errors import EXIT_DONE, ImrError, Problem, Severity
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.rdf import FORMATS
from imr_kb.rules import rules
from imr_kb.terms import RDFS, core, short

__all__ = ["Inputs", "implausible"]

_VIOLATION: Final = "http://www.w3.org/ns/shacl#Violation"
_LABEL: Final = ox.NamedNode(RDFS + "label")
_REQUESTS: Final = ox.NamedNode(core("requests"))
_CONCEPT: Final = ox.NamedNode(core("concept"))


class Inputs:
    """Reads cases one file after the other.

    Afterwards ``taken`` says how many cases could be decided, ``problems`` and ``exit_code`` how it went.
    """

    def __init__(self, knowledge: Knowledge, *, reviews: bool = False, as_of: date | None = None) -> None:
        """Read and check against ``knowledge``.

        ``reviews``: check too how each case was reviewed. ``as_of``: the deciding date of every case, whatever its dates.
        """
        self._knowledge = knowledge
        self._reviews = reviews
        self._as_of = as_of
        self.problems: list[Problem] = []
        self.exit_code = EXIT_DONE
        self.taken = 0

    def cases(self, paths: Iterable[Path]) -> Iterator[Case]:
        """Yield the cases of ``paths`` that can be decided, and gather the problems of the rest."""
        seen: dict[str, str] = {}
        for path in paths:
            try:
                cases = load_cases(path, self._knowledge)
            except ImrError as error:
                self.problems += error.problems
                self.exit_code = max(self.exit_code, error.exit_code)
                continue
            for case in cases:
                problems = [*case.problems, *self._problems(case, path), *_twin(case, seen)]
                if self._as_of:
                    problems = [problem for problem in problems if problem.code != "CA001"]
                self.problems += problems
                if any(problem.severity is Severity.VIOLATION for problem in problems):
                    self.exit_code = max(self.exit_code, ImrError.exit_code)
                else:
                    seen |= dict.fromkeys(_names(case), case.file)
                    self.taken += 1
                    yield case if self._as_of is None else self._on_the_day(case, self._as_of)

    def _on_the_day(self, case: Case, day: date) -> Case:
        from imr_kb.whatif.law import as_of

        return as_of(case, day, self._knowledge)

    def _problems(self, case: Case, path: Path) -> list[Problem]:
        if path.suffix.lower() not in FORMATS:
            # What the letter reader writes has the shape of a case by construction, which the tests prove; loading the
            # validator for it would take longer than deciding.
            return implausible(case, self._knowledge)
        from imr_kb.check import check_case, check_review
        from imr_kb.documents import to_rdflib

        problems = check_case(to_rdflib(case.quads), file=str(path), knowledge=self._knowledge)
        return [*problems, *check_review(case, path, self._knowledge)] if self._reviews else problems


def implausible(case: Case, knowledge: Knowledge) -> list[Problem]:
    """Return what cannot be so in ``case``: dates out of order, no date at all, numbers that contradict each other."""
    store = ox.Store()
    store.extend(case.quads)
    found = []
    for rule in rules("check"):
        if not rule.name.startswith("check/ca") or rule.of_review:
            continue
        solutions: Any = store.query(rule.text)
        for row in solutions:
            what, _, step = row["message"].value.partition(". ")
            found.append(
                Problem(
                    file=case.file,
                    code=row["code"].value,
                    term=_named(row["term"], case, knowledge),
                    what=f"{what.rstrip('.')}.",
                    next_step=step,
                    severity=Severity.VIOLATION if row["severity"].value == _VIOLATION else Severity.WARNING,
                )
            )
    return sorted(set(found))


def _names(case: Case) -> set[str]:
    """Return the IRIs that belong to ``case`` alone: its own and those of its requests."""
    return {case.iri} | {str(value.value) for _, predicate, value in case.statements if predicate == _REQUESTS}


def _twin(case: Case, seen: dict[str, str]) -> Iterator[Problem]:
    for name in sorted(_names(case) & seen.keys()):
        yield Problem(
            file=case.file,
            code="CA030",
            term=name,
            what=f"The case, or a request of it, stands in another case of {seen[name]} too.",
            next_step="Give each case and each request an IRI or case number of its own, or decide the files apart.",
        )


def _named(node: Any, case: Case, knowledge: Knowledge) -> str:
    """Return the name of what ``node`` is about, which says more to a reader than its IRI."""
    about = [value for subject, predicate, value in case.statements if subject == node and predicate == _CONCEPT]
    for concept in about:
        for quad in knowledge.store.quads_for_pattern(concept, _LABEL, None):
            if isinstance(quad.object, ox.Literal):
                return quad.object.value
    return short(str(node.value))
