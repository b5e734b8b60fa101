"""The names of all concepts and cues, read once from the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final

from imr_kb.letters.alike import Alike
from imr_kb.letters.amounts import AmountReader, Word
from imr_kb.letters.compose import Composer
from imr_kb.letters.finding import Mention, NameFinder
from imr_kb.letters.names import Names
from imr_kb.letters.placed import PlacedNames
from imr_kb.letters.terminology import LABELS, Terminology, is_named
from imr_kb.letters.tokens import Token, forms, tokenize
from imr_kb.terms import PREFIXES, RDFS, core

__all__ = ["Lexicon", "Mention", "cue"]

_CUE: Final = PREFIXES["cue"]
_UNREAD: Final = _CUE + "Unread"
#: The top concept of a vocabulary is within this many concepts; its name ("service", "condition") says nothing.
_TOP: Final = 2
#: What the words of amounts are annotated with.
_OF_AMOUNTS: Final = frozenset({"terminal", "value"})
#: So many answers of a kind are kept: a letter asks the same of a few hundred concepts again and again.
_MEMORY: Final = 16384


def cue(name: str) -> str:
    """Return the IRI of the cue class ``name``."""
    return _CUE + name


class Lexicon:
    """Finds concepts by their names, composes them, and knows how each kind of concept is read."""

    def __init__(self, terms: Terminology) -> None:
        """Build it from the ``terms`` of the ontology."""
        self._terms = terms
        self._within = {
            concept: frozenset((concept, *broader))
            for concept, broader in terms.values(core("within")).items()
            if is_named(concept)
        }
        self.nearest = lru_cache(maxsize=_MEMORY)(self._nearest)
        self.inherited = lru_cache(maxsize=_MEMORY)(self._inherited)
        self.read_as = lru_cache(maxsize=_MEMORY)(self._read_as)
        self.scale = lru_cache(maxsize=_MEMORY)(self._scale)
        self.speaks = lru_cache(maxsize=_MEMORY)(self._speaks)
        self._composer = Composer(terms, self._within)
        self._sited = terms.values(core("sitedIn")).keys()
        self._own_site = terms.first(core("ownSite"))
        self.individuals = terms.members
        #: Left, right and both.
        self.sides = frozenset(one for one, kind in self.individuals.items() if kind == core("Laterality"))
        self._annotations = {
            name: terms.first(_CUE + name)
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
                "ofThePast",
                "amongModalities",
                "inSessions",
                "shownBy",
                "rates",
                "denies",
                "spreadsAs",
                "plannedTells",
                "grantedTells",
                "askedTells",
                "madeByImage",
                "canComeOf",
                "toldByRequest",
                "mixedAs",
                "aroundOperation",
                "hoursInDay",
                "oneIs",
                "dosedIn",
                "numbers",
                "aimWith",
                "announces",
                "tells",
                "toldOf",
                "wayInto",
                "givenIn",
                "gives",
                "intoPart",
                "normalResult",
                "reportedAt",
                "tested",
                "onNerveRoot",
                "onlyBeside",
                "tornAs",
                "tellsOfArm",
                "madeOther",
                "terminal",
                "value",
            )
        }
        #: The conditions of which some finding is a quality, such as pain.
        self.qualified = frozenset(self._annotations["toldOf"].values())
        self.properties = _case_properties(terms)
        self._grades = {Decimal(value): finding for finding, value in terms.first(_CUE + "gradedTo").items()}
        studies = terms.first(_CUE + "shownBy")
        self._shown = {
            (condition, studies[finding]): finding
            for finding, condition in sorted(terms.first(core("bearsOut")).items())
            if finding in studies
        }
        self._suspected = {
            condition: finding
            for finding, conditions in terms.values(_CUE + "suspects").items()
            for condition in conditions
        }
        self._labels = self._labels_in(terms)
        self._alike = Alike.from_terminology(terms, self._within)
        self._names = Names(self._labels, self._alike, terms.begun)
        self._finder = NameFinder(self._names, self._alike, self.within, self.individuals)
        self._first_words: dict[str, frozenset[str]] = {}
        self._parts = {
            label.lower(): part
            for part, label in terms.first(RDFS + "label").items()
            if part.startswith(PREFIXES["body"])
        }
        self.amounts = AmountReader(self._amount_words())

    def as_json(self) -> bytes:
        """Return as JSON the terms from which this can be built again in less time."""
        return self._terms.as_json(self._names.begun)

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

    def told(self, name: str, mention: Mention) -> str | None:
        """Return the value of the cue annotation ``name`` of the first concept of ``mention`` that has it."""
        values = self._annotations[name]
        for concept in mention.concepts:
            if concept in values:
                return values[concept]
        return None

    def _nearest(self, name: str, concept: str) -> str | None:
        """Return ``concept``, or the nearest wider concept, that has the cue annotation ``name``."""
        marked = [broader for broader in self.within(concept) if broader in self._annotations[name]]
        return max(sorted(marked), key=self.depth, default=None)

    def _inherited(self, name: str, concept: str) -> str | None:
        """Return the value of the cue annotation ``name`` of ``concept``, else that of the nearest wider concept."""
        nearest = self.nearest(name, concept)
        return None if nearest is None else self._annotations[name][nearest]

    def _speaks(self, concepts: tuple[str, ...]) -> bool:
        """Whether ``concepts`` can tell something, and are not only cues of how other words are meant."""
        told = [values for name, values in self._annotations.items() if name not in _OF_AMOUNTS]
        return any(
            not kind.startswith(_CUE) or any(kind in values for values in told)
            for concept in concepts
            for kind in self.within(concept)
        )

    def suspected(self, condition: str) -> str | None:
        """Return the finding that ``condition``, or the nearest wider one, is suspected; it can be such a finding itself."""
        if condition in self._suspected.values():
            return condition
        marked = [broader for broader in self.within(condition) if broader in self._suspected]
        return self._suspected[max(sorted(marked), key=self.depth)] if marked else None

    def graded(self, highest: Decimal | None) -> str | None:
        """Return what is graded on a scale up to ``highest``."""
        return self._grades.get(highest) if highest is not None else None

    def _scale(self, finding: str) -> Decimal | None:
        """Return the highest grade of the scale on which ``finding`` is graded, if it is."""
        return next((highest for highest, graded in self._grades.items() if graded == finding), None)

    def seen_as(self, condition: str, study: str) -> str | None:
        """Return the finding by which a study of the kind of ``study`` shows ``condition``."""
        return next(
            (self._shown[condition, kind] for kind in self.within(study) if (condition, kind) in self._shown), None
        )

    def _read_as(self, concept: str) -> str | None:
        """Return the class of facts as which ``concept`` is read: the mark of its nearest marked concept."""
        kind = self.inherited("readAs", concept) if len(self.within(concept)) > _TOP else None
        return None if kind == _UNREAD else kind

    def compose(self, concept: str, context: Iterable[str]) -> str:
        """Return the most specific concept that is ``concept`` said of the things in ``context``."""
        said = tuple(context)
        best = self._composer.compose(concept, said)
        placed = next((name for thing in said if (name := self._placed.of(concept, thing))), best)
        return best if placed in self.within(best) else placed

    def given_by(self, product: str, way: str) -> str:
        """Return ``product``, or what is made of its substances to be given by the care ``way``: an injection."""
        route = self.inherited("gives", way)
        return product if route is None else self._composer.given_by(product, route) or product

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

    def beside(self, tokens: Sequence[Token], mention: Mention) -> frozenset[str]:
        """Return the kinds of things beside which alone ``mention`` means what it names."""
        return self._alike.beside(tokens, mention.start, mention.concepts)

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
        return self._finder.mentions(tokens, roots)

    def opening(self, tokens: Sequence[Token]) -> Mention | None:
        """Return the name with which ``tokens`` begin."""
        return self._finder.opening(tokens)

    def _labels_in(self, terms: Terminology) -> dict[str, list[str]]:
        """Return the names of each concept that a letter can name."""
        roots = {core("Concept"), cue("Cue")}
        named = {one for one, broader in self._within.items() if not roots.isdisjoint(broader)}
        labels = [terms.values(name) for name in LABELS]
        found = {
            concept: sorted(label for values in labels for label in values.get(concept, ()))
            for concept in sorted(named.union(self.individuals))
        }
        return {concept: own for concept, own in found.items() if own}

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


def _case_properties(terms: Terminology) -> dict[str, str]:
    """Return, for each class that a case can be joined with, the property that does it."""
    of_case = {name for name, domain in terms.first(RDFS + "domain").items() if domain == core("Case")}
    of_case |= {name for name, general in terms.first(RDFS + "subPropertyOf").items() if general in of_case}
    return {kind: name for name, kind in sorted(terms.first(RDFS + "range").items()) if name in of_case}
