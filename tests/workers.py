"""Which tests run on the same worker, and which are begun first."""

import pytest
from xdist.scheduler import LoadScopeScheduling

# The longest, so that both workers end together; the demo is begun at once, as others wait for it.
FIRST = (
    "tests/end_to_end/test_demo.py",
    "tests/redress/warehouse/test_build_and_publish.py",
    "tests/dags",
    "tests/faults",
    "tests/end_to_end",
    "tests/oracle",
    "tests/redress/validation",
    "tests/redress/warehouse",
)

# Folders whose files share what takes long to make; elsewhere a file is the unit.
TOGETHER = ("tests/dbt_project", "tests/redress/returns/disclosure", "tests/redress/returns/signing")


class ByFile(LoadScopeScheduling):
    """Gives a file, or a folder that shares a fixture, to one worker as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def longest_first(items: list[pytest.Item]) -> None:
    """Sorts the tests; those of equal rank stay as they were."""
    items.sort(key=lambda item: next((at for at, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST)))
