"""Ask a reasoner for OWL to which classes made-up individuals belong, and compare with the committed hierarchy.

The engine never reasons: it reads the hierarchy of classes that ``ontology/inferred.ttl`` holds. Here HermiT is given
individuals: one of each class that cases name, and one for each definition, described by the parts of that definition and
not by its name, such as a compound of two substances of which one is a muscle relaxant, or a condition with a site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox
from rdflib import OWL, RDF, Graph, URIRef
from rdflib.term import Node

from imr_kb.classify import types_of
from imr_kb.documents import merged, read_documents
from imr_kb.load import Knowledge
from imr_kb.terms import BASE, core, short

__all__ = ["Memberships", "hierarchy", "memberships"]

_INDIVIDUAL: Final = BASE + "individual/"
_HAS_INGREDIENT: Final = URIRef(core("hasIngredient"))


@dataclass(frozen=True)
class Memberships:
    """How many individuals were named by their class, how many described, and for which the two hierarchies differ."""

    named: int
    described: int
    differences: tuple[str, ...]


def memberships(concepts: Iterable[str], knowledge: Knowledge, *, every: int = 1) -> Memberships:
    """Classify an individual of each of ``concepts`` and one for each definition of the ontology, or each ``every`` th.

    Raises:
        ImrError: SY001 or SY002 where Java is missing or fails, ON901 where an individual contradicts the ontology.
    """
    within = hierarchy(knowledge)
    individuals = Graph()
    named = {f"{_INDIVIDUAL}named/{place}": concept for place, concept in enumerate(sorted(set(concepts)))}
    for individual, concept in named.items():
        individuals.add((URIRef(individual), RDF.type, URIRef(concept)))
    described = _describe(individuals, knowledge, within, every)
    found = types_of(individuals, knowledge.root)
    differences = []
    for individual, concept in sorted((named | described).items()):
        inferred = found[individual]
        committed = within[concept]
        # What is described by a narrower part may belong to a narrower class as well.
        missing, beyond = committed - inferred, inferred - committed if individual in named else set()
        differences += [f"{short(concept)} is within {short(name)} for the engine only" for name in sorted(missing)]
        differences += [f"{short(concept)} is within {short(name)} for the reasoner only" for name in sorted(beyond)]
    return Memberships(len(named), len(described), tuple(differences))


def hierarchy(knowledge: Knowledge) -> Mapping[str, set[str]]:
    """Return for each concept all that the engine takes it to be within."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in knowledge.store.quads_for_pattern(None, ox.NamedNode(core("within")), None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            found[quad.subject.value].add(quad.object.value)
    return found


def _describe(individuals: Graph, knowledge: Knowledge, within: Mapping[str, set[str]], every: int) -> dict[str, str]:
    """Add an individual for each definition, in the words of the definition; return the class that each belongs to."""
    paths = [path for path in sorted(knowledge.root.glob("ontology/*.ttl")) if path.name != "inferred.ttl"]
    whole = merged(read_documents(knowledge.root, paths)[0])
    narrower: dict[str, str] = {}
    for name in sorted(within, reverse=True):
        narrower |= dict.fromkeys(within[name] - {name}, name)
    asked = {value for part in whole.subjects(OWL.onProperty, _HAS_INGREDIENT) for value in whole.objects(part)}
    substances = sorted(value for value in asked if isinstance(value, URIRef) and str(value) in within)
    described: dict[str, str] = {}
    defined = sorted({str(name) for name in whole.subjects(OWL.equivalentClass) if isinstance(name, URIRef)})
    for concept in defined[::every]:
        for definition in whole.objects(URIRef(concept), OWL.equivalentClass):
            # A list of individuals, such as the two polarities, describes no other.
            if any(whole.objects(definition, OWL.oneOf)):
                continue
            individual = URIRef(f"{_INDIVIDUAL}described/{len(described)}")
            described[str(individual)] = concept
            _add_part(individuals, whole, individual, definition, narrower)
            if any(individuals.objects(individual, _HAS_INGREDIENT)):
                other = URIRef(f"{individual}/other")
                individuals.add((individual, _HAS_INGREDIENT, other))
                individuals.add((other, RDF.type, substances[len(described) % len(substances)]))
    return described


def _add_part(individuals: Graph, whole: Graph, individual: URIRef, part: Node, narrower: Mapping[str, str]) -> None:
    """Say of ``individual`` what ``part`` of a definition asks for: a class, a link to another individual, or several."""
    if isinstance(part, URIRef):
        individuals.add((individual, RDF.type, part))
    # Of a union, one is enough.
    for names in whole.objects(part, OWL.unionOf):
        _add_part(individuals, whole, individual, next(iter(whole.items(names))), narrower)
    for names in whole.objects(part, OWL.intersectionOf):
        for name in whole.items(names):
            _add_part(individuals, whole, individual, name, narrower)
    for role in whole.objects(part, OWL.onProperty):
        for filler in whole.objects(part, OWL.someValuesFrom):
            other = URIRef(f"{individual}/{sum(1 for _ in individuals.objects(individual))}")
            individuals.add((individual, role, other))
            one = URIRef(narrower[str(filler)]) if str(filler) in narrower else filler
            _add_part(individuals, whole, other, one, narrower)
