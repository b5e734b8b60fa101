"""Many files are decided in several processes: in order, each on its own, and nothing that is done is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from invented_letters import write_letters

from imr_kb import batch as many
from imr_kb.batch import Done, Source, decide_all, sources
from imr_kb.cli import main
from imr_kb.errors import InputError, Problem
from imr_kb.inputs import checked
from imr_kb.journal import Journal
from imr_kb.load import Case, Knowledge

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
COMMAND = [sys.executable, "-m", "imr_kb", "batch"]


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a hundred and twenty letters, so that there are several chunks."""
    folder = tmp_path_factory.mktemp("letters")
    write_letters(folder, 120)
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> str:
    """Return what deciding one after the other gives."""
    result = _run("decide", "--format", "jsonl", *sorted(folder.iterdir()))
    assert result.exit_code == 0
    return result.stdout


# --- results


@pytest.mark.parametrize("processes", ["1", "3"])
def test_the_results_are_those_of_deciding_one_after_the_other(
    processes: str, folder: Path, expected: str, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    result = _run("batch", folder, "--output", output, "--processes", processes)
    assert result.exit_code == 0, result.output
    assert output.read_text(encoding="utf-8") == expected
    assert "120 files, 120 cases decided, 0 files unreadable, 0 files with problems" in result.stderr
    assert list(tmp_path.iterdir()) == [output]


def test_without_an_output_the_lines_are_printed(folder: Path, expected: str) -> None:
    result = _run("batch", folder)
    assert (result.exit_code, result.stdout) == (0, expected)


def test_a_device_is_not_replaced_by_the_output() -> None:
    assert _run("batch", CASES / "demo.txt", "--output", "/dev/null").exit_code == 2
    assert Path("/dev/null").is_char_device()


def test_unreadable_files_are_reported_and_counted_and_the_others_done(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", tmp_path / "out.jsonl"
    (folder / "sub").mkdir(parents=True)
    write_letters(folder, 3)
    (folder / "letter-000002a.txt").write_text("A note about lunch.", encoding="utf-8")
    (folder / "sub" / "bad.pdf").write_bytes(b"no pdf")
    (folder / "sub" / "empty.ttl").write_bytes(b"")
    (folder / "sub" / ".hidden.txt").write_bytes(b"not looked at")
    (folder / "sub" / "table.xlsx").write_bytes(b"not looked at")
    result = _run("batch", folder, "--output", output)
    assert result.exit_code == 3
    assert "6 files, 3 cases decided, 3 files unreadable" in result.stderr
    for told in ("letter-000002a.txt: IN004", "sub/bad.pdf: IN021", "sub/empty.ttl: IN002"):
        assert told in result.stderr
    names = [json.loads(line)["file"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert names == ["letter-000001.txt", "letter-000002.txt", "letter-000003.txt"]


def test_what_is_wrong_with_a_case_is_told_at_the_path_of_its_file_below_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "cases" / "march" / "one.ttl"
    file.parent.mkdir(parents=True)
    file.write_text(
        "@prefix imr: <https://w3id.org/imr-kb/core#> .\n"
        "<https://w3id.org/imr-kb/case/one> a imr:Case ; imr:requests [ imr:quantity 1 ] .\n"
    )
    result = _run("batch", tmp_path / "cases", "--output", tmp_path / "out.jsonl")
    told = [line for line in result.stderr.splitlines() if " violation: " in line]
    assert told
    assert all(line.startswith("march/one.ttl:") for line in told)


def test_files_and_folders_of_every_format_go_together(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = _run("batch", CASES / "two_regions.ttl", CASES / "letters", CASES / "demo.txt", "-o", output)
    assert result.exit_code == 0, result.output
    names = [json.loads(line)["file"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert (names[0], names[-1]) == ("two_regions.ttl", "demo.txt")
    assert len(names) == 2 + len(list((CASES / "letters").glob("*.txt")))


def test_a_case_that_stands_in_two_files_is_decided_once_wherever_the_files_are(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    first, *_, last = write_letters(tmp_path, 60)
    last.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    result = _run("batch", tmp_path, "--output", output, "--processes", "2")
    assert result.exit_code == 1
    assert f"{last.name}: CA030" in result.stderr
    assert "60 files, 59 cases decided, 0 files unreadable, 1 files with problems" in result.stderr


def test_where_nothing_can_be_decided_the_output_is_left_as_it_was(tmp_path: Path) -> None:
    output, letter = tmp_path / "out.jsonl", tmp_path / "letter.txt"
    output.write_text("before", encoding="utf-8")
    letter.write_text("A note about lunch.", encoding="utf-8")
    assert _run("batch", letter, "--output", output).exit_code == 3
    assert output.read_text(encoding="utf-8") == "before"
    assert sorted(tmp_path.iterdir()) == [letter, output]


def test_a_folder_without_letters_is_a_mistake(tmp_path: Path) -> None:
    result = _run("batch", tmp_path, "--output", tmp_path / "out.jsonl")
    assert result.exit_code == 3
    assert "IN040" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    result = _run("batch", CASES / "demo.txt", "--output", tmp_path / "none" / "out.jsonl")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


# --- runs that are ended


def test_what_was_done_before_a_kill_is_not_done_again(folder: Path, expected: str, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    part, journal = tmp_path / "out.jsonl.part", tmp_path / "out.jsonl.journal"
    with subprocess.Popen(
        [*COMMAND, str(folder), "--output", str(output), "--processes", "1"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"\n") > 1):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert not output.exists()
    kept = part.read_text(encoding="utf-8")
    assert expected.startswith(kept[: kept.rindex("\n") + 1])
    done = journal.read_bytes().count(b"\n") - 1
    assert done > 0
    result = _run("batch", folder, "--output", output)
    assert result.exit_code == 0
    assert f"going on after {done} of 120 files" in result.stderr
    assert output.read_text(encoding="utf-8") == expected
    assert list(tmp_path.iterdir()) == [output]


def _source(folder: Path, number: int) -> Source:
    path = folder / f"{number}.txt"
    path.write_text(f"{number}", encoding="utf-8")
    return Source(path, path.name)


def _done(source: Source) -> Done:
    return Done(source, (((f"urn:{source.name}",), f"line of {source.name}\n"),))


@pytest.fixture
def interrupted(tmp_path: Path) -> tuple[Path, list[Source]]:
    """Return the output of a run that was ended after two of three files, and its files."""
    files = [_source(tmp_path, number) for number in range(3)]
    output = tmp_path / "out.jsonl"
    with Journal(output, files, version="1", restart=False) as journal:
        assert journal.tally.done == 0
        assert journal.add([_done(file) for file in files[:2]]) == []
    return output, files


def _again(output: Path, files: list[Source], *, version: str = "1", restart: bool = False) -> int:
    """Finish the run and return how many files were done before; the output must be whole."""
    with Journal(output, files, version=version, restart=restart) as journal:
        before = journal.tally.done
        journal.add([_done(file) for file in files[before:]])
        journal.finish()
    assert output.read_text(encoding="utf-8") == "".join(f"line of {file.name}\n" for file in files)
    assert not output.with_name("out.jsonl.part").exists()
    return before


def test_a_run_goes_on_after_the_last_file_that_is_done(interrupted: tuple[Path, list[Source]]) -> None:
    assert _again(*interrupted) == 2


def test_a_half_written_line_or_entry_is_cut_off(interrupted: tuple[Path, list[Source]]) -> None:
    output, files = interrupted
    with output.with_name("out.jsonl.part").open("a", encoding="utf-8") as part:
        part.write("line of 2.t")
    with output.with_name("out.jsonl.journal").open("a", encoding="utf-8") as journal:
        journal.write('{"file": "2.txt", "sta')
    assert _again(output, files) == 2


def test_an_entry_whose_lines_are_lost_is_done_again(interrupted: tuple[Path, list[Source]]) -> None:
    output, files = interrupted
    with output.with_name("out.jsonl.part").open("r+b") as part:
        part.truncate(20)
    assert _again(output, files) == 1


def test_a_file_that_changed_is_done_again_with_those_after_it(interrupted: tuple[Path, list[Source]]) -> None:
    output, files = interrupted
    files[1].path.write_text("another", encoding="utf-8")
    assert _again(output, files) == 1


def test_other_files_another_knowledge_base_or_a_restart_begin_anew(
    interrupted: tuple[Path, list[Source]], tmp_path: Path
) -> None:
    output, files = interrupted
    saved = {path: path.read_bytes() for path in (output.with_name(f"out.jsonl.{end}") for end in ("part", "journal"))}
    for version, restart, chosen in (("2", False, files), ("1", True, files), ("1", False, [_source(tmp_path, 9)])):
        for path, content in saved.items():
            path.write_bytes(content)
        assert _again(output, chosen, version=version, restart=restart) == 0


def test_problems_of_files_that_are_done_are_told_again(tmp_path: Path) -> None:
    files = [_source(tmp_path, number) for number in range(2)]
    problem = Problem(file="0.txt", code="IN004", what="This is no determination letter.")
    with Journal(tmp_path / "out.jsonl", files, version="1", restart=False) as journal:
        journal.add([Done(files[0], problems=(problem,), exit_code=3)])
    with Journal(tmp_path / "out.jsonl", files, version="1", restart=False) as journal:
        assert (journal.tally.done, journal.problems, journal.tally.exits[3]) == (1, [problem], 1)


def test_a_twin_is_noticed_across_a_kill(tmp_path: Path) -> None:
    files = [_source(tmp_path, number) for number in range(2)]
    with Journal(tmp_path / "out.jsonl", files, version="1", restart=False) as journal:
        journal.add([_done(files[0])])
    with Journal(tmp_path / "out.jsonl", files, version="1", restart=False) as journal:
        (problem,) = journal.add([Done(files[1], ((("urn:0.txt",), "line\n"),))])
    assert (problem.code, problem.file) == ("CA030", "1.txt")


def test_two_runs_do_not_write_one_output(interrupted: tuple[Path, list[Source]]) -> None:
    output, files = interrupted
    with (
        Journal(output, files, version="1", restart=False),
        pytest.raises(InputError, match="IN043"),
        Journal(output, files, version="1", restart=True),
    ):
        pass
    assert _again(output, files) == 2


# --- processes that die


def test_a_file_that_ends_its_process_is_told_and_the_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "_work", _dies_on_the_second)
    monkeypatch.setattr(many, "_start", _nothing)
    files = [_source(tmp_path, number) for number in range(5)]
    done = [one for chunk in decide_all(files, root=ROOT, processes=2) for one in chunk]
    assert [one.source for one in done] == files
    assert [[problem.code for problem in one.problems] for one in done] == [[], [], ["IN041"], [], []]
    assert [one.exit_code for one in done] == [0, 0, 3, 0, 0]


def _nothing(_root: Path) -> None:
    """Start a process without a knowledge base."""


def _dies_on_the_second(files: list[Source]) -> list[Done]:
    for file in files:
        if file.name == "2.txt":
            os._exit(9)
    return [_done(file) for file in files]


def test_a_fault_of_the_program_costs_one_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = write_letters(tmp_path, 2)
    many._start(ROOT)
    try:
        whole = many._here.workers[0]

        def decide(cases: list[object]) -> object:
            if any(getattr(case, "file", "") == bad.name for case in cases):
                raise LookupError("a fault")
            return type(whole.judge).decide(whole.judge, cases)  # type: ignore[arg-type]

        monkeypatch.setattr(whole.judge, "decide", decide)
        first, second = many._work([Source(good, good.name), Source(bad, bad.name)])
    finally:
        many._here.workers.clear()
    assert (len(first.cases), first.exit_code) == (1, 0)
    assert ([problem.code for problem in second.problems], second.exit_code) == (["IN042"], 3)


def test_a_fault_in_checking_costs_one_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = write_letters(tmp_path, 2)
    many._start(ROOT)

    def fails_on_the_second(loaded: list[tuple[Case, Path]], knowledge: Knowledge) -> object:
        if any(path == bad for _, path in loaded):
            raise LookupError("a fault")
        return checked(loaded, knowledge)

    monkeypatch.setattr(many, "checked", fails_on_the_second)
    try:
        first, second = many._work([Source(good, good.name), Source(bad, bad.name)])
    finally:
        many._here.workers.clear()
    assert (len(first.cases), first.exit_code) == (1, 0)
    assert ([problem.code for problem in second.problems], second.exit_code) == (["IN042"], 3)


def test_the_files_of_a_folder_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.ttl", "a/b.PDF", "c.md", ".d/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [source.name for source in sources([tmp_path])] == ["a/b.PDF", "a/z.ttl", "b.txt"]
