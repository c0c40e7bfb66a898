"""Reading councils/NAME: short forms, defaults, and errors that name file, key and remedy."""

from datetime import date
from pathlib import Path

import pytest

from redress.councils import Council, get_council, load_councils
from redress.errors import RedressError, UsageError
from redress.paths import fill_environment
from redress.sources.definition import FilesDefinition


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "barsetshire"
    path.mkdir()
    (path / "source.yml").write_text("kind: files\npath: ${REDRESS_HOME}/drop\n")
    return path


def test_a_council_needs_a_source_and_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(folder.parent / "data"))
    council = load_councils(folder.parent)["barsetshire"]
    assert isinstance(council.source, FilesDefinition)
    assert fill_environment(council.source.path) == str(folder.parent / "data" / "drop")
    assert council.source.extract == "full"
    assert council.settings.in_time_rule == "within_limit"
    assert council.settings.quarantine_threshold == 0.05
    assert council.codes.causes == {}
    assert council.title == "Barsetshire"


def test_codes_have_short_forms(folder: Path) -> None:
    (folder / "codes.yml").write_text(
        "causes:\n  DELAY:\n  STAFF: Conduct of staff\nethnicities: {Kurdish: {maps_to: OOTH}}\ntags:\n"
    )
    codes = Council(folder).codes
    assert codes.of("causes")["DELAY"].label is None
    assert codes.causes["STAFF"].label == "Conduct of staff"
    assert codes.ethnicities["Kurdish"].maps_to == "OOTH"
    assert codes.tags == {}


def test_settings_are_typed(folder: Path) -> None:
    (folder / "settings.yml").write_text("records_begin: 2015-04-01\ncorporate_limits: {stage_1: 10}\n")
    settings = Council(folder).settings
    assert settings.records_begin == date(2015, 4, 1)
    assert settings.corporate_limits == {"stage_1": 10}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("settings.yml", "in_time_rule: sometimes\n", r"settings\.yml, line 1: in_time_rule: .*'within_limit'"),
        (
            "settings.yml",
            "in_time_rul: within_limit\n",
            r"settings\.yml, line 1: in_time_rul: .*did you mean in_time_rule",
        ),
        (
            "settings.yml",
            "delivered_every:\n  casses: 1\n",
            r"settings\.yml, line 1: delivered_every: .*no entity casses \(did you mean cases",
        ),
        ("settings.yml", "delivered_every:\n  cases: 0\n", r"settings\.yml, line 2: delivered_every\.cases: "),
        ("settings.yml", "council_name: X\na: [\n", r"settings\.yml, line 3: this is not YAML"),
        ("source.yml", "path: x\nkind: telepathy\n", r"source\.yml, line 2: kind: 'telepathy' .* 'files', 'database'"),
        ("source.yml", "path: x\n", r"source\.yml, line 1: kind: this key is needed"),
        ("source.yml", "kind: files\n", r"source\.yml, line 1: path: this key is needed"),
        ("source.yml", "kind: files\npath: x\nextrakt: full\n", r"line 3: extrakt: .*did you mean extract"),
        ("source.yml", "kind: files\npath: x\npath: y\n", r"line 3: the key 'path' is written twice"),
        (
            "source.yml",
            "kind: database\nconnection: c\nfeeds:\n  cases: {table: v, query: select 1, entities: {cases: {}}}\n",
            r"line 4: feeds\.cases: give a table or a query, one of the two\.",
        ),
        (
            "source.yml",
            "kind: files\npath: x\nfeeds:\n  files:\n    file: a.csv\n    entities:\n      cases:\n        columns:\n"
            "          status: {column: State, dates: [sometimes]}\n",
            r"line 9: feeds\.files\.entities\.cases\.columns\.status\.dates\.0: 'sometimes' .*'day_first'",
        ),
        ("codes.yml", "causes: {DELAY: {lable: Delay}}\n", r"codes\.yml, line 1: causes\.DELAY\.lable: "),
    ],
)
def test_a_wrong_value_is_named_with_its_file(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text)
    council = Council(folder)
    with pytest.raises(RedressError, match=said):
        _ = council.source, council.settings, council.codes


MAPPED = """kind: files
path: x
feeds:
  log:
    file: log.csv
    entities:
      cases:
        columns:
          status:
            column: State
            values:
              Live: open
              Shut: closd
"""
PEOPLE = """kind: files
path: x
demographics:
  source:
    kind: files
    path: y
    feeds:
      persons:
        file: p.csv
        entities:
          people:
            columns:
              birthday: DoB
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            MAPPED,
            r"source\.yml, line 13: feeds\.log\.entities\.cases\.columns\.status\.values: status cannot be 'closd'",
        ),
        (
            MAPPED.replace("status:", "stat:"),
            r"line 9: .*columns\.stat: cases has no column 'stat'; did you mean status",
        ),
        (
            MAPPED.replace("cases:", "case:"),
            r"source\.yml, line 7: feeds\.log\.entities\.case: there is no entity 'case'",
        ),
        (
            MAPPED.split("            column")[0] + "            expression: coalesc(A)\n",
            r"line 10: .*columns\.status\.expression: at character 1 stands a call of coalesc",
        ),
        (
            MAPPED.replace("closd", "concluded").replace(
                "columns:", "rows: [{columns: {case_ref: A},\n         when: {expression: 'A = 1'}}]\n        columns:"
            ),
            r"line 9: feeds\.log\.entities\.cases\.rows\[1\]\.when\.expression: the expression cannot be read",
        ),
        (PEOPLE, r"line 13: demographics\.source\.feeds\.persons\.entities\.people\.columns\.birthday: people has no"),
    ],
    ids=["value", "column", "entity", "call", "condition", "demographics"],
)
def test_a_mapping_that_cannot_work_is_named_with_file_and_line(folder: Path, text: str, said: str) -> None:
    (folder / "source.yml").write_text(text)
    (folder / "codes.yml").write_text("causes: [\n")
    with pytest.raises(RedressError, match=said) as refused:
        _ = Council(folder).source
    assert str(refused.value).startswith(str(folder / "source.yml"))


def test_broken_codes_do_not_keep_a_source_from_being_read(folder: Path) -> None:
    (folder / "source.yml").write_text(MAPPED.replace("closd", "concluded"))
    (folder / "codes.yml").write_text("causes: [\n")
    assert Council(folder).source.feeds["log"].entities
    with pytest.raises(RedressError, match=r"codes\.yml, line 2"):
        _ = Council(folder).codes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "kind: files\npath: x\nfedds: {}\n",
            r"line 3: fedds: the key 'fedds' is not known here \(did you mean feeds\?\)",
        ),
        (
            "kind: files\npath: x\nfeeds: {log: {file: a.csv, recrods: 1, entities: {cases: {}}}}\n",
            r"'recrods' is not known here \(known: dates, delimiter, .*totals_row, watermark\)",
        ),
        (
            "kind: rest\nconnection: c\nfeeds: {log: {recrods: a, entities: {cases: {}}}}\n",
            r"'recrods' is not known here \(did you mean records\?\)",
        ),
        (
            "kind: rest\nconnection: c\nauth: {type: api_key, haeder: X}\nfeeds: {log: {entities: {cases: {}}}}\n",
            r"line 3: auth\.haeder: the key 'haeder' is not known here \(did you mean header\?\)",
        ),
        (
            MAPPED.replace("values:", "value:"),
            r"line 11: .*status\.value: the key 'value' is not known here \(did you mean values\?\)",
        ),
        (
            MAPPED.replace("columns:", "rows: [{columns: {}, when: {expresion: A}}]\n        columns:"),
            r"line 8: .*rows\.0\.when\.expresion: the key 'expresion' .*did you mean expression\?",
        ),
        (
            MAPPED.replace("columns:", "rows: [{columns: {}, when: {column: A, expression: B}}]\n        columns:"),
            r"line 8: .*rows\.0\.when: give one of column or expression, not both",
        ),
    ],
    ids=["source", "files", "rest", "auth", "column", "condition", "both"],
)
def test_keys_of_the_same_place_are_suggested(folder: Path, text: str, said: str) -> None:
    (folder / "source.yml").write_text(text)
    with pytest.raises(RedressError, match=said):
        _ = Council(folder).source


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(RedressError, match="NOWHERE_SET"):
        fill_environment("${NOWHERE_SET}/drop")


def test_one_broken_council_does_not_hide_the_others(folder: Path) -> None:
    (folder / "settings.yml").write_text("no: such\n")
    other = folder.parent / "loamshire"
    other.mkdir()
    (other / "source.yml").write_text("kind: files\npath: x\n")
    assert list(load_councils(folder.parent)) == ["barsetshire", "loamshire"]


def test_unknown_councils_are_said_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(UsageError, match="did you mean barsetshire"):
        get_council("loamshire", folder.parent)
    with pytest.raises(RedressError, match="new-council"):
        load_councils(folder.parent / "nowhere")


@pytest.mark.parametrize("name", ["..", "a/b", "UPPER", "", "a b"])
def test_a_name_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    from redress.paths import safe_name

    with pytest.raises(RedressError, match="lower-case"):
        safe_name(name, "council")
