"""Care that is named and not told: a trade, the care of others, a heading, what a mixture holds, the frame of a report."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.bare_operations import only_in_view
from imr_kb.letters.barred import out_of_reach
from imr_kb.letters.care import heads_list, named_again, told_next
from imr_kb.letters.half_said import asked_for
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.of_whom import is_livelihood, of_another, only_speaks
from imr_kb.letters.results import looked_for
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["no_longer_used", "only_spoken_of"]

_MEDICATION: Final = core("MedicationUse")
#: Kinds of care whose general name says nothing beside the names themselves: "medications", "diagnostic studies".
_LISTED: Final = frozenset({core("Study"), _MEDICATION})
#: Frames in which care is asked for now, or named because it must not be given.
_NOT_TOLD: Final = frozenset({cue("RequestMention"), cue("Allergy")})
#: Frames in which a visit is more than that at which things were told.
_VISITED: Final = frozenset(cue(name) for name in ("History", "PastUse", "Plan", "Continuing"))
_PLANS: Final = frozenset({cue("Plan"), cue("Continuing")})
_SEEN: Final = cue("SeenAtVisit")
_NOT_TAKEN: Final = cue("NotTakenUp")
_SWITCHED: Final = cue("SwitchedFrom")
_OFF: Final = cue("OffWord")
#: So many tokens at most stand in such words: "off of all".
_LEAD: Final = 3
_SERVICE: Final = PREFIXES["svc"] + "Service"
_VISIT: Final = PREFIXES["svc"] + "OfficeVisit"
_TEST: Final = PREFIXES["svc"] + "DiagnosticTest"
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
        or (concept == _TEST and _is_adjective(sentence, mention))
        or (concept == _VISIT and _leads_care(sentence, mention))
    )


def _leads_care(sentence: Sentence, mention: Mention) -> bool:
    """Whether other care is named right behind ``mention``, which only says of it that it follows: "a follow-up MRI"."""
    return any(one.start == mention.end and _SERVICE in one.kinds for one in sentence.after(mention.end))


def _is_adjective(sentence: Sentence, mention: Mention) -> bool:
    """Whether the one word of ``mention`` is no plural: "a diagnostic block", "the block was diagnostic"."""
    return mention.end - mention.start == 1 and not sentence.tokens[mention.start].lower.endswith("s")


def no_longer_used(sentence: Sentence, drug: Mention, lexicon: Lexicon) -> bool:
    """Whether words right before the ``drug`` tell that it is not taken any more: "switched from Norco", "off Norco"."""
    before = next(sentence.before(drug.start), None)
    if before is not None and before.end == drug.start and _SWITCHED in before.kinds:
        return True
    if sentence.frame(drug) in _PLANS:
        return False  # "wean off Norco"
    first = max(sentence.start, drug.start - _LEAD)
    off = (at for at in range(first, drug.start) if lexicon.in_group(_OFF, sentence.tokens, at) == drug.start)
    # "Is now off Norco", and not "wants to get off Norco".
    return any(0 <= at - one.end <= 1 for at in off for one in sentence.of(cue("Copula")))


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
    return told_next(sentence, drug, _NOT_TAKEN, _PRODUCT) is not None
