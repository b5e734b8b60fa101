"""Each wrong file below tests/bad/ is found with the code that its first line names, on the line marked ``# here``."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from imr_kb.check import check_knowledge, check_ontology, check_paths, check_root
from imr_kb.check_cases import check_case, check_examples
from imr_kb.documents import to_rdflib
from imr_kb.errors import Problem, Severity
from imr_kb.load import Knowledge, load_knowledge
from imr_kb.rdf import read_quads
from imr_kb.rules import rules
from imr_kb.slips import without_examples
from imr_kb.terms import PREFIXES, core, short

ROOT = Path(__file__).resolve().parent.parent
BAD = ROOT / "tests" / "bad"
SHAPES = sorted((ROOT / "shapes").glob("*.ttl"))
SHAPE = "https://w3id.org/imr-kb/shape/"
CODE = URIRef(core("problemCode"))
# A head that says all it must, in full IRIs, to put below a wrong file that is wrong in something else.
HEAD = """
<https://w3id.org/imr-kb/wrong-{stem}>
    a <http://www.w3.org/2002/07/owl#Ontology> ;
    <http://www.w3.org/2002/07/owl#versionIRI> <https://w3id.org/imr-kb/0.1.0/wrong-{stem}> ;
    <http://www.w3.org/2002/07/owl#versionInfo> "0.1.0" ;
    <http://purl.org/dc/terms/title> "A wrong example"@en ;
    <http://purl.org/dc/terms/description> "A wrong example."@en ;
    <http://purl.org/dc/terms/creator> "The imr-kb authors" ;
    <http://purl.org/dc/terms/created> "2026-11-23"^^<http://www.w3.org/2001/XMLSchema#date> ;
    <http://purl.org/dc/terms/license> <https://www.apache.org/licenses/LICENSE-2.0> .
"""


def _bad(folder: str) -> list[Path]:
    paths = sorted((BAD / folder).glob("*.ttl"))
    assert paths, f"no wrong file in {folder}"
    return paths


def _expected(path: Path) -> list[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    code = re.match(r"# ([A-Z]{2}\d{3}): ", lines[0])
    assert code, f"the first line of {path.name} names no code"
    here = [number for number, line in enumerate(lines, start=1) if "# here" in line]
    assert here, f"no line of {path.name} is marked"
    return [(line, code[1]) for line in here]


def _found(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in problems]


def _by_name(problems: list[Problem]) -> Mapping[str, list[Problem]]:
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        found[Path(problem.file).name].append(problem)
    return found


def _read(path: Path) -> Graph:
    return to_rdflib(read_quads(path.read_bytes(), ".ttl", path.name))


@pytest.fixture(scope="module")
def bad_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Problem]]:
    """Return what is found when all wrong guidelines stand in one knowledge base."""
    root = tmp_path_factory.mktemp("knowledge")
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "kb").mkdir()
    for path in [*sorted((ROOT / "kb").glob("*.ttl")), *_bad("kb")]:
        shutil.copy(path, root / "kb")
    # The wrong files all speak of the same care of any condition: only the one that is about that is asked for it.
    found = check_knowledge(root)
    return _by_name([problem for problem in found if problem.code != "KB085" or "/kb085_" in problem.file])


@pytest.fixture(scope="module")
def bad_ontology(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Problem]]:
    """Return what is found when all wrong terms stand in one ontology, each file with a head."""
    root = tmp_path_factory.mktemp("ontology")
    shutil.copytree(ROOT / "shapes", root / "shapes")
    (root / "ontology").mkdir()
    for name in ("core.ttl", "body.ttl"):
        shutil.copy(ROOT / "ontology" / name, root / "ontology")
    for path in _bad("ontology"):
        head = "" if path.stem.startswith("on007") else HEAD.format(stem=path.stem)
        (root / "ontology" / path.name).write_text(path.read_text(encoding="utf-8") + head, encoding="utf-8")
    return _by_name(check_ontology(root))


@pytest.mark.parametrize("path", _bad("kb"), ids=lambda path: path.stem)
def test_a_wrong_guideline_is_found_where_it_is_wrong(path: Path, bad_knowledge: Mapping[str, list[Problem]]) -> None:
    assert _found(bad_knowledge[path.name]) == _expected(path)


@pytest.mark.parametrize("path", _bad("ontology"), ids=lambda path: path.stem)
def test_a_wrong_term_is_found_where_it_is_wrong(path: Path, bad_ontology: Mapping[str, list[Problem]]) -> None:
    assert _found(bad_ontology[path.name]) == _expected(path)


@pytest.mark.parametrize("path", _bad("cases"), ids=lambda path: path.stem)
def test_a_wrong_case_is_found_where_it_is_wrong(path: Path, knowledge: Knowledge) -> None:
    graph = _read(path)
    before = set(graph)
    assert _found(check_case(graph, file=str(path), knowledge=knowledge)) == _expected(path)
    assert set(graph) == before


@pytest.mark.parametrize("path", _bad("examples"), ids=lambda path: path.stem)
def test_a_wrong_example_is_found_where_it_is_wrong(path: Path, knowledge: Knowledge) -> None:
    assert _found(check_examples([path], knowledge)) == _expected(path)


@pytest.mark.parametrize("path", sorted(BAD.rglob("*.ttl")), ids=lambda path: path.stem)
def test_a_wrong_file_is_named_for_what_is_wrong(path: Path) -> None:
    assert path.stem.startswith(_expected(path)[0][1].lower() + "_")


def test_the_knowledge_base_and_its_ontology_are_sound() -> None:
    assert [str(problem) for problem in check_ontology(ROOT)] == []
    assert [str(problem) for problem in check_knowledge(ROOT)] == []


def test_the_worked_examples_are_sound(knowledge: Knowledge) -> None:
    examples = sorted((ROOT / "tests" / "worked").rglob("*.ttl"))
    assert [str(problem) for problem in check_examples(examples, knowledge)] == []


def test_each_code_of_a_shape_or_query_has_a_wrong_file() -> None:
    named = {code for path in BAD.rglob("*.ttl") for _, code in _expected(path)}
    shapes = {str(code) for path in SHAPES for code in Graph().parse(path).objects(None, CODE)}
    queries = {code for rule in rules("check") for code in re.findall(r'"([A-Z]{2}\d{3})"', rule.text)}
    assert (shapes | queries) - named == set()


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_every_shape_has_a_name_and_a_message_of_two_parts(path: Path) -> None:
    shapes = Graph().parse(path)
    for shape in {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.subjects(RDF.type, SH.PropertyShape)}:
        assert str(shape).startswith(SHAPE), f"{shape} has no name of its own"
    coded = sorted(str(shape) for shape in shapes.subjects(CODE))
    assert coded
    for name in coded:
        shape = URIRef(name)
        assert len(list(shapes.objects(shape, SH.severity))) == 1, name
        assert len(list(shapes.objects(shape, SH.name))) == 1, name
        (message,) = shapes.objects(shape, SH.message)
        assert re.fullmatch(r"[A-Z].*?\. [A-Z].*\.", str(message)), name
    reporting = set(shapes.objects(None, SH.property)) | set(shapes.subjects(SH.targetClass))
    silent = {str(shape) for shape in reporting if shape not in set(shapes.subjects(CODE))}
    inner = {str(shape) for node in shapes.subjects(SH.property) for shape in _inner(shapes, node)}
    assert silent - inner - {str(node) for node in shapes.subjects(SH.property)} == set()


def _inner(shapes: Graph, node: object) -> set[object]:
    """Return the property shapes of a node shape that has no target: another shape reports for them."""
    shape = URIRef(str(node))
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    if any(shapes.value(shape, target) is not None for target in targets):
        return set()
    return set(shapes.objects(shape, SH.property))


def _paths(shapes: Graph, part: Node) -> Iterator[str]:
    """Yield the property of a property shape, or each of those of which it takes any."""
    path = shapes.value(part, SH.path)
    either = shapes.value(path, SH.alternativePath)
    yield from (short(str(name)) for name in ([path] if either is None else Collection(shapes, either)))


def test_the_documentation_lists_the_properties_that_each_entry_takes() -> None:
    listed: dict[tuple[str, str], set[str]] = {}
    for paragraph in (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").split("\n### ")[1:]:
        for name, properties in re.findall(r"(?m)^\| ([a-z][^|]*) \| (`.*) \|$", paragraph):
            listed[paragraph[:5], name] = set(re.findall(r"`([^`]+)`", properties))
    taken: dict[tuple[str, str], set[str]] = {}
    for path in SHAPES:
        shapes = Graph().parse(path)
        for shape in shapes.subjects(SH.closed):
            paths = {name for part in shapes.objects(shape, SH.property) for name in _paths(shapes, part)}
            taken[str(shapes.value(shape, CODE)), str(shapes.value(shape, SH.name))] = paths
    assert listed == taken


def test_a_problem_says_what_is_wrong_and_what_to_do(bad_knowledge: Mapping[str, list[Problem]]) -> None:
    (problem,) = bad_knowledge["kb012_no_place.ttl"]
    assert problem.term == "kb:wrong/kb012_no_place"
    assert problem.what == "No place in the guideline is given."
    assert problem.next_step.startswith('Say where it is: add imr:pages "98-99"')
    assert problem.severity is Severity.VIOLATION
    (problem,) = bad_knowledge["kb018_no_fact_record.ttl"]
    assert problem.severity is Severity.WARNING


def test_a_misspelt_term_is_answered_with_the_nearest_one(knowledge: Knowledge) -> None:
    path = BAD / "cases" / "ca002_unknown_term.ttl"
    (problem,) = check_case(_read(path), file=str(path), knowledge=knowledge)
    assert problem.term == "svc:PhysicalTerapy"
    assert problem.next_step.startswith("Write svc:PhysicalTherapy if that is meant")


def _offered(said: str, knowledge: Knowledge) -> dict[str, str]:
    """Return the next step for each unknown term in what is ``said`` of a case."""
    turtle = (
        "@prefix imr: <https://w3id.org/imr-kb/core#> . @prefix dx: <https://w3id.org/imr-kb/condition#> . "
        f"@prefix fnd: <https://w3id.org/imr-kb/finding#> . <https://w3id.org/imr-kb/case/a> {said} ."
    )
    graph = to_rdflib(read_quads(turtle.encode(), ".ttl", "a.ttl"))
    return {problem.term: problem.next_step for problem in check_case(graph, file="a.ttl", knowledge=knowledge)}


def test_an_unknown_condition_is_to_be_defined_where_conditions_are(knowledge: Knowledge) -> None:
    found = _offered("imr:hasDiagnosis [ imr:concept dx:Qqq ]", knowledge)
    assert found["dx:Qqq"] == "Mend it, or define it in ontology/conditions.ttl."


def test_a_case_that_has_no_text_is_checked_without_lines(knowledge: Knowledge) -> None:
    graph = _read(BAD / "cases" / "ca001_no_date.ttl")
    (problem,) = check_case(graph, file="letter.pdf", knowledge=knowledge)
    assert (problem.file, problem.line, problem.code) == ("letter.pdf", 0, "CA001")


def test_a_file_that_is_not_turtle_is_named_with_line_and_column(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "broken.ttl").write_text("@prefix a: <https://example.org/> .\na:b a:c ;; a:d .\n")
    (problem,) = check_knowledge(tmp_path)
    assert (problem.file, problem.line, problem.code) == ("kb/broken.ttl", 2, "RD001")
    assert problem.column


def test_files_are_checked_for_what_they_are() -> None:
    knowledge = load_knowledge(ROOT)
    case, example = BAD / "cases" / "ca008_nothing_asked.ttl", BAD / "examples" / "ex005_no_ground.ttl"
    letter, guideline = ROOT / "tests" / "cases" / "demo.txt", ROOT / "kb" / "odg" / "office_visits.ttl"
    found = check_paths([case, example, letter, guideline, BAD / "nothing.ttl"], knowledge)
    assert sorted(problem.code for problem in found) == ["CA008", "EX005", "IN001"]
    assert [problem.code for problem in check_paths([BAD / "examples"], knowledge)] == [
        code for path in _bad("examples") for _, code in _expected(path)
    ]


def test_a_class_that_was_not_classified_is_named(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    with (tmp_path / "ontology" / "services.ttl").open("a", encoding="utf-8") as services:
        services.write(
            "\nsvc:AnkleIcePack\n    a owl:Class ;\n    rdfs:subClassOf svc:DurableMedicalEquipment ;\n"
            '    rdfs:label "Ankle ice pack"@en ;\n    skos:definition "A pack that cools the ankle."@en .\n'
        )
    (problem,) = check_ontology(tmp_path)
    assert (problem.code, problem.term) == ("ON016", "svc:AnkleIcePack")
    assert problem.line
    (tmp_path / "ontology" / "inferred.ttl").unlink()
    assert check_ontology(tmp_path) == []


def test_a_guideline_that_is_no_turtle_by_its_ending_is_named(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "kb").mkdir()
    for path in (ROOT / "kb").glob("*.ttl"):
        shutil.copy(path, tmp_path / "kb")
    (tmp_path / "kb" / "braces.txt").write_text("kb:brace a imr:Recommendation .", encoding="utf-8")
    assert [(p.file, p.code) for p in check_knowledge(tmp_path)] == [("kb/braces.txt", "KB094")]


def test_a_guideline_without_examples_and_examples_without_a_guideline_are_named(tmp_path: Path) -> None:
    for name in (
        "kb/wrong/knee.ttl",
        "kb/wrong/left_out.ttl",
        "kb/wrong/hip.ttl",
        "tests/worked/wrong/knees.ttl",
        "tests/worked/wrong/hip.ttl",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {problem.file: problem.code for problem in without_examples(tmp_path)}
    assert found == {"kb/wrong/knee.ttl": "KB099", "tests/worked/wrong/knees.ttl": "KB099"}


def test_what_is_offered_for_a_misspelt_term_can_stand_there(knowledge: Knowledge) -> None:
    found = _offered("imr:hasFinding [ imr:concept fnd:Pregnancy ; imr:outcome imr:AnotherIsNew ]", knowledge)
    assert "dx:Pregnancy" in found["fnd:Pregnancy"]
    assert "imr:anotherIsNew" in found["imr:AnotherIsNew"]


def test_an_entry_named_for_another_folder_is_told_where_it_belongs(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes", "kb"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "kb" / "acoem_2004" / "workstation.ttl"
    text = path.read_text(encoding="utf-8")
    strayed = text.replace("kb:hand_workstation\n", "<https://w3id.org/imr-kb/kb/odg/hand_workstation>\n")
    path.write_text(strayed, encoding="utf-8")
    (problem,) = check_knowledge(tmp_path)
    assert (problem.file, problem.code) == ("kb/acoem_2004/workstation.ttl", "KB096")
    assert strayed.splitlines()[problem.line - 1].endswith("/hand_workstation>")
    assert "https://w3id.org/imr-kb/kb/acoem_2004/" in problem.next_step


def test_an_ontology_that_cannot_be_read_is_all_that_is_reported(tmp_path: Path) -> None:
    for folder in ("ontology", "kb"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "broken.ttl").write_text("a b c .", encoding="utf-8")
    assert [(problem.file, problem.code) for problem in check_root(tmp_path)] == [("ontology/broken.ttl", "RD001")]


def test_an_empty_directory_is_no_knowledge_base(tmp_path: Path) -> None:
    assert [problem.code for problem in check_ontology(tmp_path)] == ["KB900"]
    assert [problem.code for problem in check_knowledge(tmp_path)] == ["KB900"]


def test_every_prefix_of_a_wrong_file_is_one_of_ours() -> None:
    for path in BAD.rglob("*.ttl"):
        declared = dict(re.findall(r"@prefix ([\w-]+):\s*<([^>]*)>", path.read_text(encoding="utf-8")))
        shared = PREFIXES.keys() & declared.keys()
        assert {prefix: declared[prefix] for prefix in shared} == {prefix: PREFIXES[prefix] for prefix in shared}
