"""Sets of codes: what a condition lets through."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from redress.returns.disclosure.codes import ALL, NONE, Codes, all_but, atoms, only

CODES = ("a", "b", "c", "d", None)
sets = st.builds(Codes, st.frozensets(st.sampled_from(CODES)), st.booleans())


@given(sets, sets, st.sampled_from((*CODES, "one never named")))
def test_they_are_sets(one: Codes, other: Codes, code: str | None) -> None:
    assert (code in (one & other)) == (code in one and code in other)
    assert (code in (one | other)) == (code in one or code in other)
    assert (code in ~one) == (code not in one)


@given(st.lists(sets, min_size=1, max_size=5))
def test_every_set_is_put_together_from_pieces_that_do_not_overlap(given_sets: list[Codes]) -> None:
    pieces, is_all = atoms(given_sets)
    for codes in given_sets:
        inside = [piece for piece in pieces if piece & codes == piece]
        assert reduce(lambda one, other: one | other, inside, NONE) == codes
    for place, piece in enumerate(pieces):
        assert all((piece & other).is_empty for other in pieces[:place])
    assert is_all == (reduce(lambda one, other: one | other, pieces, NONE) == ALL)


def test_what_is_listed_and_all_but_that_are_all_there_is() -> None:
    assert atoms([only("a"), all_but("a")]) == ([only("a"), all_but("a")], True)
    assert atoms([only("a"), only("b", "a")]) == ([only("a"), only("b")], False)
