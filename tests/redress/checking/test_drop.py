"""`redress-check`: what is dropped on it gets its verdict beside it, and a person is told what is wrong with a file."""

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from redress.checking.drop import app
from redress.checking.whose import Unclear, council_of
from redress.errors import UsageError
from redress.paths import PROJECT

HEADER = "case_ref,record_type,received_date,closed_date,status\n"
GOOD = "A1,enquiry,2024-01-02,2024-01-03,concluded\n"
BAD = "A2,enquiry,2024-01-05,2024-01-03,concluded\n"
FEEDS = """
feeds:
  all:
    file: "{file}"
    entities:
      cases:
        columns: {{case_ref: Ref, record_type: {{constant: enquiry}}, received_date: Received, status: State}}
"""
NO_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a space and letters beyond ASCII in its name, and one council, barsetshire."""
    monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("REDRESS_COUNCILS", str(tmp_path / "councils"))
    for name in ("REDRESS_PSEUDONYM_KEY", "REDRESS_COUNCIL"):
        monkeypatch.delenv(name, raising=False)
    council(tmp_path, "barsetshire")
    folder = tmp_path / "Schreibtisch für Beschwerden 苦情"
    folder.mkdir()
    return folder


def council(root: Path, name: str, more: str = "") -> None:
    folder = root / "councils" / name
    folder.mkdir(parents=True)
    drop = root / "drop" / name
    drop.mkdir(parents=True)
    (folder / "source.yml").write_text(f"kind: files\npath: {drop}\n{more}")


def dropped(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*map(str, words), "--date", "2024-02-01"])
    return done.exit_code, done.stdout, done.stderr


def issues(file: Path) -> list[tuple[str, str]]:
    sheet = load_workbook(file)["Issues"]
    return [(str(row[0]), str(row[3])) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_each_file_gets_its_verdict_beside_it_and_they_are_checked_together(desk: Path) -> None:
    (desk / "cases.csv").write_text(HEADER + GOOD + BAD)
    (desk / "stages.csv").write_text("case_ref,stage,requested_date\nA2,1,2024-01-05\nA9,1,2024-01-05\n")
    (desk / "notes.csv").write_text("remember the milk\n")
    code, said, errors = dropped(desk / "cases.csv", desk / "stages.csv", desk / "notes.csv", desk / "gone.csv")
    assert code == 2
    assert "cases.csv would be accepted, 1 record held back" in said
    assert f"Report: {desk / 'stages-checked.xlsx'}" in said
    assert issues(desk / "cases-checked.xlsx") == [("D02", "A2")]
    assert ("R02", "A2|1") in issues(desk / "stages-checked.xlsx")
    told = errors.splitlines()
    assert [line.split(" ")[0] for line in told] == ["There", "What"]
    assert "rename it to <entity>.csv" in told[1]
    assert sorted(path.name for path in desk.glob("*.xlsx")) == ["cases-checked.xlsx", "stages-checked.xlsx"]


def test_a_folder_and_a_place_for_the_verdicts(desk: Path, tmp_path: Path) -> None:
    (desk / "cases.csv").write_text(HEADER + GOOD)
    code, said, _ = dropped(desk, "--into", tmp_path / "verdicts")
    assert code == 0
    assert "would be accepted." in said
    assert [path.name for path in (tmp_path / "verdicts").iterdir()] == [f"{desk.name}-checked.xlsx"]
    assert [path.name for path in desk.iterdir()] == ["cases.csv"]


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        ("cases.csv", b"", 3, "lacks columns the contract requires"),
        ("cases.csv", b"%PDF-1.4\x00\x01", 3, "is not a text file"),
        ("cases.csv", HEADER.encode() + b"A1,caf\xe9,2024-01-02,,open\n", 3, "is not UTF-8: row 2"),
        ("cases.csv", b"Dear colleague,\nplease find attached\n", 3, "lacks columns the contract requires"),
        ("cases.csv", HEADER.encode(), 0, "cases.csv holds no record"),
        ("log.xlsx", NO_WORKBOOK + "EncryptedPackage".encode("utf-16-le"), 3, "is encrypted with a password"),
        ("log.xlsx", b"Ref,Received\n", 3, "is named like a workbook but is none"),
        ("letter.docx", b"PK", 2, "rename it to log.xlsx"),
    ],
    ids=["empty", "no text", "another encoding", "no table", "no rows", "a password", "no workbook", "something else"],
)
def test_a_file_that_cannot_be_checked_is_explained_in_a_sentence(
    desk: Path, tmp_path: Path, name: str, content: bytes, code: int, sentence: str
) -> None:
    if not name.endswith(".csv"):
        (tmp_path / "councils/barsetshire/source.yml").unlink()
        (tmp_path / "councils/barsetshire").rmdir()
        (tmp_path / "drop/barsetshire").rmdir()
        council(tmp_path, "barsetshire", FEEDS.format(file="log.xlsx"))
    (desk / name).write_bytes(content)
    ended, said, errors = dropped(desk / name)
    assert ended == code
    assert sentence in said + errors
    assert "Traceback" not in said + errors
    assert len([line for line in (said + errors).splitlines() if sentence in line]) == 1


@pytest.mark.parametrize("words", [[], ["nowhere.csv"], ["empty folder"]])
def test_nothing_to_check_is_wrong_usage(desk: Path, words: list[str]) -> None:
    (desk / "empty folder").mkdir()
    code, _, errors = dropped(*[desk / word for word in words])
    assert code == 2
    assert len(errors.splitlines()) == 1


@pytest.fixture
def of_root(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which nobody else may write. Root may do everything, so the test becomes someone else."""
    if os.geteuid() != 0:
        pytest.skip("only root can become someone else")
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("REDRESS_HOME", f"{folder}/data")
        monkeypatch.setenv("REDRESS_COUNCILS", f"{folder}/councils")
        Path(folder).chmod(0o755)
        (Path(folder) / "cases.csv").write_text(HEADER + GOOD)
        dropped(Path(folder) / "cases.csv", "--into", desk)  # what is imported on the way is read as root
        os.seteuid(65534)
        yield Path(folder)
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_and_a_file_that_may_not_be_read_are_said(of_root: Path) -> None:
    code, said, errors = dropped(of_root / "cases.csv")
    assert code == 1
    assert "cases.csv would be accepted." in said, "the verdict is said all the same"
    assert re.search(r"The report cannot be written to .*cases-checked.xlsx \(Permission denied\)", errors)
    os.seteuid(0)
    (of_root / "cases.csv").chmod(0o600)
    os.seteuid(65534)
    code, _, errors = dropped(of_root / "cases.csv")
    assert code == 1
    assert "Permission denied" in errors
    assert len(errors.splitlines()) == 1


def test_the_desktop_entry_of_the_docs_runs_with_the_paths_a_desktop_gives(desk: Path) -> None:
    """As a file manager starts it: %F becomes one argument a file, the folder it starts in is another."""
    docs = (PROJECT / "docs/run/checking.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^Exec=(.+)$", docs, re.MULTILINE)
    program, _, rest = line.replace("/srv/redress", str(PROJECT)).rpartition(" ")
    assert rest == "%F"
    file = desk / "cases.csv"
    file.write_text(HEADER + BAD)
    done = subprocess.run(
        [*shlex.split(program), str(file)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert issues(desk / "cases-checked.xlsx") == [("D02", "A2")]


def test_a_window_of_its_own_waits_for_enter(desk: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from redress.checking.drop import app; app()", str(desk / "gone.csv")]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "plugins")}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        shown = _read_until(ours, "Press Enter to close.")
        assert "There is nothing at" in shown
        assert running.poll() is None
        os.write(ours, b"\n")
        assert running.wait(timeout=30) == 2
    os.close(ours)


def test_several_councils_that_fit_are_asked_about(desk: Path, tmp_path: Path) -> None:
    council(tmp_path, "loamshire")
    (desk / "cases.csv").write_text(HEADER + GOOD)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from redress.checking.drop import app; app()", str(desk / "cases.csv")]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "plugins")}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        shown = _read_until(ours, "Its number")
        assert re.search(r"Whose records does cases.csv hold\?\s+1  Barsetshire\s+2  Loamshire", shown)
        os.write(ours, b"2\n")
        assert "would be accepted" in _read_until(ours, "Press Enter to close.")
        os.write(ours, b"\n")
        assert running.wait(timeout=30) == 0
    os.close(ours)
    sheet = load_workbook(desk / "cases-checked.xlsx")["Verdict"]
    assert "loamshire" in sheet["A2"].value


def _read_until(terminal: int, text: str) -> str:
    shown = ""
    deadline = time.monotonic() + 120
    while text not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace").replace("\r", "")
    assert text in shown, shown
    return shown


def test_whose_it_is_is_told_by_place_then_by_name(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    council(tmp_path, "loamshire", FEEDS.format(file="loam log*.xlsx"))
    council(tmp_path, "borsetshire", FEEDS.format(file="log.xlsx"))
    (tmp_path / "councils/broken").mkdir()
    (tmp_path / "councils/broken/source.yml").write_text("kind: [")
    (desk / "Loamshire").mkdir()
    for path in ("cases.csv", "loam log 3.xlsx", "log.xlsx", "Loamshire/cases.csv"):
        (desk / path).touch()
    (tmp_path / "drop/borsetshire/loam log 3.xlsx").touch()

    def whose(path: Path) -> str | None:
        found = council_of(path)
        return found.name if found else None

    assert whose(tmp_path / "drop/borsetshire/loam log 3.xlsx") == "borsetshire"
    assert whose(desk / "Loamshire/cases.csv") == "loamshire"
    assert whose(desk / "loam log 3.xlsx") == "loamshire"
    with pytest.raises(Unclear, match=r"cases\.csv"):
        council_of(desk / "cases.csv")
    monkeypatch.setenv("REDRESS_COUNCIL", "borsetshire")
    assert whose(desk / "cases.csv") == "borsetshire"
    monkeypatch.setenv("REDRESS_COUNCIL", "nowhere")
    with pytest.raises(UsageError, match="no council 'nowhere'"):
        council_of(desk / "cases.csv")


def test_without_councils_the_contract_alone_decides(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRESS_COUNCILS", str(desk / "no councils"))
    assert council_of(desk) is None


def test_a_path_of_windows_is_looked_for_where_its_subsystem_has_it(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "cases.csv").write_text(HEADER + GOOD)
    tool = tmp_path / "bin" / "wslpath"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\n[ \"$2\" = 'C:\\Users\\Ann Lee\\cases.csv' ] && echo '{desk / 'cases.csv'}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    code, said, _ = dropped("C:\\Users\\Ann Lee\\cases.csv")
    assert (code, "cases.csv would be accepted." in said) == (0, True)
    assert (desk / "cases-checked.xlsx").is_file()
