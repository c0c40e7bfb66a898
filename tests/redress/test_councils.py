"""Reading councils/NAME: short forms, defaults, and errors that name file, key and remedy."""

from datetime import date
from pathlib import Path

import pytest

from redress.councils import Council, get_council, load_councils
from redress.errors import RedressError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "barsetshire"
    path.mkdir()
    (path / "source.yml").write_text("kind: files\npath: ${REDRESS_HOME}/drop\n")
    return path


def test_a_council_needs_a_source_and_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_HOME", str(folder.parent / "data"))
    council = load_councils(folder.parent)["barsetshire"]
    assert council.source.folder == folder.parent / "data" / "drop"
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
        ("settings.yml", "in_time_rule: sometimes\n", r"settings\.yml: in_time_rule: .*'within_limit'"),
        ("settings.yml", "in_time_rul: within_limit\n", r"settings\.yml: in_time_rul: "),
        ("settings.yml", "a: [\n", r"settings\.yml cannot be read"),
        ("source.yml", "kind: telepathy\npath: x\n", r"source\.yml: kind: "),
        ("source.yml", "kind: files\n", r"source\.yml: path: "),
        ("codes.yml", "causes: {DELAY: {lable: Delay}}\n", r"codes\.yml: causes\.DELAY\.lable: "),
    ],
)
def test_a_wrong_value_is_named_with_its_file(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text)
    council = Council(folder)
    with pytest.raises(RedressError, match=said):
        _ = council.source, council.settings, council.codes


def test_a_variable_that_is_not_set_is_named(folder: Path) -> None:
    (folder / "source.yml").write_text("kind: files\npath: ${NOWHERE_SET}/drop\n")
    with pytest.raises(RedressError, match="NOWHERE_SET"):
        _ = Council(folder).source.folder


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
