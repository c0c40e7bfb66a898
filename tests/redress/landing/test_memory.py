"""Landing a million rows takes memory by the batch, not by the table."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from redress.contract import load_contract
from redress.paths import PROJECT

ROWS = 1_000_000
VALUES = {
    "case_ref": "'A' || n",
    "received_date": "'2018-04-' || printf('%02d', 1 + n % 28)",
    "person_ref": "'P' || n",
    "date_of_birth": "'2010-05-06'",
    "updated_at": "'2018-05-01T10:00:00+00:00'",
}
LANDING = """
import resource, sys
from datetime import date
from pathlib import Path
from redress.councils import Council
from redress.landing.store import land
from redress.paths import Home
from redress.sources.definition import DatabaseDefinition
from redress.sources.opening import source_of

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def rows_landed(council, query):
    feeds = {"cases": {"query": query, "entities": {"cases": {}}}}
    council = Council(Path(council))
    council.source = DatabaseDefinition(kind="database", connection="many_cases", feeds=feeds)
    source = source_of(council.name, council.source)
    (delivery,) = source.deliveries(date(2020, 1, 1))
    return land(Home.from_environment(), council, source, delivery, b"not a secret, only for tests")[0].rows

rows_landed("few", "select * from cases limit 10")
before = peak()
print(rows_landed("many", "select * from cases"), round(peak() - before))
"""


@pytest.mark.slow
def test_a_million_rows_land_in_less_than_500_megabytes(tmp_path: Path) -> None:
    file = tmp_path / "cases.sqlite"
    columns = ", ".join(
        f"{VALUES.get(name, repr(name))} as {name}" for name in load_contract().entities["cases"].columns
    )
    with sqlite3.connect(file) as con:
        con.execute(
            "create table cases as with recursive numbers(n) as "
            f"(select 1 union all select n + 1 from numbers where n < {ROWS}) select {columns} from numbers"
        )
    ran = subprocess.run(
        [sys.executable, "-c", LANDING],
        capture_output=True,
        text=True,
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT / "plugins"),
            "REDRESS_HOME": str(tmp_path / "data"),
            "AIRFLOW_CONN_MANY_CASES": json.dumps({"conn_type": "sqlite", "host": str(file)}),
        },
    )
    landed, grown = map(int, ran.stdout.split()[-2:])
    assert landed == ROWS
    assert grown < 500
