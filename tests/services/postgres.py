"""A throw-away PostgreSQL server on loopback, from what is installed."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.services.processes import folder_of, free_port, running, unprivileged

PASSWORD = "pl4nted/secret@pg"


@dataclass
class PostgresServer:
    """A server and its owner's access to it. process: the postmaster."""

    port: int
    process: "subprocess.Popen[bytes]"
    password: str = PASSWORD

    def run(self, *statements: str) -> None:
        """Runs statements as the owner, each committed."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="owner", password=PASSWORD, dbname="postgres", autocommit=True
        )


def binaries() -> Path | None:
    """Where the newest installed server's programs lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Starts one; skips when none is installed."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    user, port = unprivileged(), free_port()
    with folder_of(user) as folder:
        _initialise(programs, folder, user)
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1"]
        command += ["-k", str(folder), "-c", "fsync=off"]
        with running(command, lambda: _answers(port), folder / "log", user) as process:
            yield PostgresServer(port, process)


def _initialise(programs: Path, folder: Path, user: str | None) -> None:
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    options = ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run(
        [programs / "initdb", f"--pgdata={folder / 'data'}", "--username=owner", *options],
        check=True,
        capture_output=True,
        user=user,
    )


def _answers(port: int) -> bool:
    try:
        PostgresServer(port, None).connect().close()
    except psycopg.OperationalError:
        return False
    return True
