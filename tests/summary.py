"""What a test wants to be read when it passes, too: a table it records is printed when all tests are done."""

import pytest

PRINTED = "printed"
"""record_property(PRINTED, text) in a test."""


def print_recorded(reporter: pytest.TerminalReporter) -> None:
    """Prints what the tests recorded, in this process or in a worker of pytest-xdist."""
    texts = [
        str(value)
        for outcome in ("passed", "failed")
        for report in reporter.getreports(outcome)
        for name, value in report.user_properties
        if name == PRINTED
    ]
    if texts:
        reporter.section("what the tests measured")
        reporter.line("\n\n".join(texts))
