"""What earlier care led to: relief in percent, gains in function, and whether a trial helped or failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from imr_kb.letters.amounts import Kind
from imr_kb.letters.beside import unfounded
from imr_kb.letters.care_told import care_meant, care_told, may_help, spoken_of_care
from imr_kb.letters.doings import difficulties, doing_at, things_done
from imr_kb.letters.drafts import Draft, Value
from imr_kb.letters.half_said import circumstance, intended, only_possible
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.not_borne import not_borne
from imr_kb.letters.of_whom import Whom, helps_others, of_whom
from imr_kb.letters.relief import at_rest, complained, kept_off, percent_of, relieved
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.shared_outcomes import OUTCOMES, has_object, listed_with, names_its_care, spoken_of
from imr_kb.letters.short_lived import short_lived
from imr_kb.terms import PREFIXES, core

__all__ = ["impossible", "responses"]

_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = core("MedicationUse")
_RESPONSE: Final = core("Response")
_OUTCOME: Final = core("outcome")
_FAILED: Final = core("Failed")
_HELPED: Final = core("Helped")
_NO_IMPROVEMENT: Final = PREFIXES["fnd"] + "NoImprovement"
_RETURNED: Final = PREFIXES["fnd"] + "ReturnedToWork"
#: Gains in work that are often only hoped for.
_EASED: Final = PREFIXES["fnd"] + "ReducedWorkRestrictions"
_WORK: Final = frozenset({_RETURNED, _EASED})
#: What makes work with limits less than there was: "full duty, but is back on light duty", "since the pain worsened".
_FULL_DUTY: Final = PREFIXES["fnd"] + "FullDuty"
_HARDER: Final = tuple(PREFIXES["fnd"] + name for name in ("WorseningSymptoms", "AcuteExacerbation"))
_NO_BENEFIT: Final = cue("NoBenefit")
_CARE: Final = frozenset({_TREATMENT, _MEDICATION})
_OPEN_FRAMES: Final = frozenset({cue("Plan"), cue("Continuing"), cue("RequestMention")})
_RELIEF: Final = cue("ReliefVerb")
_IMPROVE: Final = cue("ImproveVerb")
_GAIN: Final = cue("GainVerb")
_VERBS: Final = frozenset({_RELIEF, _GAIN})
_PAIN_RELIEF: Final = PREFIXES["fnd"] + "PainRelief"
_AND: Final = cue("And")
_GAINED: Final = PREFIXES["fnd"] + "ObjectiveGain"
_BENEFIT: Final = cue("Helped")
_PREPOSITION: Final = cue("SitePreposition")
_BEFORE_VERB: Final = frozenset(
    {
        *(cue(name) for name in ("Copula", "SubjectVerb", "SiteFiller", "SitePreposition")),
        PREFIXES["body"] + "BodyPart",
    }
)
_BESIDE_OBJECT: Final = frozenset(
    {
        *(cue(name) for name in ("SiteFiller", "And", "Percent", "SitePreposition", "Person")),
        PREFIXES["body"] + "BodyPart",
        PREFIXES["fnd"] + "Symptom",
    }
)
#: How many tokens may stand between a verb and its object, and between two of its objects.
_OBJECT_REACH: Final = 3
#: Words such as "none of these helped", which speak of all the care told before them.
_FAILED_ALL: Final = cue("FailedAll")
_CANNOT: Final = cue("Cannot")
_SUBJECTS: Final = (cue("Person"), cue("Pronoun"))
#: So many sentences that tell something may stand between care and words on what it led to.
_SENTENCES_BACK: Final = 2
_ONLY: Final = cue("OnlyWord")
_NONE_OF_WHICH: Final = cue("NoneOfWhich")
_UNAIDED: Final = cue("Unaided")
_BARRED: Final = cue("Barred")
_LISTING: Final = cue("History")
_DESPITE: Final = cue("Despite")
_NOT_OF_CARE: Final = frozenset({Whom.WORKER, Whom.UNCLEAR})
#: How many tokens may stand between a verb of help and how long that lasted.
_LENGTH_REACH: Final = 3
#: How many tokens may stand between help and the words in the same clause by which it soon ended.
_CLAUSE_REACH: Final = 12


def responses(
    sentence: Sentence, lexicon: Lexicon, own: Sequence[Draft], earlier: Sequence[Draft], latest: Sequence[Draft]
) -> list[Draft]:
    """Return the responses in ``sentence``, and mark the care that helped or failed.

    ``own`` are the facts of the sentence, ``earlier`` those before it, ``latest`` the care in the sentence before.
    """
    found: list[Draft] = []
    care = care_told(sentence, own, lexicon)
    reported = list(_reported(sentence, lexicon))
    lately = [draft for draft in (*earlier, *own) if may_help(draft, lexicon)] if reported else []
    for mention, concept in reported:
        outcome = lexicon.annotation("publishes", concept)
        if sentence.frame(mention) in _OPEN_FRAMES and outcome != _FAILED and not sentence.reason(mention):
            continue
        stand, denial = stance(sentence, mention)
        if (
            stand is Stance.OPEN
            or impossible(sentence, mention, lexicon)
            or _of_things_done(sentence, mention, lexicon)
        ):
            continue
        if _RETURNED not in lexicon.within(concept) and unfounded(sentence, mention, lately, lexicon):
            continue
        if (
            circumstance(sentence, mention)
            or intended(sentence, mention)
            or (not _WORK.isdisjoint(lexicon.within(concept)) and only_possible(sentence, mention))
            or (_EASED in lexicon.within(concept) and _worked_more(sentence, mention))
        ):
            continue
        services = [care_meant(service, earlier, lexicon) for service in spoken_of(sentence, mention, care, lexicon)]
        before = [] if names_its_care(mention) else [draft for draft in latest if not draft.absent]
        named = spoken_of_care(services, before, earlier, lexicon)
        none = stand is Stance.DENIED or _in_no_part(sentence, mention, concept, lexicon)
        if none and (outcome == _HELPED or _PAIN_RELIEF in lexicon.within(concept)):
            concept, stand = _NO_IMPROVEMENT, Stance.STATED
        if services or not at_rest(sentence, mention):
            found.append(_response(sentence, mention, concept, named, (stand, denial), lexicon))
    outcomes = [mention for mention in sentence.mentions if _published(mention, lexicon) in OUTCOMES]
    outcomes += short_lived(sentence, care, lexicon)
    if outcomes:
        recent = latest or _recent(earlier, lexicon)
        _mark(sentence, outcomes, own, recent, care, lexicon, weeks_of_relief=relieved([*earlier, *found]))
    not_borne(sentence, own, lexicon)
    return found


def impossible(sentence: Sentence, told: Mention, lexicon: Lexicon) -> bool:
    """Whether ``told`` belongs to what cannot be done: "cannot stand longer than ten minutes" is no gain."""
    return any(
        opened <= told.start and not sentence.signs(opened, told.start, ";.:")
        for one, opened in difficulties(sentence, lexicon)
        if _CANNOT in one.kinds
        and not any(kind in other.kinds for other in sentence.between(opened, told.start) for kind in _SUBJECTS)
    )


def _reported(sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[Mention, str]]:
    """Return what is reported as a response: a verb of relief or gain with its objects, else what is named as one."""
    for mention in sentence.mentions:
        verb = _as_verb(sentence, mention)
        named = _as_response(mention, lexicon)
        if verb is None and named is None:
            continue
        if of_whom(sentence, mention, lexicon) in _NOT_OF_CARE or helps_others(sentence, mention):
            continue
        goals = list(_goals(sentence, verb, lexicon)) if verb is not None else []
        for goal, concept in goals:
            first, last = sorted((mention, goal), key=lambda one: one.start)
            yield Mention(first.start, last.end, (concept,), mention.kinds), concept
        if not goals and named is not None:
            yield Mention(mention.start, mention.end, (named,), mention.kinds), named
            yield from _joined_gain(sentence, mention, named, lexicon)


def _as_response(mention: Mention, lexicon: Lexicon) -> str | None:
    """Return the response that ``mention`` names; "without benefit" is that nothing got better."""
    for concept in mention.concepts:
        if lexicon.read_as(concept) == _RESPONSE:
            return concept
    return _NO_IMPROVEMENT if _NO_BENEFIT in mention.kinds else None


def _joined_gain(sentence: Sentence, first: Mention, gain: str, lexicon: Lexicon) -> Iterator[tuple[Mention, str]]:
    """Return the gain that "and" joins to the one named by ``first``: "increased range of motion and strength"."""
    joining, thing = (*sentence.after(first.end), None, None)[:2]
    if joining is None or thing is None or _AND not in joining.kinds or _GAINED not in lexicon.within(gain):
        return
    concept = next((one for name in thing.concepts if (one := lexicon.inherited("measures", name))), None)
    adjacent = joining.start == first.end and thing.start == joining.end
    if concept is not None and adjacent and _GAINED in lexicon.within(concept):
        yield Mention(first.start, thing.end, (concept,), first.kinds), concept


def _as_verb(sentence: Sentence, mention: Mention) -> Mention | None:
    """Return ``mention`` where it reports a gain in something: a verb of relief or gain, or "with some benefit in"."""
    if not _VERBS.isdisjoint(mention.kinds):
        return mention
    following = next(sentence.after(mention.end), None) if _BENEFIT in mention.kinds else None
    if following is None or following.start != mention.end:
        return None
    reported = _PREPOSITION in following.kinds
    return (
        Mention(mention.start, following.end, mention.concepts, mention.kinds | {_IMPROVE, _RELIEF})
        if reported
        else None
    )


def _goals(sentence: Sentence, verb: Mention, lexicon: Lexicon) -> Iterator[tuple[Mention, str]]:
    """Return what the verb of relief or gain speaks of, behind it or as its subject, each with what that amounts to."""
    found = False
    end = verb.end
    for other in sentence.between(verb.end, sentence.end):
        if sentence.signs(verb.end, other.start, ",;.:") or other.start - end > _OBJECT_REACH:
            break
        end = other.end
        concept = _gained(verb, other, lexicon)
        if concept is not None:
            found = True
            yield other, concept
        elif _BESIDE_OBJECT.isdisjoint(other.kinds):
            break
    if found:
        return
    start = verb.start
    for other in sentence.before(verb.start):
        if sentence.signs(other.end, verb.start, ",;.:") or start - other.end > _OBJECT_REACH:
            return
        concept = _gained(verb, other, lexicon)
        if concept is not None:
            yield other, concept
            return
        if _BEFORE_VERB.isdisjoint(other.kinds) and not any(lexicon.individuals.get(one) for one in other.concepts):
            return
        start = other.start


def _gained(verb: Mention, thing: Mention, lexicon: Lexicon) -> str | None:
    """Return the response that ``verb`` reports of ``thing``: less pain is relief, more function is a gain."""
    concept = next((one for name in thing.concepts if (one := lexicon.inherited("measures", name))), None)
    if concept is None or lexicon.read_as(concept) != _RESPONSE:
        return None
    fits = _RELIEF if _PAIN_RELIEF in lexicon.within(concept) else _IMPROVE
    return concept if fits in verb.kinds or (fits == _IMPROVE and _GAIN in verb.kinds) else None


def _response(
    sentence: Sentence,
    mention: Mention,
    concept: str,
    services: Sequence[str],
    said: tuple[Stance, Mention | None],
    lexicon: Lexicon,
) -> Draft:
    """Return the response; to which care is said only where one was named, for of several it may be to any."""
    stand, denial = said
    values: dict[str, Value] = {core("toService"): services[0]} if len(services) == 1 else {}
    words = [(mention.start, mention.end)]
    if denial is not None:
        words.append((denial.start, denial.end))
    percent = percent_of(sentence, mention, concept, lexicon)
    if percent is not None and stand is Stance.STATED:
        values[core("reliefPercent")] = percent.value
        words.append((percent.start, percent.end))
        weeks = next(
            (amount for amount in sentence.amounts if amount.kind is Kind.WEEKS and amount.start > percent.start), None
        )
        if weeks is not None:
            values[core("reliefWeeks")] = weeks.value
            words.append((weeks.start, weeks.end))
    return Draft(
        kind=_RESPONSE,
        concept=concept,
        absent=stand is Stance.DENIED,
        values=values,
        spans={sentence.part.span(min(start for start, _ in words), max(end for _, end in words)): None},
    )


def _in_no_part(sentence: Sentence, mention: Mention, concept: str, lexicon: Lexicon) -> bool:
    """Whether ``mention`` tells of relief in a share of nothing: "0% relief"."""
    percent = percent_of(sentence, mention, concept, lexicon)
    return percent is not None and not percent.value


def _briefly(sentence: Sentence, verb: Mention) -> bool:
    """Whether ``verb`` tells of help that soon ended: "helped for ten days only", "relief but only 3 weeks of benefit"."""
    if any(_only_so_long(sentence, verb, one) for one in sentence.of(_ONLY)):
        return True
    lasted = next((one for one in sentence.amounts if one.kind is Kind.WEEKS and one.start >= verb.end), None)
    if lasted is None or lasted.start - verb.end > _LENGTH_REACH:
        return False
    return any(verb.end <= one.start and one.start <= lasted.end for one in sentence.of(_ONLY))


def _only_so_long(sentence: Sentence, verb: Mention, only: Mention) -> bool:
    """Whether ``only`` stands behind ``verb`` right before a length and "of": "only 3 weeks of benefit"."""
    lasted = next((one for one in sentence.amounts if one.kind is Kind.WEEKS and one.start == only.end), None)
    of = next((one for one in sentence.of(cue("Of")) if lasted is not None and one.start == lasted.end), None)
    behind = verb.end <= only.start <= verb.end + _CLAUSE_REACH and not sentence.signs(verb.end, only.start, ";:")
    return of is not None and (behind or of.end == verb.start)


def _recent(earlier: Sequence[Draft], lexicon: Lexicon) -> list[Draft]:
    """Return the care of the last sentence that told of any, a few sentences back: "... His symptoms have not changed"."""
    told = [draft for draft in earlier if may_help(draft, lexicon) and not draft.absent]
    last = max((draft.sentence for draft in told), default=0)
    near = last >= max((draft.sentence for draft in earlier), default=0) - _SENTENCES_BACK
    return [draft for draft in told if draft.sentence == last and _OUTCOME not in draft.values] if near else []


def _worked_more(sentence: Sentence, eased: Mention) -> bool:
    """Whether the worker did more work before the limits that ``eased`` tells of, or got worse."""
    return sentence.has(*_HARDER) or any(_FULL_DUTY in one.kinds for one in sentence.before(eased.start))


def _of_things_done(sentence: Sentence, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether ``mention`` speaks of what the worker does: "none of which she could do before", "dresses without help"."""
    if lexicon.in_group(_UNAIDED, sentence.tokens, mention.start) == mention.end:
        return any(
            doing_at(sentence, at, lexicon) for at in range(max(sentence.start, mention.start - 5), mention.start)
        )
    listed = _NONE_OF_WHICH in mention.kinds and mention.end in sentence.pronouns
    return listed and bool(things_done(sentence, mention.end + 1, lexicon))


def _published(mention: Mention, lexicon: Lexicon) -> str | None:
    """Return what the first thing that ``mention`` names makes of the care that it speaks of.

    "Was ineffective" tells that care failed beside that it is out of question, and "failed conservative treatment" opens a
    list of care as well.
    """
    telling = (one for one in mention.concepts if one != _LISTING and _BARRED not in lexicon.within(one))
    return lexicon.annotation("publishes", next(telling, mention.concepts[0]))


def _mark(
    sentence: Sentence,
    outcomes: Sequence[Mention],
    own: Sequence[Draft],
    latest: Sequence[Draft],
    care: Sequence[tuple[Mention, str]],
    lexicon: Lexicon,
    *,
    weeks_of_relief: Mapping[str, Decimal | None],
) -> None:
    """Mark the care that ``outcomes``, words such as "helped" or "without benefit", speak of with its outcome."""
    for mention in outcomes:
        outcome = _published(mention, lexicon)
        if (
            outcome is None
            or of_whom(sentence, mention, lexicon) in _NOT_OF_CARE
            or _of_things_done(sentence, mention, lexicon)
        ):
            continue
        response = _as_response(mention, lexicon)
        if outcome == _FAILED and response is not None and stance(sentence, mention)[0] is Stance.DENIED:
            continue
        aimed = outcome != _FAILED and sentence.frame(mention) in _OPEN_FRAMES and not sentence.reason(mention)
        if aimed or helps_others(sentence, mention):
            continue
        denied = stance(sentence, mention)[0] is Stance.DENIED or _briefly(sentence, mention)
        if outcome != _FAILED and (denied or _in_no_part(sentence, mention, _PAIN_RELIEF, lexicon)):
            outcome = _FAILED
        before = [service for one, service in care if one.end <= mention.start]
        if _DESPITE in mention.kinds:
            if not complained(sentence, mention):
                continue
            behind = [one for one in care if one[0].start >= mention.end]
            named = listed_with(sentence, mention, behind, lexicon) or [""]
        elif _FAILED_ALL in mention.kinds:
            named = before
        else:
            failed = outcome == _FAILED
            named = listed_with(sentence, mention, care, lexicon) if failed else []
            if not (failed and has_object(sentence, mention, care)):
                named += spoken_of(sentence, mention, care, lexicon)
        recent = () if care or names_its_care(mention) else latest
        for draft in [draft for draft in own if draft.concept in named] if named else recent:
            kept = kept_off(mention, draft.concept, weeks_of_relief, lexicon)
            if draft.kind in _CARE and not draft.absent and not kept:
                if _FAILED_ALL in mention.kinds:  # what each gave at first did not last
                    draft.values[_OUTCOME] = outcome
                draft.values.setdefault(_OUTCOME, outcome)
