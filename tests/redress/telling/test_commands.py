"""`redress telling test`: a message on each channel, and what came of it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from redress.cli import app
from tests.redress.telling.receiving import MailServer, free_port, mail_server

SECRET = "KODuebWbDGYFr0z0eu"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "councils" / "barsetshire"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text("kind: files\npath: drop\n", encoding="utf-8")
    for name, value in {
        "REDRESS_COUNCILS": str(folder.parent),
        "REDRESS_HOME": str(tmp_path / "data"),
        "TEAM": f"json://127.0.0.1:{free_port()}/{SECRET}?wait=0&-sig={SECRET}",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    return folder


def tried(folder: Path, telling: str) -> tuple[int, str]:
    (folder / "telling.yml").write_text(telling, encoding="utf-8")
    done = CliRunner().invoke(app, ["telling", "test", "--council", "barsetshire"])
    return done.exit_code, done.output


def test_each_channel_says_what_came_of_it(folder: Path, mail: MailServer) -> None:
    lead = f"mailto://127.0.0.1:{mail.port}?from=redress@barset.example&to=lead@barset.example&format=text"
    code, said = tried(
        folder,
        f"channels:\n  lead: {{address: '{lead}'}}\n  team: {{address: '${{TEAM}}'}}\n"
        "  lost: {address: '${NOT_THERE}'}\nevents:\n  load_failed: [team]\ndigests:\n  S1: [lead]\n",
    )
    assert code == 1
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in said.splitlines() if line.strip()}
    assert rows["lead"] == "E-Mail digest S1 sent"
    assert rows["team"].startswith("JSON load_failed not sent: ")
    assert "Connection refused" in said
    assert "${NOT_THERE}, which is not set" in rows["lost"]
    assert SECRET not in said
    [text] = mail.texts
    assert text.startswith("Barsetshire: a test message of Redress\nThis is a test of the channel lead of Barsetshire.")


def test_when_all_is_well_it_ends_with_zero(folder: Path, mail: MailServer) -> None:
    lead = f"mailto://127.0.0.1:{mail.port}?from=redress@barset.example&to=lead@barset.example"
    code, said = tried(folder, f"channels:\n  lead: {{address: '{lead}'}}\n")
    assert (code, len(mail.envelopes)) == (0, 1)
    assert "nothing" in said


def test_a_digest_for_a_service_that_is_not_there_is_told(folder: Path, mail: MailServer) -> None:
    published = folder.parents[1] / "data" / "published"
    published.mkdir(parents=True)
    with duckdb.connect(str(published / "reporting.duckdb")) as con:
        con.execute("create schema reporting")
        con.execute(
            "create table reporting.reporting.dim_service as select 'barsetshire' as council, 'S1' as service_code"
        )
    lead = f"mailto://127.0.0.1:{mail.port}?from=redress@barset.example&to=lead@barset.example"
    channels = f"channels:\n  lead: {{address: '{lead}'}}\ndigests:\n  S1: [lead]\n  '*': [lead]\n"
    assert tried(folder, channels)[0] == 0
    code, said = tried(folder, channels + "  S11: [lead]\n")
    assert code == 1
    assert "No service of Barsetshire has the code S11, so its digest tells of nothing; correct digests in" in said


def test_without_channels_it_says_how_to_set_them_up(folder: Path) -> None:
    code, said = tried(folder, "# nobody yet\n")
    assert code == 2
    assert "names no channels, so nobody is told anything; docs/run/telling.md" in said
