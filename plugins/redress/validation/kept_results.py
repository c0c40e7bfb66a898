"""What the checks of each council's last load said, kept in the form of Great Expectations without a value of a row."""

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redress.paths import Home, safe_name
from redress.validation.catalogue import BATCH, load_catalogue
from redress.validation.outcomes import NO_ROW
from redress.validation.suites import Finding

if TYPE_CHECKING:
    import duckdb

_DID_NOT_RAISE = {"raised_exception": False, "exception_message": None, "exception_traceback": None}


def note_results(con: "duckdb.DuckDBPyConnection", suite: str, findings: Sequence[Finding]) -> None:
    """Adds findings to the table validations, which goes with the load: an entity's suite, or the batch's.

    A row a finding would be slow to insert, so there is one for them all: their documents as JSON.
    """
    documents = [_document(finding) for finding in findings]
    con.execute("insert into validations values (?, ?)", [suite, json.dumps(documents, default=str)])


def keep_results(
    con: "duckdb.DuckDBPyConnection", home: Home, council: str, load_number: int, extract_date: date
) -> None:
    """Writes what was noted in con into the council's file, in the place of the load before.

    A rule or a check that was not run is listed as such and is in no suite, so that it cannot look passed.
    """
    noted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for suite, text in con.execute("select suite, findings from validations").fetchall():
        noted[suite] += json.loads(text)
    not_run: dict[str, list[dict[str, str | None]]] = defaultdict(list)
    rules = con.execute("""
        select rule, entity, severity, reason from rule_outcomes where outcome = 'not_run' order by rule, entity
    """).fetchall()
    batch_rules = {check.rule for check in load_catalogue().checks(BATCH)}
    for rule, entity, severity, reason in rules:
        suite = BATCH if rule in batch_rules else entity
        not_run[suite].append(_not_run(rule, severity, entity if suite == BATCH else None, reason))
    whole = {(rule, entity) for rule, entity, _, _ in rules}
    for suite, documents in noted.items():
        for one in documents:
            meta = one["expectation_config"]["meta"]
            if one["not_run"] and suite != BATCH and (meta["rule"], suite) not in whole:
                severity = one["expectation_config"]["severity"]
                not_run[suite].append(_not_run(meta["rule"], severity, meta["column"], one["not_run"]))
    document = {
        "council": council,
        "load_number": load_number,
        "extract_date": extract_date.isoformat(),
        "suites": {
            suite: {"validation": _validation(suite, noted.get(suite, [])), "not_run": not_run.get(suite, [])}
            for suite in sorted({*noted, *not_run})
        },
    }
    file = results_file(home, council)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.draft")
    draft.write_text(json.dumps(document), encoding="utf-8")
    os.replace(draft, file)


def kept_results(home: Home, council: str) -> dict[str, Any] | None:
    """The document of the council's last load; null where none has been kept."""
    file = results_file(home, council)
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def results_file(home: Home, council: str) -> Path:
    """Where a council's results lie: in build/, as the next load makes them anew."""
    return home.build / "validations" / f"{safe_name(council, 'council')}.json"


def _document(finding: Finding) -> dict[str, Any]:
    """An ExpectationValidationResult as JSON, made of counts alone: no value, no key, no row, no exception's text."""
    check, rule = finding.check, load_catalogue().rules.get(finding.check.rule)
    rows, looked_at, failed = len(finding.checked), int(finding.checked.sum()), len(finding.failing)
    return {
        "success": not failed,
        "expectation_config": {
            "type": check.expectation,
            "kwargs": check.kwargs,
            "severity": check.severity,
            "meta": {
                "rule": check.rule,
                "entity": check.entity,
                "column": check.column,
                "reason": rule.reason if rule else None,
                "remedy": rule.remedy if rule else None,
            },
        },
        "result": {
            "element_count": rows,
            "missing_count": rows - looked_at,
            "unexpected_count": failed,
            "unexpected_percent": 100 * failed / looked_at if looked_at else None,
        },
        "exception_info": _DID_NOT_RAISE,
        "not_run": finding.could_not_run or (None if looked_at else NO_ROW),
    }


def _not_run(rule: str, severity: str, where: str | None, reason: str) -> dict[str, str | None]:
    return {"rule": rule, "severity": severity, "where": where, "reason": reason}


def _validation(suite: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """An ExpectationSuiteValidationResult as JSON, of the checks that were run."""
    results = [
        {name: part for name, part in one.items() if name != "not_run"} for one in documents if not one["not_run"]
    ]
    met = sum(one["success"] for one in results)
    return {
        "success": met == len(results),
        "suite_name": suite,
        "suite_parameters": {},
        "results": results,
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": met,
            "unsuccessful_expectations": len(results) - met,
            "success_percent": 100 * met / len(results) if results else None,
        },
        "meta": {"great_expectations_version": version("great_expectations")},
    }
