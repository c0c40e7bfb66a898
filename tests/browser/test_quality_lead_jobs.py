"""The quality lead's jobs of a morning, done in headless Chromium on two nights of the demo's faulty drop."""

import csv
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from openpyxl import load_workbook

from redress import nightly
from redress.paths import Home
from redress.reports.folders import site_folder
from redress.warehouse.publish import open_reporting, reporting_file
from tests.browser.issues_site import column, opened, told
from tests.browser.served_site import OneReader, served
from tests.dirty_nights import (
    COUNCIL,
    NEWEST_OPEN_CASE,
    NIGHTS,
    OTHER_SERVICE,
    dirty_environment,
    load_dirty_night,
    make_dirty_nights,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

OPEN = "resolved_on is null and not is_accepted"
SHOWN_KEY = "trim(replace(record_key, '|', ' | '))"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = ("index", "issues", "rules", "case", "watch_list", "completeness", "loads")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the two nights, to be read and not written to."""
    root = tmp_path_factory.mktemp("dirty_nights")
    make_dirty_nights(root)
    return root


@pytest.fixture(scope="module")
def site(morning: Path) -> str:
    """The address of its pages as files."""
    return site_folder(Home(morning / "data")).as_uri()


@pytest.fixture
def own_morning(morning: Path, tmp_path: Path) -> Iterator[Home]:
    """A data folder of the test's own, with the environment for its next night."""
    root = tmp_path / "nights"
    shutil.copytree(morning, root, symlinks=True)
    with dirty_environment(root):
        yield Home(root / "data")


def published(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with open_reporting(reporting_file(home)) as con:
        return con.execute(sql).fetchall()


def shown(tab: "Page") -> list[tuple[str, str]]:
    """The rules and record keys of the table Issues, in order of the alphabet."""
    keys = [text.split("\n")[1].strip() for text in tab.locator("#issues td.of-record").all_inner_texts()]
    return sorted(zip(column(tab, "rule"), keys, strict=True))


def tab_to(tab: "Page", name: str) -> None:
    """Goes on with the Tab key until what has this name has the focus."""
    named = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
    for _ in range(60):
        if tab.evaluate(named) == name:
            return
        tab.keyboard.press("Tab")
    pytest.fail(f"the Tab key does not lead to {name}")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_such_a_morning_is_free_of_axe_violations(browser: "Browser", site: str, page: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    address = f"{site}/{page}.html" + (f"#{COUNCIL}/HAL-C-000122" if page == "case" else "")
    for width in (1280, 390):
        with opened(browser, address, width) as tab:
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme)
                results = axe.Axe().run(tab)
                assert results.violations_count == 0, f"{width} {scheme}: {results.generate_report()}"
            assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_yesterdays_new_issues_are_found_from_today(browser: "Browser", morning: Path, site: str) -> None:
    new = published(
        Home(morning / "data"),
        f"select rule, {SHOWN_KEY} from dq_issues where {OPEN} and opened_on = date '{NIGHTS[1]}' order by all",
    )
    with opened(browser, f"{site}/index.html") as tab:
        assert f"{len(new)} new issues" in tab.locator("p.lead").inner_text()
        tab.get_by_role("link", name=f"{len(new)} new issues of Halton", exact=True).click()
        tab.wait_for_url("**/issues.html#show=new*")
        assert told(tab) == f"{len(new)} new issues since the night before"
        assert shown(tab) == new


@pytest.mark.parametrize("ending", ["Excel", "CSV"])
def test_one_services_list_is_downloaded(browser: "Browser", morning: Path, site: str, ending: str) -> None:
    with opened(browser, f"{site}/issues.html", accept_downloads=True) as tab:
        tab.get_by_label("Service", exact=True).select_option(f"{COUNCIL}/{OTHER_SERVICE}")
        lists = tab.get_by_role("list", name="Open issues to send on:")
        with tab.expect_download() as coming:
            lists.get_by_role("link", name=ending).click()
        assert coming.value.suggested_filename.startswith(f"issues_{OTHER_SERVICE}.")
        file = Path(coming.value.path())
        rows = rows_of_workbook(file) if ending == "Excel" else rows_of_csv(file)
    kept = ("Rule", "Service code", "Case", "Record key", "Column", "File", "Row", "First seen")
    assert sorted([tuple(row[name].strip() for name in kept) for row in rows]) == published(
        Home(morning / "data"),
        f"""
        select
            rule, service_code, coalesce(case_ref, ''), {SHOWN_KEY}, coalesce(column_name, ''), source_file,
            source_row::varchar, first_seen::varchar
        from dq_issues where {OPEN} and service_code = '{OTHER_SERVICE}' order by all
        """,
    )


def rows_of_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def rows_of_workbook(file: Path) -> list[dict[str, str]]:
    with file.open("rb") as content:
        headings, *rows = load_workbook(content)["Issues"].iter_rows(values_only=True)
    texts = [["" if cell is None else str(cell).removesuffix(" 00:00:00") for cell in row] for row in rows]
    return [dict(zip(map(str, headings), row, strict=True)) for row in texts]


def test_a_warning_is_accepted_with_the_keyboard_holds_over_the_next_night_and_is_taken_back(
    browser: "Browser", own_morning: Home
) -> None:
    # A warning that is the only one of its rule and case, so that what is gone is one line.
    rule, case, name = published(
        own_morning,
        f"""
        select rule, any_value(case_ref), any_value(column_name) from dq_issues
        where {OPEN} and severity = 'warning' and case_ref is not null
        group by rule, case_ref having count(*) = 1 order by all limit 1
        """,
    )[0]
    button = f"{rule} on {case}, {name}"
    before = published(own_morning, f"select count(*) from dq_issues where {OPEN}")[0][0]
    with (
        served(own_morning, OneReader({"read", "accept"})) as address,
        opened(browser, f"{address}/issues.html") as tab,
    ):
        assert told(tab) == f"{before} open issues"
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")  # skips to the content
        tab.keyboard.press("Tab")
        tab.keyboard.press("Tab")
        tab.keyboard.type(case)
        tab.get_by_text("1 open issue", exact=True).wait_for()
        tab_to(tab, f"Accept {button}")
        tab.keyboard.press("Enter")
        tab.get_by_role("dialog").wait_for()
        tab.keyboard.type("Agreed with the team: the record is right as it is")
        tab_to(tab, "Accept")
        tab.keyboard.press("Enter")
        tab.get_by_role("button", name="Undo").wait_for()
        assert told(tab) == "0 open issues"

        tab.goto(f"{address}/issues.html")
        assert told(tab) == f"{before - 1} open issues"
        assert case not in column(tab, "case")
        tab.goto(f"{address}/index.html")
        assert "1 warning accepted since the last night." in tab.locator("#decided").inner_text()

        next_night = NIGHTS[1] + timedelta(days=1)
        load_dirty_night(next_night)
        nightly.build_and_publish(next_night)
        nightly.build_reports()
        tab.goto(f"{address}/issues.html#show=accepted")
        assert column(tab, "case") == [case]
        assert "Agreed with the team" in tab.locator("#issues").inner_text()
        assert published(own_morning, f"select count(*) from dq_issues where {OPEN}") == [(before - 1,)]
        lists = rows_of_csv(site_folder(own_morning) / "downloads" / COUNCIL / "issues.csv")
        assert (len(lists), case in {row["Case"] for row in lists}) == (before - 1, False)

        tab_to(tab, f"Take back the acceptance of {button}")
        tab.keyboard.press("Enter")
        tab.get_by_role("dialog").wait_for()
        tab.keyboard.type("The team looked again")
        tab_to(tab, "Take back")
        tab.keyboard.press("Enter")
        tab.get_by_text("is taken back").wait_for()
        tab.goto(f"{address}/issues.html#q={case}")
        assert told(tab) == "1 open issue"


def test_one_case_is_found_by_its_reference(browser: "Browser", morning: Path, site: str) -> None:
    case, number = published(
        Home(morning / "data"),
        f"select case_ref, count(*) from dq_issues where {OPEN} group by all order by count(*) desc, case_ref limit 1",
    )[0]
    with opened(browser, f"{site}/case.html") as tab:
        tab.get_by_label("Case reference").press_sequentially(case.lower())
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name=f"Case {case}").wait_for()
        rows = tab.get_by_role("table", name="Issues").locator("tbody tr")
        assert rows.filter(has_text="Open").count() == number
        found = rows.get_by_role("rowheader").all_inner_texts()
    with opened(browser, f"{site}/issues.html") as tab:
        tab.get_by_role("searchbox").press_sequentially(case)
        tab.get_by_text(f"{number} open issues", exact=True).wait_for()
        assert sorted(column(tab, "rule")) == sorted(found)
        tab.get_by_role("link", name=case).first.click()
        tab.get_by_role("heading", name=f"Case {case}").wait_for()


def test_a_rule_that_was_not_run_says_so_and_why(browser: "Browser", morning: Path, site: str) -> None:
    not_run = published(
        Home(morning / "data"),
        f"""
        select rule, entity, reason from dq_rule_outcomes
        where outcome = 'not_run' and extract_date = date '{NIGHTS[1]}' order by all
        """,
    )
    with opened(browser, f"{site}/rules.html") as tab:
        tab.get_by_label("Outcome", exact=True).select_option("Not run")
        sections = tab.locator("section.rule:visible")
        assert [one.get_attribute("data-rule") for one in sections.all()] == sorted({rule for rule, *_ in not_run})
        rows = tab.locator("section.rule tr[data-outcome]:visible")
        assert set(rows.locator(".mark").all_inner_texts()) == {"Not run"}
        told_of = [[cell.inner_text() for cell in row.locator("td").all()] for row in rows.all()]
    assert [(entity, reason) for entity, *_, reason in told_of] == [(entity, reason) for _, entity, reason in not_run]
    assert all(cells[2:4] == ["–", "–"] for cells in told_of), "nothing was checked, so there is no number of rows"


def test_the_watch_list_is_filtered_by_service(browser: "Browser", morning: Path, site: str) -> None:
    clocks = published(
        Home(morning / "data"),
        """
        select service_name, case_ref from watch_list inner join dim_service using (service_key)
        where clock not like 'request_%' order by all
        """,
    )
    services = sorted({service for service, _ in clocks})
    assert len(services) == 2
    with opened(browser, f"{site}/index.html") as tab:
        tab.get_by_role("link", name="Halton on the watch list").click()
        cases = tab.get_by_role("table", name="Open clocks", exact=True).get_by_role("rowheader")
        assert cases.count() == len(clocks)
        for service in services:
            tab.get_by_label("Service", exact=True).select_option(service)
            assert sorted(cases.all_inner_texts()) == [case for name, case in clocks if name == service]
        assert cases.all_inner_texts() == [NEWEST_OPEN_CASE]


@pytest.mark.parametrize("width", [1280, 1100])
def test_accept_is_in_sight_in_a_window_and_in_airflows_frame(browser: "Browser", site: str, width: int) -> None:
    with opened(browser, f"{site}/issues.html#severity=warning", width) as tab:
        place = tab.get_by_role("button", name="Accept").first.bounding_box()
    assert place
    assert place["x"] + place["width"] <= width
