"""The comparison with the published figures: every row covered, every verdict, every way of rounding."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from redress.councils import Council, load_councils
from redress.demo.figures import VERDICTS, Comparison, compare, summary
from redress.demo.figures.comparing import not_meetable, published_rows
from redress.demo.figures.definitions import group_rows, read_definitions
from redress.demo.figures.numbers import Rounding, bounds, months_before, round_one, round_shares
from redress.errors import RedressError

COUNCILS_FOLDER = Path(__file__).parents[3] / "councils"

# The columns of the reporting schema that the definitions read.
TABLES = {
    "dim_case": """council text, case_key text, case_ref text, service_key text, record_type text, status text,
        enquiry_source text, received_date date, contact_method text, complainant_type text,
        is_child_or_young_person boolean, advocate_supported boolean, gender text, age_band text, ethnicity text,
        ethnicity_code text, ethnicity_group text, disability_none boolean, disability_mob boolean,
        disability_ld boolean, joint_nhs boolean, tags text""",
    "dim_service": "service_key text, service_code text, top_level_code text",
    "fct_received": "council text, case_key text, service_key text, record_type text, received_date date, stage bigint",
    "fct_timeliness": """council text, case_key text, clock text, stage bigint, ended_date date, band text,
        delay_reason text, in_time boolean""",
    "fct_outcomes": """council text, case_key text, record_type text, stage bigint, outcome_date date,
        concluded_date date, outcome text, route text, is_final boolean""",
    "fct_escalation": "council text, record_type text, stage bigint, responded_date date, escalated boolean",
    "fct_causes": "council text, case_key text, stage bigint, cause text, is_main boolean, finding text",
    "fct_payments": """council text, payment_type text, amount decimal(18, 2), agreed_date date,
        ombudsman_recommended boolean""",
    "fct_resolutions": """council text, case_key text, record_type text, offered_date date, method text,
        accepted boolean, resolved boolean""",
    "fct_ombudsman": """council text, service_key text, received_date date, decided_date date, decision text,
        investigation_started_date date, response_due_date date, responded_date date, pursued boolean,
        remedies text""",
    "fct_activity": """council text, measure text, as_at_date date, characteristic text, member text,
        value decimal(18, 2)""",
}

# Croydon, Q2 2018/19: 40 at Stage 1, 11 in time, 4 upheld; the year before 26, of which two withdrawn and 4 in time;
# the quarter before 18, 9 in time, 1 upheld. Ombudsman: 4 in Q2 2017/18, one upheld, none answered in time.
RECORDS = """
    create temp table cases as
    select 'croydon' as council, received_date, received_date || '/' || number as case_key, number,
        number <= in_time as is_in_time, number > withdrawn_after as is_withdrawn, number <= upheld as is_upheld
    from (values (date '2018-08-01', 40, 11, 40, 4), (date '2017-08-01', 26, 4, 24, 0),
        (date '2018-05-01', 18, 9, 18, 1)) as quarters(received_date, volume, in_time, withdrawn_after, upheld)
    cross join range(1, 41) as numbers(number)
    where number <= volume;
    insert into dim_case by name
    select council, case_key, case_key as case_ref, 'complaint' as record_type, received_date from cases;
    insert into fct_received by name
    select council, case_key, received_date, 'complaint' as record_type, 1 as stage,
        if(number <= 11, 'S1', 'S2') as service_key
    from cases;
    insert into dim_service by name
    select 'S1' as service_key, 'CHILDREN_IN_NEED' as service_code, 'CHILDREN_IN_NEED' as top_level_code
    union all select 'S2', 'LEAVING_CARE', 'LEAVING_CARE';
    insert into fct_timeliness by name
    select council, case_key, 'stage_1' as clock, 1 as stage, if(is_withdrawn, null, is_in_time) as in_time
    from cases;
    insert into fct_outcomes by name
    select council, case_key, 1 as stage, received_date + 20 as outcome_date, 'stage_1' as route,
        if(is_upheld, 'upheld', 'not_upheld') as outcome
    from cases where not is_withdrawn;
    insert into fct_ombudsman by name
    select 'croydon' as council, date '2017-09-04' as received_date, date '2017-10-02' as response_due_date,
        date '2017-10-09' as responded_date, if(number = 1, 'upheld', 'closed_after_initial_enquiries') as decision
    from range(1, 5) as numbers(number);
    insert into fct_activity by name
    select 'croydon' as council, 'looked_after_reviews_on_time' as measure, date '2018-11-27' as as_at_date, 94 as value
    union all select 'harrow', 'families_at_early_support_hubs', date '2018-03-31', 9150
    union all select 'halton', 'open_cases', date '2020-03-31', 1200
"""


@pytest.fixture(scope="session")
def councils() -> dict[str, Council]:
    return load_councils(COUNCILS_FOLDER)


@pytest.fixture
def warehouse(tmp_path: Path) -> Callable[..., Path]:
    """Makes a reporting file of the hand-made records, altered by the statements given."""

    def make(*alterations: str) -> Path:
        path = tmp_path / "reporting.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute("create schema reporting; use reporting")
            for table, columns in TABLES.items():
                con.execute(f"create table {table} ({columns})")
            con.execute(RECORDS)
            for statement in alterations:
                con.execute(statement)
        return path

    return make


def pick(comparisons: list[Comparison], **wanted: str) -> Comparison:
    found = [one for one in comparisons if all(getattr(one, name) == value for name, value in wanted.items())]
    assert len(found) == 1, f"{wanted} names {len(found)} figures"
    return found[0]


def test_every_published_figure_has_exactly_one_definition_and_none_is_idle(councils: dict[str, Council]) -> None:
    rows = published_rows()
    assert len(rows) == 828
    groups = [
        group
        for name in dict.fromkeys(row["council"] for row in rows)
        for group in group_rows([row for row in rows if row["council"] == name], councils[name])
    ]
    assert sorted(int(row["row"]) for group in groups for row in group.rows) == list(range(2, 830))
    assert [group.definition.name for group in groups if not group.rows] == []
    bounds_without_direction = [
        row["row"]
        for group in groups
        for row in group.rows
        if row["note"].startswith(("bound:", "words:")) and group.definition.holds is None
    ]
    assert bounds_without_direction == [], "say in the definition how these figures hold"


def test_a_row_without_a_definition_is_an_error(councils: dict[str, Council]) -> None:
    row = {**published_rows()[0], "return_table": "something_new"}
    with pytest.raises(RedressError, match=r"Row 2 .* needs exactly one definition and has none"):
        group_rows([row], councils["harrow"])


def test_every_entry_of_the_not_meetable_list_is_one_published_figure() -> None:
    found = not_meetable(published_rows())
    by_conflict = [reason.split(":")[0] for reason in found.values()]
    assert sorted(by_conflict) == ["C1", "C4", "H1", "H4", "H6", *["H7"] * 4, *["Ha2"] * 5, "Ha3"]


def test_rates_counts_and_changes_come_from_the_warehouse(
    warehouse: Callable[..., Path], councils: dict[str, Council]
) -> None:
    found = compare(warehouse(), councils, "croydon")
    rate = pick(
        found,
        section="2.1 table 2",
        return_table="timeliness_by_stage",
        period="Q2 2018/19",
        member="Child - Stage one",
    )
    assert (rate.numerator, rate.denominator, rate.shown, rate.verdict) == (11, 40, Decimal(28), "matches")
    withdrawn_aside = pick(found, return_table="timeliness_by_stage", period="Q2 2017/18", member="Child - Stage one")
    assert (withdrawn_aside.numerator, withdrawn_aside.denominator, withdrawn_aside.shown) == (4, 24, Decimal(17))
    team = pick(found, section="2.2 table 1", return_table="stage1_received_by_service", member="Children in Need")
    assert (team.numerator, team.verdict) == (11, "matches")
    points = pick(found, section="narrative 2.1", return_table="timeliness_by_stage", measure="change_percent")
    assert (points.shown, points.verdict) == (Decimal(11), "matches")
    percent = pick(found, section="narrative 3.1", return_table="quarterly_volumes", measure="change_percent")
    assert (percent.numerator, percent.denominator, percent.shown) == (22, 18, Decimal(122))
    nothing_of_nothing = pick(
        found, section="2.1 table 2", return_table="upheld_by_stage", period="Q2 2017/18", member="Child - Stage two"
    )
    assert (nothing_of_nothing.denominator, nothing_of_nothing.shown, nothing_of_nothing.verdict) == (0, 0, "matches")
    ombudsman = pick(found, section="2.1 table 2", return_table="upheld_by_stage", period="Q2 2017/18", member="LGSCO")
    assert (ombudsman.shown, ombudsman.basis) == (Decimal(25), "received_date")


def test_each_verdict(warehouse: Callable[..., Path], councils: dict[str, Council]) -> None:
    found = compare(warehouse(), councils)
    assert len(found) == 828
    conflict = pick(
        found, section="3.1 table", period="Q2 2018/19", return_table="timeliness_by_stage", member="Child - Stage one"
    )
    assert (conflict.verdict, conflict.shown, conflict.printed) == ("conflict", Decimal(28), Decimal(26))
    assert conflict.reason.startswith("C1: ")
    assert pick(found, member="Looked After reviews on time").verdict == "context"
    assert pick(found, member="Child Protection reviews on time").verdict == "differs"  # not supplied here
    assert pick(found, measure="threshold_days").verdict == "setting"
    assert pick(found, return_table="engagement_survey").verdict == "outside"
    about = pick(found, member="families accessing Cedars and Hillview Early Support hubs")
    assert (about.verdict, about.shown) == ("words", Decimal(9150))
    bound = pick(found, council="halton", return_table="context_children_social_care", period="31 March 2020")
    assert (bound.verdict, bound.shown) == ("words", Decimal("0.0"))
    assert (
        pick(found, council="northamptonshire", measure="count", period="2014/15", member="new complaints").verdict
        == "differs"
    )


def test_an_altered_warehouse_makes_figures_differ(
    warehouse: Callable[..., Path], councils: dict[str, Council]
) -> None:
    found = compare(warehouse("delete from fct_received where case_key = '2018-08-01/11'"), councils, "croydon")
    team = pick(found, section="2.2 table 1", return_table="stage1_received_by_service", member="Children in Need")
    assert (team.verdict, team.shown) == ("differs", Decimal(10))
    assert team.reason == "printed 11, computed 10 (2.2 and following, complaints by team)"


def test_a_bound_that_does_not_hold_differs(warehouse: Callable[..., Path], councils: dict[str, Council]) -> None:
    too_few_open = """insert into fct_received by name select 'halton' as council, 'h' as case_key, 1 as stage,
        'complaint' as record_type, date '2019-06-03' as received_date;
        insert into dim_case by name select 'halton' as council, 'h' as case_key, 'complaint' as record_type;
        update fct_activity set value = 20 where measure = 'open_cases'"""
    found = compare(warehouse(too_few_open), councils, "halton")
    bound = pick(found, return_table="context_children_social_care", period="31 March 2020")
    assert (bound.numerator, bound.denominator, bound.shown, bound.verdict) == (1, 20, Decimal("5.0"), "differs")


def test_no_figure_is_read_back_from_the_printed_one(
    warehouse: Callable[..., Path], councils: dict[str, Council], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = warehouse()
    before = compare(path, councils)
    misprinted = [{**row, "value": str(Decimal(row["value"]) + 1)} for row in published_rows()]
    monkeypatch.setattr("redress.demo.figures.comparing.published_rows", lambda: misprinted)
    after = compare(path, councils)
    assert [(one.row, one.shown) for one in after] == [(one.row, one.shown) for one in before]
    met = {one.row for one in before if one.verdict == "matches"}
    assert met
    assert {one.verdict for one in after if one.row in met} == {"differs"}


def test_the_summary_names_every_verdict_and_prints_what_cannot_be_met(
    warehouse: Callable[..., Path], councils: dict[str, Council]
) -> None:
    found = compare(warehouse(), councils)
    result = summary(found)
    assert {name: sum(counts.values()) for name, counts in result.counts.items()} == {
        "harrow": 362,
        "croydon": 104,
        "halton": 139,
        "central_bedfordshire": 146,
        "northamptonshire": 77,
    }
    assert all(tuple(counts) == VERDICTS for counts in result.counts.values())
    assert result.counts["croydon"]["conflict"] == 2
    assert (
        "croydon, 3.1 table: timeliness_by_stage, Q2 2018/19, Child - Stage one, In SLA (percent): "
        "printed 26, computed 28. C1: section 2.1 prints 11 of 40, 28%, for the same figure; no count of 40 gives 26"
    ) in result.lines()


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "shown"),
    [
        (Fraction(700, 56), 0, "half_up", "13"),  # 7 of 56, 12.5%
        (Fraction(700, 56), 0, "half_even", "12"),
        (Fraction(700, 56), 0, "truncate", "12"),
        (Fraction(700, 54), 0, "truncate", "12"),  # 12.96%
        (Fraction(1100, 40), 0, "half_even", "28"),  # 27.5%
        (Fraction(-25, 2), 0, "half_up", "-13"),
        (Fraction(-3793, 100), 0, "truncate", "-37"),
        (Fraction(100, 65), 1, "half_up", "1.5"),
    ],
)
def test_rounding_of_one_figure(value: Fraction, decimals: int, rounding: Rounding, shown: str) -> None:
    assert round_one(value, decimals, rounding) == Decimal(shown)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([72, 54, 7, 0, 2], [53, 40, 5, 0, 2]),  # Harrow, Table 2, 2016/17: 2 of 135 is 1.48, printed 2
        ([45, 8, 2], [82, 14, 4]),  # Harrow, Table 7: 8 of 55 is 14.5, printed 14
        ([19, 10, 0, 1, 0], [64, 33, 0, 3, 0]),  # Halton, 4.3, 2017/18: three equal remainders
        ([0, 0], [0, 0]),
    ],
)
def test_shares_add_up_to_a_hundred(counts: list[int], shown: list[int]) -> None:
    whole = sum(counts) or 1
    assert round_shares([Fraction(100 * count, whole) for count in counts], 0) == [Decimal(one) for one in shown]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2017/18", date(2017, 4, 1), date(2018, 3, 31)),
        ("Q2 2018/19", date(2018, 7, 1), date(2018, 9, 30)),
        ("Q4 2018/19", date(2019, 1, 1), date(2019, 3, 31)),
        ("31 March 2018", date(2018, 3, 31), date(2018, 3, 31)),
        ("September 2018", date(2018, 9, 1), date(2018, 9, 30)),
        ("autumn 2018", date(2018, 9, 1), date(2018, 11, 30)),
        ("2011 census", date(2011, 1, 1), date(2011, 12, 31)),
    ],
)
def test_periods_as_printed(period: str, first: date, last: date) -> None:
    assert bounds(period) == (first, last)


def test_an_unknown_period_is_an_error() -> None:
    with pytest.raises(RedressError, match=r"'last year' .* is not understood"):
        bounds("last year")


def test_earlier_periods_end_on_the_last_day_of_their_month() -> None:
    assert months_before(bounds("2019/20"), 12) == bounds("2018/19")
    assert months_before(bounds("Q2 2018/19"), 3) == bounds("Q1 2018/19")
    assert months_before(bounds("Q1 2018/19"), 3) == bounds("Q4 2017/18")


def test_without_a_warehouse_or_a_council_the_error_says_what_to_do(
    tmp_path: Path, warehouse: Callable[..., Path], councils: dict[str, Council]
) -> None:
    with pytest.raises(RedressError, match="run `redress nightly` first"):
        compare(tmp_path / "none.duckdb", councils)
    with pytest.raises(RedressError, match="no published figures for camden"):
        compare(warehouse(), councils, "camden")


def test_a_definition_with_an_unknown_key_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "figures_camden.yml").write_text("figures: [{name: Volumes, rows: {}, wehre: stage = 1}]\n")
    with pytest.raises(RedressError, match=r"figures_camden\.yml cannot be read: .*; correct the file"):
        read_definitions("camden", tmp_path)
