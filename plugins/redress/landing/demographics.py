"""Persons from a second system, joined to cases by the person reference before either goes past the door."""

from datetime import date
from typing import TYPE_CHECKING

from redress.contract.mapping.people import PEOPLE
from redress.contract.model import PERSON_REFERENCE
from redress.councils import Council
from redress.errors import RedressError, RejectedFile
from redress.sources.definition import Demographics

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from redress.landing.draft import Draft
    from redress.sources.base import Delivery, Part, Reading, Source


class People:
    """What the second system says of each person, in memory for as long as a delivery is read.

    A person named twice counts as the rows agree on them: where they differ in a column, it is left empty.
    """

    def __init__(
        self, con: "duckdb.DuckDBPyConnection", council: Council, demographics: Demographics, extract_date: date
    ) -> None:
        self.con = con
        self.council = council
        self.demographics = demographics
        self.described = tuple(name for name in PEOPLE.columns if name != PERSON_REFERENCE)
        self._read(extract_date)

    def join(self, rows: "pa.Table", draft: "Draft") -> "pa.Table":
        """The same cases with what the second system knows of their persons; counts in the draft how many it knows."""
        self.con.register("cases_to_join", rows)
        try:
            joined = self.con.sql(self._join_sql(rows.column_names)).to_arrow_table()
        finally:
            self.con.unregister("cases_to_join")
        self._count(rows, draft)
        return joined

    def _read(self, extract_date: date) -> None:
        """Fills the table people from the newest delivery of the second system."""
        from redress.sources.opening import source_of

        definition = self.demographics.source
        columns = ", ".join(f"{name} varchar" for name in PEOPLE.columns)
        self.con.execute(f"create table people_read ({columns})")
        source = source_of(self.council.name, definition)
        deliveries = [one for one in source.deliveries(extract_date) if "people" in one.entities]
        if not deliveries:
            raise RedressError(
                f"The demographics of {self.council.name} were not delivered; look into demographics.source of its "
                "source.yml, or wait for the file."
            )
        unread = set(definition.feeds)
        for delivery in reversed(deliveries):
            if unread:
                unread -= self._read_delivery(source, delivery, unread)
        self._agree()

    def _read_delivery(self, source: "Source", delivery: "Delivery", unread: set[str]) -> set[str]:
        """Keeps the persons of the feeds that no newer delivery told of; gives their names."""
        from redress.contract.mapping.mapper import Mapper

        definition = self.demographics.source
        with source.open(delivery) as opened:
            parts = [part for part in opened.parts if part.feed.name in unread]
            for part in parts:
                reading = self._opened(part)
                if not reading.columns and reading.sha256 is None:
                    continue
                mapper = Mapper(part.feed, self.council.codes, definition.dates, tuple(reading.columns))
                if PERSON_REFERENCE in mapper.missing["people"]:
                    raise RedressError(
                        f"{part.name} (demographics of {self.council.name}) has no column that feeds person_ref, by "
                        "which it is joined; name it in source.yml."
                    )
                for batch in reading.batches:
                    self._keep(mapper.map(self.con, batch)["people"])
        return {part.feed.name for part in parts}

    def _opened(self, part: "Part") -> "Reading":
        try:
            return part.read(None)
        except RejectedFile as problem:
            raise RedressError(f"The demographics of {self.council.name} cannot be read: {problem}") from None

    def _agree(self) -> None:
        """Fills the table people: one row a person."""
        agreed = ", ".join(
            f"case when count(distinct {name}) = 1 then max({name}) end as {name}" for name in self.described
        )
        self.con.execute(f"""
            create table people as
            select {PERSON_REFERENCE}, {agreed} from people_read
            where {PERSON_REFERENCE} is not null group by {PERSON_REFERENCE}
        """)
        self.con.execute("drop table people_read")

    def _keep(self, rows: "pa.Table") -> None:
        self.con.register("people_batch", rows)
        try:
            have = [name for name in PEOPLE.columns if name in rows.column_names]
            trimmed = ", ".join(f"nullif(trim({name}), '') as {name}" for name in have)
            self.con.execute(f"insert into people_read by name select {trimmed} from people_batch")
        finally:
            self.con.unregister("people_batch")

    def _join_sql(self, names: list[str]) -> str:
        if PERSON_REFERENCE not in names:
            raise RedressError(
                f"The cases of {self.council.name} have no person_ref, by which demographics are joined; map it in "
                "source.yml, or take demographics out."
            )
        kept = [f"cases_to_join.{name}" for name in names if name not in self.described]
        filled = [self._filled(name, name in names) for name in self.described]
        return f"""
            select {", ".join([*kept, *filled])}
            from cases_to_join
            left join people on people.{PERSON_REFERENCE} = trim(cases_to_join.{PERSON_REFERENCE})
            order by cases_to_join.source_row
        """

    def _filled(self, name: str, is_recorded: bool) -> str:
        if not is_recorded:
            return f"people.{name} as {name}"
        recorded = f"nullif(trim(cases_to_join.{name}), '')"
        wins = self.demographics.wins_for.get(name, self.demographics.wins)
        first, second = (f"people.{name}", recorded) if wins == "people" else (recorded, f"people.{name}")
        return f"coalesce({first}, {second}) as {name}"

    def _count(self, rows: "pa.Table", draft: "Draft") -> None:
        self.con.register("cases_to_join", rows)
        try:
            ((named, found),) = self.con.execute(f"""
                select count(*) filter (where trim(named.{PERSON_REFERENCE}) <> ''), count(people.{PERSON_REFERENCE})
                from cases_to_join as named
                left join people on people.{PERSON_REFERENCE} = trim(named.{PERSON_REFERENCE})
            """).fetchall()
        finally:
            self.con.unregister("cases_to_join")
        draft.rows_with_person = (draft.rows_with_person or 0) + named
        draft.persons_found = (draft.persons_found or 0) + found
