"""Every wrong input is reported with file, place, code and what to do; the good ones beside it are still decided."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_kb.cli import main

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "cases" / "first.ttl"
DEMO = ROOT / "tests" / "cases" / "demo.txt"

pytestmark = pytest.mark.usefixtures("loaded_once")


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments], prog_name="imr-kb")


def _case(name: str, *changes: tuple[str, str]) -> str:
    """Return the case of docs/model.md under another name, with ``changes`` to its text."""
    text = FIRST.read_text(encoding="utf-8").replace("case/first", f"case/{name}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


# Each wrong input with the code that reports it and words of the message.
WRONG: Mapping[str, tuple[str | bytes, str, str]] = {
    "empty.txt": ("", "IN002", "empty"),
    "blank.ttl": (" \n\n", "IN002", "empty"),
    "binary.txt": (b"a letter\0of bytes", "IN003", "UTF-8"),
    "latin.txt": ("d\xe9cision".encode("latin-1"), "IN003", "UTF-8"),
    "memo.txt": ("Dear colleague, please find the chart attached.\n", "IN004", "no determination letter"),
    "no_items.txt": ("CLINICAL CASE SUMMARY\nThe worker is 46.\n", "IN004", "no disputed items"),
    "broken.ttl": (
        "@prefix imr: <https://w3id.org/imr-kb/core#> .\n<a:b>\n  a imr:Case\n  imr:sex 1 .\n",
        "RD001",
        "Turtle",
    ),
    "broken.jsonld": ('{"@context": {},\n "@id": }', "RD001", "JSON"),
    "remote.jsonld": (
        '{"@context": "https://example.org/c.jsonld", "@id": "a:b"}',
        "RD002",
        "https://example.org/c.jsonld",
    ),
    "nothing.ttl": ("<a:b> <a:c> <a:d> .\n", "RD003", "no case"),
    "month_13.ttl": (_case("month_13", ('"2015-06-08"', '"2015-13-08"')), "RD005", "2015-13-08"),
    "slashes.ttl": (_case("slashes", ('"2015-06-08"', '"06/08/2015"')), "RD005", "06/08/2015"),
    "no_date.ttl": (_case("no_date", ("    imr:requestedOn  ", "    # ")), "CA001", "no date"),
    "misspelt.ttl": (
        _case("misspelt", ("svc:PhysicalTherapy ; imr:v", "svc:PhysicalTerapy ; imr:v")),
        "CA002",
        "svc:PhysicalTherapy",
    ),
    "before.ttl": (
        _case("before", ("visits 6", 'visits 6 ; imr:onDate "2013-12-31"^^xsd:date')),
        "CA020",
        "before the injury",
    ),
    "negative.ttl": (_case("negative", ("quantity 8", "quantity -8")), "CA008", "-8"),
    "none.ttl": (_case("none", ("quantity 8", "quantity 0")), "CA008", "to 1000: 0."),
    "absurd.ttl": (_case("absurd", ("quantity 8", "quantity 1000000000000")), "CA008", "1000000000000"),
    "endless.ttl": (_case("endless", ("visits 6", "visits 99999999999999999999999999")), "CA008", "visits"),
    "in_words.ttl": (_case("in_words", ("quantity 8", 'quantity "eight"')), "CA008", "eight"),
}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every wrong input."""
    folder = tmp_path_factory.mktemp("wrong")
    for name, (content, _, _) in WRONG.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.fixture(scope="module")
def mixed(wrong: Path) -> Result:
    """Return what becomes of all wrong inputs, one that is not there, a folder, and two good ones among them."""
    names = sorted(WRONG)
    files = [wrong / name for name in names]
    return _run("decide", "--format", "jsonl", *files[:5], DEMO, *files[5:], wrong / "not_there.txt", wrong, FIRST)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_input_is_reported_with_its_code(name: str, mixed: Result) -> None:
    _, code, words = WRONG[name]
    (line,) = [line for line in mixed.stderr.splitlines() if re.match(rf"(?:\S*/)?{re.escape(name)}[:\d]*: ", line)]
    assert f": {code} violation: " in line
    assert words in line


def test_each_problem_says_what_to_do(mixed: Result) -> None:
    for line in mixed.stderr.splitlines():
        assert re.fullmatch(
            r"\S+?(?::\d+){0,2}: [A-Z]{2}\d{3} (?:violation|warning): [A-Z].*\. ?(?:\[.*\])? [A-Z].*\.", line
        ), line


def test_a_file_that_is_not_there_and_a_folder_are_reported(mixed: Result, wrong: Path) -> None:
    unreadable = [line for line in mixed.stderr.splitlines() if ": IN001 " in line]
    assert [line.partition(":")[0] for line in unreadable] == sorted(["not_there.txt", wrong.name])


def test_broken_turtle_is_reported_with_line_and_column(mixed: Result) -> None:
    assert re.search(r"(?m)^\S*broken\.ttl:4:\d+: RD001 ", mixed.stderr)
    assert re.search(r"(?m)^\S*broken\.jsonld:2:\d+: RD001 ", mixed.stderr)


def test_a_wrong_line_of_a_case_is_named(mixed: Result) -> None:
    text = str(WRONG["negative.ttl"][0])
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "quantity -8" in line)
    assert f"negative.ttl:{line}: CA008 " in mixed.stderr


def test_the_good_inputs_are_still_decided_in_their_order(mixed: Result) -> None:
    assert mixed.exit_code == 3
    assert [json.loads(line)["file"] for line in mixed.stdout.splitlines()] == ["demo.txt", "first.ttl"]


def test_no_wrong_input_shows_the_inside_of_the_program(mixed: Result) -> None:
    assert "Traceback" not in mixed.stderr
    assert mixed.exception is None or isinstance(mixed.exception, SystemExit)


def test_a_case_that_cannot_be_decided_ends_with_one(wrong: Path) -> None:
    done = _run("decide", wrong / "no_date.ttl", FIRST)
    assert done.exit_code == 1
    assert done.stdout.startswith("first.ttl: ")


def test_a_letter_without_a_date_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "undated.txt"
    path.write_text(
        "CLINICAL CASE SUMMARY\nThe worker has low back pain.\n\nIMR DECISIONS\nLumbar MRI: Upheld\n", encoding="utf-8"
    )
    done = _run("decide", path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "CA001" in done.stderr


def test_the_same_case_twice_is_decided_once(tmp_path: Path) -> None:
    copy = tmp_path / "copy.ttl"
    copy.write_text(FIRST.read_text(encoding="utf-8"), encoding="utf-8")
    done = _run("decide", "--format", "jsonl", FIRST, copy)
    assert (done.exit_code, done.stdout.count("\n")) == (1, 1)
    assert "copy.ttl: CA030 " in done.stderr


def test_check_finds_what_decide_finds(wrong: Path, mixed: Result) -> None:
    done = _run("check", *(wrong / name for name in sorted(WRONG)))
    found = set(re.findall(r"(?m)(\w+\.\w+)(?::\d+)*: ([A-Z]{2}\d{3}) ", done.stdout))
    assert done.exit_code == 3
    assert found == set(re.findall(r"(?m)(\w+\.\w+)(?::\d+)*: ([A-Z]{2}\d{3}) ", mixed.stderr)) - {
        ("not_there.txt", "IN001")
    }


def test_check_writes_problems_as_json(wrong: Path) -> None:
    done = _run("check", "--format", "json", wrong / "negative.ttl")
    (problem,) = json.loads(done.stdout)["problems"]
    assert done.exit_code == 1
    assert problem.keys() == {"code", "severity", "file", "line", "column", "term", "what", "next_step"}
    assert (problem["code"], problem["severity"]) == ("CA008", "violation")


def test_check_passes_a_sound_case_and_a_sound_letter() -> None:
    done = _run("check", FIRST, DEMO)
    assert (done.exit_code, done.stdout) == (0, "")
