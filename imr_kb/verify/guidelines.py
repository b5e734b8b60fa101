"""What the knowledge base says, read from its sources: the hierarchy, the editions, the clauses of recommendations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from imr_kb.verify.reading import IMR, OWL, RDF, RDFS, Graph, Words

__all__ = ["Clause", "Guidelines"]

_TRUE: Final = Words("true")


@dataclass(frozen=True)
class Clause:
    """A criterion in its role; ``place`` says how it stands to ``owner``: rootOf, memberOf, exceptionTo or advisedBy."""

    iri: str
    criterion: str | None
    role: str
    scale: str | None
    ground: str | None
    place: str
    owner: str | None


class Guidelines:
    """The knowledge base as a graph, and what follows from it alone."""

    def __init__(self, graph: Graph) -> None:
        """Take the merged triples of ``ontology/`` and ``kb/`` with their day numbers."""
        self.graph = graph
        self.within = cache(self._within)
        self.sites = cache(self._sites)
        self.clauses = cache(self._clauses)

    def kinds_of(self, kind: str) -> tuple[str, ...]:
        """Return what is said to be of ``kind``."""
        return self.graph.having(RDF.type, kind)

    def _within(self, concept: str) -> frozenset[str]:
        """Return ``concept`` with every more general one; nothing where it is not a class."""
        if OWL.Class not in self.graph.all(concept, RDF.type):
            return frozenset()
        found, waiting = {concept}, [concept]
        while waiting:
            general = {name for name in self.graph.all(waiting.pop(), RDFS.subClassOf) if not name.startswith("_:")}
            waiting += general - found
            found |= general
        return frozenset(found)

    def depth(self, concept: str) -> int:
        """Say how specific a concept is."""
        return len(self.within(concept))

    def _filled(self, concept: str, *properties: str) -> Iterator[str]:
        """Yield what the definitions of ``concept`` put in for ``properties``."""
        for general in self.within(concept):
            restrictions = list(self.graph.all(general, RDFS.subClassOf))
            for definition in self.graph.all(general, OWL.equivalentClass):
                for parts in self.graph.all(definition, OWL.intersectionOf):
                    while parts and parts != RDF.nil:
                        restrictions += self.graph.all(parts, RDF.first)
                        parts = self.graph.one(parts, RDF.rest)
            for restriction in restrictions:
                if self.graph.one(restriction, OWL.onProperty) in properties:
                    yield from self.graph.all(restriction, OWL.someValuesFrom)

    def substances(self, product: str) -> frozenset[str]:
        """Return each substance in a product, with every class of it."""
        return frozenset(name for part in self._filled(product, IMR.hasIngredient) for name in self.within(part))

    def _sites(self, concept: str) -> frozenset[str]:
        """Return every part of the body that holds the site of a concept; one of several sites is none."""
        named = self._filled(concept, IMR.site, IMR.affectsNerveRoot)
        return frozenset(region for site in named if not site.startswith("_:") for region in self.within(site))

    def own_sites(self, concept: str) -> list[str]:
        """Return the most specific of the parts of the body that hold the site of a concept."""
        deepest = max((self.depth(site) for site in self.sites(concept)), default=0)
        return [site for site in self.sites(concept) if self.depth(site) == deepest]

    def told_by(self, test: str) -> list[set[str]]:
        """Return the parts of the body that each kind of a test tells something about."""
        return [set(parts) for kind in self.within(test) if (parts := self.graph.all(kind, IMR.tellsOf))]

    def told_of(self, finding: str) -> set[str]:
        """Return the parts of the body that a finding, or what it is a kind of, tells something about."""
        return {part for kind in self.within(finding) for part in self.graph.all(kind, IMR.tellsOf)}

    @cached_property
    def fact_classes(self) -> list[tuple[str, str]]:
        """Each property of a case that leads to facts, with their class."""
        properties = self.graph.having(RDFS.subPropertyOf, IMR.hasFact)
        return [(name, kind) for name in properties for kind in self.graph.all(name, RDFS.range)]

    @cached_property
    def treated(self) -> frozenset[str]:
        """The conditions that some recommendation treats."""
        named = self.kinds_of(IMR.Recommendation)
        return frozenset(value for name in named for value in self.graph.all(name, IMR.treats))

    @cached_property
    def covering(self) -> dict[str, list[str]]:
        """The recommendations that name a service, by service."""
        found: dict[str, list[str]] = {}
        for name in self.kinds_of(IMR.Recommendation):
            for service in self.graph.all(name, IMR.covers):
                found.setdefault(service, []).append(name)
        return found

    @cached_property
    def _about_properties(self) -> tuple[str, ...]:
        return (IMR.about, *self.graph.having(RDFS.subPropertyOf, IMR.about))

    def about(self, criterion: str) -> frozenset[str]:
        """Return the concepts whose facts a criterion looks at."""
        return frozenset(value for name in self._about_properties for value in self.graph.all(criterion, name))

    def kind(self, criterion: str) -> str | None:
        """Return the kind of a criterion."""
        return next((kind for kind in self.graph.all(criterion, RDF.type) if self._is_kind(kind)), None)

    def _is_kind(self, kind: str) -> bool:
        return IMR.Criterion in self.graph.all(kind, RDFS.subClassOf)

    def reads(self, criterion: str) -> tuple[str, ...]:
        """Return the classes of facts that a criterion looks at: any, unless it says so or counts nothing earlier."""
        stated = self.graph.all(criterion, IMR.reads)
        return stated or ((IMR.Fact,) if self.counts_earlier(criterion) else ())

    def counts_earlier(self, criterion: str) -> bool:
        """Whether a criterion counts earlier units: unless it says no."""
        return self.graph.one(criterion, IMR.countsEarlier) in {None, _TRUE}

    def in_force(self, subject: str, day: Any) -> bool:
        """Whether something with a first and perhaps a last day holds on ``day``."""
        end = self.graph.one(subject, IMR.toDay)
        last = self.graph.one(IMR.OpenEnd, IMR.toDay) if end is None else end
        return any(first <= day <= last for first in self.graph.all(subject, IMR.fromDay))

    def unencoded(self, day: Any) -> set[str]:
        """Return the editions of which not all is encoded and that have a standing on ``day``, where that is known."""
        return {
            edition
            for edition in self.graph.using(IMR.encoding)
            for standing in self.graph.all(edition, IMR.hasStanding)
            if day is not None and self.in_force(standing, day)
        }

    def demands(self, recommendation: str) -> set[str]:
        """Return the respects in which a case must fit a recommendation."""
        graph = self.graph
        treats = graph.all(recommendation, IMR.treats)
        found = set() if any(IMR.Concept in graph.all(one, RDFS.subClassOf) for one in treats) else {IMR.ConditionFit}
        for name, respect in (
            (IMR.region, IMR.RegionFit),
            (IMR.inPhase, IMR.PhaseFit),
            (IMR.afterSurgery, IMR.SurgeryFit),
        ):
            found |= {respect} if graph.all(recommendation, name) else set()
        takes_none = IMR.NoRecommendation in graph.all(recommendation, IMR.disposition)
        return found | ({IMR.PositionTaken} if takes_none else set())

    def scale(self, burden: str, *, inverts: bool) -> str | None:
        """Return the scale for a burden, of clauses that do or do not refuse when they are met."""
        wanted = Words("true" if inverts else "false")
        scales = self.kinds_of(IMR.Scale)
        return next(
            (
                one
                for one in scales
                if burden in self.graph.all(one, IMR.burden) and wanted in self.graph.all(one, IMR.inverts)
            ),
            None,
        )

    def effect(self, status: str, scale: str | None) -> str | None:
        """Return what a status does on a scale, by the effect rows."""
        rows = self.graph.having(IMR.onStatus, status)
        return next((self.graph.one(row, IMR.gives) for row in rows if scale in self.graph.all(row, IMR.onScale)), None)

    @cached_property
    def _roles(self) -> list[tuple[str, str]]:
        return sorted((name, self.graph.one(name, IMR.role).text) for name in self.graph.using(IMR.role))

    def _clauses(self, recommendation: str) -> tuple[Clause, ...]:
        """Return the clauses of a recommendation, its position first, owners before what is below them."""
        graph, found = self.graph, []
        position = None
        if IMR.NotRecommended in graph.all(recommendation, IMR.disposition):
            position = recommendation + "/position"
            ground = IMR.NotRecommendedGround
            found.append(Clause(position, None, "position", IMR.ToBeShown, ground, IMR.rootOf, recommendation))
        for name, role in self._roles:
            for criterion in graph.all(recommendation, name):
                kind = self.kind(criterion)
                if kind is None:
                    continue
                burden = graph.one(criterion, IMR.burden) or graph.one(name, IMR.burdenByDefault)
                ground = graph.one(kind, IMR.groundWhenNotMet) or graph.one(name, IMR.groundWhenNotMet)
                place = {"exception": IMR.exceptionTo, "advises": IMR.advisedBy}.get(role, IMR.rootOf)
                owner = position if role == "exception" else recommendation
                iri = f"{recommendation}/{role}/{_last(criterion)}"
                scale = self.scale(burden, inverts=role == "rules-out")
                found += self._with_lower(Clause(iri, criterion, role, scale, ground, place, owner))
        return tuple(found)

    def _with_lower(self, clause: Clause, above: tuple[str, ...] = ()) -> Iterator[Clause]:
        yield clause
        if clause.criterion is None or clause.criterion in above:
            return
        graph, path = self.graph, (*above, clause.criterion)
        members, exceptions = (graph.all(clause.criterion, name) for name in (IMR.member, IMR.unless))
        lower = [(one, clause.iri + "/", clause.role, IMR.memberOf) for one in members]
        lower += [(one, clause.iri + "/exception/", "exception", IMR.exceptionTo) for one in exceptions]
        for criterion, start, role, place in lower:
            scale = self.scale(graph.one(criterion, IMR.burden) or IMR.OnRequester, inverts=False)
            yield from self._with_lower(
                Clause(start + _last(criterion), criterion, role, scale, None, place, clause.iri), path
            )


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]
