"""What throw-away servers share: a free port, a folder the server's user may write, and an end that is sure."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def unprivileged() -> str | None:
    """The user a server runs as when the tests run as root, which database servers refuse; None otherwise."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None


@contextmanager
def folder_of(user: str | None) -> Iterator[Path]:
    """A folder of the server's user. Not in pytest's own, which lets in nobody but the one who runs the tests."""
    with tempfile.TemporaryDirectory(prefix="redress-server-") as name:
        if user:
            shutil.chown(name, user)
        yield Path(name)


@contextmanager
def running(
    command: list[str], answers: Callable[[], bool], log: Path, user: str | None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server from when it answers until the block ends; then it and its children are gone.

    Raises RuntimeError with the end of its log when it does not come up within a minute.
    """
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, user=user, start_new_session=True)
        try:
            until = time.monotonic() + 60
            while not answers():
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[0]} does not come up: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.1)
            yield server
        finally:
            kill(server)


def kill(server: "subprocess.Popen[bytes]") -> None:
    """Ends a server at once, as a power cut would; PostgreSQL's own way of it takes its children along."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGQUIT if "postgres" in str(server.args) else signal.SIGKILL)
    server.wait(timeout=30)
