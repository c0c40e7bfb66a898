"""Today, Rules and Loads in headless Chromium: axe, small windows, keyboard, filters, and what was decided since."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from redress.councils import load_councils
from redress.paths import Home
from redress.reports.page import render
from redress.reports.pages import loads, rules, today
from redress.reports.reading import open_reading
from redress.validation.catalogue import load_catalogue
from tests.browser.issues_site import opened as opened_at
from tests.redress.reports.conftest import three_nights  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = (today.PAGE, rules.PAGE, loads.PAGE)
SHOWN = ("index.html", "rules.html", "loads.html")


@pytest.fixture(scope="module")
def site(three_nights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """The three pages of the morning after the third night, with nothing decided since."""
    folder = tmp_path_factory.mktemp("site")
    with open_reading(Home(three_nights / "data"), load_councils(three_nights / "councils")) as reading:
        for page in PAGES:
            (folder / page.file).write_text(render(page, PAGES, reading), encoding="utf-8")
    (folder / "data").mkdir()
    decide(folder, accepted=0)
    return folder


def decide(site: Path, accepted: int) -> None:
    """Writes data/decisions.js as if so many warnings had been accepted since the pages were built."""
    decided = {"accepted": [{"key": f"barsetshire|D05|{n}", "number": n} for n in range(accepted)], "withdrawn": []}
    (site / "data" / "decisions.js").write_text(f"window.redressDecisions = {json.dumps(decided)};\n")


def opened(browser: "Browser", site: Path, page: str, width: int = 1280, **context: Any) -> Any:
    """A page of the site in a window of some width; nothing may be said in its console or asked of another host."""
    return opened_at(browser, f"{site.as_uri()}/{page}", width, **context)


def open_all(tab: "Page") -> None:
    tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", SHOWN)
def test_axe_finds_no_violation(browser: "Browser", site: Path, page: str, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    with opened(browser, site, page, 390 if scheme == "dark" else 1280, color_scheme=scheme) as tab:
        open_all(tab)
        results = axe.Axe().run(tab)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("page", SHOWN)
def test_nothing_runs_over_the_edge(browser: "Browser", site: Path, page: str, width: int) -> None:
    with opened(browser, site, page, width) as tab:
        open_all(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("page", SHOWN)
def test_everything_is_there_to_read_without_javascript(browser: "Browser", site: Path, page: str) -> None:
    told = {"index.html": "Could not run", "rules.html": "D05", "loads.html": "27 June 2024"}
    with opened(browser, site, page, java_script_enabled=False) as tab:
        assert told[page] in tab.inner_text("main")
        if page == "rules.html":
            assert not tab.locator("#filters").is_visible()


def test_what_was_decided_since_is_said_in_a_line(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "index.html") as tab:
        assert not tab.locator("#decided").is_visible()
    decide(site, accepted=3)
    with opened(browser, site, "index.html") as tab:
        assert "3 warnings accepted since the last night." in tab.inner_text("#decided")
    decide(site, accepted=0)


def test_a_council_opens_and_shows_its_entities_with_the_keyboard_alone(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "index.html") as tab:
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")  # skips to the content
        assert tab.evaluate("document.activeElement.id") == "content"
        summary = tab.locator("summary", has_text="Each entity of Mallshire")
        for _ in range(20):
            tab.keyboard.press("Tab")
            if summary.evaluate("(one) => one === document.activeElement"):
                break
        tab.keyboard.press("Enter")
        assert tab.get_by_text("services: accepted.").first.is_visible() is False  # Oldshire's stay closed
        assert tab.get_by_text("stages: rejected.").is_visible()


def test_rules_are_filtered_and_the_address_keeps_the_choice(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "rules.html") as tab:
        assert (
            tab.inner_text("#filters .count")
            == f"{len(load_catalogue().rules)} of {len(load_catalogue().rules)} rules shown"
        )
        tab.get_by_label("Outcome", exact=True).select_option("Failed")
        shown = tab.locator("#overview tbody tr:visible")
        assert [row.get_attribute("data-rule") for row in shown.all()] == ["V02"]
        assert tab.locator("section.rule:visible").count() == 1
        assert tab.locator("section.rule:visible tr[data-outcome]:visible").count() == 1
        assert tab.url.endswith("#outcome=fail")
        tab.get_by_label("Severity", exact=True).select_option("Warning")
        assert shown.count() == 0


def test_a_council_that_could_not_run_has_nothing_but_rules_not_run(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "rules.html#council=loamshire") as tab:
        assert tab.get_by_label("Council", exact=True).input_value() == "loamshire"
        assert set(tab.locator("section.rule tr[data-outcome]:visible .mark").all_inner_texts()) == {"Not run"}
        undecided = tab.locator('#overview tr[data-rule="S10"] [data-outcome]')
        assert undecided.all_inner_texts() == ["0", "0", "0", "1"]


def test_the_table_of_rules_sorts_and_says_so(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "rules.html") as tab:
        first = tab.locator("#overview tbody tr").first
        tab.get_by_role("button", name="Open issues").press("Enter")
        assert first.get_attribute("data-rule") == "D05"
        head = tab.locator("#overview th", has_text="Open issues")
        assert head.get_attribute("aria-sort") == "descending"
        tab.get_by_role("button", name="Rule", exact=True).press("Enter")
        assert first.get_attribute("data-rule") == min(load_catalogue().rules)


def test_a_link_to_a_rule_shows_it(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "index.html") as tab:
        tab.get_by_role("link", name="D05", exact=True).first.click()
        tab.wait_for_url("**/rules.html#D05")
        assert tab.locator("#D05").evaluate("(one) => Math.abs(one.getBoundingClientRect().top) < 200")


def test_bars_have_their_numbers_as_text(browser: "Browser", site: Path) -> None:
    with opened(browser, site, "rules.html") as tab:
        chart = tab.locator('section[data-rule="S10"] figure')
        said = chart.get_by_role("img").get_attribute("aria-label") or ""
        assert said.endswith("no load yet in the first 9; then 3, 3, 2.")
        assert said == chart.locator("figcaption").inner_text()
