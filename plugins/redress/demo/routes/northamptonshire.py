"""Northamptonshire's drop: files in contract form, laid out as its SFTP server lays them out for collection."""

import csv
from datetime import date
from pathlib import Path

from redress.contract import load_contract
from redress.demo.routes.layout import Records

OUTGOING = Path("sftp", "outgoing", "complaints")


def deliver(records: Records, folder: Path, extract_date: date) -> None:
    """Writes each file with its extract date in its name, and the marker that says it is whole after it."""
    outgoing = folder / OUTGOING
    outgoing.mkdir(parents=True, exist_ok=True)
    for entity, contract in load_contract().entities.items():
        path = outgoing / f"{entity}_{extract_date}.csv"
        marker = path.with_name(f"{path.name}.done")
        marker.unlink(missing_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(contract.columns), lineterminator="\n")
            writer.writeheader()
            writer.writerows(records[entity])
        marker.touch()
