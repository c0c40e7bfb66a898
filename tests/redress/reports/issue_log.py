"""An issue log of any length about invented records, as the pages get it to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from redress.duck import connect
from redress.paths import Home
from redress.reports.reading import Reading, sql_of

NIGHT = date(2024, 6, 28)
BUILT_AT = datetime(2024, 6, 28, 2, 14, tzinfo=UTC)

_TABLES = """
    create table names as select * from (values ('barsetshire', 'Barset & shire'), ('loamshire', 'Loamshire'))
        as names(council, council_name);
    create table load_runs as
        select council, day::date as extract_date, 'accepted' as verdict
        from names cross join (values ('2024-06-27'), ('2024-06-28')) as days(day);
    create table services as
        select council, 'S' || n as service_code, 'Service ' || n as service_name, 'Area' as service_area
        from names cross join range(1, 13) as t(n);
    create table extracts as
        select council, 'stages' as entity, 'stages_1' as extract_id, 'stages.xlsx' as source_file, 'Stages' as sheet
        from names;
    create table source_columns as
        select council, 'stages' as entity, 'stages_1' as extract_id, 'acknowledged_date' as column_name,
            'Date acknowledged' as source_column, 'H' as letter
        from names
"""
_ISSUES = """
    create table dq_issues as
    with made as (
        select
            n,
            case when n % 3 = 2 then 'loamshire' else 'barsetshire' end as council,
            ['D05', 'R04', 'E03', 'S10', 'E03', 'D05'][n % 6 + 1] as rule,
            ['stages', 'cases', 'cases', 'stages', 'cases', 'stages'][n % 6 + 1] as entity,
            ['acknowledged_date', 'received_date', 'ethnicity', 'outcome', 'gender', 'acknowledged_date'][n % 6 + 1]
                as column_name,
            case when n % 3 = 2 then 'LO/' else 'BA/' end || n as case_ref,
            date '2024-06-28' - (n % 200)::integer as opened_on,
            n % 10 = 9 as is_resolved,
            n % 10 = 8 and n % 6 <> 1 as is_accepted
        from range($rows) as t(n)
    )
    select
        council || '|' || rule || '|' || entity || '|' || record_key || '|' || column_name || '|1' as issue_key,
        *
    from (
        select
            council, rule, case rule when 'R04' then 'critical' else 'warning' end as severity, entity,
            case when entity = 'stages' then case_ref || '|1' else case_ref end as record_key,
            case_ref, column_name, 1::bigint as occurrence,
            case when n % 14 > 0 then 'S' || (n % 14) end as service_code,
            case when entity = 'stages' then 'stages.xlsx, sheet Stages' else 'cases.csv' end as source_file,
            n + 2 as source_row, entity || '_1' as extract_id,
            opened_on - (case when n % 50 = 0 then 40 else 0 end)::integer as first_seen, opened_on,
            case when is_resolved then opened_on else date '2024-06-28' end as last_seen,
            case when is_resolved then date '2024-06-28' - (n % 40)::integer end as resolved_on,
            case when is_resolved then case when n % 20 = 9 then 'corrected' else 'withdrawn' end end as resolution,
            (case when n % 50 = 0 then 2 else 0 end)::bigint as times_reopened,
            is_accepted, case when is_accepted then date '2024-06-20' end as accepted_on,
            null::date as accepted_until, case when is_accepted then 'quality lead' end as accepted_by,
            null::date as acceptance_ended_on
        from made
    )
"""


@contextmanager
def issue_log(home: Path, rows: int, more: str = "") -> Iterator[Reading]:
    """A reading of that many issues of two councils. more: SQL that changes the published tables before.

    Rules D05, E03 and S10 are warnings, R04 is critical; a tenth is resolved, a tenth of the rest accepted.
    """
    with connect() as con:
        con.execute(_TABLES)
        con.execute(_ISSUES, {"rows": rows})
        con.execute(more)
        for name in ("nights", "issues"):
            con.execute(f"create table {name} as {sql_of(name)}")
        yield Reading(Home(home), {}, con, BUILT_AT, has_build=False)
