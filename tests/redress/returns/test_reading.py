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
from redress.returns.definitions import codes, reading
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


CODES = """\
causes: {DELAY: Delay, ATTITUDE: Attitude of staff}
"""


def refusal(write: Write, keys: str) -> str:
    """What is said of a table with these keys; empty where it can be read."""
    council = write(GOOD.replace("        periods:", f"        {keys}\n        periods:"))
    (council.folder / "codes.yml").write_text(CODES, encoding="utf-8")
    try:
        read_definition(council, "annual")
    except UsageError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            "where: {outcome: uphold}",
            "line 9: sections.0.tables.0.where.outcome: the code 'uphold' of the table 'stage1_received_by_service' is "
            "none of outcome (known: upheld, partially_upheld, not_upheld, withdrawn, no_finding); "
            "nothing would be counted.",
        ),
        ("where: {gender: [female, girl]}", "the code 'girl'"),
        ("where: {tags: {contains: covid}}", ""),
        (
            "where: {cause: {not: DELAYS}}",
            "the code 'DELAYS' of the table 'stage1_received_by_service' is none of cause",
        ),
        ("where: {cause: DELAY}", ""),
        ("where: {advocate_supported: yes}", ""),
        ("where: {advocate_supported: perhaps}", "none of advocate_supported (known: true, false)"),
        ("where: {voice: kid}", "none of voice (known: child, adult, not_recorded)"),
        ("where: {ethnicity: WBRY}", ""),
        ("where: {service: ANY_SERVICE, gender: null}", ""),
        ("columns: {by: band, items: [{label: Late, code: late}]}", "sections.0.tables.0.columns.items.0.code: "),
        ("columns: {by: band, items: [{label: Late, code: over, where: {stage: 4}}]}", "items.0.where.stage: "),
        ("values: [{where: {payment_type: gift}}]", "values.0.where.payment_type: "),
        ("values: [{share_of_where: {finding: gift}}]", "values.0.share_of_where.finding: "),
        (
            "statements: [{template: level, subject: X, metric: stage1_received, where: {decision: maybe}}]",
            "statements.0.where.decision: ",
        ),
    ],
)
def test_a_code_that_no_record_can_have_is_refused(write: Write, keys: str, sentence: str) -> None:
    """A code that only the records could tell of, or of a list that the council does not declare, is left alone."""
    said = refusal(write, keys)
    assert sentence in said
    assert bool(said) == bool(sentence)


def test_the_codes_that_dbt_derives_are_those_its_tests_allow() -> None:
    allowed: dict[str, set[str]] = {}
    for file in (PROJECT / "dbt_project" / "models" / "marts").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            for column in model.get("columns", []):
                for test in column.get("data_tests", []):
                    if isinstance(test, dict) and "accepted_values" in test:
                        allowed.setdefault(column["name"], set()).update(test["accepted_values"]["arguments"]["values"])
    for name in ("band", "ethnicity_group", "route", "transaction_kind"):
        assert set(codes.DERIVED[name]) == allowed[name]


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
