"""What is stored comes back exactly: every kind of value, and values no sample thinks of."""

import dataclasses
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redress.errors import RedressError
from redress.returns.definitions.schema import Chart
from redress.returns.figures import (
    BuiltReturn,
    BuiltSection,
    BuiltTable,
    Figure,
    Head,
    Population,
    Sentence,
)
from redress.returns.periods import Period, parse_period
from redress.returns.signing import store
from tests.redress.returns.samples import sample_return

labels = st.text(max_size=12)
days = st.dates(date(1990, 1, 1), date(2050, 12, 31))
periods = st.builds(Period, days, days, st.sampled_from(["year", "quarter", "month", "day", "year_to_date"]))
codes = st.lists(st.none() | labels, min_size=1, max_size=3).map(tuple)
predicates = st.frozensets(st.tuples(labels, st.sampled_from(["in", "not_in", "contains"]), codes), max_size=3)
populations = st.builds(Population, labels, periods, predicates, labels, predicates)
fractions = st.none() | st.fractions()
decimals = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
plain_figures = st.builds(
    Figure,
    **dict.fromkeys(("id", "table", "slug", "row", "column", "value_label", "metric", "basis", "shown"), labels),
    period=periods,
    show=st.sampled_from(["count", "percent", "amount"]),
    numerator=fractions,
    denominator=fractions,
    value=fractions,
    rounded=decimals,
    of=st.none() | populations,
    over=st.none() | populations,
    symbol=st.sampled_from([None, "c", "z", "x", "low", "u"]),
    row_is_total=st.booleans(),
    row_printed=st.lists(labels, max_size=2).map(tuple),
)
figures = st.builds(
    lambda one, before: dataclasses.replace(one, before=before), plain_figures, st.none() | plain_figures
)


def returned(cells: list[list[Figure | None]], chart: Chart | None) -> BuiltReturn:
    table = dataclasses.replace(
        sample_return().tables[0],
        rows=tuple(Head(f"row {at}", group="a group") for at in range(len(cells))),
        cells=tuple(tuple(row) for row in cells),
        chart=chart,
    )
    sentence = Sentence("A sentence.", tuple(one for row in cells for one in row if one)[:2])
    section = BuiltSection("A heading", "Text.", (sentence,), (table,))
    return dataclasses.replace(sample_return(), sections=(section,))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cells=st.lists(st.lists(st.none() | figures, min_size=1, max_size=2), max_size=3),
    chart=st.none() | st.builds(Chart, kind=st.sampled_from(["bar", "line"]), title=st.none() | labels),
)
def test_every_return_comes_back_exactly(cells, chart):
    built = returned(cells, chart)
    text = store.to_text(built)
    back = store.from_text(text)
    # By representation, which tells 1 from 1.0 and sees the fields that take no part in comparing.
    assert stable(back) == stable(built)
    assert store.to_text(back) == text


def stable(value):
    """A value as text, its sets in order."""
    if isinstance(value, frozenset):
        return sorted(stable(one) for one in value)
    if dataclasses.is_dataclass(value):
        return [type(value).__name__, *(stable(getattr(value, one.name)) for one in dataclasses.fields(value))]
    if isinstance(value, tuple):
        return [stable(one) for one in value]
    return repr(value)


def test_numbers_are_kept_exactly():
    third = dataclasses.replace(
        sample_return().figures[0], numerator=Fraction(1, 3), value=Fraction(100, 3), rounded=Decimal("33.30")
    )
    back = store.decode(Figure, json.loads(json.dumps(store.encode(Figure, third))))
    assert (back.numerator, back.value, str(back.rounded)) == (Fraction(1, 3), Fraction(100, 3), "33.30")


def test_a_blank_code_is_not_the_text_none():
    population = Population(
        "m", parse_period("2017/18"), frozenset({("gender", "in", (None,)), ("x", "in", ("None",))})
    )
    back = store.decode(Population, json.loads(json.dumps(store.encode(Population, population))))
    assert back.predicates == population.predicates


def test_a_sample_is_written_the_same_every_time():
    assert store.to_text(sample_return()) == store.to_text(sample_return())


class TestFiguresHash:
    def test_another_night_or_version_does_not_change_it(self):
        built = sample_return()
        later = dataclasses.replace(built, as_at=date(2019, 1, 1), snapshot="other", version=2, signed_off="X")
        assert store.figures_hash(later) == store.figures_hash(built)

    def test_a_figure_does(self):
        built = sample_return()
        assert store.figures_hash(changed(built)) != store.figures_hash(built)


def changed(built: BuiltReturn) -> BuiltReturn:
    table: BuiltTable = built.sections[0].tables[0]
    first = dataclasses.replace(table.cells[0][0], numerator=Fraction(31), shown="31")
    cells = ((first, *table.cells[0][1:]), *table.cells[1:])
    section = dataclasses.replace(
        built.sections[0], tables=(dataclasses.replace(table, cells=cells), *built.sections[0].tables[1:])
    )
    return dataclasses.replace(built, sections=(section, *built.sections[1:]))


class TestDamage:
    def test_a_later_form_is_not_guessed_at(self):
        text = store.to_text(sample_return()).replace('"schema": 1', '"schema": 2')
        with pytest.raises(RedressError, match="holds figures in form 2 and this version of Redress reads up to 1"):
            store.from_text(text, "figures.json")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            '{"schema": 1, "return": {}}',
            '{"schema": 1, "return": {"council": "x", "unheard_of": 1}}',
            '{"schema": "1", "return": null}',
        ],
    )
    def test_what_is_no_return_is_refused_in_a_sentence(self, text):
        with pytest.raises(RedressError, match=r"figures\.json does not hold the figures of a return .* restore it"):
            store.from_text(text, "figures.json")

    def test_a_number_that_lost_its_quotes_is_refused(self):
        text = store.to_text(sample_return()).replace('"numerator": "30"', '"numerator": 30.0')
        with pytest.raises(RedressError, match="a number in quotes was expected"):
            store.from_text(text)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(RedressError, match=r"figures\.json cannot be read \(FileNotFoundError\)"):
            store.read(tmp_path / "figures.json")
