"""What the folders promise: pairs of files, defined terms, rules without numbers, one owner for each library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

ROOT = Path(__file__).resolve().parent.parent
BASE = "https://w3id.org/imr-kb/"
# Names that a file makes up for its own examples and cases.
OWN = tuple(BASE + part for part in ("example/", "case/"))
PYTHON_LINES = 400
# One outside library, one place that knows it.
OWNERS = {
    "click": "cli",
    "clingo": "opinions",
    "docx": "rationale",
    "jinja2": "pages",
    "lark": "letters",
    "matplotlib": "backtest",
    "numpy": "backtest",
    "owlready2": "classify",
    "pypdf": "pdf",
    "pyshacl": "validate",
    "reportlab": "rationale",
    "scipy": "backtest",
    "simple_icd_10_cm": "alignments",
}
TOKENS = re.compile(
    r"""(?P<iri><[^<>\s]*>)|(?P<string>\"\"\"[\s\S]*?\"\"\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<comment>\#[^\n]*)"""
)
NUMBER = re.compile(r"(?<![\w?$:.])\d+(?:\.\d+)?(?![\w:])")
CODE = re.compile(r"""["']([A-Z]{2}\d{3})["']""")


def _files(*patterns: str) -> list[Path]:
    """Return the files of the checkout that fit ``patterns``, sorted; a pattern that none fits is an error."""
    found: list[Path] = []
    for pattern in patterns:
        fitting = [path for path in ROOT.glob(pattern) if path.is_file()]
        assert fitting, f"no file fits {pattern}"
        found += fitting
    return sorted(found)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _topics(folder: str) -> set[str]:
    """Return the <source>/<topic>.ttl files below ``folder``, which must all say something."""
    paths = _files(f"{folder}/*/*.ttl")
    for path in paths:
        assert len(_graph(path)), f"{_name(path)} is empty"
    return {path.relative_to(ROOT / folder).as_posix() for path in paths}


@cache
def _graph(path: Path) -> Graph:
    return Graph().parse(path, format="turtle")


@cache
def _defined() -> frozenset[str]:
    """Return every term that stands as a subject in ontology/, kb/ or shapes/, and the words of worked examples.

    What a worked example can say is defined by its shape.
    """
    paths = _files("ontology/*.ttl", "kb/**/*.ttl", "shapes/*.ttl")
    terms = {str(term) for path in paths for term in set(_graph(path).subjects()) if isinstance(term, URIRef)}
    words = {str(term) for triple in _graph(ROOT / "shapes" / "example.ttl") for term in triple}
    return frozenset(terms | {word for word in words if word.startswith(f"{BASE}test#")})


def _bare(text: str) -> str:
    """Return SPARQL without comments, strings and IRIs."""
    return TOKENS.sub(" ", text)


def _terms_of_query(text: str) -> Iterator[str]:
    """Yield each of our terms that a SPARQL text names."""
    prefixes = dict(re.findall(r"(?im)^\s*PREFIX\s+([\w-]*):\s*<([^<>\s]*)>", text))
    for prefix, local in re.findall(r"(?<![\w?$:.-])([A-Za-z][\w-]*):([A-Za-z_]\w*)", _bare(text)):
        assert prefix in prefixes, f"the prefix {prefix}: is not declared"
        yield prefixes[prefix] + local


def _modules() -> list[Path]:
    return _files("imr_kb/**/*.py")


def test_every_topic_has_a_twin_with_worked_examples() -> None:
    encoded = {topic for topic in _topics("kb") if not topic.partition("/")[2].startswith("left_out")}
    assert encoded == _topics("tests/worked")


@pytest.mark.parametrize("path", _files("kb/**/*.ttl", "tests/worked/**/*.ttl", "shapes/*.ttl"), ids=_name)
def test_every_term_of_a_knowledge_file_is_defined(path: Path) -> None:
    used = {str(term) for triple in _graph(path) for term in triple if isinstance(term, URIRef)}
    ours = {term for term in used if term.startswith(BASE) and not term.startswith(OWN) and term != BASE}
    assert sorted(ours - _defined()) == []


@pytest.mark.parametrize("path", _files("imr_kb/rules/**/*.rq"), ids=_name)
def test_every_term_of_a_rule_is_defined(path: Path) -> None:
    ours = {term for term in _terms_of_query(path.read_text(encoding="utf-8")) if term.startswith(BASE)}
    assert sorted(ours - _defined()) == []


@pytest.mark.parametrize("path", _files("imr_kb/rules/**/*.rq"), ids=_name)
def test_a_rule_says_what_it_decides_and_knows_no_number(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0].startswith("# "), "the first line says what the rule decides"
    code = [line for line in lines if line.strip() and not line.startswith("#")]
    assert code[0].startswith("PREFIX "), "after the header come the prefixes"
    assert [number for number in NUMBER.findall(_bare(text)) if number not in {"0", "1"}] == []


@pytest.mark.parametrize(("library", "owner"), sorted(OWNERS.items()))
def test_one_module_owns_each_outside_library(library: str, owner: str) -> None:
    users = {_name(path) for path in _modules() if library in _imported(path)}
    assert {user for user in users if user.split("/")[1].removesuffix(".py") != owner} == set()


def test_only_the_command_line_prints() -> None:
    printing = {
        _name(path)
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {path for path in printing if not path.startswith("imr_kb/cli/")} == set()


def _imported(path: Path) -> set[str]:
    """Return the top names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_no_module_is_longer_than_one_reading() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _code()}
    assert {name: length for name, length in lengths.items() if length > PYTHON_LINES} == {}


def _code() -> list[Path]:
    return _files("imr_kb/**/*.py", "tests/**/*.py")


def test_no_module_is_named_for_having_no_subject() -> None:
    assert {path.stem for path in _code()} & {
        "common",
        "helper",
        "helpers",
        "manager",
        "misc",
        "util",
        "utils",
    } == set()


def test_no_file_names_a_place_on_one_machine() -> None:
    places = [f"{place}/" for place in (ROOT, Path.home()) if len(place.parts) > 1]
    folders = ("alignments", "imr_kb", "kb", "ontology", "shapes", "tests", "docs", ".ci")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix != ".pyc"]
    paths += [path for path in sorted(ROOT.iterdir()) if path.name != ".git"]
    named = set()
    for path in paths:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if any(place in text for place in places) or re.search(r"/(?:home|Users)/\w+/", text):
                named.add(_name(path))
    assert named == set()


def test_every_code_of_a_problem_has_a_paragraph_and_the_reverse() -> None:
    sources = _files("imr_kb/**/*.py", "imr_kb/rules/**/*.rq", "shapes/*.ttl")
    used = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^#+ ([A-Z]{2}\d{3})\b", page)) == used


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("FILTER (?days > 30)", ["30"]),
        ("BIND (?week2 * 7.5 AS ?y1) # 12 months", ["7.5"]),
        ('<https://example.org/a#2> "10" imr:C4Root', []),
        ("?a < 2 && ?b > -3", ["2", "3"]),
    ],
)
def test_the_search_for_numbers_itself(text: str, numbers: list[str]) -> None:
    assert NUMBER.findall(_bare(text)) == numbers
