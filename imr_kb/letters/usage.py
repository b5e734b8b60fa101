"""How often a device is used, as a record of its trial tells: "used the unit twice a day", "uses it 3 times a week"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.on_drug import only_thought
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["how_often"]

_FINDING: Final = core("Finding")
_OFTEN: Final = PREFIXES["fnd"] + "FrequencyOfUseDocumented"
_DEVICE: Final = PREFIXES["svc"] + "DurableMedicalEquipment"
_SERVICE: Final = PREFIXES["svc"] + "Service"
_USING: Final = cue("UsingIt")
_UNIT: Final = cue("TheUnit")
_NOT_DONE: Final = frozenset({cue("Plan"), cue("RequestMention")})
_RATES: Final = frozenset({Kind.PER_DAY, Kind.RATE})
#: How many tokens may stand between the verb and the device, and between the device and how often.
_NEAR: Final = 2
_REACH: Final = 8


def how_often(sentence: Sentence, latest: Sequence[Draft], lexicon: Lexicon) -> Iterator[Draft]:
    """Return that the record tells how often a device is used; ``latest`` is the care told in the sentence before."""
    known = any(_DEVICE in lexicon.within(draft.concept) for draft in latest)
    for position in range(sentence.start, sentence.end):
        verb = lexicon.in_group(_USING, sentence.tokens, position)
        device = _device(sentence, verb, lexicon, known=known) if verb else 0
        if not device or only_thought(sentence, Mention(position, verb, (), frozenset())):
            continue
        for amount in sentence.amounts:
            near = amount.kind in _RATES and device <= amount.start <= device + _REACH
            other = any(_SERVICE in one.kinds for one in sentence.between(device, amount.start))
            done = sentence.frame_of(amount) not in _NOT_DONE
            if near and done and not other and not sentence.signs(device, amount.start, ";:"):
                yield Draft(kind=_FINDING, concept=_OFTEN, spans={sentence.part.span(position, amount.end): None})
                return


def _device(sentence: Sentence, start: int, lexicon: Lexicon, *, known: bool) -> int:
    """Return the token behind the device that is used: one named right there, or "the unit" where one is ``known``."""
    named = (one.end for one in sentence.mentions if start <= one.start <= start + _NEAR and _DEVICE in one.kinds)
    return next(named, lexicon.in_group(_UNIT, sentence.tokens, start) if known else 0)
