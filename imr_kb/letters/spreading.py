"""What pain that spreads into a limb amounts to by the place from which it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site
from imr_kb.letters.sentences import Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["spread"]

_DIAGNOSIS: Final = core("Diagnosis")
_ARM: Final = PREFIXES["body"] + "UpperExtremity"
_PAIN: Final = PREFIXES["dx"] + "Pain"
_RADIATING: Final = PREFIXES["fnd"] + "RadiatingPain"
_FROM: Final = cue("ByMeans")
_FILLER: Final = cue("SiteFiller")
_PARTS: Final = frozenset({PREFIXES["body"] + "BodyPart"})


def spread(said: str, sites: Sequence[Site], sentence: Sentence, mention: Mention, lexicon: Lexicon) -> str:
    """Return what pain that spreads into the arm amounts to by the pain or the part of the body from which it comes."""
    if said != _RADIATING or not any(_ARM in lexicon.within(site.part) for site in sites):
        return said
    named = (part for other in _parts_in(sentence, mention, lexicon) for part in other.concepts)
    for part in (*named, *(site.part for site in sites if _source(sentence, site, lexicon))):
        source = lexicon.inherited("spreadsAs", lexicon.compose(_PAIN, [part]))
        if source is not None:
            return source
    for other in sentence.before(mention.start):
        source = next((one for concept in other.concepts if (one := lexicon.inherited("spreadsAs", concept))), None)
        if source is not None:
            return source
        if any(lexicon.read_as(concept) == _DIAGNOSIS for concept in other.concepts):
            return said
    return said


def _source(sentence: Sentence, site: Site, lexicon: Lexicon) -> bool:
    """Whether "from" stands before ``site``, at most an article between, or ends the verb there: "runs from the neck"."""
    before = (one for one in sentence.before(site.start) if site.start - one.end <= 1)
    last = next((one for one in before if _FILLER not in one.kinds), None)
    if last is None or _FROM in last.kinds:
        return last is not None
    ending = lexicon.mentions(sentence.tokens[last.end - 1 : last.end], roots=frozenset({_FROM}))
    return _RADIATING in last.kinds and bool(ending)


def _parts_in(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> Sequence[Mention]:
    """Return the parts of the body in the words of a name: the neck in "pain from the neck into"."""
    return lexicon.mentions(sentence.tokens[mention.start : mention.end], roots=_PARTS)
