"""Words that can be said of care, of the worker or of others: "stopped working", "a housekeeper", "lifted a patient"."""

from __future__ import annotations

from enum import Enum
from itertools import islice
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES

__all__ = [
    "Whom",
    "helps_others",
    "is_livelihood",
    "is_place",
    "of_another",
    "of_one_handled",
    "of_whom",
    "only_speaks",
]

_WORKS_NO_MORE: Final = cue("WorksNoMore")
_CARE_AGAIN: Final = cue("CareAgain")
_HELPER: Final = cue("HelperName")
_HAVING_HELP: Final = cue("HavingHelp")
_OTHER: Final = cue("OtherPerson")
_HANDLING: Final = cue("Handling")
_HELPING: Final = cue("HelpingHand")
_PERSON: Final = cue("Person")
_TO: Final = cue("Infinitive")
#: Who may be there "to help him": "one" of "no one", and other people.
_SOMEBODY: Final = (cue("NumberOne"), _OTHER)
#: What the worker does with somebody, right before the words for that person.
_DONE_WITH: Final = frozenset({_HELPING, cue("Activity")})
#: With these ends "the patient's", who is one person.
_POSSESSIVE: Final = ("'s", "’s")
_PLACE_OR_STATUS: Final = cue("PlaceOrStatus")
_COPULA: Final = cue("Copula")
_PRACTITIONER: Final = cue("Practitioner")
#: Verbs of somebody who finds or tells something.
_FINDING_OUT: Final = frozenset(cue(name) for name in ("Diagnosed", "FoundBy", "Result", "Examination"))
_LEADING: Final = frozenset({cue("SitePreposition"), cue("For")})
#: So many tokens may stand between somebody and the care of that person, and an article before a thing.
_NEAR: Final = 3
_ARTICLE: Final = 1
_SERVICE: Final = PREFIXES["svc"] + "Service"
_TRADE: Final = cue("TradeWord")
_CARE_TRADE: Final = cue("CareTrade")
_AS_TRADE: Final = cue("AsTrade")
#: So many tokens at most stand in the words before a trade.
_LEAD: Final = 3
_AUXILIARIES: Final = frozenset({cue("Copula"), cue("SubjectVerb"), cue("Affirmation")})
#: Frames of passages that tell of care by naming it.
_OF_CARE: Final = frozenset(cue(name) for name in ("Plan", "Continuing", "RequestMention"))
#: Words of having stand at most so far before the name of the helper: "has a".
_REACH: Final = 2


class Whom(Enum):
    """Of whom or what words speak that fit both."""

    CARE = "care"
    WORKER = "worker"
    UNCLEAR = "unclear"


def of_whom(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Whom | None:
    """Return of whom ``mention`` says that it works no more, or nothing where it says no such thing."""
    if _WORKS_NO_MORE not in mention.kinds:
        return None
    start = mention.start
    for other in sentence.before(mention.start):
        if other.end != start or _AUXILIARIES.isdisjoint(other.kinds):
            break
        start = other.start
    if sentence.turns(start - 1, start):
        return Whom.WORKER
    before = next((one for one in sentence.before(start) if _SERVICE in one.kinds), None)
    again = start > sentence.start and lexicon.in_group(_CARE_AGAIN, sentence.tokens, start - 1) == start
    if again or (before is not None and before.end == start):
        return Whom.CARE
    return Whom.WORKER if before is None else Whom.UNCLEAR


def is_livelihood(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` is what the worker does for a living: a helper whom nobody is said to have, or a trade."""
    if _is_trade(sentence, mention, lexicon):
        return True
    if _HELPER not in mention.kinds or sentence.frame(mention) in _OF_CARE:
        return False
    return not any(
        lexicon.in_group(_HAVING_HELP, sentence.tokens, at)
        for at in range(max(sentence.start, mention.start - _REACH), mention.start)
    )


def _is_trade(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` names a trade by care, or a thing: "a physical therapy aide", "works as a massage therapist"."""
    if mention.end < sentence.end and lexicon.in_group(_TRADE, sentence.tokens, mention.end):
        return True
    gives = mention.end < sentence.end and lexicon.in_group(_CARE_TRADE, sentence.tokens, mention.end)
    if not gives and _PRACTITIONER not in mention.kinds:
        return False
    first = max(sentence.start, mention.start - _LEAD)
    return any(lexicon.in_group(_AS_TRADE, sentence.tokens, at) == mention.start for at in range(first, mention.start))


def of_one_handled(sentence: Sentence, mention: Mention) -> bool:
    """Whether the condition ``mention`` is that of somebody for whom the worker worked: "lifted a patient with a stroke"."""
    words = [one for one in sentence.before(mention.start) if mention.start - one.end <= _ARTICLE][:2]
    leading = next((one for one in words if cue("With") in one.kinds), None)
    if leading is None:
        return False
    other = next((one for one in sentence.of(_OTHER) if one.end == leading.start), None)
    return other is not None and not _is_worker(sentence, other)


def of_another(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether the care that ``mention`` names is that of somebody for whom the worker worked, or a thing worked with."""
    first = max(sentence.start, mention.start - _ARTICLE - 1)
    ends = {lexicon.in_group(_HANDLING, sentence.tokens, at) for at in range(first, mention.start)}
    if not ends.isdisjoint({mention.start, mention.start - _ARTICLE} - {0}):
        return True
    for other in sentence.of(_OTHER):
        if other.end <= mention.start:
            near = mention.start - other.end <= _NEAR and not sentence.signs(other.end, mention.start, ",;")
            joined = any(cue("And") in one.kinds for one in sentence.between(other.end, mention.start))
            if near and not joined and not _is_worker(sentence, other):
                return True
        elif other.start == mention.end and not _is_worker(sentence, other):
            return True  # "transporting a patient"
        elif other.start - mention.end == 1 and _leads_to(sentence, mention.end, other.start):
            return True
    return False


def only_speaks(sentence: Sentence, mention: Mention) -> bool:
    """Whether somebody who gives care only finds something here: "a strain that was diagnosed by her chiropractor"."""
    if _PRACTITIONER not in mention.kinds:
        return False
    found = next((one for one in sentence.before(mention.start) if not _FINDING_OUT.isdisjoint(one.kinds)), None)
    return (
        found is not None and mention.start - found.end <= _NEAR and not sentence.signs(found.end, mention.start, ",;")
    )


def _leads_to(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a preposition such as "to" or "on" stands among tokens ``start`` to ``end``."""
    return any(not _LEADING.isdisjoint(one.kinds) for one in sentence.between(start, end))


def _is_worker(sentence: Sentence, other: Mention) -> bool:
    """Whether the worker is said to be "a patient", or is "the patient" of whom the record tells."""
    nearest = list(islice(sentence.before(other.start), _ARTICLE + 1))
    if any(one.end == other.start and _COPULA in one.kinds for one in nearest):
        return True
    handled = any(other.start - one.end <= _ARTICLE and not _DONE_WITH.isdisjoint(one.kinds) for one in nearest)
    word = sentence.tokens[other.end - 1].text.lower()
    several = word.endswith("s") and not word.endswith(_POSSESSIVE)
    return _PERSON in other.kinds and not several and not handled and all(at >= other.start for at in sentence.pronouns)


def helps_others(sentence: Sentence, mention: Mention) -> bool:
    """Whether somebody is who "helped", so that no care did: the worker, or another in "has no one to help him"."""
    if _HELPING not in mention.kinds:
        return False
    to = any(one.end == mention.start for one in sentence.of(_TO))
    somebody = to and any(one.end == mention.start - 1 for kind in _SOMEBODY for one in sentence.of(kind))
    return somebody or sentence.turns(mention.start - 1, mention.start)


def is_place(sentence: Sentence, mention: Mention) -> bool:
    """Whether "at work" only tells where something was: it is a work status behind a verb or a colon."""
    if _PLACE_OR_STATUS not in mention.kinds or mention.start == sentence.start:
        return False
    before = next(sentence.before(mention.start), None)
    said = before is not None and before.end == mention.start and _COPULA in before.kinds
    return not said and sentence.tokens[mention.start - 1].text not in ":,"
