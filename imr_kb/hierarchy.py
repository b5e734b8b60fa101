"""The hierarchy that the reasoner infers, as it stands in a file of the ontology, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

__all__ = ["INFERRED", "closure"]

#: The file of ``ontology/`` that the reasoner writes from the others; a test of its own proves it fresh.
INFERRED: Final = "inferred.ttl"


def closure(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return for each class all classes that it is within, other than itself, from pairs of class and superclass."""
    direct: dict[str, set[str]] = defaultdict(set)
    for name, parent in pairs:
        direct[name].add(parent)
    above = {}
    for name in sorted(direct):
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            for parent in direct.get(waiting.pop(), ()):
                if parent not in reached:
                    reached.add(parent)
                    waiting.append(parent)
        above[name] = reached - {name}
    return above
