"""The record of a signature: who, when, from which data and code, and the fingerprint of every file signed."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path

import redress
from redress.errors import RedressError
from redress.paths import DBT_PROJECT
from redress.returns.signing.builds import sha256
from redress.returns.signing.store import document_text

RECORD_FILE = "record.json"
FIGURES_FILE = "figures.json"
PUBLICATION_FILE = "publication.json"
CASES_FILE = "cases.json"
ROWS_FILE = "return_figures.parquet"
INTERNAL_DOCUMENTS = "internal"
PUBLISHED_DOCUMENTS = "publication"

_CODE = ("*.py", "*.yml", "*.sql", "*.csv", "*.html", "*.css")


@dataclass(frozen=True)
class Record:
    """record.json of a signed version. signed_at is the moment in UTC; files maps each to its SHA-256.

    previous_seal ties a version to the one before; seal is the fingerprint of all the rest of the record.
    """

    council: str
    kind: str
    period: str
    version: int
    by: str
    signed_at: str
    as_at: str
    snapshot: str
    load_number: int
    settings_hash: str
    definition_hash: str
    code_version: str
    code_hash: str
    contract_version: int
    figures_hash: str
    publication_hash: str | None
    reasons: tuple[str, ...]
    files: dict[str, str]
    previous_seal: str | None
    seal: str = ""

    @property
    def day(self) -> str:
        """The day of the signature, as 2018-07-03."""
        return self.signed_at[:10]

    def sealed(self) -> "Record":
        """The same record with its seal."""
        return Record(**asdict(self) | {"reasons": self.reasons, "seal": self._seal()})

    @property
    def is_intact(self) -> bool:
        """Whether the record itself is as it was signed."""
        return self.seal == self._seal()

    def _seal(self) -> str:
        content = {name: value for name, value in asdict(self).items() if name != "seal"}
        return hashlib.sha256(document_text(content).encode()).hexdigest()


def write_record(record: Record, folder: Path) -> None:
    """Writes record.json."""
    (folder / RECORD_FILE).write_text(document_text(asdict(record)), encoding="utf-8")


def read_record(folder: Path) -> Record:
    """The record of a signed version.

    Raises RedressError if it is missing or cannot be read.
    """
    file = folder / RECORD_FILE
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        known = {name: document[name] for name in (field.name for field in fields(Record))}
        return Record(**known | {"reasons": tuple(document["reasons"])})
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise RedressError(f"{file} cannot be read ({type(problem).__name__}); restore it from a copy.") from None


def problems(folder: Path) -> list[str]:
    """What is no longer as it was signed, a name each; empty where all is."""
    record = read_record(folder)
    found = [] if record.is_intact else [f"{RECORD_FILE} was changed"]
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {RECORD_FILE}
    for name, digest in record.files.items():
        if name not in present:
            found.append(f"{name} is missing")
        elif sha256(folder / name) != digest:
            found.append(f"{name} was changed")
    return found + [f"{name} was added" for name in sorted(present - set(record.files))]


def require_intact(folder: Path) -> Record:
    """The record of a version that is as it was signed.

    Raises RedressError that names every file that is not.
    """
    found = problems(folder)
    if found:
        raise RedressError(
            f"Signed version {folder.name} in {folder} is not as it was signed: {'; '.join(found)}; "
            "restore it from a copy."
        )
    return read_record(folder)


def fingerprints(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path) for path in files}


@cache
def code_hash() -> str:
    """Fingerprint of the library and of the dbt project."""
    from redress.warehouse.dbt import project_hash

    library = Path(redress.__file__).parent
    digest = hashlib.sha256(project_hash(DBT_PROJECT).encode())
    for path in sorted({path for pattern in _CODE for path in library.rglob(pattern)}):
        digest.update(str(path.relative_to(library)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
