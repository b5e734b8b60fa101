"""Files of any kind and name are read, or refused with a code, and no name gives orders to a terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import DEMO, FIRST, ROOT, run, told
from invented_letters import invented

pytestmark = pytest.mark.usefixtures("loaded_once")
#: A file that is there and gives an error when it is read from its beginning.
UNREADABLE = Path("/proc/self/mem")
#: What a name may hold on most systems: a line end, orders to a terminal, a turn of direction.
STRANGE = "a\n\x1b[31m\x1b]0;b\x07\u202egpj.\u2028"
NAMES = (f"{STRANGE}.txt", os.fsdecode(b"caf\xe9\xff.txt"), "..txt", " .txt", "-x.txt")
VERBS: tuple[tuple[str, ...], ...] = (
    *(("decide",), ("decide", "--format", "jsonl"), ("explain", "--brief"), ("read",), ("read", "--format", "text")),
    *(("letter",), ("letter", "--format", "html"), ("whatif", "--set", "not fnd:RedFlag"), ("check",)),
)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "pipe.ttl"
    os.mkfifo(path)
    yield path
    path.unlink()


# --- what is no file


def _as_each_input(path: Path) -> Iterator[tuple[str | Path, ...]]:
    """Yield the commands that read ``path`` as a case, as a letter's sheet, as a decision, and as a document."""
    yield ("decide", path)
    yield ("whatif", path)
    yield ("decide", DEMO, "--review", path)
    yield ("verify", path, FIRST)
    yield ("verify", FIRST, path)
    yield ("verify", FIRST, FIRST, "--document", path)


def test_a_directory_is_called_a_directory(tmp_path: Path) -> None:
    folder = tmp_path / "folder.ttl"
    folder.mkdir()
    for command in _as_each_input(folder):
        done = run(*command)
        if "--review" in command:  # the command line looks at this one itself
            assert done.exit_code == 2
        else:
            assert (told(done), done.exit_code) == (["IN001"], 3)
        assert "directory" in done.stderr


def test_a_pipe_and_a_device_are_not_read(pipe: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to("/dev/zero")
    for path in (pipe, Path("/dev/zero"), link):
        for command in _as_each_input(path):
            done = run(*command)
            assert (told(done), done.exit_code) == (["IN001"], 3)
            assert "a device, a pipe or a socket" in done.stderr


def test_a_link_to_itself_is_no_file(tmp_path: Path) -> None:
    link = tmp_path / "link.ttl"
    link.symlink_to(link)
    for command in _as_each_input(link):
        done = run(*command)
        assert done.exit_code == 3
        assert set(told(done)) <= {"IN001", "IN012"}, "systems differ in whether it is there"


@pytest.mark.parametrize("path", [UNREADABLE, Path("a" * 5000)], ids=["memory", "long name"])
def test_a_file_that_the_system_does_not_give_is_told(path: Path) -> None:
    for command in _as_each_input(path):
        done = run(*command)
        assert (told(done), done.exit_code) == (["IN012"], 3)


def test_batch_tells_such_files_and_does_the_others(pipe: Path, tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "mem.txt").symlink_to(UNREADABLE)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    shutil.copy(DEMO, tmp_path / "sound.txt")
    done = run("batch", tmp_path, pipe, "--processes", "1")
    assert (sorted(told(done)), done.exit_code) == (["IN001", "IN012"], 3)
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["sound.txt"]


# --- names


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("command", VERBS, ids=" ".join)
def test_a_file_of_a_strange_name_is_read_and_told_on_one_line(
    command: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    shutil.copy(DEMO, path)
    done = run(*command, path)
    assert set(told(done)) <= {"IN005", "IN007"}
    assert done.exit_code == 0
    done.stdout.encode()
    path.write_text("A note about lunch.", encoding="utf-8")
    done = run(*command, path)
    assert (told(done), done.exit_code) == (["IN004"], 3)


def test_batch_takes_files_of_strange_names(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        (tmp_path / f"x{name}").write_text(invented(number), encoding="utf-8")
    output = tmp_path / os.fsdecode(b"\xe9\n.jsonl")
    done = run("batch", tmp_path, "--output", output, "--processes", "1")
    told(done)
    assert done.exit_code == 0
    assert len(output.read_text(encoding="utf-8").splitlines()) == len(NAMES)


def test_a_decision_on_a_file_of_a_strange_name_is_verified(tmp_path: Path) -> None:
    letter, decision = tmp_path / os.fsdecode(b"caf\xe9\n.txt"), tmp_path / os.fsdecode(b"d\xe9cision\n.ttl")
    shutil.copy(DEMO, letter)
    assert run("decide", "--format", "ttl", "--output", decision, letter).exit_code == 0
    done = run("verify", "--replay", decision, letter)
    assert (told(done), done.exit_code) == ([], 0)
    assert "without their document: 0" in done.stdout


def test_a_name_that_leads_out_of_the_folder_leads_to_nothing_else(tmp_path: Path) -> None:
    outside, inside = tmp_path / "first.ttl", tmp_path / "inside"
    inside.mkdir()
    shutil.copy(FIRST, outside)
    done = run("decide", inside / ".." / "first.ttl")
    assert done.stdout == run("decide", FIRST).stdout
    named = FIRST.read_text(encoding="utf-8").replace("case/first", "case/../../../../etc/first")
    odd = inside / "odd.ttl"
    odd.write_text(named, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    for command in (("decide",), ("read",), ("letter",), ("batch",)):
        told(run(*command, odd))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_document_that_a_case_names_is_not_opened(tmp_path: Path) -> None:
    evidence = 'imr:evidence [ oa:exact "root" ; imr:document "../../../../../etc/passwd" ]'
    text = "@prefix oa: <http://www.w3.org/ns/oa#> .\n" + FIRST.read_text(encoding="utf-8")
    case, decision = tmp_path / "case.ttl", tmp_path / "decision.ttl"
    case.write_text(f"{text}\n<https://w3id.org/imr-kb/case/first> {evidence} .\n", encoding="utf-8")
    assert run("decide", "--format", "ttl", "--output", decision, case).exit_code == 0
    done = run("verify", decision, case)
    assert done.exit_code == 0
    assert "quotations found: 0; without their document: 1" in done.stdout


# --- what a terminal would obey


def test_a_terminal_gets_no_orders_from_a_letter_or_a_name(tmp_path: Path) -> None:
    letter = tmp_path / f"{STRANGE}.txt"
    text = DEMO.read_text(encoding="utf-8").replace("Cyclobenzaprine", "Cyclobenzaprine\x1b[2J\x1b]0;b\x07 \u202e")
    letter.write_text(text, encoding="utf-8")
    for command in (("decide",), ("read", "--format", "source")):
        shown, status = _on_a_terminal([sys.executable, "-m", "imr_kb", *command, str(letter)])
        assert status == 0
        assert "Cyclobenzaprine" in shown
        assert not set(shown) & set("\x1b\x07\u202e\u2028")


def _on_a_terminal(command: list[str]) -> tuple[str, int]:
    """Run ``command`` with a terminal as its outputs, and return what the terminal got and the exit code."""
    leader, follower = os.openpty()
    with subprocess.Popen(command, cwd=ROOT, stdin=follower, stdout=follower, stderr=follower) as process:
        os.close(follower)
        got = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other side was closed
                break
            if not part:
                break
            got += part
    os.close(leader)
    return got.decode().replace("\r\n", "\n"), process.returncode


# --- places of outputs


def test_an_output_never_takes_the_place_of_a_device_or_a_pipe(pipe: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to("/dev/null")
    for output in (pipe, Path("/dev/null"), link):
        for command in (("decide", FIRST), ("letter", "--format", "html", FIRST), ("batch", FIRST)):
            done = run(*command, "--output", output)
            assert (done.exit_code, done.stdout) == (2, "")
            assert "is no file" in done.stderr
    assert Path("/dev/null").is_char_device()
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_an_output_through_a_link_goes_where_the_link_leads(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(folder / "out.txt")
    assert run("decide", FIRST, "--output", link).exit_code == 0
    assert link.is_symlink()
    assert (folder / "out.txt").read_text(encoding="utf-8") == run("decide", FIRST).stdout
    assert sorted(tmp_path.rglob("*")) == [folder, folder / "out.txt", link]
