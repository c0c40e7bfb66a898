"""How long a database extract takes to land, beside a bare read of the same rows to Parquet.

`python benchmarks/database_extract.py --rows 1000000` fills a table with that many invented cases in contract
form, in a throw-away PostgreSQL server on loopback, or in a SQLite file where none is installed. It then times, each
in a process of its own and each several times: a server-side cursor read to Parquet with nothing done to the rows; the
same by COPY; the read that Redress does, to Parquet; and the whole extract, through the mapping and past the door into
landing. It prints the best seconds of each and their ratio to the cursor read, and writes them to benchmarks/results.
"""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT)]

COUNCIL = "barsetshire"
CONNECTION = "barsetshire_db"
NIGHT = date(2024, 3, 1)

CASES = """
    select
        'C' || {padded} as case_ref,
        case n % 10 when 0 then 'compliment' else 'complaint' end as record_type,
        {day} as received_date,
        case when n % 3250 <= 3200 or n % 2 = 0 then {closed} end as closed_date,
        case when n % 3250 > 3200 and n % 2 = 1 then 'open' else 'concluded' end as status,
        case n % 3 when 0 then 'email' when 1 then 'telephone' else 'letter' end as contact_method,
        case n % 4 when 0 then 'parent' when 1 then 'relative' else 'child_or_young_person' end as complainant_type,
        false as advocate_supported, 'P' || (n % 700000) as person_ref,
        {birth} as date_of_birth,
        case n % 2 when 0 then 'female' else 'male' end as gender, 'WBRI' as ethnicity, 'NONE' as disabilities,
        {changed} as updated_at
    from {numbers}
"""
POSTGRES = {
    "padded": "lpad(n::text, 8, '0')",
    "day": "date '2015-04-01' + n % 3250",
    "closed": "date '2015-04-01' + n % 3250 + 5 + n % 30",
    "birth": "date '2015-04-01' + n % 3250 - (1500 + n % 4000)",
    "changed": "timestamptz '2020-01-01 00:00:00+00' + n * interval '1 second'",
    "numbers": "generate_series(1, {rows}) as numbers(n)",
}
SQLITE = {
    "padded": "substr('0000000' || n, -8)",
    "day": "date('2015-04-01', (n % 3250) || ' days')",
    "closed": "date('2015-04-01', (n % 3250 + 5 + n % 30) || ' days')",
    "birth": "date('2015-04-01', (n % 3250 - 1500 - n % 4000) || ' days')",
    "changed": "strftime('%Y-%m-%dT%H:%M:%SZ', '2020-01-01', n || ' seconds')",
    "numbers": "(with recursive c(n) as (select 1 union all select n + 1 from c where n < {rows}) select n from c)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        print(json.dumps(STEPS[chosen.step]()))  # noqa: T201 - handed to the process that asked
        return
    with tempfile.TemporaryDirectory() as folder, database(Path(folder), chosen.rows) as (name, connection):
        environment = prepare(Path(folder), connection)
        steps = [step for step in STEPS if name == "PostgreSQL" or step != "COPY to Parquet"]
        best = dict.fromkeys(steps, float("inf"))
        for _ in range(chosen.repeat):
            for step in steps:
                best[step] = min(best[step], measured(step, environment))
    report(name, chosen.rows, best)


@contextmanager
def database(folder: Path, rows: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A database with the cases in it: what it is, and the Airflow connection to it."""
    from tests.services.postgres import binaries, postgres_server

    if binaries():
        with postgres_server() as server:
            numbers = POSTGRES["numbers"].format(rows=rows)
            server.run(f"create table cases as {CASES.format(**POSTGRES | {'numbers': numbers})}", "analyze cases")
            where = {"host": "127.0.0.1", "port": server.port, "schema": "postgres", "login": "owner"}
            yield "PostgreSQL", {"conn_type": "postgres", "password": server.password, **where}
    else:
        file, numbers = folder / "cases.db", SQLITE["numbers"].format(rows=rows)
        with sqlite3.connect(file) as connection:
            connection.execute(f"create table cases as {CASES.format(**SQLITE | {'numbers': numbers})}")
        yield "SQLite", {"conn_type": "sqlite", "host": str(file)}


def prepare(folder: Path, connection: dict[str, Any]) -> dict[str, str]:
    """A council whose cases are the table; the environment in which its steps run."""
    council = folder / "councils" / COUNCIL
    council.mkdir(parents=True)
    feeds = {"cases": {"table": "cases", "entities": {"cases": {}}}}
    document = {"kind": "database", "connection": CONNECTION, "feeds": feeds}
    (council / "source.yml").write_text(json.dumps(document), encoding="utf-8")
    return {
        **os.environ,
        f"AIRFLOW_CONN_{CONNECTION.upper()}": json.dumps(connection),
        "BENCHMARK_OUT": str(folder / "rows.parquet"),
        "REDRESS_COUNCILS": str(folder / "councils"),
        "REDRESS_PSEUDONYM_KEY": "not a secret, only for measuring",
    }


def measured(step: str, environment: dict[str, str]) -> float:
    """Seconds of one step in a process and a data folder of its own, start-up and connection apart."""
    with tempfile.TemporaryDirectory() as home:
        ran = subprocess.run(
            [sys.executable, __file__, "--step", step],
            env=environment | {"REDRESS_HOME": home},
            check=True,
            stdout=subprocess.PIPE,
        )
    return float(ran.stdout.splitlines()[-1])


def cursor_to_parquet() -> float:
    """Rows from a server-side cursor as the driver gives them, to Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _driver_connection() as connection:
        began = time.monotonic()
        cursor = connection.cursor() if isinstance(connection, sqlite3.Connection) else connection.cursor(name="bare")
        cursor.execute("select * from cases")
        writer = None
        while rows := cursor.fetchmany(_batch_rows()):
            names = [column[0] for column in cursor.description]
            table = pa.table([pa.array(values) for values in zip(*rows, strict=True)], names=names)
            writer = writer or pq.ParquetWriter(os.environ["BENCHMARK_OUT"], table.schema)
            writer.write_table(table.cast(writer.schema))
        if writer:
            writer.close()
        return time.monotonic() - began


def copy_to_parquet() -> float:
    """PostgreSQL's own CSV, to Parquet, types guessed by Arrow."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    out = os.environ["BENCHMARK_OUT"]
    with _driver_connection() as connection:
        began = time.monotonic()
        with (
            open(f"{out}.csv", "wb") as file,
            connection.cursor().copy("copy cases to stdout (format csv, header)") as rows,
        ):
            for row in rows:
                file.write(row)
        with pyarrow.csv.open_csv(f"{out}.csv") as reader, pq.ParquetWriter(out, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
        return time.monotonic() - began


def redress_to_parquet() -> float:
    """What Redress reads, as the text it hands over, to Parquet."""
    import pyarrow.parquet as pq

    source, delivery = _source()
    began = time.monotonic()
    with source.open(delivery) as opened:
        writer = None
        for batch in opened.parts[0].read(None).batches:
            writer = writer or pq.ParquetWriter(os.environ["BENCHMARK_OUT"], batch.schema)
            writer.write_table(batch)
        if writer:
            writer.close()
    return time.monotonic() - began


def redress_to_landing() -> float:
    """The whole extract: read, mapped, past the door, into landing."""
    from redress.councils import get_council
    from redress.landing.store import land
    from redress.paths import Home

    source, delivery = _source()
    began = time.monotonic()
    land(Home.from_environment(), get_council(COUNCIL), source, delivery, b"not a secret, only for measuring")
    return time.monotonic() - began


def _source() -> tuple[Any, Any]:
    from redress.councils import get_council
    from redress.sources.opening import open_source

    source = open_source(get_council(COUNCIL))
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery):
        return source, delivery


def _driver_connection() -> Any:
    connection = json.loads(os.environ[f"AIRFLOW_CONN_{CONNECTION.upper()}"])
    if connection["conn_type"] == "sqlite":
        return sqlite3.connect(connection["host"])
    import psycopg

    return psycopg.connect(
        host=connection["host"],
        port=connection["port"],
        dbname=connection["schema"],
        user=connection["login"],
        password=connection["password"],
    )


def _batch_rows() -> int:
    from redress.sources.definition import DatabaseDefinition

    return int(DatabaseDefinition.model_fields["batch_rows"].default)


STEPS: dict[str, Callable[[], float]] = {
    "cursor to Parquet": cursor_to_parquet,
    "COPY to Parquet": copy_to_parquet,
    "Redress reads to Parquet": redress_to_parquet,
    "Redress extracts to landing": redress_to_landing,
}


def report(name: str, rows: int, best: dict[str, float]) -> None:
    bare = best["cursor to Parquet"]
    document = {
        "database": name,
        "rows": rows,
        "machine": f"{os.cpu_count()} cores, {platform.system()}",
        "seconds": {step: round(seconds, 2) for step, seconds in best.items()},
        "beside the cursor read": {step: round(seconds / bare, 2) for step, seconds in best.items()},
    }
    print(json.dumps(document, indent=2))  # noqa: T201 - a benchmark prints
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / f"database_extract_{rows}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
