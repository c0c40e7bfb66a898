"""Printed figures beside computed ones: the right figure or none, and one verdict each."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from redress.councils import load_councils
from redress.errors import RedressError, UsageError
from redress.paths import Home
from redress.returns.compare import VERDICTS, Comparison, compare, markdown, set_beside, show, summary
from redress.returns.compare.published import PrintedRow, not_meetable, published_rows, report_of
from redress.returns.figures import BuiltReturn, BuiltSection, BuiltTable, Figure, Head
from redress.returns.periods import parse_period
from redress.returns.rounding import round_one
from tests.redress.returns.samples import crossed, sample_return

COUNCILS_FOLDER = Path(__file__).parents[3] / "councils"


Change = Callable[[Figure], Figure]


def printed(value: str, member: str, member2: str = "", **others: str) -> PrintedRow:
    """A row of published figures on the sample's outcomes by service."""
    return {
        "row": "7",
        "council": "barsetshire",
        "report": "annual 2017/18",
        "section": "Table 7",
        "return_table": "stage1_outcomes_by_service",
        "period": "2017/18",
        "stage": "stage1",
        "member": member,
        "member2": member2,
        "measure": "count",
        "unit": "cases",
        "value": value,
        "note": "",
        **others,
    }


def with_tables(*tables: BuiltTable) -> BuiltReturn:
    return replace(sample_return(), sections=(BuiltSection("All", "", (), tables),))


def changed(table: BuiltTable, change: Change) -> BuiltTable:
    """The table with every figure changed."""
    return replace(table, cells=tuple(tuple(change(one) for one in row if one) for row in table.cells))


def single(figure: Figure, **facts: Any) -> BuiltTable:
    """A table of one figure."""
    return replace(
        outcomes(), name=figure.table, slug=figure.slug, rows=(Head(figure.row),), columns=(Head(figure.column),),
        cells=((figure,),), **facts,
    )  # fmt: skip


def outcomes() -> BuiltTable:
    return sample_return().tables[0]


def one(row: PrintedRow, built: BuiltReturn | None = None, reasons: dict[int, str] | None = None) -> Comparison:
    (found,) = set_beside([row], built or sample_return(), reasons or {})
    return found


def test_the_figure_of_a_row_and_a_column_is_found_whichever_is_printed_first() -> None:
    found = one(printed("12", "Targeted Services", "Partially Upheld"))
    assert (found.verdict, found.shown) == ("matches", Decimal(12))
    assert found.figure.endswith("/targeted_services/partially_upheld/count")
    assert one(printed("12", "partially upheld", "TARGETED SERVICES")).figure == found.figure


def test_a_total_needs_no_name_and_everything_else_does() -> None:
    assert one(printed("50", "Targeted Services")).shown == 50  # 30 + 12 + 8
    assert one(printed("14", "Partially upheld")).shown == 14  # 12 + 1 + 1
    assert one(printed("55", "Total", "Total")).shown == 55
    with pytest.raises(RedressError, match="has no figure"):
        one(printed("50", "Targeted Services", "", return_table="stage1_uphold_rate_by_service"))


@pytest.mark.parametrize(
    "other",
    [
        {"return_table": "stage2_outcomes_by_service"},
        {"period": "2016/17"},
        {"period": "31 March 2018"},
        {"stage": "stage2"},
        {"measure": "percent"},
        {"measure": "change_count"},
        {"member": "Targeted Services in Barchester"},
        {"member2": "Upheld in part"},
        {"member2": "Education & Commissioning"},
    ],
)
def test_a_row_that_says_anything_else_is_not_taken_for_the_figure(other: dict[str, str]) -> None:
    with pytest.raises(RedressError, match=r"Row 7 of published_figures\.csv \(barsetshire, .*has no figure; give it"):
        one({**printed("12", "Targeted Services", "Partially upheld"), **other})


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4), st.booleans())
def test_every_cell_is_found_by_its_own_labels_and_by_no_others(counts: list[list[int]], turned: bool) -> None:
    services = tuple(f"Service {number}" for number in range(len(counts)))
    labels = ("Not upheld", "Partially upheld", "Upheld")
    name = "stage1_outcomes_by_service"
    table = crossed(name, "Outcomes", ("service_area", services), ("outcome", labels), counts)
    rows = [
        printed(str(counts[s][o]), *((label, service) if turned else (service, label)))
        for s, service in enumerate(services)
        for o, label in enumerate(labels)
    ]
    found = set_beside(rows, with_tables(table), {})
    assert {comparison.verdict for comparison in found} == {"matches"}
    assert len({comparison.figure for comparison in found}) == len(rows)


def test_other_words_of_the_report_and_the_group_of_a_row_name_it_too() -> None:
    table = changed(
        outcomes(),
        lambda figure: replace(
            figure,
            row_printed=("Children's teams",) if figure.row == "Targeted Services" else (),
            column_printed=("No finding",) if figure.column == "Not upheld" else (),
        ),
    )
    table = replace(table, rows=(replace(table.rows[0], group="Social care"), *table.rows[1:]))
    built = with_tables(table)
    assert one(printed("30", "Children's Teams", "No Finding"), built).shown == 30
    assert one(printed("50", "Social care", "Targeted Services"), built).shown == 50
    with pytest.raises(RedressError, match="has no figure"):
        one(printed("50", "Social care"), built)


def test_sections_periods_and_stages_of_a_definition_narrow_what_it_answers() -> None:
    table = changed(outcomes(), lambda figure: replace(figure, stage="stage2"))
    built = with_tables(replace(table, printed_sections=("Table 10",), printed_period="last_day"))
    row = printed("12", "Targeted Services", "Partially upheld", section="Table 10", stage="stage2")
    assert one({**row, "period": "31 March 2018"}, built).verdict == "matches"
    assert one({**row, "period": "31 March 2018", "stage": ""}, built).verdict == "matches"
    for other in ({"section": "Table 7"}, {"stage": "stage1"}, {"period": "2017/18"}):
        with pytest.raises(RedressError, match="has no figure"):
            one({**row, "period": "31 March 2018", **other}, built)
    census = with_tables(replace(table, printed_period="2011 census"))
    assert one({**row, "period": "2011 Census"}, census).verdict == "matches"


@pytest.mark.parametrize(
    ("metric", "stage"),
    [
        ("stage2_in_time", "stage2"),
        ("stage1_to_2_period_escalation_rate", "stage2"),
        ("ombudsman_decided", "ombudsman"),
        ("enquiries_received", "enquiry"),
        ("compliments_received", "compliment"),
        ("transactions", ""),
    ],
)
def test_a_figure_without_a_stage_has_that_of_its_metric(metric: str, stage: str) -> None:
    table = changed(outcomes(), lambda figure: replace(figure, stage="", metric=metric))
    row = printed("12", "Targeted Services", "Partially upheld")
    assert one({**row, "stage": stage}, with_tables(table)).verdict == "matches"
    with pytest.raises(RedressError, match="has no figure"):
        one({**row, "stage": "stage3"}, with_tables(table))


def test_two_different_figures_for_one_row_are_an_error_that_names_both() -> None:
    other = changed(
        replace(outcomes(), name="by_team"),
        lambda figure: replace(figure, id=f"{figure.id}/by_team", rounded=Decimal(3), value=Fraction(3)),
    )
    row = printed("30", "Targeted Services", "Not upheld")
    here, there = (
        r"\S*/targeted_services/not_upheld/count \(30\)",
        r"\S*/targeted_services/not_upheld/count/by_team \(3\)",
    )
    with pytest.raises(RedressError, match=f"{here} and {there}"):
        one(row, with_tables(outcomes(), other))
    with pytest.raises(RedressError, match=f"{there} and {here}"):
        one(row, with_tables(other, outcomes()))


def test_equal_values_of_different_populations_are_two_figures_and_one_number_printed_twice_is_not() -> None:
    again = replace(outcomes(), name="again")
    row = printed("1", "Special Needs Service", "Partially upheld")
    assert one(row, with_tables(outcomes(), again)).verdict == "matches"
    later = parse_period("2016/17")
    by_other_basis = changed(again, lambda figure: replace(figure, of=figure.of and replace(figure.of, period=later)))
    with pytest.raises(RedressError, match="two different figures"):
        one(row, with_tables(outcomes(), by_other_basis))
    truncated = changed(again, lambda figure: replace(figure, rounded=figure.rounded and figure.rounded - 1))
    with pytest.raises(RedressError, match="two different figures"):
        one(row, with_tables(outcomes(), truncated))


def test_a_figure_that_is_not_what_was_printed_differs_and_says_by_how_much() -> None:
    found = one(
        printed(
            "41", "Targeted Services", "Uphold rate", measure="percent", return_table="stage1_uphold_rate_by_service"
        )
    )
    assert (found.verdict, found.shown) == ("differs", Decimal(40))
    assert found.reason.startswith("printed 41, computed 40 (20 of 50) (barsetshire/annual/2017-18/")


def test_a_figure_known_not_to_be_met_is_a_conflict_and_a_met_one_is_not() -> None:
    reasons = {7: "H4: Table 7 has 50"}
    assert one(printed("45", "Targeted Services"), reasons=reasons).verdict == "conflict"
    assert one(printed("45", "Targeted Services"), reasons=reasons).reason == "H4: Table 7 has 50"
    assert one(printed("50", "Targeted Services"), reasons=reasons).verdict == "matches"


def test_what_the_service_supplies_and_what_is_set_is_told_from_what_is_counted() -> None:
    for basis, verdict in (("supplied", "context"), ("setting", "setting"), ("responded", "matches")):
        table = changed(outcomes(), lambda figure, basis=basis: replace(figure, basis=basis))  # type: ignore[misc]
        assert one(printed("50", "Targeted Services"), with_tables(table)).verdict == verdict
        assert one(printed("51", "Targeted Services"), with_tables(table)).verdict == "differs"


def test_a_table_that_is_not_about_complaints_gives_its_reason() -> None:
    outside = replace(
        outcomes(), slug="engagement_survey", rows=(), columns=(), cells=(), outside="A survey, not a complaint."
    )
    row = printed("16", "young people surveyed", return_table="engagement_survey")
    found = one(row, with_tables(outcomes(), outside))
    assert (found.verdict, found.reason, found.shown, found.figure) == (
        "outside",
        "A survey, not a complaint.",
        None,
        "",
    )


@pytest.mark.parametrize(
    ("note", "holds", "value", "verdict"),
    [
        ("approx: printed with about", None, "50", "words"),
        ("approx: printed with about", None, "49", "words"),
        ("approx: printed with about", None, "48", "differs"),
        ("approx: printed with about", "below", "50", "words"),
        ("words: just over", "just_above", "49", "words"),
        ("words: just over", "just_above", "50", "differs"),
        ("words: just over", "just_above", "40", "differs"),
        ("bound: over", "above", "20", "words"),
        ("bound: over", "above", "50", "differs"),
        ("bound: less than", "below", "51", "words"),
        ("bound: less than", "below", "50", "differs"),
        ("words: half", None, "51", "words"),
    ],
)
def test_a_figure_printed_in_words_must_hold(note: str, holds: str | None, value: str, verdict: str) -> None:
    table = changed(outcomes(), lambda figure: replace(figure, holds=holds))
    assert one(printed(value, "Targeted Services", note=note), with_tables(table)).verdict == verdict


def test_about_a_large_figure_is_within_one_percent() -> None:
    table = changed(outcomes(), lambda figure: replace(figure, value=Fraction(9150)))
    about = printed("9200", "Targeted Services", note="approx: printed with about")
    assert one(about, with_tables(table)).verdict == "words"
    assert one({**about, "value": "9300"}, with_tables(table)).verdict == "differs"


def test_nothing_of_nothing_meets_no_words_and_no_number() -> None:
    table = changed(outcomes(), lambda figure: replace(figure, value=None, rounded=None, symbol="z"))
    assert one(printed("0", "Targeted Services"), with_tables(table)).verdict == "differs"
    assert one(printed("0", "Targeted Services", note="words: none"), with_tables(table)).verdict == "differs"


def test_percentage_points_are_not_percent() -> None:
    """From 17% to 28% is a rise of 11 points, and of 65 percent; neither is the other."""
    points = replace(
        outcomes().figures[0],
        row="In time",
        column="",
        show="change_points",
        value=Fraction(11),
        rounded=round_one(Fraction(11), 0, "half_up"),
        printed_measure="change_points",
    )
    row = printed("11", "in time", measure="change_percent", unit="percentage_points")
    assert one(row, with_tables(single(points))).verdict == "matches"
    for other in ({"unit": "percent"}, {"measure": "percent"}, {"measure": "change_points"}):
        with pytest.raises(RedressError, match="has no figure"):
            one({**row, **other}, with_tables(single(points)))
    percent = with_tables(single(replace(points, show="change_percent", printed_measure="change_percent")))
    assert one({**row, "unit": "percent"}, percent).verdict == "matches"
    with pytest.raises(RedressError, match="has no figure"):
        one(row, percent)
    called_percent = with_tables(single(replace(points, printed_measure="change_percent")))
    assert one({**row, "unit": "percent"}, called_percent).verdict == "matches"


@pytest.mark.parametrize(
    ("show_as", "named", "measure"),
    [
        ("share", "", "percent"),
        ("amount", "amount", "currency"),
        ("number", "rank", "rank"),
        ("number", "", "count"),
    ],
)
def test_measures_go_by_the_names_of_the_published_figures(show_as: Any, named: str, measure: str) -> None:
    table = changed(outcomes(), lambda figure: replace(figure, show=show_as, printed_measure=named))
    assert one(printed("50", "Targeted Services", measure=measure), with_tables(table)).verdict == "matches"


def test_no_figure_is_read_back_from_the_printed_one() -> None:
    row = printed("30", "Targeted Services", "Not upheld")
    misprinted = {**row, "value": "31"}
    assert one(misprinted).verdict == "differs"
    assert replace(one(misprinted), printed=Decimal(30), verdict="matches", reason="") == one(row)


def test_the_summary_names_every_verdict_and_prints_what_cannot_be_met() -> None:
    rows = [printed("50", "Targeted Services"), {**printed("45", "Targeted Services"), "row": "8"}]
    found = summary(set_beside(rows, sample_return(), {8: "H4: Table 7 has 50"}))
    assert tuple(found.counts["barsetshire"]) == VERDICTS
    assert found.totals == {**dict.fromkeys(VERDICTS, 0), "matches": 1, "conflict": 1}
    assert found.lines() == [
        "barsetshire, Table 7: stage1_outcomes_by_service, 2017/18, Targeted Services (count): "
        "printed 45, computed 50. H4: Table 7 has 50"
    ]


def test_it_is_shown_a_column_a_council_with_all_together_last() -> None:
    here = set_beside([printed("50", "Targeted Services")], sample_return(), {})
    there = [replace(comparison, council="loamshire", verdict="differs", reason="why") for comparison in here]
    text = StringIO()
    show(Console(file=text, width=200), [*here, *there], {"barsetshire": "Barsetshire", "loamshire": "Loamshire"})
    lines = {line.split()[0]: line.split()[1:] for line in text.getvalue().splitlines() if line.split()}
    assert lines["Barsetshire"] == ["Loamshire", "All"]
    assert lines["figures"] == ["1", "1", "2"]
    assert lines["matches"] == ["1", "0", "1"]
    assert lines["differs"] == ["0", "1", "1"]
    assert "loamshire, Table 7: stage1_outcomes_by_service" in text.getvalue()
    table = markdown(summary(here), {"barsetshire": "Barsetshire"}).splitlines()
    assert table[2] == "| Barsetshire | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |"
    assert len(table) == 3


def test_every_entry_of_the_not_meetable_list_is_one_published_figure() -> None:
    found = not_meetable(published_rows())
    by_conflict = [reason.split(":")[0] for reason in found.values()]
    assert sorted(by_conflict) == ["C1", "C4", "H1", "H4", "H6", *["H7"] * 4, *["Ha2"] * 5, "Ha3"]


def test_every_published_row_tells_its_report() -> None:
    rows = published_rows()
    assert [row["row"] for row in rows] == [str(line) for line in range(2, 830)]
    assert {(row["council"], *report_of(row)) for row in rows} == {
        ("harrow", "annual", parse_period("2017/18")),
        ("croydon", "quarterly", parse_period("Q2 2018/19")),
        ("halton", "annual", parse_period("2019/20")),
        ("central_bedfordshire", "annual", parse_period("2015/16")),
        ("northamptonshire", "annual", parse_period("2015/16")),
    }


def test_without_a_warehouse_or_a_council_the_error_says_what_to_do(tmp_path: Path) -> None:
    councils = load_councils(COUNCILS_FOLDER)
    with pytest.raises(RedressError, match="run `redress nightly` first"):
        compare(Home(tmp_path), councils)
    with pytest.raises(UsageError, match=r"no published figures for camden \(published: harrow, croydon,"):
        compare(Home(tmp_path), councils, "camden")
    with pytest.raises(UsageError, match=r"No council folder .* for harrow, croydon, halton"):
        compare(Home(tmp_path), {})
