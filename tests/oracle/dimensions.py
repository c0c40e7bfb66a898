"""What dim_case derives of a case, and which service does the work of another today."""

from datetime import date

from tests.oracle.records import Row

DISABILITIES = ("NONE", "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
GROUPS = {
    "white": "WBRI WIRI WIRT WOTH WROM",
    "mixed": "MWBC MWBA MWAS MOTH",
    "asian": "AIND APKN ABAN AOTH CHNE",
    "black": "BCRB BAFR BOTH",
    "other": "OOTH",
    "refused": "REFU",
    "not_obtained": "NOBT",
}
ETHNICITY_GROUP = {code: group for group, codes in GROUPS.items() for code in codes.split()}


def described(row: Row, ethnicities: dict[str, str], disabilities: dict[str, str]) -> Row:
    """The derived columns of dim_case; the maps lead the council's own labels to standard codes."""
    label = row.get("ethnicity")
    standard = ethnicities.get(label, label) if label else None
    codes = {disabilities.get(part, part) for part in (row.get("disabilities") or "").split(";") if part}
    own = row.get("own_complaint")
    kind = row.get("complainant_type")
    young = own if own is not None or kind is None else kind in ("child_or_young_person", "care_leaver")
    flags = {f"disability_{code.lower()}": (code in codes) if codes else None for code in DISABILITIES}
    return {
        "case_ref": row["case_ref"],
        "ethnicity_code": standard if standard in ETHNICITY_GROUP else None,
        "ethnicity_group": _group(standard),
        "is_child_or_young_person": young,
        "tags": ";".join(sorted(part for part in (row.get("tags") or "").split(";") if part)) or None,
        **flags,
    }


def _group(standard: str | None) -> str:
    if standard in GROUPS:
        return str(standard)
    return ETHNICITY_GROUP.get(str(standard), "not_recorded")


def current_service(services: list[Row], row: Row, today: date) -> Row:
    """The service that does the work of this one today; itself where its successors lead round in a circle."""
    found, seen = row, set()
    while True:
        begun = [s for s in services if s["service_code"] == found["service_code"] and s["valid_from"] <= today]
        if not found.get("successor_code"):
            found = max(begun, key=lambda s: s["valid_from"], default=found)
        if found.get("valid_to") is None or found["valid_to"] >= today:
            return found
        code = found["service_code"]
        heirs = [s for s in services if s["service_code"] == found.get("successor_code") and s["valid_from"] <= today]
        if code in seen:
            return row
        if not heirs:
            return found
        seen.add(code)
        found = max(heirs, key=lambda s: s["valid_from"])
