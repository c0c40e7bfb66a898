"""Return definitions as people write them, mistakes included."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from redress.councils import Council
from redress.errors import UsageError
from redress.paths import PROJECT
from redress.returns.definitions import reading
from redress.returns.definitions.json_schema import schema_text
from redress.returns.definitions.reading import kinds, read_definition, shared_table

GOOD = """\
title: Complaints of {council}, {period}
period: year
sections:
  - heading: Stage 1
    tables:
      - table: stage1_received_by_service
        metric: stage1_received
        rows: {by: service_area, total: Total}
        periods: [this, previous]
"""

Write = Callable[[str], Council]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A council whose annual return says this."""

    def council(text: str) -> Council:
        folder = tmp_path / "barsetshire"
        (folder / "returns").mkdir(parents=True, exist_ok=True)
        (folder / "source.yml").write_text("kind: files\npath: drop\n", encoding="utf-8")
        (folder / "returns" / "annual.yml").write_text(text, encoding="utf-8")
        return Council(folder)

    return council


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Shared tables of the test's own."""
    folder = tmp_path / "tables"
    folder.mkdir()
    monkeypatch.setattr(reading, "SHARED_TABLES", folder)
    return lambda slug, text: (folder / f"{slug}.yml").write_text(text, encoding="utf-8") and None


def test_a_definition_is_read_with_its_defaults(write: Write) -> None:
    definition = read_definition(write(GOOD), "annual")
    table = definition.content.sections[0].tables[0]
    assert (table.name, table.metric, table.periods) == (
        "stage1_received_by_service",
        "stage1_received",
        ["this", "previous"],
    )
    assert definition.content.defaults.threshold == 5
    assert kinds(write(GOOD)) == ["annual"]


def test_a_change_of_the_definition_changes_its_fingerprint_and_a_comment_does_not(write: Write) -> None:
    before = read_definition(write(GOOD), "annual").fingerprint
    assert read_definition(write(f"# a comment\n{GOOD}"), "annual").fingerprint == before
    assert read_definition(write(GOOD.replace("Total", "All")), "annual").fingerprint != before


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "rows: {by",
            "rovs: {by",
            r"annual\.yml, line 8: sections\.0\.tables\.0\.rovs: the key 'rovs' is not known.*rows",
        ),
        ("period: year", "period: yearly", r"line 2: period: 'yearly' is not allowed; write 'year' or 'quarter'"),
        ("title: Complaints of {council}, {period}\n", "", r"line 1: title: this key is needed and missing"),
        ("total: Total}", "sort: size}", r"line 8: .*'size' is not allowed; write 'listed', 'label' or 'value'"),
        ("table: stage1", "table: Stage 1", r"line 6: .*table"),
        ("heading: Stage 1", "heading: [", r"line \d+: this is not YAML"),
        ("        metric: stage1_received\n", "", r"the table 'stage1_received_by_service' names no metric"),
    ],
)
def test_a_mistake_is_said_with_file_line_and_key(write: Write, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError, match=sentence):
        read_definition(write(GOOD.replace(old, new)), "annual")


def test_two_tables_of_one_name_are_refused(write: Write) -> None:
    table = GOOD[GOOD.index("      - table") :]
    with pytest.raises(UsageError, match="two tables are called 'stage1_received_by_service'; give one of them a key"):
        read_definition(write(GOOD + table), "annual")


def test_an_unknown_kind_is_refused_with_those_there_are(write: Write) -> None:
    with pytest.raises(UsageError, match=r"Barsetshire has no return of kind 'monthly' \(defined: annual\)"):
        read_definition(write(GOOD), "monthly")


def test_an_included_table_takes_the_shared_definition_and_its_own_keys_win(
    write: Write, shared: Callable[[str, str], None]
) -> None:
    shared("volumes", "table: volumes\nmetric: stage1_received\ntitle: Volumes\nrows: {by: service_area}\n")
    text = GOOD[: GOOD.index("      - table")] + "      - {table: volumes, include: true, title: Our volumes}\n"
    table = read_definition(write(text), "annual").content.sections[0].tables[0]
    assert (table.title, table.metric) == ("Our volumes", "stage1_received")
    assert table.rows is not None
    assert table.rows.by == "service_area"


def test_a_shared_table_that_is_not_there_is_said_with_the_nearest(
    write: Write, shared: Callable[[str, str], None]
) -> None:
    shared("volumes", "table: volumes\nmetric: stage1_received\n")
    text = GOOD[: GOOD.index("      - table")] + "      - {table: volume, include: true}\n"
    with pytest.raises(UsageError, match=r"there is no shared table 'volume' to include \(did you mean volumes\?\)"):
        read_definition(write(text), "annual")


def test_tables_that_include_one_another_in_a_circle_are_refused(
    write: Write, shared: Callable[[str, str], None]
) -> None:
    shared("first", "table: first\ninclude: second\n")
    shared("second", "table: second\ninclude: first\n")
    text = GOOD[: GOOD.index("      - table")] + "      - {table: first, include: true}\n"
    with pytest.raises(UsageError, match="include one another in a circle"):
        read_definition(write(text), "annual")
    with pytest.raises(UsageError, match="in a circle"):
        shared_table("first")


def test_the_schema_that_editors_use_is_the_one_of_the_code() -> None:
    kept = (PROJECT / "councils" / "return.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "run `python -m redress.returns.definitions.json_schema` and commit what it wrote"


def test_the_schema_takes_the_councils_returns_and_refuses_a_slip() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    returns = sorted((PROJECT / "councils").glob("*/returns/*.yml"))
    assert len(returns) >= 5
    for file in returns:
        assert not list(validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))), file
    assert list(validator.iter_errors(yaml.safe_load(GOOD.replace("rows", "rovs"))))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD.replace("{council}", "{coucil}"), "line 1: title: only {council} and {period} can be filled in"),
        (GOOD.replace("heading: Stage 1", "heading: Stage {"), "line 4: sections.0.heading: only {council}"),
        (GOOD.replace("previous]", "previus]"), "line 9: the table 'stage1_received_by_service' asks for the period"),
        (GOOD + "        metric: stage2_received\n", "line 10: the key 'metric' is written twice"),
        (GOOD + '        title: "a\0b"\n', "cannot be read"),
        ("", "a list of keys with their values is needed here"),
    ],
)
def test_slips_that_yaml_lets_pass_are_refused_with_their_line(write: Write, wrong: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_definition(write(wrong), "annual")
    assert says in str(refused.value)
