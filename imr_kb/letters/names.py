"""The names of concepts as trees of words, each grown when a text has the word that its names begin with.

A letter has some hundred different words and the ontology thousands of names, so that most trees are never grown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias

from imr_kb.letters.alike import Alike
from imr_kb.letters.tokens import Token, forms, tokenize
from imr_kb.terms import PREFIXES

__all__ = ["END", "Branch", "Ends", "Names"]

_CUE: Final = PREFIXES["cue"]

#: By each next word the branch that goes on with it, and by :data:`END` the :class:`Ends` of what is named so far.
Branch: TypeAlias = dict[str, Any]
#: The name of the end of a name, which is no word.
END: Final = ""

#: Capital abbreviations up to this length are names only in capitals: "PT" is a therapy, "pt" is the patient. Longer names
#: that begin with one have to where it is a word by itself: "IF therapy" is no "if therapy".
_CAPITALS: Final = 2

#: Signs that belong to a name in which they stand; others, such as brackets, are left out.
_SIGNS: Final = frozenset("#%&+,")


class Ends(list[tuple[str, bool]]):
    """The concepts whose names end at one place of a tree, each with whether its first word has to stand in capitals."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        """Begin without any."""
        self._told: dict[tuple[bool, bool], tuple[str, ...]] = {}

    def concepts(self, *, capital: bool, cues: bool) -> tuple[str, ...]:
        """Return in order what is named where the first word stands in capitals or not, with or without cues."""
        told = self._told.get((capital, cues))
        if told is None:
            named = {concept for concept, needs_capital in self if capital or not needs_capital}
            told = tuple(sorted(one for one in named if cues or not one.startswith(_CUE)))
            self._told[capital, cues] = told
        return told


class Names:
    """Finds names by their words, in the forms that :func:`imr_kb.letters.tokens.forms` gives.

    A branch goes on with a group of alike words by the name of the group.
    """

    def __init__(
        self,
        labels: Mapping[str, Sequence[str]],
        alike: Alike | None = None,
        begun: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Take in ``labels``, the names of each concept, and the words that are ``alike``.

        ``begun`` is what :attr:`begun` of the same names has told before, which spares looking through them again.
        """
        self._labels = labels
        self._alike = alike
        self._grown: dict[str, Branch] = {}
        self._all = [(concept, label) for concept, own in labels.items() for label in own]
        #: By each word or group the numbers of the names that begin with it, among all names in order.
        self.begun: Mapping[str, Sequence[int]] = self._begun() if begun is None else begun

    def _begun(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, (concept, label) in enumerate(self._all):
            for word in self._beginnings(concept, label):
                found.setdefault(word, []).append(number)
        return found

    def beginning(self, word: str) -> Branch | None:
        """Return the names that begin with ``word``, from their second word on."""
        branch = self._grown.get(word)
        if branch is None and word in self.begun:
            branch = self._grown[word] = self._grow(word)
        return branch

    def first_words(self, concept: str) -> frozenset[str]:
        """Return the words with which the names of ``concept`` begin."""
        return frozenset(word for label in self._labels[concept] for word in _first_words(label))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all names."""
        labels = (label for own in self._labels.values() for label in own)
        return frozenset(key for label in labels for variant in _variants(label) for key in variant)

    def _beginnings(self, concept: str, label: str) -> Sequence[str]:
        """Return the words and groups with which a text can begin ``label``, a name of ``concept``."""
        words, alike = _first_words(label), self._alike
        if alike is None or not alike.alters(label, words):
            return words
        variants = _variants(label)
        turned = [found for variant in variants if (found := alike.turned(variant, concept)) is not None]
        firsts = (*(keys[0] for keys in turned), *(alike.first(keys, concept) for keys in (*variants, *turned)))
        return list(dict.fromkeys((*words, *firsts)))

    def _further(self, concept: str, variants: Sequence[list[str]]) -> list[list[str]]:
        """Return ``variants`` of a name of ``concept`` the other way round, and all of them with groups for words."""
        if self._alike is None:
            return []
        turned = [found for variant in variants if (found := self._alike.turned(variant, concept)) is not None]
        both = (*variants, *turned)
        return turned + [found for variant in both if (found := self._alike.grouped(variant, concept)) is not None]

    def _grow(self, word: str) -> Branch:
        grown: Branch = {}
        names = [self._all[number] for number in self.begun[word]]
        spoken = any(label == word for _, label in names)
        for concept, label in names:
            variants = _variants(label)
            lead = label.partition(" ")[0]
            needs_capital = lead.isupper() and 1 < len(lead) <= _CAPITALS and (lead == label or spoken)
            for first, *rest in (*variants, *self._further(concept, variants)):
                branch = grown
                for key in rest if first == word else ():
                    branch = branch.setdefault(key, {})
                if first == word:
                    branch.setdefault(END, Ends()).append((concept, needs_capital))
        return grown


def _first_words(label: str) -> Sequence[str]:
    """Return the words with which the variants of ``label`` begin."""
    word, _, rest = label.partition(" ")
    if word.isalpha() and word.isascii() and (not rest or (rest[0].isalnum() and rest[0].isascii())):
        return (_key(word),)
    return list(dict.fromkeys(variant[0] for variant in _variants(label)))


def _variants(label: str) -> list[list[str]]:
    """Return the ways in which a text can write ``label``, each as the words by which it is looked up."""
    if label.replace(" ", "").isalpha():
        return [[_key(word) for word in label.split()]]
    parts = tokenize(label)
    keys = [_key(part.text) for part in parts if part.kind != "other" or part.text in _SIGNS]
    found: list[list[str]] = []
    for variant in (keys, _joined(parts), [key for key in keys if key != ","]):
        if variant and variant not in found:
            found.append(variant)
    return found


@lru_cache(maxsize=16384)
def _key(word: str) -> str:
    """Return the form under which a word of a name is kept: an abbreviation keeps its last s, so that TENS is not ten."""
    found = forms(word)
    return found[0] if len(word) > 1 and word.removesuffix("'s").isupper() else found[-1]


def _joined(parts: Sequence[Token]) -> list[str]:
    """Return the words of a name with those that a hyphen links made one: "x-ray" also as "xray"."""
    keys: list[str] = []
    linked = False
    for part in parts:
        if part.text == "-":
            linked = True
        elif part.kind != "other":
            key = _key(part.text)
            if linked and keys and part.kind == "word":
                keys[-1] += key
            else:
                keys.append(key)
            linked = False
    return keys
