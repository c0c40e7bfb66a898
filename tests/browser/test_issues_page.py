"""The page Issues in headless Chromium: filtering, sorting, searching and sending on, as people do it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.issues_site import at, build, build_invented, column, opened, told
from tests.redress.reports.issue_log import issue_log

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MANY = 100_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_invented(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(browser: "Browser", site: Path, width: int, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    for choice in ("", "#council=barsetshire&rule=D05", "#show=accepted", "#show=resolved&age=91%2B"):
        with opened(browser, at(site, choice), width, color_scheme=scheme) as tab:
            tab.locator("summary").click()
            results = axe.Axe().run(tab)
            assert results.violations_count == 0, results.generate_report()
            assert tab.evaluate("document.documentElement.scrollWidth") == width
    with opened(browser, at(site, "#severity=warning"), width, color_scheme=scheme) as tab:
        tab.get_by_role("button", name="Accept D05").first.click()
        results = axe.Axe().run(tab)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 640, 390, 320])
def test_nothing_runs_over_the_edge(browser: "Browser", site: Path, width: int) -> None:
    with opened(browser, at(site), width) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_filters_narrow_the_list_and_stay_in_the_address(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site)) as tab:
        assert told(tab) == "400 open issues"
        tab.get_by_label("Council").select_option("barsetshire")
        tab.get_by_label("Service").select_option("barsetshire/S4")
        tab.get_by_label("Rule", exact=True).select_option("D05")
        number = told(tab)
        assert set(column(tab, "service")) == {"Service 4"}
        assert set(column(tab, "rule")) == {"D05"}
        assert number == f"{len(column(tab, 'rule'))} open issues"
        assert "How to correct" in tab.get_by_role("region", name="Rule D05").inner_text()
        address = tab.url
        assert address.endswith("#council=barsetshire&service=S4&rule=D05")
    with opened(browser, address) as again:
        assert told(again) == number
        assert again.get_by_label("Service").input_value() == "barsetshire/S4"
        again.get_by_role("button", name="Clear filters").click()
        assert told(again) == "400 open issues"


def test_a_link_of_another_page_shows_what_it_asks_for(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site, "#show=new&council=barsetshire&rule=D05")) as tab:
        assert told(tab) == "1 new issue since the night before"
        assert column(tab, "case") == ["BA/0"]
    with opened(browser, at(site, "#show=accepted&severity=warning")) as tab:
        assert told(tab) == "50 accepted issues"
    with opened(browser, at(site, "#service=-&council=loamshire")) as tab:
        assert set(column(tab, "service")) == {"–"}
    with opened(browser, at(site, "#rule=Z99&show=nonsense&sort=nonsense&page=x&age=7")) as tab:
        assert told(tab) == "0 open issues"
        assert tab.get_by_label("Rule", exact=True).input_value() == "Z99"


def test_a_case_is_found_as_it_is_typed(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site)) as tab:
        tab.get_by_role("searchbox").press_sequentially("ba/40")
        tab.get_by_text("6 open issues", exact=True).wait_for()
        assert sorted(column(tab, "case")) == ["BA/40", "BA/400", "BA/402", "BA/403", "BA/405", "BA/406"]
        link = tab.locator("#issues td.of-case a").first
        assert str(link.get_attribute("href")).startswith("case.html#barsetshire/BA%2F40")
        assert tab.url.endswith("#q=ba%2F40")


def test_headings_sort_and_say_so(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site, "#council=barsetshire")) as tab:
        case = tab.get_by_role("columnheader", name="Case")
        case.get_by_role("button").click()
        assert case.get_attribute("aria-sort") == "ascending"
        assert column(tab, "case")[:3] == ["BA/0", "BA/1", "BA/3"], "numbers in references sort as numbers"
        case.get_by_role("button").click()
        assert case.get_attribute("aria-sort") == "descending"
        assert column(tab, "case")[0] == "BA/496"
        case.get_by_role("button").click()
        assert case.get_attribute("aria-sort") is None
        tab.get_by_label("Sort by").select_option("-days")
        days = [int(text) for text in column(tab, "days")]
        assert days == sorted(days, reverse=True)
        assert days[0] > 190


def test_pages_of_a_hundred_are_turned(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site)) as tab:
        assert len(column(tab, "case")) == 100
        assert tab.get_by_role("button", name="Previous").is_disabled()
        tab.get_by_role("button", name="Next").click()
        assert tab.locator("#page-now").inner_text() == "101 to 200 of 400"
        assert tab.url.endswith("#page=2")
        assert tab.evaluate("document.activeElement.id") == "results"


def test_it_is_all_done_with_the_keyboard(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site, "#severity=warning&rule=D05")) as tab:
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")  # skip to the content
        tab.keyboard.press("Tab")
        tab.keyboard.press("ArrowRight")  # the next of the choices what to show
        assert told(tab).startswith("1 new issue")
        tab.keyboard.press("ArrowLeft")
        tab.get_by_role("button", name="Accept D05 on BA/0, acknowledged_date").focus()
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.name") == "reason"
        assert tab.get_by_role("dialog").get_attribute("aria-labelledby") == "decide-title"
        for _ in range(12):
            tab.keyboard.press("Tab")
            assert tab.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        tab.keyboard.press("Escape")
        assert not tab.get_by_role("dialog").is_visible()
        focused = tab.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == "Accept D05 on BA/0, acknowledged_date"


def test_assistive_technology_is_told_what_there_is(browser: "Browser", site: Path) -> None:
    for width in (1280, 390):
        with opened(browser, at(site, "#rule=D05&council=barsetshire"), width) as tab:
            table = tab.get_by_role("table", name="Issues")
            assert table.get_by_role("columnheader").count() == 10
            assert table.get_by_role("row").count() == 1 + len(column(tab, "case"))
            assert table.get_by_role("cell", name="BA/0").count() >= 1
            assert tab.get_by_role("status").filter(has_text="open issues").count() == 1
            assert tab.get_by_role("search", name="Issues").count() == 1


def test_the_filters_pick_the_list_to_send_on(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site), accept_downloads=True) as tab:
        lists = tab.locator("#downloads")
        assert lists.get_by_role("link", name="Excel").count() == 2
        tab.get_by_label("Service").select_option("loamshire/S5")
        assert lists.inner_text().startswith("Loamshire, Service 5 (")
        with tab.expect_download() as coming:
            lists.get_by_role("link", name="CSV").click()
        text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    assert text == (site / "downloads" / "loamshire" / "issues_S5.csv").read_text(encoding="utf-8-sig")


def test_what_cannot_be_accepted_says_why(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site, "#severity=critical")) as tab:
        assert set(column(tab, "act")) == {"No: held back until corrected"}
        assert tab.get_by_role("button", name="Accept").count() == 0


def test_what_a_record_says_is_text_and_nothing_else(browser: "Browser", tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)></script><b>"
    change = f"update dq_issues set case_ref = '{hostile}', record_key = '{hostile}|1', service_code = '{hostile}'"
    with issue_log(tmp_path / "home", 3, f"{change}, source_file = '{hostile}'") as reading:
        build(reading, tmp_path)
    with opened(browser, at(tmp_path)) as tab:
        assert set(column(tab, "case")) == {hostile}
        assert tab.locator("#issues img, #issues b").count() == 0
        tab.get_by_role("button", name="Accept").first.click()
        assert hostile in tab.get_by_role("dialog").inner_text()


def test_a_hundred_thousand_issues_are_filtered_sorted_and_searched(browser: "Browser", tmp_path: Path) -> None:
    with issue_log(tmp_path / "home", MANY) as reading:
        build(reading, tmp_path)
        counts = {
            (row["state"], row["rule"]): row["issues"]
            for row in reading.rows("select state, rule, count(*) as issues from issues group by all")
        }
    is_open = sum(number for (state, _), number in counts.items() if state == "open")
    with opened(browser, at(tmp_path)) as tab:
        assert told(tab) == f"{is_open:,} open issues"
        tab.get_by_label("Rule", exact=True).select_option("D05")
        assert told(tab) == f"{counts['open', 'D05']:,} open issues"
        tab.get_by_role("columnheader", name="Case").get_by_role("button").click()
        assert column(tab, "case")[:2] == ["BA/0", "BA/6"]
        tab.get_by_role("searchbox").fill("BA/99996")
        tab.get_by_text("1 open issue", exact=True).wait_for()
