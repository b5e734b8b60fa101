"""Keep the knowledge base as it was compiled, so that the next command need not compile it again.

It is kept in a folder of the user, under a name that tells of all it was made from: the files, the rules, this package,
Python and pyoxigraph. So it is never out of date. Where it cannot be kept or opened, it is compiled as if there were no
such folder.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import platformdirs
import pyoxigraph as ox

from imr_kb import __version__
from imr_kb.load import Knowledge, KnowledgeFiles, knowledge_files

__all__ = ["FOLDER", "folder", "kept_knowledge"]

#: The environment variable that names another folder, or with an empty value none.
FOLDER: Final = "IMR_KB_CACHE"
#: So many compiled knowledge bases are kept, the last ones that were made.
_MOST: Final = 4
#: The modules of this package that compile, keep and open, beside the rules: those that stand in these folders of it.
_COMPILERS: Final = ("*.py", "letters/*.py", "rules/*.py")
#: The folder may hold other things as well, so that what is removed from it has to have such a name.
_PLACE: Final = "compiled-"
_ANY_PLACE: Final = _PLACE + "[0-9a-f]" * 64
_UNFINISHED: Final = ".compiling-"
_LOCK: Final = ".compiling.lock"
_STORE: Final = "store"
_TERMS: Final = "terms.json"
_SUM: Final = "sum"


def folder() -> Path | None:
    """Return where compiled knowledge bases are kept: nowhere without a home, or where others can write."""
    named = os.environ.get(FOLDER)
    try:
        found = Path(named) if named else platformdirs.user_cache_path("imr-kb", appauthor=False)
    except RuntimeError:  # how some versions of platformdirs tell that there is no home; others name a relative folder
        return None
    return None if named == "" or not (named or found.is_absolute()) or _others_can_write(found) else found


def kept_knowledge(root: Path | None = None) -> Knowledge:
    """Return the knowledge base below ``root`` (default: the bundled one), compiled now or by an earlier command.

    Its store is a copy for this process, and gone with it.

    Raises:
        ImrError: KB900 where there is nothing to load, RD001 where a file is not Turtle.
    """
    files, kept_in = knowledge_files(root), folder()
    if kept_in is None:
        return files.knowledge(files.compiled())
    place = kept_in / _name(files)
    opened = _opened(place)
    if opened is not None:
        return files.knowledge(*opened)
    knowledge = files.knowledge(files.compiled())
    _keep(knowledge, place)
    return knowledge


def _name(files: KnowledgeFiles) -> str:
    """Return the name of what is compiled from ``files``."""
    digest = hashlib.sha256(f"{files.digest} {__version__} {sys.version} {ox.__version__}".encode())
    for pattern in _COMPILERS:
        for module in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(module.read_bytes())
    return _PLACE + digest.hexdigest()


def _opened(place: Path) -> tuple[ox.Store, bytes] | None:
    """Return a copy of the store in ``place`` that can be written to, with its terms, or nothing where there is none.

    The copy shares the files of the original where both are on one disk, so that it takes neither time nor room.
    """
    if _others_can_write(place):
        return None
    if not _is_whole(place):
        shutil.rmtree(place, ignore_errors=True)
        return None
    try:
        copies = tempfile.mkdtemp(prefix="imr-kb-")
        atexit.register(partial(shutil.rmtree, copies, ignore_errors=True))
        copy = str(Path(copies, _STORE))
        ox.Store.read_only(str(place / _STORE)).backup(copy)
        return ox.Store(copy), (place / _TERMS).read_bytes()
    except (OSError, RuntimeError, ValueError):  # there is no room for a copy, or another command removes the original
        return None


def _others_can_write(place: Path) -> bool:
    """Whether ``place`` is there, and anybody but the user can have written to it."""
    try:
        found = place.stat()
    except OSError:
        return False
    return os.name != "nt" and (found.st_uid != os.getuid() or bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)))


def _is_whole(place: Path) -> bool:
    """Whether ``place`` holds what has been written to it, to the last byte."""
    try:
        return (place / _SUM).read_text(encoding="ascii") == _sum(place)
    except (OSError, ValueError):
        return False


def _sum(place: Path) -> str:
    """Return the SHA-256 of all that ``place`` holds, in hexadecimal."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(place).as_posix(), path) for path in place.rglob("*")):
        if path.is_file() and name != _SUM:
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _keep(knowledge: Knowledge, place: Path) -> None:
    """Keep ``knowledge`` in ``place``, whole or not at all, and no more than the last few."""
    kept_in = place.parent
    with suppress(OSError, RuntimeError):
        kept_in.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone_in(kept_in):
            if place.exists():
                return
            with tempfile.TemporaryDirectory(dir=kept_in, prefix=_UNFINISHED, ignore_cleanup_errors=True) as made_in:
                made = Path(made_in, "made")
                made.mkdir(mode=0o700)
                _write(knowledge, made)
                made.rename(place)
            for old in sorted(kept_in.glob(_ANY_PLACE), key=lambda one: one.stat().st_mtime_ns)[:-_MOST]:
                shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone_in(kept_in: Path) -> Iterator[None]:
    """Let no other command keep something in ``kept_in``, and clear away what one that was killed has left there.

    Where the system cannot lock files, two commands can keep the same at once, and nothing is cleared away.

    Raises:
        OSError: another command is keeping something there.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (kept_in / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in kept_in.glob(_UNFINISHED + "*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _write(knowledge: Knowledge, folder: Path) -> None:
    store = ox.Store(str(folder / _STORE))
    store.bulk_extend(knowledge.store)
    store.optimize()
    store.flush()
    del store  # closed, so that it writes no more
    (folder / _TERMS).write_bytes(knowledge.lexicon.as_json())
    (folder / _SUM).write_text(_sum(folder), encoding="ascii")
