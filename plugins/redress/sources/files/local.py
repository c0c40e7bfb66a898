"""A folder of this machine, or a share mounted on it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redress.errors import RedressError, SourceUnavailable
from redress.paths import fill_environment
from redress.sources.files.encoding import sha256_of
from redress.sources.files.places import Found, other_names


@dataclass(frozen=True)
class LocalPlace:
    """A drop folder of one council."""

    council: str
    folder: Path

    @property
    def address(self) -> str:
        return str(self.folder)

    def files(self) -> list[Found]:
        if not self.folder.is_dir():
            raise RedressError(
                f"The drop folder of {self.council} is missing: {self.folder}; "
                "create it, or correct path in the council's source.yml."
            )
        try:
            return [found for path in self.folder.iterdir() if (found := self._look(path.name))]
        except PermissionError:
            raise RedressError(
                f"The drop folder of {self.council} may not be read: {self.folder}; give the pipeline's user the right."
            ) from None
        except OSError as problem:
            raise self._unavailable(problem) from None

    def look(self, name: str) -> Found | None:
        try:
            return self._look(name)
        except OSError as problem:
            raise self._unavailable(problem) from None

    def _look(self, name: str) -> Found | None:
        path = self.folder / name
        if not path.is_file() or path.resolve().parent != self.folder:
            return None
        facts = path.stat()
        return Found(name, facts.st_size, facts.st_mtime)

    def address_of(self, name: str) -> str:
        return str(self.folder / name)

    def name_at(self, address: str) -> str | None:
        path = Path(os.path.abspath(Path(address).expanduser()))
        return path.name if path.parent.resolve() == self.folder else None

    @contextmanager
    def on_this_machine(self, found: Found) -> Iterator[Path]:
        path = self.folder / found.name
        before = self._sha256(found.name)
        yield path
        if self.look(found.name) != found or self._sha256(found.name) != before:
            raise changed(found.name)

    def move(self, name: str, folder: str) -> None:
        target = self.folder / Path(fill_environment(folder)).expanduser()
        try:
            target.mkdir(parents=True, exist_ok=True)
            for other in other_names(name):
                if _moved(self.folder / name, target / other):
                    return
        except OSError as problem:
            raise SourceUnavailable(
                f"{name} has been taken, but cannot be moved to {target} ({problem.strerror}); "
                "look at the folder and its rights, and run it again."
            ) from None

    def _sha256(self, name: str) -> str:
        try:
            return sha256_of(self.folder / name)
        except OSError as problem:
            raise self._unavailable(problem) from None

    def _unavailable(self, problem: OSError) -> SourceUnavailable:
        return SourceUnavailable(
            f"The drop folder of {self.council} cannot be read ({problem.strerror}): {self.folder}; "
            "look at the share it is on, and run it again."
        )


def changed(name: str) -> SourceUnavailable:
    """What is said of a file that did not stay as it was while it was read."""
    return SourceUnavailable(
        f"{name} changed while it was read; deliver it under another name first and rename it when it is whole, or set "
        "settle_seconds or ready: marker in source.yml."
    )


def _moved(source: Path, target: Path) -> bool:
    """Moves a file, never over another one: False if there is one. The name is taken first, then filled."""
    try:
        target.touch(exist_ok=False)
    except FileExistsError:
        return False
    try:
        os.rename(source, target)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            target.unlink()
            raise
        _copy_to_another_disk(source, target)
    return True


def _copy_to_another_disk(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.part")
    shutil.copy2(source, draft)
    draft.rename(target)
    source.unlink()
