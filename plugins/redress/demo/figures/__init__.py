"""The demo's proof: each of the published figures beside the one computed from the published warehouse."""

from redress.demo.figures.comparing import VERDICTS, Comparison, Summary, Verdict, compare, summary

__all__ = ["VERDICTS", "Comparison", "Summary", "Verdict", "compare", "summary"]
