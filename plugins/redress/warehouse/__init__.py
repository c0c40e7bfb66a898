"""The warehouse: loads into a private build, dbt's models and tests on it, and its publication."""

from redress.warehouse.build import BuildResult, build_and_publish, republish_return_figures
from redress.warehouse.publish import last_publication, open_reporting, reporting_file

__all__ = [
    "BuildResult",
    "build_and_publish",
    "last_publication",
    "open_reporting",
    "reporting_file",
    "republish_return_figures",
]
