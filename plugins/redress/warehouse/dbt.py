"""Runs the dbt project in this process, on one build file, and says in a sentence what failed."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.duck import connect
from redress.errors import RedressError
from redress.paths import DBT_PROJECT, Home

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

BUILD_FILE_VARIABLE = "REDRESS_BUILD_FILE"

_manifests: "dict[tuple[Path, str], Manifest]" = {}

_CODE = ("*.sql", "*.yml", "*.csv")

_KINDS_OF_ERROR = ("Runtime Error", "Database Error", "Compilation Error", "Parsing Error")

# A test that reads models of two steps runs in the step after both.
_WHOLE_TESTS = ("--indirect-selection", "cautious")


@dataclass
class DbtResult:
    """What failed, a sentence each; broken are the failures of models, not of tests."""

    invocation_id: str
    failures: list[str]
    broken: list[str]


def project_hash(project: Path = DBT_PROJECT) -> str:
    """Fingerprint of the project's code; another one means that every case is built again."""
    digest = hashlib.sha256()
    files = {path for pattern in _CODE for path in project.rglob(pattern)}
    for path in sorted(file for file in files if file.relative_to(project).parts[0] not in ("target", "logs")):
        digest.update(str(path.relative_to(project)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Project:
    """The dbt project over one build file."""

    def __init__(self, home: Home, build_file: Path, project: Path = DBT_PROJECT) -> None:
        self.home = home
        self.build_file = build_file
        self.folder = project

    def run(self, command: str, *arguments: str) -> DbtResult:
        """Runs one dbt command, `build` for example, and gathers what failed.

        Raises RedressError where dbt could not begin at all.
        """
        from dbt.artifacts.schemas.run import RunExecutionResult
        from dbt_common.invocation import get_invocation_id

        # Without a connection held here, DuckDB closes the file after every model and opens it anew.
        with _environment(self.build_file), connect(self.build_file):
            outcome = self._parsed().invoke([command, *arguments, *self._options(), *_WHOLE_TESTS])
        if not isinstance(outcome.result, RunExecutionResult):
            raise RedressError(
                f"dbt {command} could not start: {_first_line(outcome.exception)}; "
                f"see {self.home.logs / 'dbt' / 'dbt.log'}."
            )
        failed = [result for result in outcome.result.results if result.status in ("fail", "error")]
        return DbtResult(
            invocation_id=get_invocation_id(),
            failures=[_sentence(result) for result in failed],
            broken=[_sentence(result) for result in failed if str(result.node.resource_type) != "test"],
        )

    def _parsed(self) -> "dbtRunner":
        """A runner that knows the project: parsing takes seconds, so a process does it once."""
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        key = (self.folder, project_hash(self.folder))
        if key not in _manifests:
            parsed = dbtRunner().invoke(["parse", *self._options()])
            if not isinstance(parsed.result, Manifest):
                raise RedressError(
                    f"The dbt project {self.folder} cannot be read: {_first_line(parsed.exception)}; correct it."
                )
            _manifests[key] = parsed.result
        return dbtRunner(manifest=_manifests[key])

    def _options(self) -> list[str]:
        return [
            "--project-dir",
            str(self.folder),
            "--profiles-dir",
            str(self.folder),
            "--target-path",
            str(self.home.build / "dbt"),
            "--log-path",
            str(self.home.logs / "dbt"),
            "--no-send-anonymous-usage-stats",
            "--no-version-check",
            "--no-use-colors",
            "--log-level",
            "none",
            "--log-level-file",
            "info",
        ]


def write_semantic_manifest(home: Home) -> None:
    """Writes semantic_manifest.json, the metrics that MetricFlow reads, into the build's dbt folder.

    The tables in it are those of tonight's build; whoever asks attaches the published file by that name.
    Raises RedressError where the project cannot be read.
    """
    from dbt.cli.main import dbtRunner

    build_file = home.build / "tonight.duckdb"
    with _environment(build_file):
        parsed = dbtRunner().invoke(["parse", *Project(home, build_file)._options()])
    if not parsed.success:
        raise RedressError(f"The dbt project cannot be read: {_first_line(parsed.exception)}; correct it.")


@contextmanager
def _environment(build_file: Path) -> Iterator[None]:
    before = os.environ.get(BUILD_FILE_VARIABLE)
    os.environ[BUILD_FILE_VARIABLE] = str(build_file)
    try:
        yield
    finally:
        if before is None:
            del os.environ[BUILD_FILE_VARIABLE]
        else:
            os.environ[BUILD_FILE_VARIABLE] = before


def _sentence(result: Any) -> str:
    node = result.node
    kind = str(node.resource_type)
    if kind == "test" and result.status == "fail":
        meaning = f" ({node.description.strip().rstrip('.')})" if node.description else ""
        return f"Test {node.name} failed on {result.failures} rows{meaning}."
    return f"The {kind} {node.name} could not be run: {_first_line(result.message)}."


def _first_line(problem: object) -> str:
    lines = [line.strip() for line in str(problem or "no reason was given").splitlines() if line.strip()]
    wordy = [line for line in lines if not line.startswith(_KINDS_OF_ERROR)]
    return (wordy or lines or ["no reason was given"])[0][:300].rstrip(".")
