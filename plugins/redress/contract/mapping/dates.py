"""SQL that reads dates and times as councils write them, and gives them as the contract does.

A value is read in three steps, each a column of its own so that none is worked out twice: the day without the time
behind it, the moment both stand for by the clock on the wall, and the contract's text. What is no date in any of the
forms comes out as it went in. A day is never taken to be written month first.
"""

from collections.abc import Sequence

from redress.contract.mapping.definition import DateForm
from redress.contract.mapping.folding import BLANKS, any_of, trimmed_sql

LATEST_SHORT_YEAR = 68
LATEST_SHORT_BIRTH_YEAR = 40
SERIALS = (61, 73_050)
SERIALS_LIKE_YEARS = (1900, 2100)

_SPACE = any_of(BLANKS)
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_CLOCK_OF_TWELVE = rf"(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?{_SPACE}*[AaPp]\.?[Mm]\.?"
_OFFSET = r"(?:Z|z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
_TIME = rf"(?:[Tt]|,?{_SPACE}+)(?:{_CLOCK_OF_TWELVE}|{_CLOCK}(?:{_SPACE}*{_OFFSET})?)\z"
_CLOCK_FORMS = "['%H:%M', '%H:%M:%S', '%H:%M:%S.%f', '%I:%M %p', '%I:%M:%S %p', '%I:%M:%S.%f %p']"

_YEAR = r"[1-9]\d{3}"
_PLAIN_MOMENT = (
    rf"{_YEAR}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{{1,6}})?(?:Z|[+-](?:0\d|1[0-4])(?::[0-5]\d)?)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]? ?)?"
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY_MONTH_YEAR = rf"(?i){_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[ .-]*(?:of )?{_MONTH}[ .,-]*({_YEAR}|\d\d)"
_MONTH_DAY_YEAR = rf"(?i){_WEEKDAY}{_MONTH}\.? ?(\d{{1,2}})(?:st|nd|rd|th)?(?:, ?| )({_YEAR})"


def plain_moment_sql(value: str, forms: Sequence[DateForm]) -> str:
    """SQL for the moment of a value written as ISO 8601 with an offset, as most databases do; null for all others.

    It says what the steps below would say, sooner.
    """
    if "iso" not in forms:
        return "cast(null as timestamptz)"
    return f"case when regexp_full_match({value}, '{_PLAIN_MOMENT}') then try_cast({value} as timestamptz) end"


def plain_date_sql(moment: str) -> str:
    """SQL for the date in London of a plain moment."""
    return f"cast(cast(timezone('Europe/London', {moment}) as date) as varchar)"


def plain_timestamp_sql(moment: str) -> str:
    """SQL for a plain moment as the contract writes it, in UTC."""
    return f"replace(cast(timezone('UTC', {moment}) as varchar), ' ', 'T') || '+00:00'"


def day_sql(value: str) -> str:
    """SQL for a value without the time of day behind it, if there is one. value: a column."""
    bare = f"case when contains({value}, ':') then regexp_replace({value}, '{_TIME}', '') else {value} end"
    return f"regexp_replace({bare}, '{_SPACE}+', ' ', 'g')"


def moment_sql(value: str, day: str, forms: Sequence[DateForm], birth: bool = False) -> str:
    """SQL for the moment, by the clock on the wall; null for what is written in none of the forms.

    value, day: columns. birth: two-digit years are those a service user may be born in.
    """
    latest = LATEST_SHORT_BIRTH_YEAR if birth else LATEST_SHORT_YEAR
    moments = ", ".join(_FORMS[form](day, latest) for form in dict.fromkeys(forms))
    return f"coalesce({moments}) + case when contains({value}, ':') then {_clock_sql(value)} else to_seconds(0) end"


def date_sql(value: str, moment: str) -> str:
    """SQL for the date as the contract writes it. A time with an offset is brought to Europe/London first."""
    local = f"timezone('Europe/London', timezone('UTC', {_utc(value, moment)}))"
    return (
        f"case when {moment} is null then {value} "
        f"when {_has_offset(value)} then cast(cast({local} as date) as varchar) "
        f"else cast(cast({moment} as date) as varchar) end"
    )


def timestamp_sql(value: str, moment: str) -> str:
    """SQL for the timestamp as the contract writes it, in UTC. A time without an offset is one of Europe/London.

    An hour that comes twice, when the clocks go back, is taken to be the first of the two.
    """
    utc = f"timezone('UTC', timezone('Europe/London', {moment}))"
    hour_before = f"{utc} - interval 1 hour"
    is_first = f"timezone('Europe/London', timezone('UTC', {hour_before})) = {moment}"
    moments = (
        f"case when {_has_offset(value)} then {_utc(value, moment)} when {is_first} then {hour_before} else {utc} end"
    )
    return f"case when {moment} is null then {value} else replace(cast({moments} as varchar), ' ', 'T') || '+00:00' end"


def date_of_sql(text: str, forms: Sequence[DateForm], birth: bool = False) -> str:
    """SQL for the date in a text, which may be any piece of SQL and stands in the whole once."""
    day = f"lambda t: {{'v': t, 'd': {day_sql('t')}}}"
    moment = f"""lambda s: {{'v': s['v'], 'm': {moment_sql("s['v']", "s['d']", forms, birth)}}}"""
    date = f"""lambda r: {date_sql("r['v']", "r['m']")}"""
    return f"list_transform(list_transform(list_transform([{trimmed_sql(text)}], {day}), {moment}), {date})[1]"


def _clock_sql(value: str) -> str:
    clock = rf"replace(regexp_extract({value}, '(\d+:\d\d(?::\d\d(?:[.,]\d{{1,6}})?)?)', 1), ',', '.')"
    half = rf"regexp_replace(regexp_extract({value}, '([AaPp])\.?[Mm]\.?\z', 1), '(.)', ' \1M')"
    return f"(try_strptime({clock} || {half}, {_CLOCK_FORMS}) - timestamp '1900-01-01')"


def _has_offset(value: str) -> str:
    return rf"(contains({value}, ':') and regexp_matches({value}, '{_OFFSET}\z'))"


def _utc(value: str, moment: str) -> str:
    parts = [rf"regexp_extract({value}, '([+-])(\d\d):?(\d\d)?\z', {group})" for group in (1, 2, 3)]
    hours = f"coalesce(try_cast({parts[0]} || {parts[1]} as integer), 0)"
    minutes = f"coalesce(try_cast({parts[0]} || {parts[2]} as integer), 0)"
    return f"({moment} - to_minutes({hours} * 60 + {minutes}))"


def _iso(day: str, latest: int) -> str:
    return rf"case when regexp_full_match({day}, '{_YEAR}-\d\d-\d\d') then try_cast({day} as timestamp) end"


def _day_first(day: str, latest: int) -> str:
    return f"case when {_is_day_first(day, _YEAR)} then {_parsed(day)} end"


def _day_first_short(day: str, latest: int) -> str:
    whole = f"left({day}, length({day}) - 2) || {_century(f'right({day}, 2)', latest)}"
    return rf"case when {_is_day_first(day, '[0-9]{2}')} then {_parsed(f'({whole})')} end"


def _month_name(day: str, latest: int) -> str:
    first = [f"regexp_extract({day}, '{_DAY_MONTH_YEAR}', {group})" for group in (1, 2, 3)]
    second = [f"regexp_extract({day}, '{_MONTH_DAY_YEAR}', {group})" for group in (2, 1, 3)]
    return (
        f"case when not regexp_matches({day}, '[A-Za-z]{{3}}') then null "
        f"when regexp_full_match({day}, '{_DAY_MONTH_YEAR}') then {_of_name(latest, *first)} "
        f"when regexp_full_match({day}, '{_MONTH_DAY_YEAR}') then {_of_name(latest, *second)} end"
    )


def _excel_serial(day: str, latest: int) -> str:
    lowest, highest = SERIALS
    number = f"try_cast({day} as double)"
    milliseconds = f"to_milliseconds(cast(round({number} * 86400000) as bigint))"
    return (
        rf"case when regexp_full_match({day}, '[1-9]\d{{1,4}}(\.\d+)?') "
        f"and floor({number}) between {lowest} and {highest} "
        f"and floor({number}) not between {SERIALS_LIKE_YEARS[0]} and {SERIALS_LIKE_YEARS[1]} "
        f"then timestamp '1899-12-30' + {milliseconds} end"
    )


def _is_day_first(day: str, year: str) -> str:
    return rf"regexp_full_match({day}, '\d{{1,2}}(/\d{{1,2}}/|-\d{{1,2}}-|\.\d{{1,2}}\.){year}')"


def _parsed(day: str) -> str:
    return f"try_strptime(translate({day}, '.-', '//'), '%d/%m/%Y')"


def _of_name(latest: int, day: str, month: str, year: str) -> str:
    years = f"case when length({year}) = 2 then {_century(year, latest)} else {year} end"
    return f"try_strptime({day} || ' ' || left({month}, 3) || ' ' || {years}, '%d %b %Y')"


def _century(year: str, latest: int) -> str:
    return f"(case when {year} <= '{latest}' then '20' else '19' end || {year})"


_FORMS = {
    "iso": _iso,
    "day_first": _day_first,
    "day_first_short": _day_first_short,
    "month_name": _month_name,
    "excel_serial": _excel_serial,
}
