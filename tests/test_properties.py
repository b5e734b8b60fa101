"""What holds for every case: small cases are made up from the real vocabulary and decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_kb.judge import Judge
from imr_kb.load import Case, Knowledge, cases_of, load_knowledge, statements
from imr_kb.terms import BASE, CASE, RDF, XSD, core
from imr_kb.trace import CaseDecisions, Decision
from imr_kb.worked import load_examples

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
        self.types = self._related(RDF + "type")
        self.narrower: dict[str, str] = {}
        for concept in sorted(self.within, reverse=True):
            self.narrower |= dict.fromkeys(self.within[concept] - {concept}, concept)
        spoken_of = {concept for relation in (self.covers, self.treats, self.about) for concept in _objects(relation)}
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
        return _through(self.about, self.criteria(recommendation)) | named

    def criteria(self, recommendation: str) -> set[str]:
        """Return the criteria of a recommendation."""
        return _through(self.criterion, self.clauses.get(recommendation, set()))

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
            _quad(iri, "injuredOn", story.injured),
            _quad(iri, "requestedOn", story.requested),
        ]
        for place, part in enumerate(story.parts):
            node = ox.NamedNode(f"{iri.value}/part/{place}")
            quads += [ox.Quad(iri, ox.NamedNode(core(part.place)), node), _quad(node, "concept", part.concept)]
            quads += [_quad(node, name, value) for name, value in part.amounts]
        (case,) = cases_of(quads, [iri], self.knowledge, "made up")
        return case

    def candidates(self, story: Story) -> set[str]:
        """Return the recommendations that speak of a requested service."""
        asked = {general for part in _requests(story) for general in self.within[part.concept]}
        return {recommendation for recommendation, covered in self.covers.items() if covered & asked}

    def matters(self, concept: str, story: Story) -> bool:
        """Say whether a fact about ``concept`` could count for a recommendation that speaks of a requested service."""
        general = self.within[concept]
        for name in self.candidates(story):
            weighed = self.weighed(name)
            if weighed & general or any(concept in self.within.get(other, ()) for other in weighed):
                return True
            if self.regions.get(name, set()) & self.sited.get(concept, set()):
                return True
        return bool(general & self.phases.keys())


def _objects(relation: Mapping[str, set[str]]) -> set[str]:
    return set(chain.from_iterable(relation.values()))


def _through(relation: Mapping[str, set[str]], subjects: Iterable[str]) -> set[str]:
    return set(chain.from_iterable(relation.get(subject, set()) for subject in subjects))


def _requests(story: Story) -> list[Part]:
    return [part for part in story.parts if part.place == "requests"]


def _quad(subject: ox.NamedNode, name: str, value: Value) -> ox.Quad:
    if isinstance(value, str):
        return ox.Quad(subject, ox.NamedNode(core(name)), ox.NamedNode(value))
    kind = "date" if isinstance(value, date) else "integer"
    return ox.Quad(subject, ox.NamedNode(core(name)), ox.Literal(str(value), datatype=ox.NamedNode(XSD + kind)))


@cache
def world() -> World:
    """Return the one world of these tests; loading it takes a second."""
    return World()


# --- making up cases


def _amounts(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Amounts]:
    """Return some of the named amounts."""
    return st.fixed_dictionaries({}, optional=choices).map(lambda chosen: tuple(sorted(chosen.items())))


def _polarity() -> st.SearchStrategy[str]:
    return st.sampled_from([core("Present"), core("Absent")])


def _days() -> st.SearchStrategy[date]:
    return st.sampled_from([date(2014, 3, 13), date(2014, 12, 8), date(2015, 5, 8)])


def _small() -> st.SearchStrategy[int]:
    return st.integers(1, 12)


@st.composite
def _facts(draw: st.DrawFn, pool: Sequence[str] = ()) -> Part:
    """Make up one fact about a concept of ``pool``, or about any."""
    concept = draw(st.sampled_from(pool or world().concepts))
    namespace = next(name for name in PLACES if concept.startswith(name))
    place = draw(st.sampled_from(PLACES[namespace]))
    amounts: Amounts = draw(_amounts(polarity=_polarity()))
    if place == "hasTreatment":
        outcome = st.sampled_from([core("Helped"), core("Failed")])
        amounts += draw(_amounts(visits=_small(), weeks=_small(), onDate=_days(), outcome=outcome))
    elif place == "takesMedication":
        amounts += draw(_amounts(strengthMg=st.sampled_from([5, 10, 300]), perDay=st.integers(1, 6), since=_days()))
    elif place == "hasResponse":
        services = [name for name in pool if name.startswith(SVC)] or world().named(SVC)
        amounts += (("toService", draw(st.sampled_from(services))),)
        amounts += draw(_amounts(reliefPercent=st.sampled_from([30, 50, 80]), reliefWeeks=_small()))
    return Part(place, concept, amounts)


@st.composite
def _stories(draw: st.DrawFn, recommendations: Sequence[str] = ()) -> Story:
    """Make up a case with one or two requests for what recommendations cover, most of its facts such as they weigh."""
    parts: list[Part] = []
    for name in draw(st.lists(st.sampled_from(recommendations or sorted(world().covers)), min_size=1, max_size=2)):
        service = draw(st.sampled_from(world().narrowed(world().covers[name])))
        amounts = draw(_amounts(perDay=st.integers(1, 6), strengthMg=st.sampled_from([5, 10, 300])))
        amounts += draw(st.sampled_from([(), (("quantity", draw(_small())),)]))
        parts.append(Part("requests", service, amounts))
        parts += [Part("hasDiagnosis", draw(st.sampled_from(world().narrowed(world().treats[name]))))]
        parts += draw(st.lists(_facts(world().narrowed(world().weighed(name))), max_size=6))
    parts += draw(st.lists(_facts(), max_size=2))
    injured = draw(st.sampled_from([date(2011, 5, 25), date(2014, 1, 10), date(2015, 4, 20), date(2015, 5, 25)]))
    # On the last of these days the schedule of 2009 is no longer in force.
    requested = draw(st.sampled_from([date(2015, 6, 8), date(2015, 8, 3), date(2015, 12, 7), date(2016, 12, 1)]))
    return Story(injured, requested, tuple(parts))


@st.composite
def _stories_and_facts(draw: st.DrawFn) -> tuple[Story, Part]:
    """Make up a case with something that a finding criterion is about, and one fact more that it is about."""
    findings = {name for name in world().about if core("FindingCriterion") in world().types[name]}
    asking = {name: world().criteria(name) & findings for name in sorted(world().covers)}
    name = draw(st.sampled_from([name for name, criteria in asking.items() if criteria]))
    pool = world().narrowed(world().about[draw(st.sampled_from(sorted(asking[name])))])
    return draw(_stories([name])).plus(draw(_facts(pool))), draw(_facts(pool))


def _several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return a few at once: deciding them together takes little longer than deciding one."""
    return st.lists(strategy, min_size=4, max_size=8)


def _decisions(results: Iterable[CaseDecisions]) -> Iterator[Decision]:
    return (decision for result in results for decision in result.decisions)


# --- what holds


@bounded
@given(_several(_stories()))
def test_every_decision_says_verdict_ground_and_how_each_clause_of_what_governs_came_out(stories: list[Story]) -> None:
    for decision in _decisions(world().decide(stories)):
        outcome = {"necessary": "overturned", "not-necessary": "upheld", "undetermined": None}
        assert decision.imr_outcome == outcome[decision.verdict]
        if decision.source is None:
            assert (decision.verdict, decision.ground, decision.criteria) == ("undetermined", "no-recommendation", ())
            continue
        assert decision.ground != "no-recommendation"
        assert len(decision.criteria) == len(world().clauses.get(decision.source.recommendation, ()))
        assert all(item.status and item.effect for item in decision.criteria)


@bounded
@given(_several(_stories()))
def test_a_verdict_rests_on_criteria_that_bear_it_out(stories: list[Story]) -> None:
    needed = {"necessary": {"passes"}, "not-necessary": {"fails"}, "undetermined": {"leaves open"}}
    for decision in _decisions(world().decide(stories)):
        decisive = [item for item in decision.criteria if item.decisive]
        assert {item.effect for item in decisive} <= {effect.replace(" ", "-") for effect in needed[decision.verdict]}
        assert not [item for item in decisive if item.role == "advises"]
        if decision.verdict == "not-necessary":
            assert decisive or decision.ground == "not-recommended"
        else:
            deciding = [
                item for item in decision.criteria if not item.within and item.role not in {"advises", "exception"}
            ]
            assert "fails" not in {item.effect for item in deciding}
        if decision.verdict == "necessary":
            assert decision.missing == ()
        if decision.supported_quantity is not None:
            assert decision.ground in {"limit-exceeded", "not-documented"}


@bounded
@given(_several(_stories()), st.randoms(use_true_random=False))
def test_the_order_of_triples_changes_nothing(stories: list[Story], random: Any) -> None:
    cases = [world().case(number, story) for number, story in enumerate(stories)]
    shuffled = [replace(case, quads=tuple(random.sample(case.quads, len(case.quads)))) for case in cases]
    first, second = list(world().judge.decide(cases)), list(world().judge.decide(shuffled))
    assert first == second
    assert [set(one.proof.derived) for one in first] == [set(other.proof.derived) for other in second]


@bounded
@given(_several(_stories_and_facts()))
def test_one_more_fact_never_takes_a_shown_finding_out_of_the_record(pairs: list[tuple[Story, Part]]) -> None:
    results = world().decide([version for story, fact in pairs for version in (story, story.plus(fact))])
    for before, after in zip(results[::2], results[1::2], strict=True):
        known = _findings(after)
        shown = {name for name, status in _findings(before).items() if status == "met"}
        assert [name for name in shown if known.get(name) == "not-documented"] == []


def _findings(result: CaseDecisions) -> dict[str, str]:
    """Return the status of each finding criterion by the name of its judgement below the name of the case."""
    criteria = [item for decision in result.decisions for item in decision.criteria if item.kind == "finding"]
    return {item.judgement.removeprefix(result.case): item.status for item in criteria}


@bounded
@given(_several(st.tuples(_stories(), _facts())))
def test_a_fact_that_no_recommendation_on_the_service_weighs_changes_nothing(pairs: list[tuple[Story, Part]]) -> None:
    unrelated = [(story, fact) for story, fact in pairs if not world().matters(fact.concept, story)]
    results = world().decide([version for story, fact in unrelated for version in (story, story.plus(fact))])
    for before, after in zip(results[::2], results[1::2], strict=True):
        assert _without_name(after) == _without_name(before)


def _without_name(result: CaseDecisions) -> str:
    return repr(result.decisions).replace(result.case + "/", "")


@cache
def _therapies() -> tuple[str, ...]:
    """Return the recommendations that have a limit that counts earlier visits."""
    limited = {criterion for criterion in world().about if _counts_earlier(criterion)}
    found = sorted(name for name, clauses in world().clauses.items() if _through(world().criterion, clauses) & limited)
    assert len(found) > 3
    return tuple(found)


def _counts_earlier(criterion: str) -> bool:
    pattern = (ox.NamedNode(criterion), ox.NamedNode(core("countsEarlier")), ox.Literal(value=True))
    return any(world().knowledge.store.quads_for_pattern(*pattern))


@st.composite
def _therapy_after_therapy(draw: st.DrawFn) -> tuple[Story, Story]:
    """Make up a request for therapy in the chronic phase after a course of it, and the same after a longer course."""
    name = draw(st.sampled_from(_therapies()))
    therapy = draw(st.sampled_from(world().narrowed(world().covers[name])))
    condition = draw(st.sampled_from(world().narrowed(world().treats[name])))
    gain = Part("hasResponse", f"{FND}FunctionalImprovement", (("toService", therapy),))
    parts = [
        Part("requests", therapy, (("quantity", draw(_small())),)),
        Part("hasDiagnosis", condition),
        *draw(st.sampled_from([(), (gain,)])),
        *draw(st.lists(_facts(world().narrowed(world().weighed(name))), max_size=4)),
    ]
    story = Story(date(2014, 1, 10), date(2015, 6, 8), tuple(parts))
    visits, more = draw(_small()), draw(_small())
    course = Part("hasTreatment", therapy, (("visits", visits),))
    return story.plus(course), story.plus(course.with_amount("visits", visits + more))


@bounded
@given(_several(_therapy_after_therapy()))
def test_more_earlier_visits_never_turn_a_refused_therapy_into_a_necessary_one(
    pairs: list[tuple[Story, Story]],
) -> None:
    results = world().decide([story for pair in pairs for story in pair])
    for fewer, more in zip(results[::2], results[1::2], strict=True):
        if fewer.decisions[0].verdict == "not-necessary":
            assert more.decisions[0].verdict != "necessary"


# --- the edge of each limit on visits, at every number of earlier ones


def _limits() -> Iterator[tuple[str, int, Case]]:
    """Yield each limit that counts earlier visits, with its number and a worked example in which it is judged."""
    examples = load_examples([ROOT / "tests" / "worked"], world().knowledge)
    most = ox.NamedNode(core("mostUnits"))
    for subject, _, value in statements(world().knowledge.store.quads_for_pattern(None, most, None)):
        judging = [item for item in examples if subject.value in item.expected.get("met", frozenset())]
        if _counts_earlier(subject.value) and judging:
            yield subject.value, int(value.value), judging[0].case


def _at_the_edge(case: Case, criterion: str, earlier: int, asked: int) -> Case:
    """Return ``case`` with so many earlier visits and so many requested, under a name of its own."""
    counted = world().about[criterion]
    name = f"{CASE}edge/{criterion.rpartition('/')[2]}/{earlier}-{asked}"
    treated = {value for _, predicate, value in case.statements if predicate.value == core("hasTreatment")}
    courses = {
        subject
        for subject, predicate, value in case.statements
        if subject in treated and predicate.value == core("concept") and counted & world().within[value.value]
    }
    (request,) = [value for _, predicate, value in case.statements if predicate.value == core("requests")]
    amounts = {core(part) for part in ("quantity", "perWeek", "weeks")}
    kept = [
        (subject, predicate, value)
        for subject, predicate, value in case.statements
        if not {subject, value} & courses and not (subject == request and predicate.value in amounts)
    ]
    course = ox.NamedNode(f"{name}/course")
    quads = [*(ox.Quad(*statement) for statement in kept), _quad(request, "quantity", asked)]
    quads += [ox.Quad(ox.NamedNode(case.iri), ox.NamedNode(core("hasTreatment")), course)]
    quads += [_quad(course, "concept", min(counted)), _quad(course, "visits", earlier)]
    return _renamed(quads, case.iri, name)


def _renamed(quads: Iterable[ox.Quad], old: str, new: str) -> Case:
    """Give a case and all that is part of it names of its own."""
    own = {subject for subject, _, _ in statements(quads)}

    def name(term: Any) -> Any:
        return (
            ox.NamedNode(new if term.value == old else f"{new}/{term.value.rpartition('/')[2]}")
            if term in own
            else term
        )

    renamed = [ox.Quad(name(subject), predicate, name(value)) for subject, predicate, value in statements(quads)]
    (case,) = cases_of(renamed, [ox.NamedNode(new)], world().knowledge, "made up")
    return case


def test_a_limit_holds_at_its_number_and_not_one_above_whatever_part_was_used_before() -> None:
    cases, expected = [], []
    for criterion, most, case in _limits():
        for earlier in range(most):
            for asked, status in ((most - earlier, "met"), (most - earlier + 1, NOT_MET)):
                cases.append(_at_the_edge(case, criterion, earlier, asked))
                expected.append((criterion, earlier, asked, status))
        cases.append(_at_the_edge(case, criterion, most, 1))
        expected.append((criterion, most, 1, NOT_MET))
    assert len({criterion for criterion, *_ in expected}) > 3
    wrong = []
    for result, (criterion, earlier, asked, status) in zip(world().judge.decide(cases), expected, strict=True):
        (found,) = {item.status for item in result.decisions[0].criteria if item.criterion == criterion}
        if found != status:
            wrong.append(f"{criterion}: {earlier} earlier, {asked} asked: {found}")
    assert wrong == []
