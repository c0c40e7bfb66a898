"""How long the whole site takes of a month of 20 councils with 100,000 open issues, and how long its pages to open.

`python benchmarks/site_at_scale.py --issues 100000` makes a home with that many open issues and as many resolved ones,
cases to them with several versions a record, 30 nights of runs, outcomes and manifests of 20 councils, and 3,000 open
clocks (benchmarks/site_home.py). It builds the site in a process of its own, opens each page in headless Chromium,
filters the watch list and finds a case. It prints the processor seconds of each part of the build, of
the whole beside those in which DuckDB writes the same tables as CSV, the most memory, and the best of several seconds
in the browser; and writes them to benchmarks/results.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT)]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
COUNCILS, NIGHTS, CLOCKS, REPEAT = 20, 30, 3_000, 5

OPENED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd / 1000"
PAINTED = "(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime / 1000"
TIMED = """async ([script, done]) => {
    const began = performance.now();
    eval(script);
    while (!eval(done)) await new Promise((next) => requestAnimationFrame(next));
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    return (performance.now() - began) / 1000;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=100_000)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.build:
        print(json.dumps(build(chosen.build)))  # noqa: T201 - handed to the process that asked
        return
    from site_home import make_home

    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder), chosen.issues, COUNCILS, NIGHTS, CLOCKS)
        command = [sys.executable, __file__, "--build", folder]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        built: dict[str, Any] = json.loads(said)
        result = {
            "issues": chosen.issues,
            "machine": f"{os.cpu_count()} cores, {platform.system()}",
            **built,
            "in the browser, seconds": used(Path(folder) / "home" / "reports" / "site"),
        }
    text = json.dumps(result, indent=2)
    file = ROOT / "benchmarks" / "results" / f"site_at_scale_{chosen.issues}.json"
    file.write_text(f"{text}\n", encoding="utf-8")
    print(text)  # noqa: T201 - what the command is for


def build(folder: Path) -> dict[str, Any]:
    """Builds the site with a watch on each part; seconds are of the processors, as other work may be going on."""
    from redress.councils import load_councils
    from redress.paths import Home
    from redress.reports import site

    spent: dict[str, float] = defaultdict(float)

    def timed(name: Callable[..., str], work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*given: Any) -> Any:
            began = time.process_time()
            try:
                return work(*given)
            finally:
                spent[name(*given)] += time.process_time() - began

        return measured

    @contextmanager
    def reading(*given: Any) -> "Iterator[Any]":
        began = time.process_time()
        with opened(*given) as found:
            spent["reading"] += time.process_time() - began
            yield found

    home, councils = Home(folder / "home"), load_councils(folder / "councils")
    as_csv = written_as_csv(home, folder / "csv")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    own = vars(site)
    opened = own["open_reading"]
    watched = {
        "open_reading": reading,
        "render": timed(lambda page, *_: page.file, own["render"]),
        "build_data_docs": timed(lambda *_: "data docs", own["build_data_docs"]),
        "PAGES": tuple(
            replace(page, files=timed(lambda *_, name=page.file: f"files of {name}", page.files))
            if page.files
            else page
            for page in site.PAGES
        ),
    }
    own.update(watched)
    began = time.process_time()
    site.build_site(home, councils)
    whole = time.process_time() - began
    made = [file for file in (home.reports / "site").resolve().rglob("*") if file.is_file()]
    return {
        "seconds": {name: round(seconds, 2) for name, seconds in (spent | {"whole site": whole}).items()},
        "seconds to write the tables as CSV": round(as_csv, 2),
        "whole site beside CSV": round(whole / as_csv, 1),
        "peak memory MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "memory before MB": round(before / 1024),
        "files": len(made),
        "site MB": round(sum(file.stat().st_size for file in made) / 1e6, 1),
        "pages MB": {
            file.name: round(file.stat().st_size / 1e6, 2)
            for file in sorted((home.reports / "site").resolve().glob("*.html"))
        },
    }


def written_as_csv(home: Any, folder: Path) -> float:
    """Seconds in which DuckDB writes every table of the publication and the build as CSV."""
    from redress.duck import connect, text

    folder.mkdir()
    began = time.process_time()
    with connect() as con:
        con.execute(f"attach {text(home.published / 'reporting.duckdb')} as published (READ_ONLY)")
        con.execute(f"attach {text(home.build / 'warehouse.duckdb')} as build (READ_ONLY)")
        tables = con.execute("select database_name, schema_name, table_name from duckdb_tables()").fetchall()
        for names in tables:
            con.execute(f"copy {'.'.join(names)} to {text(folder / ('.'.join(names) + '.csv'))}")
    return time.process_time() - began


def used(site: Path) -> dict[str, float]:
    """The best seconds to open each page, to first paint and until its scripts have run, and of using two of them."""
    from playwright.sync_api import sync_playwright

    best: dict[str, float] = {}

    def note(name: str, seconds: float) -> None:
        best[name] = round(min(best.get(name, seconds), seconds), 3)

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(REPEAT):
            for page in sorted(site.glob("*.html")):
                tab = open_page(browser, page)
                note(f"{page.name} painted", tab.evaluate(PAINTED))
                note(f"{page.name} usable", tab.evaluate(OPENED))
                for name, script, done in ACTS.get(page.name, ()):
                    note(name, tab.evaluate(TIMED, [script, done]))
                tab.context.close()
        browser.close()
    return best


ACTS = {
    "case.html": (
        (
            "case: suggestions",
            "const box = document.getElementById('case-search'); box.value = '321'; "
            "box.dispatchEvent(new Event('input'));",
            "document.querySelectorAll('#case-refs option').length > 0",
        ),
        (
            "case: find one",
            "document.getElementById('case-search').value = 'BA/000321'; "
            "document.getElementById('find').requestSubmit();",
            "document.getElementById('case-title').textContent === 'Case BA/000321'",
        ),
    ),
    "watch_list.html": (
        (
            "watch list: filter by urgency",
            "const one = document.getElementById('filter-urgency'); one.value = 'Overdue'; "
            "one.dispatchEvent(new Event('change', { bubbles: true }));",
            "true",
        ),
    ),
    "rules.html": (
        (
            "rules: filter by council",
            "const one = document.getElementById('filter-council'); one.selectedIndex = 3; "
            "one.dispatchEvent(new Event('change', { bubbles: true }));",
            "true",
        ),
    ),
}


def open_page(browser: "Browser", page: Path) -> Any:
    """A tab with the page, in which the content security policy does not keep measuring scripts out."""
    tab = browser.new_context(bypass_csp=True).new_page()
    tab.goto(page.as_uri())
    tab.wait_for_function(f"{PAINTED} > 0")
    return tab


if __name__ == "__main__":
    main()
