"""Three nights, a week apart, of five invented councils: each of them is told differently on the pages.

- Barsetshire has issues that are new, corrected, withdrawn, reopened and accepted.
- Loamshire loads on the second night, and cannot run on the third: its folder is gone.
- Mallshire loads on the third night alone, and its stages are rejected: a required column is missing.
- Oldshire loaded on the first night and was never asked again.
- Newshire is configured and was never loaded.
"""

import csv
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from redress import nightly
from redress.contract import load_contract
from redress.councils import get_council
from redress.errors import RedressError
from redress.paths import Home
from redress.validation.acceptances import accept

FIRST, SECOND, THIRD = NIGHTS = (date(2024, 6, 13), date(2024, 6, 20), date(2024, 6, 27))
SECRET_BIRTH_DATE = "2011-02-03"

SETTINGS = {
    "barsetshire": "council_name: Barset & shire\ndelivered_every: {cases: 1, stages: 8, activity: 92}\n",
    "loamshire": "delivered_every: {cases: 7, stages: 8}\n",
    "mallshire": "",
    "oldshire": "",
    "newshire": "",
}
ASKED = {
    FIRST: ("barsetshire", "oldshire"),
    SECOND: ("barsetshire", "loamshire"),
    THIRD: ("barsetshire", "loamshire", "mallshire"),
}

CASE = {
    "record_type": "complaint", "received_date": "2024-05-07", "closed_date": "2024-05-17", "status": "concluded",
    "contact_method": "email", "complainant_type": "parent", "service_code": "S1", "person_ref": "PERSON-Z",
    "date_of_birth": SECRET_BIRTH_DATE, "gender": "female", "ethnicity": "WBRI", "disabilities": "NONE",
}  # fmt: skip
STAGE = {
    "stage": "1", "requested_date": "2024-05-07", "acknowledged_date": "2024-05-08", "responded_date": "2024-05-17",
    "outcome": "upheld",
}  # fmt: skip
SERVICES = [
    {"service_code": "S1", "service_name": "Family support", "valid_from": "2015-04-01"},
    {"service_code": "S2", "service_name": "Fostering", "valid_from": "2015-04-01"},
]
PAYMENT = {"payment_ref": "P1", "case_ref": "B4", "payment_type": "redress", "agreed_date": "2024-05-20"}
TOO_EARLY = {"acknowledged_date": "2024-05-06"}
UNDECIDED = {"outcome": ""}

STAGES: dict[date, dict[str, dict[str, str]]] = {
    # No outcome: S10. Acknowledged before it was asked for: D05.
    FIRST: {"B1": UNDECIDED, "B2": UNDECIDED, "B3": TOO_EARLY, "B4": UNDECIDED, "B5": TOO_EARLY, "B6": {}},
    # B1 is corrected, B5 in one way and wrong in another.
    SECOND: {"B1": {}, "B2": UNDECIDED, "B3": TOO_EARLY, "B4": UNDECIDED, "B5": UNDECIDED, "B6": {}},
    # B1 comes back, B2 is no longer there, B4 was accepted, B5 is corrected, B6 is new.
    THIRD: {"B1": UNDECIDED, "B3": TOO_EARLY, "B4": UNDECIDED, "B5": {}, "B6": TOO_EARLY},
}
"""What is wrong with Barsetshire's stages."""


def make_three_nights(root: Path) -> None:
    """Runs the nights and builds the warehouse. The environment is that of root/data and root/councils."""
    for name, settings in SETTINGS.items():
        (root / "councils" / name).mkdir(parents=True)
        _drop(root, name).mkdir(parents=True)
        (root / "councils" / name / "source.yml").write_text(f"kind: files\npath: {_drop(root, name)}\n")
        (root / "councils" / name / "settings.yml").write_text(settings)
    for night in NIGHTS:
        _deliver(root, night)
        for name in ASKED[night]:
            with suppress(RedressError):  # Loamshire's third night
                _load(name, night)
        if night == SECOND:
            accept(Home.from_environment(), get_council("barsetshire"), "S10", "B4", "Answered by letter.", "manager")
    nightly.build_and_publish(THIRD)


def _load(name: str, night: date) -> None:
    landed = [nightly.land(name, place, night) for place in nightly.deliveries(name, night)]
    nightly.validate_and_accept(name, night, delivered={entity for one in landed for entity in one["entities"]})


def _deliver(root: Path, night: date) -> None:
    """Puts every council's files where it delivers them."""
    stages = STAGES[night]
    paid = PAYMENT | {"amount": "50.00" if night == THIRD else "-50.00"}  # below 0: R06, held back
    write = _writer(_drop(root, "barsetshire"))
    write("cases", [CASE | {"case_ref": ref, "service_code": "S2" if ref == "B3" else "S1"} for ref in stages])
    write("stages", [STAGE | {"case_ref": ref} | wrong for ref, wrong in stages.items()])
    write("payments", [paid])
    write("services", SERVICES)
    for name in ("loamshire", "mallshire", "oldshire"):
        if name == "loamshire" and night == THIRD:
            shutil.rmtree(_drop(root, name))
            continue
        write = _writer(_drop(root, name))
        write("cases", [CASE | {"case_ref": "A1"}])
        write("stages", [STAGE | {"case_ref": "A1"}])
        write("services", SERVICES)
        if name == "mallshire" and night == THIRD:
            (_drop(root, name) / "stages.csv").write_text("case_ref,stage\nA1,1\n")


def _writer(folder: Path) -> Callable[[str, list[dict[str, Any]]], None]:
    def write(entity: str, rows: list[dict[str, Any]]) -> None:
        columns = list(load_contract().entities[entity].columns)
        with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return write


def _drop(root: Path, name: str) -> Path:
    return root / "drop" / name
