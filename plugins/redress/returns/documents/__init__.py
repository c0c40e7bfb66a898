"""Writes a built return as documents: HTML, XLSX, DOCX, PDF and a tidy CSV, all from the same figures."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from redress.councils import Council
from redress.errors import UsageError
from redress.returns.documents.charts import Charts, draw_all
from redress.returns.documents.look import Look, look_of
from redress.returns.documents.wording import document_name
from redress.returns.figures import BuiltReturn

FORMATS = ("html", "xlsx", "docx", "pdf", "csv")


@dataclass(frozen=True)
class Written:
    """The documents that were written, and sentences about what could not be."""

    paths: tuple[Path, ...]
    sentences: tuple[str, ...]


def write(built: BuiltReturn, formats: Sequence[str], folder: Path, council: Council) -> Written:
    """Writes the return in the formats asked for; each is complete or, after an error, as it was before.

    A PDF is left out, with a sentence why, where the machine has not what it needs. Raises UsageError for a format that
    there is not, RedressError where a file of the council's own look cannot be used.
    """
    from redress.returns.documents.pdf import NoPango

    wanted = require_formats(formats)
    look = look_of(council)
    charts = draw_all(built) if set(wanted) & {"html", "docx", "pdf"} else {}
    paths: list[Path] = []
    sentences: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as made:
        for extension in wanted:
            name = document_name(built, extension)
            try:
                _writers(built, charts, look)[extension](Path(made) / name)
            except NoPango as problem:
                sentences.append(str(problem))
            else:
                paths.append(folder / name)
        for path in paths:
            os.replace(Path(made) / path.name, path)
    return Written(tuple(paths), tuple(sentences))


def require_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """The formats in the order they are written, each once.

    Raises UsageError for one that there is not.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"{name[:20]!r} is not a format of documents; choose from {', '.join(FORMATS)}.")
    return tuple(name for name in FORMATS if name in formats)


def _writers(built: BuiltReturn, charts: Charts, look: Look) -> dict[str, Callable[[Path], None]]:
    from redress.returns.documents.docx import write_docx
    from redress.returns.documents.html import page
    from redress.returns.documents.pdf import write_pdf
    from redress.returns.documents.tidy import write_csv
    from redress.returns.documents.xlsx import write_xlsx

    return {
        "html": lambda file: _save(file, page(built, charts, look)),
        "xlsx": lambda file: write_xlsx(built, file, charts, look),
        "docx": lambda file: write_docx(built, file, charts, look),
        "pdf": lambda file: write_pdf(page(built, charts, look, for_pdf=True), file),
        "csv": lambda file: write_csv(built, file),
    }


def _save(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
