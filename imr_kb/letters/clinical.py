"""Clinical facts from the summary: diagnoses, findings, studies, care given, drugs in use, responses and plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from imr_kb.letters.activities import limited_activities, of_motion, painful_activities, painful_motion
from imr_kb.letters.allergies import of_allergy
from imr_kb.letters.answers import asked_only
from imr_kb.letters.asked import asked_about
from imr_kb.letters.barred import barred
from imr_kb.letters.beside import unfounded
from imr_kb.letters.care import (
    care_values,
    carried_out,
    counts_further,
    dates_after,
    turned_down,
)
from imr_kb.letters.care_told import care_told, leading, may_help, spoken_of_care
from imr_kb.letters.contrasts import other_results
from imr_kb.letters.doings import doing_at
from imr_kb.letters.drafts import Draft, merge, without_wider
from imr_kb.letters.examined import examined
from imr_kb.letters.further import counted_on
from imr_kb.letters.gains import gains
from imr_kb.letters.half_said import before_injury, denied_in_part
from imr_kb.letters.injected import as_injected
from imr_kb.letters.injuries import TELLING, injury_too
from imr_kb.letters.intact import unbroken
from imr_kb.letters.lengths import spread_lengths
from imr_kb.letters.lexicon import Lexicon, Mention, cue
from imr_kb.letters.meant import readings
from imr_kb.letters.muscles import graded_muscle, weak_motion
from imr_kb.letters.named_denials import void
from imr_kb.letters.normal_words import denied_by_name
from imr_kb.letters.not_borne import ill_borne
from imr_kb.letters.of_whom import Whom, is_place, of_one_handled, of_whom
from imr_kb.letters.pain import bare_scores, compared_scores, pain_qualities, pain_scores, worsening
from imr_kb.letters.places import Site, composed, names_place, side_within, sites_of_care
from imr_kb.letters.plans import to_come, told_in_plan, told_in_use, trial_failed, worker_continues
from imr_kb.letters.preceding import mark_care_before_operation
from imr_kb.letters.relief import eased
from imr_kb.letters.responses import impossible, responses
from imr_kb.letters.results import (
    by_evidence,
    diagnosed_too,
    goes_on,
    has_results,
    is_shown,
    normal_result,
    shown,
)
from imr_kb.letters.scope import Stance, stance
from imr_kb.letters.sentences import Sentence
from imr_kb.letters.sites import SiteReader
from imr_kb.letters.spoken_of import no_longer_used, only_spoken_of
from imr_kb.letters.spreading import spread
from imr_kb.letters.suspicions import suspected
from imr_kb.letters.usage import how_often
from imr_kb.letters.visits import dated, visit_date
from imr_kb.terms import PREFIXES, core

__all__ = ["clinical_facts"]

_DIAGNOSIS: Final = core("Diagnosis")
_FINDING: Final = core("Finding")
_STUDY: Final = core("Study")
_TREATMENT: Final = core("Treatment")
_MEDICATION: Final = core("MedicationUse")
_PLANNED: Final = core("PlannedCare")
_CARE: Final = frozenset({_STUDY, _TREATMENT, _MEDICATION})
_NARROWED: Final = frozenset({_DIAGNOSIS, _STUDY, _TREATMENT})
_CONTINUING: Final = cue("Continuing")
_PLANS: Final = frozenset({cue("Plan"), _CONTINUING})
_REQUEST: Final = cue("RequestMention")
#: The first word of a name that a "not" before it asks for: "will not operate until weight is lost".
_UNTIL: Final = cue("Until")
_PAST: Final = cue("PastUse")
_ALLERGY: Final = cue("Allergy")
_COPULA: Final = cue("Copula")
#: Cues of sentences that turn to something else than the examination before them.
_OPENING: Final = tuple(
    cue(name) for name in ("Complaint", "Diagnosed", "History", "CurrentUse", "Plan", "Examination")
)
_GIVEN: Final = frozenset({cue("History"), cue("PastUse")})
_RELIEF: Final = cue("ReliefVerb")
_BODY: Final = PREFIXES["body"] + "BodyPart"
_PAIN: Final = PREFIXES["dx"] + "Pain"
_PAINFUL_MOTION: Final = PREFIXES["fnd"] + "PainfulRangeOfMotion"
#: Kinds of care whose general name says nothing beside the names themselves: "medications", "diagnostic studies".
_LISTED: Final = frozenset({_STUDY, _MEDICATION})
_STUDIES: Final = frozenset({_DIAGNOSIS, PREFIXES["fnd"] + "StudyFinding"})
_RADIATING: Final = PREFIXES["fnd"] + "RadiatingPain"
_WORSE: Final = cue("WorseWord")
_REDUCING: Final = cue("DoseReduction")
_MEDICATIONS: Final = PREFIXES["svc"] + "Medication"


def clinical_facts(sentences: Sequence[Sentence], lexicon: Lexicon, until: date | None = None) -> list[Draft]:
    """Return the facts that ``sentences`` state or deny, in order of reading, without those of utilization review.

    ``until`` is the day up to which the record tells.
    """
    drafts: list[Draft] = []
    latest: list[Draft] = []
    carried: list[Site] = []
    study: Draft | None = None
    on_drug = False
    for number, sentence in enumerate(sentences, 1):
        if sentence.review:
            latest, carried, study = [], [], None
            continue
        reader = SiteReader(sentence, lexicon)
        carried = reader.examined() or ([] if sentence.has(*_OPENING, _BODY) else carried)
        study = study if goes_on(sentence) else None
        own = without_wider(_facts(sentence, reader, carried, study, latest, lexicon), lexicon.within)
        study = next((one for one in reversed(own) if one.kind == _STUDY and not one.absent), study)
        care = [draft for draft in own if may_help(draft, lexicon)]
        own += counted_on(sentence, care or latest)
        named = care_told(sentence, own, lexicon)
        spread_lengths(sentence, own, named, until)
        mark_care_before_operation(sentence, own, named, lexicon)
        told = responses(sentence, lexicon, own, drafts, latest)
        own = [draft for draft in own if not eased(draft, told)] + told
        services = spoken_of_care([service for _, service in named], latest, drafts, lexicon)
        on_drug = on_drug or any(one.kind == _MEDICATION for one in own)
        gained = [*gains(sentence, services, lexicon, on_drug=on_drug, told=told, earlier=drafts)]
        own += gained
        for draft in own:
            draft.sentence = number
        drafts += own
        # What goes on about care is still told of it: "the pain falls from 8 to 4. With it she cooks and shops".
        latest = leading(care, named) or (latest if told or gained else latest[:0])

    def broader(one: str, other: str) -> bool:
        return (
            one != other
            and one in lexicon.within(other)
            and not lexicon.sited(one)
            and lexicon.read_as(one) in _NARROWED
            and (lexicon.read_as(one) != _STUDY or lexicon.sites_to(one, other))
        )

    return merge(drafts, broader)


def _facts(
    sentence: Sentence,
    reader: SiteReader,
    carried: list[Site],
    before: Draft | None,
    latest: Sequence[Draft],
    lexicon: Lexicon,
) -> Iterator[Draft]:
    """Yield what ``sentence`` tells.

    ``before`` is the study of the sentence before it, if this one goes on about that, and ``latest`` the care told there.
    """
    study: tuple[Draft, Mention] | None = None
    visit = visit_date(sentence)
    provoked = [*painful_activities(sentence, reader, lexicon)]
    moved = [draft for draft in provoked if draft.concept == _PAINFUL_MOTION]
    yield from dated([*pain_scores(sentence, lexicon), *pain_qualities(sentence, reader, lexicon)], visit)
    yield from dated(
        [
            *bare_scores(sentence, lexicon),
            *compared_scores(sentence, lexicon),
            *denied_by_name(sentence, reader, lexicon),
            *worsening(sentence, lexicon),
            *provoked,
            *limited_activities(sentence, lexicon),
            *how_often(sentence, latest, lexicon),
        ],
        visit,
    )
    for mention in sentence.mentions:
        yield from ill_borne(sentence, mention, lexicon)
        if not lexicon.speaks(mention.concepts) and TELLING.isdisjoint(mention.kinds):
            continue
        against = barred(sentence, mention, lexicon)
        if against is not None:
            yield against[0]
        if before_injury(sentence, mention) is None:
            yield from dated(examined(sentence, mention, reader, carried, lexicon), visit)
        moved += (hurting := [*painful_motion(sentence, mention, reader, lexicon)])
        yield from dated(hurting, visit)
        told = [*other_results(sentence, mention, reader, lexicon), *unbroken(sentence, mention, lexicon)]
        yield from dated(told, visit)
        yield from injury_too(sentence, mention, reader, lexicon)
        yield from dated(graded_muscle(sentence, mention, reader, lexicon), visit)
        for concept, kind in readings(sentence, mention, lexicon, observing=before is not None):
            if kind == _FINDING and _no_finding(sentence, mention, latest, lexicon):
                continue
            if against is not None and (kind == _FINDING or not against[1]):
                continue
            if kind == _DIAGNOSIS and (_relieved(sentence, mention) or of_motion(sentence, mention, concept, moved)):
                continue
            made = [*_drafts(sentence, mention, concept, kind, reader, carried, lexicon)]
            made = [*asked_about(sentence, mention, made, lexicon)]
            # The condition of which a finding tells stands beside it, and is not one more thing seen.
            seen = kind == _FINDING or (kind == _DIAGNOSIS and concept in mention.concepts)
            if kind == _STUDY:
                study = next(
                    ((draft, mention) for draft in reversed(made) if draft.kind == _STUDY and not draft.absent), None
                )
                normal = normal_result(sentence, study[0], mention, lexicon) if study is not None else None
                made += [normal] if normal is not None else []
            elif seen and (shown_as := by_evidence(sentence, mention, concept, lexicon)):
                for draft in made:
                    draft.kind, draft.concept = _FINDING, shown_as
            elif seen and study is not None and is_shown(sentence, study[1], mention):
                for draft in made:
                    shown(draft, study[0], lexicon)
            elif seen and study is None and before is not None and _STUDIES & {kind, *lexicon.within(concept)}:
                for draft in made:
                    shown(draft, before, lexicon)
            yield from dated(made, visit) if kind == _FINDING else made
            yield from diagnosed_too(made, concept, lexicon)


def _no_finding(sentence: Sentence, mention: Mention, latest: Sequence[Draft], lexicon: Lexicon) -> bool:
    """Whether ``mention`` names what cannot be done, is meant of something else, or is said of care or of a place."""
    hindered = doing_at(sentence, mention.start, lexicon) and impossible(sentence, mention, lexicon)
    if hindered or unfounded(sentence, mention, latest, lexicon):
        return True
    return of_whom(sentence, mention, lexicon) in {Whom.CARE, Whom.UNCLEAR} or is_place(sentence, mention)


def _relieved(sentence: Sentence, mention: Mention) -> bool:
    """Whether ``mention`` is what got better ("improvement in pain"), and so no complaint of its own."""
    verb = next(sentence.before(mention.start), None)
    return verb is not None and verb.end == mention.start and _RELIEF in verb.kinds and _WORSE not in verb.kinds


def _drafts(
    sentence: Sentence,
    mention: Mention,
    concept: str,
    kind: str,
    reader: SiteReader,
    carried: list[Site],
    lexicon: Lexicon,
) -> Iterator[Draft]:
    frame = sentence.frame(mention)
    if asked_only(sentence, mention, concept):
        return
    stand, saying = stance(sentence, mention, sign=kind not in _CARE)
    if stand is Stance.OPEN:
        yield from suspected(sentence, mention, concept, saying, lexicon) if kind not in _CARE else ()
        return
    if kind in _CARE and only_spoken_of(sentence, mention, concept, kind, lexicon):
        return
    if kind == _DIAGNOSIS and of_one_handled(sentence, mention):
        return
    if frame == _ALLERGY and kind == _FINDING and of_allergy(sentence, mention):
        return
    if frame in {_REQUEST, *_PLANS} and kind not in _CARE and not told_in_plan(sentence, mention, concept, lexicon):
        return
    past = kind == _MEDICATION and (frame == _PAST or no_longer_used(sentence, mention, lexicon))
    if (
        stand is Stance.STATED
        and kind in {_FINDING, _DIAGNOSIS}
        and (denial := void(sentence, mention, concept, lexicon))
    ):
        stand, saying = Stance.DENIED, denial
    absent = stand is Stance.DENIED and not lexicon.in_group(_UNTIL, sentence.tokens, mention.start)
    taken = frame == _CONTINUING and (
        (kind == _MEDICATION and concept != _MEDICATIONS) or worker_continues(sentence, mention)
    )
    done = (kind == _STUDY and has_results(sentence, mention)) or (kind in _CARE and carried_out(sentence, mention))
    ordered = to_come(sentence, mention, kind, lexicon)
    planned = kind in _CARE and (frame in _PLANS or ordered) and not taken and not done
    planned = planned and not trial_failed(sentence, mention)
    if planned and turned_down(sentence, mention):
        return
    if absent and (planned or denied_in_part(sentence, saying, mention, lexicon, sign=kind not in _CARE)):
        return
    own = reader.sites(mention)
    if kind == _TREATMENT:
        own = sites_of_care(sentence, mention, concept, own, lexicon)
    subject = kind == _FINDING or concept in lexicon.qualified
    topic = (
        []
        if own or kind != _FINDING
        else _headed(sentence, mention, reader) or ([] if reader.subject(mention) else carried)
    )
    own = own or (
        []
        if topic
        else reader.companion(mention, named=kind == _DIAGNOSIS) or (reader.subject(mention) if subject else [])
    )
    sites = own or topic
    concept = weak_motion(sentence, mention, concept, lexicon)
    concept = as_injected(sentence, mention, concept, lexicon) if kind == _MEDICATION else concept
    for said, members in _said_of(concept, sentence, mention, sites, reader, lexicon).items():
        said = spread(said, members, sentence, mention, lexicon)
        words = [(mention.start, mention.end), *((site.start, site.end) for site in members if site not in topic)]
        if saying is not None:
            words.append((saying.start, saying.end))
        draft = Draft(
            kind=_PLANNED if planned else _TREATMENT if past else kind,
            concept=said,
            absent=absent,
            parts=tuple(dict.fromkeys(site.part for site in members)),
            side=_side(mention, members, own, reader) or side_within(sentence, mention, lexicon),
            elsewhere=kind == _FINDING and not members and names_place(sentence, mention, lexicon),
            in_use=kind == _MEDICATION and (taken or told_in_use(sentence, mention)),
        )
        told = lexicon.inherited("plannedTells", said) if planned and not _reduced(sentence, mention) else None
        if told is not None:
            yield Draft(
                kind=_FINDING,
                concept=told,
                spans={sentence.part.span(min(start for start, _ in words), max(end for _, end in words)): None},
            )
        # Counts and dates beside a drug that is no longer taken are not those of visits.
        if past:
            draft.spans[sentence.part.span(min(start for start, _ in words), max(end for _, end in words))] = None
            yield draft
        else:
            yield from _with_values(draft, sentence, mention, words, lexicon)


def _reduced(sentence: Sentence, mention: Mention) -> bool:
    """Whether right before the care ``mention`` stands that there is to be less of it."""
    return any(_REDUCING in other.kinds and other.end == mention.start for other in sentence.before(mention.start))


def _headed(sentence: Sentence, mention: Mention, reader: SiteReader) -> list[Site]:
    """Return the sites that the heading before ``mention`` names, unless "is" behind another says of which it is told."""
    topic, subject = reader.topic(mention), reader.subject(mention)
    named = bool(topic and subject) and subject[0].start >= topic[-1].end
    said = named and any(_COPULA in other.kinds for other in sentence.between(subject[-1].end, mention.start))
    return [] if said else topic


def _side(mention: Mention, members: Sequence[Site], own: Sequence[Site], reader: SiteReader) -> str | None:
    """Return the side of ``mention``; the side beside its own name is not that of sites which only share its noun."""
    if members and not any(site in own for site in members) and all(site.end <= mention.start for site in members):
        sides = {site.side for site in members}
        return sides.pop() if len(sides) == 1 else None
    return reader.side(mention, members)


def _with_values(
    draft: Draft, sentence: Sentence, mention: Mention, words: list[tuple[int, int]], lexicon: Lexicon
) -> Iterator[Draft]:
    values, used = care_values(sentence, mention, draft.kind, lexicon)
    dates = dates_after(sentence, mention, lexicon) if draft.kind in {_STUDY, _TREATMENT} and not draft.absent else []
    for amount in (*dates, *(() if dates else (None,))):
        more = [*used, *([amount] if amount else [])]
        spread = [*words, *((one.start, one.end) for one in more)]
        yield Draft(
            kind=draft.kind,
            concept=draft.concept,
            absent=draft.absent,
            parts=draft.parts,
            side=draft.side,
            elsewhere=draft.elsewhere,
            in_use=draft.in_use,
            values={**values, **({core("onDate"): amount.day} if amount and amount.day else {})},
            spans={sentence.part.span(min(start for start, _ in spread), max(end for _, end in spread)): None},
            further=counts_further(sentence, used),
        )


def _said_of(
    concept: str, sentence: Sentence, mention: Mention, sites: Sequence[Site], reader: SiteReader, lexicon: Lexicon
) -> dict[str, list[Site]]:
    """Return what ``concept`` amounts to with its sites, and with those that share its noun."""
    groups = composed(concept, sites, lexicon)
    if concept == _RADIATING and len(groups) > 1:
        groups.pop(concept, None)  # into the buttock and the thigh is into the leg
    for site in (*reader.shared(mention), *reader.following(mention)):
        words = sentence.tokens[mention.start : mention.end]
        sibling = lexicon.sibling(concept, site.part) or lexicon.by_noun(words, site.part)
        if sibling:
            groups.setdefault(sibling, []).append(site)
    return groups
