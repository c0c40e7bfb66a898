"""How long a night with 100 changed cases takes beside the night that loaded them all.

`python benchmarks/night_of_changes.py --cases 1000000` makes that many invented cases with a stage each,
loads them, then delivers 100 changes, first as a changes extract, then in a whole new full extract. It
prints seconds by step and the ratio to the first night, and writes them to benchmarks/results.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

CHANGED = 100
COUNCIL = "barsetshire"

CASES = """
    select
        'C' || lpad(cast(n as varchar), 8, '0') as case_ref,
        case n % 10 when 0 then 'compliment' else 'complaint' end as record_type,
        date '2015-04-01' + cast(n % 3250 as integer) as received_date,
        case when n % 3250 <= 3200 or n % 2 = 0 then received_date + cast(5 + n % 30 as integer) end as closed_date,
        case when n % 3250 > 3200 and n % 2 = 1 then 'open' else 'concluded' end as status,
        case n % 3 when 0 then 'email' when 1 then 'telephone' else 'letter' end as contact_method,
        case n % 4 when 0 then 'parent' when 1 then 'relative' else 'child_or_young_person' end as complainant_type,
        false as advocate_supported, 'P' || (n % 700000) as person_ref,
        received_date - cast(1500 + n % 4000 as integer) as date_of_birth,
        case n % 2 when 0 then 'female' else 'male' end as gender, 'WBRI' as ethnicity, 'NONE' as disabilities
    from range({first}, {last}) as numbers(n)
"""
STAGES = """
    select case_ref, 1 as stage, received_date as requested_date, received_date + 1 as acknowledged_date,
        closed_date as responded_date, case when closed_date is not null then {outcome} end as outcome
    from cases where record_type = 'complaint'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    in_full = f"case when case_ref < 'C{CHANGED:08}' then 'partially_upheld' else 'not_upheld' end"
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        nights = {
            "first night, all cases": night(Path(folder), 0, cases, "full", "'not_upheld'"),
            f"{CHANGED} changed, changes extract": night(Path(folder), 1, CHANGED, "changes", "'upheld'"),
            f"{CHANGED} changed, full extract": night(Path(folder), 2, cases, "full", in_full),
        }
    report(cases, nights)


def prepare(folder: Path) -> None:
    council = folder / "councils" / COUNCIL
    council.mkdir(parents=True)
    (folder / "drop").mkdir()
    os.environ["REDRESS_HOME"] = str(folder / "data")
    os.environ["REDRESS_COUNCILS"] = str(folder / "councils")
    os.environ["REDRESS_PSEUDONYM_KEY"] = "not a secret, only for measuring"


def night(folder: Path, number: int, cases: int, extract: str, outcome: str) -> dict[str, float]:
    """Delivers the cases and runs every step of the night; seconds by step."""
    from redress import nightly, telemetry

    telemetry.switch_off()
    (folder / "councils" / COUNCIL / "source.yml").write_text(
        f"kind: files\npath: {folder / 'drop'}\nextract: {extract}\n"
    )
    with duckdb.connect() as con:
        con.execute("create table cases as " + CASES.format(first=0, last=cases))
        con.execute(f"copy cases to '{folder / 'drop' / 'cases.csv'}'")
        con.execute(f"copy ({STAGES.format(outcome=outcome)}) to '{folder / 'drop' / 'stages.csv'}'")
    extract_date = date(2024, 3, 1) + timedelta(days=number)
    deliveries = nightly.deliveries(COUNCIL, extract_date)
    return {
        "land": seconds(lambda: [nightly.land(COUNCIL, location, extract_date) for location in deliveries]),
        "validate": seconds(lambda: nightly.validate_and_accept(COUNCIL, extract_date)),
        "build and publish": seconds(lambda: nightly.build_and_publish(extract_date)),
    }


def seconds(step: Callable[[], object]) -> float:
    began = time.monotonic()
    step()
    return round(time.monotonic() - began, 2)


def report(cases: int, nights: dict[str, dict[str, float]]) -> None:
    first = next(iter(nights.values()))
    for steps in nights.values():
        steps["build beside the first night's"] = round(steps["build and publish"] / first["build and publish"], 3)
    document = {"cases": cases, "machine": f"{os.cpu_count()} cores, {platform.system()}", "nights": nights}
    print(json.dumps(document, indent=2))  # noqa: T201 - a benchmark prints
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / f"night_of_changes_{cases}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
