"""Words that deny a finding without a negation: "nontender", "afebrile", "the knee is stable"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from imr_kb.letters.drafts import Draft
from imr_kb.letters.half_said import before_injury
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import composed
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import PREFIXES, core

__all__ = ["denied_by_name"]

_FINDING: Final = core("Finding")
_LOOSE: Final = PREFIXES["fnd"] + "JointInstabilitySign"
_INTENDED: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})


def denied_by_name(sentence: Sentence, reader: SiteReader, lexicon: Lexicon) -> Iterator[Draft]:
    """Return the findings that words such as "nontender" or "afebrile" say are absent."""
    for mention in sentence.of(cue("NormalWord")):
        finding = lexicon.told("denies", mention)
        if finding is None or sentence.frame(mention) in _INTENDED or stance(sentence, mention)[0] is not Stance.STATED:
            continue
        if before_injury(sentence, mention) is not None or _to_a_test(sentence, mention, lexicon):
            continue
        sites = reader.sites(mention) or reader.topic(mention) or reader.subject(mention)
        for concept, members in composed(finding, sites, lexicon).items():
            yield Draft(
                kind=_FINDING,
                concept=concept,
                absent=True,
                parts=tuple(dict.fromkeys(site.part for site in members)),
                spans={sentence.part.span(mention.start, mention.end): None},
            )


def _to_a_test(sentence: Sentence, firm: Mention, lexicon: Lexicon) -> bool:
    """Whether ``firm`` goes on with the test by which it was found: "stable to varus and valgus stress"."""
    leading, test = (*sentence.after(firm.end), None, None)[:2]
    return (
        cue("StableWord") in firm.kinds
        and leading is not None
        and test is not None
        and (firm.end, leading.end) == (leading.start, test.start)
        and any(lexicon.annotation("tested", one) or _LOOSE in lexicon.within(one) for one in test.concepts)
    )
