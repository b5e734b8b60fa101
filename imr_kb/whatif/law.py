"""Decide under the law of any day: the deciding date is set by whoever asks, the case's own dates stay as they are."""

from __future__ import annotations

from datetime import date
from typing import Final

import pyoxigraph as ox

from imr_kb.load import EPOCH, Case, Knowledge
from imr_kb.terms import XSD, core

__all__ = ["as_of", "dated"]

_GIVEN: Final = ox.NamedNode(core("asOfGiven"))
_DATE: Final = ox.NamedNode(XSD + "date")
_INTEGER: Final = ox.NamedNode(XSD + "integer")


def as_of(case: Case, day: date, knowledge: Knowledge) -> Case:
    """Return ``case`` with ``day`` as its deciding date, which comes before every date that the case has itself."""
    own = tuple(quad for quad in case.quads if quad.predicate not in {_GIVEN, knowledge.day_properties[_GIVEN]})
    given = dated(ox.NamedNode(case.iri), _GIVEN, day, knowledge)
    return Case(case.iri, case.file, (*own, *given), case.problems)


def dated(subject: ox.NamedNode, predicate: ox.NamedNode, day: date, knowledge: Knowledge) -> tuple[ox.Quad, ox.Quad]:
    """Return the statement of a date and the statement of its day number, by which rules compare."""
    number = ox.Literal(str((day - EPOCH).days), datatype=_INTEGER)
    return (
        ox.Quad(subject, predicate, ox.Literal(day.isoformat(), datatype=_DATE)),
        ox.Quad(subject, knowledge.day_properties[predicate], number),
    )
