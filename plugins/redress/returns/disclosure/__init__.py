"""Disclosure control: which figures a publication hides, and proof that they stay hidden."""

from redress.returns.disclosure.hierarchies import hierarchies
from redress.returns.disclosure.protect import GivenAway, Protected, Suppressed, protect

__all__ = ["GivenAway", "Protected", "Suppressed", "hierarchies", "protect"]
