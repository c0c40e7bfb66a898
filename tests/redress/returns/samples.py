"""A small return of an invented council, as the engine would build it, for tests of what comes after."""

from datetime import date
from fractions import Fraction

from redress.returns.definitions.schema import Chart
from redress.returns.figures import BuiltReturn, BuiltSection, BuiltTable, Figure, Head, Population, Sentence, Show
from redress.returns.periods import Period, parse_period
from redress.returns.rounding import round_one

YEAR = parse_period("2017/18")


def figure(
    table: str,
    row: str,
    column: str,
    numerator: int,
    denominator: int | None = None,
    show: Show = "count",
    period: Period = YEAR,
    where: dict[str, str] | None = None,
    row_is_total: bool = False,
    column_is_total: bool = False,
) -> Figure:
    """One figure; where holds its conditions, by dimension."""
    predicates = frozenset((name, "in", (code,)) for name, code in (where or {}).items())
    percent = show in ("percent", "share")
    value = None if denominator == 0 else Fraction(numerator, denominator or 1) * (100 if percent else 1)
    rounded = None if value is None else round_one(value, 0, "half_up")
    return Figure(
        id=f"barsetshire/annual/{period.label.replace('/', '-')}/{table}/{row}/{column}/{show}".replace(
            " ", "_"
        ).lower(),
        table=table,
        slug=table,
        row=row,
        column=column,
        value_label=show,
        period=period,
        metric="stage1_received",
        show=show,
        basis="received",
        numerator=Fraction(numerator),
        denominator=None if denominator is None else Fraction(denominator),
        value=value,
        rounded=rounded,
        shown="z" if rounded is None else f"{rounded}%" if percent else f"{rounded}",
        of=Population("stage1_received", period, predicates),
        over=None if denominator is None else Population("stage1_received", period),
        symbol="z" if value is None else None,
        row_is_total=row_is_total,
        column_is_total=column_is_total,
        stage="stage1",
    )


def crossed(
    name: str,
    title: str,
    rows: tuple[str, tuple[str, ...]],
    columns: tuple[str, tuple[str, ...]],
    counts: list[list[int]],
    period: Period = YEAR,
    suppress: bool = False,
    chart: Chart | None = None,
) -> BuiltTable:
    """A table of counts with totals; rows and columns are (dimension, labels)."""
    (rows_by, row_labels), (columns_by, column_labels) = rows, columns
    heads = (*tuple(Head(label) for label in row_labels), Head("Total", is_total=True))
    columns_heads = (*tuple(Head(label) for label in column_labels), Head("Total", is_total=True))
    full = [[*row, sum(row)] for row in counts]
    full.append([sum(column) for column in zip(*full, strict=True)])
    cells = []
    for row, values in zip(heads, full, strict=True):
        line = []
        for column, value in zip(columns_heads, values, strict=True):
            where = {} if row.is_total else {rows_by: row.label}
            where |= {} if column.is_total else {columns_by: column.label}
            line.append(
                figure(
                    name,
                    row.label,
                    column.label,
                    value,
                    period=period,
                    where=where,
                    row_is_total=row.is_total,
                    column_is_total=column.is_total,
                )
            )
        cells.append(tuple(line))
    return BuiltTable(
        name=name,
        slug=name,
        title=title,
        description="Stage 1 complaints received in the year.",
        rows=heads,
        columns=columns_heads,
        cells=tuple(cells),
        basis="received",
        basis_text="Counts complaints received in the period.",
        rows_title=rows_by.replace("_", " ").capitalize(),
        rows_are_exhaustive=True,
        columns_are_exhaustive=True,
        rows_by=rows_by,
        columns_by=columns_by,
        suppress=suppress,
        chart=chart,
    )


def sample_return() -> BuiltReturn:
    """Outcomes by service, complainants by gender (suppressed in a publication), and a table of rates."""
    services = ("Targeted Services", "Education & Commissioning", "Special Needs Service")
    outcomes = crossed(
        "stage1_outcomes_by_service",
        "Stage 1 outcomes by service",
        ("service_area", services),
        ("outcome", ("Not upheld", "Partially upheld", "Upheld")),
        [[30, 12, 8], [1, 1, 0], [2, 1, 0]],
        chart=Chart(kind="stacked"),
    )
    gender = crossed(
        "equalities_gender",
        "Gender of the service user by service",
        ("service_area", services),
        ("gender", ("Female", "Male", "Not recorded")),
        [[28, 21, 1], [1, 1, 0], [2, 1, 0]],
        suppress=True,
    )
    rates = BuiltTable(
        name="stage1_uphold_rate_by_service",
        slug="stage1_uphold_rate_by_service",
        title="Stage 1 uphold rate by service",
        description="Upheld or partially upheld, of complaints with an outcome.",
        rows=tuple(Head(service) for service in services),
        columns=(Head("Uphold rate"),),
        cells=tuple(
            (figure("stage1_uphold_rate_by_service", service, "Uphold rate", up, of, "percent"),)
            for service, up, of in zip(services, (20, 1, 0), (50, 2, 0), strict=True)
        ),
        basis="received",
        basis_text="Counts complaints received in the period.",
        rows_title="Service",
        rows_by="service_area",
        notes=("z: no complaint had an outcome.",),
    )
    return BuiltReturn(
        council="barsetshire",
        council_name="Barsetshire",
        kind="annual",
        period=YEAR,
        title="Complaints about children's social care, annual report 2017/18",
        introduction="An invented council's report.",
        sections=(
            BuiltSection(
                "Outcomes at Stage 1",
                "What was decided.",
                (Sentence("Of 55 Stage 1 complaints with an outcome, 22 (40%) were upheld or partially upheld."),),
                (outcomes, rates),
            ),
            BuiltSection("Who complaints were about", "", (), (gender,)),
        ),
        as_at=date(2018, 6, 30),
        snapshot="sample",
        definition_hash="sample",
    )
