"""The folders of the site: numbered ones made whole, and a link to the one in force."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redress.errors import RedressError
from redress.paths import Home

SITE = "site"
KEPT = 2

_NUMBERED = re.compile(r"site\.(\d{6})\Z")
_FRONT_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=site/index.html">
<title>Quality of the complaints records</title>
<p><a href="site/index.html">Quality of the complaints records</a></p>
"""


def site_folder(home: Home) -> Path:
    """Where the pages in force are; a link to a numbered folder. It may not be there yet."""
    return home.reports / SITE


@contextmanager
def drafted(home: Home) -> Iterator[Path]:
    """An empty folder for the next site; it is removed unless put in force. Drafts of killed builds go first."""
    home.reports.mkdir(parents=True, exist_ok=True)
    for leftover in home.reports.glob("*.draft"):
        leftover.unlink() if leftover.is_symlink() else shutil.rmtree(leftover)
    number = max(_numbers(home), default=0) + 1
    draft = home.reports / f"{SITE}.{number:06d}.draft"
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put_in_force(home: Home, draft: Path) -> Path:
    """Lets a whole draft take the place of what readers see, and removes what is older than the one before.

    Raises RedressError if something that Redress did not make stands in its place.
    """
    link = site_folder(home)
    if link.exists() and not link.is_symlink():
        raise RedressError(f"{link} is not a link that Redress made; move it away and run `redress reports`.")
    final = draft.with_name(draft.name.removesuffix(".draft"))
    os.rename(draft, final)
    new = link.with_name("link.draft")
    new.unlink(missing_ok=True)
    new.symlink_to(final.name)
    os.replace(new, link)
    for number in _numbers(home)[:-KEPT]:
        shutil.rmtree(home.reports / f"{SITE}.{number:06d}")
    return final


def front_page(home: Home) -> None:
    """The page that leads to the site, for whoever opens the folder; written where it is not as it should be."""
    file = home.reports / "index.html"
    if not file.exists() or file.read_text(encoding="utf-8") != _FRONT_PAGE:
        draft = file.with_name("index.html.tmp")
        draft.write_text(_FRONT_PAGE, encoding="utf-8")
        os.replace(draft, file)


def _numbers(home: Home) -> list[int]:
    return sorted(int(match[1]) for path in home.reports.iterdir() if (match := _NUMBERED.match(path.name)))
