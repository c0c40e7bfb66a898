"""Keeps coverage from tracing the engines that Redress calls.

No line of ours runs inside them but the few that hand MetricFlow its answers, and tracing slows them by half.
"""

import sys
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import wrapt

ENGINES = {
    "dbt.cli.main": ["dbtRunner.invoke"],
    "great_expectations.datasource.fluent.interfaces": ["Batch.validate"],
    "metricflow.engine.metricflow_engine": ["MetricFlowEngine.__init__", "MetricFlowEngine.query"],
    "weasyprint": ["HTML.__init__", "HTML.write_pdf"],
}


def leave_engines_out() -> None:
    """Wraps each engine when it is first imported."""
    for module, functions in ENGINES.items():
        wrapt.register_post_import_hook(_wrap(functions), module)


def _wrap(functions: list[str]) -> Callable[[ModuleType], None]:
    def wrap(module: ModuleType) -> None:
        for function in functions:
            wrapt.wrap_function_wrapper(module, function, _untraced)

    return wrap


def _untraced(function: Callable[..., Any], instance: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return function(*args, **kwargs)
    finally:
        threading.settrace(in_threads)
        sys.settrace(here)
