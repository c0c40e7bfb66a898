"""Makes the folder of a new council, with commented examples to edit."""

from pathlib import Path

from redress.errors import UsageError
from redress.paths import safe_name

_TEMPLATES = Path(__file__).parent


def new_council(name: str, councils: Path) -> Path:
    """Writes councils/NAME and returns it.

    Raises UsageError if there is such a folder already, RedressError for a name that cannot be a folder's.
    """
    folder = councils / safe_name(name, "council name")
    if folder.exists():
        raise UsageError(f"{folder} is there already; edit its files, or choose another name.")
    for template in sorted(_TEMPLATES.rglob("*.yml")):
        file = folder / template.relative_to(_TEMPLATES)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        filled = text.replace("{name}", name).replace("{title}", name.replace("_", " ").title())
        file.write_text(filled, encoding="utf-8")
    _add_schema(councils)
    return folder


def _add_schema(councils: Path) -> None:
    """Puts the schema by which editors complete source.yml next to the councils, where there is none."""
    from redress.sources.json_schema import FILE_NAME, write_schema

    if not (councils / FILE_NAME).exists():
        write_schema(councils)
