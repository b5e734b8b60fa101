"""A case that was decided, read as those who look for changes need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from imr_kb.collect import in_order
from imr_kb.facts import Facts, StoredFacts
from imr_kb.load import Knowledge
from imr_kb.terms import RDF, SKOS, core, short
from imr_kb.whatif.changes import Change, Editor
from imr_kb.whatif.tree import Branch

__all__ = ["MOST_TERMS", "Situation", "Steps", "plain"]

#: Changes that have to be made together, each step by any one of its changes.
Steps: TypeAlias = tuple[tuple[Change, ...], ...]
#: So many terms are offered where a criterion is about more.
MOST_TERMS: Final = 6
_DEFINITION: Final = ox.NamedNode(SKOS + "definition")
_TYPE: Final = ox.NamedNode(RDF + "type")


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(core(name))


_CONCEPT: Final = _term("concept")
_ABSENT: Final = _term("Absent")


@dataclass(frozen=True)
class Situation:
    """A case that was decided, for reading: ``record`` holds the case with what was derived from it."""

    case: Any
    requests: Sequence[Any]
    record: Facts
    facts: StoredFacts
    knowledge: Knowledge
    editor: Editor

    def number(self, subject: Any, name: str) -> Decimal | None:
        """Return the number that the record, or else the knowledge base, gives for ``subject``."""
        value = self.record.text(subject, _term(name)) or self.facts.text(subject, _term(name))
        return None if value is None else Decimal(value)

    def asked(self, branch: Branch) -> str:
        """Return how a change names the request of ``branch``, which may be a part of an item."""
        return next(
            f"request {number}{f' part {place}' if place else ''}"
            for number, item in enumerate(self.requests, 1)
            for place, request in enumerate((item, *self.parts(item)))
            if request == branch.request
        )

    def parts(self, item: Any) -> list[Any]:
        """Return the services that ``item`` asks for together, as they are numbered; none where it asks for one."""
        return in_order(self.record, self.record.all(item, _term("comprises")))

    def about(self, branch: Branch, name: str) -> list[Any]:
        """Return what the criterion of ``branch`` is about by the property ``name``."""
        return sorted(self.facts.all(branch.criterion, _term(name)), key=str)

    def within(self, narrow: Any, broad: Any) -> bool:
        """Say whether ``narrow`` is within ``broad``."""
        return broad in self.facts.all(narrow, _term("within"))

    def in_dispute(self, concept: Any) -> list[int]:
        """Return the numbers of the items of the case that a statement of ``concept`` would stand in for.

        Such a statement is an exception to a criterion that waits for an item of the case, or an alternative to it: where it
        speaks of what has been authorized, that item is still in dispute.
        """
        record, found = self.record, set[int]()
        for judgement in record.having(_term("servesItem")):
            groups = record.all(judgement, _term("partOf"))
            for other in record.having(_term("ofCriterion")):
                lifts = judgement in record.all(other, _term("lifts"))
                beside = other != judgement and any(group in groups for group in record.all(other, _term("partOf")))
                about = self.facts.all(record.one(other, _term("ofCriterion")), _term("finding"))
                if (lifts or beside) and any(self.within(concept, each) for each in about):
                    found.update(self._item(item) for item in record.all(judgement, _term("servesItem")))
        return sorted(found)

    def _item(self, request: Any) -> int:
        return next(
            number for number, item in enumerate(self.requests, 1) if request == item or request in self.parts(item)
        )

    def considered(self, branch: Branch, kind: str) -> list[Any]:
        """Return the facts of a class that ``branch`` looks at and that the record states."""
        return [
            fact
            for fact in sorted(self.record.all(branch.judgement, _term("considers")), key=str)
            if _term(kind) in self.record.all(fact, _TYPE) and self.record.one(fact, _term("polarity")) != _ABSENT
        ]

    def one(self, subject: Any, name: str) -> Any:
        """Return what the record, or else the knowledge base, says of ``subject`` by the property ``name``; else None."""
        return self.record.one(subject, _term(name)) or self.facts.one(subject, _term(name))

    def sentence(self, branch: Branch) -> str:
        """Return the sentence of the criterion of ``branch``."""
        return self.facts.text(branch.criterion, _DEFINITION) or short(branch.criterion.value)

    def denied(self, branch: Branch) -> list[Any]:
        """Return the facts that ``branch`` looks at and that the record denies."""
        return [
            fact
            for fact in sorted(self.record.all(branch.judgement, _term("considers")), key=str)
            if self.record.one(fact, _term("polarity")) == _ABSENT
        ]

    def day(self) -> date | None:
        """Return the deciding date."""
        value = self.record.text(self.case, _term("asOf"))
        return None if value is None else date.fromisoformat(value)

    def link(self, branch: Branch, concept: Any) -> Any:
        """Return the property by which a fact about ``concept`` has to be stated for ``branch`` to count it."""
        usual = self.editor.grammar.usual_link(concept)
        links = {kind: link for link, kind in self.editor.grammar.links.items()}
        read = [kind for kind in self.about(branch, "reads") if kind in links]
        return usual if not read or self.editor.grammar.links[usual] in read else links[read[0]]

    def named(self, branch: Branch, concept: Any, link: Any | None = None) -> str:
        """Return how a change names ``concept``, with the class of the fact where it is not the usual one."""
        link = link or self.link(branch, concept)
        word = "" if link == self.editor.grammar.usual_link(concept) else f"{self.editor.grammar.kind_word(link)} "
        return word + short(concept.value)

    def fact(self, branch: Branch, fact: Any) -> str | None:
        """Return how a change names ``fact``; None where the record states its concept in several facts."""
        concept = self.record.one(fact, _CONCEPT)
        links = [link for link in self.editor.grammar.links if fact in self.record.all(self.case, link)]
        if len(links) != 1:
            return None
        alike = [other for other in self.record.all(self.case, links[0]) if self.record.one(other, _CONCEPT) == concept]
        stated = [other for other in alike if self.record.one(other, _term("polarity")) != _ABSENT]
        return self.named(branch, concept, links[0]) if stated == [fact] else None


def plain(number: Decimal) -> str:
    """Return ``number`` without an exponent and without idle zeros."""
    return f"{number.normalize():f}"
