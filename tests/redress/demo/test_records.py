"""The demo records give the published figures, and nothing in them was worked out beforehand.

Every figure is computed here from the CSV files alone, in SQL, with its own count of working days.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from redress.contract import load_contract
from redress.councils import load_councils
from redress.demo.records import PREFIXES, write_drop
from redress.errors import UsageError

ROOT = Path(__file__).parents[3]
DATA = ROOT / "plugins" / "redress" / "demo" / "data"
HOLIDAYS = ROOT / "dbt_project" / "seeds" / "bank_holidays.csv"
COUNCILS = tuple(PREFIXES)

Figure = dict[str, str]


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drop")
    write_drop(folder)
    return folder


@pytest.fixture(scope="module")
def con(drop: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The five drops as one table an entity, and views that count from them."""
    connection = duckdb.connect()
    for entity in load_contract().entities:
        connection.execute(
            f"create table {entity} as select string_split(filename, '/')[-2] as council, * exclude (filename) "
            f"from read_csv('{drop}/*/{entity}.csv', header = true, filename = true, union_by_name = true)"
        )
    connection.execute(VIEWS.format(holidays=HOLIDAYS, services=DATA / "services.csv"))
    yield connection
    connection.close()


VIEWS = """
create table days as
select
    day,
    cast(count(*) filter (where isodow(day) < 6 and holiday_date is null) over (order by day) as integer) as number,
    case when month(day) < 4 then year(day) - 1 else year(day) end as starts
from (select unnest(generate_series(date '2013-01-01', date '2021-03-31', interval 1 day))::date as day) as span
left join read_csv('{holidays}') on holiday_date = day;

create view calendar as
select
    day, number, starts || '/' || right(cast(starts + 1 as varchar), 2) as year,
    'Q' || ((month(day) + 8) // 3 % 4 + 1) || ' ' || starts || '/' || right(cast(starts + 1 as varchar), 2) as quarter
from days;

create view areas as
with recursive up as (
    select council, service_code, service_code as area, parent_code from read_csv('{services}')
    union all
    select up.council, up.service_code, s.service_code, s.parent_code
    from up join read_csv('{services}') as s on s.council = up.council and s.service_code = up.parent_code
)
select distinct council, service_code, area from up;

create view people as
select
    c.*,
    coalesce(own_complaint, complainant_type in ('child_or_young_person', 'care_leaver'), false) as young,
    date_diff('year', date_of_birth, received_date)
        - case when strftime(date_of_birth, '%m%d') > strftime(received_date, '%m%d') then 1 else 0 end as age
from cases as c;

create view stage as
select
    c.* exclude (updated_at), s.* exclude (council, case_ref, updated_at), r.year, r.quarter, a.year as answered_year,
    a.number - r.number as days
from stages as s
join people as c using (council, case_ref)
join calendar as r on r.day = s.requested_date
left join calendar as a on a.day = s.responded_date;

create view transaction as
select council, year, 'stage' || stage as kind, service_code from stage where record_type = 'complaint'
union all
select council, year, record_type, service_code from cases join calendar on day = received_date
where record_type in ('representation', 'compliment', 'enquiry')
union all
select council, year, 'ombudsman', service_code from ombudsman join calendar on day = received_date;
"""


def published(council: str, table: str, measure: str = "count", **where: str) -> list[Figure]:
    with (DATA / "published_figures.csv").open(encoding="utf-8", newline="") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if (row["council"], row["return_table"], row["measure"]) == (council, table, measure)
            and all(row[column] == value for column, value in where.items())
        ]
    assert found, f"published_figures.csv has no {council} {table} {where}"
    return found


def codes(council: str) -> dict[str, str]:
    with (DATA / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {row["printed_label"]: row["code"] for row in csv.DictReader(file) if row["council"] == council}


STAGE_1 = "from stage where council = $council and record_type = 'complaint' and stage = 1"
RECEIVED = f"{STAGE_1} and year = $period"
ANSWERED = f"{STAGE_1} and answered_year = $period and responded_date is not null"
IN_AREA = (
    "exists (from areas as a where a.council = $council and a.service_code = stage.service_code and a.area = $member)"
)
OUTCOME = "outcome = $member"
SHARE = "100.0 * count(*) filter (where {0}) / count(*)"
BANDS = {
    "% within 10 days": "days <= 10",
    "% within 20 days": "days <= 20",
    "% over 20 days": "days > 20",
    "completed within 10 working days": "days <= 10",
    "completed within 20 working days": "days between 11 and 20",
    "exceeded 20 working days": "days > 20",
    "within 20 working days or less": "days <= 20",
    "within the optimum 10 working day timescale": "days <= 10",
    "within the extended 20 day timescales": "days between 11 and 20",
    "longer than 20 days": "days > 20",
    "<20": "days between 11 and 20",
    "20+": "days > 20",
}
CAUSES = (
    "from causes as k join stage using (council, case_ref, stage) "
    "where council = $council and record_type = 'complaint' and stage = 1"
)

# council, table, measure, which rows, SQL whose one value the row prints (half up for percentages)
CHECKS: list[tuple[str, str, str, dict[str, str], str]] = [
    (
        "harrow",
        "transactions_by_service_and_stage",
        "count",
        {"section": "Table 1"},
        "select count(*) from transaction where council = $council and year = $period "
        "and ($member = 'Total' or service_code = $member) and kind not in ('compliment', 'enquiry') "
        "and ($stage = '' or kind = $stage)",
    ),
    (
        "harrow",
        "volumes_by_stage_and_year",
        "count",
        {"section": "Table 2"},
        "select count(*) from transaction where council = $council and year = $period "
        "and kind not in ('compliment', 'enquiry') and ($stage = '' or kind = $stage)",
    ),
    (
        "harrow",
        "stage1_received_by_service",
        "count",
        {},
        f"select count(*) {RECEIVED} and ($member = 'Total' or service_code = $member)",
    ),
    (
        "harrow",
        "stage1_outcomes_by_service",
        "count",
        {"section": "Table 7"},
        f"select count(*) {RECEIVED} and ($member = 'Total' or service_code = $member) "
        "and case when $member2 = 'Total' then outcome like '%upheld' else outcome = $member2 end",
    ),
    (
        "harrow",
        "stage1_timeliness_by_service",
        "percent",
        {"section": "narrative 5.2 (Table 4)"},
        f"select {SHARE.format('days <= 20')} {ANSWERED} and ($member = 'overall' or service_code = $member)",
    ),
    (
        "harrow",
        "stage2_outcomes_by_service",
        "count",
        {"section": "Table 10", "dimension2": "outcome"},
        "select count(*) from stage where council = $council and stage = 2 and year = $period "
        "and ($member = 'Total' or service_code = $member) and outcome = $member2",
    ),
    (
        "harrow",
        "stage2_timeliness_by_service",
        "count",
        {"section": "Table 11"},
        "select count(*) from stage where council = $council and stage = 2 and year = $period "
        "and answered_year = $period and ($member = 'Total' or service_code = $member) "
        "and (days <= 65) = ($member2 = 'Within Timescale')",
    ),
    (
        "harrow",
        "equalities_ethnicity",
        "count",
        {},
        "select count(*) from stage where council = $council and 'stage' || stage = $stage and year = $period "
        "and ($member = 'Total' or ethnicity = $member)",
    ),
    (
        "harrow",
        "equalities_gender",
        "count",
        {"period": "2017/18"},
        "select count(*) from stage where council = $council and 'stage' || stage = $stage and year = $period "
        "and gender = lower($member)",
    ),
    (
        "harrow",
        "stage1_by_origin",
        "count",
        {},
        f"select count(*) {RECEIVED} and list_contains(string_split($member, ';'), complainant_type)",
    ),
    (
        "harrow",
        "stage2_by_origin",
        "count",
        {"section": "Table 20"},
        "select count(*) from stage where council = $council and stage = 2 and year = $period "
        "and list_contains(string_split($member, ';'), complainant_type)",
    ),
    (
        "harrow",
        "young_person_complaint_outcomes",
        "count",
        {},
        f"select count(*) {RECEIVED} and young and ($member not like 'partial%' or outcome = 'partially_upheld')",
    ),
    (
        "harrow",
        "mp_councillor_enquiries",
        "count",
        {"section": "narrative 5.1"},
        "select count(*) from cases join calendar on day = received_date where council = $council "
        "and record_type = 'enquiry' and year = $period and ($member <> 'SCHOOL_ADMISSIONS' or case_ref in "
        "(select case_ref from causes where council = $council and cause = 'SCHOOL_ADMISSIONS'))",
    ),
    (
        "croydon",
        "quarterly_volumes",
        "count",
        {"section": "2.1 table 1"},
        "select (select count(*) from stage where council = $council and 'stage' || stage = $stage and quarter = $period)"
        " + (select count(*) from ombudsman join calendar on day = received_date "
        "where council = $council and $stage = 'ombudsman' and quarter = $period)",
    ),
    (
        "croydon",
        "quarterly_volumes",
        "count",
        {"section": "3.1 table", "period": "Q1 2018/19"},
        "select count(*) from stage where council = $council and 'stage' || stage = $stage and quarter = $period",
    ),
    (
        "croydon",
        "timeliness_by_stage",
        "percent",
        {"section": "2.1 table 2", "stage": "stage1"},
        f"select {SHARE.format('days <= 10')} {STAGE_1} and quarter = $period and outcome is distinct from 'withdrawn'",
    ),
    (
        "croydon",
        "timeliness_by_stage",
        "percent",
        {"section": "3.1 table", "period": "Q1 2018/19", "stage": "stage1"},
        f"select {SHARE.format('days <= 10')} {STAGE_1} and quarter = $period",
    ),
    (
        "croydon",
        "timeliness_by_stage",
        "percent",
        {"period": "Q2 2018/19", "stage": "stage2"},
        f"select {SHARE.format('days <= 25')} from stage where council = $council and stage = 2 and quarter = $period",
    ),
    (
        "croydon",
        "upheld_by_stage",
        "percent",
        {"stage": "stage1"},
        f"""select {SHARE.format("outcome = 'upheld'")} {STAGE_1} and quarter = $period""",
    ),
    (
        "croydon",
        "stage1_received_by_service",
        "count",
        {},
        f"select count(*) {STAGE_1} and quarter = $period and service_code = $member",
    ),
    (
        "croydon",
        "stage1_timeliness_by_service",
        "count",
        {},
        f"select count(*) {STAGE_1} and quarter = $period and service_code = $member and days <= 10",
    ),
    (
        "croydon",
        "stage1_outcomes_by_service",
        "count",
        {},
        f"select count(*) {STAGE_1} and quarter = $period and service_code = $member and outcome = 'upheld'",
    ),
    (
        "croydon",
        "complaint_causes",
        "count",
        {},
        f"select count(*) {CAUSES} and quarter = $period and cause = $member",
    ),
    (
        "croydon",
        "stage2_received_by_service",
        "count",
        {},
        "select count(*) from stage where council = $council and stage = 2 and quarter = $period "
        "and service_code = $member",
    ),
    (
        "croydon",
        "stage3_received_by_service",
        "count",
        {},
        "select count(*) from stage where council = $council and stage = 3 and quarter = $period "
        "and service_code = $member",
    ),
    ("halton", "stage1_by_contact_method", "count", {}, f"select count(*) {RECEIVED} and contact_method = $member"),
    (
        "halton",
        "stage1_timeliness_by_band",
        "percent",
        {},
        f"select {SHARE.format('$band')} {ANSWERED}",
    ),
    ("halton", "stage1_outcomes", "count", {}, f"select count(*) {RECEIVED} and {OUTCOME}"),
    (
        "halton",
        "complaint_causes",
        "count",
        {},
        f"select count(*) {CAUSES} and year = $period and is_main and ($member = 'Total' or cause = $member)",
    ),
    (
        "halton",
        "stage1_received_by_service",
        "count",
        {"dimension2": "team"},
        f"select count(*) {RECEIVED} and service_code = $member2",
    ),
    (
        "halton",
        "stage1_received_by_service",
        "count",
        {"dimension2": ""},
        f"select count(*) {RECEIVED} and ($member = 'all' or {IN_AREA})",
    ),
    (
        "halton",
        "compliments_by_service",
        "percent",
        {},
        "select 100.0 * count(*) filter (where service_code = $member) / count(service_code) from transaction "
        "where council = $council and kind = 'compliment' and year = $period",
    ),
    (
        "halton",
        "compliments_total",
        "count",
        {},
        "select count(*) from transaction where council = $council and kind = 'compliment' and year = $period",
    ),
    (
        "halton",
        "stage2_outcomes",
        "count",
        {},
        "select count(*) from causes where council = $council and stage = 2 and finding = $member",
    ),
    (
        "central_bedfordshire",
        "complaints_received_total",
        "count",
        {},
        "select count(*) from people as p join calendar on day = received_date where council = $council "
        "and year = $period and record_type = 'complaint' and ($stage = '' or exists "
        "(from stages as s where s.council = p.council and s.case_ref = p.case_ref))",
    ),
    (
        "central_bedfordshire",
        "complaints_concluded_by_route",
        "count",
        {},
        "select count(*) from cases join calendar on day = closed_date where council = $council and year = $period "
        "and record_type = 'complaint' and status <> 'not_accepted' and status = case $member "
        "when 'concluded at stage 1' then 'concluded' when 'stage 1 complaints concluded' then 'concluded' "
        "when 'complaints concluded at stage 1' then 'concluded' when 'resolved on the spot' then 'resolved_on_the_spot' "
        "when 'complainant disengaged with the process' then 'disengaged' when 'withdrawn' then 'withdrawn' "
        "else status end",
    ),
    ("central_bedfordshire", "stage1_timeliness_by_band", "count", {}, f"select count(*) {ANSWERED} and $band"),
    (
        "central_bedfordshire",
        "stage1_timeliness_by_band",
        "percent",
        {},
        f"select {SHARE.format('$band')} {ANSWERED}",
    ),
    (
        "central_bedfordshire",
        "delay_reasons_by_band",
        "count",
        {},
        f"select count(*) {ANSWERED} and delay_reason = $member and $band",
    ),
    (
        "central_bedfordshire",
        "stage1_outcomes",
        "percent",
        {},
        f"""select {SHARE.format("outcome in ('upheld', 'partially_upheld')")} {ANSWERED}""",
    ),
    (
        "central_bedfordshire",
        "upheld_share_by_cause",
        "percent",
        {},
        f"select {SHARE.format('cause = $member')} {CAUSES} and answered_year = $period "
        "and finding in ('upheld', 'partially_upheld')",
    ),
    (
        "central_bedfordshire",
        "stage1_received_by_service",
        "count",
        {"dimension2": "team"},
        f"select count(*) {RECEIVED} and service_code = $member2",
    ),
    (
        "central_bedfordshire",
        "stage1_received_by_service",
        "count",
        {"dimension2": ""},
        f"select count(*) {RECEIVED} and {IN_AREA}",
    ),
    (
        "central_bedfordshire",
        "young_person_complaints_by_service",
        "count",
        {},
        f"select count(*) {RECEIVED} and young and ($member = 'all' or {IN_AREA})",
    ),
    (
        "central_bedfordshire",
        "young_person_complaint_causes",
        "count",
        {},
        f"select count(distinct case_ref) {CAUSES} and year = $period and young and ($member = 'all' or cause = $member)",
    ),
    (
        "central_bedfordshire",
        "stage1_by_contact_method",
        "count",
        {"section": "7.1 table"},
        f"select count(*) {RECEIVED} and contact_method = $member",
    ),
    (
        "central_bedfordshire",
        "equalities_gender",
        "percent",
        {},
        f"select {SHARE.format('gender = $member')} {RECEIVED}",
    ),
    (
        "central_bedfordshire",
        "equalities_ethnicity",
        "percent",
        {},
        f"""select {
            SHARE.format(
                "case $member when 'unknown' then ethnicity is null "
                "when 'White British' then ethnicity = 'WBRI' else ethnicity <> 'WBRI' end"
            )
        } {RECEIVED}""",
    ),
    (
        "central_bedfordshire",
        "equalities_age",
        "count",
        {},
        f"select count(*) {RECEIVED} and case $member when 'all' then true when 'unknown' then age is null "
        "when '19-64' then age between 19 and 64 else age < 18 end",
    ),
    (
        "central_bedfordshire",
        "compliments_by_service",
        "count",
        {"dimension2": "nature"},
        "select count(*) from cases join causes using (council, case_ref) where council = $council "
        "and record_type = 'compliment' and service_code = $member and cause = $member2",
    ),
    (
        "northamptonshire",
        "stage1_timeliness_by_band",
        "count",
        {"dimension": "timeliness_band"},
        f"select count(*) {ANSWERED} and $band",
    ),
    ("northamptonshire", "complaints_received_total", "count", {}, f"select count(*) {RECEIVED}"),
    ("northamptonshire", "stage1_outcomes", "count", {}, f"select count(*) {ANSWERED} and {OUTCOME}"),
    (
        "northamptonshire",
        "volumes_by_stage_and_year",
        "count",
        {},
        "select count(*) from stage where council = $council and stage = 2 and year = $period",
    ),
    (
        "northamptonshire",
        "stage1_by_contact_method",
        "count",
        {},
        "select count(*) from cases join calendar on day = received_date where council = $council and year = $period "
        "and record_type in ('complaint', 'representation') and contact_method = $member",
    ),
    ("northamptonshire", "stage1_received_by_service", "count", {}, f"select count(*) {RECEIVED} and {IN_AREA}"),
    (
        "northamptonshire",
        "young_person_complaints_by_service",
        "count",
        {},
        f"select count(*) {RECEIVED} and young and service_code = $member",
    ),
    (
        "northamptonshire",
        "young_person_complaint_causes",
        "count",
        {},
        f"select count(*) {CAUSES} and year = $period and young and is_main and cause = $member",
    ),
    (
        "northamptonshire",
        "compliments_by_service",
        "count",
        {},
        "select count(*) from transaction where council = $council and kind = 'compliment' and year = $period "
        "and service_code = $member",
    ),
    (
        "northamptonshire",
        "ombudsman_decisions",
        "count",
        {},
        "select count(*) from ombudsman where council = $council and case $member "
        "when 'complaints and enquiries recorded' then true when 'pursued' then pursued "
        "when 'cases with a remedy recommended' then remedies is not null "
        "when 'referred back for local resolution' then decision = 'referred_back' "
        "when 'closed with advice given' then decision = 'advice_given' "
        "else decision = replace($member, ' ', '_') end",
    ),
]


@pytest.mark.parametrize(
    ("council", "table", "measure", "where", "sql"),
    CHECKS,
    ids=[f"{council}-{table}-{measure}-{number}" for number, (council, table, measure, _, _) in enumerate(CHECKS)],
)
def test_the_published_figures_come_out(
    con: duckdb.DuckDBPyConnection, council: str, table: str, measure: str, where: dict[str, str], sql: str
) -> None:
    code = codes(council)
    wrong = []
    for row in published(council, table, measure, **where):
        band = BANDS.get(row["member2"]) or BANDS.get(row["member"]) or "true"
        query = sql.replace("$band", band)
        parameters = {
            "council": council,
            "period": row["period"],
            "stage": row["stage"],
            "member": code.get(row["member"], row["member"]),
            "member2": code.get(row["member2"], row["member2"]),
        }
        used = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", query)}
        found = con.execute(query, used).fetchone()
        assert found
        shown = int(found[0] + 0.5) if measure == "percent" else found[0]
        if shown != float(row["value"]):
            wrong.append((row["period"], row["member"], row["member2"], float(row["value"]), found[0]))
    assert wrong == []
