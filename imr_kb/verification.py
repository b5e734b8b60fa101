"""Count how far the recommendations have been checked: for each guideline and edition, by verification flag.

``python -m imr_kb.verification`` prints the counts as the table that docs/verification.md holds.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from imr_kb.load import Knowledge, load_knowledge
from imr_kb.terms import RDF, SKOS, core

__all__ = ["Checked", "checked", "table", "total"]

#: How ``imr:verifiedAt`` names published determination letters.
DETERMINATION: Final = "independent medical review determination"
_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(SKOS + "prefLabel")
_RECOMMENDATION: Final = ox.NamedNode(core("Recommendation"))
_EDITION: Final = ox.NamedNode(core("edition"))
_EDITION_OF: Final = ox.NamedNode(core("editionOf"))
_EDITION_NAME: Final = ox.NamedNode(core("editionName"))
_VERIFICATION: Final = ox.NamedNode(core("verification"))
_VERIFIED_AT: Final = ox.NamedNode(core("verifiedAt"))
_FLAGS: Final = {core("Verified"): "verified", core("PartlyVerified"): "partly", core("FromKnowledge"): "recalled"}
_HEAD: Final = ("Guideline", "Edition", "Recommendations", "Verified", "Partly verified", "From knowledge", "By a letter")


@dataclass(frozen=True, order=True, slots=True)
class Checked:
    """How many recommendations of one edition carry which flag, and how many of those a determination letter supports."""

    source: str
    edition: str
    verified: int
    partly: int
    recalled: int
    by_letter: int

    @property
    def recommendations(self) -> int:
        """How many there are."""
        return self.verified + self.partly + self.recalled

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.source}, {self.edition}: {self.recommendations} recommendations, {self.verified} verified, "
            f"{self.partly} partly verified, {self.recalled} from knowledge; {self.by_letter} seen in letters"
        )


def checked(knowledge: Knowledge) -> list[Checked]:
    """Return the counts of each edition that has recommendations, sorted; chapters of one edition are added up."""
    store = knowledge.store
    counts: dict[tuple[str, str], Counter[str]] = {}
    for quad in store.quads_for_pattern(None, _TYPE, _RECOMMENDATION):
        edition = knowledge.one(quad.subject, _EDITION)
        source = knowledge.text(knowledge.one(edition, _EDITION_OF), _LABEL) or ""
        counter = counts.setdefault((source, knowledge.text(edition, _EDITION_NAME) or ""), Counter())
        flag = knowledge.one(quad.subject, _VERIFICATION)
        counter[_FLAGS[str(getattr(flag, "value", ""))]] += 1
        counter["by_letter"] += any(_places(store, quad.subject))
    names = (*_FLAGS.values(), "by_letter")
    return sorted(Checked(*key, **{name: counter[name] for name in names}) for key, counter in counts.items())


def total(rows: Iterable[Checked]) -> Checked:
    """Add ``rows`` up."""
    rows = list(rows)
    return Checked(
        source="All",
        edition="",
        verified=sum(row.verified for row in rows),
        partly=sum(row.partly for row in rows),
        recalled=sum(row.recalled for row in rows),
        by_letter=sum(row.by_letter for row in rows),
    )


def table(rows: Iterable[Checked]) -> str:
    """Return ``rows`` and their sum as a Markdown table."""
    rows = list(rows)
    lines = [_HEAD, ("---", "---", *("---:" for _ in _HEAD[2:]))]
    lines += [
        (row.source, row.edition, *map(str, (row.recommendations, row.verified, row.partly, row.recalled, row.by_letter)))
        for row in (*rows, total(rows))
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("|  |", "| |")


def _places(store: ox.Store, recommendation: Any) -> Iterator[bool]:
    """Say of each place of verification whether it is a determination letter."""
    for quad in store.quads_for_pattern(recommendation, _VERIFIED_AT, None):
        yield str(getattr(quad.object, "value", "")).startswith(DETERMINATION)


if __name__ == "__main__":
    sys.stdout.write(table(checked(load_knowledge())))
