"""What has landed of an entity before, and whether a delivery is news beside it."""

from redress.contract import load_contract
from redress.contract.model import BIRTH_DATE
from redress.duck import connect
from redress.landing.manifests import Manifest, manifests, rows_file
from redress.paths import Home
from redress.sources.base import Delivery


class Earlier:
    """The landed extracts of the entity of a delivery."""

    def __init__(self, home: Home, delivery: Delivery, entity: str) -> None:
        self.home = home
        self.delivery = delivery
        self.landed = manifests(home, delivery.council, entity)

    def is_known(self, fingerprint: str) -> bool:
        """Whether a file landed before as this very extract, or as changes of any night: it may still lie there."""
        same = [m for m in self.landed if m.sha256 == fingerprint]
        return any(m.extract_date == self.delivery.extract_date for m in same) or (
            self.delivery.extract_kind == "changes" and any(not m.rejected for m in same)
        )

    def has_rows_known(self, fingerprint: str) -> bool:
        """Whether rows without a file are those of this night, or the changes read last.

        Changes alike those of an earlier night are news: a record may have been changed back.
        """
        last = self.last()
        if last is None or last.sha256 != fingerprint:
            return False
        return self.delivery.extract_kind == "changes" or last.extract_date == self.delivery.extract_date

    def alike(self, fingerprint: str) -> Manifest | None:
        """The full extract before this one, if it has the same content and its rows still say the same tonight."""
        full = [m for m in self._before() if m.extract_kind == "full"]
        if self.delivery.extract_kind != "full" or not full or full[-1].sha256 != fingerprint:
            return None
        return None if self._has_births_to_come(full[-1]) else full[-1]

    def last(self) -> Manifest | None:
        """The newest extract that was not rejected, up to this delivery."""
        read = [m for m in self.landed if not m.rejected and m.extract_date <= self.delivery.extract_date]
        return read[-1] if read else None

    def is_overtaken(self) -> bool:
        """Whether a full extract of this day has landed, and a later one since: this one could change nothing."""
        if self.delivery.extract_kind != "full":
            return False
        days = {m.extract_date for m in self.landed if m.extract_kind == "full" and not m.rejected}
        return self.delivery.extract_date in days and max(days) > self.delivery.extract_date

    def _before(self) -> list[Manifest]:
        return [m for m in self.landed if not m.rejected and m.extract_date < self.delivery.extract_date]

    def _has_births_to_come(self, manifest: Manifest) -> bool:
        """Whether a birth lay after the extract date: on a later one dob_check may say something else of the row."""
        if BIRTH_DATE not in load_contract().entities[manifest.entity].columns:
            return False
        sql = "select 1 from read_parquet(?) where dob_check = 'after_extract' limit 1"
        with connect() as con:
            return con.execute(sql, [str(rows_file(self.home, manifest))]).fetchone() is not None
