"""The councils folder once more, with all records taken from files in contract form."""

import shutil
from pathlib import Path

RECORDS = "${REDRESS_HOME}/demo/records"


def councils_in_contract_form(councils: Path, folder: Path, names: list[str]) -> Path:
    """Copies the councils' settings and codes, with a source.yml that takes the demo's records as they were made."""
    for name in names:
        shutil.copytree(councils / name, folder / name, dirs_exist_ok=True)
        (folder / name / "source.yml").write_text(f"kind: files\npath: {RECORDS}/{name}\n", encoding="utf-8")
    return folder
