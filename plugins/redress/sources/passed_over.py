"""Which files of a folder a source does not take tonight, and why, as far as their names tell."""

from collections.abc import Iterable
from datetime import date

from redress.sources.base import Delivery
from redress.sources.definition import FilesDefinition, SourceDefinition
from redress.sources.files.names import expected, is_unfinished, naming
from redress.sources.files.places import place_of


def passed_over(
    council: str, definition: SourceDefinition, taken: Iterable[Delivery], extract_date: date
) -> tuple[tuple[str, str], ...]:
    """(name, why) of the files that are not taken, in order; none for a source that has no folder.

    Raises SourceUnavailable if the folder cannot be reached.
    """
    if not isinstance(definition, FilesDefinition):
        return ()
    with place_of(council, definition) as place:
        listed = sorted(file.name for file in place.files())
    names = {delivery.name for delivery in taken}
    markers = {definition.marker.replace("{name}", name) for name in listed} if definition.ready == "marker" else set()
    left = [name for name in listed if name not in names and name not in markers]
    return tuple((name, _why(name, definition, extract_date)) for name in left)


def _why(name: str, definition: FilesDefinition, extract_date: date) -> str:
    if is_unfinished(name):
        return "a program seems to be at work on it, by its name"
    known = naming(definition)(name)
    if known is None:
        return f"no feed has a file so named, only {expected(definition)}"
    if known.dated and known.dated > extract_date:
        return f"it is dated after {extract_date}"
    if definition.ready == "marker":
        return f"it has no marker {definition.marker.replace('{name}', name)} newer than itself"
    return f"it has changed within the last {definition.settle_seconds:g} seconds; it is left for the next run"
