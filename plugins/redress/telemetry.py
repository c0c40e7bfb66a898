"""Switches off what Airflow, dbt and Great Expectations would report to their makers."""

import os

OFF = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
}


def switch_off() -> None:
    """Sets the variables those tools read; call it before any of them is imported."""
    os.environ.update(OFF)
