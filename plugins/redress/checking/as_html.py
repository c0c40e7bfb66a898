"""A check as one page that needs no other file and no network; it looks as the quality lead's site does."""

from pathlib import Path

from redress.checking.report import GENERATOR, OUTCOMES, CheckReport, cell, place, with_warnings
from redress.contract import load_contract
from redress.validation.catalogue import load_catalogue

TEMPLATES = Path(__file__).with_name("templates")


def as_html(report: CheckReport) -> str:
    """The page. It holds no script, so nothing on it can run."""
    from redress.reports.page import TEMPLATES as SITE
    from redress.reports.page import environment

    delivered = {run.entity for run in report.verdict.runs}
    return (
        environment(TEMPLATES)
        .get_template("check.html")
        .render(
            report=report,
            generator=GENERATOR,
            style=(SITE / "style.css").read_text(encoding="utf-8"),
            rules=load_catalogue().rules,
            outcomes=OUTCOMES,
            not_delivered=[entity for entity in load_contract().entities if entity not in delivered],
            cell=cell,
            place=place,
            with_warnings=with_warnings,
        )
    )
