"""Age bands: which ages a council's bands hold, and the SQL that finds the band at receipt."""

import re
from dataclasses import dataclass

from redress.councils import Codes

DEFAULT_BANDS = ("unborn", "0-4", "5-9", "10-15", "16-17", "18", "19-24", "25-64", "65+", "unknown")
OLDEST_AGE = 110

_BAND = re.compile(r"(?P<lowest>\d+)(?:-(?P<highest>\d+)|(?P<over>\+))?\Z|under[ _](?P<under>\d+)\Z")


@dataclass(frozen=True)
class Band:
    """A band and the whole years it holds, both ends included."""

    name: str
    lowest: int
    highest: int


def bands_of(codes: Codes) -> list[Band]:
    """The bands an age can fall in: those the council declares, else the default ones.

    Names read as ages: `5-9`, `18`, `65+`, `under_18`. Others (unborn, unknown) hold no age.
    """
    names = codes.age_bands or DEFAULT_BANDS
    return [band for name in names if (band := _band(name))]


def _band(name: str) -> Band | None:
    match = _BAND.match(name)
    if not match:
        return None
    if match["under"]:
        return Band(name, 0, int(match["under"]) - 1)
    lowest = int(match["lowest"])
    highest = OLDEST_AGE - 1 if match["over"] else int(match["highest"] or lowest)
    return Band(name, lowest, highest)


def age_band_sql(age: str, bands: list[Band]) -> str:
    """SQL for the band of an age in whole years; null where no band holds it."""
    cases = " ".join(f"when {age} between {band.lowest} and {band.highest} then '{band.name}'" for band in bands)
    return f"case {cases} end" if cases else "cast(null as varchar)"
