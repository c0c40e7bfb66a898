"""What lies behind an address: any file system that fsspec knows, with the connection's login."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import SplitResult

from redress.errors import RedressError, SourceUnavailable

if TYPE_CHECKING:
    from redress.sources.connections import Connection

Facts = dict[str, Any]
"""Of a file, as fsspec gives them: name (its path), type, size, and when it was changed."""

SFTP = ("sftp", "ssh")


class Store(Protocol):
    """A folder; names are of files in it. Failures come as the library raises them."""

    def list(self, folder: str = "") -> list[Facts]:
        """What is in the folder, or in one beside or below it."""
        ...

    def look(self, name: str) -> Facts:
        """One file as it is now."""
        ...

    def read(self, name: str, size: int) -> Iterator[bytes]:
        """A file's bytes, at most so many at a time."""
        ...

    def make_folder(self, folder: str) -> None:
        """Makes a folder, unless it is there."""
        ...

    def rename(self, name: str, folder: str, as_name: str) -> None:
        """Moves a file into another folder."""
        ...


def address_of(parts: SplitResult) -> str:
    """An address without a login."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


@contextmanager
def open_store(council: str, parts: SplitResult, connection_id: str | None) -> Iterator[Store]:
    """The store at an address. Raises RedressError or SourceUnavailable if it cannot be opened."""
    from redress.sources.connections import get_connection

    connection = get_connection(connection_id) if connection_id else None
    try:
        if parts.scheme in SFTP:
            from redress.sources.files.sftp import connect

            opened: Any = connect(parts, connection)
        else:
            opened = _fsspec_store(parts, connection)
    except Exception as problem:
        raise failure(council, address_of(parts), problem) from None
    try:
        yield opened
    finally:
        opened.close()


def failure(council: str, address: str, problem: Exception) -> RedressError:
    """What a library raised, as a sentence of ours: its own text may repeat what was sent to the server."""
    if isinstance(problem, RedressError):
        return problem
    kinds = {kind.__name__ for kind in type(problem).__mro__}
    if isinstance(problem, FileNotFoundError):
        return RedressError(f"{council}: there is nothing at {address}; correct path in source.yml.")
    if "HostKeyNotVerifiable" in kinds:
        return RedressError(
            f"{council}: {address} shows a host key that is not known; put the right one into host_key or known_hosts "
            "in the extra of the Airflow connection."
        )
    if {"KeyImportError", "KeyEncryptionError"} & kinds:
        return RedressError(
            f"{council}: a key for {address} cannot be read; correct private_key, private_key_passphrase or host_key "
            "in the extra of the Airflow connection."
        )
    if {"PermissionError", "PermissionDenied", "SFTPPermissionDenied", "NoCredentialsError"} & kinds:
        return RedressError(
            f"{council}: {address} refuses the login, or what it may do; correct the Airflow connection, or the rights "
            "on the server."
        )
    if {"TimeoutError", "FSTimeoutError"} & kinds:
        return SourceUnavailable(f"{council}: {address} did not answer in time; look at the server if it stays so.")
    if {"ConnectionError", "gaierror", "ConnectionLost", "SFTPConnectionLost", "SFTPNoConnection"} & kinds:
        return SourceUnavailable(
            f"{council}: {address} cannot be reached, or broke off; look at the server and the network if it stays so."
        )
    return SourceUnavailable(
        f"{council}: {address} failed ({type(problem).__name__}); look at the server if it stays so."
    )


def beside(folder: str, other: str) -> str:
    """A folder named from another one, or from the root."""
    return other if other.startswith("/") else f"{folder}/{other}".rstrip("/")


@dataclass(frozen=True)
class _FsspecStore:
    fs: Any
    folder: str

    def list(self, folder: str = "") -> list[Facts]:
        self.fs.invalidate_cache()
        found: list[Facts] = self.fs.ls(beside(self.folder, folder), detail=True)
        return found

    def look(self, name: str) -> Facts:
        self.fs.invalidate_cache()
        found: Facts = self.fs.info(f"{self.folder}/{name}")
        return found

    def read(self, name: str, size: int) -> Iterator[bytes]:
        with self.fs.open(f"{self.folder}/{name}", "rb") as file:
            while chunk := file.read(size):
                yield chunk

    def make_folder(self, folder: str) -> None:
        self.fs.makedirs(beside(self.folder, folder), exist_ok=True)

    def rename(self, name: str, folder: str, as_name: str) -> None:
        self.fs.mv(f"{self.folder}/{name}", f"{beside(self.folder, folder)}/{as_name}")

    def close(self) -> None:
        """Nothing is kept open between two questions."""


def _fsspec_store(parts: SplitResult, connection: "Connection | None") -> _FsspecStore:
    import fsspec

    try:
        kind = fsspec.get_filesystem_class(parts.scheme)
    except ImportError:
        extra = "install the extra s3 (uv pip install redress[s3])" if parts.scheme in ("s3", "s3a") else "install it"
        raise RedressError(
            f"Reading {parts.scheme}:// needs a library of fsspec that is not installed; {extra}."
        ) from None
    except ValueError:
        raise RedressError(
            f"No file system is known for {parts.scheme}:// (path in source.yml); give a folder, sftp:// or s3://."
        ) from None
    fs = kind(skip_instance_cache=True, **_options(parts.scheme, connection))
    return _FsspecStore(fs, str(fs._strip_protocol(address_of(parts))))


def _options(scheme: str, connection: "Connection | None") -> dict[str, Any]:
    """What fsspec's file system is given: for S3 what Airflow's connections of type aws hold, else the extra itself."""
    if not connection:
        return {}
    if scheme not in ("s3", "s3a"):
        return dict(connection.extra)
    extra = connection.extra
    options = {
        "key": connection.login,
        "secret": connection.password,
        "token": extra.get("aws_session_token"),
        "endpoint_url": extra.get("endpoint_url"),
        "client_kwargs": {"region_name": extra["region_name"]} if "region_name" in extra else None,
    }
    return {name: value for name, value in options.items() if value}
