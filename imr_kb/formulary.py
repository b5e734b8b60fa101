"""Read what the rules derived from the drug formulary for a decision, and write it. Nothing is decided here."""

from __future__ import annotations

from typing import Any, Final

import pyoxigraph as ox

from imr_kb.facts import Facts
from imr_kb.terms import RDFS, SKOS, core
from imr_kb.trace import Formulary

__all__ = ["formulary_in_words", "formulary_to_dict", "read_formulary"]

_LABEL: Final = ox.NamedNode(RDFS + "label")
_PREF: Final = ox.NamedNode(SKOS + "prefLabel")
_DEFINITION: Final = ox.NamedNode(SKOS + "definition")
_REVIEW: Final = ox.NamedNode(core("prospectiveReview"))
_STATUS: Final = ox.NamedNode(core("listStatus"))
_RULE: Final = ox.NamedNode(core("byFormularyRule"))
_LIST: Final = ox.NamedNode(core("byDrugList"))
_ENTRY: Final = ox.NamedNode(core("byEntry"))
_HANGS_ON: Final = ox.NamedNode(core("hangsOn"))
_CITATION: Final = ox.NamedNode(core("citation"))
_VERIFICATION: Final = ox.NamedNode(core("verification"))
_CERTAINTY: Final = ox.NamedNode(core("certainty"))
_SPECIAL: Final = ox.NamedNode(core("specialFillDays"))
_PERIOPERATIVE: Final = ox.NamedNode(core("perioperativeFillDays"))


def read_formulary(decision: ox.NamedNode, knowledge: Facts, record: Facts) -> Formulary | None:
    """Return what the formulary says of the request of ``decision``; None where it does not speak of it.

    How far it was checked is that of the entry, which gives the status, and that of the rule where there is no entry.
    """
    review = record.one(decision, _REVIEW)
    if review is None:
        return None
    rule, entry = record.one(decision, _RULE), record.one(decision, _ENTRY)
    drug_list = record.one(decision, _LIST)
    checked = rule if entry is None else entry
    certainty = knowledge.one(checked, _CERTAINTY)
    return Formulary(
        status=_code(record.one(decision, _STATUS), knowledge),
        review=_code(review, knowledge),
        rule=getattr(rule, "value", ""),
        rule_label=knowledge.text(rule, _PREF) or "",
        citation=knowledge.text(rule, _CITATION) or "",
        drug_list=None if drug_list is None else knowledge.text(drug_list, _PREF),
        entry=None if entry is None else str(entry.value),
        special_fill_days=_days(entry, _SPECIAL, knowledge),
        perioperative_fill_days=_days(entry, _PERIOPERATIVE, knowledge),
        verification=knowledge.text(knowledge.one(checked, _VERIFICATION), _LABEL) or "",
        certainty=None if certainty is None else knowledge.text(certainty, _LABEL),
        open=tuple(
            sorted(knowledge.text(condition, _DEFINITION) or "" for condition in record.all(decision, _HANGS_ON))
        ),
    )


def _code(term: Any, knowledge: Facts) -> str:
    return (knowledge.text(term, _LABEL) or "").replace(" ", "-")


def _days(entry: Any, predicate: ox.NamedNode, knowledge: Facts) -> int | None:
    days = None if entry is None else knowledge.text(entry, predicate)
    return None if days is None else int(days)


def formulary_to_dict(formulary: Formulary) -> dict[str, Any]:
    """Return the object that ``schemas/decision.schema.json`` describes as ``formulary``."""
    return {
        "status": formulary.status,
        "review": formulary.review,
        "rule": formulary.rule,
        "rule_label": formulary.rule_label,
        "citation": formulary.citation,
        "list": formulary.drug_list,
        "entry": formulary.entry,
        "special_fill_days": formulary.special_fill_days,
        "perioperative_fill_days": formulary.perioperative_fill_days,
        "verification": formulary.verification,
        "certainty": formulary.certainty,
        "open": list(formulary.open),
    }


def formulary_in_words(formulary: Formulary) -> str:
    """Return one short sentence: the status, whether the drug needs review before dispensing, and by which rule."""
    status = formulary.status.replace("-", " ")
    review = formulary.review.replace("-", " ")
    # A status that is not known has nothing behind it that could have been checked.
    checked = "" if formulary.status == "status-unknown" else f" ({formulary.verification})"
    behind = f"{formulary.rule_label}, {formulary.citation}"
    return f"Formulary: {status}{checked}; review before dispensing: {review} [{behind}]"
