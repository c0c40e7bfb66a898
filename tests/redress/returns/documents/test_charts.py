"""Charts show what their tables print, no more, in words as well as in a picture."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from decimal import Decimal

import pytest

from redress.returns.definitions.schema import Chart
from redress.returns.documents.chart_data import chart_data
from redress.returns.documents.chart_style import FILLS, LINES
from redress.returns.documents.charts import Picture, draw, draw_all
from redress.returns.figures import BuiltTable
from tests.redress.returns.documents.long_return import (
    funnel_table,
    grouped_table,
    long_return,
    over_time,
    quarters,
    suppressed,
    years,
)
from tests.redress.returns.samples import crossed, sample_return

SVG = "{http://www.w3.org/2000/svg}"


def drawn(table: BuiltTable) -> Picture:
    picture = draw(table)
    assert picture is not None
    return picture


def texts(picture: Picture) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


def bars(picture: Picture) -> list[str]:
    """Widths of what is drawn in the colour of the first series or a pattern of the others."""
    fills = {fill.colour for fill in FILLS}
    paths = ElementTree.fromstring(picture.svg).iter(f"{SVG}path")
    return [path.get("d", "") for path in paths if path.get("fill") in fills or "url(" in path.get("fill", "")]


def test_every_kind_of_chart_is_drawn() -> None:
    built = long_return()
    pictures = draw_all(built)
    assert set(pictures) == {table.name for table in built.tables if table.chart}
    for picture in pictures.values():
        assert picture.png.startswith(b"\x89PNG")
        assert picture.width == 720
        ElementTree.fromstring(picture.svg)


def test_the_same_figures_give_the_same_bytes() -> None:
    """Also when other pictures were drawn in between, since the library counts its names on."""
    from redress.returns.documents.chart_svg import svg_of

    first = draw_all(long_return())
    svg_of.cache_clear()
    again = {table.name: draw(table) for table in reversed(long_return().tables)}
    assert {name: picture.svg for name, picture in first.items()} == {
        name: picture.svg for name, picture in again.items() if picture
    }
    assert first["by_quarter"].png == drawn(long_return().sections[-1].tables[5]).png


def test_a_picture_has_no_parts_that_are_read_aloud_and_no_addresses() -> None:
    for picture in draw_all(long_return()).values():
        assert not re.search(r"role=|aria-|<script|<image|href", picture.svg)
        assert set(re.findall(r"https?://[^\"]*", picture.svg)) == {"http://www.w3.org/2000/svg"}


def test_names_inside_pictures_differ_from_picture_to_picture() -> None:
    names = [name for picture in draw_all(long_return()).values() for name in re.findall(r' id="([^"]+)"', picture.svg)]
    assert names
    assert len(names) == len(set(names))


def test_the_text_alternative_has_the_key_numbers() -> None:
    assert drawn(sample_return().tables[0]).text == (
        "Stacked bar chart: Stage 1 outcomes by service. Targeted Services: Not upheld 30, Partially upheld 12, "
        "Upheld 8. Education & Commissioning: Not upheld 1, Partially upheld 1, Upheld 0. Special Needs Service: "
        "Not upheld 2, Partially upheld 1, Upheld 0. The figures are in the table beside it."
    )


def test_a_suppressed_figure_is_a_gap_with_a_mark_and_never_a_bar_of_no_length() -> None:
    plain = crossed("methods", "Methods", ("m", ("Email", "Letter", "Form")), ("year", ("2017/18",)), [[9], [3], [0]],
                    chart=Chart(kind="bar"))  # fmt: skip
    hidden = suppressed(plain, lambda one: one.numerator == 3 and not one.row_is_total)
    assert len(bars(drawn(plain))) == 3
    assert len(bars(drawn(hidden))) == 2
    assert [text for text in texts(drawn(hidden)) if "c" in text.split()] == ["c (suppressed)"]
    assert "0" in texts(drawn(hidden)), "a true zero is printed as 0"
    assert "Letter suppressed" in drawn(hidden).text
    assert "1 figure is suppressed and not drawn." in drawn(hidden).text


def test_no_trace_of_a_suppressed_number_is_in_a_picture() -> None:
    values = {"Targeted": [1207, 1311, 1109], "Special needs": [1013, 1317, 1811]}
    for kind in ("line", "bar", "stacked"):
        table = suppressed(over_time("t", kind, values, years()), lambda one: one.numerator == 1317)
        # What disclosure control leaves may still hold the number in fields that are not printed.
        leaky = replace(
            table,
            cells=tuple(
                tuple(replace(one, rounded=Decimal(1317)) if one and one.symbol else one for one in row)
                for row in table.cells
            ),
        )
        picture = drawn(leaky)
        assert "1317" not in picture.svg + picture.text
        assert "1,317" not in picture.svg + picture.text


def test_a_line_has_a_gap_where_a_figure_is_suppressed() -> None:
    whole = over_time("t", "line", {"A": [5, 6, 7, 8, 9], "B": [1, 2, 3, 4, 5]}, quarters(5))
    broken = suppressed(whole, lambda one: one.row == "A" and one.numerator == 7)

    def moves(table: BuiltTable) -> int:
        path = next(
            element.get("d", "")
            for element in ElementTree.fromstring(drawn(table).svg).iter(f"{SVG}path")
            if element.get("stroke") == LINES[0]
        )
        return path.count("M")

    assert (moves(whole), moves(broken)) == (1, 2)
    assert "c" in texts(drawn(broken))


def test_a_percentage_is_drawn_as_it_is_printed_not_more_exactly() -> None:
    table = over_time("t", "bar", {"A": [(1, 3)], "B": [(2, 3)]}, years()[:1])
    data = chart_data(table)
    assert data is not None
    assert [point.size for point in data.points] == [33.0, 67.0]


def test_a_small_base_printed_as_a_count_has_no_bar() -> None:
    table = over_time("t", "bar", {"A": [(10, 20)], "B": [(1, 2)]}, years()[:1])
    small = replace(table.cells[1][0], shown="1 of 2")  # type: ignore[type-var]
    table = replace(table, cells=(table.cells[0], (small,)))
    assert len(bars(drawn(table))) == 1
    assert "1 of 2" in texts(drawn(table))


def test_totals_are_left_out_unless_there_is_nothing_else() -> None:
    data = chart_data(grouped_table())
    assert data is not None
    assert "Total" not in (*data.categories, *data.series)


def test_time_runs_from_left_to_right_though_tables_print_the_latest_first() -> None:
    data = chart_data(over_time("t", "line", {"A": [3, 2, 1], "B": [6, 5, 4]}, years()))
    assert data is not None
    assert data.categories == ("2015/16", "2016/17", "2017/18")
    assert [point.size for point in data.of_series("A")] == [1, 2, 3]


def test_a_bar_of_each_year_is_stacked_from_the_rows() -> None:
    data = chart_data(over_time("t", "stacked", {"Stage 1": [56, 54, 63], "Stage 2": [7, 7, 3]}, years()))
    assert data is not None
    assert data.categories == ("2017/18", "2016/17", "2015/16")
    assert data.series == ("Stage 1", "Stage 2")


def test_more_series_than_can_be_told_apart_stand_down_the_side() -> None:
    columns = tuple(f"Method {number}" for number in range(9))
    table = crossed("t", "T", ("s", ("A", "B")), ("m", columns), [[1] * 9, [2] * 9], chart=Chart(kind="stacked"))
    data = chart_data(table)
    assert data is not None
    assert data.categories == columns
    assert data.series == ("A", "B")
    rows = tuple(f"Service {number}" for number in range(9))
    assert draw(crossed("t", "T", ("s", rows), ("m", columns), [[1] * 9] * 9, chart=Chart(kind="bar"))) is None


def test_rows_of_one_name_in_two_groups_are_two_categories() -> None:
    table = grouped_table()
    rows = tuple(replace(row, label="Other") if row.label == "Irish" else row for row in table.rows)
    data = chart_data(replace(table, rows=rows))
    assert data is not None
    assert {"White: Other", "Asian: Other"} <= set(data.categories)


def test_the_second_value_is_drawn_where_the_chart_asks_for_it() -> None:
    counts = over_time("t", "bar", {"A": [(10, 40)], "B": [(30, 40)]}, years()[:1])
    cells = tuple(
        (replace(one, show="count", shown=str(one.numerator), rounded=Decimal(int(one.numerator or 0))), one)
        for (one,) in counts.cells
        if one is not None
    )
    table = replace(counts, columns=counts.columns * 2, cells=cells)
    first, second = (chart_data(replace(table, chart=Chart(kind="bar", value=value))) for value in (0, 1))
    assert first
    assert second
    assert [point.size for point in first.points] == [10, 30]
    assert [point.size for point in second.points] == [25, 75]


def test_a_run_chart_has_limits_where_there_are_enough_points_and_a_sentence_where_not() -> None:
    by_name = {table.name: table for table in long_return().tables}
    assert {"Upper limit", "Mean", "Lower limit"} <= set(texts(drawn(by_name["by_quarter"])))
    assert "Point 11 lies above the upper limit." in drawn(by_name["by_quarter"]).text
    few = drawn(by_name["few_quarters"])
    assert "Mean" not in texts(few)
    assert few.note == "No limits are drawn: 3 periods; 8 are needed."


def test_a_funnel_names_the_service_outside_its_limits() -> None:
    picture = drawn(funnel_table())
    assert {"Safeguarding", "95% limit", "99.8% limit"} <= set(texts(picture))
    assert "Outside the limits: Safeguarding." in picture.text


def test_limits_that_tell_more_than_the_figures_are_not_drawn() -> None:
    """Neither in a table that is protected nor where a number they rest on may be withheld in another."""
    built = sample_return()
    gender = built.tables[2]
    plain, protected = funnel_table(), replace(funnel_table(), suppress=True)
    withheld = suppressed(gender, lambda one: one.numerator == 1)

    def limits(is_publication: bool, *tables: BuiltTable) -> bool:
        section = replace(built.sections[0], tables=tables)
        pictures = draw_all(replace(built, sections=(section,), is_publication=is_publication))
        picture = pictures["uphold_rate"]
        assert ("95% limit" in texts(picture)) != ("would tell more" in picture.note)
        return "95% limit" in texts(picture)

    assert limits(False, protected, gender)
    assert limits(True, plain, gender)
    assert not limits(True, protected, gender)
    assert not limits(True, plain, withheld)


@pytest.mark.parametrize("first", range(len(FILLS)))
@pytest.mark.parametrize("second", range(len(FILLS)))
def test_fills_differ_without_colour(first: int, second: int) -> None:
    """By pattern, or else by lightness, so that a chart can be read in black and white."""
    one, other = FILLS[first], FILLS[second]
    if first == second or one.pattern != other.pattern:
        return
    assert abs(luminance(one.colour) - luminance(other.colour)) > 0.2


@pytest.mark.parametrize("fill", FILLS, ids=lambda fill: fill.colour)
def test_figures_on_a_fill_can_be_read(fill: object) -> None:
    light, dark = sorted((luminance(fill.colour), luminance(fill.ink)), reverse=True)  # type: ignore[attr-defined]
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("colour", LINES)
def test_lines_can_be_seen_on_white(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5
    assert colour not in {fill.colour for fill in FILLS}, "it would be drawn with a pattern"


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
