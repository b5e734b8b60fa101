"""Every record of the fact tables is encoded, or left out with a reason; the list of records is the tables' own."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from imr_kb.load import load_knowledge
from imr_kb.terms import RDF, core

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "fact_records.txt"
LEAST_COVERED = 0.98
SECTION = re.compile(r"#{2,3} (\d+(?:\.\d+)?)\.? ")
IDENTIFIED = re.compile(r"- \{?id: ([^\s,}]+)")
# The tables whose rows have no identifier of their own: where they stand, and how their columns are identified.
COLUMNS = {
    ("acoem-odg", "5.3"): ("form-drug",),
    ("acoem-odg", "6"): ("mme-cdc-2016", "mme-cdc-2022"),
}
HEADS = {"Generic", "Opioid"}
FACTOR = re.compile(r"  (\w+): (?!not_in)")


@dataclass(frozen=True, order=True)
class Record:
    """A record of the fact tables: the table, its section, and the identifier."""

    table: str
    section: str
    identifier: str

    def __str__(self) -> str:
        """Return the line of the list."""
        return f"{self.table} {self.section} {self.identifier}"


def _listed() -> list[Record]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [Record(*line.split()) for line in lines if line and not line.startswith("#")]


def _of_table(path: Path) -> Iterator[Record]:
    """Yield the records of one fact table: entries by their identifier, rows of plain tables by their first cell."""
    section = ""
    factors = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := SECTION.match(line):
            section = heading[1]
        if entry := IDENTIFIED.match(line):
            yield Record(path.stem, section, entry[1])
        factors = line.startswith("med_factors") or (factors and line.startswith("  "))
        if factors and (factor := FACTOR.match(line)):
            yield Record(path.stem, section, f"mme-mtus-2009-{_slug(factor[1])}")
        first = line.strip("| ").split(" | ")[0] if line.startswith("| ") else ""
        if first and first not in HEADS and not first.startswith("---"):
            for column in COLUMNS.get((path.stem, section), ()):
                yield Record(path.stem, section, f"{column}-{_slug(first)}")


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


@pytest.fixture(scope="session")
def fact_tables() -> Path:
    """Return the folder of the fact tables, which stands beside that of the letters."""
    letters = Path(os.environ.get("IMR_LETTERS") or ROOT.parent / "shared" / "letters")
    folder = letters.parent / "facts"
    if not folder.is_dir():
        reason = "no fact tables here: set IMR_LETTERS to a folder that has the folder facts/ beside it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="module")
def entries() -> Mapping[str, set[str]]:
    """Return how each identifier stands in the knowledge base: covered, rights or left out."""
    store = load_knowledge(ROOT).store
    kind, left_out = ox.NamedNode(RDF + "type"), ox.NamedNode(core("LeftOut"))
    cause = ox.NamedNode(core("leftOutFor"))
    found: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, ox.NamedNode(core("factRecord")), None):
        if ox.Quad(quad.subject, kind, left_out) not in store:
            standing = "covered"
        else:
            standing = "rights" if any(store.quads_for_pattern(quad.subject, cause, None)) else "left out"
        assert isinstance(quad.object, ox.Literal)
        found[quad.object.value].add(standing)
    return found


def _by_section(records: Sequence[Record]) -> str:
    sections: dict[str, list[str]] = defaultdict(list)
    for record in records:
        sections[f"{record.table} {record.section}"].append(record.identifier)
    return "\n".join(f"  {name} ({len(found)}): {' '.join(found)}" for name, found in sections.items())


def test_the_records_of_the_fact_tables_are_encoded(entries: Mapping[str, set[str]]) -> None:
    records = _listed()
    assert len(records) > 900
    missing = [record for record in records if record.identifier not in entries]
    left_out = [record for record in records if entries.get(record.identifier) == {"left out"}]
    covered = len(records) - len(missing) - len(left_out)
    told = (
        f"{covered} of {len(records)} records ({covered / len(records):.1%}) are covered, {LEAST_COVERED:.0%} are asked\n"
        f"missing: {len(missing)}\n{_by_section(missing)}\n"
        f"left out with a reason: {len(left_out)}\n{_by_section(left_out)}"
    )
    assert not missing, told
    assert covered >= LEAST_COVERED * len(records), told


def test_no_entry_names_a_record_that_is_not_there(entries: Mapping[str, set[str]]) -> None:
    assert entries.keys() - {record.identifier for record in _listed()} == set()


def test_no_record_is_both_encoded_and_left_out(entries: Mapping[str, set[str]]) -> None:
    assert {identifier: found for identifier, found in entries.items() if len(found) > 1} == {}


def test_the_list_names_each_record_once() -> None:
    assert [name for name, times in Counter(record.identifier for record in _listed()).items() if times > 1] == []


def test_the_list_is_that_of_the_fact_tables(fact_tables: Path) -> None:
    of_tables = [record for name in ("mtus", "acoem-odg") for record in _of_table(fact_tables / f"{name}.md")]
    assert sorted(map(str, _listed())) == sorted(map(str, of_tables))
