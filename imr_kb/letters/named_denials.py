"""Whether a finding that seems stated is none: a test brought nothing out, a name denies it, it was excluded or is over."""

from __future__ import annotations

from typing import Final

from imr_kb.letters.brought_out import nothing_brought_out
from imr_kb.letters.closing import closing
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["void"]

_DENYING: Final = frozenset({cue("Negator"), cue("Denial")})
_OR: Final = cue("Or")
_AND: Final = cue("And")
#: Words by which what stands before them was excluded, also where a name holds them: "other causes were ruled out".
_EXCLUDED: Final = frozenset({cue("WasExcluded"), PREFIXES["fnd"] + "OtherCausesExcluded"})
_IS_OVER: Final = cue("IsOver")
_CONDITION: Final = PREFIXES["dx"] + "Condition"
_FINDING: Final = core("Finding")
#: Words that a joint is stable, and what leads from them to the test.
_LOOSE: Final = PREFIXES["fnd"] + "JointInstabilitySign"
_STABLE: Final = cue("StableWord")
_TO: Final = frozenset(cue(name) for name in ("SitePreposition", "With"))
#: So many words may stand between the "or" and the last member: "or new".
_NEAR: Final = 1
#: What ends the list of what a name denies.
_STOPS: Final = frozenset(
    {
        *(cue(name) for name in ("Affirmation", "ScopeEnd", "NormalValue", "Reason", "Copula", "Person", "Contrast")),
        *_DENYING,
        *FRAMES,
    }
)


def void(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> Mention | None:
    """Return the words by which ``mention`` of ``concept``, which nothing else denies, is no finding."""
    return (
        nothing_brought_out(sentence, mention, concept, lexicon)
        or _denied_along(sentence, mention, lexicon)
        or _held(sentence, mention, concept, lexicon)
        or closing(sentence, mention, _EXCLUDED)
        or _over(sentence, mention, lexicon)
    )


def _held(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> Mention | None:
    """Return the "was stable" before the test that brought nothing out: "the knee was stable to varus stress"."""
    leading = next(sentence.before(mention.start), None)
    tested = lexicon.annotation("tested", concept) is not None or _LOOSE in lexicon.within(concept)
    if not tested or leading is None or _TO.isdisjoint(leading.kinds):
        return None
    firm = next(sentence.before(leading.start), None)
    held = firm is not None and firm.end == leading.start and leading.end == mention.start and _STABLE in firm.kinds
    return firm if held else None


def _over(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the word set behind ``mention`` by which it is over: "knee contusion, resolved"."""
    at = mention.end + 1
    if at >= sentence.end or sentence.tokens[mention.end].text != "," or _CONDITION not in mention.kinds:
        return None
    end = lexicon.in_group(_IS_OVER, sentence.tokens, at)
    last = (
        end >= sentence.end or sentence.tokens[end].text in ".,;" or any(one.start == end for one in sentence.of(_AND))
    )
    return Mention(at, end, (), frozenset()) if end and last else None


def _denied_along(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Mention | None:
    """Return the name that begins with a "no" or "denies" and lists ``mention``: "no signs of misuse or overuse"."""
    for other in sentence.before(mention.start):
        if sentence.signs(other.end, mention.start, ";.()") or not _STOPS.isdisjoint(other.kinds):
            return None
        if _opens_with_no(sentence, other, lexicon):
            return other if _in_list(sentence, other, mention, lexicon) else None
    return None


def _opens_with_no(sentence: Sentence, name: Mention, lexicon: Lexicon) -> bool:
    """Whether ``name`` is that of a fact and begins with words that deny."""
    if not lexicon.speaks(name.concepts):
        return False
    within = lexicon.mentions(sentence.tokens[name.start : name.end], roots=_DENYING)
    return bool(within) and within[0].start == 0


def _in_list(sentence: Sentence, name: Mention, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` stands in the list that begins with ``name``: up to the member behind its "or".

    Behind a response such as "no change" only what is called otherwise is denied: "no change in pain or new numbness".
    """
    last = next((other for other in sentence.after(name.end) if _OR in other.kinds), None)
    if last is None or any(not _STOPS.isdisjoint(other.kinds) for other in sentence.between(name.end, last.start)):
        return False
    listing = any(lexicon.read_as(concept) == _FINDING for concept in name.concepts)
    if mention.start < last.start:
        return listing and sentence.signs(name.end, mention.start, ",")
    apart = mention.start - last.end
    called = apart == _NEAR and not any(sentence.between(last.end, mention.start))
    return apart <= _NEAR and (listing or called) and not sentence.signs(last.end, mention.start, ",")
