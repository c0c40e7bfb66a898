"""Opens the published warehouse for metrics: the file, and the metrics as dbt wrote them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from filelock import FileLock

from redress.duck import connect, text
from redress.errors import RedressError
from redress.paths import Home
from redress.returns.metrics.metrics import Metrics
from redress.warehouse.publish import reporting_file


@contextmanager
def open_metrics(home: Home) -> Iterator[Metrics]:
    """The metrics of the published warehouse; what is published meanwhile is not seen.

    Raises RedressError where nothing is published yet.
    """
    import duckdb

    file = reporting_file(home)
    if not file.exists():
        raise RedressError(f"There is no published warehouse at {file}; run `redress nightly` first.")
    manifest = semantic_manifest(home)
    database = manifest["semantic_models"][0]["node_relation"]["database"]
    with connect() as con:
        try:
            con.execute(f"attach {text(file)} as {database} (READ_ONLY)")
        except duckdb.Error:
            raise RedressError(f"{file} is damaged and cannot be opened; run `redress rebuild`.") from None
        yield Metrics(manifest, con, database)


def semantic_manifest(home: Home) -> dict[str, Any]:
    """The metrics as dbt last wrote them, written anew where the project has changed since."""
    from redress.warehouse import dbt

    file = home.build / "dbt" / "semantic_manifest.json"
    stamp = home.build / "dbt" / "semantic_manifest.of"
    current = dbt.project_hash()
    with FileLock(home.build / "semantic_manifest.lock"):
        if not file.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != current:
            dbt.write_semantic_manifest(home)
            stamp.write_text(current, encoding="utf-8")
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return manifest
