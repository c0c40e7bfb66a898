"""A data folder for a check: what it lands is its own, and what has landed and waits before is seen through links."""

from datetime import date
from pathlib import Path

from redress.landing.manifests import Manifest, extract_folder, manifests
from redress.paths import Home
from redress.validation.loads import Load


class Beside:
    """A scratch folder in which a council's earlier extracts and waiting rows can be shown, and hidden again.

    Nothing is written behind a link: landing makes folders of its own, and a check writes no load.
    """

    def __init__(self, scratch: Home, real: Home, council: str, loads: list[Load]) -> None:
        self.scratch = scratch
        self.real = real
        self.council = council
        self._extracts: list[Manifest] = manifests(real, council) if loads else []
        self._links: list[Path] = []
        if loads:
            waiting = real.quarantine / council / loads[-1].name
            if waiting.is_dir():
                _link(scratch.quarantine / council / loads[-1].name, waiting)

    def show(self, until: date | None = None) -> None:
        """Shows what landed before a date; without one, all that is there."""
        for manifest in self._extracts:
            name = (self.council, manifest.entity, manifest.extract_id)
            shown = extract_folder(self.scratch, *name)
            if (until is None or manifest.extract_date < until) and not shown.exists():
                _link(shown, extract_folder(self.real, *name))
                self._links.append(shown)

    def hide(self) -> None:
        """As if nothing had landed before."""
        for link in self._links:
            link.unlink()
        self._links.clear()


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target, target_is_directory=True)
