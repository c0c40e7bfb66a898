"""The table return_figures: which rows it has, what a publication's rows leave out, and how it is replaced."""

import json
import time

from redress.duck import connect, text
from redress.returns.signing.publish_figures import columns_of_table
from redress.warehouse import build as builds
from redress.warehouse import open_reporting, reporting_file, republish_return_figures
from tests.redress.returns.signing.conftest import SIGNED_AT, hide_small_counts

UPHELD = "anytown/annual/2023-24/stage1_outcomes/upheld/number"
GIRLS = "anytown/annual/2023-24/equalities_gender/girls/2023-24"


def rows(town, figure_id, columns):
    with open_reporting(reporting_file(town.home)) as con:
        return con.execute(
            f"select {columns} from return_figures where figure_id = ? order by is_publication, version", [figure_id]
        ).fetchall()


EDITION = "is_publication, version, signed_off::varchar, shown"


def test_a_draft_has_a_row_a_figure(town):
    town.build()
    assert republish_return_figures(town.home) == len(town.current.figures)
    assert rows(
        town, UPHELD, 'council, "return", period, "table", labels, numerator, denominator, value, shown, basis'
    ) == [
        (
            "anytown",
            "annual",
            "2023/24",
            "stage1_outcomes",
            "Stage1 outcomes | Upheld | Number",
            1,
            None,
            1,
            "1",
            "received",
        )
    ]
    assert rows(town, UPHELD.replace("number", "share"), "numerator, denominator, round(value, 6), shown") == [
        (1, 3, 33.333333, "1 of 3")
    ]
    assert rows(town, UPHELD, EDITION) == [(False, 1, None, "1")]


def test_versions_stay_and_the_draft_that_was_signed_is_not_there_twice(town):
    town.build()
    town.sign()
    republish_return_figures(town.home)
    assert rows(town, UPHELD, EDITION) == [(False, 1, "2024-07-03", "1")]
    town.next_night()
    town.build()
    republish_return_figures(town.home)
    assert rows(town, UPHELD, EDITION) == [(False, 1, "2024-07-03", "1"), (False, 2, None, "2")]
    town.sign(now=SIGNED_AT.replace(month=8))
    republish_return_figures(town.home)
    assert rows(town, UPHELD, EDITION) == [(False, 1, "2024-07-03", "1"), (False, 2, "2024-08-03", "2")]
    assert rows(town, UPHELD, "return_figure_key") == [(f"{UPHELD}|internal|1",), (f"{UPHELD}|internal|2",)]


def test_a_publication_holds_nothing_finer_than_what_it_prints(town):
    town.build()
    town.build(hide_small_counts)
    town.sign()
    republish_return_figures(town.home)
    columns = "is_publication, numerator, denominator, value, shown, symbol"
    assert rows(town, GIRLS, columns) == [(False, 2, None, 2, "2", None), (True, None, None, None, "c", "c")]
    assert rows(town, UPHELD, columns) == [(False, 1, None, 1, "1", None), (True, 1, None, 1, "1", None)]
    share = UPHELD.replace("number", "share")
    assert rows(town, share, columns)[1] == (True, None, None, 33, "1 of 3", "u")


def test_the_night_publishes_them_and_nothing_else_changes(town):
    town.build()
    republish_return_figures(town.home)
    before = {name: table(town, name) for name in ("return_figures", "fct_received", "dq_issues")}
    published = builds.publish(town.home, [])
    assert published.rows["return_figures"] == len(town.current.figures)
    assert {name: table(town, name) for name in before} == before


def table(town, name):
    with open_reporting(reporting_file(town.home)) as con:
        return con.execute(f"from {name} order by all").fetchall()


def test_replacing_it_leaves_the_rest_as_it_was(town):
    record = json.loads((town.home.published / "published.json").read_text())
    received = table(town, "fct_received")
    with open_reporting(reporting_file(town.home)) as reader:
        town.build()
        began = time.monotonic()
        count = republish_return_figures(town.home)
        assert time.monotonic() - began < 2
        assert reader.execute("select count(*) from return_figures").fetchone() == (0,)
    assert table(town, "fct_received") == received
    after = json.loads((town.home.published / "published.json").read_text())
    assert after.pop("parquet") != record.pop("parquet")
    assert after == record | {"rows": record["rows"] | {"return_figures": count}}
    folder = town.home.published / "parquet"
    assert {path.stem for path in folder.iterdir()} == set(after["rows"])
    with connect() as con:
        assert con.execute(f"select count(*) from {text(folder / 'return_figures.parquet')}").fetchone() == (count,)
        con.execute(f"attach {text(reporting_file(town.home))} as published (read_only)")
        tags = con.execute("select tags from duckdb_databases() where database_name = 'published'").fetchall()
    assert tags[0][0]["storage_version"].startswith("v1.5"), "readers of DuckDB 1 can no longer open it"
    assert oct(reporting_file(town.home).stat().st_mode)[-3:] == "444"


def test_a_table_without_returns_is_there_and_explained(town):
    with open_reporting(reporting_file(town.home)) as con:
        assert con.execute("select count(*) from return_figures").fetchone() == (0,)
        described = con.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'return_figures'"
        ).fetchall()
        comment = con.execute("select comment from duckdb_tables() where table_name = 'return_figures'").fetchone()
    assert [name for name, _ in described] == list(columns_of_table())
    assert all(words for _, words in described)
    assert comment[0].startswith("One row per figure of a return")


def test_before_the_first_publication_nothing_happens(town):
    reporting_file(town.home).unlink()
    town.build()
    assert republish_return_figures(town.home) == 0
    assert not reporting_file(town.home).exists()


def test_the_columns_of_the_design_are_there():
    named = "figure_id, return, period, table, labels, numerator, denominator, value, shown, basis, version, signed_off"
    assert set(named.split(", ")) <= set(columns_of_table())
