"""An SFTP server: login, host key, and a time limit on every question."""

import asyncio
import logging
import os
import stat
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote

from redress.errors import RedressError
from redress.sources.files.stores import Facts, beside

if TYPE_CHECKING:
    from asyncssh import SFTPAttrs, SFTPClient, SSHClientConnection

    from redress.sources.connections import Connection

CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 60.0

T = TypeVar("T")


def connect(parts: SplitResult, connection: "Connection | None") -> "SftpStore":
    """Logs in. Raises RedressError where something is not set up, and what asyncssh raises otherwise."""
    import asyncssh

    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    extra = connection.extra if connection else {}
    host = parts.hostname or (connection.host if connection else None)
    if not host:
        raise RedressError("path in source.yml names no host after sftp://, nor does the connection; give one of them.")
    seconds = _seconds(extra.get("timeout"), ANSWER_SECONDS)
    options = {
        "port": parts.port or (connection.port if connection else None) or 22,
        "username": (connection.login if connection else None) or unquote(parts.username or "") or None,
        "password": (connection.password if connection else None) or None,
        "client_keys": _client_keys(extra),
        "known_hosts": _known_hosts(extra),
        "connect_timeout": _seconds(extra.get("conn_timeout"), CONNECT_SECONDS),
        "login_timeout": _seconds(extra.get("conn_timeout"), CONNECT_SECONDS),
        "config": None,
        "agent_path": None,
    }

    async def log_in() -> "tuple[SSHClientConnection, SFTPClient]":
        found = await asyncssh.connect(host, **{name: value for name, value in options.items() if value != ()})
        # One name in another encoding must not hide all the others.
        return found, await asyncio.wait_for(found.start_sftp_client(path_errors="surrogateescape"), seconds)

    runner = asyncio.Runner()
    try:
        return SftpStore(runner, *runner.run(log_in()), unquote(parts.path).rstrip("/"), seconds)
    except BaseException:
        runner.close()
        raise


@dataclass(frozen=True)
class SftpStore:
    """A folder on the server. seconds: how long an answer may take; a file is asked for in many small questions."""

    runner: asyncio.Runner
    connection: "SSHClientConnection"
    client: "SFTPClient"
    folder: str
    seconds: float

    def list(self, folder: str = "") -> list[Facts]:
        found = self._ask(self.client.readdir(beside(self.folder, folder) or "/"))
        return [_facts(str(one.filename), one.attrs) for one in found]

    def look(self, name: str) -> Facts:
        return _facts(name, self._ask(self.client.lstat(f"{self.folder}/{name}")))

    def read(self, name: str, size: int) -> Iterator[bytes]:
        file: Any = self._ask(self.client.open(f"{self.folder}/{name}", "rb"))
        while chunk := self._ask(file.read(size)):
            yield chunk
        self._ask(file.close())

    def make_folder(self, folder: str) -> None:
        self._ask(self.client.makedirs(beside(self.folder, folder), exist_ok=True))

    def rename(self, name: str, folder: str, as_name: str) -> None:
        """By the protocol's own rename, which leaves an existing file alone."""
        self._ask(self.client.rename(f"{self.folder}/{name}", f"{beside(self.folder, folder)}/{as_name}"))

    def close(self) -> None:
        """Hangs up, without waiting for a server that no longer answers."""
        self.connection.abort()
        self.runner.close()

    def _ask(self, question: Awaitable[T]) -> T:
        import asyncssh

        try:
            return self.runner.run(asyncio.wait_for(question, self.seconds))
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise FileNotFoundError from None


def _facts(name: str, attributes: "SFTPAttrs") -> Facts:
    is_file = stat.S_ISREG(attributes.permissions or 0)
    return {
        "name": name,
        "type": "file" if is_file else "other",
        "size": attributes.size,
        "mtime": attributes.mtime,
    }


def _seconds(value: Any, otherwise: float) -> float:
    try:
        return float(value) if value else otherwise
    except (TypeError, ValueError):
        return otherwise


def _client_keys(extra: Mapping[str, Any]) -> Any:
    """The key of the connection, and no other that happens to lie on this machine."""
    import asyncssh

    passphrase = extra.get("private_key_passphrase")
    if extra.get("private_key"):
        return [asyncssh.import_private_key(extra["private_key"], passphrase)]
    if extra.get("key_file"):
        return [asyncssh.read_private_key(_readable(extra["key_file"], "key_file"), passphrase)]
    return None


def _known_hosts(extra: Mapping[str, Any]) -> Any:
    """What the server's key is compared with: host_key, known_hosts (lines, or a file), or ~/.ssh/known_hosts."""
    import asyncssh

    if str(extra.get("no_host_key_check", "")).lower() == "true":
        return None
    if extra.get("host_key"):
        return [asyncssh.import_public_key(extra["host_key"])], [], []
    known = extra.get("known_hosts")
    if not known:
        return ()
    return known.encode() if " " in known.strip() else _readable(known, "known_hosts")


def _readable(path: str, name: str) -> str:
    if not os.access(path, os.R_OK):
        raise RedressError(f"{name} in the extra of the Airflow connection is no file that can be read; correct it.")
    return path
