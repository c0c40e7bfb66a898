"""Case, watch list and completeness in headless Chromium: finding a case, filtering, axe, small windows, keyboard."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from redress.councils import load_councils
from redress.paths import Home
from redress.reports.decisions import write_first_decisions
from redress.reports.page import render
from redress.reports.pages import case, completeness, watch_list
from redress.reports.reading import open_reading
from tests.browser.issues_site import opened as opened_at
from tests.redress.reports.conftest import two_nights  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGES = (case.PAGE, watch_list.PAGE, completeness.PAGE)
SHOWN = ("case.html#barsetshire/A3", "case.html", "watch_list.html", "completeness.html")


@pytest.fixture(scope="module")
def site(two_nights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The three pages, as the morning after the second night has them."""
    folder = tmp_path_factory.mktemp("site")
    with open_reading(Home(two_nights / "data"), load_councils(two_nights / "councils")) as reading:
        for page in PAGES:
            (folder / page.file).write_text(render(page, PAGES, reading), encoding="utf-8")
        case.files(reading, folder)
        write_first_decisions(reading, folder)
    return folder


def opened(browser: "Browser", site: Path, page: str, width: int = 1280, **context: Any) -> Any:
    """A page of the site in a window of some width; nothing may be said in its console or asked of another host."""
    return opened_at(browser, f"{site.as_uri()}/{page}", width, **context)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", SHOWN)
def test_axe_finds_no_violation(browser: "Browser", site: Path, page: str, width: int, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    with opened(browser, site, page, width, color_scheme=scheme) as tab:
        for more in tab.locator("summary").all():
            more.click()
        results = axe.Axe().run(tab)
        assert results.violations_count == 0, results.generate_report()
        assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_a_case_is_found_by_its_reference_with_the_keyboard_alone(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "case.html") as tab:
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")  # skip to the content
        tab.keyboard.press("Tab")
        tab.keyboard.type("a3")
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Case A3").wait_for()
        issues = tab.get_by_role("table", name="Issues")
        assert issues.get_by_role("row", name="D05").count() == 1
        assert "stages.csv, row 4, column E" in issues.inner_text()
        assert "28 June 2024: still there" in issues.inner_text()
        assert tab.get_by_role("status").inner_text() == "Case A3 of Barset & shire: 1 open issue."


def test_a_reference_that_two_councils_have_is_asked_back(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "case.html") as tab:
        tab.get_by_label("Case reference").fill("A1")
        tab.get_by_role("button", name="Show the case").click()
        assert tab.get_by_role("status").inner_text() == "More than one council has a case of that reference:"
        tab.get_by_role("link", name="A1, Loamshire").click()
        tab.get_by_role("heading", name="Case A1").wait_for()
        assert tab.get_by_role("status").inner_text() == "Case A1 of Loamshire: 1 open issue."


def test_a_reference_nobody_has_is_told(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "case.html") as tab:
        tab.get_by_label("Case reference").fill("<b>X</b>")
        tab.get_by_role("button", name="Show the case").click()
        assert tab.get_by_role("status").inner_text().startswith("No case <b>X</b> has an issue or an open clock.")


def test_the_watch_list_is_filtered_and_the_choice_is_kept_in_the_address(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "watch_list.html") as tab:
        rows = tab.get_by_role("table", name="Open clocks", exact=True).get_by_role("rowheader")
        assert rows.count() == 9
        tab.get_by_label("Urgency").select_option("Overdue")
        assert [row.inner_text() for row in rows.all()] == ["A1", "A1", "A6", "A8"]
        assert tab.get_by_role("status").inner_text() == "4 of 9 shown"
        tab.get_by_label("Missing").select_option("no acknowledgement")
        assert [row.inner_text() for row in rows.all()] == ["A1"]
        tab.reload()
        assert [row.inner_text() for row in rows.all()] == ["A1"]
        tab.get_by_role("link", name="A1").click()
        tab.get_by_role("heading", name="Case A1").wait_for()


def test_the_watch_list_can_be_read_without_scripts(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "watch_list.html", java_script_enabled=False) as tab:
        assert tab.locator("#clock-rows tr").count() == 9
