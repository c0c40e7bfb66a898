"""The demo's records through the real night: which of the 828 published figures come out of the warehouse."""

from collections import Counter
from pathlib import Path

import pytest

from redress.councils import load_councils
from redress.demo.figures import Comparison, compare


@pytest.fixture(scope="module")
def comparisons(published: Path, project: Path) -> list[Comparison]:
    return compare(published / "published" / "reporting.duckdb", load_councils(project / "councils"))


def test_every_published_figure_is_met_or_cannot_be(comparisons: list[Comparison]) -> None:
    assert [f"row {one.row}: {one.reason}" for one in comparisons if one.verdict == "differs"] == []
    assert Counter(one.verdict for one in comparisons) == {
        "matches": 730,
        "context": 41,
        "setting": 28,
        "words": 12,
        "conflict": 15,
        "outside": 2,
    }


def test_the_figures_that_cannot_be_met_are_those_of_the_catalogue(comparisons: list[Comparison]) -> None:
    conflicts = Counter(one.reason.split(":")[0] for one in comparisons if one.verdict == "conflict")
    assert conflicts == {"H1": 1, "H4": 1, "H6": 1, "H7": 4, "Ha2": 5, "Ha3": 1, "C1": 1, "C4": 1}


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
    found = [
        (one.numerator, one.denominator)
        for one in comparisons
        if (one.council, one.return_table, one.period, one.member, one.unit)
        == (council, table, period, member, "percent")
    ]
    assert found == [(numerator, denominator)]
