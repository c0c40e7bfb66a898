"""The last build of a return: its exact figures, and which documents were made from them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redress.errors import RedressError
from redress.paths import Home
from redress.returns.figures import BuiltReturn
from redress.returns.periods import Period
from redress.returns.signing import store
from redress.returns.signing.folders import ReturnFolder, return_folder, write_private
from redress.returns.signing.publish_figures import write_rows


@dataclass(frozen=True)
class Build:
    """What was built last. documents: the SHA-256 of each by name; internal_hash: of the figures before suppression."""

    built: BuiltReturn
    figures_hash: str
    internal_hash: str
    documents: dict[str, str]
    folder: Path

    @property
    def changed_documents(self) -> list[str]:
        """Documents that are gone, or are no longer as they were built."""
        return [
            name
            for name, digest in self.documents.items()
            if not (self.folder / name).is_file() or sha256(self.folder / name) != digest
        ]

    @property
    def formats(self) -> tuple[str, ...]:
        """What the documents are: html, xlsx and so on, sorted."""
        return tuple(sorted({Path(name).suffix.removeprefix(".") for name in self.documents}))


def record_build(
    home: Home, built: BuiltReturn, documents: Sequence[Path], internal: BuiltReturn | None = None
) -> Build:
    """Keeps the figures of a build whose documents are in place. internal: of a publication, the figures it protects.

    Documents built earlier from the same figures, and not changed since, still belong to them.
    """
    folder = return_folder(home, built.council, built.kind, built.period)
    before = last_build(home, built.council, built.kind, built.period, built.is_publication)
    figures_hash, internal_hash = store.figures_hash(built), store.figures_hash(internal or built)
    still_true: dict[str, str] = {}
    if before and before.figures_hash == figures_hash and before.built.definition_hash == built.definition_hash:
        still_true = {name: one for name, one in before.documents.items() if name not in before.changed_documents}
    made = still_true | {path.name: sha256(path) for path in documents}
    facts = {"figures_hash": figures_hash, "internal_hash": internal_hash, "documents": made}
    file = folder.figures_file(built.is_publication)
    write_private(file, store.to_text(built, build=facts))
    write_rows(built, file.with_suffix(".parquet"), figures_hash)
    return Build(built, figures_hash, internal_hash, made, folder.documents(built.is_publication))


def last_build(home: Home, council: str, kind: str, period: Period, is_publication: bool = False) -> Build | None:
    """What was built last; None where nothing was."""
    return read_build(return_folder(home, council, kind, period), is_publication)


def read_build(folder: ReturnFolder, is_publication: bool) -> Build | None:
    """The build in a folder; None where there is none.

    Raises RedressError if its file is damaged.
    """
    file = folder.figures_file(is_publication)
    if not file.exists():
        return None
    built = store.read(file)
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))["build"]
        return Build(
            built, facts["figures_hash"], facts["internal_hash"], facts["documents"], folder.documents(is_publication)
        )
    except KeyError as problem:
        raise RedressError(f"{file} does not say {problem}; build the return again.") from None


def sha256(file: Path) -> str:
    """Fingerprint of a file's bytes."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
