"""Care that is named and not told: a trade, the care of others, a heading, what a mixture holds, the frame of a report."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.bare_operations import only_in_view
from imr_kb.letters.barred import out_of_reach
from imr_kb.letters.care import heads_list, named_again
from imr_kb.letters.half_said import asked_for
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.of_whom import is_livelihood, of_another, only_speaks
from imr_kb.letters.results import looked_for
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["only_spoken_of"]

_MEDICATION: Final = core("MedicationUse")
#: Kinds of care whose general name says nothing beside the names themselves: "medications", "diagnostic studies".
_LISTED: Final = frozenset({core("Study"), _MEDICATION})
#: Frames in which care is asked for now, or named because it must not be given.
_NOT_TOLD: Final = frozenset({cue("RequestMention"), cue("Allergy")})
#: Frames in which a visit is more than that at which things were told.
_VISITED: Final = frozenset(cue(name) for name in ("History", "PastUse", "Plan", "Continuing"))
_SEEN: Final = cue("SeenAtVisit")
_NOT_TAKEN: Final = cue("NotTakenUp")
_MIXED: Final = PREFIXES["drug"] + "CompoundedProduct"
_PRODUCT: Final = PREFIXES["drug"] + "Product"
_AND: Final = cue("And")
_HOLDING: Final = frozenset({cue("Of"), cue("With"), cue("Includes"), cue("Holding")})


def only_spoken_of(sentence: Sentence, mention: Mention, concept: str, kind: str, lexicon: Lexicon) -> bool:
    """Whether the care ``mention`` is named, and it is told neither that it was given or is to come nor that it was not."""
    return (
        sentence.frame(mention) in _NOT_TOLD
        or is_livelihood(sentence, mention, lexicon)
        or of_another(sentence, mention, lexicon)
        or only_speaks(sentence, mention)
        or only_in_view(sentence, mention, concept, lexicon)
        or out_of_reach(sentence, mention)
        or asked_for(sentence, mention)
        or (kind in _LISTED and heads_list(sentence, mention, concept, lexicon))
        or (kind == _MEDICATION and looked_for(sentence, mention))
        or (kind == _MEDICATION and (_mixed_in(sentence, mention) or _not_taken(sentence, mention)))
        or _told_there(sentence, mention, concept, lexicon)
        or named_again(sentence, mention, concept)
    )


def _told_there(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is the visit at which things were told: "was seen on 5/6/16 for a follow-up evaluation"."""
    if not lexicon.annotation("reportedAt", concept):
        return False
    opening = next((one for one in sentence.before(mention.start) if not one.kinds.isdisjoint(FRAMES)), None)
    seen = opening is not None and _SEEN in opening.kinds
    return seen or sentence.frame(mention) not in _VISITED


def _mixed_in(sentence: Sentence, drug: Mention) -> bool:
    """Whether a mixture named before holds the ``drug``: "a topical compound of ketamine and lidocaine"."""
    mixture = next((one for one in sentence.before(drug.start) if _MIXED in one.kinds), None)
    return mixture is not None and drug.start < _end_of_mixture(sentence, mixture)


def _end_of_mixture(sentence: Sentence, mixture: Mention) -> int:
    """Return the token behind the list of what ``mixture`` holds: "containing A, B and C", which "of" or such opens."""
    end = mixture.end
    last = False
    for number, other in enumerate(sentence.after(mixture.end)):
        if number == 0 and (other.start != end or _HOLDING.isdisjoint(other.kinds)):
            return mixture.end
        if last:
            return other.end if other.start == end and _PRODUCT in other.kinds else end + 1
        if sentence.signs(end, other.start, ".;:"):
            return end
        if number and not {_AND, cue("Each")} & other.kinds and _PRODUCT not in other.kinds:
            return end
        last = _AND in other.kinds
        end = other.end
    return end


def _not_taken(sentence: Sentence, drug: Mention) -> bool:
    """Whether the ``drug`` was prescribed and not taken: "was prescribed Soma, but did not take it"."""
    for other in sentence.after(drug.end):
        if _NOT_TAKEN in other.kinds:
            return True
        if _PRODUCT in other.kinds or sentence.signs(drug.end, other.start, ";"):
            return False
    return False
