"""Data Docs as a browser shows them: no network, axe, small windows, dark mode, nothing hidden without a script."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.redress.validation.loaded_council import COUNCIL, build, load, make_council

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGES = ["index.html", f"{COUNCIL}/cases.html", f"{COUNCIL}/batch.html", f"{COUNCIL}/freezes.html"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = make_council(tmp_path_factory.mktemp("data_docs"), monkeypatch)
        load("2020-06-30")
        yield build(home)


def test_nothing_is_asked_of_a_network_and_nothing_is_refused(browser: "Browser", folder: Path) -> None:
    files = sorted(folder.rglob("*.html"))
    said: list[str] = []
    view = browser.new_context(offline=True)
    tab = view.new_page()
    tab.on("request", lambda request: said.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    for file in files:
        tab.goto(file.as_uri())
    view.close()
    assert said == [file.as_uri() for file in files]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_no_violation(browser: "Browser", folder: Path, page: str, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    view = browser.new_context(color_scheme=scheme)
    tab = view.new_page()
    tab.goto((folder / page).as_uri())
    results = axe.Axe().run(tab)
    view.close()
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_over_the_edge(browser: "Browser", folder: Path, page: str, width: int) -> None:
    view = browser.new_context(viewport={"width": width, "height": 900})
    tab = view.new_page()
    tab.goto((folder / page).as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    view.close()


def test_reason_and_remedy_open_without_a_script_by_keyboard(browser: "Browser", folder: Path) -> None:
    view = browser.new_context(java_script_enabled=False)
    tab = view.new_page()
    tab.goto((folder / COUNCIL / "cases.html").as_uri())
    remedy = tab.get_by_text("Correct received_date or closed_date").first
    assert not remedy.is_visible()
    tab.locator("summary", has_text="D02").first.focus()
    tab.keyboard.press("Enter")
    assert remedy.is_visible()
    view.close()
