"""The shared tables, Halton's quarterly return and the returns a new council starts with: all can be read and built."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from redress.councils import Council, get_council
from redress.paths import Home
from redress.returns.building.building import build
from redress.returns.definitions.reading import SHARED_TABLES, read_definition, shared_table
from redress.returns.definitions.schema import Table
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import parse_period
from redress.scaffold import new_council

PROJECT = Path(__file__).parents[3]
SCAFFOLD = PROJECT / "plugins" / "redress" / "scaffold" / "returns"

VOICE = {
    "volumes": "received_by_voice",
    "causes": "causes_by_voice",
    "outcomes": "stage1_outcomes_by_voice",
    "time": "stage1_timeliness_by_voice",
    "advocacy": "advocacy_by_voice",
}
GUIDANCE = {
    "representations made": "volumes_by_stage_and_year",
    "numbers at each stage, Ombudsman included": "ombudsman_decisions",
    "which customer groups complained": "stage1_by_origin",
    "types of complaint": "complaint_causes",
    "outcomes": "stage1_outcomes",
    "advocacy": "advocacy_by_voice",
    "compliance with timescales, agreed extensions included": "compliance_by_extension",
    "learning and changes made": "learning_actions",
    "age": "equalities_age",
    "gender": "equalities_gender",
    "disability": "equalities_disability",
    "sexual orientation": "equalities_sexual_orientation",
    "ethnicity": "equalities_ethnicity",
    "review of the procedure's effectiveness": "cohort_escalation",
}
BUILT = {
    ("annual", "2019/20"): {"Children and young people": "1", "Adults": "32", "All complaints": "33"},
    ("quarterly", "Q2 2019/20"): {"Children and young people": "0", "Adults": "11", "All complaints": "11"},
}


def tables_of(council: Council, kind: str) -> list[Table]:
    return [table for section in read_definition(council, kind).content.sections for table in section.tables]


def included(definition: Any) -> set[str]:
    """The shared tables that a definition file takes, before they are filled in."""
    tables = [table for section in definition["sections"] for table in section.get("tables", [])]
    return {
        str(table["table"] if table["include"] is True else table["include"])
        for table in tables
        if table.get("include")
    }


def definition_files() -> list[Path]:
    return [*sorted((PROJECT / "councils").glob("*/returns/*.yml")), *sorted(SCAFFOLD.glob("*.yml"))]


@pytest.fixture(scope="module")
def barsetshire(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A council as `redress new-council` makes it."""
    councils = tmp_path_factory.mktemp("councils")
    new_council("barsetshire", councils)
    return get_council("barsetshire", councils)


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Home:
    return Home(demo_home)


@pytest.fixture(scope="module")
def metrics(home: Home) -> Iterator[Metrics]:
    with open_metrics(home) as opened:
        yield opened


def test_every_shared_table_can_be_read_and_is_used() -> None:
    used = {slug for file in definition_files() for slug in included(yaml.safe_load(file.read_text(encoding="utf-8")))}
    slugs = {file.stem for file in SHARED_TABLES.glob("*.yml")}
    assert {slug: shared_table(slug).table for slug in slugs} == {slug: slug for slug in slugs}
    assert slugs - used == set()


def test_a_shared_table_has_a_title_and_a_sentence_for_its_readers() -> None:
    tables = [shared_table(file.stem) for file in sorted(SHARED_TABLES.glob("*.yml"))]
    silent = [table.name for table in tables if not (table.title and (table.description or "").strip().endswith("."))]
    assert silent == []


@pytest.mark.parametrize("kind", ["annual", "quarterly"])
def test_a_new_council_has_returns_with_the_voice_of_the_child_in_every_section(
    barsetshire: Council, kind: str
) -> None:
    defined = {table.name for table in tables_of(barsetshire, kind)}
    assert {section: slug for section, slug in VOICE.items() if slug not in defined} == {}


def test_a_new_councils_annual_report_covers_the_headings_of_the_guidance(barsetshire: Council) -> None:
    defined = {table.name for table in tables_of(barsetshire, "annual")}
    assert {heading: slug for heading, slug in GUIDANCE.items() if slug not in defined} == {}


@pytest.mark.parametrize(("kind", "examples"), [("annual", 4), ("quarterly", 0)])
def test_the_examples_of_a_new_councils_returns_are_right_when_uncommented(
    barsetshire: Council, tmp_path: Path, kind: str, examples: int
) -> None:
    file = new_council("loamshire", tmp_path) / "returns" / f"{kind}.yml"
    file.write_text(re.sub(r"^( *)#(?! \w)", r"\1", file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    with_examples = tables_of(get_council("loamshire", tmp_path), kind)
    assert len(with_examples) == len(tables_of(barsetshire, kind)) + examples


@pytest.mark.parametrize(("kind", "period"), BUILT)
def test_a_new_councils_returns_can_be_built(
    home: Home, metrics: Metrics, tmp_path: Path, kind: str, period: str
) -> None:
    """On the records of Halton: 33 complaints in 2019/20, one of a care leaver, 11 of them in the second quarter."""
    folder = new_council("halton", tmp_path)
    for name in ("settings.yml", "codes.yml"):
        (folder / name).write_bytes((PROJECT / "councils" / "halton" / name).read_bytes())
    built = build(home, get_council("halton", tmp_path), kind, parse_period(period), metrics=metrics)
    volumes = next(table for table in built.tables if table.name == "received_by_voice")
    counts = {head.label: row[0] for head, row in zip(volumes.rows, volumes.cells, strict=True)}
    assert {label: figure.shown for label, figure in counts.items() if figure} == BUILT[kind, period]


@pytest.mark.slow
def test_the_quarterly_return_of_halton_can_be_built(home: Home, metrics: Metrics) -> None:
    """Stage 1, Stage 2, compliments and enquiries of the year so far."""
    built = build(home, get_council("halton"), "quarterly", parse_period("Q2 2019/20"), metrics=metrics)
    so_far = next(table for table in built.tables if table.name == "year_to_date")
    assert [row[0].shown for row in so_far.cells if row[0]] == ["21", "1", "29", "47"]
