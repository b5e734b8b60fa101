"""What a heading says of the sentences behind it: the items of a numbered list, and bare words ("Plan: MRI. Therapy.")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.tokens import Token

__all__ = ["FAMILY", "Heading", "fragment", "heading"]

FAMILY: Final = cue("FamilyHistory")
_PLANNING: Final = cue("Plan")
#: Headings that hold for the bare words behind them.
_HOLDING: Final = frozenset({cue("Plan"), cue("Allergy"), cue("RequestMention"), FAMILY})
#: Words that make a sentence of its own.
_TELLING: Final = frozenset(
    cue(name)
    for name in (
        "Copula",
        "SubjectVerb",
        "KinVerb",
        "Person",
        "Pronoun",
        "Frame",
        "RequestMention",
        "ScopeEnd",
        "Negator",
        "Denial",
        "Value",
        "Affirmation",
        "NegativeWord",
        "FormAnswer",
    )
)
#: The colon of a heading with a dash stands among so many tokens behind its first words.
_QUALIFIED: Final = 4
#: A fragment has at most so many tokens.
_LONGEST: Final = 14


class Heading(NamedTuple):
    """What a heading says that the passage behind it tells, and the kinds of its words."""

    frame: str | None
    kinds: frozenset[str]


def heading(mentions: Sequence[Mention], tokens: Sequence[Token], end: int) -> Mention | None:
    """Return the heading that holds for bare words behind a sentence up to token ``end``: the last before a colon."""
    headings = [
        mention for mention in mentions if not _HOLDING.isdisjoint(mention.kinds) and _closed(tokens, mention.end, end)
    ]
    head = headings[-1] if headings else None
    if head is None or _PLANNING in head.kinds:
        return head
    behind = [mention for mention in mentions if mention.start > head.end]
    return head if fragment(behind, tokens, head.end + 1, end) else None


def _closed(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a colon closes the heading before token ``start``, at once or behind a dash: "Recommendations - tests:"."""
    if start < end and tokens[start].text == ":":
        return True
    within = [token.text for token in tokens[start : min(start + _QUALIFIED, end)]]
    return within[:1] == ["-"] and ":" in within


def fragment(mentions: Sequence[Mention], tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the tokens from ``start`` to ``end`` are bare words, which go on with the heading before them."""
    if end - start > _LONGEST or any(token.text in ":" for token in tokens[start:end]):
        return False
    return all(_TELLING.isdisjoint(mention.kinds) for mention in mentions)
