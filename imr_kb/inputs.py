"""Take in what a user names on the command line: read each file, check its cases, and gather what is wrong.

A file that cannot be read does not stop the others. A case with a violation is reported and not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from imr_kb.derive import names_in
from imr_kb.errors import EXIT_DONE, ImrError, Problem, Severity
from imr_kb.load import Case, Knowledge, load_cases
from imr_kb.rdf import FORMATS
from imr_kb.rules import rules
from imr_kb.terms import RDFS, core, short

if TYPE_CHECKING:
    from imr_kb.sheet import Reviewed

__all__ = ["TOGETHER", "Inputs", "checked", "implausible", "twin"]

#: So many cases are checked together: more would hardly take less time for each.
TOGETHER: Final = 50
_VIOLATION: Final = "http://www.w3.org/ns/shacl#Violation"
_LABEL: Final = ox.NamedNode(RDFS + "label")
_CONCEPT: Final = ox.NamedNode(core("concept"))


class Inputs:
    """Reads cases one file after the other.

    Afterwards ``taken`` says how many cases were given out, ``problems`` and ``exit_code`` how it went.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        reviews: bool = False,
        as_of: date | None = None,
        sheet: Path | None = None,
        name: str | None = None,
    ) -> None:
        """Read and check against ``knowledge``.

        ``reviews``: check too how each case was reviewed. ``as_of``: the deciding date of every case, whatever its dates.
        With ``sheet``, the one letter that is read is taken as this corrected review sheet says. ``name`` is how the one
        file is called in output (default: its last part).
        """
        self._knowledge = knowledge
        self._reviews = reviews
        self._as_of = as_of
        self._sheet = sheet
        self._name = name
        self.problems: list[Problem] = []
        self.exit_code = EXIT_DONE
        self.taken = 0
        self._seen: dict[str, str] = {}
        self._reviewed: Reviewed | None = None

    def cases(self, paths: Iterable[Path]) -> Iterator[Case]:
        """Yield the cases of ``paths`` that can be decided, and gather the problems of the rest."""
        loaded = ((case, path) for path in paths for case in _let_go(list(self.load(path))))
        for case, problems in self._checked(loaded):
            yield from self.admitted(case, problems)

    def admitted(self, case: Case, problems: Iterable[Problem]) -> Iterator[Case]:
        """Gather the ``problems`` of ``case`` and yield it where it can be decided."""
        problems = [*problems, *_twins(case, self._seen)]
        if self._as_of:
            problems = [problem for problem in problems if problem.code != "CA001"]
        if self._sound(problems):
            self._seen |= dict.fromkeys(case.names, case.file)
            self.taken += 1
            yield case if self._as_of is None else self._on_the_day(case, self._as_of)

    def _on_the_day(self, case: Case, day: date) -> Case:
        from imr_kb.whatif.law import as_of

        return as_of(case, day, self._knowledge)

    def read(self, path: Path) -> Iterator[Case]:
        """Yield every case of ``path`` as it was read, also one that cannot be decided, and gather the problems."""
        for case, problems in self._checked((case, path) for case in self.load(path)):
            self._sound(problems)
            self.taken += 1
            yield case

    def _sound(self, problems: list[Problem]) -> bool:
        """Gather the problems of a case, and say whether it can be decided."""
        self.problems += problems
        if any(problem.severity is Severity.VIOLATION for problem in problems):
            self.exit_code = max(self.exit_code, ImrError.exit_code)
            return False
        return True

    def load(self, path: Path) -> tuple[Case, ...]:
        """Return the cases of ``path``, not yet checked; none where it cannot be read, which is gathered as a problem."""
        try:
            if self._sheet is None:
                return load_cases(path, self._knowledge, name=self._name)
            from imr_kb.sheet import reviewed_case

            reviewed = reviewed_case(path, self._sheet, self._knowledge)
            self._reviewed = reviewed
            return (reviewed.case,)
        except ImrError as error:
            self.problems += error.problems
            self.exit_code = max(self.exit_code, error.exit_code)
            return ()

    def _checked(self, loaded: Iterable[tuple[Case, Path]]) -> Iterator[tuple[Case, list[Problem]]]:
        if self._sheet is None:
            yield from checked(loaded, self._knowledge, reviews=self._reviews)
            return
        for case, _ in loaded:
            assert self._reviewed is not None, "a sheet is read with its letter"
            yield case, [*case.problems, *_problems_of_sheet(self._reviewed, self._sheet.name, self._knowledge)]


def checked(
    loaded: Iterable[tuple[Case, Path]], knowledge: Knowledge, *, reviews: bool = False
) -> Iterator[tuple[Case, list[Problem]]]:
    """Yield each case that was ``loaded`` from a path, in order, with what was noticed in reading and what is wrong with it.

    Where asked for, how each was reviewed is looked at too.
    """
    for as_rdf, run in groupby(loaded, lambda pair: _is_rdf(pair[1])):
        if not as_rdf:
            # What the letter reader writes has the shape of a case by construction, which the tests prove; loading the
            # validator for it would take longer than deciding.
            yield from ((case, [*case.problems, *implausible(case, knowledge)]) for case, _ in run)
            continue
        from imr_kb.check_cases import check_cases, check_review

        for group in _groups(run):
            cases, paths = zip(*group, strict=True)
            found = check_cases(cases, [str(path) for path in paths], knowledge)
            for case, path, problems in zip(cases, paths, found, strict=True):
                more = check_review(case, path, knowledge) if reviews else []
                yield case, [*case.problems, *problems, *more]


def _let_go(cases: list[Case]) -> Iterator[Case]:
    """Yield ``cases`` in order and keep none: what is made of a case while it is decided is several times its size."""
    cases.reverse()
    while cases:
        yield cases.pop()


def _groups(loaded: Iterable[tuple[Case, Path]]) -> Iterator[list[tuple[Case, Path]]]:
    """Gather cases that can be checked together: so many at most, and none of which speaks of a node of another."""
    group: list[tuple[Case, Path]] = []
    described: set[Any] = set()
    named: set[Any] = set()
    for case, path in loaded:
        subjects = {subject for subject, _, _ in case.statements}
        objects = {value for _, _, value in case.statements}
        apart = described.isdisjoint(subjects | objects) and named.isdisjoint(subjects)
        if group and (len(group) == TOGETHER or not apart):
            yield group
            group, described, named = [], set(), set()
        group.append((case, path))
        described |= subjects
        named |= objects
    if group:
        yield group


def _is_rdf(path: Path) -> bool:
    return path.suffix.lower() in FORMATS


def _problems_of_sheet(reviewed: Reviewed, sheet: str, knowledge: Knowledge) -> list[Problem]:
    """Return what is wrong with a case that a person corrected, by the lines of its sheet."""
    from imr_kb.check_cases import check_case
    from imr_kb.documents import to_rdflib

    problems = check_case(to_rdflib(reviewed.case.quads), file=sheet, knowledge=knowledge, rows=reviewed.lines)
    return [problem for problem in problems if problem.code != "CA005" or problem.term not in reviewed.unnamed]


def implausible(case: Case, knowledge: Knowledge) -> list[Problem]:
    """Return what cannot be so in ``case``: dates out of order, no date at all, numbers that contradict each other."""
    store = ox.Store()
    store.extend(case.quads)
    present = names_in(case.statements)
    found = []
    for rule in rules("check"):
        if not rule.name.startswith("check/ca") or rule.of_review or not rule.needs <= present:
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


def _twins(case: Case, seen: dict[str, str]) -> Iterator[Problem]:
    return (twin(case.file, name, seen[name]) for name in sorted(case.names & seen.keys()))


def twin(file: str, name: str, earlier: str) -> Problem:
    """Return the problem that the case or request ``name`` of ``file`` stands in the file ``earlier`` too."""
    return Problem(
        file=file,
        code="CA030",
        term=name,
        what=f"The case, or a request of it, stands in another case of {earlier} too.",
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
