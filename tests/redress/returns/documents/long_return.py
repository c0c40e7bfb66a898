"""A return with every kind of chart, groups of rows, a wide table, symbols and words to escape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from redress.returns.definitions.schema import Chart
from redress.returns.figures import BuiltReturn, BuiltSection, BuiltTable, Figure, Head, Sentence, Show
from redress.returns.periods import Period, parse_period
from tests.redress.returns.samples import YEAR, crossed, figure, sample_return

NASTY = 'Children\'s <b>homes</b> & "respite" </style><script>alert(1)</script>'


def over_time(
    name: str, kind: str, rows: Mapping[str, Sequence[int | tuple[int, int]]], periods: Sequence[Period]
) -> BuiltTable:
    """A row a series and a column a period; pairs are a numerator and a denominator."""
    cells = []
    for row, values in rows.items():
        line = []
        for period, value in zip(periods, values, strict=True):
            numerator, denominator = value if isinstance(value, tuple) else (value, None)
            show: Show = "count" if denominator is None else "percent"
            line.append(figure(name, row, "", numerator, denominator, show, period))
            line[-1] = replace(line[-1], id=f"{line[-1].id}/{period.label.replace(' ', '-').replace('/', '-')}")
        cells.append(tuple(line))
    return BuiltTable(
        name=name,
        slug=name,
        title=name.replace("_", " ").capitalize(),
        description="Stage 1 complaints.",
        rows=tuple(Head(row) for row in rows),
        columns=tuple(Head(period.label) for period in periods),
        cells=tuple(cells),
        basis="received",
        basis_text="Counts complaints received in the period.",
        rows_title="Service",
        chart=Chart.model_validate({"kind": kind}),
    )


def quarters(count: int) -> list[Period]:
    """Quarters on end from April 2015."""
    first = parse_period("Q1 2015/16")
    return [first.months_later(3 * number) for number in range(count)]


def years() -> list[Period]:
    """Three years, the latest first, as tables print them."""
    return [YEAR, YEAR.previous, YEAR.previous.previous]


def suppressed(table: BuiltTable, is_hidden: Callable[[Figure], bool]) -> BuiltTable:
    """The table with some figures withheld, as disclosure control leaves them."""
    return replace(
        table,
        cells=tuple(
            tuple(
                replace(one, symbol="c", shown="c", value=None, numerator=None, rounded=None)
                if one is not None and is_hidden(one)
                else one
                for one in row
            )
            for row in table.cells
        ),
    )


def funnel_table() -> BuiltTable:
    """Seven services, the last but two far above the others."""
    counts = {
        "Assessment": (10, 30),
        "Looked after": (4, 12),
        "Leaving care": (3, 7),
        "Disabled children": (8, 20),
        "Safeguarding": (40, 52),
        "Fostering": (2, 9),
        "Early help": (1, 3),
    }
    table = over_time("uphold_rate", "funnel", {name: [pair] for name, pair in counts.items()}, [YEAR])
    return replace(table, columns=(Head("Uphold rate"),))


def grouped_table() -> BuiltTable:
    """Ethnicity in groups, a row that stands under none, and a total."""
    labels = ("British", "Irish", "Indian", "Other", "Not recorded")
    table = crossed(
        "ethnicity", "Ethnicity", ("ethnicity", labels), ("gender", ("Female", "Male")),
        [[9, 8], [1, 2], [3, 3], [2, 1], [4, 5]], chart=Chart(kind="bar"),
    )  # fmt: skip
    groups = ("White", "White", "Asian", "Asian", None, None)
    rows = tuple(replace(row, group=group) for row, group in zip(table.rows, groups, strict=True))
    return replace(table, rows=rows)


def wide_table() -> BuiltTable:
    """More columns than a page on its side can hold."""
    outcomes = ("Not upheld", "Partially upheld", "Upheld", "Withdrawn")
    columns = tuple(f"201{year}/1{year + 1}, {outcome}, percent" for year in range(4, 8) for outcome in outcomes)
    counts = [[number + 1000 * row for number in range(len(columns))] for row in range(4)]
    rows = ("service_area", tuple(f"Service {letter}" for letter in "ABCD"))
    return crossed("outcomes_of_four_years", "Outcomes of four years", rows, ("outcome", columns), counts)


def long_return() -> BuiltReturn:
    """All of it, internal and a draft."""
    built = sample_return()
    outcomes = replace(built.tables[0], name="outcomes_again", title=NASTY)
    gender = suppressed(built.tables[2], lambda one: one.numerator in (1, 2))
    words = replace(built.tables[1], name="nature", rows=(), columns=(), cells=(), text_only="A chart without numbers.")
    monthly = [(22, 40), (19, 31), (25, 35), (30, 40), (28, 44), (31, 42), (22, 40), (18, 39), (30, 36), (5, 35)]
    services = {"Targeted": [12, 14, 9], "Special needs": [10, 13, 8], "Education": [1, 2, 3]}
    tables = (
        suppressed(outcomes, lambda one: one.numerator == 1),
        replace(gender, name="gender", chart=Chart(kind="bar")),
        grouped_table(),
        wide_table(),
        over_time("by_year", "line", services, years()),
        over_time("by_quarter", "run", {"All": [12, 14, 9, 11, 15, 16, 9, 12, 13, 14, 38, 12]}, quarters(12)),
        over_time("few_quarters", "run", {"All": [12, 14, 9]}, quarters(3)),
        over_time("in_time_by_quarter", "p_chart", {"All": monthly}, quarters(10)),
        over_time("stages_by_year", "stacked", services, years()),
        funnel_table(),
        words,
    )
    renamed = tuple(_with_ids(table) for table in tables)
    section = BuiltSection(NASTY, "First.\n\nSecond:\n- one\n- two", (Sentence(NASTY), Sentence("Another.")), renamed)
    return replace(
        built, introduction=f"What this is.\n\n{NASTY}", sections=(*built.sections, section), notes=("A note.",)
    )


def _with_ids(table: BuiltTable) -> BuiltTable:
    """The table with figures whose ids no other table has."""
    cells = tuple(
        tuple(None if one is None else replace(one, id=f"barsetshire/{table.name}/{row}/{column}")
              for column, one in enumerate(line))
        for row, line in enumerate(table.cells)
    )  # fmt: skip
    return replace(table, cells=cells)
