"""House rules, each with a message that says how to keep it."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from redress import telemetry

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "plugins" / "redress").rglob("*.py"))
MOST_LINES = 300


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def project_files() -> list[Path]:
    """What is, or would be, in version control; where git is not there, what does not look made."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
    except (FileNotFoundError, subprocess.CalledProcessError):
        made = {".venv", ".git", "data", "target", "logs", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]
    return [ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def imported(path: Path) -> set[str]:
    """Top-level names of every package a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_modules_are_short() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in LIBRARY}
    long = {path: count for path, count in lines.items() if count > MOST_LINES}
    assert not long, f"Longer than {MOST_LINES} lines: {long}; split them by what they do."


def test_modules_say_what_they_do() -> None:
    texts = {name(path): path.read_text(encoding="utf-8") for path in LIBRARY}
    silent = [path for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert not silent, f"No docstring in {silent}; say in one line what the module does."


def test_one_module_only_imports_airflow() -> None:
    importing = {path.name for path in LIBRARY if "airflow" in imported(path)}
    assert importing == {"airflow_run.py"}, (
        f"{importing} import Airflow; put what needs it in airflow_run.py and keep the rest usable without."
    )


def test_two_modules_only_import_great_expectations() -> None:
    importing = {path.name for path in LIBRARY if "great_expectations" in imported(path)}
    assert importing == {"suites.py", "data_docs_view.py"}, (
        f"{importing} import Great Expectations; ask it in suites.py, show it in data_docs_view.py, nowhere else."
    )


@pytest.mark.parametrize("lock", ["requirements.lock", ".ci/uv.lock"])
def test_locks_are_hashed_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirements = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not entry.startswith("#")]
    unhashed = [entry.split()[0] for entry in requirements if "--hash=sha256:" not in entry]
    loose = [entry.split()[0] for entry in requirements if not re.match(r"[\w.\[\],-]+==[^\s;]+( |$)", entry)]
    assert not unhashed, f"{lock}: no hash for {unhashed}; make it with `make lock`."
    assert not loose, f"{lock}: not pinned: {loose}; make it with `make lock`."
    assert "://" not in text, f"{lock} names an address; `make lock` leaves the index out."
    assert "--" not in text.replace("--hash=sha256:", ""), f"{lock} sets options of pip; use `make lock`."


def test_the_lock_holds_what_the_project_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[^\w.-]", need, maxsplit=1)[0].lower().replace("_", "-") for need in needed}
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= locked, f"Not in requirements.lock: {sorted(names - locked)}; run `make lock`."


@pytest.mark.parametrize("path", ["Makefile", ".ci/run", "Dockerfile"])
def test_telemetry_is_off(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    for variable, value in telemetry.OFF.items():
        assert re.search(rf"{variable}\W+{value}\b", text), f"{path} does not set {variable} to {value}; add it."


def test_nothing_of_one_machine_is_in_the_project() -> None:
    machine = re.compile(rb"(?<![\w.}])/(?:root|home/\w|Users/\w)|\bfile:///|https?://\S+/(?:simple|packages)\b")
    found = [
        f"{name(path)}:{number}"
        for path in project_files()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if machine.search(line) and path != Path(__file__)
    ]
    assert not found, f"Paths or index addresses of a machine in {found}; use relative paths and settings."


def test_no_work_is_left_for_later_in_the_code() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{name(path)}:{number}"
        for path in project_files()
        if path.suffix in {".py", ".sql", ".yml", ".md", ".toml"} and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if later.search(line)
    ]
    assert not found, f"Unfinished work is marked in {found}; finish it or open an issue."


def test_no_record_or_secret_is_in_version_control() -> None:
    kept = [name(path) for path in project_files()]
    wrong = [
        path
        for path in kept
        if path.startswith(("data/", "secrets/"))
        or path == ".env"
        or path.endswith((".duckdb", ".parquet", ".key", ".pem", ".db"))
    ]
    assert not wrong, f"{wrong} should not be in version control; add them to .gitignore."
