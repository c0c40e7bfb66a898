"""How numbers hang together: every row holds for any cases, and the links that give numbers away are found."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from redress.returns.disclosure.numbers import Number, number_of
from redress.returns.disclosure.relations import Row, relations
from redress.returns.figures import Population
from redress.returns.periods import parse_period
from tests.redress.returns.disclosure.town import MEASURE, QUARTERS, YEAR, Case, case, count_number, population, where

PLAIN: frozenset[str] = frozenset()


def number(period: str = "2017/18", **codes: str | tuple[str, ...]) -> Number:
    return number_of(population(parse_period(period), where(**codes)))


def sums(rows: list[Row]) -> set[tuple[Number, frozenset[Number], bool]]:
    """Rows as whole, parts and whether they are equal."""
    return {
        (
            next(one for one, factor in row.terms if factor > 0),
            frozenset(one for one, factor in row.terms if factor < 0),
            row.is_equal,
        )
        for row in rows
    }


def test_members_are_parts_of_the_whole() -> None:
    numbers = [number(), number(gender="female"), number(gender="male")]
    others = number_of(population(YEAR, frozenset({("gender", "not_in", ("female", "male"))})))
    assert sums(relations(numbers, PLAIN)) == {(numbers[0], frozenset([*numbers[1:], others]), True)}


def test_a_year_is_the_sum_of_its_quarters() -> None:
    quarters = [number(f"Q{quarter} 2017/18") for quarter in (1, 2, 3, 4)]
    assert (number(), frozenset(quarters), True) in sums(relations([number(), *quarters], PLAIN))


def test_three_quarters_leave_the_fourth() -> None:
    quarters = [number(f"Q{quarter} 2017/18") for quarter in (1, 2, 3)]
    assert (number(), frozenset([*quarters, number("Q4 2017/18")]), True) in sums(
        relations([number(), *quarters], PLAIN)
    )


def test_groups_of_codes_that_overlap_are_put_together_from_single_codes() -> None:
    printed = [number(age=("0-4", "5-9")), number(age=("5-9", "10-15")), number()]
    found = sums(relations(printed, PLAIN))
    assert (printed[0], frozenset([number(age="0-4"), number(age="5-9")]), True) in found
    assert (printed[1], frozenset([number(age="10-15"), number(age="5-9")]), True) in found


def test_two_tables_meet_in_a_whole_that_neither_prints() -> None:
    printed = [number(gender="female", area=area) for area in ("a", "b")]
    printed += [number(gender="female", age=age) for age in ("0-4", "5-9")]
    found = [parts for whole, parts, _ in sums(relations(printed, PLAIN)) if whole == number(gender="female")]
    assert any(set(printed[:2]) < parts for parts in found)
    assert any(set(printed[2:]) < parts for parts in found)


def test_what_is_left_of_a_part_is_left_of_the_whole() -> None:
    """13 of 15 are under 10: at most 2 of those upheld are older, in whatever table they stand."""
    printed = [number(), number(age="0-9"), number(outcome="upheld"), number(age="0-9", outcome="upheld")]
    older = number_of(population(YEAR, frozenset({("age", "not_in", ("0-9",))})))
    older_upheld = number_of(population(YEAR, frozenset({("age", "not_in", ("0-9",)), *where(outcome="upheld")})))
    assert any(whole == older and older_upheld in parts for whole, parts, _ in sums(relations(printed, PLAIN)))


def test_days_do_not_add_up() -> None:
    assert relations([number("30 June 2017"), number("2017/18")], PLAIN) == []


def test_cases_that_overlap_are_no_more_than_the_whole() -> None:
    printed = [number(), number(cause="delay"), number(cause="quality")]
    assert sums(relations(printed, frozenset({MEASURE}))) == {
        (printed[0], frozenset([printed[1]]), False),
        (printed[0], frozenset([printed[2]]), False),
    }


def test_transactions_of_a_kind_are_the_stage_itself() -> None:
    kind = number_of(Population("transactions_by_receipt", YEAR, where(transaction_kind="stage1", service_area="a")))
    stage = number(record_type="complaint", stage_number="1", service_area="a")
    assert (kind, frozenset([stage]), True) in sums(relations([kind], PLAIN))


DIMENSIONS = {"gender": ("f", "m", "u"), "age": ("0", "1", "2"), "area": ("a", "b")}
codes_of = {
    name: st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True).map(tuple)
    for name, codes in DIMENSIONS.items()
}
some_conditions = st.dictionaries(st.sampled_from(sorted(DIMENSIONS)), st.none(), max_size=2).flatmap(
    lambda names: st.fixed_dictionaries({name: codes_of[name] for name in names})
)
some_periods = st.sampled_from([YEAR, *QUARTERS, QUARTERS[1].to_date])
some_cases = st.lists(
    st.builds(
        lambda day, gender, age, area: case(YEAR.start + timedelta(days=day), gender=gender, age=age, area=area),
        st.integers(0, 364),
        *(st.sampled_from(DIMENSIONS[name]) for name in ("gender", "age", "area")),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(some_periods, some_conditions), min_size=1, max_size=12), some_cases)
def test_every_row_holds_whatever_the_cases(
    asked: list[tuple[object, dict[str, tuple[str, ...]]]], all_cases: list[Case]
) -> None:
    numbers = [number_of(population(period, where(**conditions))) for period, conditions in asked]  # type: ignore[arg-type]
    for row in relations(numbers, PLAIN):
        found = sum(factor * count_number(all_cases, one) for one, factor in row.terms)
        assert found == 0 if row.is_equal else found >= 0
