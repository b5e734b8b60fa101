"""The committed hierarchy is what the reasoner infers, and a contradiction is reported by its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imr_kb.classify import Classification, classify, main, render_inferred
from imr_kb.errors import ImrError, InputError
from imr_kb.hierarchy import INFERRED
from imr_kb.terms import BASE

pytestmark = pytest.mark.java

HEADER = """
@prefix imr: <https://w3id.org/imr-kb/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://w3id.org/imr-kb/x#> .

<https://w3id.org/imr-kb/x> a owl:Ontology .
"""


@pytest.fixture(scope="module")
def classified(java: str, root: Path) -> Classification:
    assert java
    return classify(root)


def _write(folder: Path, turtle: str) -> Path:
    """Write a root whose ontology is the header and ``turtle``."""
    (folder / "ontology").mkdir()
    (folder / "ontology" / "x.ttl").write_text(HEADER + turtle, encoding="utf-8")
    return folder


def _within(classification: Classification, name: str) -> set[str]:
    """Return everything that ``name`` is within, as prefix:local without the base."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        term = BASE + waiting.pop()
        for child, parent in classification.pairs:
            short = parent.removeprefix(BASE)
            if child == term and short not in reached:
                reached.add(short)
                waiting.append(short)
    return reached


def test_the_committed_hierarchy_is_fresh(classified: Classification, root: Path) -> None:
    committed = (root / "ontology" / INFERRED).read_text(encoding="utf-8")
    assert committed == render_inferred(classified), "stale: run `make classify` and commit ontology/inferred.ttl"


@pytest.mark.parametrize(
    ("narrow", "broad"),
    [
        ("condition#L5Radiculopathy", "condition#LumbarRadiculopathy"),
        ("drug#Norco", "drug#Opioid"),
        ("drug#CompoundedTopical", "drug#TopicalProduct"),
        ("drug#Norco", "service#Medication"),
        ("service#LumbarMri", "service#Mri"),
    ],
)
def test_what_nobody_wrote_down_follows(classified: Classification, narrow: str, broad: str) -> None:
    assert broad in _within(classified, narrow)


def test_a_class_without_possible_members_is_named(java: str, root: Path, tmp_path: Path) -> None:
    assert java
    shutil.copytree(root / "ontology", tmp_path / "ontology")
    path = tmp_path / "ontology" / "wrong.ttl"
    path.write_text(HEADER + "\nx:CaseAndRequest\n    a owl:Class ;\n    rdfs:subClassOf imr:Case , imr:Request .\n")
    with pytest.raises(ImrError) as caught:
        classify(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.term, problem.file) == ("ON900", "x:CaseAndRequest", "ontology/wrong.ttl")
    assert path.read_text().splitlines()[problem.line - 1] == "x:CaseAndRequest"


def test_a_contradiction_between_individuals_is_reported(java: str, tmp_path: Path) -> None:
    assert java
    root = _write(
        tmp_path,
        "x:A a owl:Class . x:B a owl:Class ; owl:disjointWith x:A . x:i a owl:NamedIndividual , x:A , x:B .",
    )
    with pytest.raises(ImrError) as caught:
        classify(root)
    assert [problem.code for problem in caught.value.problems] == ["ON901"]


def test_a_defined_class_is_within_the_named_part_of_its_definition(java: str, tmp_path: Path) -> None:
    assert java
    root = _write(
        tmp_path,
        """
x:at a owl:ObjectProperty .
x:Knee a owl:Class . x:LeftKnee a owl:Class ; rdfs:subClassOf x:Knee .
x:Picture a owl:Class .
x:KneePicture a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
    x:Picture [ a owl:Restriction ; owl:onProperty x:at ; owl:someValuesFrom x:Knee ] ) ] .
x:LeftKneePicture a owl:Class ; rdfs:subClassOf
    x:Picture , [ a owl:Restriction ; owl:onProperty x:at ; owl:someValuesFrom x:LeftKnee ] .
x:Photograph a owl:Class ; owl:equivalentClass x:Picture .
""",
    )
    pairs = {(name.removeprefix(BASE), parent.removeprefix(BASE)) for name, parent in classify(root).pairs}
    assert pairs == {
        ("x#LeftKnee", "x#Knee"),
        ("x#KneePicture", "x#Picture"),
        ("x#KneePicture", "x#Photograph"),
        ("x#LeftKneePicture", "x#KneePicture"),
        ("x#Photograph", "x#Picture"),
        ("x#Picture", "x#Photograph"),
    }


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        classify(tmp_path)
    assert caught.value.problems[0].code == "KB900"


def test_a_file_that_is_not_turtle_is_reported_with_its_line(tmp_path: Path) -> None:
    root = _write(tmp_path, "x:A a owl:Class\nx:B a owl:Class .")
    with pytest.raises(InputError) as caught:
        classify(root)
    (problem,) = caught.value.problems
    assert problem.code == "RD001"
    assert problem.line > HEADER.count("\n")


def test_java_that_is_not_there_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = _write(tmp_path, "x:A a owl:Class .")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImrError) as caught:
        classify(root)
    assert caught.value.problems[0].code == "SY001"


def test_the_command_writes_and_then_finds_it_fresh(
    java: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert java
    root = _write(tmp_path, "x:A a owl:Class . x:B a owl:Class ; rdfs:subClassOf x:A .")
    assert main(["--check", str(root)]) == 1
    assert main([str(root)]) == 0
    assert main(["--check", str(root)]) == 0
    assert f"<{BASE}x#B> rdfs:subClassOf <{BASE}x#A> ." in (root / "ontology" / INFERRED).read_text()
    assert "fresh" in capsys.readouterr().err
