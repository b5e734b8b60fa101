"""Cases made up from the real vocabulary, as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, cases_of, load_knowledge, statements
from imr_kb.terms import BASE, CASE, RDF, XSD, core
from imr_kb.trace import CaseDecisions, Decision

ROOT = Path(__file__).resolve().parent.parent
SVC, DX, FND, DRUG = (BASE + name for name in ("service#", "condition#", "finding#", "drug#"))
# By what properties a fact about a concept of each vocabulary is joined with its case.
PLACES: Final = {
    DX: ("hasDiagnosis",),
    FND: ("hasFinding", "hasResponse"),
    SVC: ("hasTreatment", "hasStudy"),
    DRUG: ("takesMedication",),
}
NOT_MET: Final = "not-met"
bounded = settings(
    max_examples=12, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)

Value = str | int | date
Amounts = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Part:
    """A fact or request: the property that joins it with its case, its concept, and what else is said of it."""

    place: str
    concept: str
    amounts: Amounts = ()

    def with_amount(self, name: str, value: Value) -> Part:
        """Return the same part with one amount set."""
        return replace(self, amounts=(*((key, known) for key, known in self.amounts if key != name), (name, value)))


@dataclass(frozen=True)
class Story:
    """A case to be made up: when the injury and the request were, and the facts and requests."""

    injured: date
    requested: date
    parts: tuple[Part, ...]

    def plus(self, part: Part) -> Story:
        """Return the same story with one part more."""
        return replace(self, parts=(*self.parts, part))


class World:
    """The compiled knowledge base, and the concepts to make up cases from."""

    def __init__(self) -> None:
        """Load the knowledge base of the checkout."""
        self.knowledge: Knowledge = load_knowledge(ROOT)
        self.judge = Judge(self.knowledge)
        self.within = self._related("within")
        self.covers = self._related("covers")
        self.treats = self._related("treats")
        self.regions = self._related("region")
        self.sited = self._related("sitedIn")
        self.clauses = self._related("hasClause")
        self.criterion = self._related("ofCriterion")
        self.about = self._related("about")
        self.surgeries = self._related("afterSurgery")
        self.phases = self._related("indicatesPhase")
        self.borne_out = self._related("bearsOut")
        self.types = self._related(RDF + "type")
        self.narrower: dict[str, str] = {}
        for concept in sorted(self.within, reverse=True):
            self.narrower |= dict.fromkeys(self.within[concept] - {concept}, concept)
        spoken_of = {concept for relation in (self.covers, self.treats, self.about) for concept in objects_of(relation)}
        some = sorted(concept for concept in self.within if concept.startswith(BASE))[::60]
        self.concepts = self.narrowed({*spoken_of, *some})

    def _related(self, name: str) -> Mapping[str, set[str]]:
        predicate = name if name.startswith("http") else core(name)
        found: dict[str, set[str]] = {}
        for quad in self.knowledge.store.quads_for_pattern(None, ox.NamedNode(predicate), None):
            for subject, _, value in statements([quad]):
                found.setdefault(subject.value, set()).add(value.value)
        return found

    def narrowed(self, concepts: Iterable[str]) -> list[str]:
        """Return those of ``concepts`` that facts can be about, each with one that is narrower, if there is any."""
        wanted = {name for concept in concepts for name in (concept, self.narrower.get(concept, concept))}
        return sorted(name for name in wanted if name.startswith(tuple(PLACES)))

    def weighed(self, recommendation: str) -> set[str]:
        """Return the concepts that a recommendation covers, treats or has criteria about."""
        named = self.covers[recommendation] | self.treats[recommendation] | self.surgeries.get(recommendation, set())
        return through(self.about, self.criteria(recommendation)) | named

    def criteria(self, recommendation: str) -> set[str]:
        """Return the criteria of a recommendation."""
        return through(self.criterion, self.clauses.get(recommendation, set()))

    def named(self, namespace: str) -> list[str]:
        """Return the concepts of one vocabulary."""
        found = [concept for concept in self.concepts if concept.startswith(namespace)]
        assert len(found) > 10
        return found

    def decide(self, stories: Sequence[Story]) -> list[CaseDecisions]:
        """Decide the cases of ``stories`` together."""
        return list(self.judge.decide([self.case(number, story) for number, story in enumerate(stories)]))

    def case(self, number: int, story: Story) -> Case:
        """Return ``story`` as a case; parts are named by their place among those of their kind."""
        iri = ox.NamedNode(f"{CASE}made-up/{number}")
        quads = [
            ox.Quad(iri, ox.NamedNode(RDF + "type"), ox.NamedNode(core("Case"))),
            quad_of(iri, "injuredOn", story.injured),
            quad_of(iri, "requestedOn", story.requested),
        ]
        for place, part in enumerate(story.parts):
            node = ox.NamedNode(f"{iri.value}/part/{place}")
            quads += [ox.Quad(iri, ox.NamedNode(core(part.place)), node), quad_of(node, "concept", part.concept)]
            quads += [quad_of(node, name, value) for name, value in part.amounts]
        (case,) = cases_of(quads, [iri], self.knowledge, "made up")
        return case

    def candidates(self, story: Story) -> set[str]:
        """Return the recommendations that speak of a requested service."""
        asked = {general for part in requests_of(story) for general in self.within[part.concept]}
        return {recommendation for recommendation, covered in self.covers.items() if covered & asked}

    def matters(self, concept: str, story: Story) -> bool:
        """Say whether a fact about ``concept`` could count for a recommendation that speaks of a requested service."""
        general = self.within[concept]
        # What a finding of a study bears out counts as a diagnosis does.
        general = general | through(self.within, through(self.borne_out, general))
        for name in self.candidates(story):
            weighed = self.weighed(name)
            if weighed & general or any(concept in self.within.get(other, ()) for other in weighed):
                return True
            if self.regions.get(name, set()) & self.sited.get(concept, set()):
                return True
        return bool(general & self.phases.keys())


def objects_of(relation: Mapping[str, set[str]]) -> set[str]:
    return set(chain.from_iterable(relation.values()))


def through(relation: Mapping[str, set[str]], subjects: Iterable[str]) -> set[str]:
    return set(chain.from_iterable(relation.get(subject, set()) for subject in subjects))


def requests_of(story: Story) -> list[Part]:
    return [part for part in story.parts if part.place == "requests"]


def quad_of(subject: ox.NamedNode, name: str, value: Value) -> ox.Quad:
    if isinstance(value, str):
        return ox.Quad(subject, ox.NamedNode(core(name)), ox.NamedNode(value))
    kind = "date" if isinstance(value, date) else "integer"
    return ox.Quad(subject, ox.NamedNode(core(name)), ox.Literal(str(value), datatype=ox.NamedNode(XSD + kind)))


@cache
def world() -> World:
    """Return the one world of these tests; loading it takes a second."""
    return World()


# --- making up cases


def some_amounts(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Amounts]:
    """Return some of the named amounts."""
    return st.fixed_dictionaries({}, optional=choices).map(lambda chosen: tuple(sorted(chosen.items())))


def some_polarity() -> st.SearchStrategy[str]:
    return st.sampled_from([core("Present"), core("Absent")])


def some_days() -> st.SearchStrategy[date]:
    return st.sampled_from([date(2014, 3, 13), date(2014, 12, 8), date(2015, 5, 8)])


def small_number() -> st.SearchStrategy[int]:
    return st.integers(1, 12)


@st.composite
def some_fact(draw: st.DrawFn, pool: Sequence[str] = ()) -> Part:
    """Make up one fact about a concept of ``pool``, or about any."""
    concept = draw(st.sampled_from(pool or world().concepts))
    namespace = next(name for name in PLACES if concept.startswith(name))
    place = draw(st.sampled_from(PLACES[namespace]))
    amounts: Amounts = draw(some_amounts(polarity=some_polarity()))
    if place == "hasTreatment":
        outcome = st.sampled_from([core("Helped"), core("Failed")])
        amounts += draw(some_amounts(visits=small_number(), weeks=small_number(), onDate=some_days(), outcome=outcome))
    elif place == "takesMedication":
        amounts += draw(
            some_amounts(strengthMg=st.sampled_from([5, 10, 300]), perDay=st.integers(1, 6), since=some_days())
        )
    elif place == "hasResponse":
        services = [name for name in pool if name.startswith(SVC)] or world().named(SVC)
        amounts += (("toService", draw(st.sampled_from(services))),)
        amounts += draw(some_amounts(reliefPercent=st.sampled_from([30, 50, 80]), reliefWeeks=small_number()))
    return Part(place, concept, amounts)


@st.composite
def some_story(draw: st.DrawFn, recommendations: Sequence[str] = ()) -> Story:
    """Make up a case with one or two requests for what recommendations cover, most of its facts such as they weigh."""
    parts: list[Part] = []
    for name in draw(st.lists(st.sampled_from(recommendations or sorted(world().covers)), min_size=1, max_size=2)):
        service = draw(st.sampled_from(world().narrowed(world().covers[name])))
        amounts = draw(some_amounts(perDay=st.integers(1, 6), strengthMg=st.sampled_from([5, 10, 300])))
        amounts += draw(st.sampled_from([(), (("quantity", draw(small_number())),)]))
        parts.append(Part("requests", service, amounts))
        parts += [Part("hasDiagnosis", draw(st.sampled_from(world().narrowed(world().treats[name]))))]
        parts += draw(st.lists(some_fact(world().narrowed(world().weighed(name))), max_size=6))
    parts += draw(st.lists(some_fact(), max_size=2))
    injured = draw(st.sampled_from([date(2011, 5, 25), date(2014, 1, 10), date(2015, 4, 20), date(2015, 5, 25)]))
    # On the last of these days the schedule of 2009 is no longer in force.
    requested = draw(st.sampled_from([date(2015, 6, 8), date(2015, 8, 3), date(2015, 12, 7), date(2016, 12, 1)]))
    return Story(injured, requested, tuple(parts))


@st.composite
def story_and_fact(draw: st.DrawFn) -> tuple[Story, Part]:
    """Make up a case with something that a finding criterion is about, and one fact more that it is about."""
    findings = {name for name in world().about if core("FindingCriterion") in world().types[name]}
    asking = {name: world().criteria(name) & findings for name in sorted(world().covers)}
    name = draw(st.sampled_from([name for name, criteria in asking.items() if criteria]))
    pool = world().narrowed(world().about[draw(st.sampled_from(sorted(asking[name])))])
    return draw(some_story([name])).plus(draw(some_fact(pool))), draw(some_fact(pool))


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return a few at once: deciding them together takes little longer than deciding one."""
    return st.lists(strategy, min_size=4, max_size=8)


def all_decisions(results: Iterable[CaseDecisions]) -> Iterator[Decision]:
    return (decision for result in results for decision in result.decisions)


# --- what holds
