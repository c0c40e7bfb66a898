"""What the tests of the forms of a check share: one real check of Halton's faulty records, made once."""

from datetime import date
from pathlib import Path

import pytest

from redress.checking.report import CheckReport, report_of
from redress.councils import load_councils
from redress.demo.faults import write_dirty_drop
from redress.demo.records import write_drop
from redress.paths import PROJECT
from redress.validation.check import check

DEMO_DATE = date(2020, 6, 30)


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Halton's records with seeded faults."""
    folder = tmp_path_factory.mktemp("faulty")
    write_drop(folder / "clean")
    write_dirty_drop(folder / "clean", folder / "dirty")
    return folder / "dirty" / "halton"


@pytest.fixture(scope="session")
def report(faulty: Path) -> CheckReport:
    """What a check of them says, as if nothing were loaded."""
    council = load_councils(PROJECT / "councils")["halton"]
    return report_of(check(faulty, DEMO_DATE, council, as_first_load=True), "halton", DEMO_DATE, council)
