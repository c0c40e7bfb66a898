"""In which encoding a text file is, and whether all of it can be read so."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from redress.errors import RejectedFile

LONGEST_LINE = 1024 * 1024
CHUNK = 4 * 1024 * 1024

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TITLES = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True)
class _Undecodable(Exception):
    row: int
    byte: int
    cut_off: bool


def encoding_of(path: Path, name: str, asked: str) -> str:
    """The Python codec of a file; asked is what source.yml says, detect being a byte order mark, UTF-8 or Windows-1252.

    Raises RejectedFile, with row and byte, where the file cannot be read so, holds a zero character, or has a line
    that no record can need.
    """
    codec = _codec(path, asked)
    try:
        return _checked(path, name, codec or "utf-8-sig")
    except _Undecodable as problem:
        if codec or problem.cut_off:
            raise _refusal(name, codec or "utf-8-sig", problem) from None
    try:
        return _checked(path, name, "cp1252")
    except _Undecodable as problem:
        raise RejectedFile(
            f"{name} is neither UTF-8 nor Windows-1252: row {problem.row}, byte {problem.byte}; "
            "save it as CSV UTF-8 and deliver it again."
        ) from None


def sha256_of(path: Path) -> str:
    """The fingerprint of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _codec(path: Path, asked: str) -> str | None:
    """What is asked for, or what the first bytes say; None where they say nothing."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((codec for mark, codec in _MARKS if start.startswith(mark)), None)
    if asked == "detect":
        return marked
    if asked == "utf-16" and marked != "utf-16":
        return "utf-16-be" if start[:1] == b"\x00" else "utf-16-le"
    return {"utf-8": "utf-8-sig"}.get(asked, asked)


def _checked(path: Path, name: str, codec: str) -> str:
    row, longest = 1, 0
    for text in _decoded(path, codec):
        if "\x00" in text:
            raise RejectedFile(
                f"{name} holds a zero character (row {row + text[: text.index(chr(0))].count(chr(10))}), so it is not "
                f"{_TITLES[codec]} text; save it as CSV UTF-8, or give its encoding in source.yml."
            )
        lines = re.split("[\r\n]", text)
        lengths = [longest + len(lines[0]), *map(len, lines[1:])]
        if max(lengths) > LONGEST_LINE:
            raise RejectedFile(
                f"{name} has a line longer than {LONGEST_LINE:,} characters (near row {row}), so no record can be read "
                "from it; check how it was exported and deliver it again."
            )
        longest = lengths[-1]
        row += text.count("\n")
    return codec


def _decoded(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    offset, row = 0, 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                before = offset + len(chunk) - len(problem.object)
                read = problem.object[: problem.start].decode(problem.encoding, errors="ignore")
                raise _Undecodable(row + read.count("\n"), before + problem.start + 1, cut_off=not chunk) from None
            yield text
            if not chunk:
                return
            row += text.count("\n")
            offset += len(chunk)


def _refusal(name: str, codec: str, problem: _Undecodable) -> RejectedFile:
    if problem.cut_off:
        return RejectedFile(
            f"{name} ends in the middle of a character (byte {problem.byte}); it was cut off: deliver it again."
        )
    return RejectedFile(
        f"{name} is not {_TITLES[codec]}: row {problem.row}, byte {problem.byte}; "
        "save it as CSV UTF-8, or correct encoding in source.yml."
    )
