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
from imr_kb.terms import PROV, RDF, core

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


@pytest.fixture(scope="module")
def explained() -> Result:
    return _run("explain", DEMO)


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
    assert "folder.txt: cannot be written: No such file or directory" in done.stderr
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


def test_nothing_is_colored(explained: Result, tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["explain", str(FIRST)], prog_name="imr-kb", color=True)
    assert COLOR not in explained.stdout + shown.stdout
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


# --- the forms of a decision


def test_turtle_holds_the_proof() -> None:
    done = _run("decide", "--format", "ttl", DEMO)
    store = ox.Store()
    store.extend(ox.parse(done.stdout.encode(), format=ox.RdfFormat.TURTLE))

    def each(name: str) -> list[ox.Quad]:
        return list(store.quads_for_pattern(None, ox.NamedNode(core(name)), None))

    kind = ox.NamedNode(RDF + "type")
    decisions = {quad.subject for quad in store.quads_for_pattern(None, kind, ox.NamedNode(core("Decision")))}
    judgements = {quad.subject for quad in store.quads_for_pattern(None, kind, ox.NamedNode(core("Judgement")))}
    assert len(decisions) == 3
    for name in ("verdict", "ground", "ofRequest", "governedBy", "reviewOutcome"):
        assert {quad.subject for quad in each(name)} >= decisions, name
    assert {quad.object for quad in each("rests")} == judgements
    for name in ("status", "effect", "byRule", "ofClause"):
        assert {quad.subject for quad in each(name)} == judgements, name
    assert each("considers")
    assert each("decisive")
    assert {len(each(name)) for name in ("rulesHash", "caseHash", "knowledgeVersion")} == {1}
    assert {
        quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(PROV + "wasGeneratedBy"), None)
    } == decisions


def test_the_forms_agree(explained: Result) -> None:
    (line,) = _run("decide", "--format", "jsonl", DEMO).stdout.splitlines()
    case = json.loads(line)
    assert json.loads(_run("explain", "--format", "json", DEMO).stdout) == {"cases": [case]}
    words = {
        "necessary": "Medically necessary",
        "not-necessary": "Not shown medically necessary",
        "undetermined": "Undetermined",
    }
    heads = [f"{words[decision['verdict']]} ({decision['ground'].replace('-', ' ')})" for decision in case["decisions"]]
    for shown in (_run("decide", DEMO), explained):
        assert re.findall(r"(?m)^   ((?:Medically|Not shown|Undetermined)[^:\n]*?\))", shown.stdout) == heads
        assert [line[3:] for line in shown.stdout.splitlines() if re.match(r"\d\. ", line)] == [
            item["requested"] for item in case["decisions"]
        ]


def test_an_explanation_goes_from_the_verdict_to_what_is_missing(explained: Result) -> None:
    assert explained.exit_code == 0
    item = explained.stdout.partition("\n1. ")[2].partition("\n2. ")[0]
    order = ["Not shown medically necessary", "pages 98-99", "(limit)", "Did not govern:", "To show necessity"]
    places = [item.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert explained.stdout.rstrip().endswith("It is\nnot a determination.")
    assert max(map(len, explained.stdout.splitlines())) <= 120


def test_the_words_of_an_explanation_stand_where_it_says(explained: Result) -> None:
    text = DEMO.read_text(encoding="utf-8")
    quoted = re.findall(r'"([^"]+)" \[(\d+)-(\d+)\]', " ".join(explained.stdout.split()))
    assert len(quoted) > 10
    assert [words for words, start, end in quoted if " ".join(text[int(start) : int(end)].split()) != words] == []


def test_rows_name_the_rule_files_and_what_they_bound() -> None:
    done = _run("explain", "--rows", FIRST)
    named = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert "criteria/quantity.rq" in named
    assert all((ROOT / "imr_kb" / "rules" / name).is_file() for name in named)
    (row,) = [line for line in done.stdout.splitlines() if "most = 10" in line]
    assert {"asked = 8", "prior = 6", "status = imr:NotMet"} <= set(row.strip().split("; "))


def test_a_letter_that_was_read_and_written_decides_the_same(tmp_path: Path) -> None:
    path = tmp_path / "demo.ttl"
    assert _run("read", DEMO, "--output", path).exit_code == 0
    letter, case = (json.loads(_run("decide", "--format", "jsonl", source).stdout) for source in (DEMO, path))
    assert case == {**letter, "file": "demo.ttl"}


def test_what_was_read_is_listed_with_its_words() -> None:
    done = _run("read", "--format", "text", DEMO)
    titles = [line.strip() for line in done.stdout.splitlines() if re.fullmatch(r"  [A-Z][\w, ]+", line)]
    assert titles[0] == "Disputed items"
    assert {"Diagnoses and complaints", "Findings", "Treatment given", "Medication"} <= set(titles)
    assert re.search(r'(?m)^    denied: Motor weakness.*: "Motor strength was 5/5"$', done.stdout)


def test_decisions_come_from_the_knowledge_base_that_is_named(tmp_path: Path) -> None:
    for folder in ("ontology", "shapes", "kb"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    done = _run("--root", tmp_path, "decide", DEMO)
    assert done.stdout == _run("decide", DEMO).stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    done = _run("--root", empty, "decide", DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "KB900" in done.stderr


# --- show, doctor, test, completion


@pytest.mark.parametrize(
    "name",
    [
        "svc:PhysicalTherapy",
        "https://w3id.org/imr-kb/service#PhysicalTherapy",
        "Physical therapy",
        "physical THERAPY",
        "physiotherapy",
    ],
)
def test_a_term_is_found_by_any_of_its_names(name: str) -> None:
    done = _run("show", name)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == ["svc:PhysicalTherapy", "  https://w3id.org/imr-kb/service#PhysicalTherapy"]
    assert "  label: Physical therapy\n" in done.stdout


def test_a_term_is_shown_with_what_uses_it() -> None:
    done = _run("show", "svc:PhysicalMedicineTherapy")
    assert re.search(r"(?m)^  holds: .*svc:PhysicalTherapy", done.stdout)
    assert re.search(r"(?m)^  within: .*svc:Service", done.stdout)
    assert "    kb:mtus_chronic_pain_2009/physical_medicine_myalgia (covers)\n" in done.stdout
    criterion = _run("show", "kb:mtus_chronic_pain_2009/physical_medicine_gain").stdout
    assert "    kb:mtus_chronic_pain_2009/physical_medicine_myalgia (continuesIf)\n" in criterion
    assert "    criteria/quantity.rq\n" in _run("show", "imr:mostUnits").stdout


@pytest.mark.parametrize("name", ["svc:PhysicalTerapy", "physcal therapy", "physical  therpy"])
def test_a_slip_is_answered_with_near_names(name: str) -> None:
    done = _run("show", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "LK001" in done.stderr
    assert "Perhaps you mean svc:PhysicalTherapy" in done.stderr


def test_a_name_like_no_other_is_answered_with_the_forms_of_a_name() -> None:
    done = _run("show", "qqqqzzzz")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "LK001" in done.stderr
    assert "svc:PhysicalTherapy" in done.stderr


def test_the_doctor_looks_at_everything(tmp_path: Path) -> None:
    done = _run("doctor")
    assert (done.exit_code, done.stderr) == (0, "")
    assert {line.split()[0] for line in done.stdout.splitlines()} <= {"ok", "absent"}
    for what in (
        "imr-kb",
        "Python",
        "pyoxigraph",
        "rdflib",
        "pyshacl",
        "owlready2",
        "lark",
        "click",
        "java",
        "recommendations",
    ):
        assert what in done.stdout
    ill = _run("--root", tmp_path, "doctor")
    assert ill.exit_code == 1
    assert "missing " in ill.stdout
    assert "KB900" in ill.stdout


def test_examples_that_agree_and_one_that_differs(tmp_path: Path) -> None:
    source = ROOT / "tests" / "worked" / "mtus_acupuncture_2009" / "acupuncture.ttl"
    done = _run("test", source)
    assert done.exit_code == 0
    assert done.stdout.count("agrees ") == done.stdout.count("\n") > 0
    assert re.search(r"^\d+ examples, 0 differ$", done.stderr.strip())
    text = source.read_text(encoding="utf-8")
    changed = tmp_path / "acupuncture.ttl"
    changed.write_text(
        re.sub(r"t:verdict( +)imr:Necessary", r"t:verdict\1imr:Undetermined", text, count=1), encoding="utf-8"
    )
    done = _run("test", "--quiet", changed)
    assert done.exit_code == 1
    assert done.stdout.startswith("differs ")
    assert "verdict: expected imr:Undetermined, found imr:Necessary" in done.stdout
    assert done.stderr.strip().endswith(" 1 differ")


def test_no_example_is_a_problem(tmp_path: Path) -> None:
    assert "EX900" in _run("test", tmp_path).stderr
    assert _run("test", tmp_path / "not_there").exit_code == 3


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
