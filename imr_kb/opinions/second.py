"""The second opinion: the same knowledge and the same cases, decided by an Answer Set Program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

import clingo

from imr_kb.load import Case
from imr_kb.opinions.facts import Arithmetic, Fact, Translation, triples_of

__all__ = ["CHUNK", "Row", "SecondOpinion"]

#: So many cases are decided in one grounding.
CHUNK: Final = 250
_HIERARCHY: Final = ("within", "depth", "sited", "own_site", "contains")
_VOCABULARIES: Final = frozenset({"svc", "dx", "fnd", "drug", "body", "cue", "_"})
_TYPE: Final = "rdf:type"
# What is said of a concept and looked up case by case.
_STILL_NEEDED: Final = frozenset({"imr:indicatesPhase", "imr:runsThrough", "imr:tellsOf", "imr:meantNearby"})
# By these properties a recommendation holds criteria, and a criterion others.
_LINKS: Final = frozenset(
    f"imr:{name}" for name in ("requires", "ruledOutBy", "limitedBy", "continuesIf", "unless", "advises", "member")
)


class Row(NamedTuple):
    """One thing that is decided: of a case or request, what, about which part of the knowledge base, and how."""

    subject: str
    what: str
    about: str
    value: str


class SecondOpinion:
    """Decides cases under the knowledge base below one folder, by ``knowledge.lp`` and ``decide.lp``."""

    def __init__(self, root: Path) -> None:
        """Translate ``ontology/`` and ``kb/`` below ``root``.

        Raises:
            InputError: RD001 where a file is not Turtle.
        """
        quads = list(triples_of(root))
        self._translation = Translation(quads)
        self._facts = self._translation.facts(quads)
        self._program = _text_of("decide.lp")

    @cached_property
    def _hierarchy(self) -> Mapping[str, Mapping[str, list[clingo.Symbol]]]:
        """What ``knowledge.lp`` derives: the atoms of each relation by the concept that they are about."""
        text = "\n".join(_facts_text(self._facts))
        names = {str(subject) for subject, _, _ in self._facts if not subject.string.startswith("_:")}
        text += "\n" + "\n".join(f"named({name})." for name in sorted(names))
        found: dict[str, dict[str, list[clingo.Symbol]]] = {name: defaultdict(list) for name in _HIERARCHY}
        for atom in _model(_text_of("knowledge.lp"), text):
            found[atom.name][atom.arguments[0].string].append(atom)
        return found

    @cached_property
    def _guidelines(self) -> _Guidelines:
        return _Guidelines(self._facts, self._hierarchy["within"])

    def following(self, program: str) -> SecondOpinion:
        """Return one that knows the same and decides by ``program`` in place of ``decide.lp``: so a wrong one is tested."""
        other = copy(self)
        other._program = program
        return other

    def decide(self, cases: Sequence[Case]) -> frozenset[Row]:
        """Return what is decided on ``cases``, :data:`CHUNK` of them at a time."""
        chunks = (cases[start : start + CHUNK] for start in range(0, len(cases), CHUNK))
        return frozenset(row for chunk in chunks for row in self._decide(chunk))

    def _decide(self, cases: Sequence[Case]) -> Iterator[Row]:
        quads = [quad for case in cases for quad in case.quads]
        given = self._translation.facts(quads)
        text = "\n".join([*_facts_text(given), *self._known(given)])
        return map(_row, _model(self._program, text))

    def _known(self, given: Sequence[Fact]) -> Iterator[str]:
        """Yield of the knowledge what a chunk of cases can need."""
        within = self._hierarchy["within"]
        asked = {subject for _, name, subject in given if name.string in {"imr:requests", "imr:comprises"}}
        services = {value.string for subject, name, value in given if subject in asked and name.string == "imr:concept"}
        needed = self._guidelines.speaking_of(services)
        yield from _facts_text(needed)
        named = {value.string for _, _, value in (*given, *needed) if value.type is clingo.SymbolType.String}
        named |= {atom.arguments[1].string for name in named for atom in self._hierarchy["own_site"].get(name, ())}
        named &= within.keys()
        wider = {atom.arguments[1].string for name in named for atom in within[name]}
        for relation, atoms in sorted(self._hierarchy.items()):
            for name in sorted(named | wider if relation == "depth" else named):
                yield from (f"{atom}." for atom in atoms.get(name, ()))


class _Guidelines:
    """The facts of the knowledge base, and which of them a requested service brings in."""

    def __init__(self, facts: Sequence[Fact], within: Mapping[str, Sequence[clingo.Symbol]]) -> None:
        self._within = within
        self._by_subject: dict[str, list[Fact]] = defaultdict(list)
        self._covering: dict[str, set[str]] = defaultdict(set)
        guidelines = set()
        for fact in facts:
            subject, name, value = fact
            self._by_subject[subject.string].append(fact)
            if name.string == "imr:covers":
                self._covering[value.string].add(subject.string)
            if name.string == _TYPE and (value.string == "imr:Recommendation" or value.string.endswith("Criterion")):
                guidelines.add(subject.string)
        self._always = [fact for fact in facts if fact[0].string not in guidelines and not _is_of_a_concept(fact)]

    def speaking_of(self, services: Iterable[str]) -> list[Fact]:
        """Return what every case needs, and the recommendations that cover one of ``services``, with their criteria."""
        wider = {atom.arguments[1].string for service in services for atom in self._within.get(service, ())}
        waiting = sorted({name for service in wider for name in self._covering.get(service, ())})
        seen = set(waiting)
        found = list(self._always)
        while waiting:
            for fact in self._by_subject[waiting.pop()]:
                found.append(fact)
                if fact[1].string in _LINKS and fact[2].string not in seen:
                    seen.add(fact[2].string)
                    waiting.append(fact[2].string)
        return found


def _is_of_a_concept(fact: Fact) -> bool:
    """Whether ``fact`` has been used up by ``knowledge.lp``: most of what is said of a concept."""
    subject, name, value = fact
    if name.string in _STILL_NEEDED or (name.string == "rdfs:subClassOf" and value.string == "imr:Concept"):
        return False
    return subject.string.partition(":")[0] in _VOCABULARIES or name.string.startswith("owl:")


def _facts_text(facts: Iterable[Fact]) -> Iterator[str]:
    return (f"t({subject},{name},{value})." for subject, name, value in facts)


def _text_of(program: str) -> str:
    return files("imr_kb.opinions").joinpath(program).read_text(encoding="utf-8")


def _model(program: str, facts: str) -> list[clingo.Symbol]:
    """Return the atoms that ``program`` shows; it has one answer set, whatever the facts."""
    control = clingo.Control(["--warn=no-atom-undefined", "--models=2"])
    control.add("base", [], program)
    control.add("base", [], facts)
    control.ground([("base", [])], context=Arithmetic())
    with control.solve(yield_=True) as handle:
        models = [list(model.symbols(shown=True)) for model in handle]
    (only,) = models
    return only


def _row(atom: clingo.Symbol) -> Row:
    subject, *others = atom.arguments
    if atom.name == "as_of":
        day = date.fromordinal(others[0].number)
        return Row(subject.string, "deciding date", others[1].string, day.isoformat())
    if atom.name == "applies":
        return Row(subject.string, "applies", others[0].string, others[1].string)
    if atom.name == "judgement":
        return Row(subject.string, "status", _clause(others[0]), others[1].string)
    return Row(subject.string, atom.name, "", others[0].string)


def _clause(term: clingo.Symbol) -> str:
    """Return the name of a clause as the knowledge base has it: from the recommendation down to the criterion."""
    *above, criterion = term.arguments
    last = criterion.string.rpartition("/")[2]
    if term.name == "root":
        return f"{above[0].string}/{above[1].string}/{last}"
    return f"{_clause(above[0])}/exception/{last}" if term.name == "except" else f"{_clause(above[0])}/{last}"
