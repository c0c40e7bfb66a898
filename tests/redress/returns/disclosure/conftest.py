"""The five councils' returns, built once for all tests of disclosure control."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from redress.councils import load_councils
from redress.paths import PROJECT, Home
from redress.returns.building.building import build
from redress.returns.checks.reconciliation import require_reconciled
from redress.returns.disclosure import hierarchies
from redress.returns.disclosure.numbers import Coarser
from redress.returns.figures import BuiltReturn
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import parse_period

RealReturn = Callable[[str, str, str], tuple[BuiltReturn, Coarser]]


@pytest.fixture(scope="session")
def real_return(demo_home: Path) -> Iterator[RealReturn]:
    """A return of the demo's warehouse as a publication is made from it, with what `coarser` is for its council."""
    home, councils = Home(demo_home), load_councils(PROJECT / "councils")
    with open_metrics(home) as metrics:

        @cache
        def built(council: str, kind: str, period: str) -> tuple[BuiltReturn, Coarser]:
            figures = build(home, councils[council], kind, parse_period(period), None, metrics)
            return require_reconciled(figures, with_numbers=False), hierarchies(metrics, council)

        yield built
