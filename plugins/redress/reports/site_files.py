"""Reads a file of the site in force for whoever asks for it by its address, and nothing beside the site."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from redress.paths import Home
from redress.reports.folders import site_folder

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""Told here, because a machine's own table of media types differs from one to the next."""

DOWNLOADS = frozenset({".csv", ".xlsx"})
"""What a browser keeps as a file rather than shows."""


@dataclass(frozen=True)
class SiteFile:
    """A file as it was at one moment; its tag changes whenever the file does."""

    name: str
    content: bytes
    tag: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(PurePosixPath(self.name).suffix, "application/octet-stream")

    @property
    def is_download(self) -> bool:
        return PurePosixPath(self.name).suffix in DOWNLOADS


def read_site_file(home: Home, path: str) -> SiteFile | None:
    """The file at a path within the site, decoded as it stands in an address; of a folder, its index.html.

    None if there is none: hidden files, and what lies outside the site by whatever way, are not there either.
    """
    while True:
        root = site_folder(home).resolve()
        found = _read(root, path)
        # A site that was replaced and removed while it was read: what was missing may be in the next.
        if found or site_folder(home).resolve() == root:
            return found


def _read(root: Path, path: str) -> SiteFile | None:
    if not path or path.endswith("/"):
        path += "index.html"
    parts = path.split("/")
    if any(not part or part.startswith(".") or "\\" in part for part in parts):
        return None
    try:
        file = root.joinpath(*parts).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
        # Size and content are of one opening: decisions.js may be replaced in between.
        with file.open("rb") as opened:
            facts = os.fstat(opened.fileno())
            tag = f'W/"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"'
            return SiteFile(file.name, opened.read(), tag)
    except (OSError, ValueError):  # too long a name, or one with a character that no file has
        return None
