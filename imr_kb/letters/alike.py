"""Words that stand for one another inside names, and words that a name may hold without saying anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import pyoxigraph as ox

from imr_kb.letters.tokens import Token, forms, tokenize
from imr_kb.terms import PREFIXES, RDFS, SKOS

__all__ = ["Alike", "Mark"]

_CUE: Final = PREFIXES["cue"]
_GROUP: Final = _CUE + "WordGroup"
_PASSED: Final = _CUE + "PassedOver"
_BEHIND_COMMA: Final = _CUE + "PassedBehindComma"
_HEAD: Final = _CUE + "HeadNoun"
#: First words of names that stay before the head noun: "arthroscopic repair of the cuff".
_APPROACH: Final = _CUE + "ApproachWord"
#: The word between a head noun and what stands before it in a name.
_OF: Final = "of"
_ALIKE_IN: Final = ox.NamedNode(_CUE + "alikeIn")
_SAID_OF: Final = ox.NamedNode(_CUE + "saidOf")
_LABELS: Final = (ox.NamedNode(RDFS + "label"), ox.NamedNode(SKOS + "altLabel"))
#: Signs that may stand between the words of one phrase: "non-operative".
_LINKS: Final = frozenset("-/")


class Mark(NamedTuple):
    """The words up to token ``end`` are of ``group``; ``passed`` where a name may hold them without naming them."""

    group: str
    end: int
    passed: bool


class Alike:
    """Knows groups of words that are alike in the names of some kinds of concept, or in all."""

    @classmethod
    def from_store(cls, store: ox.Store, within: Mapping[str, frozenset[str]]) -> Alike:
        """Read the groups out of ``store``; ``within`` gives each concept with everything that it is within."""
        words: dict[str, list[str]] = {}
        for predicate in _LABELS:
            for quad in store.quads_for_pattern(None, predicate, None):
                group = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
                if group != _GROUP and _GROUP in within.get(group, ()) and isinstance(quad.object, ox.Literal):
                    words.setdefault(group, []).append(quad.object.value)
        scopes: dict[str, set[str]] = {}
        for quad in store.quads_for_pattern(None, _ALIKE_IN, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                scopes.setdefault(quad.subject.value, set()).add(quad.object.value)
        said_of: dict[str, set[str]] = {}
        for quad in store.quads_for_pattern(None, _SAID_OF, None):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                said_of.setdefault(quad.subject.value, set()).add(quad.object.value)
        passed = frozenset(group for group in words if _PASSED in within[group])
        return cls(words, scopes, passed, lambda concept: within.get(concept, frozenset({concept})), said_of)

    def __init__(
        self,
        words: Mapping[str, Sequence[str]],
        scopes: Mapping[str, set[str]],
        passed: frozenset[str],
        within: Callable[[str], frozenset[str]],
        said_of: Mapping[str, set[str]],
    ) -> None:
        """Take in the ``words`` of each group, the kinds in whose names they are alike, and which groups are passed over.

        ``said_of`` gives the kinds of things beside which alone the words of a group are meant.
        """
        self._said_of = said_of
        self._scopes = scopes
        self._passed = passed
        self._behind_comma = frozenset(group for group in passed if _BEHIND_COMMA in within(group))
        self._within = within
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._heads: dict[str, list[str]] = {}
        self._approaches: set[str] = set()
        for group, labels in sorted(words.items()):
            for keys in sorted({_keys(label) for label in labels}):
                if group == _APPROACH:
                    self._approaches.add(keys[0])
                elif _HEAD in within(group):
                    self._heads.setdefault(keys[0], []).append(group)
                else:
                    self._phrases.setdefault(keys[0], []).append((keys, group))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase))

    def heads(self, label: str) -> bool:
        """Whether ``label`` ends in a head noun."""
        return label.rpartition(" ")[2].lower() in self._heads

    def begins(self, word: str) -> bool:
        """Whether words of some group begin with ``word``."""
        return word in self._phrases

    def holds(self, group: str, concept: str) -> bool:
        """Whether the words of ``group`` are alike in the names of ``concept``."""
        scope = self._scopes.get(group)
        return scope is None or not scope.isdisjoint(self._within(concept))

    def turned(self, keys: Sequence[str], concept: str) -> list[str] | None:
        """Return the words of a name of ``concept`` that ends in a head noun turned round: "repair of rotator cuff"."""
        head = keys[-1]
        if len(keys) == 1 or not any(self.holds(group, concept) for group in self._heads.get(head, ())):
            return None
        lead = keys[: len(keys) > 2 and keys[0] in self._approaches]
        return [*lead, head, _OF, *keys[len(lead) : -1]]

    def grouped(self, keys: Sequence[str], concept: str) -> list[str] | None:
        """Return the words ``keys`` of a name of ``concept`` with groups in the place of their words, if there are any."""
        found: list[str] = []
        position = 0
        changed = False
        while position < len(keys):
            phrase, group = self._at(keys, position, concept) or ((keys[position],), keys[position])
            changed = changed or group != keys[position]
            found.append(group)
            position += len(phrase)
        return found if changed else None

    def _at(self, keys: Sequence[str], position: int, concept: str) -> tuple[tuple[str, ...], str] | None:
        for phrase, group in self._phrases.get(keys[position], ()):
            fits = tuple(keys[position : position + len(phrase)]) == phrase
            if fits and group not in self._passed and self.holds(group, concept):
                return phrase, group
        return None

    def end_of(self, group: str, tokens: Sequence[Token], position: int) -> int:
        """Return the token behind the longest words of ``group`` that begin at ``position``, else 0."""
        return max((mark.end for mark in self._marks(tokens, position) if mark.group == group), default=0)

    def beside(self, tokens: Sequence[Token], position: int) -> frozenset[str]:
        """Return the kinds of things beside which alone the words at ``position`` are meant; none where they always are."""
        groups = (mark.group for mark in self._marks(tokens, position))
        return frozenset().union(*(self._said_of.get(group, ()) for group in groups))

    def marks(self, tokens: Sequence[Token]) -> list[tuple[Mark, ...]]:
        """Return for each of ``tokens`` the groups of which words begin there."""
        return [tuple(self._marks(tokens, position)) for position in range(len(tokens))]

    def _marks(self, tokens: Sequence[Token], position: int) -> Iterator[Mark]:
        if tokens[position].text == "," and position + 1 < len(tokens) and tokens[position + 1].text != ",":
            yield from (mark for mark in self._marks(tokens, position + 1) if mark.group in self._behind_comma)
        for form in dict.fromkeys(tokens[position].forms):
            for phrase, group in self._phrases.get(form, ()):
                end = _end(tokens, position, phrase)
                if end:
                    yield Mark(group, end, group in self._passed)


def _keys(label: str) -> tuple[str, ...]:
    return tuple(forms(part.text)[-1] for part in tokenize(label) if part.kind != "other")


def _end(tokens: Sequence[Token], start: int, phrase: Sequence[str]) -> int:
    """Return the token behind ``phrase`` where it stands at ``start``, else 0."""
    position = start
    for number, key in enumerate(phrase):
        if number and position < len(tokens) and tokens[position].text in _LINKS:
            position += 1
        if position >= len(tokens) or key not in tokens[position].forms:
            return 0
        position += 1
    return position
