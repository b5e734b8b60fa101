"""The names of terms in a review sheet: the label of a term, and the term that a person means by a name."""

from __future__ import annotations

import difflib
import re
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.load import Knowledge
from imr_kb.terms import BASE, KB, PREFIXES, RDFS, SKOS, short

__all__ = ["Names"]

_LABEL: Final = RDFS + "label"
_LABELS: Final = (_LABEL, SKOS + "altLabel", SKOS + "hiddenLabel")
_RANGE: Final = ox.NamedNode(RDFS + "range")
_EXACT: Final = re.compile(rf"(?:.*\[)?((?:{'|'.join(PREFIXES)}):[\w.-]+)\]?")
_CUES: Final = PREFIXES["cue"]


class Names:
    """Labels of the ontology's terms in both directions."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Read the labels out of ``knowledge``."""
        self._knowledge = knowledge
        self._label: dict[str, str] = {}
        #: For each name in lower case, the terms that have it as label, and those that have it besides.
        self._terms: dict[str, tuple[set[str], set[str]]] = {}
        for predicate in _LABELS:
            for quad in knowledge.store.quads_for_pattern(None, ox.NamedNode(predicate), None):
                iri, text = str(getattr(quad.subject, "value", "")), str(getattr(quad.object, "value", ""))
                if iri.startswith(BASE) and not iri.startswith((KB, _CUES)):
                    first = predicate == _LABEL
                    if first:
                        self._label[iri] = min(text, self._label.get(iri, text))
                    self._terms.setdefault(text.casefold(), (set(), set()))[0 if first else 1].add(iri)

    def label(self, iri: str) -> str:
        """Return the label of a term, with its short name behind it where another term is called so too."""
        text = self._label.get(iri)
        if text is None:
            return short(iri)
        return text if self._terms[text.casefold()][0] == {iri} else f"{text} [{short(iri)}]"

    def plain(self, iri: str) -> str:
        """Return the label alone, for kinds and properties: where they stand tells them from others of the name."""
        return self._label.get(iri) or short(iri)

    def exact(self, iri: str) -> str:
        """Return the label of a term with its short name."""
        return f"{self._label.get(iri, '')} [{short(iri)}]"

    def find(self, text: str) -> list[str]:
        """Return the terms that ``text`` can mean, those with this label first of all.

        A text is a label, another name, a prefixed name, or a label with a prefixed name in brackets.
        """
        exact = _EXACT.fullmatch(text)
        if exact:
            prefix, _, local = exact[1].partition(":")
            iri = ox.NamedNode(PREFIXES[prefix] + local)
            return [iri.value] if any(self._knowledge.store.quads_for_pattern(iri, None, None)) else []
        labelled, besides = self._terms.get(text.casefold(), (set(), set()))
        return sorted(labelled or besides)

    def near(self, text: str) -> list[str]:
        """Return a few names that are written much like ``text``."""
        return difflib.get_close_matches(text.casefold(), self._terms, n=3)

    def range_of(self, prop: str) -> str:
        """Return the datatype or class of the values of a property, nothing where it is not told."""
        found = self._knowledge.store.quads_for_pattern(ox.NamedNode(prop), _RANGE, None)
        return min((str(getattr(quad.object, "value", "")) for quad in found), default="")

    def is_exact(self, iri: str, words: str) -> bool:
        """Return whether ``words`` are the label of the term."""
        return self._label.get(iri, "").casefold() == words.casefold()

    @staticmethod
    def is_literal(value: Any) -> bool:
        """Return whether a value is text, a number or a date, and not a term or a node."""
        return isinstance(value, ox.Literal)
