"""Runs the rule catalogue on tonight's extracts and rows, R02 last."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from redress.contract import load_contract
from redress.councils import Council
from redress.validation import frames
from redress.validation.catalogue import BATCH, BATCH_FRAMES, CASCADE, Check, load_catalogue
from redress.validation.declared import declared
from redress.validation.kept_results import note_results
from redress.validation.outcomes import (
    NO_ROW,
    Outcome,
    add_batch_failures,
    add_failures,
    create_results,
    not_run,
    outcome_of,
    report,
)
from redress.validation.suites import Finding, run_checks

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Context:
    """Whose rows they are, and the night. delivered: entities that came, False for a rejected extract."""

    council: Council
    extract_date: date
    delivered: dict[str, bool]


def run_batch_rules(con: "duckdb.DuckDBPyConnection", context: Context) -> None:
    """The rules about extracts as a whole (V01 to V05), from incoming.batch and what is known of their columns.

    Adds to the tables failures (row_id null), rule_outcomes and validations.
    Raises RedressError if a rule of the table of expected checks did not report.
    """
    create_results(con)
    frames.open_schema(con, context.council, context.extract_date)
    checks = load_catalogue().checks(BATCH)
    findings: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for name in BATCH_FRAMES:
        frame = frames.batch_frame(con, name)
        found = run_checks(frame, [_filled(check, context) for check in checks if check.frame == name])
        note_results(con, BATCH, found)
        for finding in found:
            add_batch_failures(con, finding, frame)
            for part in _by_entity(finding, frame):
                findings[part.check.rule, part.check.entity].append(part)
    expected = {(check.rule, entity) for check in checks for entity in load_contract().entities}
    outcomes = [
        outcome_of(findings[rule, entity], "there is nothing to compare the extract with")
        if (rule, entity) in findings
        else not_run(rule, entity, f"{entity} was not delivered")
        for rule, entity in sorted(expected)
    ]
    report(con, outcomes, expected)


def run_row_rules(con: "duckdb.DuckDBPyConnection", context: Context) -> None:
    """All rules about rows, from incoming.<entity> and loaded.<entity> (without what tonight's extracts remove).

    Adds to the tables failures, copies, rule_outcomes and validations.
    Raises RedressError if a rule of the table of expected checks did not report.
    """
    create_results(con)
    frames.open_schema(con, context.council, context.extract_date)
    counts = frames.prepare_rows(con)
    catalogue, entities = load_catalogue(), load_contract().entities
    outcomes: list[Outcome] = []
    for entity in entities.values():
        checks = [check for check in catalogue.checks(entity.name) if check.rule != CASCADE]
        able, unable = _inputs(con, checks, counts, context)
        columns = {column for check in able for column in check.frame_columns}
        outcomes += unable
        if able:
            frame = frames.entity_frame(con, entity, columns, context.council.codes)
            outcomes += _run(con, frame, able, context)
    frames.keep_in_force(con, "cases")
    for name in entities:
        checks = [check for check in catalogue.checks(name) if check.rule == CASCADE]
        able, unable = _inputs(con, checks, counts, context)
        outcomes += unable
        if able:
            outcomes += _run(con, frames.belonging_frame(con, name), able, context)
        if name == "stages":
            frames.keep_in_force(con, "stages")
    report(con, outcomes, {(check.rule, check.entity) for name in entities for check in catalogue.checks(name)})


def _inputs(
    con: "duckdb.DuckDBPyConnection", checks: list[Check], counts: dict[str, int], context: Context
) -> tuple[list[Check], list[Outcome]]:
    """Of checks of one entity those that have something to look at, and the outcomes of rules that have not."""
    able: list[Check] = []
    unable: dict[str, Outcome] = {}
    for check in checks:
        rule, entity = check.rule, check.entity
        lacking = [name for name in load_catalogue().rules[rule].needs if not _is_there(con, name, counts, context)]
        if not counts[entity] and context.delivered.get(entity):
            unable[rule] = not_run(rule, entity, NO_ROW, is_checked=True)
        elif not counts[entity] and entity in context.delivered:
            unable[rule] = not_run(rule, entity, f"the extract of {entity} was rejected")
        elif not counts[entity]:
            unable[rule] = not_run(rule, entity, f"{entity} was not delivered")
        elif lacking:
            unable[rule] = not_run(rule, entity, f"{' and '.join(lacking)} not delivered, and nothing of it is loaded")
        else:
            able.append(check)
    return able, list(unable.values())


def _is_there(con: "duckdb.DuckDBPyConnection", entity: str, counts: dict[str, int], context: Context) -> bool:
    """Whether tonight's extract or anything loaded says something about the entity."""
    return bool(
        context.delivered.get(entity)
        or counts[entity]
        or con.execute(f"select 1 from loaded.{entity} limit 1").fetchone()
    )


def _run(
    con: "duckdb.DuckDBPyConnection", frame: "pd.DataFrame", checks: list[Check], context: Context
) -> list[Outcome]:
    """Runs checks of one entity: their failures go into the table, an outcome a rule comes back."""
    findings = run_checks(frame, [_filled(check, context) for check in checks])
    add_failures(con, findings)
    note_results(con, checks[0].entity, findings)
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.check.rule].append(finding)
    return [outcome_of(found, NO_ROW) for found in by_rule.values()]


def _filled(check: Check, context: Context) -> Check:
    """The check with the contract's and the council's lists, and the council's settings, in its arguments."""
    contract_columns = load_contract().entities[check.entity].columns if check.entity != BATCH else {}
    column = contract_columns.get(check.column or "")

    def fill(value: Any) -> Any:
        if value == "$values" and column:
            return list(column.values or ())
        if value == "$declared" and column:
            return declared(context.council.codes, column.values_from or "")
        if isinstance(value, str) and value.startswith("$"):
            return getattr(context.council.settings, value.removeprefix("$"))
        return value

    return replace(check, kwargs={name: fill(value) for name, value in check.kwargs.items()})


def _by_entity(finding: Finding, frame: "pd.DataFrame") -> list[Finding]:
    """A batch rule's finding, taken apart by the entity each row of its frame is about."""
    import numpy as np

    parts = []
    for entity in frame["entity"].unique():
        is_of_it = (frame["entity"] == entity).to_numpy()
        parts.append(
            replace(
                finding,
                check=replace(finding.check, entity=str(entity)),
                checked=finding.checked & is_of_it,
                failing=np.intersect1d(finding.failing, frame.loc[is_of_it, "row_id"]),
            )
        )
    return parts
