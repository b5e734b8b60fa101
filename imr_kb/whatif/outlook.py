"""Look beyond a verdict: the roads to an approval, what an approval rests on, what silence leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.terms import RDFS, SKOS, core
from imr_kb.trace import CaseDecisions, Decision, Outlook, Road
from imr_kb.whatif.changes import Editor, numbered_requests
from imr_kb.whatif.roads import Bounds, Found, roads, roads_of_item
from imr_kb.whatif.silence import possible_together, silence
from imr_kb.whatif.situation import Situation
from imr_kb.whatif.supports import Support, Supports, supports
from imr_kb.whatif.tree import NECESSARY, UNDETERMINED, Background, Branch, Forest
from imr_kb.whatif.trials import Result, Trials, bare
from imr_kb.whatif.words import Words

__all__ = ["Looker"]

_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_VERDICT: Final = ox.NamedNode(core("verdict"))
_GOVERNED: Final = ox.NamedNode(core("governedBy"))


@dataclass(slots=True)
class _View:
    """What was found beyond the verdict on a request, in terms."""

    now: Result
    trials: Trials[Any]
    found: Found = field(default_factory=lambda: Found((), (), ()))
    rests_on: tuple[Support, ...] = ()
    rests_cut: bool = False
    possible: tuple[Any, ...] = ()
    hangs_on: tuple[Branch, ...] = ()

    def hold(self, held: Supports) -> None:
        """Take over what an approval rests on."""
        self.rests_on, self.rests_cut = held.sets, held.cut


class Looker:
    """Adds an outlook to decisions; keep one for a judge and its knowledge base."""

    def __init__(self, judge: Judge, knowledge: Knowledge, bounds: Bounds | None = None) -> None:
        """Try variants of the cases by ``judge``, within ``bounds``."""
        self._judge = judge
        self._knowledge = knowledge
        self._bounds = bounds or Bounds()
        self._background = Background(knowledge)
        self._editor = Editor(knowledge)

    def look(self, results: Iterable[CaseDecisions]) -> Iterator[CaseDecisions]:
        """Yield ``results`` with an outlook on every decision: on an item of several services, and on each of them."""
        for result in results:
            case = bare(result.proof.case, self._knowledge)
            situation, forest = self._read(case, result.proof.derived)
            decisions = tuple(
                (self._of_parts if decision.parts else self._with_outlook)(decision, case, situation, forest)
                for decision in result.decisions
            )
            yield replace(result, decisions=decisions)

    def _read(self, case: Case, derived: Iterable[Any]) -> tuple[Situation, Forest]:
        node = ox.NamedNode(case.iri)
        record = Facts((*case.statements, *derived))
        requests = numbered_requests(case.statements, node)
        situation = Situation(node, requests, record, self._background.facts, self._knowledge, self._editor)
        return situation, Forest(record, self._background, requests)

    def _with_outlook(self, decision: Decision, case: Case, situation: Situation, forest: Forest) -> Decision:
        return replace(decision, outlook=self._told(self._view(decision, case, situation, forest), situation))

    def _view(self, decision: Decision, case: Case, situation: Situation, forest: Forest) -> _View:
        """Look beyond the verdict on one service."""
        request = ox.NamedNode(decision.request)
        view = _View(self._now(request, situation), self._trials(request, [request], situation))
        if view.now.verdict == NECESSARY:
            view.hold(supports(case, [request], situation.record, view.trials, view.now))
        elif view.now.governs is not None:
            view.found = roads(case, request, self._editor, view.trials, self._read_changed, self._bounds)
        if view.now.governs is not None:
            view.possible, view.hangs_on = silence(forest, forest.roots[request])
        return view

    def _of_parts(self, decision: Decision, case: Case, situation: Situation, forest: Forest) -> Decision:
        """Look beyond the verdict on an item of several services, and on each of them: it turns when all of them do."""
        request, parts = ox.NamedNode(decision.request), [ox.NamedNode(part.request) for part in decision.parts]
        views = [self._view(part, case, situation, forest) for part in decision.parts]
        view = _View(self._now(request, situation), self._trials(request, parts, situation))
        lacking = [each for each in views if each.now.verdict != NECESSARY]
        if not lacking:
            view.hold(supports(case, parts, situation.record, view.trials, view.now))
        elif all(each.found.roads for each in lacking):
            choices = [[steps for steps, _ in each.found.roads] for each in lacking]
            view.found = roads_of_item(case, choices, self._editor, view.trials, self._bounds)
        told = [*view.found.cut, *(cut for each in lacking for cut in each.found.cut)]
        beyond = {sentence for each in lacking for sentence in each.found.unreachable}
        view.found = replace(view.found, cut=tuple(sorted(set(told))), unreachable=tuple(sorted(beyond)))
        if any(each.possible for each in views):
            view.possible = possible_together([each.possible or (UNDETERMINED,) for each in views])
            open_parts = [each for each in views if len(each.possible) > 1 and len(view.possible) > 1]
            view.hangs_on = tuple(leaf for each in open_parts for leaf in each.hangs_on)
        with_outlook = tuple(
            replace(part, outlook=self._told(each, situation)) for part, each in zip(decision.parts, views, strict=True)
        )
        return replace(decision, parts=with_outlook, outlook=self._told(view, situation))

    def _now(self, request: Any, situation: Situation) -> Result:
        node = ox.NamedNode(request.value + "/decision")
        return Result(situation.record.one(node, _VERDICT), situation.record.one(node, _GOVERNED))

    def _trials(self, request: Any, asked: Iterable[Any], situation: Situation) -> Trials[Any]:
        services = [situation.record.one(each, _CONCEPT) for each in asked]
        return Trials(self._judge, self._knowledge, request, [service for service in services if service is not None])

    def _told(self, view: _View, situation: Situation) -> Outlook:
        words = Words(situation)
        return Outlook(
            roads=tuple(
                Road(
                    steps=tuple(tuple(words.way(change) for change in step) for step in steps),
                    governs=None if governs == view.now.governs else self._background.facts.text(governs, _PREF),
                )
                for steps, governs in view.found.roads
            ),
            rests_on=tuple(
                sorted((tuple(sorted(words.fact(thing[0]) for thing in held)) for held in view.rests_on), key=_size)
            ),
            range=tuple(self._code(verdict) for verdict in view.possible),
            hangs_on=tuple(dict.fromkeys(_sentence(leaf, situation) for leaf in view.hangs_on)),
            decided=len(view.trials.known),
            size=self._bounds.size,
            unreachable=view.found.unreachable,
            cut=(*view.found.cut, *(["not every set of facts was tried"] if view.rests_cut else [])),
        )

    def _read_changed(self, case: Case) -> tuple[Situation, Forest]:
        return self._read(case, self._judge.derive([case]))

    def _code(self, term: Any) -> str:
        return (self._background.facts.text(term, _LABEL) or "").replace(" ", "-")


def _sentence(leaf: Branch, situation: Situation) -> str:
    """Return the sentence of a criterion on which a verdict hangs, and why it does where it is met."""
    sentence = situation.sentence(leaf)
    return f"{sentence.removesuffix('.')}; no earlier care is on record." if leaf.from_silence else sentence


def _size(facts: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(facts), facts
