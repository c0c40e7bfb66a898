"""The reader's attack, beside answers worked out by hand and by trying every table."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.returns.disclosure.attack import CellRange, attack
from redress.returns.disclosure.protect import hide
from redress.returns.disclosure.weaknesses import weaknesses
from redress.returns.figures import BuiltReturn, BuiltTable
from tests.redress.returns.disclosure.town import QUARTERS, Axis, cases, table, town_return

GENDER = Axis("gender", ("female", "male"))
AREA = Axis("area", ("north", "south"))


def publication(*tables: BuiltTable, hidden: Sequence[str]) -> BuiltReturn:
    """A return whose figures of these rows and columns are hidden, without anybody choosing them."""
    hidden_tables = tuple(
        replace(
            one,
            cells=tuple(
                tuple(hide(cell) if cell and f"{cell.row}/{cell.column}" in hidden else cell for cell in row)
                for row in one.cells
            ),
        )
        for one in tables
    )
    return replace(town_return(*hidden_tables), is_publication=True)


def two_by_two(*counts: int) -> BuiltTable:
    combinations = list(product(("female", "male"), ("north", "south")))
    return table("t", cases(dict(zip(combinations, counts, strict=True)), "gender", "area"), GENDER, AREA)


def ranges(found: Sequence[CellRange]) -> dict[str, tuple[int, int | None]]:
    return {one.figures[0].removesuffix("/2017/18/count").split("/", 1)[1]: (one.low, one.high) for one in found}


def test_one_hidden_cell_of_a_full_table_is_found_by_subtraction() -> None:
    built = two_by_two(3, 10, 20, 30)
    found = attack(publication(built, hidden=["female/north"]))
    assert ranges(found) == {"female/north": (3, 3)}
    assert weaknesses(town_return(built), publication(built, hidden=["female/north"]), found) == [
        "t/female/north/2017/18/count: 3 cannot be 1, 2, 4"
    ]


def test_four_hidden_cells_hide_each_other() -> None:
    built = two_by_two(3, 10, 20, 30)
    hidden = publication(built, hidden=["female/north", "female/south", "male/north", "male/south"])
    found = attack(hidden)
    assert ranges(found) == {
        "female/north": (0, 13),
        "female/south": (0, 13),
        "male/north": (10, 23),
        "male/south": (27, 40),
    }
    assert weaknesses(town_return(built), hidden, found) == []


def test_a_small_total_narrows_its_cells() -> None:
    built = two_by_two(2, 1, 20, 30)
    hidden = publication(built, hidden=["female/north", "female/south", "male/north", "male/south"])
    found = attack(hidden)
    assert ranges(found)["female/north"] == (0, 3)
    assert weaknesses(town_return(built), hidden, found) == [
        "t/female/north/2017/18/count: 2 cannot be 4",
        "t/female/south/2017/18/count: 1 cannot be 4",
    ]


def test_without_its_total_a_cell_has_no_limit() -> None:
    built = table("t", cases({("female",): 3, ("male",): 9}, "gender"), replace(GENDER, has_total=False))
    assert ranges(attack(publication(built, hidden=["female/All"]))) == {"female/All": (0, None)}


def test_another_table_gives_a_cell_away() -> None:
    counts = {("female", "north"): 3, ("male", "north"): 9, ("female", "south"): 8, ("male", "south"): 7}
    by_gender = table("by_gender", cases(counts, "gender", "area"), GENDER)
    in_each = table("crossed", cases(counts, "gender", "area"), replace(GENDER, has_total=False), AREA)
    hidden = publication(by_gender, in_each, hidden=["female/north", "female/All"])
    # The total of women stands in both tables, as `All` in the one and `Total` in the other.
    assert ranges(attack(hidden)) == {"female/north": (3, 3)}


def test_the_quarters_give_the_year_away() -> None:
    quarter_cases = [
        one
        for quarter, females in zip(QUARTERS, (3, 6, 7, 8), strict=True)
        for one in cases({("female",): females, ("male",): 10}, "gender", day=quarter.start)
    ]
    first = publication(table("t", quarter_cases, GENDER, periods=QUARTERS[:1]), hidden=["female/All", "male/All"])
    others = [
        town_return(table("t", quarter_cases, GENDER, periods=[quarter]), period=quarter) for quarter in QUARTERS[1:]
    ]
    year = town_return(table("t", quarter_cases, GENDER))
    alone = attack(first)
    assert [(one.low, one.high) for one in alone] == [(0, 13), (0, 13)]
    # The year less three quarters is the first quarter: the year must not be printed as it is.
    later = attack(first, [*others, year])
    assert [(one.low, one.high) for one in later] == [(3, 3), (10, 10)]


def test_a_percentage_printed_alone_narrows_its_count() -> None:
    shares = table("t", cases({("female",): 3, ("male",): 9}, "gender"), GENDER, shows=("count", "share"))
    kept = [[replace(count, symbol=None), share] for count, share in shares.cells]
    kept[0] = [hide(kept[0][0]), replace(kept[0][1], numerator=None, denominator=None, value=None)]
    kept[1] = [hide(kept[1][0]), hide(kept[1][1])]
    hidden = replace(town_return(replace(shares, cells=tuple(tuple(row) for row in kept))), is_publication=True)
    # 25% of 12: rounded by whatever rule, more than 24% and less than 26%.
    assert ranges(attack(hidden)) == {"female/All": (3, 3), "male/All": (9, 9)}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.sets(st.sampled_from(["female/north", "female/south", "male/north", "female/Total", "Total/north"]), min_size=1),
)
def test_it_finds_just_what_trying_every_table_finds(counts: list[int], hidden: set[str]) -> None:
    built = publication(two_by_two(*counts), hidden=sorted(hidden))
    printed = {f"{cell.row}/{cell.column}": cell for cell in built.figures}

    def numbers(female_north: int, female_south: int, male_north: int, male_south: int) -> dict[str, int]:
        return {
            "female/north": female_north,
            "female/south": female_south,
            "male/north": male_north,
            "male/south": male_south,
            "female/Total": female_north + female_south,
            "male/Total": male_north + male_south,
            "Total/north": female_north + male_north,
            "Total/south": female_south + male_south,
            "Total/Total": female_north + female_south + male_north + male_south,
        }

    possible: dict[str, set[int]] = {place: set() for place in hidden}
    for world in product(range(9), repeat=4):
        values = numbers(*world)
        if all(printed[place].numerator == value for place, value in values.items() if place not in hidden):
            for place in hidden:
                possible[place].add(values[place])
    assert ranges(attack(built)) == {place: (min(values), max(values)) for place, values in possible.items()}
    for one in attack(built):
        place = one.figures[0].removesuffix("/2017/18/count").split("/", 1)[1]
        assert set(one.possible) == possible[place] & {1, 2, 3, 4}


def test_a_secondary_cell_must_be_able_to_move_both_ways() -> None:
    built = table("t", cases({("female",): 6, ("male",): 9}, "gender"), GENDER)
    hidden = publication(built, hidden=["female/All"])
    assert weaknesses(town_return(built), hidden, attack(hidden)) == [
        "t/female/All/2017/18/count: 6 can only be 6 to 6"
    ]


def test_printed_numbers_that_contradict_each_other_are_said_to() -> None:
    built = two_by_two(3, 10, 20, 30)
    wrong = replace(built.cells[0][2], numerator=Fraction(2))
    broken = replace(built, cells=((*built.cells[0][:2], wrong), *built.cells[1:]))
    with pytest.raises(RuntimeError, match="contradict"):
        attack(publication(broken, hidden=["female/north"]))
