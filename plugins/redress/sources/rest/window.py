"""The window that a request asks for, and the watermark after it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from redress.contract.mapping.definition import DateForm, Watermark
from redress.errors import RedressError
from redress.sources.definition import EndpointFeed, RestDefinition

LONDON = ZoneInfo("Europe/London")

_FORMS: Mapping[DateForm, tuple[str, ...]] = {
    "day_first": ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    "day_first_short": ("%d/%m/%y", "%d/%m/%y %H:%M", "%d/%m/%y %H:%M:%S"),
    "month_name": ("%d %b %Y", "%d %B %Y", "%d %b %Y %H:%M:%S", "%d %B %Y %H:%M:%S"),
}


def filled(definition: RestDefinition, feed: EndpointFeed, until: date, since: str | None) -> dict[str, str]:
    """A feed's parameters with the window filled in: up to the extract date, from the watermark or the beginning on.

    Raises RedressError when the watermark is none that this source has written.
    """
    start = _start(definition, feed, since)
    texts = {"{until}": until.strftime(definition.date_format)}
    if start:
        texts["{from}"] = start.strftime(definition.date_format)
        texts["{since}"] = start.strftime(definition.since_format)
    return {name: _filled(text, texts) for name, text in feed.parameters.items()}


def newest(values: Iterable[str], forms: tuple[DateForm, ...], until: date, before: str | None) -> str | None:
    """The newest moment among texts, in local time as 2024-03-05T10:11:12; never older than the one before.

    Moments after the extract date are passed over: one mistyped year would keep all changes out until then.
    """
    moments = (_moment(text, forms) for text in values)
    found = [moment.isoformat() for moment in moments if moment and moment.date() <= until]
    return max([*found, *([before] if before else [])], default=None)


def _filled(text: str, texts: Mapping[str, str]) -> str:
    for placeholder, value in texts.items():
        text = text.replace(placeholder, value)
    return text


def _start(definition: RestDefinition, feed: EndpointFeed, since: str | None) -> datetime | None:
    if definition.extract == "changes" and feed.watermark and since:
        try:
            return datetime.fromisoformat(since) - _overlap(feed.watermark)
        except ValueError:
            raise RedressError(
                f"The watermark of feed {feed.name} is not a time; take a full extract (extract: full) once."
            ) from None
    return datetime.combine(definition.begin, time()) if definition.begin else None


def _overlap(watermark: Watermark) -> timedelta:
    number, unit = watermark.overlap.split()
    return timedelta(**{f"{unit.removesuffix('s')}s": int(number)})


def _moment(text: str, forms: tuple[DateForm, ...]) -> datetime | None:
    for form in forms:
        for pattern in _FORMS.get(form, ()):
            try:
                return datetime.strptime(text.strip(), pattern)  # noqa: DTZ007
            except ValueError:
                continue
        if form == "iso":
            try:
                moment = datetime.fromisoformat(text.strip())
            except ValueError:
                continue
            return (moment.astimezone(LONDON) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)
    return None
