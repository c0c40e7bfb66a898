"""Random councils: whatever the cases and the tables, no suppressed figure can be worked out."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redress.returns.disclosure import protect
from redress.returns.disclosure.attack import attack
from redress.returns.disclosure.weaknesses import weaknesses
from redress.returns.figures import BuiltReturn, BuiltTable
from redress.returns.periods import Period
from tests.redress.returns.disclosure.town import QUARTERS, YEAR, Axis, Case, case, table, town_return, where

CODES = {
    "gender": ("female", "male", "unknown"),
    "age": ("0-4", "5-9", "10-15", "16-17"),
    "area": ("north", "south", "west"),
    "outcome": ("upheld", "partially_upheld", "not_upheld"),
}
PEOPLE = {"gender", "age"}


@st.composite
def some_cases(draw: st.DrawFn) -> list[Case]:
    """Up to 150 cases; some codes are common and some rare, so that small counts stand beside large ones."""
    random = draw(st.randoms(use_true_random=False))
    weights = {name: [random.choice((1, 3, 20)) for _ in codes] for name, codes in CODES.items()}
    return [
        case(
            YEAR.start + timedelta(days=random.randrange(365)),
            **{name: random.choices(codes, weights[name])[0] for name, codes in CODES.items()},
        )
        for _ in range(random.randrange(10, 150))
    ]


@st.composite
def some_axis(draw: st.DrawFn, by: str) -> Axis:
    """A dimension's members or groups of them, with a total or without."""
    codes: Sequence[str | tuple[str, ...]] = CODES[by]
    is_grouped = draw(st.integers(0, 3)) == 0
    listed = (tuple(CODES[by][:2]), *codes[2:]) if is_grouped else tuple(codes)
    is_whole = draw(st.integers(0, 3)) > 0
    return Axis(by, listed if is_whole else listed[:-1], draw(st.booleans()), is_whole)


@st.composite
def some_layout(draw: st.DrawFn) -> list[tuple[Axis, Axis, tuple[str, ...], bool, bool]]:
    """Two to four tables: axes, what they show, whether of one outcome, whether disclosure control is on."""
    layout = []
    for _ in range(draw(st.integers(2, 4))):
        rows, columns = draw(st.permutations(sorted(CODES)))[:2]
        column_axis = draw(some_axis(columns)) if draw(st.booleans()) else Axis()
        shows = draw(st.sampled_from([("count",), ("count", "share"), ("count", "percent"), ("percent",)]))
        is_on = bool(PEOPLE & {rows, column_axis.by}) or draw(st.booleans())
        layout.append((draw(some_axis(rows)), column_axis, shows, draw(st.integers(0, 3)) == 0, is_on))
    return layout


def tables_of(
    layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]], all_cases: list[Case], periods: Sequence[Period]
) -> list[BuiltTable]:
    return [
        table(
            f"t{at}",
            all_cases,
            rows,
            columns,
            periods=periods,
            shows=shows,  # type: ignore[arg-type]
            suppress=is_on,
            only=where(outcome="upheld") if is_narrow and "outcome" not in (rows.by, columns.by) else frozenset(),
            part=frozenset() if "outcome" in (rows.by, columns.by) else where(outcome="upheld"),
        )
        for at, (rows, columns, shows, is_narrow, is_on) in enumerate(layout)
    ]


def check_one(built: BuiltReturn, earlier: Sequence[BuiltReturn] = ()) -> BuiltReturn:
    """Protects a return and attacks it; returns the publication."""
    protected = protect(built, earlier)
    told = {place for one in protected.given_away for place in one.figures}
    assert weaknesses(built, protected.built, attack(protected.built, earlier), told) == []
    if not earlier:
        assert protected.given_away == ()
    return protected.built


def check_year_alone(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]], with_quarters: bool
) -> None:
    periods = (*QUARTERS, YEAR) if with_quarters else (YEAR,)
    check_one(town_return(*tables_of(layout, all_cases, periods)))


def check_year_after_quarters(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]]
) -> None:
    out: list[BuiltReturn] = []
    for quarter in QUARTERS:
        built = town_return(*tables_of(layout, all_cases, [quarter]), period=quarter, kind="quarterly")
        out.append(check_one(built, out))
    check_one(town_return(*tables_of(layout, all_cases, [YEAR])), out)


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=CALM)
@given(some_cases(), some_layout(), st.booleans())
def test_no_suppressed_figure_of_a_year_can_be_worked_out(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]], with_quarters: bool
) -> None:
    check_year_alone(all_cases, layout, with_quarters)


@settings(max_examples=1, deadline=None, derandomize=True, suppress_health_check=CALM)
@given(some_cases(), some_layout())
def test_no_suppressed_figure_can_be_worked_out_from_the_quarters_before(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]]
) -> None:
    check_year_after_quarters(all_cases, layout)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(some_cases(), some_layout(), st.booleans())
def test_no_suppressed_figure_of_many_years_can_be_worked_out(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]], with_quarters: bool
) -> None:
    check_year_alone(all_cases, layout, with_quarters)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=CALM)
@given(some_cases(), some_layout())
def test_no_suppressed_figure_can_be_worked_out_from_many_quarters_before(
    all_cases: list[Case], layout: list[tuple[Axis, Axis, tuple[str, ...], bool, bool]]
) -> None:
    check_year_after_quarters(all_cases, layout)
