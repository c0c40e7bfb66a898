"""Sources: where a council's records come from. One module a kind of source."""

from redress.sources.base import Delivery, open_source

__all__ = ["Delivery", "open_source"]
