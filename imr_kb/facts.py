"""Index statements by subject and predicate, for reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from imr_kb.derive import Statement

__all__ = ["Facts", "StoredFacts"]


def _lists() -> dict[Any, list[Any]]:
    return defaultdict(list)


class Facts:
    """Statements by subject and predicate, for reading."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Index ``statements``."""
        self._by_subject: dict[Any, dict[Any, list[Any]]] = defaultdict(_lists)
        for subject, predicate, value in statements:
            self._by_subject[subject][predicate].append(value)

    def all(self, subject: Any, predicate: ox.NamedNode) -> list[Any]:
        """Return the objects of ``subject`` and ``predicate``, in no particular order."""
        return self._by_subject.get(subject, {}).get(predicate, [])

    def having(self, predicate: ox.NamedNode) -> Iterator[Any]:
        """Yield the subjects of ``predicate``."""
        return (subject for subject, predicates in self._by_subject.items() if predicate in predicates)

    def predicates(self, subject: Any) -> list[Any]:
        """Return the predicates of ``subject``."""
        return list(self._by_subject.get(subject, {}))

    def one(self, subject: Any, predicate: ox.NamedNode) -> Any | None:
        """Return the object of ``subject`` and ``predicate``, the first in string order of several, else None."""
        found = self.all(subject, predicate)
        if len(found) > 1:
            return min(found, key=str)
        return found[0] if found else None

    def text(self, subject: Any, predicate: ox.NamedNode) -> str | None:
        """Return the value of the one object as text, else None."""
        found = self.one(subject, predicate)
        return None if found is None else str(found.value)


class StoredFacts(Facts):
    """The statements of a store by subject and predicate, looked up when they are first asked for."""

    def __init__(self, store: ox.Store) -> None:
        """Read from ``store``, whose statements about what is asked for must not change."""
        super().__init__(())
        self._store = store

    def all(self, subject: Any, predicate: ox.NamedNode) -> list[Any]:
        """Return the objects of ``subject`` and ``predicate``, in no particular order."""
        known = self._by_subject.setdefault(subject, {})
        if predicate not in known:
            known[predicate] = [quad.object for quad in self._store.quads_for_pattern(subject, predicate, None)]
        return known[predicate]
