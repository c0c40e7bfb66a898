"""Where the builds and the signed versions of a return lie: REDRESS_HOME/returns/COUNCIL/KIND/PERIOD."""

import os
from dataclasses import dataclass
from pathlib import Path

from redress.errors import UsageError
from redress.paths import Home, safe_name
from redress.returns.periods import Period

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
PRIVATE_FOR_GOOD = 0o400
READ_ONLY = 0o444
READ_ONLY_FOLDER = 0o555


@dataclass(frozen=True)
class ReturnFolder:
    """The folder of one return. draft and publication hold documents and nothing else."""

    root: Path

    @property
    def draft(self) -> Path:
        """Documents for use inside the council, as built last."""
        return self.root / "draft"

    @property
    def publication(self) -> Path:
        """Documents under disclosure control, as built last."""
        return self.root / "publication"

    @property
    def figures(self) -> Path:
        """Exact figures of the last builds; internal, suppressed numbers included."""
        return self.root / "figures"

    @property
    def signed(self) -> Path:
        """Signed versions, a folder each."""
        return self.root / "signed"

    @property
    def versions(self) -> list[int]:
        """The versions signed so far, in order."""
        names = [path.name for path in self.signed.glob("[0-9]*")] if self.signed.is_dir() else []
        return sorted(int(name) for name in names if name.isdigit())

    @property
    def last_version(self) -> int | None:
        """The version signed last."""
        return max(self.versions, default=None)

    def documents(self, is_publication: bool) -> Path:
        """The folder of the documents built last."""
        return self.publication if is_publication else self.draft

    def figures_file(self, is_publication: bool) -> Path:
        """The figures behind those documents."""
        return self.figures / f"{'publication' if is_publication else 'draft'}.json"

    def version(self, number: int) -> Path:
        """A signed version.

        Raises UsageError that names those there are.
        """
        if number not in self.versions:
            known = ", ".join(str(one) for one in self.versions) or "none"
            raise UsageError(f"There is no signed version {number} in {self.signed} (signed: {known}).")
        return self.signed / str(number)


def return_folder(home: Home, council: str, kind: str, period: Period) -> ReturnFolder:
    """The folder of a return, whether or not it exists yet."""
    return ReturnFolder(home.returns / safe_name(council, "council") / safe_name(kind, "return") / slug_of(period))


def return_folders(home: Home, council: str | None = None) -> list[ReturnFolder]:
    """The folders of every return built or signed so far, of one council or of all."""
    found = home.returns.glob(f"{safe_name(council, 'council') if council else '*'}/*/*")
    return [ReturnFolder(path) for path in sorted(found) if path.is_dir()]


def slug_of(period: Period) -> str:
    """The period in a path or an id: 2017-18, q2-2018-19, 31-march-2018."""
    return period.label.lower().replace("/", "-").replace(" ", "-")


def write_private(file: Path, content: str) -> None:
    """Writes a file that only its owner may read; under its name it is whole or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, file)


def sync(path: Path) -> None:
    """What is written of a file or a folder's names is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
