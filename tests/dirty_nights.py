"""Two nights of a demo council's faulty drop, loaded without Airflow: issues are new, resolved and still open."""

from collections.abc import Iterator
from contextlib import contextmanager
from csv import DictReader, DictWriter
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from redress import nightly
from redress.demo.contract_form import councils_in_contract_form
from redress.demo.faults import write_dirty_drop, write_night_before
from redress.demo.records import write_drop
from redress.paths import PROJECT

COUNCIL = "halton"
NIGHTS = (date(2020, 6, 29), date(2020, 6, 30))
KEY = "a key for tests only, of some length"
NEWEST_OPEN_CASE, OTHER_SERVICE = "HAL-C-000142", "CIN_WIDNES"


def make_dirty_nights(root: Path) -> None:
    """Fills <root>/data and <root>/councils: the morning after the second night, its pages built."""
    clean, dirty, drop = root / "clean", root / "dirty", root / "data" / "demo" / "records"
    write_drop(clean, COUNCIL)
    _give_to_another_service(clean / COUNCIL / "cases.csv")
    write_dirty_drop(clean, dirty)
    councils_in_contract_form(PROJECT / "councils", root / "councils", [COUNCIL])
    write_night_before(clean, dirty, drop)
    with dirty_environment(root):
        load_dirty_night(NIGHTS[0])
        copytree(dirty, drop, dirs_exist_ok=True)
        load_dirty_night(NIGHTS[1])
        nightly.build_and_publish(NIGHTS[1])
        nightly.build_reports()


def load_dirty_night(night: date) -> None:
    """Lands and loads what lies in the drop."""
    landed = [nightly.land(COUNCIL, place, night) for place in nightly.deliveries(COUNCIL, night)]
    nightly.validate_and_accept(COUNCIL, night, delivered={entity for one in landed for entity in one["entities"]})


@contextmanager
def dirty_environment(root: Path) -> Iterator[None]:
    """The environment variables of such a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDRESS_HOME", str(root / "data"))
        patch.setenv("REDRESS_COUNCILS", str(root / "councils"))
        patch.setenv("REDRESS_PSEUDONYM_KEY", KEY)
        yield


def _give_to_another_service(cases: Path) -> None:
    """All cases the demo has open are of one service; one goes to another, so that the watch list has two."""
    with cases.open(encoding="utf-8", newline="") as file:
        rows = list(DictReader(file))
    for row in rows:
        if row["case_ref"] == NEWEST_OPEN_CASE:
            row["service_code"] = OTHER_SERVICE
    with cases.open("w", encoding="utf-8", newline="") as file:
        writer = DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
