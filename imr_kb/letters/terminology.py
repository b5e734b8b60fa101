"""What the ontology tells of names and of how they are meant: all that reading needs of it, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from imr_kb.terms import PREFIXES, RDF, RDFS, SKOS, core

__all__ = ["LABELS", "Terminology", "is_named"]

_CUE: Final = PREFIXES["cue"]
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_TYPE: Final = ox.NamedNode(RDF + "type")
_ANNOTATION: Final = ox.NamedNode(_OWL + "AnnotationProperty")
LABELS: Final = (RDFS + "label", SKOS + "altLabel", SKOS + "hiddenLabel")
#: What is told by these properties, and by those that say how cues are read.
_TOLD: Final = (
    *LABELS,
    *(_OWL + name for name in ("disjointWith", "equivalentClass", "intersectionOf", "someValuesFrom")),
    *(RDF + name for name in ("first", "rest")),
    *(RDFS + name for name in ("domain", "range", "subClassOf", "subPropertyOf")),
    *(core(name) for name in ("bearsOut", "ownSite", "sitedIn", "within")),
)
#: The classes whose members a letter can name.
_CLASSES: Final = (core("Laterality"), core("Sex"))
_BLANK: Final = "_:"


def is_named(node: str) -> bool:
    """Whether ``node`` is an IRI, and not a nameless part of a description."""
    return not node.startswith(_BLANK)


class Terminology:
    """The values of each property by subject, in order, and the classes of the sides and sexes that a letter can name."""

    @classmethod
    def from_store(cls, store: ox.Store) -> Terminology:
        """Take it out of a store that holds the ontology with imr:within and the sites computed."""
        annotations = (quad.subject for quad in store.quads_for_pattern(None, _TYPE, _ANNOTATION))
        cues = sorted(
            {one.value for one in annotations if isinstance(one, ox.NamedNode) and one.value.startswith(_CUE)}
        )
        told: dict[str, dict[str, list[str]]] = {}
        for name in (*_TOLD, *cues):
            found: dict[str, list[str]] = {}
            for quad in store.quads_for_pattern(None, ox.NamedNode(name), None):
                found.setdefault(_text(quad.subject), []).append(_text(quad.object))
            told[name] = {subject: sorted(values) for subject, values in sorted(found.items())}
        members = {
            _text(quad.subject): kind
            for kind in _CLASSES
            for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind))
        }
        return cls(told, members)

    @classmethod
    def from_json(cls, content: bytes) -> Terminology:
        """Take it out of what :meth:`as_json` has written.

        Raises:
            ValueError: ``content`` is no JSON.
        """
        return cls(**json.loads(content))

    def __init__(
        self,
        told: Mapping[str, Mapping[str, Sequence[str]]],
        members: Mapping[str, str],
        begun: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Take in what is ``told`` by each property, and the class of each of the ``members`` of a class.

        ``begun`` is which names begin with which word, where that has been found out before.
        """
        self._told = told
        self.members = members
        self.begun = begun

    def as_json(self, begun: Mapping[str, Sequence[int]]) -> bytes:
        """Return it as JSON, with which names begin with which word."""
        found = {"told": self._told, "members": self.members, "begun": begun}
        return json.dumps(found, separators=(",", ":")).encode()

    def values(self, name: str) -> Mapping[str, Sequence[str]]:
        """Return by subject the values of the property ``name``, in order."""
        return self._told[name]

    def first(self, name: str) -> dict[str, str]:
        """Return by subject the first value of the property ``name``."""
        return {subject: values[0] for subject, values in self._told[name].items()}


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, ox.BlankNode):
        return _BLANK + term.value
    return str(getattr(term, "value", ""))
