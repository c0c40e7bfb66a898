"""The switchable faulty drop: what can be wrong with records, and which rule must find it."""

from redress.demo.faults.night_before import write_night_before
from redress.demo.faults.seeding import write_dirty_drop

__all__ = ["write_dirty_drop", "write_night_before"]
