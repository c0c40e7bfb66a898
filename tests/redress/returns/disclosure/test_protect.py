"""Publications, worked by hand: what is hidden, what stays, and what earlier publications have already told."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from redress.paths import PROJECT
from redress.returns.disclosure import Protected, protect
from redress.returns.disclosure.attack import attack
from redress.returns.disclosure.weaknesses import weaknesses
from redress.returns.figures import BuiltReturn, Population, Sentence
from tests.redress.returns.disclosure.town import (
    QUARTERS,
    YEAR,
    Axis,
    Case,
    cases,
    change,
    figure,
    population,
    shown,
    table,
    town_return,
    unhidden,
    where,
)
from tests.redress.returns.samples import sample_return

GENDER = Axis("gender", ("female", "male"))
AREA = Axis("area", ("north", "south", "west"))


def crossed(*rows: Sequence[int]) -> list[Case]:
    """Cases by gender and area."""
    counts = {
        (gender, area): count
        for gender, row in zip(("female", "male", "other"), rows, strict=False)
        for area, count in zip(("north", "south", "west"), row, strict=False)
    }
    return cases(counts, "gender", "area")


def proven(built: BuiltReturn, earlier: Sequence[BuiltReturn] = ()) -> Protected:
    """The publication, after the attack has found nothing."""
    protected = protect(built, earlier)
    told = {place for one in protected.given_away for place in one.figures}
    assert weaknesses(built, protected.built, attack(protected.built, earlier), told) == []
    return protected


def test_one_small_cell_of_a_two_by_two_table_takes_three_more() -> None:
    built = town_return(table("t", crossed([3, 10], [20, 30]), GENDER, Axis("area", ("north", "south"))))
    protected = proven(built)
    assert shown(protected.built, "t") == [["c", "c", "13"], ["c", "c", "50"], ["23", "40", "63"]]
    assert {one.figure: one.why for one in protected.suppressed} == {
        "t/female/north/2017/18/count": "primary",
        "t/female/south/2017/18/count": "secondary",
        "t/male/north/2017/18/count": "secondary",
        "t/male/south/2017/18/count": "secondary",
    }


def test_two_small_cells_in_a_row_and_column_need_the_fewest_others() -> None:
    built = town_return(
        table("t", crossed([2, 9, 40], [50, 3, 60], [70, 80, 90]), Axis("gender", ("female", "male", "other")), AREA)
    )
    protected = proven(built)
    rows = shown(protected.built, "t")
    assert [row[:2] for row in rows[:2]] == [["c", "c"], ["c", "c"]]
    assert sum(cell == "c" for row in rows for cell in row) == 4


def test_hidden_cells_whose_sum_is_small_are_not_enough() -> None:
    """2 and 1 of a total of 3, which is itself small: the total goes too, and a cell beside it."""
    built = town_return(table("t", crossed([2, 1, 0], [20, 30, 40]), GENDER, AREA))
    protected = proven(built)
    assert shown(protected.built, "t")[0] == ["c", "c", "0", "c"]


def test_two_small_cells_of_a_larger_total_are_not_hidden_by_each_other_alone() -> None:
    """1 and 2 of 13, 10 in the third: both hidden they still are at most 3."""
    built = town_return(table("t", cases({("a",): 1, ("b",): 2, ("c",): 10}, "age"), Axis("age", ("a", "b", "c"))))
    protected = proven(built)
    assert shown(protected.built, "t") in (
        [["c"], ["c"], ["c"], ["13"]],
        [["c"], ["c"], ["10"], ["c"]],
    )


def test_zeros_are_true_and_stay() -> None:
    built = town_return(table("t", crossed([0, 4, 9], [0, 30, 0]), GENDER, AREA))
    rows = shown(proven(built).built, "t")
    assert [rows[0][0], rows[1][0], rows[1][2], rows[2][0]] == ["0", "0", "0", "0"]


def test_large_counts_alone_stay_as_they_are() -> None:
    built = town_return(table("t", crossed([5, 6, 7], [8, 9, 0]), GENDER, AREA))
    protected = proven(built)
    assert protected.suppressed == ()
    assert [one.cells for one in protected.built.tables] == [one.cells for one in built.tables]
    assert protected.built.is_publication
    assert protected.built.notes == ()


def test_tables_without_control_print_small_counts() -> None:
    built = town_return(table("t", crossed([1, 2, 3], [4, 0, 1]), GENDER, AREA, suppress=False))
    assert proven(built).suppressed == ()


def test_a_number_hidden_in_one_table_is_hidden_in_every_table() -> None:
    all_cases = crossed([3, 9, 20], [20, 30, 40])
    by_people = table("people", all_cases, GENDER, AREA)
    volumes = table("volumes", all_cases, AREA, suppress=False, only=where(gender="female"))
    protected = proven(town_return(by_people, volumes))
    assert shown(protected.built, "people")[0][0] == "c"
    assert shown(protected.built, "volumes")[0] == ["c"]
    assert [row[0] for row in shown(protected.built, "volumes")].count("c") >= 2


def test_a_total_printed_elsewhere_protects_nothing() -> None:
    """Women are 3 of 13 in a table without its total; the 13 stand in a table of volumes."""
    all_cases = cases({("female",): 3, ("male",): 10}, "gender")
    people = table("people", all_cases, replace(GENDER, has_total=False))
    volumes = table("volumes", all_cases, Axis(), suppress=False)
    protected = proven(town_return(people, volumes))
    assert shown(protected.built, "people") == [["c"], ["c"]]
    assert shown(protected.built, "volumes") == [["13"]]


def test_what_a_total_leaves_over_is_protected_too() -> None:
    """30 and 20 of 52: two cases without a gender that no row lists."""
    built = town_return(
        table(
            "t",
            cases({("female",): 30, ("male",): 20, ("unknown",): 2}, "gender"),
            replace(GENDER, is_exhaustive=False),
        )
    )
    protected = proven(built)
    assert [row[0] for row in shown(protected.built, "t")].count("c") == 1


def test_groups_and_their_members_hang_together() -> None:
    """Three ages in one table, two of them together in another."""
    all_cases = cases({("0-4",): 3, ("5-9",): 8, ("10-15",): 20}, "age")
    fine = table("fine", all_cases, Axis("age", ("0-4", "5-9", "10-15")))
    coarse = table("coarse", all_cases, Axis("age", (("0-4", "5-9"), "10-15")), suppress=False)
    protected = proven(town_return(fine, coarse))
    fine_rows = [row[0] for row in shown(protected.built, "fine")]
    assert fine_rows[:2] == ["c", "c"]
    assert [row[0] for row in shown(protected.built, "coarse")] == ["11", "20", "31"]


def test_a_table_of_quarters_and_the_year() -> None:
    all_cases = [
        one
        for quarter, count in zip(QUARTERS, (3, 9, 10, 11), strict=True)
        for one in cases({("female",): count, ("male",): 20}, "gender", day=quarter.start)
    ]
    built = town_return(table("t", all_cases, GENDER, periods=[*QUARTERS, YEAR]))
    protected = proven(built)
    first, last = shown(protected.built, "t")[0][0], shown(protected.built, "t")[0][1:]
    assert first == "c"
    assert "c" in last


def test_rates_of_hidden_counts_and_small_complements_are_hidden() -> None:
    all_cases = cases(
        {("female", "upheld"): 10, ("female", "not"): 10, ("male", "upheld"): 28, ("male", "not"): 2},
        "gender",
        "outcome",
    )
    built = town_return(table("t", all_cases, GENDER, shows=("count", "percent"), part=where(outcome="upheld")))
    protected = proven(built)
    # 28 of 30 tells that 2 were not upheld; 20 and 30 may stand only without it.
    assert shown(protected.built, "t")[1][1] == "c"
    hidden = next(one for one in protected.built.figures if one.id == "t/male/All/2017/18/percent")
    assert (hidden.numerator, hidden.denominator, hidden.value, hidden.rounded, hidden.symbol) == (None,) * 4 + ("c",)


def test_shares_go_with_their_counts() -> None:
    built = town_return(table("t", cases({("female",): 3, ("male",): 9}, "gender"), GENDER, shows=("count", "share")))
    rows = shown(proven(built).built, "t")
    assert rows[0] == ["c", "c"]
    assert rows[1] == ["c", "c"]


def test_a_change_tells_no_hidden_count_and_keeps_no_number() -> None:
    before = YEAR.previous
    all_cases = [
        *cases({("female",): 3, ("male",): 9}, "gender"),
        *cases({("female",): 8, ("male",): 9}, "gender", day=before.start),
    ]
    people = table("people", all_cases, GENDER, periods=(before, YEAR))
    now, then = people.cells[0][1], people.cells[0][0]
    assert now
    assert then
    changes = replace(
        people, name="changes", columns=people.columns[:2], rows=people.rows[:1], suppress=False,
        cells=((change(now, then), change(now, then, "change_percent")),),
    )  # fmt: skip
    protected = proven(town_return(people, changes))
    assert shown(protected.built, "changes") == [["c", "c"]]
    for one in protected.built.tables[1].figures:
        assert one.before is not None
        assert (one.numerator, one.before.numerator, one.before.shown) == (None, None, "c")


def test_a_rise_from_nothing_tells_no_hidden_count() -> None:
    """A percentage of nothing prints z, but its difference would say how many there are now."""
    before = YEAR.previous
    all_cases = [*cases({("female",): 3, ("male",): 9}, "gender"), *cases({("male",): 9}, "gender", day=before.start)]
    people = table("people", all_cases, GENDER, periods=(before, YEAR))
    now, then = people.cells[0][1], people.cells[0][0]
    assert now
    assert then
    rise = change(now, then, "change_percent")
    assert rise.symbol == "z"
    changes = replace(people, name="changes", columns=people.columns[:1], rows=people.rows[:1], cells=((rise,),))
    protected = proven(town_return(people, changes))
    assert all(one.numerator is None for one in protected.built.tables[1].figures)


def test_averages_of_few_cases_are_hidden() -> None:
    days = Population("working_days_average", YEAR, where(gender="female"))
    others = Population("working_days_average", YEAR, where(gender="male"))
    answered = {
        ("female",): figure([], "few", "count", Population("stages_answered", YEAR, where(gender="female"))),
        ("male",): figure([], "many", "count", Population("stages_answered", YEAR, where(gender="male"))),
    }
    counts = [
        replace(answered["female",], numerator=Fraction(3), value=Fraction(3), shown="3"),
        replace(answered["male",], numerator=Fraction(30), value=Fraction(30), shown="30"),
    ]
    averages = [
        replace(
            figure([], name, "number", of),
            numerator=Fraction(25, 2),
            value=Fraction(25, 2),
            shown="12.5",
            is_additive=False,
        )
        for name, of in (("days of few", days), ("days of many", others))
    ]
    plain = table("t", [], replace(GENDER, has_total=False), shows=("count", "count"))
    built = town_return(replace(plain, cells=tuple(zip(counts, averages, strict=True))))
    rows = shown(protect(built).built, "t")
    assert rows[0] == ["c", "c"]
    assert rows[1] == ["30", "12.5"]


def test_amounts_of_few_payments_are_hidden_with_another_beside_them() -> None:
    def paid(kind: str | None, number: int, pounds: int) -> list[object]:
        conditions = where(payment_type=kind) if kind else frozenset()
        count = figure([], f"count {kind}", "count", Population("payments_agreed", YEAR, conditions))
        amount = figure([], f"amount {kind}", "amount", Population("pounds_agreed", YEAR, conditions))
        return [
            replace(count, numerator=Fraction(number), value=Fraction(number), shown=f"{number}"),
            replace(amount, numerator=Fraction(pounds), value=Fraction(pounds), shown=f"£{pounds}"),
        ]

    plain = table("t", [], Axis("payment_type", ("time", "distress", "costs")), shows=("count", "amount"))
    rows = [paid("time", 2, 250), paid("distress", 7, 900), paid("costs", 9, 1200), paid(None, 18, 2350)]
    protected = protect(town_return(replace(plain, cells=tuple(tuple(row) for row in rows))))  # type: ignore[arg-type]
    printed = shown(protected.built, "t")
    assert printed[0] == ["c", "c"]
    assert [row[1] for row in printed].count("c") == 2


def test_sentences_with_a_hidden_number_are_left_out_and_their_numbers_count_as_printed() -> None:
    all_cases = cases({("female",): 3, ("male",): 10}, "gender")
    men = figure(all_cases, "men", "count", population(YEAR, where(gender="male")))
    women = figure(all_cases, "women", "count", population(YEAR, where(gender="female")))
    everybody = figure(all_cases, "everybody", "count", population(YEAR, frozenset()))
    people = table("people", all_cases, replace(GENDER, has_total=False))
    built = town_return(
        people,
        sentences=[
            Sentence("There were 3 about women.", (women,)),
            Sentence("There were 13 in all.", (everybody,)),
            Sentence("Nothing was said.", ()),
            Sentence("Of 13, 10 were about men.", (men, everybody)),
        ],
    )
    protected = proven(built)
    assert [one.text for one in protected.built.sections[0].sentences] == ["There were 13 in all.", "Nothing was said."]
    # The 13 of the sentence would give the 3 away, had the 10 been printed.
    assert shown(protected.built, "people") == [["c"], ["c"]]
    assert protected.withdrawn == ("There were 3 about women.", "Of 13, 10 were about men.")


def test_internal_tables_are_left_out() -> None:
    all_cases = crossed([5, 6, 7], [8, 9, 9])
    built = town_return(table("t", all_cases, GENDER), replace(table("list", all_cases, GENDER), internal=True))
    assert [one.name for one in protect(built).built.tables] == ["t"]


def test_a_higher_threshold_is_kept() -> None:
    built = town_return(table("t", cases({("female",): 7, ("male",): 30}, "gender"), GENDER, threshold=10))
    protected = proven(built)
    assert shown(protected.built, "t")[0] == ["c"]
    assert "1 to 9" in protected.built.notes[0]


def test_the_notes_say_what_was_done_and_give_no_number_away() -> None:
    protected = proven(town_return(table("t", crossed([3, 10], [20, 30]), GENDER, Axis("area", ("north", "south")))))
    assert "counts of 1 to 4 are suppressed" in protected.built.notes[0]
    assert any("c means suppressed" in note for note in protected.built.notes)


# Earlier publications


def quarter_returns(counts: Sequence[int], *, suppress: bool = True) -> tuple[list[Case], list[BuiltReturn]]:
    """A year of women's and men's cases, and a return for each of its quarters."""
    all_cases = [
        one
        for quarter, count in zip(QUARTERS, counts, strict=True)
        for one in cases({("female",): count, ("male",): 20}, "gender", day=quarter.start)
    ]
    return all_cases, [
        town_return(
            table("people", all_cases, GENDER, periods=[quarter], suppress=suppress), period=quarter, kind="quarterly"
        )
        for quarter in QUARTERS
    ]


def test_the_year_does_not_tell_a_quarter_that_was_hidden() -> None:
    all_cases, quarters = quarter_returns([3, 9, 10, 11])
    out: list[BuiltReturn] = []
    for quarter in quarters:
        out.append(proven(quarter, out).built)
    assert shown(out[0], "people") == [["c"], ["c"], ["23"]]
    assert shown(out[1], "people") == [["9"], ["20"], ["29"]]
    year = town_return(table("people", all_cases, GENDER))
    protected = proven(year, out)
    # 33 women less 9, 10 and 11 would be the 3 of the first quarter.
    assert shown(protected.built, "people") == [["c"], ["c"], ["113"]]
    assert protected.given_away == ()
    assert shown(protect(year).built, "people") == [["33"], ["80"], ["113"]]


def test_the_last_quarter_does_not_tell_the_first_after_the_year_to_date() -> None:
    all_cases, quarters = quarter_returns([3, 9, 10, 11])
    first = proven(quarters[0]).built
    to_date = town_return(table("people", all_cases, GENDER, periods=[QUARTERS[1].to_date]), period=QUARTERS[1])
    second = proven(quarters[1], [first]).built
    assert shown(proven(to_date, [first, second]).built, "people")[0] == ["c"]


def test_a_cell_that_quarters_already_tell_is_listed_with_both_places() -> None:
    """Women: 1, 0, 0 and 2 in quarters printed without control. The year's 3 is known, hidden or not."""
    all_cases, quarters = quarter_returns([1, 0, 0, 2], suppress=False)
    out = [proven(quarter).built for quarter in quarters]
    protected = proven(town_return(table("people", all_cases, GENDER)), out)
    assert shown(protected.built, "people")[0] == ["c"]
    listed = {place: one for one in protected.given_away for place in one.figures}
    women = listed["people/female/All/2017/18/count"]
    assert {place.split(",")[0] for place in women.earlier} == {
        "quarterly Q1 2017/18", "quarterly Q2 2017/18", "quarterly Q3 2017/18", "quarterly Q4 2017/18"
    }  # fmt: skip
    assert any("people/female/All/Q4 2017/18/count" in place for place in women.earlier)
    assert any("quarterly Q4 2017/18" in sentence for sentence in protected.sentences)


def test_a_cell_printed_before_is_listed() -> None:
    all_cases = cases({("female",): 3, ("male",): 10}, "gender")
    earlier = protect(town_return(table("volumes", all_cases, GENDER, suppress=False), kind="draft")).built
    protected = proven(town_return(table("people", all_cases, GENDER)), [earlier])
    assert [(one.figures, one.earlier) for one in protected.given_away] == [
        (("people/female/All/2017/18/count",), ("draft 2017/18, volumes/female/All/2017/18/count",))
    ]
    # Nothing can hide it any more, so nothing else is hidden for its sake.
    assert shown(protected.built, "people") == [["c"], ["10"], ["13"]]


def test_three_quarters_that_narrow_the_year_are_listed_with_what_is_left() -> None:
    """Women: 1, 1 and 1 printed, then 1: the year's 4 is at least 3."""
    all_cases, quarters = quarter_returns([1, 1, 1, 1], suppress=False)
    out = [proven(quarter).built for quarter in quarters[:3]]
    protected = proven(town_return(table("people", all_cases, GENDER)), out)
    assert [(one.figures, one.possible) for one in protected.given_away] == [
        (("people/female/All/2017/18/count",), (3, 4))
    ]


def test_a_figure_revised_since_is_listed_and_nothing_contradicts() -> None:
    old = protect(town_return(table("people", cases({("female",): 6, ("male",): 10}, "gender"), GENDER))).built
    new = town_return(table("people", cases({("female",): 3, ("male",): 10}, "gender"), GENDER))
    protected = proven(new, [old])
    assert shown(protected.built, "people") == [["c"], ["10"], ["c"]]
    assert {one.figures for one in protected.given_away} == {
        ("people/female/All/2017/18/count",),
        ("people/Total/All/2017/18/count",),
    }


def test_the_same_publication_again_hides_the_same() -> None:
    built = town_return(
        table("t", crossed([2, 9, 40], [50, 3, 60], [70, 80, 90]), Axis("gender", ("female", "male", "other")), AREA)
    )
    once = proven(built)
    again = proven(built, [once.built])
    assert again.built == once.built
    assert again.given_away == ()


# The whole


def test_the_sample_return_stands_up_to_the_attack() -> None:
    protected = proven(sample_return())
    assert {one.table for one in protected.suppressed} >= {"equalities_gender", "stage1_outcomes_by_service"}


@pytest.mark.parametrize(
    "place", ["t/female/south/2017/18/count", "t/male/north/2017/18/count", "t/male/south/2017/18/count"]
)
def test_the_attack_sees_through_a_publication_with_one_secondary_cell_less(place: str) -> None:
    built = town_return(table("t", crossed([3, 10], [20, 30]), GENDER, Axis("area", ("north", "south"))))
    weak = unhidden(protect(built).built, built, place)
    assert any("t/female/north/2017/18/count: 3 cannot be" in one for one in weaknesses(built, weak, attack(weak)))


def test_the_choice_does_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "from tests.redress.returns.samples import sample_return\n"
        "from redress.returns.disclosure import protect\n"
        "print([one.figure for one in protect(sample_return()).suppressed])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": f"{PROJECT / 'plugins'}:{PROJECT}", "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
