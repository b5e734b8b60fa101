"""Write decisions as text, JSON, JSON Lines and Turtle. Nothing is decided here."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.formulary import formulary_in_words, formulary_to_dict
from imr_kb.outlook import outlook_in_words, outlook_to_dict
from imr_kb.terms import PREFIXES
from imr_kb.trace import CaseDecisions, CriterionResult, Decision, Evidence, SourceReference

__all__ = ["NOTICE", "as_json", "as_jsonl", "as_text", "as_turtle", "explained", "indented", "rationale", "to_dict"]

NOTICE: Final = (
    "Decision support: the status of criteria and a recommended finding, for a clinician to review and sign. "
    "It is not a determination."
)
WIDTH: Final = 110
_MARKS: Final = {"met": "+", "not-met": "-", "not-documented": "?", "conflicting": "!", "not-applicable": "."}
_VERDICTS: Final = {
    "necessary": "Medically necessary",
    "not-necessary": "Not shown medically necessary",
    "undetermined": "Undetermined",
}
_DETAILS: Final = {
    "visits": "{} visits",
    "weeks": "{} weeks",
    "date": "{}",
    "since": "since {}",
    "strength_mg": "{} mg",
    "per_day": "{} a day",
    "relief_percent": "{} percent relief",
    "relief_weeks": "relief for {} weeks",
    "quantity": "{} asked for",
    "by_person": "stated by a person",
}
_ROLES: Final = {
    "limit": "limit",
    "requires": "required",
    "continues": "required to continue",
    "rules-out": "would rule it out",
    "exception": "exception",
    "advises": "advisory",
}


def to_dict(result: CaseDecisions) -> dict[str, Any]:
    """Return one case as the object that ``schemas/decision.schema.json`` describes."""
    return {
        "file": result.file,
        "case": result.case,
        "as_of": result.as_of,
        "as_of_basis": result.as_of_basis,
        "kb_version": result.kb_version,
        "decisions": [_decision(decision) for decision in result.decisions],
    }


def as_jsonl(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield one line of JSON per case."""
    for result in results:
        yield json.dumps(to_dict(result), ensure_ascii=False, separators=(", ", ": ")) + "\n"


def as_json(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield one JSON document with all cases."""
    yield json.dumps({"cases": [to_dict(result) for result in results]}, ensure_ascii=False, indent=2) + "\n"


def as_turtle(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield the derived triples of all cases, which prove the decisions, as one Turtle document in sorted order."""
    triples = {ox.Triple(*statement) for result in results for statement in result.proof.statements()}
    content = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    yield (content or b"").decode()


def as_text(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield each case as a short list: per disputed item the verdict, its ground and what governs."""
    for result in results:
        yield f"{result.file}: decided as of {_as_of(result)}\n"
        for number, decision in enumerate(result.decisions, 1):
            yield f"\n{number}. {decision.requested}\n"
            yield f"   {_headline(decision)}\n"
            yield from indented(rationale(decision), 3)
            yield from _formulary(decision)
            for part in decision.parts:
                yield from indented(f"{_named(part)}: {_headline(part)}", 3, hanging=2)
        yield "\n"


def explained(results: Iterable[CaseDecisions]) -> Iterator[str]:
    """Yield each case in full: criteria, quoted words, what did not govern and why, what is missing."""
    for result in results:
        yield f"{result.file}: decided as of {_as_of(result)}, knowledge base {result.kb_version}\n"
        for number, decision in enumerate(result.decisions, 1):
            yield f"\n{number}. {decision.requested}\n   {_headline(decision)}\n"
            if decision.parts:
                yield from indented(rationale(decision), 3)
            for part in decision.parts or (decision,):
                if decision.parts:
                    yield f"\n   {_named(part)}\n   {_headline(part)}\n"
                yield from _explained(part)
                yield from _formulary(part)
            yield from _outlook(decision)
        yield "\n"
        yield from indented(NOTICE, 0)


def rationale(decision: Decision) -> str:
    """Return in a few plain sentences what governs, what decided, and what is missing."""
    if not decision.parts:
        return _reasons(decision)
    part = next(part for part in decision.parts if part.request == decision.rests_on)
    return f"The item asks for {len(decision.parts)} services and rests on {_named(part)}: {_reasons(part)}"


def _named(part: Decision) -> str:
    return part.service_label or part.requested


def _reasons(decision: Decision) -> str:
    source = decision.source
    if source is None:
        named = f"{decision.service_label}." if decision.service_label else "the requested service."
        return f"No recommendation in the knowledge base speaks to {named} The absence of one is no ground of refusal."
    sentences = [f"{_passage(source)} governs ({_tier_in_words(source.tier)})."]
    decisive = [item for item in decision.criteria if item.decisive and item.kind != "group" and item.role != "advises"]
    if decision.verdict == "not-necessary" and decision.ground == "not-recommended":
        sentences.append(f"It advises against {decision.service_label}.")
    for status, lead in (
        ("not-met", "Not met"),
        ("met", "Met"),
        ("conflicting", "The record says both"),
        ("not-documented", "Not documented"),
    ):
        listed = dict.fromkeys(
            _with_arithmetic(item)
            for item in decisive
            if item.status == status and (status != "met" or decision.verdict == "necessary")
        )
        sentences += [f"{lead}: {'; '.join(listed)}."] if listed else []
    lifted = [
        item
        for item in decision.criteria
        if item.status == "not-met" and item.effect == "passes" and item.role != "rules-out"
    ]
    sentences += [f"Lifted by its exception: {_with_arithmetic(item)}." for item in lifted]
    if decision.supported_quantity is not None:
        sentences.append(f"The limit leaves room for {decision.supported_quantity}.")
    return " ".join(sentences)


def _as_of(result: CaseDecisions) -> str:
    return f"{result.as_of} ({result.as_of_basis})" if result.as_of else "no known date"


def _headline(decision: Decision) -> str:
    outcome = f": the refusal would be {decision.imr_outcome}" if decision.imr_outcome else ""
    return f"{_VERDICTS[decision.verdict]} ({decision.ground.replace('-', ' ')}){outcome}"


def _tier_in_words(tier: str) -> str:
    return (
        "MTUS, presumed correct"
        if tier == "mtus"
        else f"{tier.upper()}, not part of the MTUS"
        if tier != "other"
        else "outside the MTUS"
    )


def _passage(source: SourceReference) -> str:
    pages = f"pages {source.pages}" if source.pages and not source.pages.isdecimal() else f"page {source.pages}"
    return ", ".join(
        part for part in (source.label, source.edition, source.section, pages if source.pages else None) if part
    )


def _with_arithmetic(item: CriterionResult) -> str:
    arithmetic = _arithmetic(item)
    return item.text.rstrip(".") + (f" ({arithmetic})" if arithmetic else "")


def _arithmetic(item: CriterionResult) -> str:
    values: Mapping[str, Any] = item.values
    limit, prior, requested, observed = (values.get(name) for name in ("limit", "prior", "requested", "observed"))
    if limit is not None and prior is not None:
        total = prior + (requested or 0)
        sign = ">" if total > limit else "<="
        known = (
            f"{prior} + {requested} {sign} {limit}"
            if requested is not None
            else f"{prior} + ? {'>' if prior > limit else 'of'} {limit}"
        )
        return known + (", none on record" if values.get("prior_inferred") else "")
    if observed is not None and limit is not None and limit > 1:
        # The trial itself is not counted in days: only the time since the injury, where it stands for the trial.
        return f"{observed} of {limit}" + (" days since the injury" if item.kind == "tried" else "")
    return f"{observed}" if observed is not None and limit is None else ""


def _explained(decision: Decision) -> Iterator[str]:
    source = decision.source
    if source is None:
        yield from indented(rationale(decision), 3)
    else:
        yield f"\n   {source.recommendation_label}\n"
        yield from indented(f"{_passage(source)}; {_tier_in_words(source.tier)}; {source.verification}", 3)
        yield f"   {source.citation}\n\n"
        depth = _depths(decision.criteria)
        for item in decision.criteria:
            yield from _criterion(item, depth[item.judgement])
    if decision.not_governing:
        yield "\n   Did not govern:\n"
        alike: dict[tuple[str, str, str], list[str]] = {}
        for other in decision.not_governing:
            alike.setdefault((other.source, other.tier, other.why), []).append(other.label)
        for (guideline, tier, why), labels in alike.items():
            yield from indented(f"{'; '.join(labels)} ({guideline}; {tier}): {why}", 5, hanging=2)
    if decision.source is not None and decision.source.tier != "mtus":
        yield "\n"
        yield from indented("No recommendation of the MTUS that fits this case speaks to the service.", 3)
    if decision.missing:
        yield "\n   Not documented, and needed:\n"
        for text in decision.missing:
            yield from indented(f"- {text}", 5, hanging=2)
    if decision.supported_quantity is not None:
        yield f"\n   The limit leaves room for {decision.supported_quantity}.\n"


def _formulary(decision: Decision) -> Iterator[str]:
    if decision.formulary is not None:
        yield from indented(formulary_in_words(decision.formulary), 3)


def _outlook(decision: Decision) -> Iterator[str]:
    if decision.outlook is not None:
        yield "\n"
        for line in outlook_in_words(decision.outlook, decision.verdict):
            yield from indented(line, 5 if line.startswith("- ") else 3, hanging=2 if line.startswith("- ") else 0)


def _depths(criteria: Sequence[CriterionResult]) -> dict[str, int]:
    """Return how deep each judgement stands below another: judgements are named by their path."""
    names = {item.judgement for item in criteria}
    return {name: sum(name != other and name.startswith(other + "/") for other in names) for name in names}


def _criterion(item: CriterionResult, depth: int) -> Iterator[str]:
    mark = _MARKS[item.status]
    indent = 3 + 2 * depth
    role = "" if depth and item.role != "exception" else f" ({_ROLES.get(item.role, item.role)})"
    yield from indented(f"{mark} {_with_arithmetic(item)}.{role} [{item.rule}]", indent, hanging=2)
    if item.kind == "group":
        return
    shown = list(dict.fromkeys(_in_words(evidence) for evidence in item.evidence))
    if item.status == "not-documented":
        shown.insert(0, "The record does not say. Looked at:" if shown else "The record does not say.")
    for words in shown:
        yield from indented(words, indent + 4, hanging=2)


def _in_words(evidence: Evidence) -> str:
    denied = "denied: " if evidence.stated == "absent" else ""
    details = ", ".join(_DETAILS[name].format(value) for name, value in evidence.details.items())
    fact = f"{denied}{evidence.label}" + (f" ({details})" if details else "")
    if evidence.text is None:
        return fact
    words = " ".join(evidence.text.split())
    return f'{fact}: "{words}" [{evidence.start}-{evidence.end}]'


def indented(text: str, indent: int, *, hanging: int = 0) -> Iterator[str]:
    """Yield ``text`` wrapped, each line indented, and all but the first by ``hanging`` more."""
    first = " " * indent
    yield (
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent=first + " " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )


def _decision(decision: Decision) -> dict[str, Any]:
    source = decision.source
    return {
        "request": decision.request,
        "requested": decision.requested,
        "service": decision.service,
        "service_label": decision.service_label,
        "verdict": decision.verdict,
        "ground": decision.ground,
        "imr_outcome": decision.imr_outcome,
        "supported_quantity": decision.supported_quantity,
        "published": decision.published,
        "source": None if source is None else _source(source),
        "criteria": [_criterion_dict(item) for item in decision.criteria],
        "not_governing": [
            {
                "recommendation": item.recommendation,
                "label": item.label,
                "source": item.source,
                "tier": item.tier,
                "why": item.why,
            }
            for item in decision.not_governing
        ],
        "missing": list(decision.missing),
        "rationale": rationale(decision),
        **({} if decision.formulary is None else {"formulary": formulary_to_dict(decision.formulary)}),
        **({"parts": [_decision(part) for part in decision.parts]} if decision.parts else {}),
        **({} if decision.outlook is None else {"outlook": outlook_to_dict(decision.outlook)}),
    }


def _source(source: SourceReference) -> dict[str, Any]:
    return {
        "label": source.label,
        "edition": source.edition,
        "section": source.section,
        "pages": source.pages,
        "tier": source.tier,
        "recommendation": source.recommendation,
        "recommendation_label": source.recommendation_label,
        "citation": source.citation,
        "verification": source.verification,
        "certainty": source.certainty,
    }


def _criterion_dict(item: CriterionResult) -> dict[str, Any]:
    return {
        "criterion": item.criterion,
        "text": item.text,
        "kind": item.kind,
        "role": item.role,
        "status": item.status,
        "effect": item.effect,
        "decisive": item.decisive,
        "within": item.within,
        "values": dict(item.values),
        "evidence": [
            {
                "text": evidence.text,
                "start": evidence.start,
                "end": evidence.end,
                "stated": evidence.stated,
                "fact": evidence.fact,
                "concept": evidence.concept,
                "document": evidence.document,
            }
            for evidence in item.evidence
        ],
        "rule": item.rule,
    }
