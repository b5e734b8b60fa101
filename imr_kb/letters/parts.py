"""Lines and stretches of a letter: where they stand, and what is named in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from imr_kb.letters.ellipsis import with_shared_nouns, with_shared_openings
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.tokens import Token, tokenize
from imr_kb.letters.view import View, view
from imr_kb.terms import PREFIXES

__all__ = ["Line", "Part", "read_part"]

_DOCUMENT: Final = cue("RequestDocument")
_SERVICE: Final = PREFIXES["svc"] + "Service"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the letter, read: its view, tokens and mentions."""

    view: View
    tokens: Sequence[Token]
    mentions: Sequence[Mention]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the letter of tokens ``start`` to ``end`` and of the bracket that closes theirs."""
        words = [token.text for token in self.tokens[start:end]]
        if words.count("(") > words.count(")") and end < len(self.tokens) and self.tokens[end].text == ")":
            end += 1
        return self.view.span(self.tokens[start].start, self.tokens[end - 1].end)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a letter, with its offsets."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see in the line."""
        return not self.text or self.text.isspace()


def read_part(text: str, start: int, end: int, lexicon: Lexicon) -> Part:
    """Return ``text[start:end]`` as view, tokens and mentions."""
    seen = view(text, start, end, is_word=lexicon.is_word)
    tokens = tokenize(seen.text)
    mentions = list(_without_initials(lexicon.mentions(tokens), tokens))
    named = with_shared_nouns(with_shared_openings(mentions, tokens, lexicon), tokens, lexicon)
    return Part(seen, tokens, named)


def _without_initials(mentions: Sequence[Mention], tokens: Sequence[Token]) -> Iterator[Mention]:
    """Yield ``mentions`` without the initials of care that also name a request: "radiofrequency ablation (RFA)"."""
    yield from mentions[:1]
    for before, mention in pairwise(mentions):
        bracketed = [token.text for token in tokens[before.end : mention.start]] == ["("]
        closed = mention.end < len(tokens) and tokens[mention.end].text == ")"
        if not (_DOCUMENT in mention.kinds and _SERVICE in before.kinds and bracketed and closed):
            yield mention
