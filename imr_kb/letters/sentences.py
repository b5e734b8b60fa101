"""Sentences of the clinical summary, and what each passage tells: history, use, plan, request, utilization review."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeVar

from imr_kb.letters.amounts import Amount, Kind
from imr_kb.letters.asides import without_asides
from imr_kb.letters.carrying import FAMILY, Heading, fragment, heading
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.numbered import numbered_lists
from imr_kb.letters.parts import Part
from imr_kb.letters.quotations import quoted_until
from imr_kb.letters.reviewing import of_review
from imr_kb.letters.sentence_ends import sentence_ends
from imr_kb.letters.tokens import Token
from imr_kb.terms import PREFIXES

__all__ = ["FRAMES", "Sentence", "sentences"]

#: Forward frames: each holds for what follows it in the sentence, until the next one.
FRAMES: Final = tuple(
    cue(name)
    for name in (
        "PastUse",
        "Allergy",
        "History",
        "CurrentUse",
        "Continuing",
        "Plan",
        "RequestMention",
        "Complaint",
        "Diagnosed",
        "Examination",
        "Result",
    )
)
_PAST: Final = cue("PastUse")
_PAST_AFTER: Final = cue("PastUseAfter")
_ENDED: Final = cue("UseEnded")
_ALLERGY: Final = cue("Allergy")
_GIVEN: Final = frozenset({_PAST, cue("History"), cue("CurrentUse")})
_PLAN: Final = cue("Plan")
_REFERRAL: Final = cue("Referral")
_CONTINUING: Final = cue("Continuing")
_PLANS: Final = frozenset({_PLAN, _CONTINUING})
_LASTING: Final = cue("LastingWord")
#: What goes on by itself and is no care.
_SUFFERED: Final = frozenset({PREFIXES["dx"] + "Condition", PREFIXES["fnd"] + "Symptom"})
_PLAN_AFTER: Final = cue("PlanAfter")
_HISTORY: Final = cue("History")
_ORDERING: Final = cue("Ordering")
_AND: Final = cue("And")
_HISTORY_AFTER: Final = cue("HistoryAfter")
_REQUEST: Final = cue("RequestMention")
_DOSE: Final = cue("DoseVerb")
_ABLE: Final = cue("AbleTo")
#: How many tokens may stand between a verb such as "increase" and the drug or care that it changes.
_DOSE_REACH: Final = 3
_GOALS: Final = cue("GoalHeading")
#: So many tokens at most stand between the words of such a heading and its colon.
_HEADING_REACH: Final = 10
#: Words by which care behind them is only talked of, as a test need not be: its result may be.
_DISCUSSING: Final = cue("Discussing")
_TEST: Final = PREFIXES["svc"] + "DiagnosticTest"
_REASON: Final = cue("Reason")
#: Cues at which the reason for a plan ends.
_REASONED: Final = frozenset({_PLAN, _PLAN_AFTER, _REQUEST})
#: Frames that do not end a plan: a plan is noted, and goes on with drugs that are prescribed.
_WEAKER: Final = frozenset({cue("Result"), cue("CurrentUse")})
#: Words by which even a plan tells what is in use.
_ALREADY: Final = cue("AlreadyUse")
_FRAMES: Final = frozenset(FRAMES)
#: Cues that can change what the passage behind them tells, and those that can do so for what stands before them.
_TURNING: Final = _FRAMES | {_PLAN_AFTER, _HISTORY_AFTER, _DOSE, _GOALS, _DISCUSSING}
_TURNING_BACK: Final = _FRAMES | {_PLAN_AFTER, _HISTORY_AFTER, _ENDED}
#: How many tokens a denial or a "was ordered" reaches at most.
_REACH: Final = 90
_SERVICE: Final = PREFIXES["svc"] + "Service"
_REVIEW_SUBJECT: Final = cue("ReviewSubject")
_CONNECTIVE: Final = cue("ReviewConnective")
_PRONOUN: Final = cue("Pronoun")
_SUBJECTS: Final = (cue("Person"), _PRONOUN)
#: The subject of a sentence stands behind at most this many tokens: "the".
_ARTICLE: Final = 1


@dataclass(frozen=True)
class Sentence:
    """Tokens ``start`` to ``end`` of a part, with the mentions and amounts in them.

    ``carried`` is what the passage tells that the sentence goes on with, as the further items of a numbered list do, and
    ``headed`` are the kinds of the words in the heading of that passage.
    """

    part: Part
    start: int
    end: int
    mentions: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    review: bool = False
    carried: str | None = None
    headed: frozenset[str] = frozenset()
    #: Where "he" or "she" stands.
    pronouns: tuple[int, ...] = ()

    @property
    def tokens(self) -> Sequence[Token]:
        """All tokens of the part; positions in mentions and amounts count from its start."""
        return self.part.tokens

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def _stops(self) -> list[int]:
        return [mention.end for mention in self.mentions]

    @cached_property
    def _signs(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        dates = {at for one in self.amounts if one.kind is Kind.DATE for at in range(one.start, one.end)}
        for position in range(self.start, self.end):
            if self.part.tokens[position].kind == "other" and position not in dates:
                found.setdefault(self.part.tokens[position].text, []).append(position)
        return found

    @cached_property
    def _marked(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            for kind in mention.kinds:
                found.setdefault(kind, []).append(mention)
        return found

    def of(self, kind: str) -> Sequence[Mention]:
        """Return the mentions of ``kind``."""
        return self._marked.get(kind, ())

    def has(self, *kinds: str) -> bool:
        """Whether any mention is of one of ``kinds``."""
        return any(kind in self._marked for kind in kinds)

    def between(self, start: int, end: int) -> Iterator[Mention]:
        """Return the mentions within tokens ``start`` to ``end``."""
        return iter(self.mentions[bisect_left(self._starts, start) : bisect_right(self._stops, end)])

    def before(self, position: int) -> Iterator[Mention]:
        """Return the mentions before token ``position``, the nearest first, as far as words still reach."""
        near = self.mentions[bisect_left(self._stops, position - _REACH) : bisect_left(self._starts, position)]
        return reversed(near)

    def after(self, position: int) -> Iterator[Mention]:
        """Return the mentions from token ``position`` on, as far as words still reach."""
        return self.between(position, min(self.end, position + _REACH))

    def signs(self, start: int, end: int, signs: str) -> bool:
        """Whether any of ``signs`` stands among tokens ``start`` to ``end``."""
        for sign in signs if start < end else ():
            positions = self._signs.get(sign, ())
            index = bisect_left(positions, start)
            if index < len(positions) and positions[index] < end:
                return True
        return False

    def turns(self, start: int, end: int) -> bool:
        """Whether the worker, "he" or "she" stands among tokens ``start`` to ``end`` and so may open another clause."""
        people = any(_SUBJECTS[0] in one.kinds for one in self.between(start, end))
        return people or any(start <= position < end for position in self.pronouns)

    def frame(self, mention: Mention) -> str | None:
        """Return what the passage around ``mention`` tells, as a cue class."""
        return self._frames[bisect_left(self._starts, mention.start)]

    def reason(self, mention: Mention) -> bool:
        """Whether ``mention`` is told as the reason of a plan or request: "an MRI was ordered because of weakness"."""
        for other in self.before(mention.start):
            if self.signs(other.end, mention.start, ";"):
                return False
            if _REASON in other.kinds:
                return True
            if not _REASONED.isdisjoint(other.kinds):
                return False
        return False

    @cached_property
    def _frames(self) -> list[str | None]:
        current = [self.carried, *self._opened]
        return [
            self._frame_after(mention, current[index]) or current[index] for index, mention in enumerate(self.mentions)
        ]

    @cached_property
    def _opened(self) -> list[str | None]:
        """The frame that holds after each mention."""
        found: list[str | None] = []
        current = self.carried
        for mention in self.mentions:
            if not _TURNING.isdisjoint(mention.kinds):
                current = self._after_mention(mention, current)
            found.append(current)
        return found

    def _after_mention(self, mention: Mention, current: str | None) -> str | None:
        if _PLAN_AFTER in mention.kinds or _HISTORY_AFTER in mention.kinds:
            listing = mention.end < self.end and self.tokens[mention.end].text == ":"
            current = (_PLAN if _PLAN_AFTER in mention.kinds else _HISTORY) if listing else None
        drug = any(_SERVICE in one.kinds and one.start < mention.end + _DOSE_REACH for one in self.after(mention.end))
        able = any(one.end == mention.start for one in self.of(_ABLE))  # "was able to decrease Norco"
        if _DOSE in mention.kinds and (able or not drug):
            return current
        if _GOALS in self.headed or (current == _PLAN and self._aims(mention)):
            return current
        if _GOALS in mention.kinds and self._heads_goals(mention):
            return _PLAN
        if _DISCUSSING in mention.kinds:
            near = self.between(mention.end, mention.end + _DOSE_REACH)
            meant = any(_SERVICE in other.kinds and _TEST not in other.kinds for other in near)
            return _PLAN if meant and current is None else current
        if current in _PLANS and _REQUEST in mention.kinds and self.signs(mention.start - 1, mention.start, ","):
            return current  # "the plan included therapy, request for an x-ray, and medication" goes on with the plan
        if _CONTINUING in mention.kinds and self._goes_on_hurting(mention):
            return current
        if current == _REQUEST and not self.signs(mention.start - 1, mention.start, ";"):
            return current
        opened = next((frame for frame in FRAMES if frame in mention.kinds), current)
        weaker = opened in _WEAKER and _ALREADY not in mention.kinds and not self._referred(mention)
        return current if current in _PLANS and weaker else opened

    def _aims(self, mention: Mention) -> bool:
        """Whether a heading of goals stands before ``mention`` in the sentence, so that nothing behind it is told."""
        return any(other.end <= mention.start and self._heads_goals(other) for other in self.of(_GOALS))

    def _heads_goals(self, mention: Mention) -> bool:
        return self.signs(mention.end, min(mention.end + _HEADING_REACH, self.end), ":")

    def _referred(self, mention: Mention) -> bool:
        """Whether the plan before ``mention`` only tells where the worker was sent: "referred her for therapy"."""
        plan = next((other for other in self.before(mention.start) if _PLAN in other.kinds), None)
        return plan is not None and _REFERRAL in plan.kinds

    def _goes_on_hurting(self, mention: Mention) -> bool:
        """Whether ``mention`` is the "continuing" of a complaint, and plans nothing: "continuing low back pain"."""
        if _LASTING not in mention.kinds:
            return False
        end = mention.end
        for other in self.after(mention.end):
            if other.start != end or _SERVICE in other.kinds:
                return False
            if not _SUFFERED.isdisjoint(other.kinds):
                return True
            end = other.end
        return False

    def _frame_after(self, mention: Mention, current: str | None) -> str | None:
        """Return the frame that words after the mention give it ("... were all ordered"), if they reach back to it."""
        others = 0
        for other in self.after(mention.end):
            if _TURNING_BACK.isdisjoint(other.kinds):
                others += _SERVICE in other.kinds
                continue
            if self.signs(mention.end, other.start, ";"):
                return None
            if _ORDERING in other.kinds and self._has_object(other):
                return None
            if _PLAN_AFTER in other.kinds or _HISTORY_AFTER in other.kinds:
                if others and current in _GIVEN | _PLANS:
                    return None
                return _PLAN if _PLAN_AFTER in other.kinds else _PAST if _PAST_AFTER in other.kinds else _HISTORY
            if _ALLERGY in other.kinds and other.start == mention.end:
                return _ALLERGY
            if _ENDED in other.kinds and not others and self._last_said(other):
                return _PAST
            if not _FRAMES.isdisjoint(other.kinds):
                return None
            others += _SERVICE in other.kinds
        return None

    def _has_object(self, verb: Mention) -> bool:
        """Whether ``verb`` follows "and" and care follows it: "takes ibuprofen and ordered therapy"."""
        joined = any(_AND in one.kinds and one.end == verb.start for one in self.before(verb.start))
        near = self.between(verb.end, min(verb.end + _DOSE_REACH, self.end))
        return joined and any(_SERVICE in one.kinds for one in near)

    def _last_said(self, verb: Mention) -> bool:
        """Whether no care is named after ``verb`` in its clause, so that it speaks of what stands before it."""
        for other in self.after(verb.end):
            if self.signs(verb.end, other.start, ",;") or not _FRAMES.isdisjoint(other.kinds):
                return True
            if _SERVICE in other.kinds:
                return False
        return True

    def frame_of(self, amount: Amount) -> str | None:
        """Return what the passage around ``amount`` tells, as a cue class."""
        current = self.frame_before(amount.start)
        return self._frame_after(Mention(amount.start, amount.end, (), frozenset()), current) or current

    def frame_before(self, position: int) -> str | None:
        """Return what the words before token ``position`` say that the passage tells, as a cue class."""
        index = bisect_left(self._starts, position) - 1
        return self._opened[index] if index >= 0 else self.carried


def sentences(part: Part, lexicon: Lexicon) -> list[Sentence]:
    """Cut ``part`` into sentences and mark those that tell what utilization review did.

    What utilization review said ends with its sentence, unless the next one plainly goes on: with the reviewer, the denial
    or the determination as its subject, or within a quotation that is not closed.
    """
    waiting = deque(part.mentions)
    measured = deque(lexicon.amounts.read(part.tokens))
    found: list[Sentence] = []
    start = 0
    review = False
    quoted = 0
    lists = numbered_lists(part.tokens)
    firsts = {item: items[0] for items in lists for item in items[1:]}
    headings: dict[int, Heading] = {}
    above = Heading(None, frozenset())
    for end in sentence_ends(part, {item for items in lists for item in items}, firsts.keys()):
        mentions = _taken(waiting, end)
        own = _taken(measured, end)
        above = above if fragment(mentions, part.tokens, start, end) else Heading(None, frozenset())
        carried, headed = headings.get(firsts.get(start, -1), above)
        sentence = Sentence(part, start, end, mentions, own)
        review = of_review(mentions, part.tokens, end, lexicon) or (review and (start < quoted or _goes_on(sentence)))
        quoted = quoted_until(part.tokens, start, end) if review and start >= quoted else quoted
        stated, asides = without_asides(mentions, part.tokens, start, end)
        if FAMILY in headed:
            stated, asides = (), [(start, end)]
        amounts = tuple(one for one in own if not any(first <= one.start < last for first, last in asides))
        pronouns = tuple(one.start for one in mentions if _PRONOUN in one.kinds)
        told = Sentence(part, start, end, stated, amounts, review, carried, headed, pronouns)
        found.append(told)
        headings |= {items[0]: _heading_of(told, mentions, items[0]) for items in lists if start <= items[0] < end}
        head = heading(mentions, part.tokens, end)
        above = Heading(carried, headed) if start in firsts else above
        above = above if head is None else _heading_of(told, (head,), end)
        start = end
    return [replace(one, review=True) if _amid(found, at) else one for at, one in enumerate(found)]


def _heading_of(sentence: Sentence, mentions: Sequence[Mention], end: int) -> Heading:
    """Return the heading that the words of ``sentence`` before token ``end`` are; ``mentions`` are those in it."""
    kinds = (mention.kinds for mention in mentions if mention.end <= end)
    return Heading(sentence.frame_before(end), frozenset().union(*kinds))


def _amid(found: Sequence[Sentence], at: int) -> bool:
    """Whether the sentence stands alone between two of the review, and so tells what that says: "The gait was normal."."""
    amid = 0 < at < len(found) - 1 and found[at - 1].review and found[at + 1].review
    return amid and not any(amount.day for amount in found[at].amounts)


def _goes_on(sentence: Sentence) -> bool:
    """Whether ``sentence`` has the review told of before as its subject, or adds to it without date or new subject."""
    opening = [mention for mention in sentence.mentions if mention.start <= sentence.start + _ARTICLE]
    if any(_REVIEW_SUBJECT in mention.kinds for mention in opening):
        return True
    turned = sentence.has(*_SUBJECTS) or any(amount.day for amount in sentence.amounts)
    return not turned and any(_CONNECTIVE in mention.kinds for mention in opening)


_Spanned = TypeVar("_Spanned", Mention, Amount)


def _taken(waiting: deque[_Spanned], end: int) -> tuple[_Spanned, ...]:
    """Take from ``waiting`` what starts before token ``end``."""
    taken = []
    while waiting and waiting[0].start < end:
        taken.append(waiting.popleft())
    return tuple(taken)
