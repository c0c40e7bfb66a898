"""The site behind a log-in on loopback, as Airflow serves it; who is logged in is invented."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from redress.paths import Home
from redress.reports.serving import Right, Visitor, create_app


class OneReader:
    """A gate with one visitor, who may do some things; Airflow's own is tried in tests/dags."""

    hosts: frozenset[str] = frozenset()

    def __init__(self, rights: set[Right]) -> None:
        self.rights = rights
        self.is_logged_in = True

    async def visitor(self, request: Request) -> Visitor | None:
        return Visitor("1", "reader-one") if self.is_logged_in else None

    def may(self, visitor: Visitor, right: Right) -> bool:
        return right in self.rights

    def login_address(self, back: str) -> str:
        return "/"

    def secret(self) -> str:
        return "a secret for tests only"


@contextmanager
def served(home: Home, reader: OneReader) -> Iterator[str]:
    """The site of a data folder on loopback; gives the address of its pages."""
    import uvicorn

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(home, reader), host="127.0.0.1", port=port, log_level="error"))
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}/site"
    finally:
        server.should_exit = True
        running.join()
