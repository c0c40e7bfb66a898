"""Central Bedfordshire's exports: CSV files under its own headers, as Excel on Windows saves them."""

import csv
from datetime import date, datetime
from pathlib import Path

from redress.contract import load_contract
from redress.demo.routes.layout import Records, Writing, layout_of

WRITING: Writing = {
    "date": lambda value: date.fromisoformat(value).strftime("%d/%m/%Y"),
    "timestamp": lambda value: datetime.fromisoformat(value).strftime("%d/%m/%Y %H:%M"),
    "boolean": lambda value: "Yes" if value == "true" else "No",
    "list": lambda value: value.replace(";", " / "),
}


def deliver(records: Records, folder: Path, extract_date: date) -> None:
    """Writes one file an entity: semicolons, day-first dates, Yes and No, in cp1252."""
    folder.mkdir(parents=True, exist_ok=True)
    layout = layout_of("central_bedfordshire")
    for entity in load_contract().entities:
        table = layout.table(entity, records[entity], WRITING)
        path = folder / f"CBC_{layout.names[entity]}_{extract_date:%Y%m%d}.csv"
        with path.open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
            writer.writerow(table.headers)
            writer.writerows(table.rows)
