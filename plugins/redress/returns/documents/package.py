"""Makes office files (ZIP packages of XML) the same byte for byte when their content is the same."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

_NO_MOMENT = (1980, 1, 1, 0, 0, 0)

Edit = Callable[[bytes], bytes]


def settle(file: Path, edits: Mapping[str, Edit] | None = None) -> None:
    """Writes the package again: its parts in the order they have, without the moment they were written.

    edits change single parts on the way, by name of the part.
    """
    with zipfile.ZipFile(file) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if edits and name in edits:
                content = edits[name](content)
            part = zipfile.ZipInfo(name, _NO_MOMENT)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            package.writestr(part, content)
