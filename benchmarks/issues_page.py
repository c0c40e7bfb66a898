"""How long the page Issues takes with 100,000 issues, beside the same page with a thousand.

`python benchmarks/issues_page.py --issues 100000` makes a log of that many invented issues, builds the page and the
lists to download, opens the page in headless Chromium and uses it. It is open when its first rows are drawn; a filter,
a search or a sort is over when the browser has drawn the rows that are left. It does the same with the smaller log,
prints the seconds of each (processor time of building, the best of several in the browser) and their ratio, and
writes them to benchmarks/results.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT)]

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
SMALL = 1_000
REPEAT = 5

PICK = 'const one = document.getElementById("{0}"); one.value = "{1}"; one.dispatchEvent(new Event("change", bubbles));'
ACTS = {
    "filter by rule": PICK.format("rule", "D05"),
    "filter by service": PICK.format("service", "barsetshire/S3"),
    "filter by days open": PICK.format("age", "91+"),
    "show accepted": "document.querySelector('input[value=accepted]').click();",
    "search": "issueChoice.state.q = 'ba/77'; issueTable.show();",
    "sort by case": "document.querySelector('th[data-column=case] button').click();",
    "sort by days open": "document.querySelector('th[data-column=days] button').click();",
}
TIMED = """async () => {
    const bubbles = { bubbles: true };
    const began = performance.now();
    %s
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return (performance.now() - began) / 1000;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=100_000)
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.build:
        print(json.dumps(build(chosen.build, chosen.into)))  # noqa: T201 - handed to the process that asked
        return
    from playwright.sync_api import sync_playwright

    measured: dict[int, dict[str, float]] = {}
    sizes: dict[str, float] = {}
    with sync_playwright() as running, tempfile.TemporaryDirectory() as folder:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for rows in (SMALL, chosen.issues):
            into = Path(folder) / str(rows)
            built = in_own_process(rows, into)
            sizes = {name: built.pop(name) for name in ("page MB", "peak memory MB")}
            measured[rows] = built | used(browser, into / "issues.html")
        browser.close()
    report(chosen.issues, measured, sizes)


def in_own_process(rows: int, into: Path) -> dict[str, float]:
    """What building took in a process of its own, whose memory is its own too."""
    command = [sys.executable, __file__, "--build", str(rows), "--into", str(into)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: dict[str, float] = json.loads(said)
    return measured


def build(rows: int, into: Path) -> dict[str, float]:
    """Processor seconds for the page and for the downloads, the page's size and the most memory."""
    from redress.reports.decisions import write_first_decisions
    from redress.reports.page import render
    from redress.reports.pages import issues
    from tests.redress.reports.issue_log import issue_log

    into.mkdir()
    with issue_log(into / "home", rows) as reading:
        began = time.process_time()
        text = render(issues.PAGE, (issues.PAGE,), reading)
        page = time.process_time() - began
        (into / "issues.html").write_text(text, encoding="utf-8")
        assert issues.PAGE.files
        began = time.process_time()
        issues.PAGE.files(reading, into)
        downloads = time.process_time() - began
        write_first_decisions(reading, into)
    return {
        "build the page": page,
        "build the downloads": downloads,
        "page MB": len(text) / 1e6,
        "peak memory MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def used(browser: "Browser", page: Path) -> dict[str, float]:
    """The best seconds of opening the page, and of each thing done with it on the page as it opens."""
    best: dict[str, float] = {}
    for _ in range(REPEAT):
        for act, script in ACTS.items():
            tab = browser.new_page()
            began = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.locator("#issues tbody tr").first.wait_for()
            opened = time.perf_counter() - began
            tab.wait_for_load_state("load")
            done: Any = tab.evaluate(TIMED % script)
            tab.close()
            for name, seconds in (("open the page", opened), (act, done)):
                best[name] = min(best.get(name, seconds), seconds)
    return best


def report(rows: int, measured: dict[int, dict[str, float]], sizes: dict[str, float]) -> None:
    """Prints the seconds and ratios, and writes them to benchmarks/results."""
    result = {
        "issues": rows,
        "machine": f"{os.cpu_count()} cores, {platform.system()}",
        **{name: round(value, 1) for name, value in sizes.items()},
        "seconds": {name: round(value, 3) for name, value in measured[rows].items()},
        f"beside {SMALL:,} issues": {
            name: round(value / measured[SMALL][name], 1) for name, value in measured[rows].items()
        },
    }
    text = json.dumps(result, indent=2)
    (ROOT / "benchmarks" / "results" / f"issues_page_{rows}.json").write_text(f"{text}\n", encoding="utf-8")
    print(text)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
