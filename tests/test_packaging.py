"""What is built can be installed and used far from the checkout, with the knowledge inside."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def _run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    """Run a command and return what it prints; a failure shows what it said."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else dict(os.environ)
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", folder, root, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the wheel alone has been installed."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    _run(*pip, "--target", folder, wheel, cwd=folder)
    return folder


def test_the_wheel_carries_the_knowledge_and_not_the_tests(built: Path, root: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    layers = [path for folder in ("alignments", "ontology", "shapes", "kb") for path in (root / folder).rglob("*.ttl")]
    rules = list((root / "imr_kb" / "rules").rglob("*.rq"))
    expected = {f"imr_kb/data/{path.relative_to(root).as_posix()}" for path in layers}
    expected |= {path.relative_to(root).as_posix() for path in rules}
    assert expected
    assert expected | {"imr_kb/py.typed"} <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"imr_kb"}


def test_the_source_archive_carries_everything(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.split("/", 1)[1] for name in files.getnames() if "/" in name}
    assert {"LICENSE", "Makefile", "README.md", "kb/sources.ttl", "tests/conftest.py", "tests/cases/demo.txt"} <= names


def test_the_command_works_outside_the_checkout(installed: Path, root: Path, tmp_path: Path) -> None:
    command = (sys.executable, installed / "bin" / "imr-kb")
    where = _run(
        sys.executable, "-P", "-c", "import imr_kb; print(imr_kb.__file__)", cwd=tmp_path, path=installed
    ).strip()
    assert Path(where).is_relative_to(installed)
    assert "decide" in _run(*command, "--help", cwd=tmp_path, path=installed)
    from_the_wheel = _run(*command, "decide", root / "tests" / "cases" / "demo.txt", cwd=tmp_path, path=installed)
    from_the_checkout = _run(sys.executable, "-m", "imr_kb", "decide", root / "tests" / "cases" / "demo.txt", cwd=root)
    assert from_the_wheel.strip()
    assert from_the_wheel == from_the_checkout
