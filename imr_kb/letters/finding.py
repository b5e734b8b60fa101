"""Finds the names of concepts among the words of a text, the longest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from imr_kb.letters.alike import Alike, Mark
from imr_kb.letters.names import END, Branch, Names
from imr_kb.letters.tokens import Token, hyphened, skipped, stems
from imr_kb.terms import PREFIXES

if TYPE_CHECKING:
    from imr_kb.letters.lexicon import Lexicon

__all__ = ["Mention", "NameFinder"]

_CUE: Final = PREFIXES["cue"]
_NEGATOR: Final = _CUE + "Negator"
#: So many times at most words are passed over inside a name.
_PASSED: Final = 3
#: What so few short words name is kept, so that it is looked for once, however often a letter has them.
_FEW: Final = 10
_SHORT: Final = 100
#: So many things at most are kept of one kind.
_MEMORY: Final = 4096

_Roots = frozenset[str] | None
#: Where a name goes on and with what branch, whether a word was passed over there, whether a form of a verb stands in it
#: that no name has, and the groups of the words passed over. Before the first word there is no branch yet.
_Step = tuple[int, Branch | None, bool, bool, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``start`` to ``end`` name ``concepts``; ``kinds`` are these and everything they are within."""

    start: int
    end: int
    concepts: tuple[str, ...]
    kinds: frozenset[str]

    def concept_of(self, lexicon: Lexicon, root: str) -> str | None:
        """Return the named concept within ``root``, if any."""
        return next((concept for concept in self.concepts if root in lexicon.within(concept)), None)


class NameFinder:
    """Finds names; every form in which a text can write one is in ``names``."""

    def __init__(
        self,
        names: Names,
        alike: Alike,
        within: Callable[[str], frozenset[str]],
        individuals: Mapping[str, str],
    ) -> None:
        """Take in what names there are, and for each concept what it is within, or of which class it is."""
        self._names = names
        self._alike = alike
        self._within = within
        self._individuals = individuals
        self._kinds = lru_cache(maxsize=_MEMORY)(self._kinds_of)
        self._rooted = lru_cache(maxsize=_MEMORY)(self._rooted_in)
        self._kept: dict[tuple[object, ...], tuple[Mention, ...]] = {}

    def mentions(self, tokens: Sequence[Token], roots: _Roots = None) -> list[Mention]:
        """Return the names among ``tokens`` from left to right; the longest wins and none overlap.

        With ``roots`` only names of concepts within one of these are looked for.
        """
        if not 0 < len(tokens) <= _FEW or sum([len(token.text) for token in tokens]) > _SHORT:
            return list(self._found(tokens, roots))
        # Where a word stands tells whether it is close to the one before it.
        first = tokens[0].start
        words = (roots, *[(token.text, token.start - first) for token in tokens])
        found = self._kept.get(words)
        if found is None:
            if len(self._kept) >= _MEMORY:
                self._kept.clear()
            found = self._kept[words] = tuple(self._found(tokens, roots))
        return list(found)

    def opening(self, tokens: Sequence[Token]) -> Mention | None:
        """Return the name with which ``tokens`` begin."""
        first = next(self._found(tokens, None), None)
        return first if first is not None and first.start == 0 else None

    def _found(self, tokens: Sequence[Token], roots: _Roots) -> Iterator[Mention]:
        return _without_aliases(self._apart(tokens, roots), tokens)

    def _apart(self, tokens: Sequence[Token], roots: _Roots) -> Iterator[Mention]:
        """Yield the names before those in brackets are joined with what they are other names of."""
        marks = self._alike.marks(tokens)
        position = 0
        while position < len(tokens):
            end, concepts = self._longest(tokens, marks, position, roots)
            if end > position + 1 and self._denies(concepts) and self._names_beyond(tokens, marks, position, end):
                position += 1
            elif end:
                yield Mention(position, end, concepts, self._kinds(concepts))
                position = end
            else:
                position += 1

    def _kinds_of(self, concepts: tuple[str, ...]) -> frozenset[str]:
        return frozenset().union(*map(self._within, concepts))

    def _denies(self, concepts: tuple[str, ...]) -> bool:
        return _NEGATOR in self._kinds(concepts)

    def _names_beyond(self, tokens: Sequence[Token], marks: Sequence[Sequence[Mark]], start: int, end: int) -> bool:
        """Whether the "no" that ends the denial from ``start`` to ``end`` begins a name that goes on: "with no lifting".

        A denial whose last word denies nothing by itself stands: "no significant improvement".
        """
        _, alone = self._longest(tokens[:end], [*marks[: end - 1], ()], end - 1, None)
        last, concepts = self._longest(tokens, marks, end - 1, None)
        named = self._denies(concepts) or not any(concept.startswith(_CUE) for concept in concepts)
        return self._denies(alone) and named and last > end and start < end - 1

    def _longest(
        self, tokens: Sequence[Token], marks: Sequence[Sequence[Mark]], start: int, roots: _Roots
    ) -> tuple[int, tuple[str, ...]]:
        """Return where the longest name ends that begins at ``start``, and what it names; 0 where none begins there."""
        best: tuple[int, tuple[str, ...]] = (0, ())
        waiting: list[_Step] = [(start, None, False, False, ())]
        length = len(tokens)
        while waiting:
            position, node, over, inflected, passed = waiting.pop()
            ends = node.get(END) if node is not None else None
            if ends is not None and position > best[0] and not over:
                # How a verb is inflected decides what a cue says, so that an unknown form of it is no cue.
                concepts = ends.concepts(capital=tokens[start].capital, cues=not inflected)
                if roots is not None and concepts:
                    concepts = self._rooted(concepts, roots)
                if passed:
                    concepts = tuple(one for one in concepts if all(self._alike.holds(group, one) for group in passed))
                if concepts:
                    best = (position, concepts)
            if position >= length or (ends is not None and len(node or ()) == 1):
                continue
            follow = self._names.beginning if node is None else node.get
            for group, end, idle in marks[position]:
                child = None if idle else follow(group)
                if child is not None:
                    waiting.append((end, child, False, inflected, passed))
                elif idle and node is not None and len(passed) < _PASSED:
                    waiting.append((end, node, True, inflected, (*passed, group)))
            token, child = tokens[position], None
            for form in reversed(token.forms):
                # The exact form, which is looked at first, comes last. A form can be empty, which is the end of a name.
                child = follow(form) if form else None
                if child is not None:
                    waiting.append((position + 1, child, False, inflected, passed))
            for stem in () if child is not None else stems(token.forms[0]):
                child = follow(stem)
                if child is not None:
                    waiting.append((position + 1, child, False, True, passed))
            if position + 1 < length and tokens[position + 1].text == "-":
                joined = hyphened(tokens, position)
                child = follow(joined) if joined else None
                if child is not None:
                    waiting.append((position + 3, child, False, inflected, passed))
            if token.kind == "other" and node is not None:
                behind = skipped(tokens, position)
                if behind > position:
                    waiting.append((behind, node, True, inflected, passed))
        return best

    def _rooted_in(self, concepts: tuple[str, ...], roots: frozenset[str]) -> tuple[str, ...]:
        """Return those of ``concepts`` that are within one of ``roots``."""
        return tuple(
            concept
            for concept in concepts
            if not roots.isdisjoint(self._within(concept)) or self._individuals.get(concept) in roots
        )


def _without_aliases(mentions: Iterable[Mention], tokens: Sequence[Token]) -> Iterator[Mention]:
    """Join a name with the other name of the same thing in brackets behind it: "physical therapy (PT)"."""
    last: Mention | None = None
    for mention in mentions:
        bracketed = (
            mention.end < len(tokens) and tokens[mention.end].text == ")" and tokens[mention.start - 1].text == "("
        )
        if last is not None and bracketed and last.end == mention.start - 1 and _same(last, mention):
            last = Mention(last.start, mention.end + 1, last.concepts, last.kinds)
            continue
        if last is not None:
            yield last
        last = mention
    if last is not None:
        yield last


def _same(one: Mention, other: Mention) -> bool:
    return not other.kinds.isdisjoint(one.concepts) or not one.kinds.isdisjoint(other.concepts)
