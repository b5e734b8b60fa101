"""Words that stand for one another inside names, and words that a name may hold without saying anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from imr_kb.letters.terminology import Terminology
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
#: The word between a head noun and what stands before it in a name: "repair of the cuff", "referral to neurology".
_OF: Final = "of"
_TO: Final = "to"
_SENDING: Final = _CUE + "SendingNoun"
_ALIKE_IN: Final = _CUE + "alikeIn"
_SAID_OF: Final = _CUE + "saidOf"
_LABELS: Final = (RDFS + "label", SKOS + "altLabel")
#: Signs that may stand between the words of one phrase: "non-operative".
_LINKS: Final = frozenset("-/")

#: The words of a phrase, and their group.
_Phrase = tuple[tuple[str, ...], str]


class Mark(NamedTuple):
    """The words up to token ``end`` are of ``group``; ``passed`` where a name may hold them without naming them."""

    group: str
    end: int
    passed: bool


class _Begun:
    """The phrases that begin with one word, by their second word: hardly any of them stands where that word does."""

    def __init__(self, phrases: Sequence[_Phrase]) -> None:
        """Sort ``phrases``, the longest of which come first."""
        self.alone = tuple(group for phrase, group in phrases if len(phrase) == 1)
        self.longer: dict[str, list[_Phrase]] = {}
        for phrase, group in phrases:
            if len(phrase) > 1:
                self.longer.setdefault(phrase[1], []).append((phrase, group))

    def standing(self, tokens: Sequence[Token], position: int) -> list[tuple[int, str]]:
        """Return where those of several words end that stand at ``position``, each with its group, the longest first."""
        at = position + 1
        if at < len(tokens) and tokens[at].text in _LINKS:
            at += 1
        if at >= len(tokens):
            return []
        found = []
        for form in tokens[at].forms:
            for phrase, group in self.longer.get(form, ()):
                if end := _end(tokens, position, phrase):
                    found.append((phrase, group, end))
        found.sort(key=lambda one: (-len(one[0]), one[:2]))
        return [(end, group) for _, group, end in found]


class Alike:
    """Knows groups of words that are alike in the names of some kinds of concept, or in all."""

    @classmethod
    def from_terminology(cls, terms: Terminology, within: Mapping[str, frozenset[str]]) -> Alike:
        """Take the groups out of ``terms``; ``within`` gives each concept with everything that it is within."""
        words: dict[str, list[str]] = {}
        groups = [group for group, broader in within.items() if group != _GROUP and _GROUP in broader]
        for predicate in _LABELS:
            labels = terms.values(predicate)
            for group in groups:
                words.setdefault(group, []).extend(labels.get(group, ()))
        words = {group: found for group, found in words.items() if found}
        scopes = {group: set(kinds) for group, kinds in terms.values(_ALIKE_IN).items()}
        said_of = {group: set(kinds) for group, kinds in terms.values(_SAID_OF).items()}
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
        self._phrases: dict[str, list[_Phrase]] = {}
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
        self._firsts: dict[str, set[str]] = {}
        for word, phrases in self._phrases.items():
            for _, group in phrases:
                self._firsts.setdefault(group, set()).add(word)
        self._begun = {word: _Begun(phrases) for word, phrases in self._phrases.items()}

    def alters(self, label: str, words: Iterable[str]) -> bool:
        """Whether ``label``, which begins with one of ``words``, may begin otherwise: turned round, or with a group."""
        return label.rpartition(" ")[2].lower() in self._heads or not self._phrases.keys().isdisjoint(words)

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
        return [*lead, head, _TO if _SENDING in self._heads[head] else _OF, *keys[len(lead) : -1]]

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

    def first(self, keys: Sequence[str], concept: str) -> str:
        """Return with what :meth:`grouped` begins: a group, or the first of ``keys``."""
        found = self._at(keys, 0, concept)
        return found[1] if found else keys[0]

    def _at(self, keys: Sequence[str], position: int, concept: str) -> _Phrase | None:
        for phrase, group in self._phrases.get(keys[position], ()):
            fits = len(phrase) == 1 or tuple(keys[position : position + len(phrase)]) == phrase
            if fits and group not in self._passed and self.holds(group, concept):
                return phrase, group
        return None

    def end_of(self, group: str, tokens: Sequence[Token], position: int) -> int:
        """Return the token behind the longest words of ``group`` that begin at ``position``, else 0."""
        token = tokens[position]
        if token.text != "," and self._firsts.get(group, frozenset()).isdisjoint(token.forms):
            return 0
        return max((mark.end for mark in self._marks(tokens, position) if mark.group == group), default=0)

    def beside(self, tokens: Sequence[Token], position: int, concepts: Sequence[str]) -> frozenset[str]:
        """Return the kinds of things beside which alone the words at ``position`` mean ``concepts``; none where always."""
        marks = self._marks(tokens, position)
        groups = (mark.group for mark in marks if self._carries(mark.group, concepts))
        return frozenset().union(*(self._said_of.get(group, ()) for group in groups))

    def _carries(self, group: str, concepts: Sequence[str]) -> bool:
        """Whether words of ``group`` can begin a name of ``concepts``, or are a name themselves."""
        return group in self._scopes.get(group, ()) or any(self.holds(group, concept) for concept in concepts)

    def marks(self, tokens: Sequence[Token]) -> list[Sequence[Mark]]:
        """Return for each of ``tokens`` the groups of which words begin there."""
        return [self._marks(tokens, position) for position in range(len(tokens))]

    def _marks(self, tokens: Sequence[Token], position: int) -> Sequence[Mark]:
        token = tokens[position]
        if token.text == ",":
            behind = position + 1 < len(tokens) and tokens[position + 1].text != ","
            marks = self._marks(tokens, position + 1) if behind else ()
            return [mark for mark in marks if mark.group in self._behind_comma]
        found: list[Mark] = []
        for form in token.forms:
            begun = self._begun.get(form)
            if begun is not None:
                if begun.longer:
                    found += [
                        Mark(group, end, group in self._passed) for end, group in begun.standing(tokens, position)
                    ]
                found += [Mark(group, position + 1, group in self._passed) for group in begun.alone]
        return found


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
