"""Look beyond a verdict: the roads to an approval, what an approval rests on, what silence leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.collect import Facts
from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge
from imr_kb.terms import RDFS, SKOS, core
from imr_kb.trace import CaseDecisions, Decision, Outlook, Road
from imr_kb.whatif.changes import Editor, numbered_requests
from imr_kb.whatif.roads import Bounds, Found, roads
from imr_kb.whatif.silence import silence
from imr_kb.whatif.situation import Situation
from imr_kb.whatif.supports import supports
from imr_kb.whatif.tree import NECESSARY, Background, Forest
from imr_kb.whatif.trials import Result, Trials, bare
from imr_kb.whatif.words import Words

__all__ = ["Looker"]

_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_VERDICT: Final = ox.NamedNode(core("verdict"))
_GOVERNED: Final = ox.NamedNode(core("governedBy"))


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
        """Yield ``results`` with an outlook on every decision but those on an item of several services."""
        for result in results:
            case = bare(result.proof.case, self._knowledge)
            situation, forest = self._read(case, result.proof.derived)
            decisions = tuple(
                decision if decision.parts else self._with_outlook(decision, case, situation, forest)
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
        request = ox.NamedNode(decision.request)
        node = ox.NamedNode(decision.request + "/decision")
        now = Result(situation.record.one(node, _VERDICT), situation.record.one(node, _GOVERNED))
        trials: Trials[Any] = Trials(self._judge, self._knowledge, request, situation.record.one(request, _CONCEPT))
        found, rests, cut = Found((), (), ()), tuple[Any, ...](), list[str]()
        if now.verdict == NECESSARY:
            held = supports(case, request, situation.record, trials, now)
            rests = held.sets
            cut += ["not every set of facts was tried"] if held.cut else []
        elif now.governs is not None:
            found = roads(case, request, self._editor, trials, self._read_changed, self._bounds)
            cut += found.cut
        possible, hangs_on = silence(forest, forest.roots[request]) if now.governs else ((), ())
        words = Words(situation)
        outlook = Outlook(
            roads=tuple(
                Road(
                    steps=tuple(tuple(words.way(change) for change in step) for step in steps),
                    governs=None if governs == now.governs else self._background.facts.text(governs, _PREF),
                )
                for steps, governs in found.roads
            ),
            rests_on=tuple(
                sorted((tuple(sorted(words.fact(thing[0]) for thing in held)) for held in rests), key=_size)
            ),
            range=tuple(self._code(verdict) for verdict in possible),
            hangs_on=tuple(dict.fromkeys(situation.sentence(leaf) for leaf in hangs_on)),
            decided=len(trials.known),
            size=self._bounds.size,
            unreachable=found.unreachable,
            cut=tuple(cut),
        )
        return replace(decision, outlook=outlook)

    def _read_changed(self, case: Case) -> tuple[Situation, Forest]:
        return self._read(case, self._judge.derive([case]))

    def _code(self, term: Any) -> str:
        return (self._background.facts.text(term, _LABEL) or "").replace(" ", "-")


def _size(facts: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(facts), facts
