"""Where things lie: the data folder and the councils folder, from the environment."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from redress.errors import RedressError

PROJECT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT / "dbt_project"
BANK_HOLIDAYS = DBT_PROJECT / "seeds" / "bank_holidays.csv"

_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Home:
    """The data folder and its rooms (see docs/run)."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """REDRESS_HOME, or ./data."""
        return cls(Path(os.environ.get("REDRESS_HOME", "data")).expanduser().resolve())

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def returns(self) -> Path:
        return self.root / "returns"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"


def councils_folder() -> Path:
    """REDRESS_COUNCILS, or ./councils."""
    return Path(os.environ.get("REDRESS_COUNCILS", "councils")).expanduser().resolve()


def safe_name(name: str, what: str) -> str:
    """The name itself, if it can be part of a path without leaving its folder.

    Raises RedressError for anything but lower-case letters, digits and underscores.
    """
    if not _SAFE_NAME.match(name):
        raise RedressError(
            f"The {what} {name[:40]!r} cannot be used as a folder name; "
            "use lower-case letters, digits and underscores only."
        )
    return name


def fill_environment(text: str, what: str = "source path") -> str:
    """The text with ${VARIABLES} of the environment filled in; REDRESS_HOME always has a value.

    Raises RedressError for one that is not set. what: what uses it.
    """
    known = {**os.environ, "REDRESS_HOME": str(Home.from_environment().root)}

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in known:
            raise RedressError(f"The {what} uses ${{{name}}}, which is not set; set it in the environment.")
        return known[name]

    return re.sub(r"\$\{(\w+)\}", value, text)
