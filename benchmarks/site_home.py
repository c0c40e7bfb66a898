"""A home as many councils leave it after a month of nights: invented, and of any size."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from redress.paths import Home
    from redress.validation.catalogue import Check

NEWEST = date(2024, 6, 28)
SERVICES = 12
RECORDS = {"cases": 3, "stages": 3, "causes": 1, "actions": 2}
"""The entities with records of every case, and how many versions of each were accepted."""

REPORTING = """
    create table reporting.dim_council as
    select council, 'Barset ' || c as council_name, date '{newest}' as as_at_date from councils;

    create table reporting.dim_date as
    select cast(d as date) as date_day, year(d) || ' Q' || quarter(d) as financial_quarter
    from range(date '2023-01-01', date '2024-12-31', interval 1 day) as days(d);

    create table reporting.dim_service as
    select
        council || '|S' || s || '|2015' as service_key, council, 'S' || s as service_code,
        'Service ' || s as service_name, 'Area ' || s % 3 as top_level, date '2015-04-01' as valid_from
    from councils cross join range({services}) as t(s);

    create table reporting.dim_case as
    select
        council || '|' || case_ref as case_key, council, case_ref,
        council || '|' || service_code || '|2015' as service_key,
        'complaint' as record_type, 'concluded' as status, received_date, received_date + 20 as closed_date,
        ['female', 'male', 'unknown'][n % 3 + 1] as gender, ['6_to_10', 'unknown'][n % 2 + 1] as age_band,
        'WBRI' as ethnicity, ['white', 'refused', 'not_recorded'][n % 3 + 1] as ethnicity_group,
        'NONE' as disabilities, null::varchar as sexual_orientation
    from cases;

    create table reporting.fct_received as
    select
        case_key || '|1' as received_key, council, case_key, case_ref, service_key, record_type, 1::bigint as stage,
        received_date
    from reporting.dim_case;

    create table reporting.watch_list as
    select
        council, case_ref, council || '|' || service_code || '|2015' as service_key,
        ['acknowledgement', 'stage_1', 'stage_2'][n % 3 + 1] as clock, date '{newest}' - 12 as started_date,
        date '{newest}' + (n % 30 - 10)::integer as due_date, n % 30 - 10 as working_days_left,
        n % 30 < 10 as is_overdue, n % 50 = 7 as is_frozen, n % 9 = 0 as is_extension_agreed,
        date '{newest}' + (n % 30)::integer as extended_due_date, n % 30 as extended_working_days_left,
        n % 3 = 2 and n % 2 = 0 as lacks_statement
    from cases where n < {clocks};

    create table reporting.load_runs as
    select
        council, entity, date '{newest}' - night::integer as extract_date, {nights} - night as load_number,
        entity || '_' || (date '{newest}' - night::integer) as extract_id, 'full' as extract_kind,
        entity || '.csv' as source_file, 5000::bigint as rows_landed, 40::bigint as rows_accepted,
        3::bigint as rows_quarantined, 4900::bigint as rows_unchanged, 0::bigint as rows_released,
        9::bigint as rows_waiting, 0::bigint as rows_deleted, 50::bigint as rows_with_warnings,
        'accepted_held_back' as verdict, entity || ': accepted, 3 records held back.' as verdict_text,
        2.5::decimal(18, 2) as seconds
    from councils cross join entities cross join range({nights}) as t(night);

    create table reporting.dq_rule_outcomes as
    select
        council, rule, load_runs.entity, severity, extract_id, extract_date, load_number,
        ['pass', case severity when 'critical' then 'fail' else 'warn' end, 'not_run'][(i + load_number) % 3 + 1]
            as outcome,
        5000::bigint as rows_checked, 3::bigint as rows_failed, null::varchar as reason
    from reporting.load_runs inner join checks using (entity);

    create table reporting.dq_issues as
    with made as (
        select
            t.n >= {issues} as is_resolved, checks.* exclude (i), cases.council, cases.case_ref, cases.service_code,
            case entity when 'cases' then case_ref else case_ref || '|1' end as record_key, t.n,
            date '{newest}' - (t.n % 200)::integer as opened_on
        from range(2 * {issues}) as t(n)
        inner join cases on cases.n = t.n % {cases}
        inner join checks on checks.i = t.n % (select count(*) from checks)
    )
    select
        concat_ws('|', council, rule, entity, record_key, column_name, n) as issue_key, council, rule, severity, entity,
        record_key, case_ref, service_code, column_name, n as occurrence, entity || '.csv' as source_file,
        n % 5000 + 2 as source_row, entity || '_{newest}' as extract_id, opened_on as first_seen,
        date '{newest}' as last_seen, opened_on, 0::bigint as times_reopened,
        case when is_resolved then opened_on + least(n % 40, n % 200)::integer end as resolved_on,
        case when is_resolved then 'corrected' end as resolution, false as is_accepted, null::date as accepted_on,
        null::date as accepted_until, null::varchar as accepted_by, null::date as acceptance_ended_on
    from made;

    create table reporting.dq_issue_spans as
    select
        issue_key || '|1' as span_key, issue_key, 1::bigint as span_number, council, rule, severity, entity, case_ref,
        service_code, opened_on, resolved_on, resolution, date_diff('day', opened_on, resolved_on) as days_open
    from reporting.dq_issues
"""


def make_home(folder: Path, issues: int, councils: int, nights: int, clocks: int) -> None:
    """Writes folder/home and folder/councils: what is published, the build beside it, manifests and checks' results.

    issues: as many open ones, and as many resolved; ten are of four cases. As many cases as issues are loaded in all.
    """
    from redress.duck import connect, text
    from redress.paths import Home

    home = Home(folder / "home")
    names = [f"barset_{number:02}" for number in range(councils)]
    for name in names:
        _configure(folder / "councils" / name)
        _land(home, name, nights)
    home.published.mkdir()
    home.build.mkdir(exist_ok=True)
    with connect() as con:
        con.execute(f"attach {text(home.published / 'reporting.duckdb')} as published")
        con.execute("use published; create schema reporting")
        _basis(con, names, issues)
        con.execute(
            REPORTING.format(
                newest=NEWEST, services=SERVICES, clocks=clocks, nights=nights, issues=issues, cases=issues * 4 // 10
            )
        )
        con.execute(f"attach {text(home.build / 'warehouse.duckdb')} as build")
        _accept(con)
    for name in names:
        _keep_results(home, name, nights)


def _basis(con: "duckdb.DuckDBPyConnection", councils: list[str], cases: int) -> None:
    """Temporary tables of councils, cases, entities and the checks of the catalogue."""
    from redress.contract import load_contract
    from redress.validation.catalogue import load_catalogue

    catalogue, entities = load_catalogue(), load_contract().entities
    columns = {(one.rule, one.entity): one.column for rule in catalogue.rules.values() for one in rule.checks}
    checks = [
        (number, rule, entity, catalogue.rules[rule].severity, columns.get((rule, entity)))
        for number, (rule, entity) in enumerate(catalogue.expected())
    ]
    con.execute(
        "create temp table checks (i bigint, rule varchar, entity varchar, severity varchar, column_name varchar)"
    )
    con.executemany("insert into checks values (?, ?, ?, ?, ?)", checks)
    con.execute("create temp table entities as select unnest($names) as entity", {"names": list(entities)})
    con.execute(
        "create temp table councils as select unnest($names) as council, unnest(range(len($names))) as c",
        {"names": councils},
    )
    con.execute(
        f"""
        create temp table cases as
        select
            n, council, 'BA/' || lpad(cast(n as varchar), 6, '0') as case_ref, 'S' || n % {SERVICES} as service_code,
            date '2023-07-01' + (n % 360)::integer as received_date
        from range($cases) as t(n) inner join councils on c = n % $councils
        """,
        {"cases": cases, "councils": len(councils)},
    )


def _accept(con: "duckdb.DuckDBPyConnection") -> None:
    """The build's accepted records, each version with another closing day or the like, and no acceptances."""
    from redress.contract import load_contract
    from redress.landing.door import typed_columns
    from redress.warehouse.ingest import accepted_columns
    from redress.warehouse.tables import STANDING

    made = {
        "date": "date '2024-01-01' + (n % 100 + v)::integer", "timestamp": "timestamp '2024-01-01'",
        "boolean": "n % 2 = 0", "bigint": "1", "varchar": "'a'",
    }  # fmt: skip
    con.execute("create schema build.accepted; create schema build.quality")
    for entity in load_contract().entities.values():
        columns = accepted_columns(entity)
        declared = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
        con.execute(f"create table build.accepted.{entity.name} ({declared})")
        known = {name: made.get(sql_type, "null") for name, sql_type in typed_columns(entity).items()}
        known |= {
            "council": "council", "record_key": "case_ref || '|1'" if entity.name != "cases" else "case_ref",
            "case_ref": "case_ref", "service_code": "service_code", "operation": "'upsert'",
            "extract_date": f"date '{NEWEST}' - (9 - v)::integer", "load_number": "v + 1",
            "extract_id": f"'{entity.name}_' || v", "source_file": f"'{entity.name}.csv'", "source_row": "n % 5000 + 2",
            "row_hash": "md5(n || '|' || v)",
        }  # fmt: skip
        values = ", ".join(f"{known[name]}" for name in columns)
        con.execute(
            f"insert into build.accepted.{entity.name} select {values} from cases cross join range($versions) as t(v)",
            {"versions": RECORDS.get(entity.name, 0)},
        )
    declared = ", ".join(f"{name} {sql_type}" for name, sql_type in STANDING["acceptances"].items())
    con.execute(f"create table build.quality.acceptances ({declared})")


def _configure(folder: Path) -> None:
    """A council folder with the codes of one of the examples."""
    from redress.paths import PROJECT

    folder.mkdir(parents=True)
    (folder / "source.yml").write_text("kind: files\npath: /nowhere\n", encoding="utf-8")
    (folder / "settings.yml").write_text("delivered_every: {cases: 1, stages: 1}\n", encoding="utf-8")
    (folder / "codes.yml").write_bytes((PROJECT / "councils" / "halton" / "codes.yml").read_bytes())


def _land(home: "Home", council: str, nights: int) -> None:
    """Manifests of every entity on every night."""
    from redress.contract import load_contract
    from redress.landing.manifests import Manifest, extract_folder, write_manifest

    (home.landing / council / "loads").mkdir(parents=True)
    for entity in load_contract().entities.values():
        columns = list(entity.columns)
        for number in range(nights):
            night = NEWEST - timedelta(days=nights - 1 - number)
            manifest = Manifest(
                f"{entity.name}_{night}", council, entity.name, "full", night, f"{entity.name}.csv", "0" * 64,
                rows=5000, null_shares=dict.fromkeys(columns, 0.5), source_columns=dict.fromkeys(columns),
                source_places={name: place for place, name in enumerate(columns)},
                fed_from={name: (name,) for name in columns}, number=number + 1,
            )  # fmt: skip
            folder = extract_folder(home, council, entity.name, manifest.extract_id)
            folder.mkdir(parents=True)
            write_manifest(folder, manifest)


def _keep_results(home: "Home", council: str, nights: int) -> None:
    """What the checks of the newest load said: every one of the catalogue, of each entity's 5,000 rows."""
    import numpy as np

    from redress.contract import load_contract
    from redress.duck import connect
    from redress.validation.catalogue import BATCH, load_catalogue
    from redress.validation.kept_results import keep_results, note_results
    from redress.validation.suites import Finding

    rows, failing = np.ones(5000, dtype=bool), np.arange(3)
    with connect() as con:
        con.execute("create table validations (suite varchar, findings varchar)")
        con.execute("""
            create table rule_outcomes (
                rule varchar, entity varchar, severity varchar, outcome varchar, reason varchar
            )
        """)
        for suite in (BATCH, *load_contract().entities):
            checks = [_with_limits(check) for check in load_catalogue().checks(suite)]
            note_results(con, suite, [Finding(check, rows, failing) for check in checks])
        keep_results(con, home, council, nights, NEWEST)


def _with_limits(check: "Check") -> "Check":
    """The check with something in the place of what a council's codes and settings fill in."""
    filled = {"$values": ["a", "b"], "$declared": ["a", "b"]}
    kwargs = {
        name: filled.get(value, 1) if isinstance(value, str) and value.startswith("$") else value
        for name, value in check.kwargs.items()
    }
    return replace(check, kwargs=kwargs)
