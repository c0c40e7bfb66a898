"""The publications of the five councils' returns, made from the demo's warehouse, stand up to both attacks."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from redress.returns.disclosure import Protected, protect
from redress.returns.disclosure.attack import attack
from redress.returns.disclosure.weaknesses import weaknesses
from redress.returns.figures import BuiltReturn
from tests.redress.returns.disclosure.conftest import RealReturn
from tests.redress.returns.disclosure.outside import seen_through
from tests.redress.returns.disclosure.town import unhidden

QUICK = [("croydon", "quarterly", "Q2 2018/19"), ("northamptonshire", "annual", "2015/16")]
LONG = [
    ("harrow", "annual", "2017/18"),
    ("halton", "annual", "2019/20"),
    ("central_bedfordshire", "annual", "2015/16"),
]
RETURNS = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)]
CROYDON = [("croydon", "quarterly", f"Q{quarter} 2018/19") for quarter in (1, 2)]
HALTON = [
    *(("halton", "quarterly", f"Q{quarter} 2019/20") for quarter in (1, 2, 3, 4)),
    ("halton", "annual", "2019/20"),
]


PublishedReturn = Callable[[str, str, str], Protected]


@pytest.fixture(scope="session")
def protected_return(real_return: RealReturn) -> PublishedReturn:
    """The publication of a return that none came before."""

    @cache
    def protected(council: str, kind: str, period: str) -> Protected:
        built, coarser = real_return(council, kind, period)
        return protect(built, (), coarser)

    return protected


@pytest.mark.parametrize("name", RETURNS)
def test_no_suppressed_figure_can_be_worked_out(
    real_return: RealReturn, protected_return: PublishedReturn, name: tuple[str, str, str]
) -> None:
    built, coarser = real_return(*name)
    protected = protected_return(*name)
    assert protected.suppressed
    assert protected.given_away == ()
    assert weaknesses(built, protected.built, attack(protected.built, (), coarser), coarser=coarser) == []


@pytest.mark.parametrize("name", RETURNS)
def test_a_reader_of_the_tidy_file_sees_through_none(
    real_return: RealReturn, protected_return: PublishedReturn, name: tuple[str, str, str], tmp_path: Path
) -> None:
    built, _ = real_return(*name)
    protected = protected_return(*name)
    assert seen_through(built, protected.built, tmp_path) == []


def test_a_reader_of_the_tidy_file_sees_what_the_structure_of_today_gives_away(
    real_return: RealReturn, tmp_path: Path
) -> None:
    built, _ = real_return(*CROYDON[1])
    found = " ".join(seen_through(built, protect(built).built, tmp_path))
    assert "stage1_received_by_service/early-help" in found


def _check_sequence(real_return: RealReturn, names: list[tuple[str, str, str]]) -> None:
    """None of a sequence of publications can be seen through, nor any of them once the later ones are out."""
    out: list[BuiltReturn] = []
    for name in names:
        built, coarser = real_return(*name)
        protected = protect(built, out, coarser)
        told = {place for one in protected.given_away for place in one.figures}
        assert weaknesses(built, protected.built, attack(protected.built, out, coarser), told, coarser) == []
        out.append(protected.built)
    for at, name in enumerate(names[:-1]):
        built, coarser = real_return(*name)
        others = [one for place, one in enumerate(out) if place != at]
        assert weaknesses(built, out[at], attack(out[at], others, coarser), coarser=coarser) == []


def test_a_quarter_after_the_one_before(real_return: RealReturn) -> None:
    _check_sequence(real_return, CROYDON)


@pytest.mark.slow
def test_the_year_after_its_quarters(real_return: RealReturn) -> None:
    _check_sequence(real_return, HALTON)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*QUICK, LONG[1]])
def test_the_attack_sees_through_a_publication_with_one_secondary_count_less(
    real_return: RealReturn, protected_return: PublishedReturn, name: tuple[str, str, str]
) -> None:
    built, coarser = real_return(*name)
    protected = protected_return(*name)
    counts = {figure.id for figure in built.figures if figure.is_count}
    secondary = [one.figure for one in protected.suppressed if one.why == "secondary" and one.figure in counts]
    needless = []
    for figure_id in secondary:
        leaky = unhidden(protected.built, built, figure_id)
        if not weaknesses(built, leaky, attack(leaky, (), coarser), coarser=coarser):
            needless.append(figure_id)
    assert needless == []
