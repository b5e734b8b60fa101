"""What a drug that must not be taken did: "allergic to codeine (nausea)"."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.lexicon import Mention, cue
from imr_kb.letters.sentences import Sentence

__all__ = ["of_allergy"]

_ALLERGY: Final = cue("Allergy")
_REACTION: Final = cue("AllergicReaction")
#: Signs behind a drug that set off what it did.
_SETTING_OFF: Final = "(-="


def of_allergy(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` tells what a drug does to the worker, and so no complaint of now."""
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, _SETTING_OFF) or _REACTION in other.kinds:
            return True
        if _ALLERGY in other.kinds:
            return False
    return False
