"""The page of `redress check --format html`: whole in itself, readable on a telephone, and clean by axe."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from redress.checking.output import write
from tests.redress.checking.reports import finding, report, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wide = finding(5, rule="S10", severity="warning", letter="K, Q", source_column="S1 response, S2 response")
    runs = (run(verdict="accepted_held_back", rows_quarantined=4), run("stages", verdict="rejected"))
    return write(
        report(*map(finding, range(1, 5)), wide, runs=runs), "html", tmp_path_factory.mktemp("page") / "x.html"
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_clean_and_fetches_nothing(
    browser: "Browser", page_file: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", level=1).inner_text() == "cases.csv"
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()
