"""Write decisions as text, JSON, JSON Lines and Turtle. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.formulary import formulary_to_dict
from imr_kb.gaps import gaps_to_list
from imr_kb.outlook import outlook_to_dict
from imr_kb.phrases import as_of, formulary_lines, headline, indented, named, rationale, titled
from imr_kb.terms import PREFIXES
from imr_kb.trace import CaseDecisions, CriterionResult, Decision, SourceReference

__all__ = ["NOTICE", "as_json", "as_jsonl", "as_text", "as_turtle", "to_dict"]

NOTICE: Final = (
    "Decision support: the status of criteria and a recommended finding, for a clinician to review and sign. "
    "It is not a determination."
)
#: What JSON may hold as it is and many readers of lines take for the end of one.
_LINE_ENDS: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


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
        line = json.dumps(to_dict(result), ensure_ascii=False, separators=(", ", ": "))
        yield (line if line.isascii() else line.translate(_LINE_ENDS)) + "\n"


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
    for title, result in titled(results):
        yield f"{title}: decided as of {as_of(result)}\n"
        for number, decision in enumerate(result.decisions, 1):
            yield f"\n{number}. {decision.requested}\n"
            yield f"   {headline(decision)}\n"
            yield from indented(rationale(decision), 3)
            yield from formulary_lines(decision)
            for part in decision.parts:
                yield from indented(f"{named(part)}: {headline(part)}", 3, hanging=2)
        yield "\n"


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
        "gaps": gaps_to_list(decision.gaps),
        "rationale": rationale(decision),
        **({"unencoded": [asdict(edition) for edition in decision.unencoded]} if decision.unencoded else {}),
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
