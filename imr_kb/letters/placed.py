"""Conditions and findings that are named by their place: an "ankle fracture" is also a fracture of the ankle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from imr_kb.terms import PREFIXES

__all__ = ["PlacedNames"]

_VOCABULARIES: Final = (PREFIXES["dx"], PREFIXES["fnd"])


class PlacedNames:
    """Knows what a general concept said of a part of the body is called."""

    def __init__(
        self, labels: Mapping[str, Sequence[str]], parts: Mapping[str, str], named: Callable[[str], tuple[str, ...]]
    ) -> None:
        """Take in the names ``labels`` of each concept, and the ``parts`` of the body by their first names in lower case.

        ``named`` gives the concepts that a noun names.
        """
        self._named = named
        self._nouns: dict[str, list[tuple[str, str]]] = {}
        self._found: dict[str, dict[str, set[str]]] = {}
        for concept, own in labels.items():
            for label in own if concept.startswith(_VOCABULARIES) else ():
                place, _, noun = label.lower().rpartition(" ")
                if place in parts:
                    self._nouns.setdefault(parts[place], []).append((noun, concept))

    def of(self, general: str, part: str) -> str | None:
        """Return the concept that is ``general`` said of ``part``; what two could be called tells nothing."""
        if part not in self._found:
            self._found[part] = self._at(part)
        concepts = self._found[part].get(general, ())
        return next(iter(concepts)) if len(concepts) == 1 else None

    def _at(self, part: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for noun, concept in self._nouns.get(part, ()):
            vocabulary = next(prefix for prefix in _VOCABULARIES if concept.startswith(prefix))
            for general in self._named(noun):
                if general.startswith(vocabulary) and general != concept:
                    found.setdefault(general, set()).add(concept)
        return found
