"""Conditions and findings that are named by their place: an "ankle fracture" is also a fracture of the ankle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from imr_kb.terms import PREFIXES

__all__ = ["placed_names"]

_VOCABULARIES: Final = (PREFIXES["dx"], PREFIXES["fnd"])


def placed_names(
    labels: Mapping[str, Sequence[str]], parts: Mapping[str, str], named: Callable[[str], tuple[str, ...]]
) -> dict[tuple[str, str], str]:
    """Return what a general concept said of a part of the body is called, by concept and part.

    ``labels`` are the names of each concept, ``parts`` the parts of the body by their first names in lower case,
    and ``named`` gives the concepts that a noun names. What two concepts could be called tells nothing and is left out.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for concept, own in labels.items():
        vocabulary = next((prefix for prefix in _VOCABULARIES if concept.startswith(prefix)), None)
        if vocabulary is None:
            continue
        for label in own:
            place, _, noun = label.lower().rpartition(" ")
            for general in named(noun) if place in parts else ():
                if general.startswith(vocabulary) and general != concept:
                    found.setdefault((general, parts[place]), set()).add(concept)
    return {key: concepts.pop() for key, concepts in found.items() if len(concepts) == 1}
