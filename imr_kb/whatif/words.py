"""Changes and facts in plain words."""

from __future__ import annotations

from typing import Any, Final

import pyoxigraph as ox

from imr_kb.terms import RDFS, core, short
from imr_kb.trace import Way
from imr_kb.whatif.changes import AT_LEAST, AT_MOST, Change
from imr_kb.whatif.grammar import Order
from imr_kb.whatif.situation import Situation

__all__ = ["Words"]

_LABEL: Final = ox.NamedNode(RDFS + "label")
_CONCEPT: Final = ox.NamedNode(core("concept"))
_POLARITY: Final = ox.NamedNode(core("polarity"))
_ABSENT: Final = ox.NamedNode(core("Absent"))
_TO_SERVICE: Final = ox.NamedNode(core("toService"))
_HAS_TREATMENT: Final = ox.NamedNode(core("hasTreatment"))
_TAKES: Final = ox.NamedNode(core("takesMedication"))
_AUTHORIZED: Final = ox.NamedNode(core("hasAuthorization"))
_QUANTITY: Final = ox.NamedNode(core("quantity"))
_VISITS: Final = ox.NamedNode(core("visits"))
_INJURED: Final = ox.NamedNode(core("injuredOn"))
_REQUESTED: Final = ox.NamedNode(core("requestedOn"))
_SHOWED: Final = "the record showed"
#: How a value of a fact or request is told; any other is told by the name of its property.
_VALUES: Final = {
    "visits": "{} visits",
    "weeks": "{} weeks",
    "perWeek": "{} a week",
    "perDay": "{} a day",
    "strengthMg": "{} mg",
    "quantity": "{}",
    "daysSupply": "a supply of {} days",
    "reliefPercent": "{} percent relief",
    "reliefWeeks": "relief for {} weeks",
    "since": "since {}",
    "onDate": "on {}",
    "outcome": "{}",
}
_BOUNDED_DATES: Final = {"since": "since {}", "onDate": "{}"}


class Words:
    """Tells changes and facts of one case."""

    def __init__(self, situation: Situation) -> None:
        """Tell of the case of ``situation``."""
        self._at = situation

    def way(self, change: Change) -> Way:
        """Return ``change`` as it is typed and as it is told."""
        order = self._at.editor.grammar.order(change.text, removes=change.removes)
        if order.concept is None:
            lead, words = self._of_item(order, change)
        elif change.removes:
            lead = f"the record did not {'deny' if self._only_denied(order.concept) else 'show'}"
            words = self._label(order.concept)
        elif order.denied:
            lead, words = "the record denied", self._label(order.concept)
        else:
            lead, words = _SHOWED, self._stated(order, change)
        return Way(change.option, lead, words)

    def _only_denied(self, concept: Any) -> bool:
        record = self._at.record
        found = [fact for fact in record.having(_POLARITY) if self._at.within(record.one(fact, _CONCEPT), concept)]
        return bool(found) and all(record.one(fact, _POLARITY) == _ABSENT for fact in found)

    def _stated(self, order: Order, change: Change) -> str:
        assert order.concept is not None
        label = self._label(order.concept)
        if order.link == _AUTHORIZED:
            is_drug = self._at.editor.grammar.usual_link(order.concept) == _TAKES
            return self._authorized(label, order, change, is_drug=is_drug)
        if order.link == _HAS_TREATMENT and any(key == _VISITS for key, _ in order.values):
            label = f"earlier {label}"
        if order.to_service is not None:
            label += f" from {self._visits(order.to_service)}{self._label(order.to_service)}"
        disputed = [f"item {number}" for number in self._at.in_dispute(order.concept)]
        if disputed:
            return f"{label} (which depends on {' and '.join(disputed)}, in dispute in this case)"
        details = ", ".join(self._value(key, value, change.bound) for key, value in order.values)
        return f"{label} ({details})" if details else label

    def _authorized(self, label: str, order: Order, change: Change, *, is_drug: bool) -> str:
        """Return that authorized care has been used, which is what its visits count; or how much was authorized."""
        if [key for key, _ in order.values] == [_QUANTITY]:
            units = f"{order.values[0][1].value} {'units' if is_drug else 'visits'}"
            return f"that no more than {units} of {label} were authorized"
        told = [self._value(key, value, change.bound) for key, value in order.values]
        used = ", ".join(words.replace("visits", "units") if is_drug else words for words in told)
        return f"that the {label} that was authorized has been used" + (f" ({used})" if used else "")

    def _visits(self, service: Any) -> str:
        """Return how many visits of ``service`` are on record, where one course with a count is."""
        at = self._at
        counts = [
            at.record.text(fact, _VISITS)
            for fact in at.record.all(at.case, _HAS_TREATMENT)
            if at.within(at.record.one(fact, _CONCEPT), service) and at.record.one(fact, _POLARITY) != _ABSENT
        ]
        return f"the {counts[0]} visits of " if len(counts) == 1 and counts[0] else ""

    def _of_item(self, order: Order, change: Change) -> tuple[str, str]:
        if order.request is None:
            told = [self._of_case(key, value, change.bound) for key, value in order.values]
            return ("", " and ".join(told)) if told else ("", "the case did not say it")
        if change.removes:
            return "the request did not say", ", ".join(self._label(key) for key in sorted(order.properties, key=str))
        told = [self._value(key, value, change.bound) for key, value in order.values]
        of = f"of part {order.part} ({self._part(order.request, order.part)}) " if order.part is not None else ""
        return "", f"{of}{' and '.join(told)} {'was' if len(told) == 1 and 'supply' in told[0] else 'were'} asked for"

    def _part(self, item: int, part: int) -> str:
        node = self._at.parts(self._at.requests[item - 1])[part - 1]
        concept = self._at.record.one(node, _CONCEPT)
        return self._label(concept) if concept is not None else "a service that is not known"

    def _of_case(self, key: Any, value: Any, bound: str) -> str:
        day = f"{bound or 'on'} {value.value}"
        if key == _REQUESTED:
            return f"it was asked for {day}"
        if key == _INJURED:
            return f"the injury was {day}"
        return f"the record gave {self._label(key)} {self._name(value)}"

    def _value(self, key: Any, value: Any, bound: str) -> str:
        name = key.value.removeprefix(core(""))
        told = _VALUES.get(name, f"{self._label(key)} {{}}")
        if bound in {AT_LEAST, AT_MOST} and name not in {"outcome", "since", "onDate"}:
            return told.replace("{}", f"{bound} {self._name(value)}")
        if bound and name in _BOUNDED_DATES:
            return _BOUNDED_DATES[name].format(f"{bound} {self._name(value)}")
        return told.format(self._name(value))

    def fact(self, fact: Any) -> str:
        """Return what the record says in ``fact``."""
        record = self._at.record
        concept, service = record.one(fact, _CONCEPT), record.one(fact, _TO_SERVICE)
        words = self._label(concept) if concept is not None else short(fact.value)
        words += f" from {self._label(service)}" if service is not None else ""
        days = set(self._at.knowledge.day_properties.values())
        details = [
            self._value(key, value, "")
            for key in sorted(record.predicates(fact), key=str)
            if key.value.removeprefix(core("")) in _VALUES and key not in days
            for value in record.all(fact, key)
        ]
        words += f" ({', '.join(details)})" if details else ""
        return f"denied: {words}" if record.one(fact, _POLARITY) == _ABSENT else words

    def _name(self, value: Any) -> str:
        return self._label(value) if isinstance(value, ox.NamedNode) else str(value.value)

    def _label(self, term: Any) -> str:
        label = self._at.facts.text(term, _LABEL) or short(term.value)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]
