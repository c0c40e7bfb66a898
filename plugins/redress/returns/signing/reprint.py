"""Signed versions as they were: their documents byte for byte, and the publications that are out already."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from redress.errors import RedressError, UsageError
from redress.paths import Home
from redress.returns.figures import BuiltReturn
from redress.returns.periods import Period
from redress.returns.signing import record as records
from redress.returns.signing import store
from redress.returns.signing.folders import return_folder, return_folders


def reprint(
    home: Home, council: str, kind: str, period: Period, version: int, out: Path, is_publication: bool = False
) -> list[Path]:
    """Writes the documents of a signed version into a folder, the publication's or the internal ones.

    Raises UsageError where there is no such version, or it has no such documents; RedressError that names the files
    where they are not as they were signed. Nothing is written then.
    """
    folder = return_folder(home, council, kind, period).version(version)
    record = records.require_intact(folder)
    name = records.PUBLISHED_DOCUMENTS if is_publication else records.INTERNAL_DOCUMENTS
    documents = sorted(Path(file) for file in record.files if Path(file).parts[0] == name and len(Path(file).parts) > 1)
    if not documents:
        other = "with --publication" if not is_publication else "without --publication"
        raise UsageError(f"Version {version} was signed without {name} documents; ask for it {other}.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [_copy(folder / document, out / document.relative_to(name)) for document in documents]
    except OSError as problem:
        raise RedressError(f"{out} cannot be written to ({problem.strerror}); choose another folder.") from None


def earlier_publications(home: Home, council: str, before: datetime | None = None) -> list[BuiltReturn]:
    """The signed publications of a council, which may be out, oldest first; with before, those signed earlier.

    Every version counts: what an earlier one gave away is out whatever a later one hides.
    Raises RedressError where one is not as it was signed.
    """
    found: list[tuple[str, str, BuiltReturn]] = []
    for folder in return_folders(home, council):
        for number in folder.versions:
            version = folder.version(number)
            file = version / records.PUBLICATION_FILE
            if not file.exists():
                continue
            record = records.require_intact(version)
            if before is None or datetime.fromisoformat(record.signed_at) < before:
                found.append((record.signed_at, str(version), store.read(file)))
    return [built for _, _, built in sorted(found, key=lambda one: one[:2])]


def _copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    shutil.copyfile(source, draft)
    os.replace(draft, target)
    return target
