"""What a publication says of its own disclosure control."""

from redress.returns.figures import BuiltReturn

WHY = (
    "To protect people, counts of {counts} are suppressed in tables about who people are or who complained, and shown "
    "as c, wherever this publication prints the same number; so is what is computed from them."
)
MORE = (
    "Further figures are suppressed, so that no suppressed count can be found by subtraction within this publication "
    "or from earlier ones. A figure shown as c may therefore be of any size; it is not zero."
)
SYMBOLS = "c means suppressed, z not applicable, x not available; 0 is a true zero."
SENTENCES = "Key messages that would speak of a suppressed figure are left out."


def notes_of(built: BuiltReturn, has_withdrawn: bool) -> tuple[str, ...]:
    """The notes on suppression; none where nothing is hidden."""
    tables = [table for table in built.tables if any(figure.symbol == "c" for figure in table.figures)]
    if not tables and not has_withdrawn:
        return ()
    thresholds = [table.threshold for table in tables if table.suppress]
    highest = max(thresholds, default=5) - 1
    counts = f"1 to {highest}" if highest > 1 else "1"
    return (WHY.format(counts=counts), MORE, SYMBOLS, *((SENTENCES,) if has_withdrawn else ()))
