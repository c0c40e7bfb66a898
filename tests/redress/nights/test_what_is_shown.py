"""What a person sees of a night, and of a delivery's verdict afterwards."""

import io
from datetime import date
from typing import Any

from rich.console import Console

from redress.run import show_night
from redress.status import status
from redress.validation.loads import committed

A1 = ("A1", "complaint", "2024-01-10", None, "open", None, None)


def test_loads_of_earlier_nights_that_came_with_this_one_have_lines_of_their_own(council: Any) -> None:
    council.deliver("cases", A1, dated=date(2024, 1, 30))
    (council.drop / "payments_2024-01-31.csv").write_text("payment_ref\nP1\n")
    council.night("2024-02-01")
    screen = io.StringIO()
    show_night(
        Console(file=screen, width=120), date(2024, 2, 1), {"barsetshire": committed(council.home, "barsetshire")}
    )
    shown = screen.getvalue()
    assert "barsetshire, 2024-01-30" in shown
    assert "barsetshire, 2024-01-31" in shown
    assert "barsetshire: payments: rejected." in shown


def test_status_tells_of_a_rejected_delivery_until_the_next_one_of_the_entity(council: Any) -> None:
    (council.drop / "payments_2024-01-31.csv").write_text("payment_ref\nP1\n")
    council.night("2024-02-01")
    council.deliver("cases", A1)
    council.night("2024-02-02")
    (state,) = status(council.home, ["barsetshire"])
    assert [sentence[:19] for sentence in state.sentences] == ["payments: rejected."]
    council.deliver("payments", ("P1", "A1", "redress", "1.00", "2024-01-20"))
    council.night("2024-02-03")
    (state,) = status(council.home, ["barsetshire"])
    assert state.sentences == ()
