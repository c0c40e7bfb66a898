"""House rules of the dbt project. Each message says what to do."""

import re
from pathlib import Path

import pytest

from redress.paths import DBT_PROJECT as PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
SQL = sorted({*MODELS, *(PROJECT / "tests").rglob("*.sql"), *(PROJECT / "macros").rglob("*.sql")})

TABLES = {
    "fct_received",
    "fct_timeliness",
    "fct_escalation",
    "fct_outcomes",
    "fct_open",
    "fct_causes",
    "fct_payments",
    "fct_actions",
    "fct_resolutions",
    "fct_ombudsman",
    "fct_activity",
    "fct_stages",
    "fct_transactions",
    "fct_ombudsman_open",
    "fct_representation",
    "dim_date",
    "dim_case",
    "dim_council",
    "dim_cause",
    "dim_service",
    "dq_issue_spans",
    "dq_issues",
    "dq_rule_outcomes",
    "load_runs",
    "watch_list",
}

# What does not mean the same on DuckDB, PostgreSQL and Spark, and what to write instead.
FORBIDDEN = {
    r"\bqualify\b": "number the rows in a CTE and filter the next one",
    r"::": "write cast(... as ...)",
    r"\btry_cast\b": "types are parsed at the door; cast",
    r"\bgroup by all\b": "name the columns",
    r"\border by all\b": "name the columns",
    r"\bmedian\s*\(": "use percentile_cont(0.5) within group",
    r"\b(string_agg|array_agg|listagg)\s*\(": "sort lists at the ingest",
    r"\bgenerate_series\b|\brange\s*\(\s*date": "join dim_date",
    r"\bexclude\s*\(": "name the columns",
    r"\b(isodow|dayofweek|epoch|strftime|date_diff)\b": "use dbt's macros, or dim_date",
    r"\bat time zone\b": "times are UTC",
    r"->": "no JSON in models",
    r"\"\w+\"": "no quoted identifiers",
    r"_(?:date|day|from|to|on)\s+-\s+\w*(?:date|day|from|to|on)\b": "use dbt.datediff, or working-day numbers",
    r"\bilike\b|\b(list|struct|array)_\w+\s*\(|\bunnest\s*\(": "use plain SQL",
}


def without_comments(path: Path) -> str:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL)
    return re.sub(r"--[^\n]*", "", text)


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_sql_means_the_same_on_every_engine(path):
    text = without_comments(path)
    found = {pattern: advice for pattern, advice in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)}
    assert not found, f"{path.name}: {'; '.join(found.values())}."


@pytest.mark.parametrize(
    "line",
    [
        "qualify row_number() over () = 1",
        "x::date",
        "group by all",
        "string_agg(x, ';' order by x)",
        "closed_date - received_date",
        "select * exclude (x)",
        'select "Case" from t',
        "from generate_series(1, 10)",
    ],
)
def test_the_rules_on_sql_find_what_they_are_for(line):
    assert any(re.search(pattern, line + "\n", re.IGNORECASE) for pattern in FORBIDDEN)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_last_cte_bears_the_models_name(path):
    names = re.findall(r"^(?:with )?(\w+) as \($", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert names[-1:] == [path.stem], f"{path.name}: name the last CTE {path.stem} and end with select * from it."
    assert path.read_text(encoding="utf-8").endswith(f"select * from {path.stem}\n")


def test_every_table_of_the_design_is_there_and_no_other(empty_warehouse):
    published = {node["name"] for node in empty_warehouse.of_type("model") if node["schema"] == "reporting"}
    assert published == TABLES


def test_what_is_published_has_an_enforced_contract(empty_warehouse):
    loose = [
        node["name"]
        for node in empty_warehouse.of_type("model")
        if node["schema"] == "reporting" and not node["config"]["contract"]["enforced"]
    ]
    assert not loose, f"Enforce the contracts of {loose}."


def test_every_model_says_what_a_row_is(empty_warehouse):
    described = [*empty_warehouse.of_type("model"), *empty_warehouse.of_type("seed"), *empty_warehouse.sources]
    wrong = [node["name"] for node in described if not node["description"].startswith("One row per ")]
    assert not wrong, f"Begin the descriptions of {wrong} with 'One row per'."


def test_every_column_is_described_and_no_other(empty_warehouse):
    built: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in empty_warehouse.read(
        "select schema_name, table_name, column_name from duckdb_columns()"
    ):
        built.setdefault((schema, table), set()).add(column)
    for node in [*empty_warehouse.of_type("model"), *empty_warehouse.of_type("seed")]:
        described = {name for name, column in node["columns"].items() if column["description"].strip()}
        difference = described ^ built[node["schema"], node["name"]]
        assert not difference, f"{node['name']}: describe or remove {sorted(difference)} in its YAML."


def test_every_table_has_a_tested_key(empty_warehouse):
    tests = empty_warehouse.of_type("test")
    keyed = {node["attached_node"] for node in tests if (node.get("test_metadata") or {}).get("name") == "unique"}
    for node in empty_warehouse.of_type("model"):
        if node["schema"] == "reporting":
            assert node["unique_id"] in keyed, f"Test that the key of {node['name']} is unique."


def test_every_fact_has_the_columns_that_join_it(empty_warehouse):
    for node in empty_warehouse.of_type("model"):
        if node["name"].startswith("fct_"):
            missing = {"council", "case_key", "case_ref", "service_key", "extract_id"} - set(node["columns"])
            assert not missing, f"{node['name']} lacks {missing}."


def test_no_test_is_switched_off(empty_warehouse):
    for path in [*(PROJECT / "models").rglob("*.yml"), *(PROJECT / "tests").rglob("*.yml"), *SQL]:
        text = path.read_text(encoding="utf-8")
        assert "enabled: false" not in text, f"{path.name}: correct the model or the test instead of switching it off."
        assert "severity: warn" not in text, f"{path.name}: a test of the warehouse passes or fails."


def test_the_sources_watch_their_freshness(empty_warehouse):
    watched = {
        (node["source_name"], node["name"]): node["freshness"]["warn_after"]["count"]
        for node in empty_warehouse.sources
        if node["freshness"] and node["freshness"]["warn_after"]["count"]
    }
    assert watched == {("accepted", "loads"): 2, ("quality", "load_runs"): 2}


def test_the_codes_of_disability_columns_are_those_of_the_seed(empty_warehouse):
    codes = {code.lower() for (code,) in empty_warehouse.read("select disability_code from reference.disabilities")}
    columns = {
        name.removeprefix("disability_")
        for (name,) in empty_warehouse.read(
            "select column_name from duckdb_columns() where table_name = 'dim_case' and column_name like 'disability_%'"
        )
    }
    assert codes == columns
