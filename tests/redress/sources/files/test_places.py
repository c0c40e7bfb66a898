"""Folders, near and far: which files are taken, when they are whole, and where they are put."""

import logging
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
import pytest

from redress.errors import RedressError, RejectedFile, SourceUnavailable
from redress.sources.definition import FilesDefinition
from redress.sources.files.source import FileSource
from tests.redress.sources.files.tables import NIGHT, feed, refs, rows_of, source_of

CONTENT = b"Complaint No.,Received,Status\nA1,2024-03-01,open\n"
FEEDS = {"cases": feed("complaints*.csv")}


@pytest.fixture
def far() -> Iterator[Any]:
    """A folder in a store that is no disk: memory://drop."""
    store = fsspec.filesystem("memory")
    store.makedirs("/drop")
    yield store
    store.rm("/", recursive=True)
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def far_source(**settings: Any) -> FileSource:
    return FileSource("barsetshire", FilesDefinition(kind="files", path="memory://drop", feeds=FEEDS, **settings))


def named(source: FileSource, night: date = NIGHT) -> list[tuple[str, date]]:
    return [(delivery.name, delivery.extract_date) for delivery in source.deliveries(night)]


def test_names_are_matched_with_stars_and_a_date(tmp_path: Path) -> None:
    for name in (
        "CSC complaints 2024-03-04 final.csv",
        "csc COMPLAINTS 20240303 v2.CSV",
        "CSC complaints 2024-03-06 .csv",
        "CSC complaints 2024-02-30 x.csv",
        "CSC complaints x.csv",
        "CSC complaints 2024-03-04 final.xlsx",
        "people.csv",
    ):
        (tmp_path / name).touch()
    (tmp_path / "CSC complaints 2024-03-01 folder.csv").mkdir()
    source = source_of(tmp_path, {"cases": feed("CSC complaints {date} *.csv")})
    assert named(source) == [
        ("csc COMPLAINTS 20240303 v2.CSV", date(2024, 3, 3)),
        ("CSC complaints 2024-03-04 final.csv", date(2024, 3, 4)),
    ]


def test_a_file_without_a_date_is_of_the_night(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").touch()
    assert named(source_of(tmp_path, FEEDS)) == [("complaints.csv", NIGHT)]


@pytest.mark.parametrize("name", ["complaints.csv.part", ".complaints.csv", "~$complaints.csv", "complaints.csv.TMP"])
def test_uploads_under_way_are_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert named(source_of(tmp_path, {"cases": feed("*complaints*")})) == []


@pytest.mark.parametrize("file", ["2024/complaints.csv", "{date}{date}.csv"])
def test_a_file_that_is_no_name_is_a_mistake_of_source_yml(tmp_path: Path, file: str) -> None:
    with pytest.raises(RedressError, match=r"source\.yml"):
        source_of(tmp_path, {"cases": feed(file)}).deliveries(NIGHT)


def test_a_wide_export_is_one_part_for_several_entities(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    wide = {"file": "complaints.csv", "header_row": 1, "entities": {"cases": {}, "stages": {}}}
    source = source_of(tmp_path, {"wide": wide})
    (delivery,) = source.deliveries(NIGHT)
    assert delivery.entities == ("cases", "stages")
    with source.open(delivery) as opened:
        assert [part.feed.name for part in opened.parts] == ["wide"]


def test_a_marker_says_that_a_file_is_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    source = source_of(tmp_path, {"cases": feed("complaints*")}, ready="marker")
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    assert named(source) == []
    assert "complaints.csv" in caplog.text
    (tmp_path / "complaints.csv.done").touch()
    assert [name for name, _ in named(source)] == ["complaints.csv"]


def test_the_marker_of_an_earlier_delivery_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv.done").touch()
    os.utime(tmp_path / "complaints.csv.done", (1, 1))
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    assert named(source_of(tmp_path, FEEDS, ready="marker")) == []


def test_a_marker_may_have_another_name(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    (tmp_path / "ready-complaints.csv").touch()
    assert len(named(source_of(tmp_path, FEEDS, ready="marker", marker="ready-{name}"))) == 1


def test_a_file_changed_just_now_is_left_for_the_next_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    assert named(source_of(tmp_path, FEEDS, settle_seconds=30)) == []
    assert "complaints.csv" in caplog.text


def test_a_file_that_grows_while_it_is_watched_is_left_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("complaints_1.csv", "complaints_2.csv"):
        (tmp_path / name).write_bytes(CONTENT)
        os.utime(tmp_path / name, (1, 1))

    def upload(seconds: float) -> None:
        with (tmp_path / "complaints_1.csv").open("ab") as file:
            file.write(b"A2,,\n")
        os.utime(tmp_path / "complaints_1.csv", (1, 1))

    monkeypatch.setattr(time, "sleep", upload)
    assert [name for name, _ in named(source_of(tmp_path, FEEDS, settle_seconds=30))] == ["complaints_2.csv"]


@pytest.mark.parametrize("rewritten", [CONTENT + b"A2,,\n", CONTENT.replace(b"A1", b"B1")])
def test_a_file_that_changes_while_it_is_read_may_be_read_later(tmp_path: Path, rewritten: bytes) -> None:
    path = tmp_path / "complaints.csv"
    path.write_bytes(CONTENT)
    facts = path.stat()
    source = source_of(tmp_path, FEEDS)

    def read() -> None:
        with source.open(source.deliveries(NIGHT)[0]) as opened:
            for _ in opened.parts[0].read(None).batches:
                path.write_bytes(rewritten)
                os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    with pytest.raises(SourceUnavailable, match=r"complaints\.csv changed while it was read"):
        read()


def test_a_file_that_goes_while_it_is_read_may_be_read_later(tmp_path: Path) -> None:
    path = tmp_path / "complaints.csv"
    path.write_bytes(CONTENT)
    source = source_of(tmp_path, FEEDS)

    def read() -> None:
        with source.open(source.deliveries(NIGHT)[0]) as opened:
            path.unlink()
            opened.parts[0].read(None)

    with pytest.raises(SourceUnavailable, match=r"complaints\.csv cannot be read to its end"):
        read()


def test_a_file_over_the_limit_is_rejected_unread(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    source = source_of(tmp_path, FEEDS, largest_file=len(CONTENT) - 1)
    with source.open(source.deliveries(NIGHT)[0]) as opened:
        assert opened.file is None
        with pytest.raises(RejectedFile, match=r"complaints\.csv has 49 bytes, more than the 48"):
            opened.parts[0].read(None)


def test_landed_files_stay_unless_asked_to_be_moved(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    source = source_of(tmp_path, FEEDS)
    source.landed(source.deliveries(NIGHT)[0])
    assert (tmp_path / "complaints.csv").exists()


def test_landed_files_are_moved_with_their_marker_and_never_over_another(tmp_path: Path) -> None:
    source = source_of(tmp_path, FEEDS, move_to="done", ready="marker")
    for number in ("1", "2"):
        (tmp_path / "complaints.csv").write_text(number)
        (tmp_path / "complaints.csv.done").touch()
        (delivery,) = source.deliveries(NIGHT)
        source.landed(delivery)
        source.landed(delivery)
    assert [path.name for path in tmp_path.iterdir()] == ["done"]
    moved = {path.name: path.read_text() for path in (tmp_path / "done").iterdir()}
    assert moved == {
        "complaints.csv": "1",
        "complaints_2.csv": "2",
        "complaints.csv.done": "",
        "complaints.csv_2.done": "",
    }


def test_a_file_delivered_anew_while_it_landed_is_not_moved(tmp_path: Path) -> None:
    source = source_of(tmp_path, FEEDS, move_to="done")
    path = tmp_path / "complaints.csv"
    path.write_bytes(CONTENT)
    (delivery,) = source.deliveries(NIGHT)
    with source.open(delivery):
        pass
    path.write_bytes(CONTENT + b"A2,,\n")
    source.landed(delivery)
    assert path.exists()


def test_a_folder_that_cannot_be_moved_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_bytes(CONTENT)
    (tmp_path / "done").touch()
    source = source_of(tmp_path, FEEDS, move_to="done")
    with pytest.raises(SourceUnavailable, match="cannot be moved"):
        source.landed(source.deliveries(NIGHT)[0])
    assert (tmp_path / "complaints.csv").exists()


def test_a_path_may_be_written_as_an_address_with_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    (folder / "complaints.csv").write_bytes(CONTENT)
    monkeypatch.setenv("DROP", str(tmp_path))
    for path in ("file://${DROP}/two%20words", "${DROP}/two words"):
        source = FileSource("barsetshire", FilesDefinition(kind="files", path=path, feeds=FEEDS))
        assert refs(rows_of(source)) == [("A1", 2)]


@pytest.mark.parametrize(
    "path",
    [
        "sftp://user:Hunter2@host/drop",
        "s3://key:Hunter/2@bucket",
        "sftp://user:${PLANTED}@host/drop",
        "sftp://:Hunter2@h/",
        "${WHOLE}",
    ],
)
def test_a_password_in_the_path_is_refused_and_not_shown(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "Hunter2")
    monkeypatch.setenv("WHOLE", "sftp://user:Hunter2@host/drop")
    with pytest.raises(RedressError) as refused:
        FileSource("barsetshire", FilesDefinition(kind="files", path=path)).deliveries(NIGHT)
    assert "Hunter" not in str(refused.value)
    assert "Airflow connection" in str(refused.value)


@pytest.mark.parametrize(("path", "sentence"), [("s3://bucket/drop", "s3"), ("gopher://host/drop", "gopher://")])
def test_an_address_that_nothing_here_can_read(path: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(RedressError, match=sentence):
        FileSource("barsetshire", FilesDefinition(kind="files", path=path)).deliveries(NIGHT)


def test_a_far_folder_is_read_as_a_near_one(far: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    far.pipe("/drop/complaints.csv", CONTENT)
    far.pipe("/drop/complaints_old.csv.part", CONTENT)
    far.pipe("/drop/below/complaints.csv", CONTENT)
    source = far_source()
    (delivery,) = source.deliveries(NIGHT)
    assert delivery.location == "memory://drop/complaints.csv"
    assert source.delivery(delivery.location, NIGHT) == delivery
    with source.open(delivery) as opened:
        assert opened.file is not None
        assert opened.file.read_bytes() == CONTENT
        assert stat.S_IMODE(opened.file.parent.stat().st_mode) == 0o700
        (part,) = opened.parts
        assert part.name == "complaints.csv"
        assert refs([row for batch in part.read(None).batches for row in batch.to_pylist()]) == [("A1", 2)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "location",
    [
        "memory://drop/other.csv",
        "memory://drop/below/complaints.csv",
        "memory://else/complaints.csv",
        "memory://drop/..",
    ],
)
def test_nothing_outside_a_far_folder_is_a_delivery(far: Any, location: str) -> None:
    far.pipe("/drop/below/complaints.csv", CONTENT)
    far.pipe("/else/complaints.csv", CONTENT)
    with pytest.raises(RedressError, match="is not a delivery"):
        far_source().delivery(location, NIGHT)


def test_a_far_folder_that_is_missing_is_said(far: Any) -> None:
    far.rm("/drop", recursive=True)
    with pytest.raises(RedressError, match=r"memory://drop.*source\.yml") as refused:
        far_source().deliveries(NIGHT)
    assert not isinstance(refused.value, SourceUnavailable)


def test_a_far_file_over_the_limit_is_not_fetched(far: Any) -> None:
    far.pipe("/drop/complaints.csv", CONTENT)
    source = far_source(largest_file=48)
    with source.open(source.deliveries(NIGHT)[0]) as opened:
        assert opened.file is None
        with pytest.raises(RejectedFile, match="more than the 48"):
            opened.parts[0].read(None)


@pytest.mark.parametrize("announced", [len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_far_store_that_lies_about_a_length(far: Any, monkeypatch: pytest.MonkeyPatch, announced: int) -> None:
    far.pipe("/drop/complaints.csv", CONTENT)
    source = far_source()
    (delivery,) = source.deliveries(NIGHT)
    told = type(far).info
    monkeypatch.setattr(type(far), "info", lambda self, path, **kw: {**told(self, path, **kw), "size": announced})
    with pytest.raises(SourceUnavailable, match=f"announced with {announced} bytes"), source.open(delivery):
        pytest.fail("nothing may be read of it")


def test_a_far_file_that_changes_while_it_is_fetched(far: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    far.pipe("/drop/complaints.csv", CONTENT)
    source = far_source()
    (delivery,) = source.deliveries(NIGHT)
    opened = type(far)._open

    def interrupted(self: Any, *arguments: Any, **settings: Any) -> Any:
        file = opened(self, *arguments, **settings)
        monkeypatch.undo()
        far.pipe("/drop/complaints.csv", CONTENT.replace(b"A1", b"B1"))
        return file

    monkeypatch.setattr(type(far), "_open", interrupted)
    with pytest.raises(SourceUnavailable, match="changed while it was read"), source.open(delivery):
        pytest.fail("nothing may be read of it")


def test_far_files_are_moved_and_never_over_another(far: Any) -> None:
    source = far_source(move_to="done")
    for content in (b"1", b"2"):
        far.pipe("/drop/complaints.csv", content)
        (delivery,) = source.deliveries(NIGHT)
        source.landed(delivery)
        source.landed(delivery)
    assert far.cat("/drop/done/complaints.csv") == b"1"
    assert far.cat("/drop/done/complaints_2.csv") == b"2"
    assert far_source().deliveries(NIGHT) == []
