"""A second engine for the same rule files: rdflib evaluates them, stage by stage, over a plain graph.

It shares nothing with the first engine but the text of the rules and the order of the stages: another parser, another
evaluator, and a repeated stage is simply run over and over until a whole round adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any, Final
from unittest.mock import patch

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, XSD
from rdflib.plugins.sparql import CUSTOM_EVALS, prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.evaluate import evalAggregateJoin
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

from imr_kb.derive import Statement
from imr_kb.documents import to_rdflib
from imr_kb.rules import CASE_STAGES, REPEATED_STAGES, Rule, rules

__all__ = ["Row", "SecondEngine", "by_value", "rows_of"]

Row = tuple[str, str, str]
Triple = tuple[Node, Node, Node]

MAX_ROUNDS: Final = 50
# Words for people, which no rule of a case reads: without them the graph is half as large.
_FOR_PEOPLE: Final = frozenset(
    str(name)
    for name in (
        RDFS.label,
        SKOS.altLabel,
        SKOS.hiddenLabel,
        SKOS.prefLabel,
        SKOS.definition,
        SKOS.scopeNote,
        SKOS.closeMatch,
        SKOS.broadMatch,
    )
)
_AS_WRITTEN: Final[Mapping[str, str]] = {}
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_NUMBERS: Final = frozenset({XSD.integer, XSD.decimal, XSD.int, XSD.long, XSD.nonNegativeInteger})
# Engines carry quotients to different lengths; nothing in the rules depends on so small a part.
_SMALLEST: Final = Decimal("0.000000001")


class SecondEngine:
    """Holds a compiled knowledge base as an rdflib graph and derives from cases what the rules say."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        """Take the triples of the knowledge base."""
        self._graph = to_rdflib(quad for quad in quads if not _is_for_people(quad))

    def derive(
        self,
        quads: Iterable[ox.Quad],
        stages: Sequence[str] = CASE_STAGES,
        *,
        replaced: Mapping[str, str] = _AS_WRITTEN,
    ) -> dict[Row, str]:
        """Run ``stages`` over the knowledge base and ``quads``; return what is new, and the rule that gave it first.

        ``replaced`` gives other texts for rules, by name.
        """
        graph = self._graph
        given = [triple for triple in to_rdflib(quads) if triple not in graph]
        derived: dict[Triple, str] = {}
        try:
            for triple in given:
                graph.add(triple)
            for stage in stages:
                texts = [(rule.name, replaced.get(rule.name, rule.text)) for rule in rules(stage)]
                self._run_stage(texts, derived, repeat=stage in REPEATED_STAGES)
        finally:
            for triple in (*given, *derived):
                graph.remove(triple)
        return {_row(*triple): rule for triple, rule in derived.items()}

    def _run_stage(self, texts: Sequence[tuple[str, str]], derived: dict[Triple, str], *, repeat: bool) -> None:
        for _ in range(MAX_ROUNDS):
            before = len(derived)
            for name, text in texts:
                for triple in self._constructed(text):
                    self._graph.add(triple)
                    derived[triple] = name
            if not repeat or len(derived) == before:
                return
        raise AssertionError(f"{texts[0][0]} and its neighbours do not come to an end")

    def _constructed(self, text: str) -> list[Triple]:
        with _groups_of_nothing():
            result = self._graph.query(_prepared(text))
        # All rows are read before any is added: a rule must not see what it derives in the same run.
        return [triple for triple in set(result.graph or Graph()) if triple not in self._graph]


def by_value(statements: Iterable[Statement]) -> frozenset[Row]:
    """Return ``statements`` with numbers by value, so that 8, 8.0 and 08 are one."""
    return frozenset(_row(*triple) for triple in to_rdflib(ox.Quad(*statement) for statement in statements))


def rows_of(store: ox.Store, rule: Rule) -> frozenset[Row]:
    """Return what ``rule`` constructs over ``store``, by value."""
    result: Any = store.query(rule.text)
    return by_value((triple.subject, triple.predicate, triple.object) for triple in result)


@contextmanager
def _groups_of_nothing() -> Iterator[None]:
    """Let GROUP BY over no rows give no row.

    rdflib gives one row without any binding, against section 18.5.1 of SPARQL 1.1; joined with what stands around a
    sub-select, such a row matches everything.
    """
    CUSTOM_EVALS["groups of nothing"] = _evaluate_groups
    try:
        yield
    finally:
        del CUSTOM_EVALS["groups of nothing"]


def _evaluate_groups(context: Any, part: Any) -> Iterator[Any]:
    if part.name != "AggregateJoin" or part.p.expr is None:
        raise NotImplementedError
    return (row for row in evalAggregateJoin(context, part) if len(row))


@cache
def _prepared(text: str) -> Query:
    """Return the parsed query; its patterns are matched one after the other, in the order in which they are written.

    rdflib would sort them by the number of their variables, and match the patterns beside a nested join against the
    whole graph: slower by a factor of a hundred.
    """
    with patch("rdflib.plugins.sparql.algebra.reorderTriples", list):
        query = prepareQuery(text)
    traverse(query.algebra, visitPost=_hand_over)
    return query


def _hand_over(part: Any) -> None:
    if getattr(part, "name", "") == "Join" and part.p2.name == "BGP":
        part["lazy"] = True


def _is_for_people(quad: ox.Quad) -> bool:
    if quad.predicate.value in _FOR_PEOPLE:
        return True
    # Class expressions have been compiled into imr:within, imr:contains and imr:sitedIn before any case is looked at.
    return quad.predicate.value.startswith(_OWL) or (
        quad.predicate.value == str(RDF.type)
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(_OWL)
    )


def _row(subject: Node, predicate: Node, value: Node) -> Row:
    return (_value(subject), _value(predicate), _value(value))


def _value(term: Node) -> str:
    if isinstance(term, Literal):
        if term.datatype in _NUMBERS:
            return f"{Decimal(str(term)).quantize(_SMALLEST).normalize():f}"
        if term.datatype == XSD.boolean:
            return "true" if str(term) in {"true", "1"} else "false"
        return term.n3()
    # The label of a blank node is another one in each reading of a file.
    return term.n3() if isinstance(term, URIRef) else "_:"
