"""Accepting from the page Issues in headless Chromium: outside Airflow by a command, inside it at once."""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redress.councils import load_councils
from redress.paths import Home
from redress.reports.folders import drafted, put_in_force
from redress.reports.reading import open_reading
from redress.validation.acceptances import acceptances
from tests.browser.issues_site import at, build, build_invented, column, opened, told
from tests.browser.served_site import OneReader, served
from tests.redress.reports.conftest import in_environment, two_nights  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_invented(tmp_path_factory.mktemp("site"))


def test_outside_airflow_it_gives_the_command(browser: "Browser", site: Path) -> None:
    with opened(browser, at(site, "#q=BA/0"), permissions=["clipboard-read", "clipboard-write"]) as tab:
        tab.get_by_role("button", name="Accept D05 on BA/0, acknowledged_date").click()
        assert not tab.locator("#decide-send").is_visible()
        tab.get_by_label("Reason").fill('It\'s $HOME; agreed `today` "by" letter\nand telephone')
        tab.get_by_label("Last day it holds").fill("2024-12-31")
        tab.get_by_role("button", name="Copy the command").click()
        tab.get_by_text("Copied.").wait_for()
        copied = tab.evaluate("navigator.clipboard.readText()")
    assert shlex.split(copied) == [
        *("redress", "accept", "D05", "BA/0", "--council", "barsetshire", "--record", "BA/0|1"),
        *("--column", "acknowledged_date"),
        *("--until", "2024-12-31", "--by", "quality lead"),
        *("--reason", 'It\'s $HOME; agreed `today` "by" letter and telephone'),
    ]


def test_what_was_decided_since_the_pages_were_built_is_shown_at_once(browser: "Browser", site: Path) -> None:
    folder = site.with_name("decided")
    shutil.copytree(site, folder)
    keys = {
        "accepted": "barsetshire|D05|stages|BA/0|1|acknowledged_date|1",
        "withdrawn": "barsetshire|D05|stages|BA/18|1|acknowledged_date|1",
    }
    decided = ", ".join(f"{name}: [{{key: '{key}', number: 7}}]" for name, key in keys.items())
    (folder / "data" / "decisions.js").write_text(f"window.redressDecisions = {{{decided}}};", encoding="utf-8")
    for show, case, is_there in (
        ("open", "BA/18", True),
        ("accepted", "BA/18", False),
        ("open", "BA/0", False),
        ("accepted", "BA/0", True),
    ):
        with opened(browser, at(folder, f"#show={show}&rule=D05&q={case}")) as tab:
            assert (case in column(tab, "case")) is is_there


@pytest.fixture
def built_home(two_nights: Path, tmp_path: Path) -> Iterator[Home]:  # noqa: F811
    """The real log of two nights with the page Issues in force."""
    shutil.copytree(two_nights, tmp_path / "nights")
    root = tmp_path / "nights"
    home = Home(root / "data")
    with in_environment(root):
        with drafted(home) as draft:
            with open_reading(home, load_councils(root / "councils")) as reading:
                build(reading, draft)
            put_in_force(home, draft)
        yield home


def test_inside_airflow_a_warning_is_accepted_and_taken_back(browser: "Browser", built_home: Home) -> None:
    with (
        served(built_home, OneReader({"read", "accept"})) as address,
        opened(browser, f"{address}/issues.html#q=A3&rule=D05") as tab,
    ):
        assert told(tab) == "1 open issue"
        tab.get_by_role("button", name="Accept D05 on A3, acknowledged_date").click()
        tab.get_by_role("heading", name="Accept D05 on A3").wait_for()
        assert not tab.locator("#decide-shell").is_visible()
        tab.get_by_label("Reason").fill("Acknowledged by telephone before the form came")
        tab.get_by_role("dialog").get_by_role("button", name="Accept").click()
        tab.get_by_role("button", name="Undo").wait_for()
        assert told(tab) == "0 open issues"
        assert tab.evaluate("document.activeElement.id") == "undo"
        (accepted,) = acceptances(built_home, "barsetshire")
        assert (accepted.rule, accepted.case_ref, accepted.by) == ("D05", "A3", "quality lead")
        assert (accepted.via, accepted.user) == ("page", "reader-one")

        tab.get_by_label("Accepted").check()
        assert told(tab) == "1 accepted issue"
        assert "Acknowledged by telephone before the form came" in tab.locator("#issues").inner_text()
        tab.reload()
        assert told(tab) == "1 accepted issue"

        tab.get_by_role("button", name="Take back the acceptance of D05 on A3, acknowledged_date").click()
        tab.get_by_label("Reason").fill("Accepted by mistake")
        tab.get_by_role("dialog").get_by_role("button", name="Take back").click()
        tab.get_by_text("Acceptance 1 is taken back").wait_for()
        assert told(tab) == "0 accepted issues"
        (taken_back,) = acceptances(built_home, "barsetshire")
        assert taken_back.withdrawal
        tab.get_by_label("Open", exact=False).first.check()
        assert told(tab) == "1 open issue"


def test_an_acceptance_is_undone_at_once(browser: "Browser", built_home: Home) -> None:
    with (
        served(built_home, OneReader({"read", "accept"})) as address,
        opened(browser, f"{address}/issues.html#q=A3&rule=D05") as tab,
    ):
        tab.get_by_role("button", name="Accept D05 on A3").click()
        tab.get_by_label("Reason").fill("Acknowledged by telephone")
        tab.get_by_label("Reason").press("Tab")
        tab.get_by_label("Your role").press("Enter")
        tab.get_by_role("button", name="Undo").click()
        tab.get_by_text("D05 on A3, acknowledged_date is open again.").wait_for()
        assert told(tab) == "1 open issue"
        (undone,) = acceptances(built_home, "barsetshire")
        assert undone.withdrawal


def test_what_airflow_refuses_is_said_in_the_dialog(browser: "Browser", built_home: Home) -> None:
    with served(built_home, OneReader({"read", "accept"})) as address:
        view = browser.new_context()
        tab = view.new_page()
        tab.goto(f"{address}/issues.html#q=A3&rule=D05")
        tab.get_by_role("button", name="Accept D05 on A3").click()
        tab.get_by_label("Reason").fill("Acknowledged by telephone")
        tab.get_by_label("Last day it holds").fill("2020-01-01")
        tab.get_by_role("dialog").get_by_role("button", name="Accept").click()
        assert "2020-01-01 is past" in tab.get_by_role("alert").inner_text()
        assert told(tab) == "1 open issue"
        view.close()
    assert acceptances(built_home, "barsetshire") == []


def test_a_log_in_that_has_expired_is_said_before_and_after_writing_a_reason(
    browser: "Browser", built_home: Home
) -> None:
    reader = OneReader({"read", "accept"})
    sentence = "Your log-in has expired: log in again and reload this page."
    with served(built_home, reader) as address:
        view = browser.new_context()
        tab = view.new_page()
        tab.goto(f"{address}/issues.html#q=A3&rule=D05")
        tab.get_by_role("button", name="Accept D05 on A3").click()
        tab.get_by_label("Reason").fill("Acknowledged by telephone")
        reader.is_logged_in = False
        tab.get_by_role("dialog").get_by_role("button", name="Accept").click()
        tab.get_by_role("alert").wait_for()
        assert tab.get_by_role("alert").inner_text() == sentence
        assert tab.get_by_label("Reason").input_value() == "Acknowledged by telephone"
        tab.get_by_role("button", name="Close").click()
        tab.get_by_role("button", name="Accept D05 on A3").click()
        tab.get_by_role("dialog").wait_for()
        assert sentence in tab.get_by_role("dialog").inner_text()
        assert not tab.locator("#decide-send").is_visible()
        view.close()
    assert acceptances(built_home, "barsetshire") == []


def test_who_may_only_read_is_told_so(browser: "Browser", built_home: Home) -> None:
    with (
        served(built_home, OneReader({"read"})) as address,
        opened(browser, f"{address}/issues.html#q=A3&rule=D05") as tab,
    ):
        tab.get_by_role("button", name="Accept D05 on A3").click()
        assert "reader-one, who may not do this here" in tab.get_by_role("dialog").inner_text()
        assert not tab.locator("#decide-send").is_visible()
        assert "redress accept D05 A3" in tab.get_by_label("Command").input_value()
