"""Refuses workbooks that are dangerous or no workbooks, before anything else opens them."""

import errno
import mmap
import re
import zipfile
from pathlib import Path

from redress.errors import RejectedFile

LARGEST_INFLATED = 1_000_000_000
HIGHEST_RATIO = 200
RATIO_COUNTS_FROM = 50_000_000
MOST_ENTRIES = 5_000
CHUNK = 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
_DECLARED = tuple(text.encode(codec) for text in _DECLARATIONS for codec in ("ascii", "utf-16-le", "utf-16-be"))
_EXCEL = re.compile(r"\.xl[a-z]{1,2}\Z", re.IGNORECASE)


def is_workbook(path: Path, name: str) -> bool:
    """Whether a file must be read as a workbook: by its first bytes, or by its name."""
    with path.open("rb") as file:
        start = file.read(len(_OLE))
    return start.startswith((_ZIP, _OLE)) or bool(_EXCEL.search(name))


def check_workbook(path: Path, name: str) -> None:
    """Raises RejectedFile, with what to do, for what is not a plain .xlsx workbook of sensible size.

    Refused are old and encrypted workbooks, macros, links to other workbooks, zip bombs, archives that say one thing
    and hold another, and XML that declares entities.
    """
    _check_start(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, name)
            _check_content(archive, name)
    except RejectedFile:
        raise
    except Exception as problem:  # what damage makes of a directory can be nearly any failure of zipfile's
        if isinstance(problem, OSError) and problem.errno not in (None, errno.EINVAL):
            raise
        raise RejectedFile(f"{name} is cut off or damaged: it is no whole .xlsx file; deliver it again.") from None


def _check_start(path: Path, name: str) -> None:
    with path.open("rb") as file:
        start = file.read(len(_OLE))
        if not start:
            raise RejectedFile(f"{name} is empty (0 bytes); export it again and deliver it.")
        if start.startswith(_ZIP):
            return
        if start.startswith(_OLE):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                encrypted = content.find(_ENCRYPTED) >= 0
            if encrypted:
                raise RejectedFile(
                    f"{name} is encrypted with a password; save it without one (File, Info, Protect Workbook) and "
                    "deliver it again."
                )
            raise RejectedFile(f"{name} is an old Excel file (.xls); save it as .xlsx and deliver it again.")
    raise RejectedFile(
        f"{name} is named like a workbook but is none (no zip archive); save it as .xlsx and deliver it again."
    )


def _check_directory(archive: zipfile.ZipFile, name: str) -> None:
    """What the archive says of itself; its entries have not been read yet."""
    entries = archive.infolist()
    names = [entry.filename.replace("\\", "/").casefold().lstrip("/") for entry in entries]
    packed, inflated = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or inflated > LARGEST_INFLATED or _is_bomb(packed, inflated):
        raise _bomb(name)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise RejectedFile(f"{name} has a password; save it without one and deliver it again.")
    if archive.comment or len(set(names)) < len(names):
        raise RejectedFile(
            f"{name} is not as Excel writes workbooks (an entry twice, or something behind the last one); "
            "open it in Excel, save it as .xlsx and deliver it again."
        )
    if any(entry.endswith("vbaproject.bin") or "/macrosheets/" in entry for entry in names):
        raise RejectedFile(f"{name} holds macros; save it as .xlsx (without macros) and deliver it again.")
    if any(entry.startswith("xl/externallinks/") for entry in names):
        raise RejectedFile(
            f"{name} links to other workbooks; break the links (Data, Edit Links, Break Link) and deliver it again."
        )
    if "xl/workbook.xml" not in names:
        raise RejectedFile(
            f"{name} is a zip archive but no .xlsx workbook; save it as .xlsx and deliver it again, unpacked."
        )


def _check_content(archive: zipfile.ZipFile, name: str) -> None:
    """Inflates every entry once, to its real end whatever size the directory gives."""
    inflated = packed = 0
    for entry in archive.infolist():
        said = entry.file_size
        entry.file_size = LARGEST_INFLATED + 1
        packed += entry.compress_size
        size, before = 0, b""
        xml = not entry.filename.casefold().startswith("xl/media/")
        with archive.open(entry) as content:
            while chunk := content.read(CHUNK):
                size += len(chunk)
                if inflated + size > LARGEST_INFLATED or _is_bomb(packed, inflated + size):
                    raise _bomb(name)
                if xml and any(text in before + chunk for text in _DECLARED):
                    raise RejectedFile(
                        f"{name} declares entities in its XML, as Excel never does; open it in Excel, save it as .xlsx "
                        "and deliver it again."
                    )
                before = chunk[-32:]
        if size != said:
            raise _bomb(name)
        if entry.filename == "[Content_Types].xml" and b"macroEnabled" in archive.read(entry):
            raise RejectedFile(f"{name} holds macros; save it as .xlsx (without macros) and deliver it again.")
        inflated += size


def _is_bomb(packed: int, inflated: int) -> bool:
    return inflated > RATIO_COUNTS_FROM and inflated > HIGHEST_RATIO * max(packed, 1)


def _bomb(name: str) -> RejectedFile:
    return RejectedFile(
        f"{name} would unpack to far more than a workbook needs, or to other than it says (more than "
        f"{LARGEST_INFLATED:,} bytes, {HIGHEST_RATIO} times its size, or {MOST_ENTRIES:,} parts are refused); "
        "save the sheet as CSV UTF-8, or split the export."
    )
