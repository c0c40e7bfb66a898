"""The five councils' returns hold every table their published reports have, and what the guidance asks for."""

import re
from pathlib import Path

import pytest

from redress.councils import load_councils
from redress.demo.published import DATA
from redress.returns.compare.published import published_rows
from redress.returns.definitions.reading import read_definition
from redress.returns.definitions.schema import Axis, Return, Table

COUNCILS = load_councils(Path(__file__).parents[3] / "councils")
REPORTS = {
    "harrow": ("Harrow, annual 2017/18", "annual"),
    "croydon": ("Croydon, Q2 2018/19", "quarterly"),
    "halton": ("Halton, annual 2019/20", "annual"),
    "central_bedfordshire": ("Central Bedfordshire, annual 2015/16", "annual"),
    "northamptonshire": ("Northamptonshire, annual 2015/16", "annual"),
}
VOICE = {
    "volumes": "received_by_voice",
    "services": "services_by_voice",
    "causes": "causes_by_voice",
    "outcomes": "stage1_outcomes_by_voice",
    "time": "stage1_timeliness_by_voice",
    "escalation": "escalation_by_voice",
    "advocacy": "advocacy_by_voice",
}
CHARACTERISTICS = ("age", "gender", "disability", "sexual_orientation", "ethnicity")


def return_of(council: str) -> Return:
    return read_definition(COUNCILS[council], REPORTS[council][1]).content


def tables_of(council: str) -> list[Table]:
    return [table for section in return_of(council).sections for table in section.tables]


def catalogue_slugs(heading: str) -> set[str]:
    """The slugs in the second column of the catalogue's table for one report."""
    text = (DATA / "returns_catalogue.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[2] for line in part.splitlines() if line.startswith("| ")]
    return {slug for cell in cells for slug in re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+|costs", cell)}


@pytest.mark.parametrize("council", REPORTS)
def test_every_slug_of_the_catalogue_has_a_table(council: str) -> None:
    slugs = catalogue_slugs(REPORTS[council][0])
    assert len(slugs) > 10
    assert slugs - {table.table for table in tables_of(council)} == set()


@pytest.mark.parametrize("council", REPORTS)
def test_only_what_is_not_about_complaints_or_has_no_numbers_computes_nothing(council: str) -> None:
    empty = {table.table for table in tables_of(council) if table.outside or table.text_only}
    assert empty <= {
        "engagement_survey",
        "learning_and_training",
        "upheld_reasons",
        "complaint_causes",
        "case_overview",
    }


@pytest.mark.parametrize("council", REPORTS)
def test_every_printed_table_has_a_title_and_a_sentence_under_it(council: str) -> None:
    printed = [table for table in tables_of(council) if not (table.hidden or table.outside)]
    silent = [table.name for table in printed if not (table.title and table.description)]
    assert silent == []


@pytest.mark.parametrize("council", REPORTS)
def test_every_section_says_something_and_no_two_tables_share_a_title(council: str) -> None:
    sections = return_of(council).sections
    assert [section.heading for section in sections if not (section.text or section.statements or section.tables)] == []
    titles = [table.title for table in tables_of(council) if not table.hidden]
    assert sorted({title or "" for title in titles if titles.count(title) > 1}) == []


@pytest.mark.parametrize("council", REPORTS)
def test_childrens_own_complaints_are_told_apart_in_every_respect(council: str) -> None:
    assert set(VOICE.values()) - {table.table for table in tables_of(council)} == set()


@pytest.mark.parametrize("council", [name for name in REPORTS if REPORTS[name][1] == "annual"])
def test_an_annual_return_covers_what_the_guidance_lists(council: str) -> None:
    """domain.md, section 6. Ombudsman, outcomes, time and learning are looked for by metric, not by a table's name."""
    tables = [table for table in tables_of(council) if not table.hidden]
    metrics = {metric for table in tables for metric in metrics_of(table) if metric}
    for wanted in ("stage1_received", "ombudsman_received|transactions", "causes|cases_with_cause", "with_outcome",
                   "in_time_.*rate", "actions_agreed", "cohort_escalation_rate", "open_cases"):  # fmt: skip
        assert any(re.search(wanted, metric) for metric in metrics), wanted
    slugs = {table.table for table in tables}
    assert {f"equalities_{name}" for name in CHARACTERISTICS} - slugs == set()
    assert {"compliance_by_extension", "equalities_coverage", "stage1_by_origin"} - slugs == set()


def metrics_of(table: Table) -> set[str | None]:
    axes: list[Axis] = [axis for axis in (table.rows, table.columns) if axis]
    return {
        table.metric,
        *(value.metric for value in table.values),
        *(value.share_of for value in table.values),
        *(item.metric for axis in axes for item in axis.items),
    }


@pytest.mark.parametrize("council", REPORTS)
def test_every_label_and_section_said_to_be_printed_is_in_the_published_figures(council: str) -> None:
    rows = [row for row in published_rows() if row["council"] == council]
    known = {row[key].casefold() for row in rows for key in ("member", "member2")}
    for table in tables_of(council):
        axes = [axis for axis in (table.rows, table.columns) if axis]
        labels = [label for axis in axes for item in axis.items for label in item.printed]
        labels += [label for axis in axes for label in axis.total_printed]
        assert [label for label in labels if label.casefold() not in known] == [], table.name
        sections = {row["section"] for row in rows if row["return_table"] == table.table}
        assert set(table.printed.sections) <= sections, table.name
        assert sections or not table.hidden, f"{table.name} is hidden and no report prints it"
