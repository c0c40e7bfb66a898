"""telling.yml: what it may say, and errors with file, line and key; the examples people copy are right."""

import re
from pathlib import Path

import pytest
import yaml

from redress.councils import Council
from redress.errors import RedressError
from redress.paths import PROJECT
from redress.telling.addresses import address_of
from redress.telling.definition import Channel, Events, Telling

PAGE = PROJECT / "docs" / "run" / "telling.md"
SCAFFOLD = PROJECT / "plugins" / "redress" / "scaffold" / "telling.yml"


def read(folder: Path, text: str) -> Telling:
    (folder / "telling.yml").write_text(text, encoding="utf-8")
    return Council(folder).telling


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "barsetshire").mkdir()
    return tmp_path / "barsetshire"


def test_without_a_file_nobody_is_told(folder: Path) -> None:
    assert Council(folder).telling == Telling()


def test_the_scaffold_tells_nobody_until_its_lines_are_uncommented(folder: Path) -> None:
    text = SCAFFOLD.read_text(encoding="utf-8")
    assert read(folder, text) == Telling()
    uncommented = re.sub(r"^#(?! \w)", "", text, flags=re.MULTILINE)
    assert set(read(folder, uncommented).channels) == {"quality_lead", "engineers", "runcorn_team"}


def test_the_example_of_the_page_can_be_read(folder: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    telling = read(folder, example)
    assert telling.overdue_at_least == 3
    assert telling.digests == {"*": ("quality_lead",), "CIN_RUNCORN": ("runcorn_team",)}
    assert all(telling.events.of(event) for event in Events.model_fields)


def test_the_addresses_of_the_page_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    from redress.telling.sending import kind_of

    for name in ("MAIL_LOGIN", "MAIL_PASSWORD"):
        monkeypatch.setenv(name, "planted")
    monkeypatch.setenv("TEAMS_WEBHOOK", "https://prod-1.westeurope.logic.azure.com/workflows/ab12/triggers/manual/paths/"
                       "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=cd34")  # fmt: skip
    monkeypatch.setenv("SLACK_WEBHOOK", "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7xx")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([^`]+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    kinds = {what: kind_of(address_of("team", Channel(address=address))) for what, address in rows}
    assert [kinds[what] for what in ("e-mail", "Slack", "any webhook that takes JSON")] == ["E-Mail", "Slack", "JSON"]
    assert "MSTeams" in kinds["Teams"]


def test_every_event_is_described() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [event for event in Events.model_fields if f"| `{event}` |" not in page] == [], f"{PAGE} lacks them."


def test_a_service_code_may_look_like_a_number(folder: Path) -> None:
    text = "channels: {team: {connection: mail}}\ndigests:\n  101: [team]\n"
    assert read(folder, text).digests == {"101": ("team",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels:\n  team: {connection: mail}\nevents:\n  load_failed: [taem]\n", "line 4: events.load_failed: there "
         "is no channel 'taem' (did you mean team?)"),
        ("channels:\n  team: {connection: mail}\ndigests:\n  A: [team]\n  B: [lead]\n", "line 5: digests.B: "),
        ("channels:\n  team:\n    conection: mail\n", "line 3: channels.team.conection: the key"),
        ("channels:\n  team: {}\n", "line 2: channels.team: give either connection or address"),
        ("channels:\n  Team 1: {connection: mail}\n", "the name 'Team 1' needs lower-case letters"),
        ("events:\n  load_fails: []\n", "line 2: events.load_fails: the key 'load_fails' is not known here (did "
         "you mean load_failed"),
        ("channels:\n  team: {address: 'json://x', to: [a@b.example]}\n", "to belongs to a connection"),
        ("overdue_at_least: 0\n", "line 1: overdue_at_least"),
        ("site: redress.example\n", "line 1: site"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_key(folder: Path, text: str, said: str) -> None:
    with pytest.raises(RedressError) as problem:
        read(folder, text)
    assert said in str(problem.value)
    assert str(folder / "telling.yml") in str(problem.value)


@pytest.mark.parametrize(
    "address",
    [
        "mailto://redress:Pl4nted@mail.example?to=a@b.example",
        "json://mail.example?password=Pl4nted",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/Pl4nted",
        "slack://T1JJ3T3L2/A1BRTD4JD/Pl4nted",
        "workflows://prod.example/Pl4nted/${SIGNATURE}",
    ],
)
def test_a_secret_is_refused_and_not_repeated(folder: Path, address: str) -> None:
    with pytest.raises(RedressError, match="use connection") as problem:
        read(folder, yaml.safe_dump({"channels": {"team": {"address": address}}}))
    assert "Pl4nted" not in str(problem.value)


@pytest.mark.parametrize(
    "address",
    ["${SLACK}", "mailto://${LOGIN}:${PASSWORD}@mail.example?to=a@b.example", "jsons://hook.example/take"],
)
def test_what_is_no_secret_may_stand_there(address: str) -> None:
    assert Channel(address=address).address == address


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEAM_SLACK", raising=False)
    with pytest.raises(RedressError, match=r"address of the channel team uses \$\{TEAM_SLACK\}, which is not set"):
        address_of("team", Channel(address="${TEAM_SLACK}"))


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ('{"conn_type": "generic"}', "has no password"),
        ('{"conn_type": "smtp", "host": "mail.example"}', "lacks what a mail needs"),
        ('{"conn_type": "smtp", "host": "mail.example", "login": "redress"}', "lacks what a mail needs"),
    ],
)
def test_a_connection_that_lacks_something_is_said_so(
    connection: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_COUNCIL_MAIL", connection)
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path))
    with pytest.raises(RedressError, match=said):
        address_of("team", Channel(connection="council_mail", to=("a@b.example",)))
