"""Name files, and write them whole or not at all."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

__all__ = ["discard_drafts", "encodable", "name_of", "replace_file"]

_drafts: set[Path] = set()
_asking: Final = threading.Lock()


def name_of(path: Path) -> str:
    """Return the last part of ``path`` as text that can be written anywhere; a byte that is not UTF-8 is escaped."""
    return encodable(path.name or str(path))


def encodable(name: str) -> str:
    """Return the name of a file with an escape for each byte that is not UTF-8, as systems allow."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def replace_file(path: Path, parts: Iterable[str | bytes], *, wanted: Callable[[], bool] = lambda: True) -> None:
    """Write ``parts`` beside ``path`` and then put it in its place; on any failure ``path`` is as it was.

    Text is written as UTF-8.
    Where ``wanted`` says, after the last part, that there is nothing worth keeping, ``path`` is left as it was too.

    Raises:
        OSError: the directory does not exist or cannot be written.
    """
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    draft = Path(name)
    _drafts.add(draft)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(part.encode() if isinstance(part, str) else part for part in parts)
            file.flush()
            os.fsync(file.fileno())
        if wanted():
            draft.chmod(0o666 & ~_umask())
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
        _drafts.discard(draft)


def discard_drafts() -> None:
    """Remove the files that are being written, before the process is ended from outside."""
    for draft in _drafts:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    with _asking:  # it can only be asked by setting it, and another thread must not see what was set
        mask = os.umask(0)
        os.umask(mask)
    return mask
