"""Which file in the folder is which feed's, and of which date, by its name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from redress.contract import load_contract
from redress.contract.mapping.definition import Feed, contract_feed
from redress.errors import RedressError
from redress.sources.definition import FileFeed, FilesDefinition

_CONTRACT_FORM = re.compile(r"(?P<entity>[a-z]+)(?:_(?P<date>\d{4}-\d{2}-\d{2}))?\.csv\Z")
_DATE = r"(?P<date>\d{4}-\d{2}-\d{2}|\d{8})"
_DATE_HOLDER = "{date}"
_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload")


@dataclass(frozen=True)
class Named:
    """What a file's name says: whose it is, and its extract date if it bears one."""

    feeds: tuple[Feed, ...]
    dated: date | None

    @property
    def entities(self) -> tuple[str, ...]:
        """What its feeds feed, each once, in order."""
        return tuple(dict.fromkeys(entity for feed in self.feeds for entity in feed.entities))


def naming(definition: FilesDefinition) -> Callable[[str], Named | None]:
    """Reads names as a source.yml means them; None for the name of a file that is no delivery.

    Raises RedressError if a feed's file is no name.
    """
    if not definition.feeds:
        return _contract_form
    patterns = [(feed, _pattern(feed)) for feed in definition.feeds.values()]

    def read(name: str) -> Named | None:
        found = [(feed, match) for feed, pattern in patterns if (match := pattern.match(name))]
        if not found or is_unfinished(name) or not name.isprintable():
            return None
        dates = [match.groupdict().get("date") for _, match in found]
        return _named(tuple(feed for feed, _ in found), next(filter(None, dates), None))

    return read


def is_unfinished(name: str) -> bool:
    """Whether a program is still at work on a file of this name: uploads, downloads, Excel's lock files."""
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)


def expected(definition: FilesDefinition) -> str:
    """The names that are looked for, for people."""
    if definition.feeds:
        return " or ".join(dict.fromkeys(feed.file for feed in definition.feeds.values()))
    return f"<entity>.csv or <entity>_YYYY-MM-DD.csv (entities: {', '.join(load_contract().entities)})"


def _contract_form(name: str) -> Named | None:
    match = _CONTRACT_FORM.match(name)
    if not match or match["entity"] not in load_contract().entities:
        return None
    return _named((contract_feed(match["entity"]),), match["date"])


def _named(feeds: tuple[Feed, ...], written: str | None) -> Named | None:
    try:
        return Named(feeds, date.fromisoformat(written) if written else None)
    except ValueError:
        return None


def _pattern(feed: FileFeed) -> re.Pattern[str]:
    if "/" in feed.file or feed.file.count(_DATE_HOLDER) > 1:
        raise RedressError(
            f"The file of feed {feed.name} in source.yml is {feed.file!r}; give the name of a file in the folder, "
            "with * for what changes and {date} at most once."
        )
    wild = {"*": ".*", "?": "."}
    parts = ["".join(wild.get(sign) or re.escape(sign) for sign in part) for part in feed.file.split(_DATE_HOLDER)]
    return re.compile(_DATE.join(parts) + r"\Z", re.IGNORECASE | re.DOTALL)
