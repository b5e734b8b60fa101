"""What is excepted from the result of an examined item: "5/5 except in the deltoid", "4/5 in the biceps, otherwise 5/5"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.drafts import Draft
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site, composed
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.terms import core

__all__ = ["below", "common_side", "excepted", "otherwise"]

_FINDING: Final = core("Finding")
#: How many tokens may stand between "except" and the place.
_PLACE_REACH: Final = 5


def excepted(
    sentence: Sentence, mention: Mention, abnormal: str, grade: str | None, reader: SiteReader, lexicon: Lexicon
) -> list[Draft]:
    """Return what is graded lower behind "except", and where: "strength 5/5 except for the left deltoid at 4/5"."""
    but = next((other for other in sentence.of(cue("Exception")) if other.start >= mention.end), None)
    if but is None or any(_examined(other, lexicon) for other in sentence.between(mention.end, but.start)):
        return []
    if grade is None:
        return _placed(sentence, mention, but, abnormal, reader, lexicon)
    amount = next((one for one in sentence.amounts if one.kind is Kind.GRADE and one.start >= but.end), None)
    if amount is None or sentence.signs(but.end, amount.start, ";") or not below(amount, Decimal(grade)):
        return []
    ahead = [site for site in reader.places(but.end) if site.end <= amount.start]
    sites = ahead or reader.places(amount.end)
    first = min([amount.start, *(site.start for site in sites)])
    return _at(sites, abnormal, (first, amount.end), sentence, lexicon)


def _placed(
    sentence: Sentence, item: Mention, but: Mention, abnormal: str, reader: SiteReader, lexicon: Lexicon
) -> list[Draft]:
    """Return what is out of order at the place behind "except": "sensation was intact except in the L5 dermatome"."""
    sites = reader.places(but.end)
    told = any(lexicon.read_as(one) for other in sentence.between(item.end, sentence.end) for one in other.concepts)
    if not sites or told or sentence.signs(item.end, sites[0].start, ";") or sites[0].start - but.end > _PLACE_REACH:
        return []
    return _at(sites, abnormal, (but.start, but.end), sentence, lexicon)


def _at(sites: list[Site], abnormal: str, words: tuple[int, int], sentence: Sentence, lexicon: Lexicon) -> list[Draft]:
    """Return the finding ``abnormal`` at ``sites``, told by the tokens ``words`` and the names of the sites."""
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=common_side(members),
            spans={sentence.part.span(words[0], max([words[1], *(site.end for site in members)])): None},
        )
        for concept, members in composed(abnormal, sites, lexicon).items()
    ]


def _examined(mention: Mention, lexicon: Lexicon) -> bool:
    return any(lexicon.inherited("abnormal", concept) for concept in mention.concepts)


def otherwise(
    sentence: Sentence, weak: Mention, abnormal: str, grade: str | None, sites: list[Site], lexicon: Lexicon
) -> list[Draft]:
    """Return what is in order elsewhere: "strength was 4/5 in the left biceps, otherwise 5/5"."""
    word = next((other for other in sentence.of(cue("Otherwise")) if other.start >= weak.end), None)
    amount = next((one for one in sentence.amounts if word is not None and one.start == word.end), None)
    if (
        word is None
        or amount is None
        or amount.kind is not Kind.GRADE
        or grade is None
        or below(amount, Decimal(grade))
    ):
        return []
    return [
        Draft(
            kind=_FINDING,
            concept=concept,
            absent=True,
            spans={sentence.part.span(word.start, amount.end): None},
            elsewhere=True,
        )
        for concept in composed(abnormal, sites, lexicon)
    ]


def below(amount: Amount, normal: Decimal) -> bool:
    """Return whether ``amount`` is another grade than the normal one."""
    return amount.value != normal


def common_side(sites: list[Site]) -> str | None:
    """Return the side of ``sites``; beside a measured motion a side is its direction, as in "left rotation 60 degrees"."""
    sides = {site.side for site in sites}
    return sides.pop() if len(sides) == 1 else None
