"""Guesses from the values of a column how its dates are written."""

import re
from collections import Counter
from collections.abc import Mapping

from redress.contract.mapping.definition import DateForm

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"
_FORMS: tuple[tuple[DateForm, re.Pattern[str]], ...] = (
    ("iso", re.compile(rf"\d{{4}}-\d\d-\d\d{_TIME}", re.DOTALL)),
    ("day_first", re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2\d{{4}}{_TIME}", re.DOTALL)),
    ("day_first_short", re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2\d\d{_TIME}", re.DOTALL)),
    ("month_name", re.compile(rf"(?=.*[A-Za-z]{{3}})[\w ,.-]*\d{{1,2}}[\w ,.-]*\d\d{_TIME}", re.DOTALL)),
    ("excel_serial", re.compile(r"[1-7]\d{4}(?:\.\d+)?")),
)
_MONTHS = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_MONTH_NAME = 3


def forms_of(counts: Mapping[str, int]) -> Counter[DateForm]:
    """In how many rows a date is written in each form; what is no date counts for none."""
    found: Counter[DateForm] = Counter()
    for value, count in counts.items():
        if form := _form(value):
            found[form] += count
    return found


def month_first(counts: Mapping[str, int]) -> int:
    """In how many rows a date can only be read with the month first, which Redress never does."""
    return sum(
        count
        for value, count in counts.items()
        for _, pattern in _FORMS[1:_MONTH_NAME]
        if (found := pattern.fullmatch(value)) and int(found[1]) <= 12 < int(found[3])
    )


def _form(value: str) -> DateForm | None:
    for form, pattern in _FORMS:
        if pattern.fullmatch(value):
            return form if form != "month_name" or _MONTHS.search(value) else None
    return None
