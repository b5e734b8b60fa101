"""What docs/verification.md counts is what the knowledge base holds, and every letter that is named is there."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from imr_kb.cli import main
from imr_kb.load import Knowledge, load_knowledge
from imr_kb.lookup import count, vocabularies
from imr_kb.terms import KB, core
from imr_kb.verification import Checked, checked, table, total

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "verification.md"
LETTER = re.compile(r"\bCM\d\d-\d{7}\b")
CORRECTED = re.compile(r"^Recommendations corrected: (\d+)\.", re.MULTILINE)
NAMED = re.compile(r"`kb:([\w/]+)`")
VERIFIED_AT = ox.NamedNode(core("verifiedAt"))
MADE_UP = """
@prefix imr:  <https://w3id.org/imr-kb/core#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex:   <https://w3id.org/imr-kb/kb/example/> .

ex:guide skos:prefLabel "Guide" .
ex:one imr:editionOf ex:guide ; imr:editionName "1" .
ex:two imr:editionOf ex:guide ; imr:editionName "2" .
ex:a a imr:Recommendation ; imr:edition ex:one ; imr:verification imr:Verified ;
    imr:verifiedAt "a page" , "independent medical review determination of some year" .
ex:b a imr:Recommendation ; imr:edition ex:one ; imr:verification imr:PartlyVerified ;
    imr:verifiedAt "a page" , "independent medical review determination CM16-0000000" .
ex:c a imr:Recommendation ; imr:edition ex:two ; imr:verification imr:FromKnowledge .
ex:d a imr:Recommendation ; imr:edition ex:two .
"""


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def _places(knowledge: Knowledge) -> list[str]:
    found = knowledge.store.quads_for_pattern(None, VERIFIED_AT, None)
    return [quad.object.value for quad in found if isinstance(quad.object, ox.Literal)]


def test_the_table_of_the_page_is_what_the_knowledge_base_holds(knowledge: Knowledge, page: str) -> None:
    rows = checked(knowledge)
    assert table(rows) in page, f"docs/verification.md should hold\n{table(rows)}"
    assert total(rows).recommendations == count(knowledge, "Recommendation") > 0


def test_the_doctor_prints_the_counts_of_every_edition(knowledge: Knowledge) -> None:
    lines = CliRunner().invoke(main, ["doctor"], prog_name="imr-kb").stdout.splitlines()
    assert [line for line in lines if ": recommendations " in line] == [f"ok       {row}" for row in checked(knowledge)]


def test_the_doctor_prints_how_many_terms_each_vocabulary_holds(knowledge: Knowledge) -> None:
    found = vocabularies(knowledge)
    files = {"services": "services", "conditions": "conditions", "findings": "findings", "drugs and products": "drugs"}
    for what, name in files.items():
        text = (ROOT / "ontology" / f"{name}.ttl").read_text("utf-8")
        assert found[what] == len(re.findall(r"(?m)^\w+:\w+\n    a owl:Class", text)) - text.count("owl:deprecated")
    line = ", ".join(f"{number} {what}" for what, number in found.items())
    assert f"ok       vocabularies: {line}" in CliRunner().invoke(main, ["doctor"], prog_name="imr-kb").stdout
    least = {"services": 450, "conditions": 500, "findings": 700, "drugs and products": 250}
    assert all(found[what] >= number for what, number in least.items())


def test_every_flag_is_counted_once_and_a_letter_beside_other_places(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "core.ttl").write_text((ROOT / "ontology" / "core.ttl").read_text("utf-8"), "utf-8")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "made_up.ttl").write_text(MADE_UP, "utf-8")
    rows = checked(load_knowledge(tmp_path))
    assert rows == [Checked("Guide", "1", 1, 1, 0, 2), Checked("Guide", "2", 0, 0, 2, 0)]
    assert total(rows).numbers == (4, 1, 1, 2, 2)
    assert table(rows).splitlines()[2:] == [
        "| Guide | 1 | 2 | 1 | 1 | 0 | 2 |",
        "| Guide | 2 | 2 | 0 | 0 | 2 | 0 |",
        "| All | | 4 | 1 | 1 | 2 | 2 |",
    ]


def test_the_corrections_are_as_many_as_the_page_says_and_name_recommendations(knowledge: Knowledge, page: str) -> None:
    section = page.split("## Corrected by letters")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `kb:")]
    stated = CORRECTED.search(section)
    assert stated is not None
    assert int(stated[1]) == len(rows) > 0
    for name in NAMED.findall(page):
        assert any(knowledge.store.quads_for_pattern(ox.NamedNode(KB + name), None, None)), name


def test_a_corrected_recommendation_says_in_which_letters_its_passage_was_seen(knowledge: Knowledge, page: str) -> None:
    for line in page.splitlines():
        if line.startswith("| `kb:"):
            (name,) = NAMED.findall(line)
            quads = knowledge.store.quads_for_pattern(ox.NamedNode(KB + name), VERIFIED_AT, None)
            seen = [letter for quad in quads for letter in LETTER.findall(str(quad.object))]
            assert sorted(seen) == sorted(LETTER.findall(line)), name


def test_every_letter_that_is_named_is_among_the_published_ones(letters: Path, knowledge: Knowledge, page: str) -> None:
    named = {letter for text in (*_places(knowledge), page) for letter in LETTER.findall(text)}
    assert named
    assert named <= {path.stem for path in letters.rglob("*.txt")}
