"""SFTP servers on loopback: one in this process that can be told to fail, and OpenSSH's."""

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.services.processes import folder_of, free_port, running, unprivileged

LOGIN = "collector"
PASSWORD = "pl4nted/secret@sftp"


@dataclass
class SftpServer:
    """A server over a folder. fault: what happens to the next read of a file, from its second half on."""

    folder: Path
    port: int
    host_key: str
    user_key: str
    login: str = LOGIN
    fault: str | None = None
    open_connections: set[Any] = field(default_factory=set)

    def extra(self, **more: Any) -> dict[str, Any]:
        """What the extra of an Airflow connection holds for it."""
        return {"host_key": self.host_key, "conn_timeout": 10, "timeout": 10, **more}


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    """One that runs in a thread. It knows one user, by password or key."""
    key, user_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    server = SftpServer(folder, free_port(), _public(key), user_key.export_private_key().decode())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            server.port,
            server_factory=lambda: _Server(server, asyncssh.import_public_key(_public(user_key))),
            server_host_keys=[key],
            sftp_factory=lambda channel: _Files(channel, server),
            allow_scp=False,
        )

    listener = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(listener.close)
        for connection in list(server.open_connections):
            loop.call_soon_threadsafe(connection.abort)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextmanager
def openssh_server() -> Iterator[SftpServer]:
    """OpenSSH's, over a folder of its own, logged in to with a key; skips when it is not installed."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if program is None:
        pytest.skip("OpenSSH's server is not installed (Debian: openssh-server)")
    user, port = unprivileged(), free_port()
    with folder_of(user) as folder:
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, user=user)
        (folder / "config").write_text(
            f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
            "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\n"
            "Subsystem sftp internal-sftp\nForceCommand internal-sftp\n",
            encoding="utf-8",
        )
        command = [program, "-D", "-e", "-f", str(folder / "config")]
        (folder / "drop").mkdir()
        shutil.chown(folder / "drop", user) if user else None
        with running(command, lambda: _answers(port), folder / "log", user):
            yield SftpServer(
                folder / "drop",
                port,
                (folder / "host.pub").read_text(),
                (folder / "user").read_text(),
                login=user or getpass.getuser(),
            )


class _Server(asyncssh.SSHServer):
    def __init__(self, server: SftpServer, user_key: asyncssh.SSHKey) -> None:
        self.server, self.user_key = server, user_key

    def connection_made(self, connection: Any) -> None:
        self.connection = connection
        self.server.open_connections.add(connection)

    def connection_lost(self, problem: Exception | None) -> None:
        self.server.open_connections.discard(self.connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (LOGIN, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == LOGIN and key == self.user_key


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: Any, server: SftpServer) -> None:
        super().__init__(channel, chroot=str(server.folder).encode())
        self.server = server

    async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        half = os.fstat(file_obj.fileno()).st_size // 2
        if offset + size > half:
            fault = self.server.fault
            if fault == "hangs":
                await asyncio.sleep(60)
            if fault == "breaks off":
                self.channel.get_connection().abort()
            if fault == "ends early":
                return super().read(file_obj, offset, max(half - offset, 0)) if offset < half else b""
            if fault == "is rewritten":
                self.server.fault = None
                path = Path(os.readlink(f"/proc/self/fd/{file_obj.fileno()}"))
                path.write_bytes(path.read_bytes()[::-1] + b"\n")
        return super().read(file_obj, offset, size)


def _public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
