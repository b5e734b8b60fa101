"""Which parts of the body, and which side, a mention is said of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final

from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.places import Site, both_sides, without_whole
from imr_kb.letters.sentences import FRAMES, Sentence
from imr_kb.terms import PREFIXES, core

__all__ = ["SiteReader"]

_BODY: Final = PREFIXES["body"] + "BodyPart"
_CONDITION: Final = PREFIXES["dx"] + "Condition"
_SIDE: Final = core("Laterality")
_SIDES: Final = frozenset({_SIDE})
_BODIES: Final = frozenset({_BODY})
_BOTH: Final = core("Bilateral")
_PREPOSITION: Final = cue("SitePreposition")
#: Words before a place, those of "was performed on" included.
_PLACING: Final = frozenset({_PREPOSITION, cue("DateMark")})
_AND: Final = cue("And")
_JOINING: Final = frozenset({_AND, _PREPOSITION})
_FILLER: Final = cue("SiteFiller")
_EXAMINATION: Final = cue("Examination")
_VERB: Final = cue("SubjectVerb")
_COPULA: Final = cue("Copula")
_VERBS: Final = frozenset({_VERB, _COPULA})
_RESULT: Final = cue("Result")
#: Words that may stand between a finding and its place: "noted over", "present in".
_SAID: Final = frozenset({_RESULT, cue("Affirmation"), cue("History")})
#: Words that may stand behind a verb and before a place: "was noted in", "is over".
_LOCATED: Final = frozenset({*_SAID, _PREPOSITION})
_PAIN: Final = PREFIXES["dx"] + "Pain"
_RADIATING: Final = PREFIXES["fnd"] + "RadiatingPain"
_FROM: Final = frozenset({cue("ByMeans"), cue("DateMark")})
#: What stands in lists that end with the place of all members, and the words for its degree.
_COMPLAINTS: Final = frozenset({_PAIN, *(PREFIXES["fnd"] + name for name in ("Symptom", "Sign"))})
_DEGREE: Final = frozenset({_FILLER, cue("PainQuality")})
_STOPS: Final = frozenset(
    {
        cue("ScopeEnd"),
        cue("Copula"),
        cue("Affirmation"),
        cue("Negator"),
        cue("NegativeWord"),
        cue("Value"),
        cue("Uncertainty"),
        cue("Aggravation"),
        cue("Difficulty"),
        *FRAMES,
    }
)
#: So many tokens may stand between a thing and its part of the body, or the side alone.
_REACH: Final = 9
_SIDE_REACH: Final = 6
#: So many unknown words behind a comma begin another phrase, counted with the comma.
_LOOSE: Final = 3
_LINKS: Final = ",/-&"


class SiteReader:
    """Finds the sites in one sentence."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        """Index the mentions of ``sentence``."""
        self._sentence = sentence
        self._lexicon = lexicon
        self._starting = {mention.start: mention for mention in sentence.mentions}
        self._ending = {mention.end: mention for mention in sentence.mentions}
        self._verbs = [mention for mention in sentence.mentions if not _VERBS.isdisjoint(mention.kinds)]
        self._heads = [
            mention
            for mention in sentence.mentions
            if _EXAMINATION in mention.kinds or (_BODY in mention.kinds and self._text(mention.end) == ":")
        ]

    def sites(self, mention: Mention) -> list[Site]:
        """Return the sites that ``mention`` is said of: those before it, else those after it."""
        aimed = self._lexicon.in_group(cue("PressesOn"), self._sentence.tokens, mention.start) == mention.end
        spread = self._after(mention.end) if aimed or _RADIATING in mention.kinds else []
        return (
            spread
            or self._before(mention.start)
            or ([] if self.following(mention) else self._after(mention.end))
            or self._appended(mention)
            or self._origin(mention)
            or self._coordinated(mention)
        )

    def _origin(self, mention: Mention) -> list[Site]:
        """Return the place from which the pain spreads: "pain radiating from the neck to the hand"."""
        spread = self._starting.get(mention.end)
        source = self._starting.get(spread.end) if spread is not None and _RADIATING in spread.kinds else None
        if source is None or _PAIN not in mention.kinds or _FROM.isdisjoint(source.kinds):
            return []
        return self._list(source.end)[:1]

    def _coordinated(self, mention: Mention) -> list[Site]:
        """Return the place that a list of complaints names at its end: "pain, numbness and tingling of the left hand"."""
        previous = self._ending.get(mention.start)
        if not self._complaint(mention) or (previous is not None and _AND in previous.kinds):
            return []
        last, joined, closed, position = mention, False, False, mention.end
        while (other := self._starting.get(position)) is not None or (self._text(position) == "," and not closed):
            if other is None or _AND in other.kinds:
                joined, closed = True, other is not None
            elif joined and self._complaint(other):
                last, joined = other, False
            elif not joined or _DEGREE.isdisjoint(other.kinds):
                break
            position = position + 1 if other is None else other.end
        following = self._starting.get(last.end)
        if (
            not closed
            or last is mention
            or following is None
            or _PREPOSITION not in following.kinds
            or self._before(last.start)
        ):
            return []
        return self._after(last.end)

    def _complaint(self, mention: Mention) -> bool:
        """Whether ``mention`` is a complaint or sign that does not say by itself where it is."""
        return not _COMPLAINTS.isdisjoint(mention.kinds) and not any(
            self._lexicon.own_site(concept) for concept in mention.concepts
        )

    def _appended(self, mention: Mention) -> list[Site]:
        """Return the site that a diagnosis names behind a comma, and then ends: "tenosynovitis, left hand; ..."."""
        if _CONDITION not in mention.kinds or self._text(mention.end) != "," or self.following(mention):
            return []
        found = self._list(mention.end + 1)
        return found if found and self._text(found[-1].end) in {";", ".", ""} else []

    def places(self, position: int) -> list[Site]:
        """Return the sites behind token ``position`` in the same phrase."""
        return self._after(position)

    def companion(self, mention: Mention, *, named: bool) -> list[Site]:
        """Return the sites of what ``mention`` comes with: "disc herniation of the neck with radiculopathy".

        With ``named``, the site may be one that the name before "with" says.
        """
        previous = self._ending.get(mention.start)
        if previous is None or cue("With") not in previous.kinds:
            return []
        return self._before(previous.start) or (self._named_site(self._ending.get(previous.start)) if named else [])

    def _named_site(self, condition: Mention | None) -> list[Site]:
        """Return the site that the name of ``condition`` says, as the low back in "lumbar disc herniation"."""
        if condition is None:
            return []
        part = next((site for one in condition.concepts if (site := self._lexicon.own_site(one))), None)
        return [Site(part, None, condition.start, condition.end)] if part is not None else []

    def shared(self, mention: Mention) -> list[Site]:
        """Return the sites that share the noun of ``mention``, as the neck in "neck and low back pain"."""
        previous = self._ending.get(mention.start)
        if previous is not None and self._side(previous):
            previous = self._ending.get(previous.start)
        if previous is None or _AND not in previous.kinds:
            return []
        return self._before(previous.start, joined=True)

    def following(self, mention: Mention) -> list[Site]:
        """Return the sites that go on with the site in the name of ``mention``: "pain in the neck, mid back and hip"."""
        joining = self._starting.get(mention.end)
        if self._text(mention.end) not in _LINKS and (joining is None or _AND not in joining.kinds):
            return []
        last = self._lexicon.mentions(self._sentence.tokens[mention.start : mention.end], roots=_BODIES)
        if not last or last[-1].end != mention.end - mention.start or last[-1].start == 0:
            return []
        start = mention.end + 1 if joining is None else joining.end
        again = self._starting.get(start)
        found = self._list(again.end if again is not None and _AND in again.kinds else start)
        while found and self._names(self._starting.get(found[-1].end)):
            found.pop()
        return found

    def all_sites(self) -> list[Site]:
        """Return every site of the sentence in order."""
        found: list[Site] = []
        position = self._sentence.start
        while position < self._sentence.end:
            here = self._list(position)
            found += here
            position = max([position + 1, *(site.end for site in here)])
        return found

    def subject(self, mention: Mention) -> list[Site]:
        """Return the sites that ``mention`` is a finding of by being what they have: "the left knee had swelling"."""
        for verb in self._verbs:
            if verb.end > mention.start or self._sentence.signs(verb.end, mention.start, ";:"):
                break
            later = any(other.start > verb.start and other.end <= mention.start for other in self._verbs)
            if not later and (sites := self._before(verb.start)):
                return sites
        return []

    def topic(self, mention: Mention) -> list[Site]:
        """Return the sites of the examination that ``mention`` is a finding of ("Left shoulder:", "Exam of the knee")."""
        index = bisect_right(self._heads, mention.start, key=attrgetter("end")) - 1
        if index < 0:
            return []
        head = self._heads[index]
        return self._before(head.end) if _BODY in head.kinds else self._examined(head)

    def examined(self) -> list[Site]:
        """Return the sites of the examination that the sentence opens, if it opens one."""
        heads = self._sentence.of(_EXAMINATION)
        return self._examined(heads[0]) if heads else []

    def _examined(self, head: Mention) -> list[Site]:
        result = next((other for other in self._sentence.of(_RESULT) if other.start >= head.end), None)
        after = [site for site in self._after(head.end) if result is not None and site.end <= result.start]
        return after or self._before(head.start)

    def side(self, mention: Mention, sites: Sequence[Site]) -> str | None:
        """Return the side of ``mention``: that of its sites where they agree, else one named beside it."""
        named = {site.side for site in sites if site.side}
        if named:
            return named.pop() if len(named) == 1 else None
        before = self._side(self._ending.get(mention.start))
        if before:
            return before
        start = max([mention.end, *(site.end for site in sites)])
        for position in range(start, min(start + _SIDE_REACH, self._sentence.end)):
            if self._text(position) in {",", ";", "."}:
                return None
            other = self._starting.get(position)
            if other is not None:
                if cue("ScopeEnd") in other.kinds or self._names(other):
                    return None
                side = self._side(other)
                if side:
                    return None if self._names(self._starting.get(other.end)) else side
        return None

    def _names(self, mention: Mention | None) -> bool:
        """Whether ``mention`` is of something that can have a side of its own."""
        return mention is not None and (
            _BODY in mention.kinds or any(self._lexicon.read_as(concept) for concept in mention.concepts)
        )

    def _text(self, position: int) -> str:
        return self._sentence.tokens[position].text if self._sentence.start <= position < self._sentence.end else ""

    def _part(self, mention: Mention | None) -> str | None:
        return mention.concept_of(self._lexicon, _BODY) if mention is not None and _BODY in mention.kinds else None

    def _side(self, mention: Mention | None) -> str | None:
        if mention is None or self._lexicon.sides.isdisjoint(mention.concepts):
            return None
        return next(concept for concept in mention.concepts if concept in self._lexicon.sides)

    def _elided(self, filler: Mention) -> str | None:
        """Return the part of the body of which ``filler`` is the first word, as "upper" in "upper and lower extremities"."""
        joining = self._starting.get(filler.end)
        if _FILLER not in filler.kinds or joining is None or _AND not in joining.kinds:
            return None
        position = joining.end
        while (mention := self._starting.get(position)) is not None and self._side(mention):
            position = mention.end
        if mention is None or _BODY not in mention.kinds or mention.end - mention.start == 1:
            return None
        words = [*self._sentence.tokens[filler.start : filler.end], self._sentence.tokens[mention.end - 1]]
        whole = next(iter(self._lexicon.mentions(words, roots=_BODIES)), None)
        return self._part(whole) if whole is not None and whole.end == len(words) else None

    def _own_side(self, mention: Mention) -> str | None:
        """Return the side that is part of the name of a part of the body."""
        if mention.end - mention.start == 1:
            return None
        sides = self._lexicon.mentions(self._sentence.tokens[mention.start : mention.end], roots=_SIDES)
        return self._side(sides[0]) if sides else None

    def _before(self, end: int, *, joined: bool = False) -> list[Site]:
        """Return the list of sites that ends at token ``end``."""
        found: list[Site] = []
        position = end
        several = joined
        while position > self._sentence.start:
            mention = self._ending.get(position)
            part, side = self._part(mention), self._side(mention)
            if mention is None:
                text = self._text(position - 1)
                if text not in _LINKS or (text == "," and not several) or not (found or joined):
                    break
                position -= 1
                continue
            if part:
                found.append(Site(part, self._own_side(mention), mention.start, mention.end))
            elif side and found:
                found[-1] = replace(found[-1], side=both_sides(found[-1].side, side), start=mention.start)
            elif _AND in mention.kinds and found:
                several = True
            elif _FILLER not in mention.kinds:
                break
            position = mention.start
        if several and found and _PREPOSITION in getattr(self._ending.get(position), "kinds", ()):
            found = [] if joined else found[:1]
        return list(reversed(found))

    def _after(self, start: int) -> list[Site]:
        """Return the sites after token ``start``: at once, or behind a preposition in the same phrase."""
        position = start
        if self._text(position) == "(":
            inside = self._list(position + 1)
            if inside:
                return inside
            position = next(
                (at + 1 for at in range(position, min(position + _REACH, self._sentence.end)) if self._text(at) == ")"),
                position,
            )
        found = self._list(position)
        prepositions = False
        loose = 0
        limit = min(position + _REACH, self._sentence.end)
        while not found and position < limit:
            mention = self._starting.get(position)
            text = self._text(position)
            if text in {";", ".", ":", "("}:
                return []
            if mention is None:
                loose = 1 if text == "," else loose + 1 if loose else 0
                if loose > _LOOSE:
                    return []
                position += 1
                continue
            loose = 0 if _AND in mention.kinds else loose
            following = self._starting.get(mention.end)
            if following is not None and (
                (not _SAID.isdisjoint(mention.kinds) and _PREPOSITION in following.kinds)
                or (_COPULA in mention.kinds and not _LOCATED.isdisjoint(following.kinds))
            ):
                position = mention.end
                continue
            if not _STOPS.isdisjoint(mention.kinds) or any(
                self._lexicon.read_as(concept) for concept in mention.concepts
            ):
                return []
            if not _PLACING.isdisjoint(mention.kinds):
                prepositions = True
                found = self._list(mention.end)
            elif prepositions and (self._part(mention) or self._side(mention)):
                found = self._list(position)
            position = mention.end
        return found

    def _list(self, start: int) -> list[Site]:
        """Return the list of sites that starts at token ``start``."""
        found: list[Site] = []
        position = start
        side: str | None = None
        side_at = start
        linked = True
        while position < self._sentence.end:
            mention = self._starting.get(position)
            part = self._part(mention)
            named_side = self._side(mention)
            if mention is None:
                if not found or self._text(position) not in _LINKS:
                    break
                linked = True
                position += 1
                continue
            if part:
                if found and not linked and mention is not None and mention.start != found[-1].end:
                    break
                own = None if side else self._own_side(mention)
                found.append(Site(part, side or own, side_at if side else mention.start, mention.end))
                if len(found) > 1 and _PREPOSITION in getattr(self._starting.get(found[-2].end), "kinds", ()):
                    found[-2:] = without_whole(found[-2], found[-1], self._lexicon)
                linked = side == _BOTH
                side = side if side == _BOTH else None
            elif named_side:
                if found and not linked:
                    found[-1] = replace(found[-1], side=found[-1].side or named_side, end=mention.end)
                else:
                    side, side_at = named_side, mention.start
                linked = linked or not found
            elif found and not _JOINING.isdisjoint(mention.kinds):
                linked = True
            elif elided := self._elided(mention):
                if found and not linked:
                    break
                found.append(Site(elided, side, side_at if side else mention.start, mention.end))
                linked = side == _BOTH
                side = side if linked else None
            elif _FILLER not in mention.kinds:
                break
            position = mention.end
        return found
