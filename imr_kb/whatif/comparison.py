"""A case before and after changes: what was decided, what is decided, and which criteria made the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from imr_kb.errors import ImrError, Severity
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.trace import CaseDecisions, CriterionResult, Decision
from imr_kb.whatif.changes import Change, Editor

__all__ = ["Comparison", "changed", "compared", "differences"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The decisions on one case before and after the same changes."""

    changes: tuple[Change, ...]
    before: CaseDecisions
    after: CaseDecisions

    def pairs(self) -> Iterator[tuple[int, Decision, Decision | None]]:
        """Yield each item with its number, the decision on it before, and after; None where the item is gone."""
        after = {decision.request: decision for decision in self.after.decisions}
        for number, decision in enumerate(self.before.decisions, 1):
            yield number, decision, after.get(decision.request)


def changed(case: Case, changes: Iterable[Change], knowledge: Knowledge) -> Case:
    """Return ``case`` after ``changes``, checked like a case that is handed in.

    Raises:
        ImrError: WI001 to WI007 where a change is not understood or cannot be made, CA codes where the changed case
            cannot be so.
    """
    from imr_kb.check_cases import check_case
    from imr_kb.documents import to_rdflib
    from imr_kb.inputs import implausible

    result = Editor(knowledge).apply(case, tuple(changes))
    found = {*check_case(to_rdflib(result.quads), file=case.file, knowledge=knowledge), *implausible(result, knowledge)}
    known = {(problem.code, problem.term) for problem in _problems_before(case, knowledge)}
    fresh = [problem for problem in found if (problem.code, problem.term) not in known]
    violations = sorted(problem for problem in fresh if problem.severity is Severity.VIOLATION)
    if violations:
        raise ImrError(*violations)
    return result


def _problems_before(case: Case, knowledge: Knowledge) -> Iterator[Any]:
    from imr_kb.check_cases import check_case
    from imr_kb.documents import to_rdflib
    from imr_kb.inputs import implausible

    yield from check_case(to_rdflib(case.quads), file=case.file, knowledge=knowledge)
    yield from implausible(case, knowledge)


def compared(
    cases: Iterable[Case], changes: Iterable[Change], judge: Judge, knowledge: Knowledge
) -> Iterator[Comparison]:
    """Yield each of ``cases`` decided before and after ``changes``.

    Raises:
        ImrError: as :func:`changed` does, before anything is decided on that case.
    """
    changes = tuple(changes)
    for case in cases:
        after = changed(case, changes, knowledge)
        (was,) = judge.decide([case])
        (becomes,) = judge.decide([after])
        yield Comparison(changes, was, becomes)


def differences(before: Decision, after: Decision) -> list[tuple[CriterionResult, str | None]]:
    """Return the criteria of ``after`` whose status is another than before, each with that; None for a new criterion."""
    statuses = {item.judgement: item.status for item in before.criteria}
    return [
        (item, statuses.get(item.judgement))
        for item in after.criteria
        if item.status != statuses.get(item.judgement) and item.role != "advises"
    ]
