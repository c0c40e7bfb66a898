"""SFTP as a place of files, against real servers on loopback."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from redress.errors import RedressError, SourceUnavailable
from redress.sources.definition import FilesDefinition
from redress.sources.files.source import FileSource
from tests.services.sftp import PASSWORD, SftpServer, free_port, openssh_server, sftp_server

pytestmark = pytest.mark.services

NIGHT = date(2024, 3, 5)
LONG = b"case_ref,received_date\n" + b"".join(b"A%07d,2024-03-01\n" % number for number in range(200_000))
DROP = "outgoing/two words"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "server" / DROP
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def server(tmp_path: Path, drop: Path) -> Iterator[SftpServer]:
    with sftp_server(tmp_path / "server") as started:
        yield started


@pytest.fixture
def source(server: SftpServer, connect: Any) -> FileSource:
    connect(server.port, server.login, PASSWORD, server.extra())
    return _source()


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Sets the Airflow connection that the sources here name."""
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))

    def connection(port: int, login: str, password: str | None, extra: dict[str, Any]) -> None:
        facts = {"conn_type": "sftp", "host": "127.0.0.1", "port": port, "login": login, "password": password}
        monkeypatch.setenv("AIRFLOW_CONN_DROP", json.dumps({**facts, "extra": extra}))

    return connection


def _source(folder: str = f"/{DROP}", **settings: Any) -> FileSource:
    path = f"sftp://127.0.0.1{folder}"
    return FileSource("barsetshire", FilesDefinition(kind="files", path=path, connection="drop", **settings))


def rows(source: FileSource) -> int:
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery) as opened:
        return sum(batch.num_rows for batch in opened.parts[0].read(None).batches)


def failure(source: FileSource) -> str:
    with pytest.raises(RedressError) as failed:
        rows(source)
    assert isinstance(failed.value, SourceUnavailable)
    assert PASSWORD not in str(failed.value)
    return str(failed.value)


def refusal(source: FileSource) -> str:
    with pytest.raises(RedressError) as failed:
        source.deliveries(NIGHT)
    assert not isinstance(failed.value, SourceUnavailable)
    assert "sftp://127.0.0.1" in str(failed.value)
    return str(failed.value)


def test_files_are_listed_fetched_whole_and_read(source: FileSource, drop: Path) -> None:
    (drop / "cases_2024-03-04.csv").write_bytes(LONG)
    (drop / "stages.csv.part").touch()
    (drop / "below").mkdir()
    (drop / "cases.csv").symlink_to("/etc/passwd")
    (delivery,) = source.deliveries(NIGHT)
    assert delivery.location == "sftp://127.0.0.1/outgoing/two words/cases_2024-03-04.csv"
    assert delivery.extract_date == date(2024, 3, 4)
    assert source.delivery(delivery.location, NIGHT) == delivery
    assert rows(source) == 200_000


def test_a_name_in_another_encoding_does_not_hide_the_others(source: FileSource, drop: Path) -> None:
    (drop / "cases.csv").write_bytes(LONG)
    Path(str(drop).encode().decode() + "/caf\udce9.csv").touch()
    assert rows(source) == 200_000


def test_a_key_opens_as_well(server: SftpServer, drop: Path, connect: Any) -> None:
    (drop / "cases.csv").write_bytes(LONG)
    connect(server.port, server.login, None, server.extra(private_key=server.user_key))
    assert rows(_source()) == 200_000


def test_host_and_login_may_stand_in_the_path(server: SftpServer, drop: Path, connect: Any) -> None:
    (drop / "cases.csv").write_bytes(LONG)
    connect(server.port, "", PASSWORD, server.extra())
    path = f"sftp://{server.login}@127.0.0.1/{DROP}"
    source = FileSource("barsetshire", FilesDefinition(kind="files", path=path, connection="drop"))
    assert rows(source) == 200_000
    assert server.login not in source.deliveries(NIGHT)[0].location


def test_known_hosts_are_lines_of_the_usual_file(server: SftpServer, connect: Any) -> None:
    lines = f"[127.0.0.1]:{server.port} {server.host_key}"
    connect(server.port, server.login, PASSWORD, {"known_hosts": lines})
    assert _source().deliveries(NIGHT) == []


def test_an_unknown_or_another_host_is_refused(
    server: SftpServer, connect: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    connect(server.port, server.login, PASSWORD, {})
    assert "host key" in refusal(_source())
    with sftp_server(tmp_path) as other:
        connect(server.port, server.login, PASSWORD, {"host_key": other.host_key})
        assert "host key" in refusal(_source())


def test_a_host_is_let_through_unchecked_only_when_that_is_said(server: SftpServer, connect: Any) -> None:
    connect(server.port, server.login, PASSWORD, {"no_host_key_check": "true"})
    assert _source().deliveries(NIGHT) == []


def test_a_wrong_password_is_not_tried_again_and_not_shown(
    server: SftpServer, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connect(server.port, server.login, f"wrong {PASSWORD}", server.extra())
    assert "refuses the login" in refusal(_source())
    assert PASSWORD not in refusal(_source()) + caplog.text


@pytest.mark.parametrize(
    "extra", [{"private_key": "-----BEGIN nothing"}, {"host_key": "nothing"}, {"key_file": "/none"}]
)
def test_a_key_that_cannot_be_read_is_said(server: SftpServer, connect: Any, extra: dict[str, str]) -> None:
    connect(server.port, server.login, None, server.extra(**extra))
    with pytest.raises(RedressError, match=f"{next(iter(extra))}.*Airflow connection"):
        _source().deliveries(NIGHT)


def test_a_key_file_with_a_passphrase_opens(server: SftpServer, connect: Any, tmp_path: Path) -> None:
    key = asyncssh.import_private_key(server.user_key).export_private_key("pkcs8-pem", passphrase="pl4nted")
    (tmp_path / "key").write_bytes(key)
    locked = {"key_file": str(tmp_path / "key")}
    connect(server.port, server.login, None, server.extra(**locked, private_key_passphrase="pl4nted"))
    assert _source().deliveries(NIGHT) == []
    connect(server.port, server.login, None, server.extra(**locked, private_key_passphrase="wrong"))
    assert "private_key_passphrase" in refusal(_source())


def test_a_missing_folder_is_said(server: SftpServer, connect: Any) -> None:
    connect(server.port, server.login, PASSWORD, server.extra())
    assert "sftp://127.0.0.1/nowhere" in refusal(_source("/nowhere"))


def test_a_server_that_is_down(connect: Any) -> None:
    connect(free_port(), "collector", PASSWORD, {"no_host_key_check": "true"})
    assert "cannot be reached" in failure(_source())


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("breaks off", "broke off"),
        ("ends early", "announced with"),
        ("is rewritten", "changed while it was read"),
    ],
)
def test_a_transfer_that_fails_leaves_nothing(
    server: SftpServer,
    source: FileSource,
    drop: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    sentence: str,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(drop.parent))
    (drop / "cases.csv").write_bytes(LONG)
    server.fault = fault
    assert sentence in failure(source)
    assert [path.name for path in drop.parent.iterdir()] == [drop.name]
    server.fault = None
    (drop / "cases.csv").write_bytes(LONG)
    assert rows(source) == 200_000


def test_a_server_that_hangs_is_given_up(server: SftpServer, drop: Path, connect: Any) -> None:
    (drop / "cases.csv").write_bytes(LONG)
    connect(server.port, server.login, PASSWORD, server.extra(timeout=1))
    server.fault = "hangs"
    begun = time.monotonic()
    assert "did not answer in time" in failure(_source())
    assert time.monotonic() - begun < 15


def test_landed_files_are_moved_and_never_over_another(server: SftpServer, drop: Path, connect: Any) -> None:
    connect(server.port, server.login, PASSWORD, server.extra())
    source = _source(move_to="done")
    for number in ("1", "2"):
        (drop / "cases.csv").write_text(number)
        (delivery,) = source.deliveries(NIGHT)
        source.landed(delivery)
        source.landed(delivery)
    assert {path.name: path.read_text() for path in (drop / "done").iterdir()} == {"cases.csv": "1", "cases_2.csv": "2"}
    assert not (drop / "cases.csv").exists()


def test_no_connection_stays_open(server: SftpServer, source: FileSource, drop: Path) -> None:
    (drop / "cases.csv").write_bytes(LONG)
    rows(source)
    until = time.monotonic() + 5
    while server.open_connections and time.monotonic() < until:
        time.sleep(0.05)
    assert not server.open_connections


def test_openssh_is_read_and_moved_in_as_well(connect: Any) -> None:
    with openssh_server() as server:
        connect(server.port, server.login, None, server.extra(private_key=server.user_key))
        (server.folder / "cases.csv").write_bytes(LONG)
        source = _source(str(server.folder), move_to="done")
        assert rows(source) == 200_000
        source.landed(source.deliveries(NIGHT)[0])
        assert (server.folder / "done" / "cases.csv").read_bytes() == LONG
        connect(server.port, server.login, PASSWORD, server.extra())
        assert "refuses the login" in refusal(_source(str(server.folder)))
