"""The pages can be followed: links lead somewhere, commands exist, and every table is described."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from redress.airflow_home import environment
from redress.paths import PROJECT, Home

PAGES = [*sorted((PROJECT / "docs").rglob("*.md")), *sorted((PROJECT / "dags").glob("*.md")), PROJECT / "README.md"]
MODELS = sorted(
    [
        *(PROJECT / "dbt_project/models/marts").rglob("*.yml"),
        *(PROJECT / "dbt_project/models/quality").rglob("*.yml"),
        PROJECT / "plugins/redress/returns/signing/return_figures.yml",
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    dead = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not dead, f"{page.relative_to(PROJECT)} links to {dead}; correct the path or write the page."


def test_every_table_is_described() -> None:
    page = (PROJECT / "docs/read/tables.md").read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", page, re.MULTILINE))
    models = [model for file in MODELS for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])]
    grain = {model["name"]: " ".join(model["description"].split(". ")[0].split()) for model in models}
    grain = {name: text.removeprefix("One row per ").rstrip(".") for name, text in grain.items()}
    assert described == grain, "docs/read/tables.md and the models' descriptions differ; correct the page."


def test_every_variable_and_folder_is_described() -> None:
    page = (PROJECT / "docs/run/environment.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "plugins/redress").rglob("*.py"))
    variables = set(re.findall(r"\"(REDRESS_[A-Z_]+)\"", code))
    assert {name for name in variables if f"`{name}`" not in page} == set(), "docs/run/environment.md lacks them."
    folders = {name for name, kind in vars(Home).items() if isinstance(kind, property)}
    assert {name for name in folders if f"`{name}/`" not in page} == set(), "docs/run/environment.md lacks them."


def test_every_setting_of_a_council_is_described() -> None:
    from redress.councils import CODE_LISTS, Settings

    page = (PROJECT / "docs/run/councils.md").read_text(encoding="utf-8")
    keys = [*Settings.model_fields, *CODE_LISTS]
    assert [key for key in keys if f"`{key}`" not in page] == [], "docs/run/councils.md lacks them."


def test_airflow_commands_of_the_pages_run(tmp_path: Path) -> None:
    """`python -m redress.airflow_home` prepares a home and runs what follows in it."""
    home = Home(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "redress.airflow_home", "airflow", "pools", "list", "--output", "plain"],
        env={**environment(home), "PYTHONPATH": str(PROJECT / "plugins"), "REDRESS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pools = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line.strip()}
    assert {name: pools.get(name) for name in ("landing", "acceptance", "warehouse")} == {
        "landing": "4",
        "acceptance": "2",
        "warehouse": "1",
    }
    assert (home.airflow / "airflow.db").is_file()
