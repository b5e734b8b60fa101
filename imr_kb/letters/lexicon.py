"""The names of all concepts and cues, read once from the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from imr_kb.letters.alike import Alike, Mark
from imr_kb.letters.amounts import AmountReader, Word
from imr_kb.letters.compose import Composer
from imr_kb.letters.names import END, Branch, Names
from imr_kb.letters.placed import PlacedNames
from imr_kb.letters.tokens import Token, forms, hyphened, skipped, stems, tokenize
from imr_kb.terms import PREFIXES, RDF, RDFS, SKOS, core

__all__ = ["Lexicon", "Mention", "cue"]

_CUE: Final = PREFIXES["cue"]
_LABELS: Final = (RDFS + "label", SKOS + "altLabel", SKOS + "hiddenLabel")
_UNREAD: Final = _CUE + "Unread"
_NEGATOR: Final = _CUE + "Negator"
#: The top concept of a vocabulary is within this many concepts; its name ("service", "condition") says nothing.
_TOP: Final = 2
#: So many times at most words are passed over inside a name.
_PASSED: Final = 3


def cue(name: str) -> str:
    """Return the IRI of the cue class ``name``."""
    return _CUE + name


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``start`` to ``end`` name ``concepts``; ``kinds`` are these and everything they are within."""

    start: int
    end: int
    concepts: tuple[str, ...]
    kinds: frozenset[str]

    def concept_of(self, lexicon: Lexicon, root: str) -> str | None:
        """Return the named concept within ``root``, if any."""
        return next((concept for concept in self.concepts if root in lexicon.within(concept)), None)


class Lexicon:
    """Finds concepts by their names, composes them, and knows how each kind of concept is read."""

    @classmethod
    def from_store(cls, store: ox.Store) -> Lexicon:
        """Build the lexicon from a store that holds the ontology with imr:within and imr:depth computed."""
        return cls(store)

    def __init__(self, store: ox.Store) -> None:
        """Read everything out of ``store``, which is not kept."""
        self._within = _closure(store)
        self._composer = Composer(store, self._within)
        self._sited = {
            quad.subject.value
            for quad in store.quads_for_pattern(None, ox.NamedNode(core("sitedIn")), None)
            if isinstance(quad.subject, ox.NamedNode)
        }
        self._own_site = _objects(store, core("ownSite"))
        self.individuals = _individuals(store)
        self._annotations = {
            name: _objects(store, _CUE + name)
            for name in (
                "fills",
                "fromLosses",
                "publishes",
                "readAs",
                "abnormal",
                "normalGrade",
                "measures",
                "implies",
                "barred",
                "toldInPlan",
                "shownBy",
                "rates",
                "denies",
                "spreadsAs",
                "plannedTells",
                "toldByRequest",
                "mixedAs",
                "aroundOperation",
                "tells",
                "toldOf",
                "wayInto",
                "givenIn",
                "normalResult",
                "reportedAt",
                "tested",
                "terminal",
                "value",
            )
        }
        #: The conditions of which some finding is a quality, such as pain.
        self.qualified = frozenset(self._annotations["toldOf"].values())
        self.properties = _case_properties(store)
        self._grades = {Decimal(value): finding for finding, value in _objects(store, _CUE + "gradedTo").items()}
        studies = _objects(store, _CUE + "shownBy")
        self._shown = {
            (condition, studies[finding]): finding
            for finding, condition in sorted(_objects(store, core("bearsOut")).items())
            if finding in studies
        }
        self._suspected = {
            quad.object.value: quad.subject.value
            for quad in store.quads_for_pattern(None, ox.NamedNode(_CUE + "suspects"), None)
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
        }
        self._labels = self._labels_in(store)
        self._alike = Alike.from_store(store, self._within)
        self._names = Names(self._labels, self._alike)
        self._first_words: dict[str, frozenset[str]] = {}
        self._parts = {
            label.lower(): part
            for part, label in _objects(store, RDFS + "label").items()
            if part.startswith(PREFIXES["body"])
        }
        self.amounts = AmountReader(self._amount_words())

    def within(self, concept: str) -> frozenset[str]:
        """Return ``concept`` and every more general concept."""
        return self._within.get(concept) or frozenset({concept})

    def depth(self, concept: str) -> int:
        """Return how specific ``concept`` is."""
        return len(self._within.get(concept, ()))

    def sited(self, concept: str) -> bool:
        """Whether ``concept`` says by itself which part of the body it is about."""
        return concept in self._sited

    def own_site(self, concept: str) -> str | None:
        """Return the part of the body that the definition of ``concept`` names, if any."""
        return self._own_site.get(concept)

    def sites_to(self, concept: str, other: str) -> bool:
        """Whether ``other`` is what ``concept`` said of a part of the body amounts to."""
        site = self._own_site.get(other)
        return site is not None and self.compose(concept, [site]) == other

    def annotation(self, name: str, concept: str) -> str | None:
        """Return the value of the cue annotation ``name`` of ``concept``."""
        return self._annotations[name].get(concept)

    def inherited(self, name: str, concept: str) -> str | None:
        """Return the value of the cue annotation ``name`` of ``concept``, else that of the nearest wider concept."""
        marked = [broader for broader in self.within(concept) if broader in self._annotations[name]]
        return self._annotations[name][max(sorted(marked), key=self.depth)] if marked else None

    def suspected(self, condition: str) -> str | None:
        """Return the finding that ``condition``, or the nearest wider one, is suspected; it can be such a finding itself."""
        if condition in self._suspected.values():
            return condition
        marked = [broader for broader in self.within(condition) if broader in self._suspected]
        return self._suspected[max(sorted(marked), key=self.depth)] if marked else None

    def graded(self, highest: Decimal | None) -> str | None:
        """Return what is graded on a scale up to ``highest``."""
        return self._grades.get(highest) if highest is not None else None

    def scale(self, finding: str) -> Decimal | None:
        """Return the highest grade of the scale on which ``finding`` is graded, if it is."""
        return next((highest for highest, graded in self._grades.items() if graded == finding), None)

    def seen_as(self, condition: str, study: str) -> str | None:
        """Return the finding by which a study of the kind of ``study`` shows ``condition``."""
        return next(
            (self._shown[condition, kind] for kind in self.within(study) if (condition, kind) in self._shown), None
        )

    def read_as(self, concept: str) -> str | None:
        """Return the class of facts as which ``concept`` is read: the mark of its nearest marked concept."""
        general = self.within(concept)
        marked = [broader for broader in general if broader in self._annotations["readAs"]]
        if not marked or len(general) <= _TOP:
            return None
        kind = self._annotations["readAs"][max(sorted(marked), key=self.depth)]
        return None if kind == _UNREAD else kind

    def compose(self, concept: str, context: Iterable[str]) -> str:
        """Return the most specific concept that is ``concept`` said of the things in ``context``."""
        said = tuple(context)
        best = self._composer.compose(concept, said)
        placed = next((name for thing in said if (name := self._placed.of(concept, thing))), best)
        return best if placed in self.within(best) else placed

    @cached_property
    def _placed(self) -> PlacedNames:
        def named(noun: str) -> tuple[str, ...]:
            return next((found.concepts for found in self.mentions(tokenize(noun))), ())

        return PlacedNames(self._labels, self._parts, named)

    def sibling(self, concept: str, site: str) -> str | None:
        """Return what the noun of ``concept`` gives with another site: neck pain, for "low back pain" and the neck."""
        general = self.within(concept)
        # What any condition there amounts to says nothing of the noun.
        composed = {self.compose(broader, [site]) for broader in general if self.depth(broader) > _TOP} - general
        return max(sorted(composed), key=self.depth, default=None)

    def by_noun(self, words: Sequence[Token], site: str) -> str | None:
        """Return what the last of several ``words`` names with another site: hip pain, for "head pain" and the hip."""
        named = self.mentions(words[-1:]) if len(words) > 1 else ()
        made = ((concept, self.compose(concept, [site])) for mention in named for concept in mention.concepts)
        return next((whole for concept, whole in made if whole != concept), None)

    def in_group(self, group: str, tokens: Sequence[Token], position: int) -> int:
        """Return the token behind the words of ``group`` that begin at ``position``, else 0."""
        return self._alike.end_of(group, tokens, position)

    def beside(self, tokens: Sequence[Token], position: int) -> frozenset[str]:
        """Return the kinds of things beside which alone the words at ``position`` are meant."""
        return self._alike.beside(tokens, position)

    def is_word(self, word: str) -> bool:
        """Whether ``word`` (lower case) stands in any name."""
        return any(form in self._names.words for form in forms(word))

    def first_words(self, kind: str) -> frozenset[str]:
        """Return the words with which names of ``kind`` begin."""
        if kind not in self._first_words:
            narrower = (concept for concept in self._labels if kind in self.within(concept))
            self._first_words[kind] = frozenset().union(*map(self._names.first_words, narrower))
        return self._first_words[kind]

    def mentions(self, tokens: Sequence[Token], *, roots: frozenset[str] | None = None) -> list[Mention]:
        """Return the names among ``tokens`` from left to right; the longest wins and none overlap.

        With ``roots`` only names of concepts within one of these are looked for.
        """
        found = []
        position = 0
        marks = self._alike.marks(tokens)
        while position < len(tokens):
            end, concepts = self._longest(tokens, marks, position, roots)
            if end > position + 1 and self._denies(concepts) and self._names_beyond(tokens, marks, position, end):
                position += 1
            elif end:
                kinds = frozenset().union(*(self.within(concept) for concept in concepts))
                found.append(Mention(position, end, concepts, kinds))
                position = end
            else:
                position += 1
        return _without_aliases(found, tokens)

    def _denies(self, concepts: Sequence[str]) -> bool:
        return any(_NEGATOR in self.within(concept) for concept in concepts)

    def _names_beyond(self, tokens: Sequence[Token], marks: Sequence[Sequence[Mark]], start: int, end: int) -> bool:
        """Whether the "no" that ends the denial from ``start`` to ``end`` begins a name that goes on: "with no lifting".

        A denial whose last word denies nothing by itself stands: "no significant improvement".
        """
        _, alone = self._longest(tokens[:end], [*marks[: end - 1], ()], end - 1, None)
        last, concepts = self._longest(tokens, marks, end - 1, None)
        named = self._denies(concepts) or not any(concept.startswith(_CUE) for concept in concepts)
        return self._denies(alone) and named and last > end and start < end - 1

    def _longest(
        self, tokens: Sequence[Token], marks: Sequence[Sequence[Mark]], start: int, roots: frozenset[str] | None
    ) -> tuple[int, tuple[str, ...]]:
        best: tuple[int, tuple[str, ...]] = (0, ())
        waiting: list[tuple[int, Branch, bool, tuple[str, ...]]] = [(start, {}, False, ())]
        while waiting:
            position, node, inflected, passed = waiting.pop()
            follow = node.get if position > start else self._names.beginning
            entries = node.get(END)
            if entries and position > best[0]:
                named = {concept for concept, needs_capital in entries if not needs_capital or tokens[start].capital}
                # How a verb is inflected decides what a cue says, so that an unknown form of it is no cue.
                concepts = tuple(sorted(one for one in named if not (inflected and one.startswith(_CUE))))
                if roots is not None:
                    concepts = tuple(concept for concept in concepts if self._rooted(concept, roots))
                if passed:
                    concepts = tuple(one for one in concepts if all(self._alike.holds(group, one) for group in passed))
                if concepts:
                    best = (position, concepts)
            if position >= len(tokens):
                continue
            for group, end, idle in marks[position]:
                child = None if idle else follow(group)
                if child is not None:
                    waiting.append((end, child, inflected, passed))
                elif idle and position > start and len(passed) < _PASSED:
                    waiting.append((end, _inside(node), inflected, (*passed, group)))
            token, child = tokens[position], None
            for form in reversed(token.forms):
                # The exact form, which is looked at first, comes last. A form can be empty, which is the end of a name.
                child = follow(form) if form else None
                if child is not None:
                    waiting.append((position + 1, child, inflected, passed))
            for stem in () if child is not None else stems(token.lower):
                child = follow(stem)
                if child is not None:
                    waiting.append((position + 1, child, True, passed))
            joined = hyphened(tokens, position)
            child = follow(joined) if joined else None
            if child is not None:
                waiting.append((position + 3, child, inflected, passed))
            behind = skipped(tokens, position) if position > start else position
            if behind > position:
                waiting.append((behind, _inside(node), inflected, passed))
        return best

    def _rooted(self, concept: str, roots: frozenset[str]) -> bool:
        return not roots.isdisjoint(self.within(concept)) or self.individuals.get(concept) in roots

    def _labels_in(self, store: ox.Store) -> dict[str, list[str]]:
        """Return the names of each concept that a letter can name."""
        roots = {core("Concept"), cue("Cue")}
        found: dict[str, list[str]] = {}
        for predicate in _LABELS:
            for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None):
                concept = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
                if concept in found:
                    found[concept].append(str(getattr(quad.object, "value", "")))
                elif concept in self.individuals or not roots.isdisjoint(self._within.get(concept, ())):
                    found[concept] = [str(getattr(quad.object, "value", ""))]
        return {concept: sorted(labels) for concept, labels in sorted(found.items())}

    def _amount_words(self) -> dict[tuple[str, ...], Word]:
        """Return the words of which amounts are made, with what each stands for."""
        found = {}
        for concept, terminal in sorted(self._annotations["terminal"].items()):
            value = self.annotation("value", concept)
            word = Word(terminal, None if value is None else int(value))
            found.update(
                {tuple(part.lower for part in tokenize(label)): word for label in self._labels.get(concept, ())}
            )
        return found


def _inside(node: Branch) -> Branch:
    """Return the names of ``node`` that go on."""
    return {key: child for key, child in node.items() if key != END}


def _without_aliases(mentions: Sequence[Mention], tokens: Sequence[Token]) -> list[Mention]:
    """Join a name with the other name of the same thing in brackets behind it: "physical therapy (PT)"."""
    found: list[Mention] = []
    for mention in mentions:
        last = found[-1] if found else None
        bracketed = (
            mention.end < len(tokens) and tokens[mention.end].text == ")" and tokens[mention.start - 1].text == "("
        )
        if last is not None and bracketed and last.end == mention.start - 1 and _same(last, mention):
            found[-1] = Mention(last.start, mention.end + 1, last.concepts, last.kinds)
        else:
            found.append(mention)
    return found


def _same(one: Mention, other: Mention) -> bool:
    return any(concept in other.kinds for concept in one.concepts) or any(
        concept in one.kinds for concept in other.concepts
    )


def _closure(store: ox.Store) -> dict[str, frozenset[str]]:
    within: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(core("within")), None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            within.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {concept: frozenset(broader | {concept}) for concept, broader in within.items()}


def _individuals(store: ox.Store) -> Mapping[str, str]:
    """Return the sides and sexes that a letter can name, each with its class."""
    return {
        quad.subject.value: kind
        for kind in (core("Laterality"), core("Sex"))
        for quad in store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(kind))
        if isinstance(quad.subject, ox.NamedNode)
    }


def _case_properties(store: ox.Store) -> dict[str, str]:
    """Return, for each class that a case can be joined with, the property that does it."""
    of_case = {name for name, domain in _objects(store, RDFS + "domain").items() if domain == core("Case")}
    of_case |= {name for name, general in _objects(store, RDFS + "subPropertyOf").items() if general in of_case}
    return {kind: name for name, kind in sorted(_objects(store, RDFS + "range").items()) if name in of_case}


def _objects(store: ox.Store, predicate: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None):
        subject, value = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
        found[subject] = min(value, found.get(subject, value))
    return found
