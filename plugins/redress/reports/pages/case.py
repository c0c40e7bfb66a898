"""The page Case: everything known of one case, its issues and its records' versions over time, in files by number."""

import json
from collections import defaultdict
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from redress.contract import Entity, load_contract
from redress.contract.model import PERSONAL
from redress.errors import RedressError
from redress.landing.door import typed_columns
from redress.reports.page import Page
from redress.reports.pages.watch_list import CLOCKS, URGENCIES
from redress.reports.reading import Reading, sql_of
from redress.validation.declared import declared

NOT_DECLARED = "a value that is not declared"

IN_ONE_FILE = 200
"""Cases in a file beside the page: small enough to be read at once, large enough to keep the files few."""

UNSHOWN = (*PERSONAL, "age_band", "dob_check", "gender", "ethnicity", "disabilities", "sexual_orientation")
"""Columns of which only is said that they changed: values that are about a person."""

_FOLDER = Path("data") / "cases"
_OF_VERSION = ("loaded_on", "operation", "source_place", "source_row", "changes")


def content(reading: Reading) -> dict[str, Any]:
    """The references of all cases that have an entry, in the order of their files."""
    _prepare(reading)
    wanted = reading.rows("select council, council_name, case_ref from wanted_cases order by place")
    return {
        "index": {
            "refs": [[row["council"], row["case_ref"]] for row in wanted],
            "in_one_file": IN_ONE_FILE,
            "councils": {row["council"]: row["council_name"] for row in wanted},
        },
        "rules": {code: rule.text for code, rule in load_contract().rules.items()},
        "cases": len(wanted),
    }


def files(reading: Reading, folder: Path) -> None:
    """Writes data/cases/<number>.js, IN_ONE_FILE cases each."""
    _prepare(reading)
    cases = _facts(reading)
    for row in _plain(reading.query("case_issues")):
        cases[row.pop("council"), row.pop("case_ref")]["issues"].append(row)
    for row in _clocks(reading):
        cases[row.pop("council"), row.pop("case_ref")]["clocks"].append(row)
    for (council, ref), records in _records(reading).items():
        cases[council, ref]["records"] = records
    (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
    entries = list(cases.values())
    for number, start in enumerate(range(0, len(entries), IN_ONE_FILE)):
        text = json.dumps(entries[start : start + IN_ONE_FILE], separators=(",", ":"))
        (folder / _FOLDER / f"{number}.js").write_text(f"window.redressCases = {text};\n", encoding="utf-8")


def _prepare(reading: Reading) -> None:
    """The tables watched (open clocks, or none where no facts are published), wanted_cases and declared_codes."""
    empty = "select null::varchar as council, null::varchar as case_ref where false"
    watched = sql_of("watch_list") if reading.has("watch_list") else empty
    reading.con.execute(f"create or replace temp table watched as {watched}")
    reading.con.execute(f"create or replace temp table wanted_cases as {sql_of('wanted_cases')}")
    _prepare_codes(reading)


def _facts(reading: Reading) -> dict[tuple[str, str], dict[str, Any]]:
    """An entry a case, in the order of the files, with what is loaded of the case itself."""
    names = "record_type, status, received_date, closed_date"
    loaded = f"""
        select council, case_ref, {names}, service_name
        from dim_case left join (select service_key, service_name from dim_service) as named using (service_key)
    """
    rows = reading.rows(f"""
        select wanted_cases.*, loaded.* exclude (council, case_ref)
        from wanted_cases
        left join ({loaded if reading.has("dim_case") else _nothing_loaded(names)}) as loaded using (council, case_ref)
        order by place
    """)
    return {
        (row["council"], row["case_ref"]): row | {"issues": [], "clocks": [], "records": []} for row in _plain(rows)
    }


def _nothing_loaded(names: str) -> str:
    columns = ", ".join(f"null as {name}" for name in f"council, case_ref, {names}, service_name".split(", "))
    return f"select {columns} where false"


def _clocks(reading: Reading) -> list[dict[str, Any]]:
    if not reading.has("watch_list"):
        return []
    found = reading.rows("""
        select council, case_ref, clock, urgency, due_date, working_days_left from watched order by working_days_left
    """)
    return [row | {"clock": CLOCKS[row["clock"]], "urgency": URGENCIES[row["urgency"]]} for row in _plain(found)]


def _records(reading: Reading) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The records of each case with their accepted versions, oldest first: what each brought or changed."""
    found: dict[tuple[str, str], dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    if not reading.has_build:
        return {}
    for entity in load_contract().entities.values():
        if "case_ref" not in entity.columns:
            continue
        for row in _plain(reading.rows(_versions_sql(entity))):
            records = found[row["council"], row["case_ref"]]
            record = records.setdefault(
                (entity.name, row["record_key"]), {"entity": entity.name, "key": row["record_key"], "versions": []}
            )
            record["versions"].append({name: row[name] for name in _OF_VERSION})
    return {case: list(records.values()) for case, records in found.items()}


def _versions_sql(entity: Entity) -> str:
    """One row a version of a record of the wanted cases: its changes as [column, before, after] in words.

    Of columns that are about a person only is said that they changed, and of open lists only declared codes are shown:
    what else was typed there may be anything. A deletion changes nothing else.
    """
    columns = [name for name in typed_columns(entity) if name not in (*entity.key, "case_ref")]
    shown = ", ".join(f"cast({name} as varchar) as {name}" for name in columns)
    kept = ", ".join(f"'{name}'" for name in UNSHOWN)
    open_lists = ", ".join(f"'{name}'" for name, column in entity.columns.items() if column.values_from) or "''"
    return f"""
        with versions as (
            select accepted.council, coalesce(accepted.case_ref, first_value(accepted.case_ref ignore nulls) over (
                    partition by accepted.council, accepted.record_key order by load_number
                )) as case_ref,
                record_key, load_number, operation, extract_date, source_file, source_row, {shown}
            from build.accepted.{entity.name} as accepted
            where (accepted.council, accepted.record_key) in (
                select (council, record_key) from build.accepted.{entity.name}
                semi join wanted_cases using (council, case_ref)
            )
        ),

        single as (
            select * from versions unpivot include nulls (value_after for column_name in ({", ".join(columns)}))
        ),

        compared as (
            select
                *,
                lag(value_after) over (
                    partition by council, record_key, column_name order by load_number
                ) as value_before
            from single
        ),

        shown as (
            select
                *,
                column_name not in ({open_lists}) as is_plain,
                (
                    select list(code) from declared_codes
                    where declared_codes.council = compared.council
                        and declared_codes.column_name = compared.column_name
                ) as codes
            from compared
        )

        select
            council, case_ref, record_key, load_number, extract_date as loaded_on, operation,
            source_file as source_place, source_row,
            list(
                case
                    when column_name in ({kept}) then [column_name, null, null]
                    else [column_name, {_shown_value("value_before")}, {_shown_value("value_after")}]
                end
                order by column_name
            ) filter (where operation = 'upsert' and value_after is distinct from value_before) as changes
        from shown
        where case_ref is not null
        group by all
        order by council, case_ref, record_key, load_number
    """


def _shown_value(value: str) -> str:
    """SQL of a value as it is shown; of a list, all its items are declared or none is shown."""
    return (
        f"case when {value} is null or is_plain or list_has_all(coalesce(codes, []), string_split({value}, ';')) "
        f"then {value} else '{NOT_DECLARED}' end"
    )


def _prepare_codes(reading: Reading) -> None:
    """The table declared_codes: what each council declares for the columns with an open list."""
    rows = []
    for council in reading.councils.values():
        with suppress(RedressError):  # its load says what is wrong with its codes; here nothing of it is shown
            rows += [
                (council.name, column.name, code)
                for entity in load_contract().entities.values()
                for column in entity.columns.values()
                if column.values_from
                for code in declared(council.codes, column.values_from)
            ]
    reading.con.execute(
        "create or replace temp table declared_codes (council varchar, column_name varchar, code varchar)"
    )
    reading.insert("declared_codes", rows)


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with dates as ISO text, as JSON has no dates."""
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_text(one) for one in value]
    if isinstance(value, dict):
        return {name: _text(one) for name, one in value.items()}
    return value


PAGE = Page("case.html", "Case", content, scripts=("case.js",), files=files)
