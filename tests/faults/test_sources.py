"""A source that is down, slow, cut off or changed while it is read.

One sentence says so, nothing of it lands, the other council lands, and the next try is whole.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redress import nightly
from redress.errors import RedressError, SourceUnavailable
from redress.landing.manifests import manifests
from redress.paths import Home
from redress.sources import connections
from redress.sources.base import Delivery, Opened, Part, Reading, Source
from redress.sources.connections import Connection
from redress.sources.database import dialects
from redress.sources.database import source as database_source
from redress.sources.rest import source as rest_source
from tests.redress.sources.rest.service import Answer, Service, as_json
from tests.services.processes import free_port
from tests.services.sftp import LOGIN, PASSWORD, sftp_server

NIGHT = date(2024, 3, 5)
SECRET = "planted, and of no one"
CASES = [
    {"case_ref": f"A{n}", "record_type": "complaint", "received_date": "2024-03-01", "status": "open"}
    for n in range(2000)
]
STAGES = [{"case_ref": case["case_ref"], "stage": "1", "requested_date": "2024-03-01"} for case in CASES]
TABLES = {"cases": CASES, "stages": STAGES}


@dataclass
class Night:
    """A home with the council whose source fails, and one whose files are as they should be."""

    home: Home
    councils: Path
    sources: Callable[[Callable[[Source], Source]], None]

    def define(self, council: str, **source: Any) -> None:
        (self.councils / council).mkdir(parents=True, exist_ok=True)
        (self.councils / council / "source.yml").write_text(json.dumps(source), encoding="utf-8")

    def land(self, council: str = "shakyshire") -> dict[str, int]:
        """What find_deliveries and land_delivery do; the rows landed by entity."""
        for location in nightly.deliveries(council, NIGHT):
            nightly.land(council, location, NIGHT)
        return {manifest.entity: manifest.rows for manifest in manifests(self.home, council) if not manifest.rejected}

    def fails(self) -> str:
        """What is said when the source fails; nothing of it is left, and the other council lands."""
        with pytest.raises(SourceUnavailable) as failed:
            self.land()
        sentence = str(failed.value)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert SECRET not in sentence
        assert PASSWORD not in sentence
        landing = self.home.landing / "shakyshire"
        left = [path for path in landing.rglob("*") if path.is_file() and path.name != ".lock"]
        assert left == [landing / "missed" / f"{NIGHT}.json"], "what is left is the note that the night was missed"
        assert not (self.home.quarantine / "shakyshire").exists()
        assert self.land("steadyshire") == {"cases": 2}
        return sentence

    def is_whole(self) -> bool:
        """Whether everything lands once nothing fails."""
        return self.land() == {"cases": len(CASES), "stages": len(STAGES)}


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    drop = tmp_path / "steady"
    drop.mkdir()
    (drop / "cases.csv").write_text(csv_of(CASES[:2]), encoding="utf-8")
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    monkeypatch.setenv("REDRESS_PSEUDONYM_KEY", "not a secret, only for tests")
    opened = nightly.open_source

    def sources(change: Callable[[Source], Source]) -> None:
        monkeypatch.setattr(nightly, "open_source", lambda council: change(opened(council)))

    made = Night(Home(tmp_path / "data"), tmp_path / "councils", sources)
    made.define("steadyshire", kind="files", path=str(drop))
    return made


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the one connection there is."""

    def connect(conn_type: str, **facts: Any) -> None:
        known = {"host": "127.0.0.1", "login": "redress", "password": SECRET, **facts}
        for module in (connections, database_source, rest_source):
            monkeypatch.setattr(module, "get_connection", lambda conn_id: Connection(conn_id, conn_type, **known))

    return connect


def csv_of(rows: list[dict[str, str]]) -> str:
    return "".join(",".join(line) + "\n" for line in [list(rows[0]), *(row.values() for row in rows)])


@dataclass
class Meddling:
    """A source of which something happens while the rows of a feed are being read."""

    source: Source
    feed: str
    happens: Callable[[], None]

    def deliveries(self, extract_date: date) -> list[Delivery]:
        return self.source.deliveries(extract_date)

    def delivery(self, location: str, extract_date: date) -> Delivery:
        return self.source.delivery(location, extract_date)

    def landed(self, delivery: Delivery) -> None:
        self.source.landed(delivery)

    @contextmanager
    def open(self, delivery: Delivery) -> Iterator[Opened]:
        with self.source.open(delivery) as opened:
            yield replace(opened, parts=tuple(self._part(part) for part in opened.parts))

    def _part(self, part: Part) -> Part:
        def read(since: str | None) -> Reading:
            reading = part.read(since)
            return replace(reading, batches=self._batches(reading.batches))

        return replace(part, read=read) if part.feed.name == self.feed else part

    def _batches(self, batches: Iterator[Any]) -> Iterator[Any]:
        for number, batch in enumerate(batches):
            if number == 0:
                self.happens()
            yield batch


class TestWebService:
    @pytest.fixture
    def service(self, night: Night, connect: Callable[..., None]) -> Iterator[Service]:
        entities = {name: {"entities": {name: {}}, "endpoint": name} for name in TABLES}
        limits = {"attempts": 2, "backoff": 0.001, "longest_wait": 0.01, "answer_timeout": 1, "read_timeout": 0.5}
        night.define("shakyshire", kind="rest", connection="shaky", feeds=entities, limits=limits)
        with Service() as service:
            connect("http", port=service.port, schema="http")
            for name, rows in TABLES.items():
                service.says(f"/{name}", as_json(rows))
            yield service

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (Answer(b"<html>busy</html>", 503), "answered 503"),
            (Answer(b"", 429, {"Retry-After": "600"}), "answered 429"),
            (Answer(json.dumps(STAGES).encode(), sent=4000), "broke"),
            (Answer(json.dumps(STAGES).encode(), length=10**6), "broke"),
            (Answer(json.dumps(STAGES).encode(), pause=0.01), "too slow"),
        ],
        ids=["out of order", "asks for a pause", "cut off", "shorter than it says", "slow"],
    )
    def test_that_fails_half_way(self, night: Night, service: Service, answer: Answer, sentence: str) -> None:
        """The cases have come; the stages do not."""
        service.says("/stages", answer)
        assert sentence in night.fails()
        assert len(service.asked_for("/stages")) == 2
        service.says("/stages", as_json(STAGES))
        assert night.is_whole()

    def test_that_is_longer_than_it_says(self, night: Night, service: Service) -> None:
        service.says("/stages", Answer(json.dumps(STAGES).encode(), length=5000))
        night.fails()
        service.says("/stages", as_json(STAGES))
        assert night.is_whole()

    def test_that_is_down(self, night: Night, service: Service, connect: Callable[..., None]) -> None:
        connect("http", port=free_port(), schema="http")
        assert "cannot be reached" in night.fails()
        connect("http", port=service.port, schema="http")
        assert night.is_whole()


class TestDatabase:
    @pytest.fixture
    def file(self, night: Night, connect: Callable[..., None], tmp_path: Path) -> Path:
        feeds = {name: {"table": name, "entities": {name: {}}} for name in TABLES}
        night.define(
            "shakyshire", kind="database", connection="shaky", feeds=feeds, batch_rows=100, statement_timeout=1
        )
        file = tmp_path / "complaints.db"
        with sqlite3.connect(file) as con:
            for name, rows in TABLES.items():
                con.execute(f"create table {name} ({', '.join(rows[0])})")
                con.executemany(
                    f"insert into {name} values ({', '.join('?' * len(rows[0]))})",
                    [tuple(row.values()) for row in rows],
                )
        con.close()
        connect("sqlite", host=str(file))
        return file

    def test_that_is_not_there(self, night: Night, file: Path) -> None:
        file.rename(file.with_suffix(".away"))
        assert "There is no file" in night.fails()
        file.with_suffix(".away").rename(file)
        assert night.is_whole()

    def test_that_is_locked(self, night: Night, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dialects, "CONNECT_SECONDS", 0.1)
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("begin exclusive")
        assert "locked" in night.fails()
        holder.close()
        assert night.is_whole()

    def test_that_is_cut_off(self, night: Night, file: Path) -> None:
        """What lies behind the stages' first pages is gone while they are read."""
        content = file.read_bytes()
        night.sources(lambda source: Meddling(source, "stages", lambda: file.write_bytes(content[: len(content) // 2])))
        night.fails()
        night.sources(lambda source: source)
        file.write_bytes(content)
        assert night.is_whole()

    def test_rows_written_meanwhile_are_left_for_the_next_night(self, night: Night, file: Path) -> None:
        with sqlite3.connect(file) as con:
            con.execute("pragma journal_mode = wal")

        def write() -> None:
            with sqlite3.connect(file) as other:
                other.execute("insert into stages (case_ref, stage, requested_date) values ('A1', '2', '2024-03-02')")

        night.sources(lambda source: Meddling(source, "cases", write))
        assert night.is_whole()
        with sqlite3.connect(file) as con:
            assert con.execute("select count(*) from stages").fetchone() == (len(STAGES) + 1,)


class TestFiles:
    @pytest.fixture
    def drop(self, night: Night, tmp_path: Path) -> Path:
        drop = tmp_path / "drop"
        drop.mkdir()
        feeds = {"both": {"file": "export.csv", "entities": {"cases": {}, "stages": {}}}}
        night.define("shakyshire", kind="files", path=str(drop), feeds=feeds)
        (drop / "export.csv").write_text(wide(), encoding="utf-8")
        return drop

    @pytest.mark.parametrize("change", ["grows", "is replaced", "is cut"])
    def test_that_change_while_they_are_read(self, night: Night, drop: Path, change: str) -> None:
        file, text = drop / "export.csv", wide()
        changed = {"grows": text + "A9,complaint,2024-03-01,open,1,2024-03-01\n", "is cut": text[: len(text) // 2]}

        def happens() -> None:
            file.write_text(changed.get(change, text.replace("A", "B")), encoding="utf-8")

        night.sources(lambda source: Meddling(source, "both", happens))
        assert "export.csv changed while it was read" in night.fails()
        night.sources(lambda source: source)
        file.write_text(text, encoding="utf-8")
        assert night.is_whole()

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            ("hangs", "did not answer in time"),
            ("breaks off", "broke off"),
            ("ends early", "export.csv"),
            ("is rewritten", "export.csv changed"),
        ],
    )
    def test_on_a_server_that_fails(
        self, night: Night, drop: Path, connect: Callable[..., None], tmp_path: Path, fault: str, said: str
    ) -> None:
        feeds = {"both": {"file": "export.csv", "entities": {"cases": {}, "stages": {}}}}
        path = "sftp://127.0.0.1/drop"
        night.define("shakyshire", kind="files", path=path, connection="shaky", feeds=feeds)
        with sftp_server(tmp_path) as server:
            extra = server.extra(timeout=1)
            connect("sftp", port=server.port, login=LOGIN, password=PASSWORD, extra=extra)
            server.fault = fault
            assert said in night.fails()
            server.fault = None
            (drop / "export.csv").write_text(wide(), encoding="utf-8")
            assert night.is_whole()
        connect("sftp", port=free_port(), login=LOGIN, password=PASSWORD, extra=extra)
        with pytest.raises(RedressError, match="cannot be reached"):
            nightly.deliveries("shakyshire", NIGHT)


def wide() -> str:
    """Cases and their first stages side by side."""
    return csv_of([case | stage for case, stage in zip(CASES, STAGES, strict=True)])
