"""What two invented councils deliver on two nights. Barsetshire has open clocks and issues, Loamshire one gap."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from redress.contract import load_contract

COUNCILS = ("barsetshire", "loamshire")
NIGHTS = (date(2024, 6, 27), date(2024, 6, 28))
"""A Thursday and a Friday."""

SECRET_BIRTH_DATE = "2011-02-03"

CASE = {
    "record_type": "complaint", "status": "open", "contact_method": "email", "complainant_type": "parent",
    "service_code": "S1", "person_ref": "PERSON-Z", "date_of_birth": SECRET_BIRTH_DATE, "gender": "female",
    "ethnicity": "WBRI", "disabilities": "NONE",
    "sexual_orientation": "unknown",
}  # fmt: skip

CASES: list[dict[str, Any]] = [
    # Ten working days after 3 June is 17 June; nobody has acknowledged it.
    {"case_ref": "A1", "received_date": "2024-06-03"},
    {"case_ref": "A2", "received_date": "2024-06-14"},  # due on the second night, 28 June
    {"case_ref": "A3", "received_date": "2024-06-18"},  # due 2 July: 2 working days left
    {"case_ref": "A4", "received_date": "2024-06-21", "service_code": "S2"},  # due 5 July: 5 left
    {"case_ref": "A5", "received_date": "2024-06-26", "ethnicity": "REFU"},  # due 10 July
    {"case_ref": "A6", "received_date": "2024-06-03", "ethnicity": ""},  # extended to 1 July: 1 left
    {"case_ref": "A7", "received_date": "2024-06-03", "status": "frozen", "sexual_orientation": "prefer_not_to_say"},
    # Stage 2 asked for on 20 May, no statement agreed: due 25 June, bank holiday on 27 May
    {"case_ref": "A8", "received_date": "2024-04-15", "gender": "unknown", "ethnicity": "NOBT", "disabilities": ""},
    # "tags" holds what nobody declared, which may be anything.
    {"case_ref": "A9", "received_date": "2024-05-07", "closed_date": "2024-05-17", "status": "concluded",
     "tags": "Zebedee Quillfeather"},
]  # fmt: skip
STAGES: list[dict[str, Any]] = [
    {"case_ref": "A1", "stage": 1, "requested_date": "2024-06-03"},
    {"case_ref": "A2", "stage": 1, "requested_date": "2024-06-14", "acknowledged_date": "2024-06-17"},
    {"case_ref": "A3", "stage": 1, "requested_date": "2024-06-18", "acknowledged_date": "2024-06-19"},
    {"case_ref": "A4", "stage": 1, "requested_date": "2024-06-21", "acknowledged_date": "2024-06-24"},
    {"case_ref": "A5", "stage": 1, "requested_date": "2024-06-26", "acknowledged_date": "2024-06-26"},
    {"case_ref": "A6", "stage": 1, "requested_date": "2024-06-03", "acknowledged_date": "2024-06-04",
     "extension_agreed_date": "2024-06-10", "extension_reason": "complex"},
    {"case_ref": "A7", "stage": 1, "requested_date": "2024-06-03", "acknowledged_date": "2024-06-04"},
    {"case_ref": "A8", "stage": 1, "requested_date": "2024-04-15", "acknowledged_date": "2024-04-16",
     "responded_date": "2024-05-01", "outcome": "not_upheld"},
    {"case_ref": "A8", "stage": 2, "requested_date": "2024-05-20", "acknowledged_date": "2024-05-21"},
    {"case_ref": "A9", "stage": 1, "requested_date": "2024-05-07", "acknowledged_date": "2024-05-08",
     "responded_date": "2024-05-17", "outcome": "upheld"},
]  # fmt: skip
FREEZES = [{"case_ref": "A7", "stage": 1, "frozen_from": "2024-06-05", "reason": "court"}]
SERVICES = [
    {"service_code": "S1", "service_name": "Family support", "valid_from": "2015-04-01"},
    {"service_code": "S2", "service_name": "Fostering & adoption", "valid_from": "2015-04-01"},
]


def write_councils(root: Path) -> None:
    """The councils' folders, both with files in contract form."""
    for name in COUNCILS:
        (root / "councils" / name).mkdir(parents=True)
        (root / "drop" / name).mkdir(parents=True)
        source = f"kind: files\npath: {root / 'drop' / name}\n"
        (root / "councils" / name / "source.yml").write_text(source, encoding="utf-8")
        settings = "council_name: Barset & shire\n" if name == "barsetshire" else ""
        (root / "councils" / name / "settings.yml").write_text(settings, encoding="utf-8")


def write_night(root: Path, night: date) -> None:
    """What is delivered for a night. The first night has faults that the second corrects, and the other way round.

    First night: A9 is answered without an outcome (S10) and A2's acknowledgement lies before its request (D05).
    Second night: both are right; A3 was acknowledged before its request (D05), and A4's stage has no request date
    (R04, held back; the earlier version stays in force).
    """
    is_first = night == NIGHTS[0]
    stages = [dict(row) for row in STAGES]
    by_key = {(row["case_ref"], row["stage"]): row for row in stages}
    if is_first:
        by_key["A9", 1]["outcome"] = ""
        by_key["A2", 1]["acknowledged_date"] = "2024-06-13"
    else:
        by_key["A3", 1]["acknowledged_date"] = "2024-06-17"
        by_key["A4", 1]["requested_date"] = ""
    tables = {"cases": [CASE | row for row in CASES], "stages": stages, "freezes": FREEZES, "services": SERVICES}
    for entity, rows in tables.items():
        _write(root / "drop" / "barsetshire" / f"{entity}.csv", entity, rows)
    loamshire = CASE | {"case_ref": "A1", "received_date": "2024-05-07", "status": "concluded"}
    loamshire |= {"closed_date": "2024-05-17", "sexual_orientation": "heterosexual", "gender": ""}
    answered = {"case_ref": "A1", "stage": 1, "requested_date": "2024-05-07", "acknowledged_date": "2024-05-08"}
    answered |= {"responded_date": "2024-05-17", "outcome": "upheld"}
    for entity, rows in {"cases": [loamshire], "stages": [answered], "services": SERVICES}.items():
        _write(root / "drop" / "loamshire" / f"{entity}.csv", entity, rows)


def _write(file: Path, entity: str, rows: list[dict[str, Any]]) -> None:
    columns = list(load_contract().entities[entity].columns)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
