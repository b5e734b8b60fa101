"""The rules that decide, one SPARQL 1.1 CONSTRUCT query per file, in folders that are run one after the other.

``concepts``, ``clauses``, ``members`` and ``counts`` prepare the knowledge base once. ``prepare``, ``applies``, ``governs``,
``criteria``, ``verdict``, ``settle``, ``decisive`` and ``formulary`` run over all loaded cases at once. The files of a
folder run in the order of their names; ``members``, ``verdict`` and ``decisive`` are repeated until they add nothing.
``check`` holds queries that find what is wrong, and is no stage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from imr_kb.terms import core

__all__ = ["CASE_STAGES", "KNOWLEDGE_STAGES", "REPEATED_STAGES", "Rule", "rules"]

KNOWLEDGE_STAGES: Final = ("concepts", "clauses", "members", "counts")
CASE_STAGES: Final = ("prepare", "applies", "governs", "criteria", "verdict", "settle", "decisive", "formulary")
REPEATED_STAGES: Final = frozenset({"members", "verdict", "decisive"})

_TEMPLATE: Final = re.compile(r"CONSTRUCT\s*\{[^{}]*\}\s*WHERE")
_PREFIX: Final = re.compile(r"^PREFIX (\w+): +<([^>]+)>", re.MULTILINE)
_NAME: Final = re.compile(r"\b(\w+):(\w+)")
_STEP: Final = re.compile(r"\}\s*UNION|[{}()]|\bOPTIONAL\b|\bEXISTS\b|\bMINUS\b|\bimr:\w++(?:\|imr:\w++)*+(?!\s+imr:)")
_ALTERNATIVE: Final = ("OPTIONAL", "EXISTS", "MINUS", "UNION")
_JUDGES: Final = re.compile(r"imr:judgedAs imr:(\w+)")


@dataclass(frozen=True)
class Rule:
    """One rule file: its name (``criteria/quantity.rq``) and its text."""

    name: str
    text: str

    @property
    def stage(self) -> str:
        """The folder of the rule."""
        return self.name.partition("/")[0]

    @property
    def summary(self) -> str:
        """The comment at the head of the file, without the comment signs."""
        head = []
        for line in self.text.splitlines():
            if not line.startswith("#"):
                break
            head.append(line.removeprefix("#").strip())
        return "\n".join(head)

    @cached_property
    def reads(self) -> frozenset[ox.NamedNode]:
        """The terms in the pattern of the rule."""
        head, _, pattern = self.text.partition("WHERE")
        namespaces = dict(_PREFIX.findall(head))
        return frozenset(ox.NamedNode(namespaces[prefix] + name) for prefix, name in _NAME.findall(pattern))

    @cached_property
    def needs(self) -> frozenset[ox.NamedNode]:
        """The core terms without which the rule cannot match: those outside of any alternative, option or filter.

        A term before another one is left out: it may be what the statement is about, which is not looked at.
        A rule that groups its rows yields none where nothing matches, so that a subquery is no alternative.
        """
        open_groups: list[tuple[bool, set[ox.NamedNode]]] = [(False, set())]
        parentheses, before = 0, ""
        for step in _STEP.findall(self.text, self.text.index("WHERE")):
            if step == "{":
                open_groups.append((before.endswith(_ALTERNATIVE), set()))
            elif step.startswith("}"):
                alternative, names = open_groups.pop()
                if not alternative and not step.endswith("UNION"):
                    open_groups[-1][1].update(names)
            elif step in "()":
                parentheses += 1 if step == "(" else -1
            elif step.startswith("imr:") and "|" not in step and not parentheses:
                open_groups[-1][1].add(_named(step.removeprefix("imr:")))
            before = step
        return frozenset(open_groups[0][1])

    @cached_property
    def judges(self) -> frozenset[ox.NamedNode]:
        """The kind of criterion that the rule judges; empty where it judges none."""
        return frozenset(_named(name) for name in _JUDGES.findall(self.text))

    @cached_property
    def of_review(self) -> bool:
        """Whether the rule looks at how a case was reviewed, which no verdict rests on."""
        return _named("hasReview") in self.needs

    @property
    def as_insert(self) -> str:
        """The same query as an update that adds what it constructs."""
        return self.text.replace("CONSTRUCT {", "INSERT {", 1)

    @property
    def as_select(self) -> str:
        """The same query as ``SELECT *``: its rows are the bindings from which the triples are made."""
        return _TEMPLATE.sub("SELECT * WHERE", self.text, count=1)


@cache
def rules(stage: str | None = None) -> tuple[Rule, ...]:
    """Return the rules of one stage, or of all, in the order in which they run."""
    if stage is not None:
        return tuple(rule for rule in rules() if rule.stage == stage)
    folder = Path(__file__).parent
    found = sorted((path.relative_to(folder).as_posix(), path) for path in folder.glob("*/*.rq"))
    return tuple(Rule(name=name, text=path.read_text(encoding="utf-8")) for name, path in found)


def _named(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))
