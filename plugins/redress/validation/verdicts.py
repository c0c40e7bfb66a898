"""What a load says of each entity, in one word for tables and one sentence for people."""

from dataclasses import dataclass
from datetime import date

from redress.landing.manifests import Manifest
from redress.validation.split import Counts

HELD_BACK = ("accepted_held_back", "rejected")
MOST_COLUMNS_TOLD = 5


@dataclass(frozen=True)
class LoadRun:
    """One row an entity and load, as load_runs shows it."""

    council: str
    entity: str
    extract_date: date
    load_number: int
    extract_id: str | None
    extract_kind: str | None
    source_file: str | None
    rows_landed: int
    rows_accepted: int
    rows_quarantined: int
    rows_unchanged: int
    rows_released: int
    rows_waiting: int
    rows_deleted: int
    rows_with_warnings: int
    columns_dropped: int
    rows_with_person: int | None
    persons_found: int | None
    verdict: str
    verdict_text: str
    seconds: float

    def is_held_back(self, threshold: float) -> bool:
        """Whether its file was rejected, or the quarantined share of what landed lies over the council's threshold."""
        too_many = self.rows_landed > 0 and self.rows_quarantined / self.rows_landed > threshold
        return self.verdict == "rejected" or too_many


@dataclass(frozen=True)
class Warned:
    """What the warnings of an entity come to: rows with one that nobody accepted, and warnings that are accepted."""

    rows: int
    accepted: int


def verdict(
    entity: str,
    manifest: Manifest | None,
    counts: Counts,
    warned: Warned,
    batch_failures: list[str],
    not_checked: list[str],
    delivered_again: bool,
) -> tuple[str, str]:
    """The verdict and its sentence. not_checked: rules that could not look at what was delivered."""
    if manifest is None:
        if delivered_again:
            return "unchanged", f"{entity}: the same file as before; nothing changed.{_released(counts)}"
        return "not_delivered", f"{entity}: not delivered; nothing was removed.{_released(counts)}"
    if manifest.rejected:
        return "rejected", f"{entity}: rejected. {manifest.rejected}"
    said = [
        _removal(counts, batch_failures),
        _empty(batch_failures),
        _drift(manifest, batch_failures),
        _coverage(manifest),
        _standing(warned),
        _released(counts),
        _not_checked(not_checked),
    ]
    tail = "".join(said)
    if counts.quarantined or "V04" in batch_failures or "V02" in batch_failures:
        return "accepted_held_back", f"{entity}: accepted, {_records(counts.quarantined)} held back.{tail}"
    if warned.rows:
        return "accepted_with_warnings", f"{entity}: accepted with warnings on {_records(warned.rows)}.{tail}"
    if batch_failures:
        return "accepted_with_warnings", f"{entity}: accepted with a warning about the whole extract.{tail}"
    if counts.landed == counts.unchanged and not counts.deleted:
        return "unchanged", f"{entity}: {_records(counts.landed)} read, nothing new.{tail}"
    return "accepted", f"{entity}: accepted.{tail}"


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number:,} records"


def _released(counts: Counts) -> str:
    return f" {_records(counts.released)} that waited came in." if counts.released else ""


def _removal(counts: Counts, batch_failures: list[str]) -> str:
    if "V04" in batch_failures:
        return " The extract lacks too many of the records now loaded (V04), so none was removed."
    return f" {_records(counts.deleted)} no longer in the extract removed." if counts.deleted else ""


def _empty(batch_failures: list[str]) -> str:
    return " The extract is empty (V02), so nothing was removed." if "V02" in batch_failures else ""


def _drift(manifest: Manifest, batch_failures: list[str]) -> str:
    if "V05" not in batch_failures or not manifest.drift:
        return ""
    told = [drift.sentence for drift in manifest.drift[:MOST_COLUMNS_TOLD]]
    more = len(manifest.drift) - len(told)
    others = f"; and {more} more" if more else ""
    return f" The source's columns are not those of the last extract (V05): {'; '.join(told)}{others}."


def _coverage(manifest: Manifest) -> str:
    if not manifest.rows_with_person:
        return ""
    found, named = manifest.persons_found or 0, manifest.rows_with_person
    return f" The second system knows the person of {found:,} of {_records(named)} that name one."


def _standing(warned: Warned) -> str:
    if not warned.accepted:
        return ""
    return " 1 accepted warning stands." if warned.accepted == 1 else f" {warned.accepted:,} accepted warnings stand."


def _not_checked(rules: list[str]) -> str:
    return f" Not checked: {', '.join(rules)} (dq_rule_outcomes says why)." if rules else ""
