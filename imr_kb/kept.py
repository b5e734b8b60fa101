"""Keep the knowledge base as it was compiled, so that the next command need not compile it again.

It is kept in a folder of the user, under a name that tells of all it was made from: the files, the rules, this package and
pyoxigraph. So it is never out of date. Where it cannot be kept or opened, it is compiled as if there were no such folder.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import stat
import tempfile
from contextlib import suppress
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
_COMPILERS: Final = ("*.py", "letters/*.py")
_STORE: Final = "store"
_TERMS: Final = "terms.json"


def folder() -> Path | None:
    """Return where compiled knowledge bases are kept, if they are."""
    named = os.environ.get(FOLDER)
    if named is not None:
        return Path(named) if named else None
    return platformdirs.user_cache_path("imr-kb", appauthor=False)


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
    digest = hashlib.sha256(f"{files.digest} {__version__} {ox.__version__}".encode())
    for pattern in _COMPILERS:
        for module in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(module.read_bytes())
    return digest.hexdigest()


def _opened(place: Path) -> tuple[ox.Store, bytes] | None:
    """Return a copy of the store in ``place`` that can be written to, with its terms, or nothing where there is none.

    The copy shares the files of the original where both are on one disk, so that it takes neither time nor room.
    """
    if not _is_own(place):
        return None
    try:
        copies = tempfile.mkdtemp(prefix="imr-kb-")
    except OSError:
        return None
    atexit.register(partial(shutil.rmtree, copies, ignore_errors=True))
    copy = str(Path(copies, _STORE))
    try:
        ox.Store.read_only(str(place / _STORE)).backup(copy)
        return ox.Store(copy), (place / _TERMS).read_bytes()
    except (OSError, RuntimeError, ValueError):  # which of these tells of damage depends on the damage
        shutil.rmtree(place, ignore_errors=True)
        return None


def _is_own(place: Path) -> bool:
    """Whether ``place`` is there, and nobody but the user can have written it."""
    try:
        found = place.stat()
    except OSError:
        return False
    return os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _keep(knowledge: Knowledge, place: Path) -> None:
    """Keep ``knowledge`` in ``place``, whole or not at all, and no more than the last few."""
    with suppress(OSError, RuntimeError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".", ignore_cleanup_errors=True) as made_in:
            made = Path(made_in, "made")
            made.mkdir(mode=0o700)
            _write(knowledge, made)
            made.rename(place)
        kept = sorted(place.parent.glob("[0-9a-f]*"), key=lambda one: one.stat().st_mtime_ns)
        for old in kept[:-_MOST]:
            shutil.rmtree(old, ignore_errors=True)


def _write(knowledge: Knowledge, folder: Path) -> None:
    store = ox.Store(str(folder / _STORE))
    store.bulk_extend(knowledge.store)
    store.optimize()
    store.flush()
    (folder / _TERMS).write_bytes(knowledge.lexicon.as_json())
