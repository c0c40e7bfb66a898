"""Completeness: recorded, refused, unknown and not asked are four things, and add up to what was received."""

from typing import Any

import pytest

from redress.reports.pages import completeness
from redress.reports.reading import Reading
from redress.returns.metrics.asking import ask
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import parse_period


@pytest.fixture
def barsetshire(reading: Reading) -> dict[str, dict[str, Any]]:
    """The one quarter of the council, by characteristic."""
    councils = {one["council"]: one for one in completeness.content(reading)["councils"]}
    found = {one["name"]: one["quarters"] for one in councils["barsetshire"]["characteristics"]}
    assert {tuple(quarter["quarter"] for quarter in quarters) for quarters in found.values()} == {("Q1 2024/25",)}
    return {name: quarters[0] for name, quarters in found.items()}


@pytest.mark.parametrize(
    ("characteristic", "recorded", "refused", "unknown", "not_asked", "known"),
    [
        ("gender", 8, 0, 1, 0, 88.9),
        ("age", 9, 0, 0, 0, 100.0),
        ("ethnicity", 6, 1, 0, 2, 77.8),
        ("disability", 8, 0, 0, 1, 88.9),
        ("sexual orientation", 0, 1, 8, 0, 11.1),
    ],
)
def test_what_is_known_of_nine_complaints(
    barsetshire: dict[str, dict[str, Any]],
    characteristic: str,
    recorded: int,
    refused: int,
    unknown: int,
    not_asked: int,
    known: float,
) -> None:
    row = barsetshire[characteristic]
    shown = (row["recorded"], row["refused"], row["unknown"], row["not_asked"], row["known_percent"])
    assert shown == (recorded, refused, unknown, not_asked, known)
    assert row["received"] == recorded + refused + unknown + not_asked == 9


def test_what_is_known_is_what_the_coverage_metrics_count(reading: Reading) -> None:
    """The metric is defined once; the page takes it apart, and its parts add up to it."""
    quarter = parse_period("Q1 2024/25")
    councils = list(reading.councils.values())
    with open_metrics(reading.home) as metrics:
        counted = {
            (council.name, characteristic): figure.value
            for characteristic in ("gender", "age", "ethnicity", "disability", "sexual orientation")
            for council, figure, _ in ask(
                metrics, f"recorded_{characteristic.replace(' ', '_')}", (), quarter, councils
            ).figures
        }
    shown = {
        (row["council"], row["characteristic"]): row["recorded"] + row["refused"]
        for row in reading.query("completeness")
    }
    assert shown == counted
    assert len(shown) == 10
