"""Composition: "MRI" said of the "lumbar spine" is the service that the ontology defines by these two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from imr_kb.terms import RDF, RDFS

__all__ = ["Composer"]

_OWL: Final = "http://www.w3.org/2002/07/owl#"
_FIRST: Final = ox.NamedNode(RDF + "first")
_REST: Final = ox.NamedNode(RDF + "rest")
_SUBCLASS: Final = ox.NamedNode(RDFS + "subClassOf")
_EQUIVALENT: Final = ox.NamedNode(_OWL + "equivalentClass")
_INTERSECTION: Final = ox.NamedNode(_OWL + "intersectionOf")
_FILLER: Final = ox.NamedNode(_OWL + "someValuesFrom")
_DISJOINT: Final = ox.NamedNode(_OWL + "disjointWith")

_Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class _Definition:
    defined: str
    genera: frozenset[str]
    fillers: frozenset[str]


class Composer:
    """Finds the defined class for a concept said of something: a part of the body, a nerve root, a route."""

    def __init__(self, store: ox.Store, within: Mapping[str, frozenset[str]], depth: Mapping[str, int]) -> None:
        """Read the definitions by genus and restriction out of ``store``."""
        self._within = within
        self._composed = lru_cache(maxsize=8192)(self._compose)
        self._depth = depth
        self._fillers = {
            quad.subject: quad.object.value
            for quad in store.quads_for_pattern(None, _FILLER, None)
            if isinstance(quad.object, ox.NamedNode)
        }
        parts = self._parts(store, _EQUIVALENT)
        self._definitions = _by_filler(_expanded(parts))
        self._own: dict[str, frozenset[str]] = {}
        for source in (parts, self._parts(store, _SUBCLASS)):
            for defined, (_, fillers) in source.items():
                self._own[defined] = self._own.get(defined, frozenset()) | fillers
        self._disjoint: set[tuple[str, str]] = set()
        for quad in store.quads_for_pattern(None, _DISJOINT, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                self._disjoint |= {(quad.subject.value, quad.object.value), (quad.object.value, quad.subject.value)}

    def compose(self, concept: str, context: Iterable[str]) -> str:
        """Return the most specific concept that is ``concept`` said of the things in ``context``, or ``concept`` itself."""
        return self._composed(concept, tuple(thing for thing in context if thing in self._within))

    def _compose(self, concept: str, said: tuple[str, ...]) -> str:
        general = self._within.get(concept, frozenset({concept}))
        own = {filler for broader in general for filler in self._own.get(broader, ())}
        excluded = {filler for filler in own if any(self._apart(filler, thing) for thing in said)}
        known = frozenset().union(*(self._within.get(thing, frozenset()) for thing in [*said, *(own - excluded)]))
        candidates = {
            definition.defined
            for thing in said
            for broader in self._within[thing]
            for definition in self._definitions.get(broader, ())
            if definition.defined not in general and definition.genera <= general and definition.fillers <= known
        }
        if not candidates:
            return concept
        best = max(sorted(candidates), key=lambda defined: self._depth.get(defined, 0))
        more_specific = self._depth.get(best, 0) > self._depth.get(concept, 0) or concept in self._within.get(best, ())
        return best if excluded or more_specific else concept

    def _apart(self, one: str, other: str) -> bool:
        return any(
            (first, second) in self._disjoint
            for first in self._within.get(one, ())
            for second in self._within.get(other, ())
        )

    def _parts(self, store: ox.Store, predicate: ox.NamedNode) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """Return, for each class with a description by ``predicate``, the named classes and the fillers in it."""
        found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for quad in store.quads_for_pattern(None, predicate, None):
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.BlankNode):
                continue
            genera: set[str] = set()
            fillers: set[str] = set()
            members = list(_members(store, quad.object))
            for member in members or [quad.object]:
                if isinstance(member, ox.NamedNode):
                    genera.add(member.value)
                elif member in self._fillers:
                    fillers.add(self._fillers[member])
                else:
                    break
            else:
                before = found.get(quad.subject.value, (frozenset(), frozenset()))
                found[quad.subject.value] = (before[0] | genera, before[1] | fillers)
        return found


def _expanded(parts: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> list[_Definition]:
    """Replace each genus that is itself defined by what defines it, so that "topical" need not be named twice."""
    definitions = []
    for defined in sorted(parts):
        genera, fillers = parts[defined]
        if not fillers and not any(genus in parts for genus in genera):
            continue
        waiting, seen = sorted(genera), {defined}
        named: set[str] = set()
        wanted = set(fillers)
        while waiting:
            genus = waiting.pop()
            if genus in parts and genus not in seen:
                seen.add(genus)
                waiting.extend(sorted(parts[genus][0]))
                wanted |= parts[genus][1]
            elif genus not in parts:
                named.add(genus)
        definitions.append(_Definition(defined, frozenset(named), frozenset(wanted)))
    return definitions


def _members(store: ox.Store, node: ox.BlankNode) -> Iterable[_Node]:
    for start in store.quads_for_pattern(node, _INTERSECTION, None):
        cell: object = start.object
        while isinstance(cell, ox.BlankNode):
            for quad in store.quads_for_pattern(cell, _FIRST, None):
                if isinstance(quad.object, ox.NamedNode | ox.BlankNode):
                    yield quad.object
            cell = next((quad.object for quad in store.quads_for_pattern(cell, _REST, None)), None)


def _by_filler(definitions: Iterable[_Definition]) -> dict[str, list[_Definition]]:
    found: dict[str, list[_Definition]] = {}
    for definition in definitions:
        for filler in sorted(definition.fillers):
            found.setdefault(filler, []).append(definition)
    return found
