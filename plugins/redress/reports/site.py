"""Builds the quality lead's site into a folder nobody looks at, and lets it take the last one's place in one step."""

from collections.abc import Mapping

from redress.councils import Council
from redress.paths import Home
from redress.reports.decisions import deciding, write_first_decisions
from redress.reports.folders import drafted, front_page, put_in_force
from redress.reports.page import Page, render
from redress.reports.pages import case, completeness, issues, loads, rules, today, watch_list
from redress.reports.reading import open_reading
from redress.validation.data_docs import build_data_docs
from redress.warehouse.build import LOCK_WAIT_SECONDS, build_lock

PAGES: tuple[Page, ...] = (
    today.PAGE,
    issues.PAGE,
    rules.PAGE,
    case.PAGE,
    watch_list.PAGE,
    completeness.PAGE,
    loads.PAGE,
)
"""In the order of the menu."""


def build_site(home: Home, councils: Mapping[str, Council], wait_seconds: float = LOCK_WAIT_SECONDS) -> dict[str, int]:
    """Makes every page anew from what is published; returns how many pages and files there are.

    Whoever has a page open keeps it; a build that fails or is killed leaves the last site as it is.
    Raises RedressError if nothing is published yet, or a build of the warehouse does not end within wait_seconds.
    """
    with build_lock(home, wait_seconds), drafted(home) as draft:
        with open_reading(home, councils) as reading:
            for page in PAGES:
                (draft / page.file).write_text(render(page, PAGES, reading), encoding="utf-8")
                if page.files:
                    page.files(reading, draft)
            build_data_docs(home, councils, draft / "data_docs")
            with deciding(home):
                write_first_decisions(reading, draft)
                files = sum(path.is_file() for path in draft.rglob("*"))
                put_in_force(home, draft)
        front_page(home)
    return {"pages": len(PAGES), "files": files}
