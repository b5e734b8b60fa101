"""Full disks, read-only folders, kills, runs side by side: an output is whole, or what stood there before."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile import DEMO, FIRST, ROOT, codes, run
from invented_letters import write_letters

from imr_kb import journal as journals
from imr_kb.batch import Done, Source
from imr_kb.files import replace_file
from imr_kb.journal import Journal

pytestmark = pytest.mark.usefixtures("loaded_once")
COMMAND = [sys.executable, "-m", "imr_kb"]
#: As linux/prctl.h and linux/capability.h number them.
_DROP, _OVERRIDE, _SEARCH = 24, 1, 2


def _confined(size: int | None = None) -> Callable[[], None]:
    """Return what makes a new process unable to write files of more bytes than ``size``, and root obey permissions."""
    import resource

    prctl = ctypes.CDLL(None).prctl

    def confine() -> None:
        for capability in (_OVERRIDE, _SEARCH):
            prctl(_DROP, capability, 0, 0, 0)
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return confine


def _run(
    *arguments: str | Path, size: int | None = None, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=_confined(size),
    )


# --- no room


@pytest.mark.parametrize(
    "command",
    [
        *(("decide", "--format", "ttl", FIRST), ("letter", "--format", "docx", FIRST), ("read", DEMO)),
        ("query", ROOT / "docs" / "queries" / "limits.rq", "--format", "csv"),
    ],
    ids=lambda command: command[0],
)
def test_without_room_the_file_that_was_there_stays(command: tuple[str | Path, ...], tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.write_text("before", encoding="utf-8")
    done = _run(*command, "--output", output, size=512)
    assert (codes(done.stderr), done.returncode, done.stdout) == (["OU001"], 2, "")
    assert "Traceback" not in done.stderr
    assert output.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [output]


def test_a_batch_without_room_keeps_what_is_done_and_goes_on_when_there_is_some(tmp_path: Path) -> None:
    letters, output = tmp_path / "letters", tmp_path / "out.jsonl"
    letters.mkdir()
    whole = run("decide", "--format", "jsonl", *write_letters(letters, 2)).stdout
    output.write_text("before", encoding="utf-8")
    command = ("batch", letters, "--processes", "2", "--output", output)
    done = _run(*command, size=len(whole.partition("\n")[0].encode()) + 100)
    assert (codes(done.stderr), done.returncode) == (["OU001"], 2)
    assert "Traceback" not in done.stderr
    assert output.read_text(encoding="utf-8") == "before"
    again = run(*command)
    assert again.exit_code == 0, again.stderr
    assert "going on after 1 of 2 files" in again.stderr
    assert output.read_text(encoding="utf-8") == whole
    assert sorted(tmp_path.iterdir()) == [letters, output]


@pytest.mark.parametrize(
    "command",
    [
        ("decide", FIRST),
        ("batch", FIRST),
        ("show", "svc:PhysicalTherapy"),
        ("check", "nowhere.ttl"),
        ("completion", "bash"),
    ],
    ids=lambda command: command[0],
)
def test_a_full_standard_output_is_told(command: tuple[str | Path, ...]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = _run(*command, stdout=full)
    finally:
        os.close(full)
    assert (codes(done.stderr), done.returncode) == (["OU001"], 2)
    assert "standard output" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_where_messages_cannot_be_written_the_exit_code_tells() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [*COMMAND, "decide", "nowhere.txt"]
        assert subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=full, check=False).returncode == 3


# --- no permission


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in which nothing can be written, with one file that was there before."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "out.txt").write_text("before", encoding="utf-8")
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


@pytest.mark.parametrize("verb", ["decide", "batch", "letter"])
def test_in_a_read_only_folder_the_file_that_was_there_stays(verb: str, read_only: Path) -> None:
    for name in ("out.txt", "new.txt"):
        done = _run(verb, FIRST, "--output", read_only / name)
        assert (codes(done.stderr), done.returncode, done.stdout) == (["OU001"], 2, "")
        assert "Traceback" not in done.stderr
    assert [path.read_text(encoding="utf-8") for path in read_only.iterdir()] == ["before"]


@pytest.mark.parametrize("place", ["/proc/out.txt", "/proc/version", "/dev/null/out.txt"])
def test_where_no_file_can_be_made_nothing_is_written(place: str) -> None:
    done = _run("decide", FIRST, "--output", place)
    assert (codes(done.stderr), done.returncode, done.stdout) == (["OU001"], 2, "")


def test_a_file_without_permission_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    closed, folder = tmp_path / "closed.txt", tmp_path / "folder"
    closed.touch(mode=0o000)
    folder.mkdir()
    (folder / "inner.ttl").touch()
    folder.chmod(0o000)
    try:
        done = _run("decide", "--format", "jsonl", closed, FIRST, folder / "inner.ttl")
    finally:
        folder.chmod(0o755)
    assert done.returncode == 3
    assert codes(done.stderr) in (["IN012", "IN012"], ["IN012", "IN001"]), "versions of Python differ on the second"
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["first.ttl"]


# --- side by side


def test_writers_of_one_file_leave_one_whole_result(tmp_path: Path) -> None:
    output = tmp_path / "out.txt"
    texts = {f"{name}" * 50_000 for name in "abcd"}
    seen, ends, mask = set(), threading.Event(), os.umask(0o022)
    os.umask(mask)

    def write(text: str) -> None:
        for _ in range(12):
            replace_file(output, (text[start : start + 1000] for start in range(0, len(text), 1000)))

    def look() -> None:
        while not ends.is_set():
            if output.exists():
                seen.add(output.read_text(encoding="utf-8"))

    reader, *writers = [threading.Thread(target=look)] + [
        threading.Thread(target=write, args=(text,)) for text in texts
    ]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    ends.set()
    reader.join()
    assert seen <= texts
    assert output.read_text(encoding="utf-8") in texts
    assert list(tmp_path.iterdir()) == [output]
    assert os.umask(mask) == mask


def test_commands_with_one_output_leave_one_whole_result(tmp_path: Path) -> None:
    output = tmp_path / "out.txt"
    commands = [["decide", str(FIRST), "--format", form] for form in ("text", "jsonl", "ttl")]
    running = [subprocess.Popen([*COMMAND, *command, "--output", str(output)], cwd=ROOT) for command in commands]
    assert [process.wait(timeout=120) for process in running] == [0] * len(commands)
    assert output.read_text(encoding="utf-8") in {run(*command).stdout for command in commands}
    assert list(tmp_path.iterdir()) == [output]


def test_a_run_that_waited_for_another_does_not_write_into_a_third(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    output, files = tmp_path / "out.jsonl", [Source(path, "a.txt")]
    whole, calls = journals._lock, []

    def lock(*held: object) -> None:
        whole(*held)  # type: ignore[arg-type]
        calls.append(held)
        if len(calls) == 1:  # between opening and holding, the run before was done and removed its journal
            (tmp_path / "out.jsonl.journal").unlink()

    monkeypatch.setattr(journals, "_lock", lock)
    with Journal(output, files, version="1", restart=False) as journal:
        assert len(calls) == 2
        assert (tmp_path / "out.jsonl.journal").exists()
        journal.add([Done(files[0], ((("urn:a",), "line\n"),))])
        journal.finish()
    assert output.read_text(encoding="utf-8") == "line\n"


@pytest.mark.parametrize("line", ["5", "null", "[]", '{"end": 3}', '{"version": "1"}', "\x00", '"' * 50])
def test_a_journal_that_says_nonsense_is_begun_anew(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    (tmp_path / "out.jsonl.journal").write_text(f'{{"version": "1"}}\n{line}\n', encoding="utf-8")
    (tmp_path / "out.jsonl.part").write_text("half a line", encoding="utf-8")
    with Journal(tmp_path / "out.jsonl", [Source(path, "a.txt")], version="1", restart=False) as journal:
        assert journal.tally.done == 0
        journal.add([Done(Source(path, "a.txt"), ((("urn:a",), "line\n"),))])
        journal.finish()
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "line\n"


# --- kills

SLOWLY = """
import sys, time
from pathlib import Path
from imr_kb.files import replace_file

def parts():
    for number in range(10**6):
        yield "half " * 100_000
        print(number, flush=True)

replace_file(Path(sys.argv[1]), parts())
"""


def test_a_kill_while_writing_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    output = tmp_path / "out.txt"
    output.write_text("before", encoding="utf-8")
    command = [sys.executable, "-c", SLOWLY, str(output)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        process.kill()
    assert output.read_text(encoding="utf-8") == "before"
    (left,) = set(tmp_path.iterdir()) - {output}
    assert left.name.startswith(".out.txt.")
    assert left.suffix == ".part", "batch and check leave hidden files out"
    replace_file(output, ["after"])
    assert output.read_text(encoding="utf-8") == "after"


def test_a_batch_that_is_killed_again_and_again_loses_nothing_and_ends_whole(tmp_path: Path) -> None:
    letters, output = tmp_path / "letters", tmp_path / "out.jsonl"
    letters.mkdir()
    whole = run("decide", "--format", "jsonl", *write_letters(letters, 110)).stdout
    journal, command = tmp_path / "out.jsonl.journal", ("batch", letters, "--processes", "1", "--output", output)
    done = [0]
    for _ in range(2):
        with subprocess.Popen(
            [*COMMAND, *map(str, command)], cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            until = time.monotonic() + 120
            while time.monotonic() < until and process.poll() is None and _entries(journal) <= done[-1]:
                time.sleep(0.005)
            # Only the process that was started, as a system short of memory does: its own ones must end by themselves.
            process.send_signal(signal.SIGKILL)
        done.append(_entries(journal))
        assert _gone(process.pid), "the processes of a batch end with it"
        assert not output.exists()
    assert done[0] < done[1] < done[2]
    last = run(*command)
    assert last.exit_code == 0, last.stderr
    assert output.read_text(encoding="utf-8") == whole
    assert sorted(tmp_path.iterdir()) == [letters, output]


def _entries(journal: Path) -> int:
    """Return how many files a journal says are done."""
    return max(0, journal.read_bytes().count(b"\n") - 1) if journal.exists() else 0


def _gone(session: int) -> bool:
    """Say whether no process of ``session`` is left, waiting for it up to half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(session, signal.SIGKILL)
    return False
