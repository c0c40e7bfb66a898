"""The page Case: everything known of one case, its issues and its records' versions over time, in files by number."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from redress.contract import Entity, load_contract
from redress.contract.model import PERSONAL
from redress.duck import text
from redress.errors import RedressError
from redress.landing.door import typed_columns
from redress.reports.page import Page
from redress.reports.pages.watch_list import CLOCKS, URGENCIES
from redress.reports.reading import Reading, sql_of
from redress.validation.catalogue import load_catalogue
from redress.validation.declared import declared

NOT_DECLARED = "a value that is not declared"

IN_ONE_FILE = 200
"""Cases in a file beside the page: small enough to be read at once, large enough to keep the files few."""

AT_ONCE = 25 * IN_ONE_FILE
"""Cases made at a time: each time every accepted record is looked at once."""

UNSHOWN = (*PERSONAL, "age_band", "dob_check", "gender", "ethnicity", "disabilities", "sexual_orientation")
"""Columns of which only is said that they changed: values that are about a person."""

_FOLDER = Path("data") / "cases"


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
        "rules": {code: rule.title for code, rule in load_catalogue().rules.items()},
        "cases": len(wanted),
    }


def files(reading: Reading, folder: Path) -> None:
    """Writes data/cases/<number>.js, IN_ONE_FILE cases each.

    AT_ONCE cases are in memory at a time, with all their versions, however many cases and nights there are.
    """
    _prepare(reading)
    _prepare_facts(reading)
    (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
    wanted = reading.con.execute("select count(*) from wanted_cases").fetchall()[0][0]
    for first in range(0, wanted, AT_ONCE):
        entries = _entries(reading, first)
        for start in range(0, len(entries), IN_ONE_FILE):
            listed = ",".join(entries[start : start + IN_ONE_FILE])
            file = folder / _FOLDER / f"{(first + start) // IN_ONE_FILE}.js"
            file.write_text(f"window.redressCases = [{listed}];\n", encoding="utf-8")


def _prepare(reading: Reading) -> None:
    """The tables watched (open clocks, or none where no facts are published) and wanted_cases."""
    empty = """
        select null::varchar as council, null::varchar as case_ref, null::varchar as clock, null::varchar as urgency,
            null::date as due_date, null::bigint as working_days_left
        where false
    """
    watched = sql_of("watch_list") if reading.has("watch_list") else empty
    reading.con.execute(f"create or replace temp table watched as {watched}")
    reading.con.execute(f"create or replace temp table wanted_cases as {sql_of('wanted_cases')}")


def _prepare_facts(reading: Reading) -> None:
    """The tables case_facts (what is loaded of the case itself), case_clocks and declared_codes."""
    loaded = """
        select council, case_ref, record_type, status, received_date, closed_date, service_name
        from dim_case left join (select service_key, service_name from dim_service) as named using (service_key)
        semi join wanted_cases using (council, case_ref)
    """
    nothing = """
        select council, case_ref, null as record_type, null as status, null::date as received_date,
            null::date as closed_date, null as service_name
        from wanted_cases where false
    """
    reading.con.execute(f"create or replace temp table case_facts as {loaded if reading.has('dim_case') else nothing}")
    reading.con.execute(f"""
        create or replace temp table case_clocks as
        select
            council, case_ref, {_in_words("clock", CLOCKS)} as clock, {_in_words("urgency", URGENCIES)} as urgency,
            due_date, working_days_left
        from watched
    """)
    _prepare_codes(reading)


def _in_words(column: str, words: dict[str, str]) -> str:
    """SQL of the word of each of a column's values."""
    return f"case {column} {' '.join(f'when {text(name)} then {text(word)}' for name, word in words.items())} end"


def _entries(reading: Reading, first: int) -> list[str]:
    """The entries of AT_ONCE cases as JSON, from a place on."""
    con = reading.con
    con.execute(
        "create or replace temp table cases_at_hand as from wanted_cases where place >= $first and place < $after",
        {"first": first, "after": first + AT_ONCE},
    )
    con.execute("""
        create or replace temp table case_records (
            place bigint, position bigint, entity varchar, record_key varchar, versions struct(
                loaded_on date, operation varchar, source_place varchar, source_row bigint, changes varchar[][]
            )[]
        )
    """)
    if reading.has_build:
        for position, entity in enumerate(load_contract().entities.values()):
            if "case_ref" in entity.columns:
                con.execute(
                    f"insert into case_records {_records_sql(entity)}", {"position": position, "entity": entity.name}
                )
    return [entry for (entry,) in con.execute(sql_of("case_entries")).fetchall()]


def _records_sql(entity: Entity) -> str:
    """One row a record of the cases at hand: its accepted versions, oldest first, and what each brought or changed.

    Changes are [column, before, after] in words, by column. Of columns that are about a person only is said that they
    changed, and of open lists only declared codes are shown: what else was typed there may be anything. A deletion
    changes nothing else.
    """
    columns = sorted(name for name in typed_columns(entity) if name not in (*entity.key, "case_ref"))
    open_lists = [name for name, column in entity.columns.items() if column.values_from and name in columns]
    before_and_after = ", ".join(
        f"cast({name} as varchar) as after_{name}, lag(after_{name}) over record as before_{name}" for name in columns
    )
    changes = ", ".join(
        f"case when after_{name} is distinct from before_{name} then {_change(name, open_lists)} end"
        for name in columns
    )
    codes = " ".join(
        f"left join declared_codes as of_{name} on of_{name}.council = compared.council "
        f"and of_{name}.column_name = {text(name)}"
        for name in open_lists
    )
    return f"""
        with compared as (
            select
                council, coalesce(case_ref, first_value(case_ref ignore nulls) over record) as case_ref, record_key,
                load_number, operation, extract_date, source_file, source_row, {before_and_after}
            from build.accepted.{entity.name}
            where (council, record_key) in (
                select (council, record_key) from build.accepted.{entity.name}
                semi join cases_at_hand using (council, case_ref)
            )
            window record as (partition by council, record_key order by load_number)
        )

        select
            place, $position, $entity, record_key,
            list(
                struct_pack(
                    loaded_on := extract_date, operation := operation, source_place := source_file,
                    source_row := source_row,
                    changes := case operation
                        when 'upsert' then list_filter([{changes}], lambda one: one is not null)
                    end
                )
                order by load_number
            )
        from compared
        inner join cases_at_hand using (council, case_ref)
        {codes}
        group by place, record_key
    """


def _change(name: str, open_lists: list[str]) -> str:
    """SQL of a column's change in words."""
    if name in UNSHOWN:
        return f"[{text(name)}, null, null]"
    if name not in open_lists:
        return f"[{text(name)}, before_{name}, after_{name}]"
    return f"[{text(name)}, {_declared_only(f'before_{name}', name)}, {_declared_only(f'after_{name}', name)}]"


def _declared_only(value: str, name: str) -> str:
    """SQL of a value of an open list as it is shown: all its items are declared, or none is shown."""
    return (
        f"case when {value} is null or list_has_all(coalesce(of_{name}.codes, []), string_split({value}, ';')) "
        f"then {value} else {text(NOT_DECLARED)} end"
    )


def _prepare_codes(reading: Reading) -> None:
    """The table declared_codes: a row a council and column with an open list, and what the council declares for it."""
    rows = []
    for council in reading.councils.values():
        with suppress(RedressError):  # its load says what is wrong with its codes; here nothing of it is shown
            rows += [
                (council.name, name, list(declared(council.codes, values_from)))
                for name, values_from in _open_lists().items()
            ]
    reading.con.execute(
        "create or replace temp table declared_codes (council varchar, column_name varchar, codes varchar[])"
    )
    reading.insert("declared_codes", rows)


def _open_lists() -> dict[str, str]:
    """The columns with an open list, in whatever entity, and the list each takes its codes from."""
    return {
        column.name: column.values_from
        for entity in load_contract().entities.values()
        for column in entity.columns.values()
        if column.values_from
    }


PAGE = Page("case.html", "Case", content, scripts=("case.js",), files=files)
