"""What a user of the command line sees: data on stdout, messages on stderr, exit codes, whole files, the same bytes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "cases" / "first.ttl"
DEMO = ROOT / "tests" / "cases" / "demo.txt"
# Not needed to print help; but for the store, slow to import and not needed to decide a letter either.
HEAVY = ("owlready2", "pyoxigraph", "pyshacl", "rdflib")
COLOR = "\x1b["


def _run(*arguments: str | Path, query: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(part) for part in arguments], input=query, prog_name="imr-kb")


def _process(
    *arguments: str | Path, code: str = "from imr_kb.cli import main; main(prog_name='imr-kb')", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)


# --- help


def test_help_shows_the_exit_codes_and_an_example() -> None:
    done = _run("--help")
    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    for code in ("0 done", "1 problems found", "2 wrong usage", "3 an input was unreadable"):
        assert code in shown
    assert "Example: imr-kb " in done.stdout
    assert _run("-h").stdout == done.stdout


@pytest.mark.parametrize("verb", main.commands)
def test_every_verb_has_help_that_ends_in_an_example(verb: str) -> None:
    done = _run(verb, "--help")
    assert done.exit_code == 0
    assert re.search(rf"Example: imr-kb {verb}\b", " ".join(done.stdout.split()))
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_the_version_is_that_of_the_package() -> None:
    from imr_kb import __version__

    assert _run("--version").stdout.split()[-1] == __version__


@pytest.mark.parametrize(
    "arguments",
    [
        ("decode",),
        ("decide",),
        ("decide", "--format", "yaml", "tests/cases/first.ttl"),
        ("decide", "--colour", "tests/cases/first.ttl"),
        ("query",),
        ("query", "no-such-query.rq"),
        ("query", "docs/queries/limits.rq", "--timeout", "0"),
        ("show",),
        ("completion", "powershell"),
        ("--root", "pyproject.toml", "doctor"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two_and_says_how_to_get_help(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    done = _run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Error: " in done.stderr
    assert "--help" in done.stderr


# --- what is written where


def test_stdout_carries_data_and_nothing_else(tmp_path: Path) -> None:
    done = _process("decide", "--format", "json", DEMO, tmp_path / "not_there.txt")
    assert done.returncode == 3
    assert [case["file"] for case in json.loads(done.stdout)["cases"]] == ["demo.txt"]
    assert done.stderr.decode().startswith("not_there.txt: IN001 ")


def test_json_lines_are_one_line_for_each_case(tmp_path: Path) -> None:
    two = tmp_path / "two.ttl"
    text = FIRST.read_text(encoding="utf-8")
    two.write_text("".join(text.replace("case/first", f"case/{name}") for name in ("a", "b")), encoding="utf-8")
    done = _run("decide", "--format", "jsonl", DEMO, two)
    cases = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert [case["file"] for case in cases] == ["demo.txt", "two.ttl", "two.ttl"]
    assert [len(case["decisions"]) for case in cases] == [3, 1, 1]


def test_an_output_file_holds_what_stdout_would(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text("what stood here before", encoding="utf-8")
    done = _run("decide", "--format", "jsonl", DEMO, "--output", path)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert path.read_text(encoding="utf-8") == _run("decide", "--format", "jsonl", DEMO).stdout
    assert list(tmp_path.iterdir()) == [path]


def test_an_output_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    done = _run("decide", DEMO, "--output", tmp_path / "no" / "such" / "folder.txt")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "folder.txt: OU001 violation: The output cannot be written: No such file or directory." in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_fails_leaves_the_output_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("what stood here before", encoding="utf-8")
    done = _run("query", "-", "--format", "csv", "--output", path, query="CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }")
    assert done.exit_code == 1
    assert path.read_text(encoding="utf-8") == "what stood here before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unreadable_input_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    done = _run("decide", "--format", "json", tmp_path / "not_there.txt", "--output", path)
    assert (done.exit_code, done.stdout) == (3, "")
    assert {entry.name for entry in tmp_path.iterdir()} <= {path.name}
    assert not path.exists() or json.loads(path.read_text(encoding="utf-8")) == {"cases": []}


def test_a_reader_that_has_enough_is_no_failure() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "imr_kb", "query", "-", "--format", "csv"]
    asked = b"SELECT ?s ?p ?o { ?s ?p ?o }"
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(asked)
        process.stdin.close()
        assert process.stdout.readline().strip() == b"s,p,o"
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert said == b""


def test_nothing_is_colored(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["explain", str(FIRST)], prog_name="imr-kb", color=True)
    assert COLOR not in shown.stdout
    forced = _process("decide", DEMO, tmp_path / "no.txt", FORCE_COLOR="1", CLICOLOR_FORCE="1", TERM="xterm-256color")
    assert forced.stdout
    assert forced.stderr
    assert COLOR.encode() not in forced.stdout + forced.stderr


def test_the_same_input_gives_the_same_bytes() -> None:
    for form in ("json", "ttl"):
        one, other = (
            _process("decide", "--format", form, DEMO, PYTHONHASHSEED=seed, TZ=zone)
            for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
        )
        assert one.returncode == other.returncode == 0
        assert one.stdout
        assert one.stdout == other.stdout


def test_the_order_of_a_file_does_not_matter(tmp_path: Path) -> None:
    (store := ox.Store()).bulk_load(path=str(FIRST), format=ox.RdfFormat.TURTLE)
    lines = sorted(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in store)
    printed = []
    for ordered in (lines, lines[::-1]):
        path = tmp_path / "first.nt"
        path.write_text("".join(ordered), encoding="utf-8")
        printed.append(_run("decide", "--format", "json", path).stdout)
    assert printed[0] == printed[1]
    assert json.loads(printed[0])["cases"][0]["decisions"][0]["ground"] == "limit-exceeded"


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", {"COMP_WORDS": "imr-kb de", "COMP_CWORD": "1"}),
        ("zsh", {"COMP_WORDS": "imr-kb de", "COMP_CWORD": "1"}),
        ("fish", {"COMP_WORDS": "imr-kb de", "COMP_CWORD": "de"}),
    ],
)
def test_a_shell_completes_verbs(shell: str, words: Mapping[str, str]) -> None:
    script = _run("completion", shell)
    assert script.exit_code == 0
    assert f"_IMR_KB_COMPLETE={shell}_complete" in script.stdout
    completed = _process(_IMR_KB_COMPLETE=f"{shell}_complete", **words)
    assert "decide" in completed.stdout.decode()
    assert "explain" not in completed.stdout.decode()


# --- what is loaded


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (("--help",), ()),
        (("explain", "--help"), ()),
        (("completion", "fish"), ()),
        (("decide", DEMO), ("pyoxigraph",)),
        (("read", DEMO), ("pyoxigraph",)),
        (("show", "svc:PhysicalTherapy"), ("pyoxigraph",)),
        (("decide", FIRST), ("pyoxigraph", "pyshacl", "rdflib")),
    ],
    ids=lambda value: " ".join(Path(part).name for part in value) or "nothing",
)
def test_what_is_slow_to_import_is_imported_only_where_it_is_needed(
    arguments: tuple[str | Path, ...], allowed: tuple[str, ...]
) -> None:
    code = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print('loaded', *(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr))\n"
        "from imr_kb.cli import main\n"
        "main(prog_name='imr-kb')"
    )
    done = _process(*arguments, code=code)
    assert done.returncode == 0
    assert set(done.stderr.decode().splitlines()[-1].split()[1:]) <= set(allowed)
