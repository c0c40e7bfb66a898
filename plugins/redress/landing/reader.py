"""Reads the parts of a delivery into drafts, one an entity: through the mapping, the join of persons and the door."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from redress.contract import load_contract
from redress.contract.mapping.definition import ContractFeed, Feed
from redress.councils import Council
from redress.errors import RedressError, RejectedFile
from redress.landing import fingerprints
from redress.landing.demographics import People
from redress.landing.door import Door
from redress.landing.draft import Draft
from redress.landing.drift import likely_rename
from redress.landing.earlier import Earlier
from redress.landing.manifests import extract_folder
from redress.paths import Home
from redress.sources.base import Delivery, Opened, Part, Reading

if TYPE_CHECKING:
    import duckdb

    from redress.contract.mapping.mapper import Mapper


class PartReader:
    """One delivery being read. drafts: filled with what was read of each entity it feeds."""

    def __init__(
        self,
        home: Home,
        council: Council,
        delivery: Delivery,
        opened: Opened,
        key: bytes,
        con: "duckdb.DuckDBPyConnection",
        drafts: dict[str, Draft],
    ) -> None:
        self.home = home
        self.council = council
        self.delivery = delivery
        self.opened = opened
        self.key = key
        self.con = con
        self.drafts = drafts
        self.earlier = {name: Earlier(home, delivery, name) for name in delivery.entities}
        demographics = council.source.demographics
        feeds_cases = demographics is not None and "cases" in delivery.entities
        self.people = (
            People(con, council, demographics, delivery.extract_date) if feeds_cases and demographics else None
        )

    def read(self, part: Part) -> None:
        """Reads one part; if it cannot be read, the entities it feeds are rejected."""
        from redress.contract.mapping.mapper import Mapper

        drafts = {name: self._draft(name) for name in part.feed.entities}
        try:
            reading = part.read(self._since(part.feed))
            if not reading.columns and reading.sha256 is None:
                self._note_no_records(drafts.values(), part, reading)
                return
            mapper = Mapper(part.feed, self.council.codes, self.council.source.dates, tuple(reading.columns))
            for position, draft in enumerate(drafts.values()):
                self._note(draft, part, reading, mapper, is_first=position == 0)
            wanted = {name: draft for name, draft in drafts.items() if self._is_news(draft)}
            if wanted:
                self._write(part, reading, mapper, wanted)
        except RejectedFile as problem:
            for draft in drafts.values():
                draft.fingerprint = None
                draft.reject(str(problem))

    def _draft(self, entity: str) -> Draft:
        if entity not in load_contract().entities:
            raise RedressError(
                f"source.yml of {self.council.name} has a feed for {entity}, which is no entity of its own; "
                "put that feed under demographics.source."
            )
        if entity not in self.drafts:
            door = Door(
                self.con,
                load_contract().entities[entity],
                self.council.codes,
                self.delivery.extract_date,
                self.key,
            )
            folder = extract_folder(self.home, self.council.name, entity, "")
            self.drafts[entity] = Draft(load_contract().entities[entity], folder, door)
        return self.drafts[entity]

    def _since(self, feed: Feed) -> str | None:
        if self.delivery.extract_kind == "full" or not feed.watermark:
            return None
        lasts = [last for name in feed.entities if (last := self.earlier[name].last())]
        if len(lasts) < len(feed.entities):
            return None
        oldest = min(lasts, key=lambda last: (last.extract_date, last.number))
        mapping = self._mapping(feed)
        return oldest.marks.get(mapping or "") if all(mapping in last.marks for last in lasts) else None

    def _mapping(self, feed: Feed) -> str | None:
        """How a feed is read, if it has a watermark: one that was read in another way is read from its beginning."""
        source = self.council.source
        return fingerprints.of_mapping(feed, self.council.codes, source.dates) if feed.watermark else None

    def _note_no_records(self, drafts: Iterable[Draft], part: Part, reading: Reading) -> None:
        """An answer without records names no columns, so none of them can be missing."""
        for draft in drafts:
            draft.add_part(part.name, part.sheet, reading, {}, self._mapping(part.feed))

    def _note(self, draft: Draft, part: Part, reading: Reading, mapper: "Mapper", is_first: bool) -> None:
        entity = draft.entity.name
        fed_from = mapper.fed_from[entity]
        draft.add_part(part.name, part.sheet, reading, fed_from, self._mapping(part.feed))
        draft.columns_of_others |= self._columns_of_others(entity, part.feed, reading, mapper, is_first)
        draft.columns_dropped += len(mapper.unused) if is_first else 0
        joined = self.people is not None and entity == "cases" and self.delivery.extract_kind == "full"
        if reading.sha256 and not joined:
            feeds = [one.feed for one in self.opened.parts if entity in one.feed.entities]
            draft.fingerprint = fingerprints.of_mapped_file(
                reading.sha256, feeds, self.council.codes, self.council.source.dates
            )
        if missing := mapper.missing[entity]:
            # Where most columns are not found the row of headings may be one of a record, which no message may name.
            is_header_known = len(mapper.not_found[entity]) <= sum(map(bool, fed_from.values()))
            draft.reject(self._why_missing(part, entity, missing, tuple(reading.columns), is_header_known), missing)

    def _columns_of_others(
        self, entity: str, feed: Feed, reading: Reading, mapper: "Mapper", is_first: bool
    ) -> set[str]:
        """Columns of the table that another entity tells of; those that feed nothing are the first entity's."""
        own = self._columns_now_and_before(entity, mapper)
        others = [self._columns_now_and_before(name, mapper) for name in feed.entities if name != entity]
        last = self.earlier[entity].last()
        everything = {*reading.columns, *(last.source_columns if last else ())}
        return (set().union(*others) if is_first else everything) - own

    def _columns_now_and_before(self, entity: str, mapper: "Mapper") -> set[str]:
        last = self.earlier[entity].last()
        fed = [*mapper.fed_from[entity].values(), *(last.fed_from.values() if last else ())]
        return {name for names in fed for name in names}

    def _is_news(self, draft: Draft) -> bool:
        if draft.rejected:
            return False
        earlier = self.earlier[draft.entity.name]
        if earlier.is_overtaken():
            return False
        known = draft.fingerprint and (earlier.is_known(draft.fingerprint) or earlier.alike(draft.fingerprint))
        return not known

    def _write(self, part: Part, reading: Reading, mapper: "Mapper", drafts: dict[str, Draft]) -> None:
        read = 0
        before = {name: draft.rows for name, draft in drafts.items()}
        for batch in reading.batches:
            read += batch.num_rows
            for name, rows in mapper.map(self.con, batch).items():
                if name in drafts:
                    draft = drafts[name]
                    draft.write(self.people.join(rows, draft) if self.people and name == "cases" else rows)
        for name, draft in drafts.items():
            if not part.feed.entities[name].rows and draft.rows - before[name] != read:
                raise RedressError(
                    f"{part.name}: {read:,} rows were read and {draft.rows - before[name]:,} came through the mapping "
                    f"of {name}; nothing was landed. Tell whoever maintains Redress."
                )

    def _why_missing(
        self, part: Part, entity: str, missing: tuple[str, ...], columns: tuple[str, ...], is_header_known: bool
    ) -> str:
        what = "a column" if len(missing) == 1 else "columns"
        reason = f"{part.name} lacks {what} the contract requires: {', '.join(missing)}"
        if isinstance(part.feed, ContractFeed):
            return f"{reason}; add them to the export and deliver it again."
        known = columns if is_header_known else ()
        told = [self._told_missing(part.feed, entity, name, known) for name in missing]
        return (
            f"{part.name} lacks {what} the contract requires: {', '.join(told)}; name the column that feeds "
            f"{'it' if len(missing) == 1 else 'them'} under feeds.{part.feed.name}.entities.{entity}.columns in "
            "source.yml, or correct the source."
        )

    def _told_missing(self, feed: Feed, entity: str, name: str, columns: tuple[str, ...]) -> str:
        rule = feed.entities[entity].columns.get(name)
        known = (rule.column or ()) if rule else ()
        renamed = likely_rename(name, columns, known)
        said = [f"{' or '.join(map(repr, known))} in source.yml"] if known else []
        said += [f"likely renamed to {renamed!r}"] if renamed else []
        return f"{name} ({'; '.join(said)})" if said else name
