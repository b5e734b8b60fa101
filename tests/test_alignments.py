"""The codes of conditions exist, and what is committed of them is what the table and the published lists give."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import pytest
from rdflib import OWL, RDF, SKOS, Graph, URIRef

from imr_kb.alignments import RELATIONS, SLICE, SYSTEMS, TABLE, Alignment, alignments, code_lists, main, render
from imr_kb.errors import ImrError, InputError
from imr_kb.load import load_knowledge
from imr_kb.terms import PREFIXES

Lists = dict[str, dict[str, str]]

MADE_UP = """
@prefix dx: <https://w3id.org/imr-kb/condition#> .
@prefix icd10: <http://purl.bioontology.org/ontology/ICD10CM/> .
@prefix icd9: <http://purl.bioontology.org/ontology/ICD9CM/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

dx:Bruise skos:exactMatch icd10:X00.1 ; skos:broadMatch icd9:900 .
"""


@pytest.fixture(scope="module")
def lists() -> Lists:
    """Return the published code lists; where everything must be here, they must be too."""
    try:
        return code_lists()
    except ImrError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(f"no published code lists here: {missing}")


@pytest.fixture(scope="module")
def table(root: Path) -> tuple[Alignment, ...]:
    return alignments(root)


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """Return a root whose table joins one condition with two codes."""
    (tmp_path / TABLE).parent.mkdir()
    (tmp_path / TABLE).write_text(MADE_UP, encoding="utf-8")
    return tmp_path


def test_the_committed_slice_is_fresh(lists: Lists, root: Path) -> None:
    committed = (root / SLICE).read_text(encoding="utf-8")
    assert committed == render(root, lists), f"stale: run `make align` and commit {SLICE}"


def test_every_code_is_in_a_published_list(lists: Lists, table: tuple[Alignment, ...]) -> None:
    assert [one for one in table if one.code not in lists[one.system]] == []


def test_every_code_of_the_tenth_revision_has_a_title(root: Path) -> None:
    committed = Graph().parse(root / SLICE)
    scheme = URIRef(SYSTEMS[0].namespace)
    codes = set(committed.subjects(SKOS.inScheme, scheme))
    assert codes
    assert [code for code in codes if committed.value(code, SKOS.prefLabel) is None] == []


def test_the_committed_slice_says_what_the_table_says(root: Path, table: tuple[Alignment, ...]) -> None:
    committed = Graph().parse(root / SLICE)
    namespaces = {system.prefix: system.namespace for system in SYSTEMS}
    said = {
        (URIRef(PREFIXES["dx"] + one.condition), SKOS[one.relation], URIRef(namespaces[one.system] + one.code))
        for one in table
    }
    assert said == {triple for relation in RELATIONS for triple in committed.triples((None, SKOS[relation], None))}


@pytest.mark.parametrize(("system", "least"), [("icd10", 250), ("icd9", 200)])
def test_enough_conditions_have_a_code(table: tuple[Alignment, ...], system: str, least: int) -> None:
    assert len({one.condition for one in table if one.system == system}) >= least


def test_what_has_a_code_is_a_condition(root: Path, table: tuple[Alignment, ...]) -> None:
    conditions = Graph().parse(root / "ontology" / "conditions.ttl")
    named = {URIRef(PREFIXES["dx"] + one.condition) for one in table}
    assert sorted(named - set(conditions.subjects(RDF.type, OWL.Class))) == []


def test_a_condition_stands_in_one_relation_to_a_code(table: tuple[Alignment, ...]) -> None:
    pairs = Counter((one.condition, one.system, one.code) for one in table)
    assert [pair for pair, times in pairs.items() if times > 1] == []


def test_the_slice_is_not_loaded_for_deciding(root: Path) -> None:
    assert not any("skos/core#ConceptScheme" in str(quad.object) for quad in load_knowledge(root).store)


def test_a_code_that_no_list_has_is_refused_with_its_line(made_up: Path) -> None:
    with pytest.raises(InputError) as caught:
        render(made_up, {"icd10": {"X00.1": "Bruise"}, "icd9": {"901": "Bump"}})
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.term) == ("ON011", TABLE, "dx:Bruise")
    assert MADE_UP.splitlines()[problem.line - 1].startswith("dx:Bruise")


def test_a_category_without_title_is_written_without_one(made_up: Path) -> None:
    text = render(made_up, {"icd10": {"X00.1": 'A "bruise"'}, "icd9": {"900": ""}})
    graph = Graph().parse(data=text, format="turtle")
    titles = {
        str(code): str(title) for code, title in graph.subject_objects(SKOS.prefLabel) if (None, None, code) in graph
    }
    assert titles[SYSTEMS[0].namespace + "X00.1"] == 'A "bruise"'
    assert SYSTEMS[1].namespace + "900" not in titles


def test_lists_that_are_not_installed_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "simple_icd_10_cm", None)
    with pytest.raises(ImrError) as caught:
        code_lists()
    assert caught.value.problems[0].code == "SY003"


def test_a_folder_without_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        alignments(tmp_path)
    assert caught.value.problems[0].code == "KB900"


def test_the_command_writes_and_then_finds_it_fresh(
    lists: Lists, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lists
    (tmp_path / TABLE).parent.mkdir()
    (tmp_path / TABLE).write_bytes((root / TABLE).read_bytes())
    assert main(["--check", str(tmp_path)]) == 1
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0
    assert "fresh" in capsys.readouterr().err
