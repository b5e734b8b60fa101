"""Hostile queries: nested without end, with costly patterns, growing without end, or of no length; each is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hostile import ROOT, run, told

from imr_kb.cli import query as verb

pytestmark = pytest.mark.usefixtures("loaded_once")
NESTED = {
    "brackets": "SELECT * {{ ?s ?p ?o FILTER ({}1{}) }}".format("(" * 5000, ")" * 5000),
    "groups": "SELECT * {}?s ?p ?o{}".format("{ " * 5000, " }" * 5000),
    "paths": "SELECT * {{ ?s {}<urn:b>{} ?o }}".format("(" * 5000, ")*" * 5000),
    "lists": "SELECT * {{ ?s ?p {}1{} }}".format("(" * 5000, ")" * 5000),
    "blank nodes": "SELECT * {{ ?s ?p {}1{} }}".format("[ <urn:b> " * 5000, "]" * 5000),
    "negations": "SELECT * {{ ?s ?p ?o FILTER ({}true) }}".format("!" * 5000),
    "selections": "{}SELECT * {{ ?s ?p ?o }}{}".format("SELECT * { { " * 2000, " } }" * 2000),
    "existence": "SELECT * {{ ?s ?p ?o {}?s ?p ?o{} }}".format("FILTER EXISTS { " * 2000, " }" * 2000),
}


@pytest.mark.parametrize("name", NESTED)
def test_a_query_that_is_nested_without_end_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "nested.rq"
    path.write_text(NESTED[name], encoding="utf-8")
    done = run("query", path)
    assert (told(done), done.exit_code, done.stdout) == (["QU001"], 1, "")
    assert "nested" in done.stderr or name == "negations", "two of them in a row are no SPARQL"


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(.*)*$x", "((a{1000}){1000}){1000}", "(((", "[", "(?<=a)b", "\\1"]
)
def test_a_pattern_that_would_never_end_elsewhere_is_answered(pattern: str) -> None:
    found = pattern.replace("\\", "\\\\")
    asked = f'SELECT ?x {{ BIND ("{"a" * 60}!" AS ?x) FILTER REGEX(?x, "{found}") }}'
    done = run("query", "-", "--format", "csv", text=asked)
    assert (told(done), done.exit_code) == ([], 0)
    assert done.stdout.splitlines()[0] == "x"


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT (1e999 AS ?x) (-1e999 AS ?y) (1/0 AS ?z) {}",
        f"SELECT ({'9' * 400} AS ?x) ({'9' * 400}.5 * 9 AS ?y) {{}}",
        "SELECT (xsd:integer('٨') AS ?x) (STRDT('1', <urn:a>) AS ?y) {}",
        "SELECT * { ?s ?p '\u202e\ufeff' }",
        "\ufeffASK { ?s ?p ?o }",
        f"ASK {{ ?s ?p '{'x' * 500_000}' }}",
    ],
    ids=["without end", "400 digits", "digits", "signs", "mark", "long text"],
)
def test_numbers_and_texts_without_end_are_values_or_none(asked: str) -> None:
    done = run("query", "-", text=asked)
    assert (told(done), done.exit_code) == ([], 0)


def test_what_a_query_gives_is_no_order_to_the_terminal() -> None:
    done = run("query", "-", text="SELECT ('\x1b[31m\u202e\x07' AS ?x) {}")
    assert done.exit_code == 0
    assert "\\x1b[31m\\u202e\\x07" in done.stdout


def test_half_a_character_in_a_query_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "half.rq"
    path.write_bytes(b"SELECT * { ?s ?p '\xed\xa0\x80' }")
    done = run("query", path)
    assert (told(done), done.exit_code) == ([], 2)
    assert "not UTF-8" in done.stderr


def _apart(path: str | Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a query in a process of its own, which it may end."""
    command = [sys.executable, "-m", "imr_kb", "query", str(path), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_query_without_end_is_given_up(tmp_path: Path) -> None:
    path, output = tmp_path / "endless.rq", tmp_path / "rows.csv"
    path.write_text("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", encoding="utf-8")
    done = _apart(path, "--timeout", "1", "--output", str(output))
    assert (done.returncode, done.stdout) == (1, "")
    assert "QU003" in done.stderr
    assert "1 seconds" in done.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_query_text_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    long = tmp_path / "long.rq"
    long.write_text("#" * (verb._LONGEST + 1), encoding="utf-8")
    for path in (long, Path("/dev/zero")):
        done = _apart(path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "longer than any query" in done.stderr


def test_parsing_counts_as_time_of_the_query(tmp_path: Path) -> None:
    path = tmp_path / "doubling.rq"
    path.write_text(f"SELECT * {{ ?s ?p ?o FILTER ({'(' * 20}1{')' * 20}) }}", encoding="utf-8")
    done = _apart(path, "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (1, "")
    assert "QU003" in done.stderr


def test_a_text_that_grows_without_end_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "growing.rq"
    names = "abcdefghijkl"
    growing = " ".join(f"BIND (CONCAT({', '.join([f'?{one}'] * 10)}) AS ?{two})" for one, two in pairwise(names))
    path.write_text(f"SELECT (STRLEN(?l) AS ?n) {{ BIND ('aaaaaaaaaa' AS ?a) {growing} }}", encoding="utf-8")
    code = "import imr_kb.cli as cli, imr_kb.cli.query as verb; verb.MAX_MEMORY = 2**26; cli.main()"
    command = [sys.executable, "-c", code, "query", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "QU006" in done.stderr
