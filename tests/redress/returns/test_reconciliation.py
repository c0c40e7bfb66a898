"""A return that adds up passes, one that does not is stopped by the names of its tables, and gaps are explained."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redress.errors import RedressError
from redress.returns.checks.claims import canonical
from redress.returns.checks.reconciliation import reconcile, require_reconciled
from redress.returns.figures import BuiltReturn, BuiltSection, BuiltTable, Figure, Head, Population, Predicate, Sentence
from redress.returns.periods import Period, parse_period
from tests.redress.returns.samples import crossed, sample_return

YEAR = parse_period("2017/18")
STAGE_1: frozenset[Predicate] = frozenset({("record_type", "in", ("complaint",)), ("stage_number", "in", ("1",))})
OUTCOMES: Predicate = ("outcome", "in", ("not_upheld", "partially_upheld", "upheld"))
SERVICES = ("CHILDREN_IN_NEED", "FOSTERING", "ADOPTION")


def counted(
    table: str,
    row: str,
    number: int,
    conditions: frozenset[Predicate] = STAGE_1,
    measure: str = "stages_received",
    period: Period = YEAR,
    whole: int | None = None,
    is_total: bool = False,
) -> Figure:
    share = whole is not None
    value = Fraction(number * 100, whole) if whole else Fraction(number)
    return Figure(
        id=f"{table}/{row}",
        table=table,
        slug=table,
        row=row,
        column="",
        value_label="",
        period=period,
        metric=measure,
        show="share" if share else "count",
        basis="received",
        numerator=Fraction(number),
        denominator=Fraction(whole) if whole else None,
        value=value,
        rounded=None,
        shown=str(number),
        of=Population(measure, period, conditions),
        over=Population(measure, period, STAGE_1) if share else None,
        is_additive=not share,
        row_is_total=is_total,
    )


def by(dimension: str, code: str | None) -> Predicate:
    return (dimension, "in", (code,))


def table(
    name: str, figures: list[Figure], rows_by: str | None = None, exhaustive: bool = True, **more: object
) -> BuiltTable:
    return BuiltTable(
        name=name,
        slug=name,
        title=name,
        description="",
        rows=tuple(Head(figure.row, is_total=figure.row_is_total) for figure in figures),
        columns=(Head("2017/18"),),
        cells=tuple((figure,) for figure in figures),
        basis="received",
        basis_text="",
        rows_title="",
        rows_are_exhaustive=exhaustive and rows_by is not None,
        rows_by=rows_by,
        **more,  # type: ignore[arg-type]
    )


def split(
    name: str, dimension: str, counts: dict[str | None, int], total: int | None = None, exhaustive: bool = True,
    measure: str = "stages_received", base: frozenset[Predicate] = STAGE_1, **more: object,
) -> BuiltTable:  # fmt: skip
    rows = [
        counted(name, code or "Not recorded", number, base | {by(dimension, code)}, measure)
        for code, number in counts.items()
    ]
    rows += [] if total is None else [counted(name, "Total", total, base, measure, is_total=True)]
    return table(name, rows, dimension, exhaustive, **more)


def of(*tables: BuiltTable, sentences: tuple[Sentence, ...] = ()) -> BuiltReturn:
    sections = (BuiltSection("Volumes", "", sentences, tables),)
    return replace(sample_return(), sections=sections)


def services(*numbers: int) -> dict[str | None, int]:
    return dict(zip(SERVICES, numbers, strict=True))


def test_a_return_that_adds_up_has_neither_problems_nor_lines() -> None:
    found = reconcile(
        of(split("a", "service_area", services(30, 20, 6), 56), split("b", "gender", {"male": 26, "female": 30}, 56))
    )
    assert (found.problems, found.explanations) == ((), ())


def test_crossed_tables_of_the_sample_agree_in_every_margin() -> None:
    crossed_tables = [one for one in sample_return().tables if one.columns_by]
    assert len(crossed_tables) == 2
    assert reconcile(of(*crossed_tables)).problems == ()


def test_a_total_that_is_not_its_sum_is_named() -> None:
    (problem,) = reconcile(of(split("by_service", "service_area", services(30, 20, 6), 57))).problems
    assert (problem.rule, problem.tables) == ("total_is_not_the_sum", ("by_service",))
    assert "the rows of by_service add up to 56" in problem.text
    assert "by_service says 57" in problem.text


def test_two_tables_over_the_same_cases_have_the_same_total_even_if_none_prints_it() -> None:
    built = of(
        split("by_service", "service_area", services(30, 20, 6)),
        split("by_gender", "gender", {"male": 25, "female": 30}),
    )
    (problem,) = reconcile(built).problems
    assert problem.rule == "tables_disagree"
    assert set(problem.tables) == {"by_service", "by_gender"}
    with pytest.raises(RedressError, match=r"by_service add up to 56, but the rows of by_gender add up to 55"):
        require_reconciled(built)


def test_tables_over_other_cases_are_not_compared() -> None:
    other = split("stage2", "gender", {"male": 3, "female": 4}, base=frozenset({by("stage_number", "2")}))
    earlier = [counted("earlier", "All", 54, period=parse_period("2016/17"))]
    built = of(split("stage1", "gender", {"male": 26, "female": 30}, 56), other, table("earlier", earlier))
    assert reconcile(built).problems == ()


def test_the_base_of_a_rate_is_a_number_like_any_other() -> None:
    rates = table("shares", [counted("shares", "Fostering", 20, STAGE_1 | {by("service_area", "FOSTERING")}, whole=55)])
    (problem,) = reconcile(of(split("by_service", "service_area", services(30, 20, 6), 56), rates)).problems
    assert "shares rests on 55" in problem.text


def test_a_statement_is_held_to_the_tables() -> None:
    spoken = Sentence("There were 57 Stage 1 complaints.", (counted("statement", "All", 57),))
    (problem,) = reconcile(
        of(split("by_service", "service_area", services(30, 20, 6), 56), sentences=(spoken,))
    ).problems
    assert "the text of 'Volumes' says 57" in problem.text


def test_conditions_written_differently_are_the_same_cases() -> None:
    narrow = Population("m", YEAR, frozenset({by("outcome", "upheld"), OUTCOMES}))
    assert canonical(narrow) == canonical(Population("m", YEAR, frozenset({by("outcome", "upheld")})))
    without_blank = Population("m", YEAR, frozenset({("band", "not_in", (None,)), ("band", "in", ("over", None))}))
    assert canonical(without_blank) == canonical(Population("m", YEAR, frozenset({by("band", "over")})))
    assert canonical(narrow) != canonical(Population("m", YEAR, frozenset({OUTCOMES})))


def test_what_has_no_outcome_yet_is_explained_by_its_number() -> None:
    outcomes = split(
        "outcomes", "outcome", {"not_upheld": 45, "partially_upheld": 8, "upheld": 2}, 55, base=STAGE_1 | {OUTCOMES}
    )
    built = of(split("by_service", "service_area", services(30, 20, 6), 56), outcomes)
    found = reconcile(built)
    assert found.problems == ()
    (line,) = found.explanations
    assert line.reason == "not_yet_decided"
    assert line.text == "2017/18: 56 received, 55 with an outcome: 1 not yet decided or withdrawn."
    printed = require_reconciled(built)
    assert [one.notes for one in printed.tables] == [(), (line.text,)]


def test_more_outcomes_than_complaints_are_no_explanation_but_a_problem() -> None:
    outcomes = split(
        "outcomes", "outcome", {"not_upheld": 45, "partially_upheld": 8, "upheld": 4}, 57, base=STAGE_1 | {OUTCOMES}
    )
    rules = {
        problem.rule
        for problem in reconcile(of(split("s", "service_area", services(30, 20, 6), 56), outcomes)).problems
    }
    assert rules == {"parts_exceed_whole"}


def test_rows_left_out_are_counted_and_their_reason_told_where_proved() -> None:
    genders = split("by_gender", "gender", {"male": 24, "female": 30}, exhaustive=False)
    whole = split("by_service", "service_area", services(30, 20, 6), 56)
    (line,) = reconcile(of(whole, genders)).explanations
    assert (line.reason, line.text) == (
        "not_listed",
        "The rows shown add up to 54 of 56; the rest are in none of them.",
    )
    blanks = table("coverage", [counted("coverage", "Unknown", 2, STAGE_1 | {by("gender", None)})])
    (proved,) = reconcile(of(whole, genders, blanks)).explanations
    assert proved.text == "The rows shown add up to 54 of 56: for 2 the gender is not recorded."


def test_a_table_whose_small_counts_are_hidden_gets_the_line_without_numbers() -> None:
    genders = split("by_gender", "gender", {"male": 24, "female": 30}, exhaustive=False, suppress=True)
    printed = require_reconciled(of(split("by_service", "service_area", services(30, 20, 6), 56), genders))
    (note,) = printed.tables[1].notes
    assert not any(letter.isdigit() for letter in note)


def test_several_causes_a_complaint_are_explained() -> None:
    causes = split("causes", "cause", {"DELAY": 27, "COMMUNICATION": 35}, 62, measure="causes_received")
    found = reconcile(of(split("by_service", "service_area", services(30, 20, 6), 56), causes))
    assert found.problems == ()
    (line,) = found.explanations
    assert line.text == "A complaint may have more than one cause: 62 causes of 56 complaints received."


def test_rows_that_overlap_are_more_than_their_whole() -> None:
    overlapping = split("by_tag", "tag", {"court": 30, "school": 40}, exhaustive=False)
    (problem,) = reconcile(of(split("by_service", "service_area", services(30, 20, 6), 56), overlapping)).problems
    assert (problem.rule, problem.tables) == ("parts_exceed_whole", ("by_tag", "by_service"))


def test_a_year_is_the_sum_of_its_quarters() -> None:
    quarters = [
        counted("quarters", f"Q{number}", 14, period=parse_period(f"Q{number} 2017/18")) for number in range(1, 5)
    ]
    year = split("by_service", "service_area", services(30, 20, 6), 56)
    assert reconcile(of(year, table("quarters", quarters))).problems == ()
    late = [*quarters[:3], replace(quarters[3], numerator=Fraction(15), value=Fraction(15))]
    (problem,) = reconcile(of(year, table("quarters", late))).problems
    assert problem.rule == "year_is_not_its_quarters"
    assert "add up to 57" in problem.text
    assert reconcile(of(year, table("quarters", late[1:]))).problems == ()


def test_transactions_of_a_stage_are_the_complaints_of_that_stage() -> None:
    kinds = split(
        "transactions",
        "transaction_kind",
        {"stage1": 55, "stage2": 7},
        measure="transactions_by_receipt",
        base=frozenset(),
    )
    (problem,) = reconcile(of(split("by_service", "service_area", services(30, 20, 6), 56), kinds)).problems
    assert set(problem.tables) == {"transactions", "by_service"}


def test_percentages_that_rounding_keeps_from_one_hundred_are_named() -> None:
    counts = services(1, 1, 1)
    shares = [
        replace(
            counted("shares", str(code), number, STAGE_1 | {by("service_area", code)}, whole=3), rounded=Decimal(33)
        )
        for code, number in counts.items()
    ]
    (line,) = reconcile(of(table("shares", shares, "service_area"))).explanations
    assert line.text == "Percentages add up to 99 instead of 100 because each is rounded."


def test_a_rate_whose_rows_leave_out_a_case_says_so_and_does_not_stop_the_return() -> None:
    stage_2 = frozenset({by("stage_number", "2")})
    rates = [
        replace(counted("rates", code, number, stage_2 | {by("service_area", code)}, whole=of_all), show="percent")
        for code, number, of_all in (("CHILDREN_IN_NEED", 4, 30), ("FOSTERING", 2, 20))
    ]
    whole = table("stage2", [counted("stage2", "All", 7, stage_2)])
    found = reconcile(of(table("rates", [replace(one, over=None) for one in rates], "service_area"), whole))
    assert found.problems == ()
    assert [line.text for line in found.explanations] == [
        "The rows shown add up to 6 of 7; the rest are in none of them."
    ]


def test_what_is_not_additive_is_not_added_up() -> None:
    medians = split("medians", "service_area", services(9, 10, 11), measure="working_days_median")
    medians = replace(medians, cells=tuple((replace(one, is_additive=False),) for one in medians.figures))
    whole = replace(counted("median", "All", 10, measure="working_days_median"), is_additive=False)
    assert reconcile(of(medians, table("median", [whole]))).problems == ()


@given(st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=2, max_size=4), st.randoms())
@settings(max_examples=60, deadline=None)
def test_any_one_changed_cell_of_a_crossed_table_is_found(counts: list[list[int]], chance: random.Random) -> None:
    rows = tuple(f"Service {at}" for at in range(len(counts)))
    built = of(crossed("crossed", "Crossed", ("service_area", rows), ("outcome", ("no", "part", "yes")), counts))
    assert reconcile(built).problems == ()
    whole = built.tables[0]
    row, column = chance.randrange(len(whole.rows)), chance.randrange(len(whole.columns))
    figure = whole.cells[row][column]
    assert figure is not None
    assert figure.numerator is not None
    wrong = replace(figure, numerator=figure.numerator + 1)
    cells = [list(line) for line in whole.cells]
    cells[row][column] = wrong
    problems = reconcile(of(replace(whole, cells=tuple(map(tuple, cells))))).problems
    assert problems
    with pytest.raises(RedressError, match="crossed"):
        require_reconciled(of(replace(whole, cells=tuple(map(tuple, cells)))))
