"""The councils of the demo side by side, against numbers read off their records."""

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from redress.councils import get_council, load_councils
from redress.errors import UsageError
from redress.paths import PROJECT, Home
from redress.returns.analysis.benchmark import benchmark
from redress.returns.analysis.standings import Benchmark, compare_councils, quantile
from redress.returns.building.building import build
from redress.returns.checks.reconciliation import reconcile
from redress.returns.figures import Figure
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import parse_period

RETURN = """\
title: Beside other councils
period: year
sections:
  - heading: Benchmark
    tables:
      - table: stage1_received_by_service
        metric: stage1_received
        rows: {by: service_area, total: Total}
      - table: benchmarking
        benchmark: [stage1_received, stage1_in_time_rate]
"""


@pytest.fixture(scope="module")
def metrics(demo_home: Path) -> Iterator[Metrics]:
    with open_metrics(Home(demo_home)) as opened:
        yield opened


def compared(metrics: Metrics, metric: str, period: str, own: str = "harrow") -> Benchmark:
    councils = list(load_councils(PROJECT / "councils").values())
    return compare_councils(metrics, metric, parse_period(period), councils, own)


def test_quartiles_by_hand() -> None:
    values = [Fraction(value) for value in (1, 2, 3, 4)]
    quartiles = [quantile(values, Fraction(part, 4)) for part in range(5)]
    assert quartiles == [1, Fraction(7, 4), Fraction(5, 2), Fraction(13, 4), 4]
    assert quantile([Fraction(9)], Fraction(1, 2)) == 9


def test_three_councils_with_records_of_2015_16(metrics: Metrics) -> None:
    found = compared(metrics, "stage1_received", "2015/16")
    assert {one.council: one.value for one in found.known} == {
        "central_bedfordshire": 65,
        "harrow": 63,
        "northamptonshire": 372,
    }
    assert (found.lower_quartile, found.median, found.upper_quartile) == (64, 65, Fraction(437, 2))
    assert found.position == 3
    assert {one.council: one.symbol for one in found.standings if one.value is None} == {"croydon": "x", "halton": "x"}


def test_a_rate_rests_on_its_cases_and_other_rules_are_named(metrics: Metrics) -> None:
    found = compared(metrics, "stage1_in_time_rate", "2015/16", own="northamptonshire")
    bedfordshire = next(one for one in found.standings if one.council == "central_bedfordshire")
    assert (bedfordshire.numerator, bedfordshire.denominator) == (52, 62)
    assert bedfordshire.value == Fraction(5200, 62)
    assert found.position == 3
    (warning,) = [one for one in found.warnings if "differs" in one]
    assert "within the extended limit (Central Bedfordshire, Harrow)" in warning
    assert "within an extension agreed in time (Northamptonshire)" in warning


def test_rules_fixed_by_the_metric_are_no_difference(metrics: Metrics) -> None:
    found = compared(metrics, "stage1_in_time_within_limit_rate", "2015/16")
    assert not [one for one in found.warnings if "differs" in one]


def test_too_few_councils_have_no_median(metrics: Metrics) -> None:
    found = compared(metrics, "stage1_received", "2014/15")
    assert len(found.known) < 3
    assert (found.median, found.lower_quartile, found.upper_quartile, found.position) == (None, None, None, None)
    assert "3 are needed" in found.warnings[-1]


def test_a_rate_of_few_cases_is_not_shown(metrics: Metrics) -> None:
    halton = next(
        one for one in compared(metrics, "stage2_in_time_rate", "2019/20").standings if one.council == "halton"
    )
    assert (halton.denominator, halton.value, halton.symbol) == (1, None, "u")


def test_unknown_names_are_refused(demo_home: Path) -> None:
    with pytest.raises(UsageError, match="no metric 'stage1_recieved'"):
        benchmark(Home(demo_home), "stage1_recieved", parse_period("2015/16"))
    with pytest.raises(UsageError, match="harow"):
        benchmark(Home(demo_home), "stage1_received", parse_period("2015/16"), ["harow"])


def test_a_return_prints_the_councils_with_cases_quartiles_and_position(
    demo_home: Path, metrics: Metrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    councils = tmp_path / "councils"
    shutil.copytree(PROJECT / "councils", councils)
    (councils / "harrow" / "returns" / "annual.yml").write_text(RETURN, encoding="utf-8")
    monkeypatch.setenv("REDRESS_COUNCILS", str(councils))
    built = build(Home(demo_home), get_council("harrow"), "annual", parse_period("2015/16"), metrics=metrics)
    table = built.tables[1]
    shown = {
        head.label: [figure.shown if figure else None for figure in row]
        for head, row in zip(table.rows, table.cells, strict=True)
    }
    assert next(iter(shown)) == "Harrow"
    assert shown["Harrow"] == ["63", "88%", "60"]
    assert shown["Croydon"] == ["x", "x", "x"]
    assert shown["Median"] == ["65", "84%", None]
    assert shown["Own position"] == ["3 of 3", "1 of 3", None]
    own, other = figure_at(table.cells[0][0]), figure_at(table.cells[1][0])
    assert own.of == figure_at(built.tables[0].cells[-1][0]).of
    assert other.of is None
    assert reconcile(built).problems == ()
    assert any(
        note.startswith("Stage 1 answers in time, share: what counts as in time differs") for note in table.notes
    )
    assert len({figure.id for figure in table.figures}) == len(table.figures)


def figure_at(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure
