"""Tells files that are complete from those still being written."""

import logging
import time
from collections.abc import Iterable

from redress.sources.definition import FilesDefinition
from redress.sources.files.places import Found, Place

log = logging.getLogger(__name__)


def whole_files(place: Place, definition: FilesDefinition, listed: list[Found], due: list[Found]) -> list[Found]:
    """Those of the due files that can be taken; the others are named in the log and left for the next run.

    listed: everything in the folder, markers among it. Waits settle_seconds if a size is to be seen unchanged.
    """
    if definition.ready == "marker":
        return _said("has no marker newer than itself", place, due, _marked(definition, listed, due))
    if not definition.settle_seconds or not due:
        return due
    old = _said("has changed just now", place, due, _settled(due, definition.settle_seconds))
    if not old:
        return old
    time.sleep(definition.settle_seconds)
    again = set(place.files())
    return _said("is still changing", place, old, [file for file in old if file in again])


def _marked(definition: FilesDefinition, listed: Iterable[Found], due: Iterable[Found]) -> list[Found]:
    """Files whose marker is there and is not older: one of an earlier delivery says nothing of this one."""
    there = {file.name: file for file in listed}
    marked = []
    for file in due:
        marker = there.get(definition.marker.replace("{name}", file.name))
        if marker and (marker.modified is None or file.modified is None or marker.modified >= file.modified):
            marked.append(file)
    return marked


def _settled(due: Iterable[Found], seconds: float) -> list[Found]:
    """Files that were changed longer ago; a time still to come is another clock's, and says nothing."""
    now = time.time()
    return [file for file in due if file.modified is None or not 0 <= now - file.modified < seconds]


def _said(why: str, place: Place, due: list[Found], taken: list[Found]) -> list[Found]:
    for file in due:
        if file not in taken:
            log.info("%s in %s %s; it is left for the next run.", file.name, place.address, why)
    return taken
