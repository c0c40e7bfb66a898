"""The order of a table's rows does not tell which of two suppressed counts is larger."""

from redress.returns.disclosure import protect
from tests.redress.returns.disclosure.town import Axis, cases, shown, table, town_return

SIZES = {("a",): 11, ("b",): 9, ("d",): 4, ("c",): 2, ("e",): 1}


def _rows(codes: tuple[str, ...]) -> list[str]:
    built = town_return(table("areas", cases(SIZES, "area"), Axis("area", codes)))
    publication = protect(built).built
    assert sum(row == ["c"] for row in shown(publication, "areas")) >= 3
    return [head.label for head in publication.tables[0].rows]


def test_suppressed_rows_of_a_table_sorted_by_size_stand_last_by_name() -> None:
    assert _rows(("a", "b", "d", "c", "e")) == ["a", "b", "c", "d", "e", "Total"]


def test_a_table_in_the_order_of_its_definition_keeps_it() -> None:
    assert _rows(("d", "c", "a", "e", "b")) == ["d", "c", "a", "e", "b", "Total"]
