"""Published figures beside computed ones: each row of published_figures.csv with one verdict."""

from redress.returns.compare.comparing import compare, compare_returns, set_beside
from redress.returns.compare.published import reports
from redress.returns.compare.results import VERDICTS, Comparison, Summary, Verdict, markdown, show, summary

__all__ = [
    "VERDICTS",
    "Comparison",
    "Summary",
    "Verdict",
    "compare",
    "compare_returns",
    "markdown",
    "reports",
    "set_beside",
    "show",
    "summary",
]
