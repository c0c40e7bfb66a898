"""A check as one page that needs no other file and no network; it looks as the quality lead's site does."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from redress.checking.report import GENERATOR, OUTCOMES, CheckReport, cell, place, with_warnings
from redress.contract import load_contract
from redress.validation.catalogue import load_catalogue

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")


def as_html(report: CheckReport) -> str:
    """The page. It holds no script, so nothing on it can run."""
    from redress.reports.page import TEMPLATES as SITE

    delivered = {run.entity for run in report.verdict.runs}
    return (
        _environment()
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


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from redress.reports.page import counted, day, number

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day, "number": number, "counted": counted}
    return made
