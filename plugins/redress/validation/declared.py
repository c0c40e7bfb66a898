"""What the open lists of the contract hold: codes that are always declared, and those the council declares."""

from collections.abc import Iterator

from redress.councils import CODE_LISTS, Codes
from redress.landing.age import DEFAULT_BANDS

ETHNICITY_CODES = (
    *("WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN"),
    *("AOTH", "CHNE", "BCRB", "BAFR", "BOTH", "OOTH", "REFU", "NOBT"),
)
ETHNICITY_GROUPS = ("white", "mixed", "asian", "black", "other", "refused", "not_obtained")
DISABILITY_CODES = ("NONE", "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
TAGS = ("early_escalation", "earlier_stage_elsewhere")

_ALWAYS: dict[str, tuple[str, ...]] = {
    "ethnicities": ETHNICITY_CODES + ETHNICITY_GROUPS,
    "disabilities": DISABILITY_CODES,
    "tags": TAGS,
    "age_bands": DEFAULT_BANDS,
}


def declared(codes: Codes, list_name: str) -> list[str]:
    """The values of an open list that no rule objects to.

    An ethnicity counts as declared when it is, or maps to, a DfE code or a main group.
    """
    always = _ALWAYS.get(list_name, ())
    own = codes.of(list_name)
    if list_name == "ethnicities":
        return [*always, *(code for code, facts in own.items() if {facts.maps_to, facts.group} & set(always))]
    return [*always, *own]


def standard_codes(codes: Codes) -> Iterator[tuple[str, str, str]]:
    """(list, code, standard code) of every code the council maps to a standard one."""
    for list_name in CODE_LISTS:
        for code, facts in codes.of(list_name).items():
            standard = facts.maps_to or (facts.group if list_name == "ethnicities" else None)
            if standard:
                yield list_name, code, standard
