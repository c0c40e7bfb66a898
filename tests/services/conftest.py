"""Throw-away servers on loopback; a test whose server is not installed is skipped and says so."""

from collections.abc import Iterator

import pytest

from tests.services.mariadb import MariaServer, mariadb_server
from tests.services.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaServer]:
    with mariadb_server() as server:
        yield server
