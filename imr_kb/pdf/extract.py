"""The child process that opens PDFs: reads files from standard input, writes their text as JSON to standard output.

It is run by its path, apart from the package, so that only pypdf is loaded, and limits its own time and memory before
it opens anything. Each file and each answer stand behind their length as eight bytes.
"""

from __future__ import annotations

import json
import logging
import math
import re
import struct
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO, Final

__all__ = ["extract", "without_furniture"]

MAX_PAGES: Final = 200
MAX_CHARACTERS: Final = 2 * 1024 * 1024
MAX_MEMORY: Final = 1024 * 1024 * 1024
_LENGTH: Final = struct.Struct(">Q")
#: A whole PDF ends with this, perhaps with some bytes behind it (ISO 32000-1, 7.5.5, and Annex H, note 18).
_END: Final = b"%%EOF"
_END_WITHIN: Final = 2048
#: Headers and footers have at most so many lines.
_EDGE: Final = 3
_DIGITS: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(r"\W*(?:page\s*)?(\d{1,3})(?:\s*(?:of|/)\s*\d{1,3})?\W*", re.IGNORECASE)


class _Heard(logging.Handler):
    """Keeps the warnings of pypdf."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.messages) < 10:
            self.messages.append(" ".join(record.getMessage().split())[:200].rstrip("."))


def extract(content: bytes) -> dict[str, Any]:
    """Return the text of a PDF with the warnings and the pages that are pictures, or why it is refused."""
    from pypdf import errors

    try:
        return _extract(content)
    except (errors.WrongPasswordError, errors.FileNotDecryptedError):
        return {"refused": "password"}
    except errors.DependencyError:
        return {"refused": "missing"}
    except (errors.LimitReachedError, MemoryError):
        return {"refused": "memory"}
    except Exception as error:  # pypdf raises whatever a damaged file makes go wrong
        return {"refused": "damaged", "why": f": {type(error).__name__}"}


def _extract(content: bytes) -> dict[str, Any]:
    from pypdf import PasswordType, PdfReader

    if _END not in content[-_END_WITHIN:]:
        return {"refused": "damaged", "why": ": its end is missing"}
    heard = _Heard()
    logger = logging.getLogger("pypdf")
    logger.propagate = False
    logger.handlers[:] = [heard]
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        return {"refused": "password"}
    pages: list[str] = []
    pictures: list[int] = []
    for number, page in enumerate(reader.pages, 1):
        if number > MAX_PAGES:
            return {"refused": "size", "why": f": more than {MAX_PAGES} pages"}
        pages.append(page.extract_text())
        if not pages[-1].strip() and _has_picture(page):
            pictures.append(number)
        if sum(map(len, pages)) > MAX_CHARACTERS:
            return {"refused": "size", "why": f": more than {MAX_CHARACTERS} characters"}
    if not any(page.strip() for page in pages):
        return {"refused": "no-text"}
    text = "\n".join(without_furniture(pages)).encode("utf-8", "replace").decode()
    return {"text": text.replace("\0", " "), "warnings": heard.messages, "pictures": pictures}


def _has_picture(page: Any) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    return bool(objects is not None and objects.get_object())


def without_furniture(pages: Sequence[str]) -> list[str]:
    r"""Return ``pages`` without headers, footers and page numbers, which would stand in the middle of a sentence.

    The outermost line of a page is one if, numbers aside, it stands at the same place of every page after the first, and
    of two at least or with the page's own number; then the line next to it may be one too.

    >>> without_furniture(["Re: M. X, page 1\nThe knee is", "Re: M. X, page 2\nstiff."])
    ['The knee is', 'stiff.']
    """
    filled = [number for number, page in enumerate(pages) if page.strip()]
    if len(filled) < 2:
        return list(pages)
    lines = {number: pages[number].split("\n") for number in filled}
    for last in (False, True):
        edges = {number: _edge(lines[number], last=last) for number in filled}
        gone: list[tuple[int, int]] = []
        for depth in range(_EDGE):
            there = {number: edge[depth] for number, edge in edges.items() if depth < len(edge)}
            furniture = _furniture({number: lines[number][at] for number, at in there.items()}, filled)
            if not furniture:
                break
            gone += [(number, there[number]) for number in furniture]
        for number, at in sorted(gone, reverse=True):
            del lines[number][at]
    left = ["\n".join(lines[number]) if number in lines else page for number, page in enumerate(pages)]
    return left if any(page.strip() for page in left) else list(pages)


def _edge(lines: Sequence[str], *, last: bool) -> list[int]:
    """Return where the outermost lines with text stand, the outermost first."""
    order = range(len(lines) - 1, -1, -1) if last else range(len(lines))
    return [at for at in order if lines[at].strip()][:_EDGE]


def _furniture(found: Mapping[int, str], filled: Sequence[int]) -> set[int]:
    """Return the pages on which the line ``found`` at one place of the edge is furniture."""
    masked = {number: " ".join(_DIGITS.sub("#", line).split()) for number, line in found.items()}
    later = {masked.get(number, "") for number in filled[1:]}
    if len(later) != 1 or "" in later:
        return set()
    own = _PAGE_NUMBER.fullmatch(found[filled[-1]].strip())
    same = {number for number, line in masked.items() if line in later}
    return same if len(same) > 1 or (own is not None and int(own[1]) == filled[-1] + 1) else set()


def _limit_process() -> None:
    """Bound memory and what can be written, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # a system without this limit; the time limit still holds
            continue


def _limit_time(seconds: int) -> None:
    """Allow so many more seconds of processor time, where the system can."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


def _files(source: BinaryIO) -> Iterator[bytes]:
    while len(head := source.read(_LENGTH.size)) == _LENGTH.size:
        yield source.read(_LENGTH.unpack(head)[0])


def main(seconds: int) -> None:
    """Answer for one file after the other until there are no more; none may take more ``seconds`` of processor time."""
    _limit_process()
    for content in _files(sys.stdin.buffer):
        _limit_time(seconds)
        body = json.dumps(extract(content)).encode()
        sys.stdout.buffer.write(_LENGTH.pack(len(body)) + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
