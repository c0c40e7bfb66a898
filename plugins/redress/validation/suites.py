"""Runs checks on a frame with Great Expectations, in two passes. Beside data_docs_view.py all that knows the tool."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from redress.validation.catalogue import Check

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Rows are named by row_id alone: values of failing rows may be personal.
_VERDICTS_ONLY = {"result_format": "BOOLEAN_ONLY"}
_FAILING_ROWS = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["row_id"],
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True)
class Finding:
    """What one check found. checked marks the rows it looked at; failing are row_ids, all of them.

    could_not_run is why Great Expectations gave no answer, without values of rows; failing is empty then.
    """

    check: Check
    checked: "np.ndarray[Any, Any]"
    failing: "np.ndarray[Any, Any]"
    could_not_run: str | None = None


def run_checks(frame: "pd.DataFrame", checks: Sequence[Check]) -> list[Finding]:
    """One finding a check, in order. The frame has row_id and every column the checks name.

    A check no row could fail (each has a null among its columns) is not asked of Great Expectations.
    """
    import numpy as np

    no_rows = np.array([], dtype="int64")
    present = {name: frame[name].notna().to_numpy() for check in checks for name in check.frame_columns}
    checked = [np.logical_and.reduce([present[name] for name in check.frame_columns]) for check in checks]
    to_ask = {number: check for number, check in enumerate(checks) if checked[number].any()}
    verdicts = _validate(frame, to_ask, _VERDICTS_ONLY) if to_ask else {}
    raised = {number for number, verdict in verdicts.items() if _raised(verdict)}
    failed = {n: check for n, check in to_ask.items() if n not in raised and not verdicts[n].success}
    details = _validate(frame, failed, _FAILING_ROWS) if failed else {}
    raised |= {number for number, detail in details.items() if _raised(detail)}
    return [
        Finding(
            check,
            checked[number],
            _failing_rows(details[number]) if number in details and number not in raised else no_rows,
            _why_not(check) if number in raised else None,
        )
        for number, check in enumerate(checks)
    ]


def _validate(frame: "pd.DataFrame", checks: dict[int, Check], result_format: dict[str, Any]) -> dict[int, Any]:
    """Great Expectations' result for each check, by the check's number."""
    suite = great_expectations().ExpectationSuite(
        name="redress",
        expectations=[
            {
                "type": check.expectation,
                "kwargs": check.kwargs,
                "severity": check.severity,
                "meta": {"number": number, "rule": check.rule, "entity": check.entity, "column": check.column},
            }
            for number, check in checks.items()
        ],
    )
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    results = batch.validate(suite, result_format=result_format).results
    return {result.expectation_config.meta["number"]: result for result in results}


@cache
def great_expectations() -> Any:
    """The package, imported so that it neither reports home nor fills the log; importing it takes seconds."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx

    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return gx


@cache
def _batch_definition() -> Any:
    """A batch definition in an ephemeral context: one a process, as making it takes time."""
    context = great_expectations().get_context(mode="ephemeral")
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("redress").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _raised(result: Any) -> bool:
    """Whether the expectation raised. It then counts as failed, with the exception in one of two shapes."""
    info = result.exception_info or {}
    infos = [info] if "raised_exception" in info else list(info.values())
    return any(one.get("raised_exception") for one in infos)


def _why_not(check: Check) -> str:
    return f"Great Expectations could not run {check.expectation} on {', '.join(check.frame_columns)}"


def _failing_rows(result: Any) -> "np.ndarray[Any, Any]":
    """row_ids of a COMPLETE result: a list a row, or, with values excluded, one list of all."""
    import numpy as np

    found = [np.atleast_1d(entry["row_id"]) for entry in result.result["unexpected_index_list"]]
    return np.concatenate(found)
