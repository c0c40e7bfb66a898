"""The five systems of the demo: written from the records, running, and how Airflow reaches those with a connection."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from redress.demo.routes import central_bedfordshire, croydon, halton, harrow, northamptonshire
from redress.demo.routes.layout import read_records

ROUTES = {
    "harrow": "a view and tables of a SQLite database",
    "croydon": "reports of a web service, for a token",
    "halton": "a workbook with the stages of a case side by side",
    "central_bedfordshire": "CSV files in its own words, as Excel on Windows saves them",
    "northamptonshire": "files in contract form, each with a marker beside it, as on an SFTP server",
}
HARROW_VARIABLE = "AIRFLOW_CONN_HARROW_CASEWORK"
CROYDON_VARIABLE = "AIRFLOW_CONN_CROYDON_CASEWORK"


def write_systems(records: Path, demo: Path, extract_date: date) -> None:
    """Puts each council's records into its own system under the demo's folder; the same records, the same files.

    Croydon's system is a service, which holds them while it runs.
    """
    harrow.deliver(read_records(records / "harrow"), demo / "harrow")
    halton.deliver(read_records(records / "halton"), demo / "halton", extract_date)
    central_bedfordshire.deliver(
        read_records(records / "central_bedfordshire"), demo / "central_bedfordshire", extract_date
    )
    northamptonshire.deliver(read_records(records / "northamptonshire"), demo / "northamptonshire", extract_date)


@contextmanager
def running(records: Path, demo: Path, port: int = 0) -> Iterator[dict[str, str]]:
    """Runs Croydon's service; gives the environment variables that hold the demo's Airflow connections.

    Raises RedressError if something else listens on the port.
    """
    database = {"conn_type": "sqlite", "host": str(demo / "harrow" / harrow.DATABASE)}
    with croydon.serving(read_records(records / "croydon"), port) as service:
        yield {HARROW_VARIABLE: json.dumps(database), CROYDON_VARIABLE: json.dumps(service.connection)}


@contextmanager
def connected(records: Path, demo: Path) -> Iterator[None]:
    """Runs Croydon's service, with the demo's connections in this process's environment; those set before stay."""
    with running(records, demo) as variables:
        added = {name: value for name, value in variables.items() if name not in os.environ}
        os.environ.update(added)
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)
