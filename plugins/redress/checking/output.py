"""Where a check's report goes: to the terminal, or into a file that is put in place whole and is nobody else's."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from redress.checking.as_html import as_html
from redress.checking.as_json import as_json
from redress.checking.as_xlsx import write_xlsx
from redress.checking.report import GENERATOR, CheckReport
from redress.errors import RedressError, UsageError
from redress.sources.definition import FilesDefinition
from redress.sources.files.names import naming

_START = 4096
_MARKS = (b'{\n  "redress_check":', f'<meta name="generator" content="{GENERATOR}">'.encode())


def _write_json(report: CheckReport, file: Path) -> None:
    file.write_text(as_json(report), encoding="utf-8")


def _write_html(report: CheckReport, file: Path) -> None:
    file.write_text(as_html(report), encoding="utf-8")


WRITERS: dict[str, Callable[[CheckReport, Path], None]] = {
    "xlsx": write_xlsx,
    "html": _write_html,
    "json": _write_json,
}


def beside(path: Path, form: str, definition: FilesDefinition, whole_name: bool = False) -> Path:
    """FILE-checked.xlsx beside FILE, or in a folder `checked` there if the source would take that name for a delivery.

    whole_name: keep FILE's own suffix too (cases.csv-checked.xlsx).
    """
    there = path.resolve()
    stem = there.name if whole_name or there.is_dir() else there.stem
    name = f"{stem}-checked.{form}"
    is_delivery = not there.is_dir() and naming(definition)(name) is not None
    return (there.parent / "checked" if is_delivery else there.parent) / name


def write(report: CheckReport, form: str, file: Path) -> Path:
    """Writes the report whole or not at all, over an earlier report at most.

    Raises UsageError if the file is there and is no report of a check; RedressError if it cannot be written.
    """
    if file.exists() and not _is_report(file):
        raise UsageError(
            f"{file} is there already and is no report of a check, so it was left alone; move it away, or give another "
            "name with --out."
        )
    draft = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[form](report, draft)
        draft.replace(file)
    except Exception as problem:
        with suppress(OSError):
            draft.unlink()
        why = _why(problem)
        if why is None:
            raise
        raise RedressError(
            f"The report cannot be written to {file} ({why}); close it where it is open, or choose another place."
        ) from None
    return file


def _why(problem: Exception) -> str | None:
    """What the machine says of a file that cannot be written; xlsxwriter wraps it."""
    inner = next((one for one in (problem, *problem.args) if isinstance(one, OSError)), None)
    return (inner.strerror or "the disk fails") if inner else None


def _is_report(file: Path) -> bool:
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                return GENERATOR.encode() in archive.read("docProps/core.xml")
        with file.open("rb") as content:
            start = content.read(_START)
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return any(mark in start for mark in _MARKS)
