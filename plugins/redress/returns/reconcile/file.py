"""Whether the figures of a file add up: `redress reconcile FILE.csv`. Nothing but the file is looked at.

The columns are those of published figures, one figure a row: council, report, section, return_table, period, stage,
dimension, member, dimension2, member2, measure, value, unit, basis, note. A section that starts with "narrative" is
running text, which may print some parts of a whole; a note that starts with approx:, bound: or words: marks a value
that is not exact and is left out.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from redress.errors import UsageError
from redress.returns.reconcile.changes import changes
from redress.returns.reconcile.ledger import Finding, Ledger, read_identities
from redress.returns.reconcile.percentages import Fit, fits_of, impossible, shares_of_wholes
from redress.returns.reconcile.roundings import roundings
from redress.returns.reconcile.rows import Row, read_rows
from redress.returns.reconcile.sums import sums

RULES = {
    "two_values": "The same figure printed with two values",
    "total_is_not_the_sum": "A total that is not the sum of its parts",
    "parts_exceed_whole": "Parts that are more than their whole",
    "parts_short_of_whole": "Parts that leave some of their whole unexplained",
    "years_swapped": "The figures of two years changed about",
    "year_is_not_its_quarters": "A year that is not the sum of its quarters",
    "stock_and_flow": "A number at the end that does not follow from who came and went",
    "mixed_units": "Counts in a column of percentages",
    "no_count": "A percentage that no count can be rounded to",
    "wrong_base": "A percentage of another base than is said",
    "shares_do_not_add_up": "Shares that do not add up to 100",
    "change_does_not_follow": "A change that does not follow from its two figures",
    "points_printed_as_percent": "Percentage points printed as a percentage",
    "no_one_rounding": "A table whose percentages no one way of rounding gives",
    "rounding_departs": "A percentage rounded unlike the rest of its report",
}
"""What each rule finds, in the order findings are shown."""


def reconcile_file(path: Path, identities: Path | None = None) -> list[Finding]:
    """What does not add up in a file of printed figures, report by report.

    identities replaces the relations between tables that come with the package. Raises UsageError for a file that
    cannot be read, lacks a column or holds a value that is not a number.
    """
    relations = read_identities(identities)
    reports: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read_rows(path):
        reports[(row.council, row.report)].append(row)
    if not reports:
        raise UsageError(f"{path} holds no figures, only its headings; give it a row for each printed figure.")
    found = [finding for rows in reports.values() for finding in _findings(Ledger(rows, relations))]
    return list({(finding.rule, finding.lines, finding.printed): finding for finding in found}.values())


def _findings(ledger: Ledger) -> list[Finding]:
    between = list(changes(ledger))
    fits = [*fits_of(ledger), *(fit for fit in between if isinstance(fit, Fit))]
    return [
        *sums(ledger),
        *impossible(ledger, fits),
        *shares_of_wholes(ledger),
        *(finding for finding in between if isinstance(finding, Finding)),
        *roundings(ledger, fits),
    ]


def show(findings: Sequence[Finding]) -> str:
    """The findings as text for people: by council and rule, with the lines of the file."""
    if not findings:
        return "Everything that can be checked adds up."
    parts = []
    for council in dict.fromkeys(finding.council for finding in findings):
        of_council = [finding for finding in findings if finding.council == council]
        parts.append(f"{council}: {len(of_council)} {'finding' if len(of_council) == 1 else 'findings'}")
        for rule, meaning in RULES.items():
            of_rule = [finding for finding in of_council if finding.rule == rule]
            parts += [f"\n  {meaning} ({rule})"] if of_rule else []
            parts += [f"  - {finding.text} {_numbers(finding.lines)}." for finding in of_rule]
        parts.append("")
    return "\n".join(parts).rstrip()


def _numbers(lines: Sequence[int]) -> str:
    return f"{'Line' if len(lines) == 1 else 'Lines'} {', '.join(str(line) for line in lines)}"
