"""A connection that the tests of the mapping share."""

from collections.abc import Iterator
from typing import Any

import pytest

from redress.duck import connect


@pytest.fixture(scope="session")
def con() -> Iterator[Any]:
    with connect() as connection:
        yield connection
