"""Writes a return as a workbook after the UK government's guidance on releasing statistics in spreadsheets.

Cover, contents, notes, symbols, then one table a sheet: no merged cells, no hidden sheets, no blank rows, numbers as
numbers and symbols as text in square brackets. Panes are not frozen, as the guidance asks: they hide cells from
people who enlarge the screen.
"""

import warnings
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.returns.documents.look import Look
from redress.returns.documents.package import settle
from redress.returns.documents.sheets import NOTE, Sheet, literal, sheet_of
from redress.returns.documents.wording import printed_tables, status_lines, suppression_in_words, symbols_used
from redress.returns.figures import BuiltReturn

if TYPE_CHECKING:
    from gptables import GPTable, GPWorkbook

A4 = 9
CHARACTER = 1.25
"""Width of a character of the theme's font, Arial 12, in Excel's units (characters of Calibri 11)."""


def write_xlsx(built: BuiltReturn, file: Path, charts: Mapping[str, object], look: Look) -> None:
    """Writes the workbook. Its bytes depend on the return only: it bears the as-at date as the moment it was made.

    Charts stay out: the guidance asks for tables that can be read by people and machines alike.
    """
    import pandas as pd
    from gptables import Cover, produce_workbook

    sheets = [sheet_of(printed, built) for printed in printed_tables(built)]
    notes = list(dict.fromkeys(note for sheet in sheets for note in sheet.notes))
    tables = {sheet.name: _table(sheet, notes) for sheet in sheets}
    if symbols := symbols_used(built):
        tables = {"Symbols": _symbols(symbols), **tables}
    with warnings.catch_warnings():
        # gptables warns of a workbook without notes, and pandas of what gptables does with it.
        warnings.simplefilter("ignore")
        workbook = produce_workbook(
            str(file),
            tables,
            cover=Cover(title=literal(built.title), **_cover(built, bool(notes))),
            contentsheet_options={
                "title": "Contents",
                "column_names": ["Sheet", "What it shows"],
                "instructions": "This worksheet contains one table: the sheets of this workbook, with links to them.",
            },
            notes_table=pd.DataFrame(
                {"Note": [NOTE.format(number) for number in range(len(notes))], "Note text": notes}
            ).replace({"Note": r"\$"}, "", regex=True)
            if notes
            else None,
            notesheet_options={"instructions": "This worksheet contains one table: the notes that tables refer to."},
            auto_width=False,
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
        _set_widths(workbook, sheets, tables)
        _describe(workbook, built)
        workbook.close()
    settle(file, {"docProps/core.xml": _in_english})


def _cover(built: BuiltReturn, has_notes: bool) -> dict[str, list[str]]:
    paragraphs = [" ".join(part.split()) for part in built.introduction.split("\n\n")]
    about = [f"{label}: {value}." for label, value in status_lines(built)]
    about.append("Each table stands on a worksheet of its own; the sheet Contents lists them.")
    if has_notes:
        about.append("Numbers in square brackets, such as [note 1], lead to the sheet Notes.")
    if symbols_used(built):
        about.append("Letters in square brackets, such as [z], stand in place of figures; see the sheet Symbols.")
    return {
        "intro": [literal(part) for part in paragraphs if part] or [literal(built.title)],
        "about": [literal(text) for text in (*about, suppression_in_words(built), *built.notes) if text],
    }


def _table(sheet: Sheet, notes: list[str]) -> "GPTable":
    import pandas as pd
    from gptables import GPTable

    references = "".join(NOTE.format(notes.index(note)) for note in sheet.notes)
    instructions = "This worksheet contains one table."
    if references:
        instructions += " Notes are on the sheet Notes."
    return GPTable(
        table=pd.DataFrame(
            dict(zip(sheet.grid.columns, zip(*sheet.grid.rows, strict=True), strict=True)), dtype=object
        ),
        table_name=sheet.name.lower(),
        title=f"{sheet.title} {references}".strip(),
        subtitles=[sheet.subtitle] if sheet.subtitle else [],
        instructions=instructions,
        scope=sheet.scope or None,
        source=sheet.source,
        legend=list(sheet.legend),
        index_columns={2 - position: position for position in reversed(range(sheet.grid.label_columns))},
        additional_formatting=list(_formats(sheet)),
    )


def _formats(sheet: Sheet) -> list[dict[str, Any]]:
    """Figures to the right, totals bold, each number with the decimals it is printed with."""
    formats: list[dict[str, Any]] = []
    if figures := list(range(sheet.grid.label_columns, len(sheet.grid.columns))):
        formats.append({"column": {"columns": figures, "format": {"align": "right"}, "include_names": True}})
    if sheet.grid.totals:
        rows = [row + 1 for row in sheet.grid.totals]
        formats.append({"row": {"rows": rows, "format": {"bold": True}, "include_names": True}})
    for (row, column), number_format in sheet.grid.number_formats.items():
        formats.append({"cell": {"cells": (row + 1, column), "format": {"num_format": number_format}}})
    for row, column in sheet.grid.formula_like:
        formats.append({"cell": {"cells": (row + 1, column), "format": {"quote_prefix": True}}})
    return formats


def _symbols(symbols: tuple[tuple[str, str, str], ...]) -> "GPTable":
    import pandas as pd
    from gptables import GPTable

    rows = [(f"[{symbol}]", name, meaning) for symbol, name, meaning in symbols]
    return GPTable(
        table=pd.DataFrame(rows, columns=["Symbol", "Stands for", "Meaning"]),
        table_name="symbols",
        title="Symbols",
        instructions="This worksheet contains one table: what letters in square brackets stand for.",
        index_columns={2: 0},
    )


def _set_widths(workbook: "GPWorkbook", sheets: list[Sheet], tables: Mapping[str, object]) -> None:
    """Columns as wide as their words, headings on several lines; printed on A4, one page wide."""
    widths: dict[str, list[float]] = {
        "Contents": [14, 100],
        "Notes": [14, 100],
        "Symbols": [14, 24, 90],
        **{sheet.name: [width * CHARACTER for width in sheet.grid.widths] for sheet in sheets},
    }
    for worksheet in workbook.worksheets():
        for column, width in enumerate(widths.get(worksheet.name, [])):
            worksheet.set_column(column, column, width)
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
        if worksheet.name in tables:
            worksheet.set_landscape()


def _describe(workbook: "GPWorkbook", built: BuiltReturn) -> None:
    status = dict(status_lines(built))
    workbook.set_properties(
        {
            "title": built.title,
            "author": built.council_name,
            "company": built.council_name,
            "subject": f"{built.kind} {built.period.label}",
            "status": f"{status['Status']}. {status['Audience']}.",
            "created": datetime.combine(built.as_at, time()),
        }
    )


def _in_english(properties: bytes) -> bytes:
    """Puts the language of the texts into the workbook's properties, for which xlsxwriter has no setting."""
    return properties.replace(b"</cp:coreProperties>", b"<dc:language>en-GB</dc:language></cp:coreProperties>")
