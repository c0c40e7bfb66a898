"""The commands about returns, given what a person may get wrong: one sentence, the right exit code, nothing written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from redress.paths import PROJECT
from tests.conftest import demo_environment

RETURN = ("quarterly", "Q2 2018/19", "--council", "croydon")


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data folder, to be written to, without returns of its own."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    shutil.copytree(demo_home, folder, symlinks=True, ignore=shutil.ignore_patterns("returns", "airflow", "logs"))
    return folder


Redress = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def redress(home: Path) -> Redress:
    """Runs the command as a person does."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "redress", *words],
            cwd=PROJECT,
            env=demo_environment(home),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("return", "annual", "1990/91", "-c", "harrow"), "1990/91 lies before the first records of Harrow"),
        (("return", "annual", "2017/18", "-c", "harow"), "did you mean harrow?"),
        (("explain", "figures/harow/stage1_received/2017-18"), "did you mean harrow?"),
        (("explain", "figures/harrow/stage1_received/1990-91"), "its records run from"),
        (("explain", "figures/harrow/stage1_received/2017-18/gender=malle"), "did you mean male or female"),
    ],
)
def test_a_slip_is_one_sentence_with_the_nearest_names(
    redress: Redress, home: Path, words: tuple[str, ...], says: str
) -> None:
    ran = redress(*words)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert len(ran.stderr.splitlines()) == 1, "no empty line, no traceback"
    assert ran.stdout == ""
    assert not (home / "returns").exists()


def test_a_file_that_cannot_be_written_is_named(redress: Redress, tmp_path: Path) -> None:
    ran = redress("figures", "stage1_received", "-c", "harrow", "--csv", str(tmp_path))
    assert (ran.returncode, ran.stderr) == (1, f"{tmp_path} cannot be written (Is a directory); choose another file.\n")
    assert list(tmp_path.parent.glob(".*.draft")) == []


@pytest.mark.slow
def test_a_build_killed_while_it_writes_leaves_the_documents_and_the_next_clears_up(
    redress: Redress, home: Path
) -> None:
    folder = home / "returns" / "croydon" / "quarterly" / "q2-2018-19"
    assert redress("return", *RETURN, "--format", "csv").returncode == 0
    before = {file.name: file.read_bytes() for file in (folder / "draft").iterdir()}

    command = [sys.executable, "-m", "redress", "return", *RETURN, "--format", "csv,html,docx"]
    build = subprocess.Popen(command, cwd=PROJECT, env=demo_environment(home), stdout=subprocess.DEVNULL)
    while build.poll() is None and not list(folder.glob(".draft.*.draft")):
        time.sleep(0.01)
    os.kill(build.pid, signal.SIGKILL)
    build.wait()
    assert list(folder.glob(".draft.*.draft")), "it was not killed while it wrote"
    assert {file.name: file.read_bytes() for file in (folder / "draft").iterdir()} == before

    assert redress("return", *RETURN, "--format", "csv,html").returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "draft", "figures"]
    assert {file.suffix for file in (folder / "draft").iterdir()} == {".csv", ".html"}
