"""What the rules found: the tables failures, copies and rule_outcomes, and the four outcomes of a rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from redress.errors import RedressError
from redress.validation.catalogue import load_catalogue
from redress.validation.suites import Finding

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

NO_ROW = "no row could fail it"
"""Why a rule was not run that had nothing to look at."""


@dataclass(frozen=True)
class Outcome:
    """What a rule says of an entity tonight: pass, warn, fail or not_run. A row of rule_outcomes.

    is_checked is false where the rule could not look: its inputs were not delivered, or it raised.
    """

    rule: str
    entity: str
    severity: str
    outcome: str
    rows_checked: int = 0
    rows_failed: int = 0
    reason: str | None = None
    is_checked: bool = True


def create_results(con: "duckdb.DuckDBPyConnection") -> None:
    """The tables the rules fill, where they are not there yet. row_id is null in failures of batch rules."""
    con.execute("""
        create table if not exists failures (
            rule varchar, entity varchar, severity varchar, row_id bigint, column_name varchar
        );
        create table if not exists copies (entity varchar, row_id bigint);
        create table if not exists rule_outcomes (
            rule varchar, entity varchar, severity varchar, outcome varchar,
            rows_checked bigint, rows_failed bigint, reason varchar, is_checked boolean
        );
        create table if not exists validations (suite varchar, findings varchar)
    """)


def not_run(rule: str, entity: str, reason: str, is_checked: bool = False) -> Outcome:
    """The outcome of a rule that did not look at the entity, or had nothing to look at (is_checked)."""
    return Outcome(rule, entity, load_catalogue().rules[rule].severity, "not_run", reason=reason, is_checked=is_checked)


def outcome_of(findings: Sequence[Finding], if_nothing: str) -> Outcome:
    """The outcome of one rule on one entity from all its checks; if_nothing is the reason when no row could fail."""
    import numpy as np

    check = findings[0].check
    looked_at = defaultdict(list)
    for finding in findings:
        looked_at[finding.check.frame].append(finding.checked)
    checked = sum(int(np.logical_or.reduce(masks).sum()) for masks in looked_at.values())
    failed = sum(
        len(np.unique(np.concatenate([found.failing for found in findings if found.check.frame == frame])))
        for frame in looked_at
    )
    could_not = [found.could_not_run for found in findings if found.could_not_run]
    if failed:
        outcome, reason = ("fail" if check.severity == "critical" else "warn"), "; ".join(could_not) or None
    elif could_not:
        outcome, reason = "not_run", "; ".join(could_not)
    elif not checked:
        outcome, reason = "not_run", if_nothing
    else:
        outcome, reason = "pass", None
    return Outcome(check.rule, check.entity, check.severity, outcome, checked, failed, reason, not could_not)


def add_failures(con: "duckdb.DuckDBPyConnection", findings: Iterable[Finding]) -> None:
    """Adds failing rows to the table. A row fails a rule once a column, whatever number of its checks it failed."""
    import pandas as pd

    found = [
        pd.DataFrame(
            {
                "rule": finding.check.rule,
                "entity": finding.check.entity,
                "severity": finding.check.severity,
                "row_id": finding.failing,
                "column_name": finding.check.column,
            }
        )
        for finding in findings
        if len(finding.failing)
    ]
    if found:
        _insert(con, pd.concat(found).drop_duplicates())


def add_batch_failures(con: "duckdb.DuckDBPyConnection", finding: Finding, frame: "pd.DataFrame") -> None:
    """Adds failing extracts to the table, with the entity and column the frame gives them and no row_id."""
    rows = frame.loc[frame["row_id"].isin(finding.failing), ["entity", "column_name"]]
    if len(rows):
        _insert(con, rows.assign(rule=finding.check.rule, severity=finding.check.severity, row_id=None))


def report(con: "duckdb.DuckDBPyConnection", outcomes: Sequence[Outcome], expected: set[tuple[str, str]]) -> None:
    """Adds the outcomes to rule_outcomes.

    Raises RedressError if they are not those of the table of expected checks.
    """
    reported = {(outcome.rule, outcome.entity) for outcome in outcomes}
    if reported != expected or len(outcomes) != len(reported):
        rule, entity = min(expected ^ reported, default=("a rule", "an entity"))
        raise RedressError(
            f"Rule {rule} on {entity} did not report once as it must; nothing of this load was kept: "
            "report this as a defect."
        )
    con.executemany(
        f"insert into rule_outcomes values ({', '.join('?' * len(fields(Outcome)))})",
        [astuple(outcome) for outcome in outcomes],
    )


def _insert(con: "duckdb.DuckDBPyConnection", found: "pd.DataFrame") -> None:
    con.register("found_failures", found)
    con.execute("insert into failures by name select rule, entity, severity, row_id, column_name from found_failures")
    con.unregister("found_failures")
