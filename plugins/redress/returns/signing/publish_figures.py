"""The table return_figures: the figures of every return built or signed, a row each, for BI tools."""

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from redress.duck import connect, text
from redress.paths import Home
from redress.returns.figures import BuiltReturn, Figure
from redress.returns.tracing.places import Place, places

if TYPE_CHECKING:
    import duckdb

TABLE = "return_figures"
DESCRIPTION_FILE = Path(__file__).with_name("return_figures.yml")
KEPT_FILES = ("returns/*/*/*/figures/*.parquet", "returns/*/*/*/signed/[0-9]*/*return_figures.parquet")

# Numbers are kept as text in the files, which pass through DuckDB's own casts on their way to the table.
INTERNAL = {"figures_hash": "varchar"}


def write_rows(built: BuiltReturn, file: Path, figures_hash: str, signed_on: str | None = None) -> None:
    """Writes the rows of one return beside its figures. signed_on: the day, where these figures are signed.

    A publication's rows hold what it prints and nothing finer.
    """
    known = places(built)
    signature = {"figures_hash": figures_hash, "signed_off": signed_on}
    rows = [_row(built, figure, known[figure.id]) | signature for figure in _figures(built)]
    columns = columns_of_table() | INTERNAL
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in columns])
    texts = [{name: _text(row.get(name)) for name in columns} for row in rows]
    pq.write_table(pa.Table.from_pylist(texts, schema=schema), draft)
    draft.chmod(0o600)
    draft.replace(file)


def write_return_figures(con: "duckdb.DuckDBPyConnection", home: Home, schema: str) -> int:
    """Makes the table in a schema of an open connection and returns its number of rows.

    The last builds count as versions to come; a build whose figures are those of the last signed version is left out.
    """
    columns = columns_of_table()
    files = [path for pattern in KEPT_FILES for path in sorted(home.root.glob(pattern))]
    listed = ", ".join(f'{_cast(name, kind)} as "{name}"' for name, kind in columns.items())
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"create or replace table {schema}.{TABLE} ({declared})")
    if files:
        names = ", ".join(text(path) for path in files)
        con.execute(f"""
            insert into {schema}.{TABLE}
            with kept as (
                select *, signed_off is not null as is_signed,
                    max(case when signed_off is not null then version::bigint end)
                        over (partition by council, "return", period) as last_version
                from read_parquet([{names}], union_by_name = true)
            ),
            signed as (
                select council, "return", period, is_publication, figures_hash
                from kept where is_signed and version::bigint = last_version
                group by all
            ),
            wanted as (
                select kept.* replace (
                    case when is_signed then version else (coalesce(last_version, 0) + 1)::varchar end as version
                )
                from kept left join signed using (council, "return", period, is_publication, figures_hash)
                where kept.is_signed or signed.figures_hash is null
            )
            select {listed} from wanted order by 1
        """)
    counted = con.execute(f"select count(*) from {schema}.{TABLE}").fetchone()
    con.execute(f"comment on table {schema}.{TABLE} is {text(_description()['description'])}")
    for column in _description()["columns"]:
        con.execute(f'comment on column {schema}.{TABLE}."{column["name"]}" is {text(column["description"])}')
    return int(counted[0]) if counted else 0


def known_ids(home: Home) -> list[str]:
    """The ids of the figures of every return built or signed, for finding the nearest to a wrong one."""
    files = [path for pattern in KEPT_FILES for path in sorted(home.root.glob(pattern))]
    if not files:
        return []
    names = ", ".join(text(path) for path in files)
    with connect() as con:
        found = con.execute(f"select distinct figure_id from read_parquet([{names}]) order by 1").fetchall()
    return [one for (one,) in found]


@cache
def columns_of_table() -> dict[str, str]:
    """Names and SQL types, in order."""
    return {column["name"]: column["data_type"] for column in _description()["columns"]}


@cache
def _description() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(DESCRIPTION_FILE.read_text(encoding="utf-8"))["models"][0]
    return document


def _cast(name: str, kind: str) -> str:
    if name == "return_figure_key":
        edition = "case when is_publication = 'true' then 'publication' else 'internal' end"
        return f"concat_ws('|', figure_id, {edition}, version)"
    return f'"{name}"::{kind}'


def _figures(built: BuiltReturn) -> list[Figure]:
    """All of them; of a publication those that its documents print."""
    tables = [table for table in built.tables if not (built.is_publication and (table.hidden or table.internal))]
    return [figure for table in tables for figure in table.figures]


def _row(built: BuiltReturn, figure: Figure, place: Place) -> dict[str, Any]:
    numerator, denominator, value = figure.numerator, figure.denominator, figure.value
    if built.is_publication:
        printed = Fraction(figure.rounded) if figure.rounded is not None and figure.symbol != "c" else None
        value, denominator = printed, None
        numerator = printed if figure.is_count else None
    return {
        "figure_id": figure.id,
        "council": built.council,
        "return": built.kind,
        "period": built.period.label,
        "period_from": built.period.start,
        "period_to": built.period.end,
        "table": figure.table,
        "table_title": place.title,
        "row_label": place.row,
        "column_label": place.column,
        "labels": " | ".join((place.title, place.row, place.column)),
        "figure_period": figure.period.label,
        "metric": figure.metric,
        "numerator": _number(numerator),
        "denominator": _number(denominator),
        "value": _number(value),
        "shown": figure.shown,
        "symbol": figure.symbol,
        "basis": figure.basis,
        "is_publication": built.is_publication,
        "version": built.version,
        "as_at_date": built.as_at,
    }


def _number(value: Fraction | None) -> str | None:
    """A number as decimal text, to more places than any column keeps."""
    return None if value is None else f"{value.numerator / value.denominator!r}"


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
