"""Two nights of two invented councils through the real door, rules and build; every number in the tests is by hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from redress import nightly
from redress.councils import load_councils
from redress.paths import Home
from redress.reports.reading import Reading, open_reading
from tests.redress.reports.three_nights import make_three_nights
from tests.redress.reports.two_nights import COUNCILS, NIGHTS, write_councils, write_night

KEY = "a key for tests only, of some length"


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with `data` and `councils` after both nights, to be read and not written to; made once a session."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "two_nights"
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            root.mkdir()
            write_councils(root)
            with in_environment(root):
                for night in NIGHTS:
                    _run_night(root, night)
            (root / "made").touch()
    return root


@contextmanager
def in_environment(root: Path) -> Iterator[None]:
    """The environment variables of a folder with `data` and `councils`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDRESS_HOME", str(root / "data"))
        patch.setenv("REDRESS_COUNCILS", str(root / "councils"))
        patch.setenv("REDRESS_PSEUDONYM_KEY", KEY)
        yield


@pytest.fixture(scope="session")
def three_nights(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with `data` and `councils` after the nights of three_nights.py, to be read only; made once a session."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "three_nights"
    with FileLock(root.with_suffix(".lock")):
        if not (root / "made").exists():
            root.mkdir()
            with in_environment(root):
                make_three_nights(root)
            (root / "made").touch()
    return root


@pytest.fixture
def third_morning(three_nights: Path) -> Iterator[Reading]:
    """A reading of the morning after the third of those nights."""
    with open_reading(Home(three_nights / "data"), load_councils(three_nights / "councils")) as opened:
        yield opened


def _run_night(root: Path, night: date) -> None:
    write_night(root, night)
    for name in COUNCILS:
        landed = [nightly.land(name, place, night) for place in nightly.deliveries(name, night)]
        nightly.validate_and_accept(name, night, delivered={entity for one in landed for entity in one["entities"]})
    nightly.build_and_publish(night)


@pytest.fixture
def reading(two_nights: Path) -> Iterator[Reading]:
    """A reading of the morning after the second night."""
    with open_reading(Home(two_nights / "data"), load_councils(two_nights / "councils")) as opened:
        yield opened


def page_data(html: str, holder: str) -> object:
    """The JSON that a page holds under an id."""
    start = html.index(f'id="{holder}">') + len(f'id="{holder}">')
    return json.loads(html[start : html.index("</script>", start)])
