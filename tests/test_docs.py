"""Every command that the documentation shows runs, prints what is shown, and every path it names exists."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import Graph, URIRef

from imr_kb.cli import main
from imr_kb.terms import KB, PREFIXES

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
TURTLE = re.compile(r"^```turtle\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
REST = "..."
# A path in backticks: it has a slash or a file's ending and no placeholder.
PATH = re.compile(r"(?<!`)`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|ttl|toml|py|txt))`(?!`)")
LINK = re.compile(r"\]\(([\w./-]+)\)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that a page shows: its words, its exit code, and the lines printed below it (none where left out)."""

    page: str
    words: tuple[str, ...]
    exit_code: int
    output: tuple[str, ...]


def _shown(page: Path) -> list[Shown]:
    """Return the commands of a page; ``# exit N`` after one gives its exit code."""
    found = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        assert block.startswith(PROMPT), f"{page.name}: a console block begins with a command"
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            command, _, output = part.partition("\n")
            command, _, code = command.partition("# exit")
            lines = tuple(line.rstrip() for line in output.rstrip().splitlines())
            words = tuple(shlex.split(command))
            found.append(Shown(page.relative_to(ROOT).as_posix(), words, int(code or 0), lines))
    return found


COMMANDS = [shown for page in PAGES for shown in _shown(page)]
# What several pages show is run once and compared with each.
RUNS = {shown.words: [other for other in COMMANDS if other.words == shown.words] for shown in COMMANDS}


def _agrees(printed: list[str], shown: tuple[str, ...]) -> bool:
    """Compare line by line; a line of three dots stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == REST else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None


@pytest.mark.parametrize("words", RUNS, ids=shlex.join)
def test_a_command_of_the_documentation_runs(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert words[0] == "imr-kb"
    result = CliRunner().invoke(main, words[1:], prog_name="imr-kb", catch_exceptions=False)
    for shown in RUNS[words]:
        assert result.exit_code == shown.exit_code, f"{shown.page}: {result.output}"
        if shown.output:
            printed = result.stdout.rstrip().splitlines()
            assert _agrees(printed, shown.output), f"{shown.page}: {result.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = {name for name in PATH.findall(text) if not (ROOT / name).exists()}
    missing |= {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    assert missing == set()


@pytest.mark.parametrize("page", [page for page in PAGES if TURTLE.search(page.read_text(encoding="utf-8"))], ids=str)
def test_the_turtle_of_a_page_is_turtle_in_defined_words(page: Path) -> None:
    core = Graph().parse(ROOT / "ontology" / "core.ttl") + Graph().parse(ROOT / "shapes" / "example.ttl")
    core.parse(ROOT / "ontology" / "review.ttl")
    core.parse(ROOT / "ontology" / "formulary.ttl")
    known = {term for triple in core for term in triple}
    prefixes = {**PREFIXES, "kb": KB, "ex": f"{KB}example/", "owl": "http://www.w3.org/2002/07/owl#"}
    head = "".join(f"@prefix {prefix}: <{uri}> .\n" for prefix, uri in prefixes.items())
    for block in TURTLE.findall(page.read_text(encoding="utf-8")):
        terms = {term for triple in Graph().parse(data=head + block, format="turtle") for term in triple}
        ours = {
            term
            for term in terms
            if isinstance(term, URIRef) and str(term).startswith((PREFIXES["imr"], PREFIXES["t"]))
        }
        assert ours <= known


def test_every_command_has_a_page_with_an_example_and_a_line_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lacking = set()
    for name in main.commands:
        page = ROOT / "docs" / f"{name}.md"
        runs = page.is_file() and any(shown.words[1:2] == (name,) for shown in _shown(page))
        if not runs or f"(docs/{name}.md)" not in readme:
            lacking.add(name)
    assert lacking == set()


def test_the_comparison_notices_a_difference() -> None:
    assert _agrees(["a", "b", "c"], ("a", "...", "c"))
    assert _agrees(["a"], ("a", "..."))
    assert not _agrees(["a", "b"], ("a",))
    assert not _agrees(["a", "x"], ("a", "b"))
