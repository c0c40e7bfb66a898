"""A page of the site: what it is called, what it shows, and how it is written as one file that needs no other."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from redress.reports.reading import Reading
from redress.returns.documents.wording import day_in_words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Page:
    """One page: its file, its name in the menu, and what it shows.

    content gives the variables of templates/<file>. scripts are files of templates/ that it needs. files writes what
    lies beside the page, downloads for example, into the site's folder. An open page has its own name in no menu.
    """

    file: str
    title: str
    content: Callable[[Reading], dict[str, Any]]
    scripts: tuple[str, ...] = ()
    files: Callable[[Reading, Path], None] | None = None
    is_in_menu: bool = True


def render(page: Page, pages: tuple[Page, ...], reading: Reading) -> str:
    """The page whole: style, scripts and data are in it, and its policy lets it load nothing from elsewhere."""
    scripts = [_text(name) for name in ("base.js", *page.scripts)]
    return (
        environment()
        .get_template(page.file)
        .render(
            page=page,
            pages=[one for one in pages if one.is_in_menu],
            style=_text("style.css"),
            scripts=scripts,
            policy=_policy(scripts),
            built_at=reading.built_at,
            **page.content(reading),
        )
    )


@cache
def environment(templates: Path = TEMPLATES) -> "Environment":
    """Jinja over a folder of templates, with the filters of the pages: day, moment, number, counted."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day, "moment": moment, "number": number, "counted": counted}
    return made


def day(value: date | None) -> str:
    """30 June 2018; a dash where there is none."""
    return day_in_words(value) if value else "–"


def moment(value: datetime) -> str:
    """30 June 2018, 02:14, in London."""
    there = value.astimezone(LONDON)
    return f"{day_in_words(there.date())}, {there:%H:%M}"


def number(value: float | None) -> str:
    """1,234; a dash where nothing was counted."""
    return "–" if value is None else f"{value:,}".replace("-", "−")


def counted(value: int, one: str, many: str | None = None) -> str:
    """1 record, 2 records."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


@cache
def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """What a browser may run and load: the page's own scripts by their hashes, and data beside the page."""
    hashes = " ".join(_hash(text) for text in scripts)
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src {_hash(_text('style.css'))}; img-src data:; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
