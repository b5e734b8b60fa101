"""What a worker does or cannot do, by the verbs of daily life and work: "cannot hold a hammer or lift a jug"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import core

__all__ = ["difficulties", "doing_at", "things_done"]

_FINDING: Final = core("Finding")
_DIFFICULTY: Final = cue("Difficulty")
_CANNOT: Final = cue("Cannot")
#: At most so many tokens stand before the words of inability in such a name: "is unable to work", "has been unable".
_COPULA: Final = 2
_DOING: Final = cue("Doing")
#: Words and signs that part the members of a list.
_PARTING: Final = (cue("And"), cue("Negator"))
#: What may stand between these and a verb: "or to lie".
_TO: Final = cue("SitePreposition")
#: Cues at which the list of what is done ends.
_ENDS: Final = frozenset({*FRAMES, cue("Pronoun"), cue("Reason"), cue("Difficulty")})
#: How many tokens may stand between the opening words and the verb: "cannot even".
_OPENING: Final = 2


def things_done(sentence: Sentence, start: int, lexicon: Lexicon) -> list[int]:
    """Return where each of the things ends that the list from token ``start`` on says to be done, or not to be.

    The first is a verb behind ``start``; each further one a verb behind a comma, "and", "or" or "nor".
    """
    stop = next((one.start for one in sentence.after(start) if not _ENDS.isdisjoint(one.kinds)), sentence.end)
    found: list[int] = []
    for position in range(start, stop):
        if sentence.tokens[position].text in ";.:":
            break
        end = lexicon.in_group(_DOING, sentence.tokens, position)
        if end and (position <= start + _OPENING - 1 if not found else _joined(sentence, position)):
            found.append(end)
        elif not found and position >= start + _OPENING:
            break
    return found


def _joined(sentence: Sentence, position: int) -> bool:
    """Whether a sign or word of a list stands right before token ``position``."""
    start = next((one.start for one in sentence.of(_TO) if one.end == position), position)
    if sentence.tokens[start - 1].text == ",":
        return True
    return any(one.end == start for kind in _PARTING for one in sentence.of(kind))


def doing_at(sentence: Sentence, position: int, lexicon: Lexicon) -> bool:
    """Whether a verb for something that a worker does begins at token ``position``."""
    return bool(lexicon.in_group(_DOING, sentence.tokens, position))


def difficulties(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, int]]:
    """Return the words that say what is hard or impossible, each with the token from which on that is told.

    They can begin the name of a finding, as in "cannot sit", behind which the list goes on.
    """
    for mention in sentence.mentions:
        if _DIFFICULTY in mention.kinds:
            yield mention, mention.end
        elif mention.end - mention.start > 1 and any(lexicon.read_as(one) == _FINDING for one in mention.concepts):
            words = lexicon.mentions(sentence.tokens[mention.start : mention.end], roots=frozenset({_CANNOT}))
            if words and words[0].start <= _COPULA and _CANNOT in words[0].kinds:
                opening = Mention(mention.start, mention.end, mention.concepts, mention.kinds | {_CANNOT})
                yield opening, mention.start + words[0].end
