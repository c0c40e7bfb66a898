"""Which codes of several dimensions say the same of a case, as a council's published records have it."""

from collections import defaultdict
from typing import NamedTuple

from redress.returns.disclosure.codes import Code, only
from redress.returns.disclosure.numbers import Coarser
from redress.returns.metrics.metrics import Metrics


class Family(NamedTuple):
    """Dimensions told from one record: its table, and the column of each dimension."""

    table: str
    columns: dict[str, str]


FAMILIES = {
    "services and areas, then and today": Family(
        "dim_service",
        {
            "service": "service_code",
            "service_area": "top_level_code",
            "service_today": "current_service_code",
            "service_area_today": "current_top_level_code",
        },
    ),
    "ethnicities and groups": Family(
        "dim_case",
        {"ethnicity": "ethnicity", "ethnicity_code": "ethnicity_code", "ethnicity_group": "ethnicity_group"},
    ),
    "causes and groups": Family(
        "dim_cause",
        {"cause": "cause", "cause_group": "cause_group", "standard_cause": "standard_cause"},
    ),
    "time taken and kept": Family(
        "fct_stages",
        {
            "band": "band",
            "in_time": "in_time",
            "in_time_within_limit": "in_time_within_limit",
            "in_time_within_extended": "in_time_within_extended",
            "in_time_agreed_extension": "in_time_agreed_extension",
        },
    ),
}
"""By name of the dimension that tells all others of the family apart: a code is a combination that occurs."""


def hierarchies(metrics: Metrics, council: str) -> Coarser:
    """By dimension: the combinations of codes of its family that each of its codes stands for.

    A service of the time and of today are two answers to one question: a table of each together must not give away
    what either hides. Combinations work where a code was moved between groups, or split, as well.
    """
    found: Coarser = {}
    for name, family in FAMILIES.items():
        combinations = metrics.combinations(council, family.table, list(family.columns.values()))
        combinations.add(tuple(None for _ in family.columns))
        for at, dimension in enumerate(family.columns):
            members: dict[Code, set[Code]] = defaultdict(set)
            for codes in combinations:
                members[codes[at]].add(repr(codes))
            found[dimension] = (name, {code: only(*combined) for code, combined in members.items()})
    return found
