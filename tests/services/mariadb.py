"""A throw-away MariaDB server on loopback, from what is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.services.processes import folder_of, free_port, running, unprivileged

PASSWORD = "pl4nted/secret@my"
PROGRAMS = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"

_FIRST = f"""create user owner@localhost identified by '{PASSWORD}';
grant all on *.* to owner@localhost with grant option;
drop user root@localhost;
"""


@dataclass
class MariaServer:
    """A server and its owner's access to it."""

    port: int
    socket: Path
    process: "subprocess.Popen[bytes]"

    def run(self, *statements: str) -> None:
        """Runs statements as the owner, each committed."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def connect(self, schema: str = "mysql") -> Any:
        return pymysql.connect(
            unix_socket=str(self.socket), user="owner", password=PASSWORD, autocommit=True, database=schema
        )


@contextmanager
def mariadb_server() -> Iterator[MariaServer]:
    """Starts one; skips when none is installed."""
    server, install = shutil.which("mariadbd", path=PROGRAMS), shutil.which("mariadb-install-db", path=PROGRAMS)
    if server is None or install is None:
        pytest.skip("MariaDB is not installed (Debian: mariadb-server)")
    user, port = unprivileged(), free_port()
    with folder_of(user) as folder:
        data, socket = folder / "data", folder / "socket"
        options = ["--no-defaults", f"--datadir={data}", *([f"--user={user}"] if user else [])]
        subprocess.run(
            [install, *options, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            capture_output=True,
        )
        (folder / "first.sql").write_text(_FIRST, encoding="utf-8")
        command = [server, *options, f"--port={port}", "--bind-address=127.0.0.1", f"--socket={socket}"]
        command += [f"--init-file={folder / 'first.sql'}", "--skip-name-resolve", f"--pid-file={folder / 'pid'}"]
        with running(command, lambda: _answers(port, socket), folder / "log", user) as process:
            yield MariaServer(port, socket, process)


def _answers(port: int, socket: Path) -> bool:
    try:
        MariaServer(port, socket, None).connect().close()
    except pymysql.err.OperationalError:
        return False
    return True
