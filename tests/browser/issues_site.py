"""The page Issues in a browser: building it, opening it, and reading what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from redress.reports.decisions import write_first_decisions
from redress.reports.page import render
from redress.reports.pages import issues
from redress.reports.reading import Reading
from tests.redress.reports.issue_log import issue_log

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def build(reading: Reading, folder: Path) -> None:
    """The page and what it loads, without downloads."""
    (folder / issues.PAGE.file).write_text(render(issues.PAGE, (issues.PAGE,), reading), encoding="utf-8")
    write_first_decisions(reading, folder)


def build_invented(folder: Path) -> Path:
    """The page and its downloads with 500 invented issues; returns the folder."""
    with issue_log(folder / "home", 500) as reading:
        build(reading, folder)
        assert issues.PAGE.files
        issues.PAGE.files(reading, folder)
    return folder


@contextmanager
def opened(browser: "Browser", address: str, width: int = 1280, **context: Any) -> Iterator["Page"]:
    """The page in a window of some width; nothing may be said in its console or asked of another host."""
    said: list[str] = []
    asked: set[str] = set()
    view = browser.new_context(viewport={"width": width, "height": 900}, **context)
    tab = view.new_page()
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    yield tab
    view.close()
    assert said == []
    assert asked <= {urlsplit(address).netloc}


def at(site: Path, choice: str = "") -> str:
    """The page's address with a choice."""
    return f"{site.as_uri()}/issues.html{choice}"


def told(tab: "Page") -> str:
    """How many issues it says there are."""
    return tab.locator("#count").inner_text()


def column(tab: "Page", name: str) -> list[str]:
    """What the rows show in a column, its first line."""
    return [text.split("\n")[0] for text in tab.locator(f"#issues td.of-{name}").all_inner_texts()]
