"""What a worker does or cannot do, by the verbs of daily life and work: "cannot hold a hammer or lift a jug"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.lexicon import Lexicon, cue
from imr_kb.letters.sentences import FRAMES, Sentence

__all__ = ["doing_at", "things_done"]

_DOING: Final = cue("Doing")
#: Words and signs that part the members of a list.
_PARTING: Final = (cue("And"), cue("Negator"))
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
    if sentence.tokens[position - 1].text == ",":
        return True
    return any(one.end == position for kind in _PARTING for one in sentence.of(kind))


def doing_at(sentence: Sentence, position: int, lexicon: Lexicon) -> bool:
    """Whether a verb for something that a worker does begins at token ``position``."""
    return bool(lexicon.in_group(_DOING, sentence.tokens, position))
