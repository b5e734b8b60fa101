"""Words behind a list that opens a clause, said of every member: "infection and nonunion were ruled out"."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = ["closing"]

_AND: Final = cue("And")
_OR: Final = cue("Or")
_CLAUSE: Final = cue("Contrast")
_OF_ONE: Final = cue("SaidOfOne")
#: What the list is made of, with the articles and adjectives in it.
_MEMBERS: Final = frozenset(
    {
        _AND,
        _OR,
        cue("SiteFiller"),
        cue("Each"),
        PREFIXES["dx"] + "Condition",
        PREFIXES["fnd"] + "Observation",
        PREFIXES["body"] + "BodyPart",
    }
)


def closing(sentence: Sentence, mention: Mention, kinds: AbstractSet[str]) -> Mention | None:
    """Return the words of ``kinds`` that close a list of which ``mention`` is a member, but not the last."""
    joining: set[str] = set()
    end = mention.end
    for other in sentence.after(mention.end):
        if not _only_commas(sentence, end, other.start):
            return None
        if not kinds.isdisjoint(other.kinds):
            joined = _OR in joining or (_AND in joining and _OF_ONE not in other.kinds)
            return other if joined and _opens_clause(sentence, mention) else None
        if _MEMBERS.isdisjoint(other.kinds):
            return None
        joining |= other.kinds
        end = other.end
    return None


def _opens_clause(sentence: Sentence, mention: Mention) -> bool:
    """Whether nothing but further members stands before ``mention`` in its clause: not "he has a tear, and infection"."""
    start = mention.start
    for other in sentence.before(mention.start):
        if _CLAUSE in other.kinds:
            return _only_commas(sentence, other.end, start)
        if _MEMBERS.isdisjoint(other.kinds) or not _only_commas(sentence, other.end, start):
            break
        start = other.start
    return start == sentence.start or sentence.tokens[start - 1].text in ",;:"


def _only_commas(sentence: Sentence, start: int, end: int) -> bool:
    return all(sentence.tokens[at].text == "," for at in range(start, end))
