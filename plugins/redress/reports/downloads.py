"""Lists of open issues to send to the teams who correct them: a workbook and a CSV file a council and a service."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from redress.contract import load_contract
from redress.reports.page import counted, day
from redress.reports.reading import Reading, sql_of
from redress.spreadsheets import Cell, Column, Style, open_workbook, write_csv
from redress.validation.catalogue import load_catalogue

FOLDER = "downloads"
NO_SERVICE = "no_service"
AT_ONCE = 5_000

COLUMNS = (
    Column("Rule", 7),
    Column("What was found", 44, is_long=True),
    Column("Effect", 13),
    Column("Service", 26, is_long=True),
    Column("Service code", 13),
    Column("Case", 17),
    Column("Record", 12),
    Column("Record key", 20),
    Column("Column", 22),
    Column("Heading in the file", 22),
    Column("File", 20),
    Column("Sheet", 14),
    Column("Row", 8),
    Column("Column letter", 8),
    Column("First seen", 12),
    Column("Open since", 12),
    Column("Days open", 8),
    Column("Times it came back", 10),
    Column("How to correct", 60, is_long=True),
)
"""Of both lists; sql/downloaded_issues.sql has them in this order, the texts of the rule aside."""

HOW_TO_USE: tuple[str, ...] = (
    "Each row of the sheet Issues is one fault in one record. Find the record by its case and record key.",
    "File, sheet, row and column letter say where it stood in the file as delivered; the header is row 1.",
    "Correct the record in the system it comes from. A correction in this file or in the export changes nothing.",
    "The next nightly load reads the record again, and the issue leaves the list by itself.",
    "Held back: the record is in no figure until it is corrected. Warning: it is counted as it stands.",
    "A warning about a record that is right as it is can be accepted: tell the complaints manager why.",
    "Records are named by their reference only. Write no name, birth date or other personal detail into this file.",
)


@dataclass(frozen=True)
class Download:
    """One list: whose it is, its files without their ending under downloads/, and how many issues they hold.

    service_code is None for a whole council, and for issues of no service, where service_name says so.
    """

    council: str
    council_name: str
    night: date
    service_code: str | None
    service_name: str | None
    path: str
    issues: int
    held_back: int

    @property
    def is_whole(self) -> bool:
        return self.service_name is None

    @property
    def title(self) -> str:
        """Harrow, Family support."""
        return self.council_name if self.is_whole else f"{self.council_name}, {self.service_name}"


def downloads_of(reading: Reading) -> list[Download]:
    """The lists of each council: the whole, each service with open issues by its name, and those of no service."""
    found = reading.rows("""
        select
            nights.council, nights.council_name, nights.loaded_night as night, issues.service_code,
            grouping(issues.service_code) = 1 as is_whole,
            coalesce(any_value(issues.service_name), 'no service') as service_name,
            count(issues.issue_key) as issues,
            count(issues.issue_key) filter (where issues.severity = 'critical') as held_back
        from nights
        left join issues on nights.council = issues.council and issues.state = 'open'
        where nights.loaded_night is not null
        group by grouping sets (
            (nights.council, nights.council_name, nights.loaded_night),
            (nights.council, nights.council_name, nights.loaded_night, issues.service_code)
        )
        having grouping(issues.service_code) = 1 or count(issues.issue_key) > 0
        order by council_name, is_whole desc, issues.service_code is null, service_name, issues.service_code
    """)
    names: dict[str, set[str]] = {}
    return [_download(row, names.setdefault(row["council"], {NO_SERVICE})) for row in found]


def write_downloads(reading: Reading, folder: Path) -> None:
    """Writes every list into downloads/ of the site's folder."""
    for one in downloads_of(reading):
        file = folder / FOLDER / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_csv(file.with_name(f"{file.name}.csv"), [column.heading for column in COLUMNS], _rows(reading, one))
        _write_workbook(reading, one, file.with_name(f"{file.name}.xlsx"))


def _download(row: dict[str, Any], taken: set[str]) -> Download:
    whole = row.pop("is_whole")
    if whole:
        row["service_name"] = None
        name = "issues"
    else:
        name = f"issues_{_safe(row['service_code'], taken)}"
    return Download(path=f"{row['council']}/{name}", **row)


def _safe(service_code: str | None, taken: set[str]) -> str:
    """A file name for a service that no other of the council has, capitals apart."""
    if service_code is None:
        return NO_SERVICE
    name = re.sub(r"[^A-Za-z0-9-]+", "_", service_code)[:40]
    if name != service_code or name.casefold() in taken:
        name = f"{name}_{hashlib.sha256(service_code.encode()).hexdigest()[:8]}"
    taken.add(name.casefold())
    return name


def _write_workbook(reading: Reading, one: Download, file: Path) -> None:
    rules = reading.rows(
        f"select rule, count(*) as issues from issues where {_WHOSE} group by rule order by rule", _whose(one)
    )
    texts, catalogue = load_contract().rules, load_catalogue().rules
    with open_workbook(file, f"Records to correct: {one.title}", reading.built_at) as book:
        book.words(
            "About this list",
            _about(one),
            (
                Column("Rule", 9),
                Column("Issues", 9),
                Column("What it asks", 50, is_long=True),
                Column("Why", 60, is_long=True),
                Column("How to correct", 60, is_long=True),
            ),
            (
                (code, row["issues"], texts[code].text, catalogue[code].reason, catalogue[code].remedy)
                for row in rules
                if (code := row["rule"]) in catalogue and code in texts
            ),
        )
        book.table("Issues", COLUMNS, _rows(reading, one))


def _about(one: Download) -> list[tuple[Style, str]]:
    warnings = one.issues - one.held_back
    found = f"{counted(one.issues, 'open issue')}: {one.held_back:,} held back, {counted(warnings, 'warning')}."
    return [
        ("title", f"Complaints records to correct: {one.title}"),
        ("text", f"As found on the night of {day(one.night)}. Internal: not for publication."),
        ("text", f"{found} Accepted warnings are not in this list."),
        ("text", ""),
        ("heading", "How to use it"),
        *(("text", line) for line in HOW_TO_USE),
        ("text", ""),
        ("heading", "What the rules mean that occur in it"),
    ]


_WHOSE = """
    state = 'open' and council = $council and ($is_whole or service_code is not distinct from $service_code)
"""
_ORDER = "order by effect, service_name, case_ref, rule, record_key, column_name, source_row"


def _whose(one: Download) -> dict[str, Any]:
    return {"council": one.council, "is_whole": one.is_whole, "service_code": one.service_code}


def _rows(reading: Reading, one: Download) -> Iterator[list[Cell]]:
    """The open issues of a list, in the order of COLUMNS."""
    catalogue = load_catalogue().rules
    asked = reading.con.execute(f"{sql_of('downloaded_issues')} where {_WHOSE} {_ORDER}", _whose(one))
    while rows := asked.fetchmany(AT_ONCE):
        for rule, *rest in rows:
            told = (catalogue[rule].title, catalogue[rule].remedy) if rule in catalogue else ("", "")
            yield [rule, told[0], *rest, told[1]]
