"""Pages of returns as a browser shows them: axe, small windows, enlargement, dark mode, keyboard, print, no network."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from redress.councils import Council
from redress.returns.documents.charts import draw_all
from redress.returns.documents.html import page
from redress.returns.documents.look import look_of
from tests.redress.returns.documents.long_return import long_return

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a long return, in a folder of its own."""
    folder = tmp_path_factory.mktemp("browser")
    council = folder / "barsetshire"
    council.mkdir()
    built = long_return()
    page_file = folder / "page.html"
    page_file.write_text(page(built, draw_all(built), look_of(Council(council))), encoding="utf-8")
    return page_file


@contextmanager
def opened(browser: "Browser", file: Path, width: int = 1280, **context: Any) -> Iterator["Page"]:
    """The page in a window of some width."""
    view = browser.new_context(viewport={"width": width, "height": 900}, **context)
    tab = view.new_page()
    tab.goto(file.as_uri())
    yield tab
    view.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_no_violation(browser: "Browser", file: Path, width: int, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    with opened(browser, file, width, color_scheme=scheme) as tab:
        results = axe.Axe().run(tab)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 640, 390, 320])
def test_nothing_runs_over_the_edge(browser: "Browser", file: Path, width: int) -> None:
    """320 pixels are a window of 1280 enlarged to 400%."""
    with opened(browser, file, width) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_type_enlarged_to_twice_its_size_still_fits(browser: "Browser", file: Path) -> None:
    with opened(browser, file, 1280) as tab:
        tab.add_style_tag(content="html { font-size: 200% }")
        assert tab.evaluate("document.documentElement.scrollWidth") == 1280


def test_nothing_is_asked_of_a_network_and_nothing_is_refused(browser: "Browser", file: Path) -> None:
    said: list[str] = []
    view = browser.new_context(offline=True)
    tab = view.new_page()
    tab.on("request", lambda request: said.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_load_state("networkidle")
    view.close()
    assert said == [file.as_uri()]


def test_the_keyboard_reaches_the_report_and_tables_that_scroll(browser: "Browser", file: Path) -> None:
    with opened(browser, file, 390) as tab:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == "Skip to the report"
        assert tab.evaluate("document.activeElement.getBoundingClientRect().left") >= 0, "it is seen once it has focus"
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "report"
        unreachable = tab.evaluate(
            """[...document.querySelectorAll('.grid, .scroll')]
               .filter(box => box.scrollWidth > box.clientWidth && box.tabIndex !== 0).length"""
        )
        assert unreachable == 0


def test_assistive_technology_is_told_what_charts_and_tables_are(browser: "Browser", file: Path) -> None:
    with opened(browser, file) as tab:
        name = re.compile("Stage 1 outcomes by service Stacked bar chart: .* Targeted Services: Not upheld 30, ")
        assert tab.get_by_role("img", name=name).count() == 1
        assert tab.get_by_role("img").count() == tab.locator("svg").count(), "no part of a chart is an image of its own"
        table = tab.get_by_role("table", name="Table 1: Stage 1 complaints received in the year.")
        assert table.get_by_role("rowheader", name="Targeted Services").count() == 1
        assert table.get_by_role("columnheader").count() == 5


def test_a_figure_in_the_address_is_marked(browser: "Browser", file: Path) -> None:
    with opened(browser, file) as tab:
        tab.goto(f"{file.as_uri()}#barsetshire/ethnicity/2/1")
        marked = tab.locator("td:target")
        assert marked.text_content() == "3"
        assert marked.evaluate("cell => getComputedStyle(cell).outlineStyle") == "solid"


def test_charts_can_be_read_in_dark_mode(browser: "Browser", file: Path) -> None:
    """They keep their white ground, for which their colours were chosen."""
    with opened(browser, file, color_scheme="dark") as tab:
        ground = tab.locator("svg.chart").first.evaluate("chart => getComputedStyle(chart).backgroundColor")
        body = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    assert body != ground


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="there is no pdftotext")
def test_it_prints_on_a4_with_page_numbers_and_headings_on_every_page(
    browser: "Browser", file: Path, tmp_path: Path
) -> None:
    with opened(browser, file) as tab:
        tab.pdf(path=str(tmp_path / "printed.pdf"), prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "printed.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.rstrip("\f").split("\f")
    assert len(pages) > 5
    assert "Skip to the report" not in text
    for number, one in enumerate(pages[1:], start=2):
        assert re.search(rf"Page {number} of {len(pages)}", one)
        assert "Internal: not for publication" in one
