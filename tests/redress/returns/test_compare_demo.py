"""All 828 published figures beside those of the five returns built from the demo's warehouse."""

import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from redress.councils import load_councils
from redress.paths import Home
from redress.returns.compare import Comparison, compare, summary

COUNCILS_FOLDER = Path(__file__).parents[3] / "councils"


@pytest.fixture(scope="module")
def comparisons(demo_home: Path) -> list[Comparison]:
    return compare(Home(demo_home), load_councils(COUNCILS_FOLDER))


def test_every_published_figure_is_met_or_cannot_be(comparisons: list[Comparison]) -> None:
    assert [one.line for one in comparisons if one.verdict == "differs"] == []
    assert [one.row for one in comparisons] == list(range(2, 830))
    assert summary(comparisons).totals == {
        "matches": 730,
        "words": 12,
        "context": 41,
        "setting": 28,
        "outside": 2,
        "conflict": 15,
        "differs": 0,
    }


def test_each_council_has_as_many_of_each(comparisons: list[Comparison]) -> None:
    assert {name: tuple(counts.values()) for name, counts in summary(comparisons).counts.items()} == {
        "harrow": (319, 8, 18, 9, 1, 7, 0),
        "croydon": (95, 0, 6, 1, 0, 2, 0),
        "halton": (123, 2, 1, 6, 1, 6, 0),
        "central_bedfordshire": (124, 0, 12, 10, 0, 0, 0),
        "northamptonshire": (69, 2, 4, 2, 0, 0, 0),
    }


def test_the_figures_that_cannot_be_met_are_those_of_the_catalogue(comparisons: list[Comparison]) -> None:
    conflicts = Counter(one.reason.split(":")[0] for one in comparisons if one.verdict == "conflict")
    assert conflicts == {"H1": 1, "H4": 1, "H6": 1, "H7": 4, "Ha2": 5, "Ha3": 1, "C1": 1, "C4": 1}


def test_what_is_not_about_complaints_says_why(comparisons: list[Comparison]) -> None:
    outside = {one.return_table: one.reason for one in comparisons if one.verdict == "outside"}
    assert set(outside) == {"engagement_survey", "learning_and_training"}
    assert all(outside.values())


def test_every_other_figure_names_the_figure_of_the_return_it_was_set_beside(comparisons: list[Comparison]) -> None:
    assert {one.verdict for one in comparisons if not one.figure} == {"outside"}
    assert all(one.figure.startswith(f"{one.council}/") for one in comparisons if one.figure)


@pytest.mark.parametrize(
    ("council", "table", "period", "member", "numerator", "denominator"),
    [
        ("harrow", "stage1_timeliness_by_service", "2017/18", "overall", 49, 52),  # H11
        ("halton", "stage1_timeliness_by_band", "2017/18", "% within 20 days", 30, 33),  # Ha4
        ("halton", "stage1_timeliness_by_band", "2016/17", "% within 10 days", 8, 24),  # Ha4
        ("croydon", "timeliness_by_stage", "Q2 2017/18", "Child - Stage one", 4, 24),  # C2
        ("northamptonshire", "stage1_timeliness_by_band", "2014/15", "longer than 20 days", 317, 478),
    ],
)
def test_figures_in_dispute_rest_on_the_counts_that_the_catalogue_found(
    comparisons: list[Comparison], council: str, table: str, period: str, member: str, numerator: int, denominator: int
) -> None:
    found: list[object] = [
        (one.numerator, one.denominator)
        for one in comparisons
        if (one.council, one.return_table, one.period, one.member, one.unit)
        == (council, table, period, member, "percent")
    ]
    assert found == [(numerator, denominator)]


def test_one_record_less_makes_every_figure_that_counted_it_differ(demo_home: Path, tmp_path: Path) -> None:
    """What is taken away: a late answer of Croydon's Children in Need team to a complaint of Q2 2018/19."""
    copy_of_warehouse(demo_home, tmp_path)
    with duckdb.connect(str(tmp_path / "published" / "reporting.duckdb")) as con:
        con.execute("use reporting.reporting")
        con.execute(
            """
            delete from fct_stages where stage_key = (
                select min(stage_key) from fct_stages inner join dim_service using (service_key)
                where fct_stages.council = 'croydon' and stage = 1 and received_date >= date '2018-07-01'
                    and service_code = 'CHILDREN_IN_NEED' and not in_time and outcome = 'not_upheld'
            )
            """
        )
    found = compare(Home(tmp_path), load_councils(COUNCILS_FOLDER), "croydon")
    differing = {
        (one.section, one.return_table, one.measure, one.member): one for one in found if one.verdict == "differs"
    }
    team = differing["2.2 table 1", "stage1_received_by_service", "count", "Children in Need"]
    assert team.reason.startswith("printed 11, computed 10 (croydon/quarterly/q2-2018-19/stage1_received_by_service/")
    assert ("narrative 2.1", "timeliness_by_stage", "count", "complaints") in differing
    assert all(one.period == "Q2 2018/19" for one in differing.values())
    assert not any("stage2" in table or "stage3" in table for _, table, _, _ in differing)


def copy_of_warehouse(demo_home: Path, home: Path) -> None:
    """The published warehouse and its metrics, to be changed."""
    for name in ("published/reporting.duckdb", "build/dbt/semantic_manifest.json", "build/dbt/semantic_manifest.of"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(demo_home / name, home / name)
