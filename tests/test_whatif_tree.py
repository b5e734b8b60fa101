"""The tree of judgements, weighed on its own, says what the rules say: of every worked example, effect by effect."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
from outlooks import spread

from imr_kb.facts import Facts
from imr_kb.judge import Judge
from imr_kb.load import Knowledge
from imr_kb.terms import core
from imr_kb.whatif.tree import Background, Branch, Forest

ROOT = Path(__file__).resolve().parent.parent
EVERY = 11


def _below(branch: Branch) -> list[Branch]:
    return [branch, *(each for below in (*branch.members, *branch.exceptions) for each in _below(below))]


def test_the_tree_weighs_as_the_rules_do(knowledge: Knowledge) -> None:
    cases = [example.case for example in spread(EVERY)]
    background, weighed = Background(knowledge), 0
    for result in Judge(knowledge).decide(cases):
        record = Facts((*result.proof.case.statements, *result.proof.derived))
        forest = Forest(record, background, [ox.NamedNode(decision.request) for decision in result.decisions])
        for decision in result.decisions:
            # An item of several services is settled by its parts, and has no tree of its own.
            if decision.parts or decision.ground in {"no-recommendation", "circular-dependence"}:
                continue
            roots = forest.roots[ox.NamedNode(decision.request)]
            derived = record.one(ox.NamedNode(decision.request + "/decision"), ox.NamedNode(core("verdict")))
            assert forest.verdict(roots) == derived, decision.request
            for branch in (each for root in roots for each in _below(root)):
                status, effect = forest.weigh(branch)
                assert status == record.one(branch.judgement, ox.NamedNode(core("status"))), branch.judgement
                assert effect == record.one(branch.judgement, ox.NamedNode(core("effect"))), branch.judgement
                weighed += 1
    assert weighed > len(cases)
