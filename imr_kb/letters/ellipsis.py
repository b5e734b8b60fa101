"""Names that share words with a neighbour: "sensory or motor deficits", "cervical compression and distraction tests"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.tokens import Token
from imr_kb.terms import PREFIXES

__all__ = ["with_shared_nouns", "with_shared_openings"]

_AND: Final = cue("And")
_FILLER: Final = cue("SiteFiller")
_NAMED: Final = tuple(PREFIXES[name] for name in ("dx", "fnd", "svc"))
#: How many words a list holds at most whose noun stands only behind the last.
_MEMBERS: Final = 3
#: Of so many words a test consists at most that shares the first words of another.
_TEST: Final = 4


def with_shared_nouns(mentions: Sequence[Mention], tokens: Sequence[Token], lexicon: Lexicon) -> list[Mention]:
    """Return ``mentions`` with those added that single words name by the noun of the next name in their list.

    Such a word may have a meaning of its own, which then is not meant.
    """
    shared: dict[int, Mention] = {}
    for index, mention in enumerate(mentions):
        if index and mention.end - mention.start > 1 and _is_named(mention):
            shared.update((one.start, one) for one in _sharing(mentions, index, tokens, lexicon))
    if not shared:
        return list(mentions)
    kept = {one.start: one for one in mentions if one.start not in shared}
    return sorted({**kept, **shared}.values(), key=lambda one: one.start)


def _sharing(mentions: Sequence[Mention], index: int, tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Mention]:
    mention, joining = mentions[index], mentions[index - 1]
    if _AND not in joining.kinds or joining.end != mention.start:
        return
    named = {one.start: one for one in mentions[max(0, index - 1 - 2 * _MEMBERS) : index - 1]}
    ends = {one.end for one in named.values()}
    position = joining.start
    for _ in range(_MEMBERS):
        if position > 1 and tokens[position - 1].text == ",":
            position -= 1
        position -= 1
        if position < 0 or tokens[position].kind != "word":
            return
        own = named.get(position)
        if position + 1 in ends and (own is None or not _is_item(own, lexicon)):
            return
        words = [tokens[position], *tokens[mention.start + 1 : mention.end]]
        whole = next(iter(lexicon.mentions(words)), None)
        if whole is None or whole.start or whole.end < len(words) or not _is_named(whole):
            return
        if whole.concepts != mention.concepts:
            yield Mention(position, position + 1, whole.concepts, whole.kinds)


def _is_item(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` says which of several, as "anterior", or names an examined item, which gives no fact by itself."""
    if _FILLER in mention.kinds:
        return True
    return _is_named(mention) and not any(lexicon.read_as(concept) for concept in mention.concepts)


def _is_named(mention: Mention) -> bool:
    return any(concept.startswith(_NAMED) for concept in mention.concepts)


def with_shared_openings(mentions: Sequence[Mention], tokens: Sequence[Token], lexicon: Lexicon) -> list[Mention]:
    """Return ``mentions`` with those added that begin with the words of the test before them in their list."""
    found = list(mentions)
    for first, joining in pairwise(mentions):
        if first.end != joining.start or _AND not in joining.kinds or not _is_test(first, lexicon):
            continue
        named = _opened_alike(first, joining.end, tokens, lexicon)
        within = [one for one in mentions if named is not None and one.start < named.end and one.end > named.start]
        if named is not None and not any(_says_more(one, named, lexicon) for one in within):
            found = [one for one in found if one not in within] + [named]
    return sorted(found, key=lambda one: one.start)


def _opened_alike(first: Mention, start: int, tokens: Sequence[Token], lexicon: Lexicon) -> Mention | None:
    """Return the test at token ``start`` that takes its first words from ``first``."""
    for shared in range(first.end - first.start - 1, 0, -1):
        words = [*tokens[first.start : first.start + shared], *tokens[start : start + _TEST]]
        whole = next(iter(lexicon.mentions(words)), None)
        if whole is not None and not whole.start and whole.end > shared and _is_test(whole, lexicon):
            return Mention(start, start + whole.end - shared, whole.concepts, whole.kinds)
    return None


def _is_test(mention: Mention, lexicon: Lexicon) -> bool:
    return any(lexicon.annotation("tested", concept) for concept in mention.concepts)


def _says_more(mention: Mention, named: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` reaches out of ``named``, or tells something that is not wider than it."""
    if mention.end > named.end or mention.start < named.start:
        return True
    wider = frozenset().union(*(lexicon.within(one) for one in named.concepts))
    return any(lexicon.read_as(concept) and concept not in wider for concept in mention.concepts)
