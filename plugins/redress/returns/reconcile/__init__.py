"""Whether a set of printed figures adds up, with no knowledge of the records behind them."""

from redress.returns.reconcile.file import reconcile_file, show
from redress.returns.reconcile.ledger import Finding

__all__ = ["Finding", "reconcile_file", "show"]
