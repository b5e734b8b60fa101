"""Composition: "MRI" said of the "lumbar spine" is the service that the ontology defines by these two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from imr_kb.letters.terminology import Terminology, is_named
from imr_kb.terms import PREFIXES, RDF, RDFS

__all__ = ["Composer"]

_OWL: Final = "http://www.w3.org/2002/07/owl#"
_FIRST: Final = RDF + "first"
_REST: Final = RDF + "rest"
_SUBCLASS: Final = RDFS + "subClassOf"
_EQUIVALENT: Final = _OWL + "equivalentClass"
_INTERSECTION: Final = _OWL + "intersectionOf"
_FILLER: Final = _OWL + "someValuesFrom"
_DISJOINT: Final = _OWL + "disjointWith"

_ROUTE: Final = PREFIXES["drug"] + "Route"
#: What is within at most so many classes is the top of a vocabulary, or right below it.
_TOP: Final = 2


@dataclass(frozen=True, order=True)
class _Definition:
    """A class is exactly what is within all ``genera`` and is said of something within each of ``fillers``."""

    defined: str
    genera: frozenset[str]
    fillers: frozenset[str]


class Composer:
    """Finds the defined class for a concept said of something: a part of the body, a nerve root, a route."""

    def __init__(self, terms: Terminology, within: Mapping[str, frozenset[str]]) -> None:
        """Take the definitions by genus and restriction out of ``terms``."""
        self._within = within
        self.compose = lru_cache(maxsize=8192)(self._compose)
        fillers = {node: filler for node, filler in terms.first(_FILLER).items() if is_named(filler)}
        definitions = list(_descriptions(terms, _EQUIVALENT, fillers))
        self._definitions = _by_filler({*definitions, *_expanded(definitions)})
        self._own: dict[str, frozenset[str]] = {}
        for one in (*definitions, *_descriptions(terms, _SUBCLASS, fillers)):
            self._own[one.defined] = self._own.get(one.defined, frozenset()) | one.fillers
        self._disjoint: set[tuple[str, str]] = set()
        for name, others in terms.values(_DISJOINT).items():
            for other in others:
                self._disjoint |= {(name, other), (other, name)}

    def _compose(self, concept: str, said: tuple[str, ...]) -> str:
        """Return the most specific concept that is ``concept`` said of the things in ``said``, or ``concept`` itself.

        What is said may stand against what the concept has by itself, as a cream against a drug that is mostly swallowed;
        then the words win.
        """
        things = [thing for thing in said if thing in self._within]
        general = self._within.get(concept, frozenset({concept}))
        own = {filler for broader in general for filler in self._own.get(broader, ())}
        excluded = {filler for filler in own if any(self._apart(filler, thing) for thing in things)}
        known = frozenset().union(*(self._within.get(thing, frozenset()) for thing in [*things, *(own - excluded)]))
        candidates = {
            definition.defined
            for thing in things
            for broader in self._within[thing]
            for definition in self._definitions.get(broader, ())
            if definition.defined not in general and definition.genera <= general and definition.fillers <= known
            if self._keeps(definition, concept)
        }
        best = max(sorted(candidates), key=self._depth, default=concept)
        narrower = concept in self._within.get(best, ())
        return best if excluded or narrower else concept

    def given_by(self, product: str, route: str) -> str | None:
        """Return the one product of the same substances as ``product`` that is given by ``route``."""
        own = self._own.get(product, frozenset())
        substances = {one for one in own if _ROUTE not in self._within.get(one, ())}
        alike = [name for name, said in self._own.items() if substances < own and said == substances | {route}]
        return alike[0] if len(alike) == 1 else None

    def _keeps(self, definition: _Definition, concept: str) -> bool:
        """Whether ``definition`` says more than the place of ``concept``: a pain of the nerves is no mere knee condition."""
        return concept in self._within.get(definition.defined, ()) or any(
            self._depth(genus) > _TOP for genus in definition.genera
        )

    def _depth(self, concept: str) -> int:
        return len(self._within.get(concept, ()))

    def _apart(self, one: str, other: str) -> bool:
        return any(
            (first, second) in self._disjoint
            for first in self._within.get(one, ())
            for second in self._within.get(other, ())
        )


def _descriptions(terms: Terminology, name: str, fillers: Mapping[str, str]) -> Iterator[_Definition]:
    """Return the descriptions of classes by the property ``name`` that consist of named classes and of restrictions."""
    for defined, nodes in terms.values(name).items():
        for node in nodes if is_named(defined) else ():
            if not is_named(node):
                members = list(_members(terms, node)) or [node]
                named = frozenset(filter(is_named, members))
                said = frozenset(fillers[member] for member in members if member in fillers)
                if len(named) + sum(member in fillers for member in members) == len(members):
                    yield _Definition(defined, named, said)


def _members(terms: Terminology, node: str) -> Iterator[str]:
    firsts, rests = terms.values(_FIRST), terms.values(_REST)
    for cell in terms.values(_INTERSECTION).get(node, ()):
        passed: set[str] = set()
        while not is_named(cell) and cell not in passed:  # a list that nobody has ended, or that goes round, ends here
            passed.add(cell)
            yield from firsts.get(cell, ())
            cell = rests.get(cell, ("",))[0]


def _expanded(definitions: Iterable[_Definition]) -> Iterator[_Definition]:
    """Replace each genus that is itself defined by what defines it, so that "topical" need not be named twice."""
    by_class: dict[str, list[_Definition]] = {}
    for definition in definitions:
        by_class.setdefault(definition.defined, []).append(definition)
    for definition in definitions:
        waiting = [(definition, frozenset({definition.defined}))]
        while waiting:
            current, seen = waiting.pop()
            genus = next((one for one in sorted(current.genera) if one in by_class and one not in seen), None)
            if genus is None:
                if current != definition:
                    yield current
                continue
            waiting += [
                (
                    _Definition(current.defined, current.genera - {genus} | one.genera, current.fillers | one.fillers),
                    seen | {genus},
                )
                for one in by_class[genus]
            ]


def _by_filler(definitions: Iterable[_Definition]) -> dict[str, list[_Definition]]:
    found: dict[str, list[_Definition]] = {}
    for definition in definitions:
        for filler in definition.fillers:
            found.setdefault(filler, []).append(definition)
    return found
