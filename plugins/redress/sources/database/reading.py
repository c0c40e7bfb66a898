"""Reads a feed's table or query as batches of text."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import Select, column, func, inspect, literal_column, select, table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.selectable import FromClause

from redress.errors import RedressError, RejectedFile
from redress.sources.base import Reading
from redress.sources.database import streaming
from redress.sources.database.columns import Column, declared, described
from redress.sources.database.dialects import Dialect
from redress.sources.database.session import Rows, Session
from redress.sources.database.text import HoldsBytes, text_of
from redress.sources.database.watermark import Since
from redress.sources.definition import TableFeed

ROW = "source_row"


class FeedReader:
    """Reads one feed inside a database's open transaction."""

    def __init__(self, session: Session, feed: TableFeed, batch_rows: int) -> None:
        self.session = session
        self.dialect = session.dialect
        self.feed = feed
        self.batch_rows = batch_rows
        self.part = part_name(feed)
        self.source = _source(feed)

    def read(self, since: str | None, extract_date: date) -> Reading:
        """Everything, or what changed since the newest value of the watermark column that the last extract saw."""
        with self.session.explained(self.part):
            columns = self._columns()
            statement = select_of(self.feed, columns, self.dialect)
            newest = None
            if self.feed.watermark:
                mark = Since(self.part, self.feed.watermark, self._watermark_column(columns))
                newest = mark.capped(self._newest(mark.column), extract_date) or since
                if since is not None:
                    statement = statement.where(mark.condition(column(mark.column.name), since, self.dialect))
        return Reading(
            columns={c.name: c.type_name for c in columns},
            batches=self._batches(statement, [c.name for c in columns]),
            watermark=lambda: newest,
        )

    def _batches(self, statement: Select[Any], names: list[str]) -> Iterator["pa.Table"]:
        with self.session.explained(self.part):
            stream = self.session.stream(statement, names, self.batch_rows)
        first = 1
        while (rows := self._next_of(stream)) is not None:
            yield rows.append_column(ROW, pa.array(range(first, first + rows.num_rows), pa.int64()))
            first += rows.num_rows

    def _next_of(self, stream: Rows) -> "pa.Table | None":
        with self.session.explained(self.part):
            try:
                return self.session.next_of(stream)
            except HoldsBytes as problem:
                raise self._bytes_in(str(problem)) from None
            except pa.ArrowInvalid:
                limit = streaming.COPY_BYTES // 2**20
                raise RejectedFile(
                    f"{self.part}: a record is longer than {limit} MB; leave its longest column out with a query."
                ) from None

    def _columns(self) -> list[Column]:
        nothing: Select[Any] = select(literal_column("*")).select_from(self.source).where(text("1 = 0"))
        result = self.session.execute(nothing)
        cursor: Any = result.cursor
        found = [described(entry, self.session.connection.dialect) for entry in cursor.description]
        result.close()
        as_declared = self._declared() if self.feed.table else {}
        columns = [as_declared.get(each.name, each) for each in found]
        self._check(columns)
        return columns

    def _declared(self) -> dict[str, Column]:
        """What the catalogue says of a table; a user who may read a table need not be let see it there."""
        schema, name = _schema_and_name(self.feed)
        try:
            found = inspect(self.session.connection).get_columns(name, schema)
        except SQLAlchemyError:
            return {}
        return {each["name"]: declared(each["name"], each["type"], self.session.connection.dialect) for each in found}

    def _check(self, columns: list[Column]) -> None:
        names = [each.name for each in columns]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise RedressError(f"{self.part}: two columns are called {twice}; give each its own name in the query.")
        if ROW in names:
            raise RedressError(
                f"{self.part}: {ROW} is a name Redress needs; call that column something else in a query."
            )
        if refused := next((each.name for each in columns if each.kind == "bytes"), None):
            raise self._bytes_in(refused)

    def _bytes_in(self, name: str) -> RedressError:
        return RedressError(
            f"{self.part}: the column {name} holds bytes, which are no text; name the columns needed in a query."
        )

    def _watermark_column(self, columns: list[Column]) -> Column:
        wanted = self.feed.watermark.column if self.feed.watermark else ""
        for each in columns:
            if each.name == wanted:
                return each
        raise RedressError(
            f"{self.part} has no column {wanted} to be its watermark; correct source.yml (it has "
            f"{', '.join(each.name for each in columns)})."
        )

    def _newest(self, mark: Column) -> str | None:
        newest = self.dialect.text_of(func.max(column(mark.name)), mark.kind)
        return text_of(self.session.execute(select(newest).select_from(self.source)).scalar())


def part_name(feed: TableFeed) -> str:
    """What people know it by: the table's name, or the feed's where it is a query."""
    return feed.table or f"the query of {feed.name}"


def select_of(feed: TableFeed, columns: Sequence[Column], dialect: Dialect) -> Select[Any]:
    """A SELECT of these columns of a feed's table or query, each in the form its text is made from."""
    texts = [dialect.text_of(column(each.name), each.kind).label(each.name) for each in columns]
    return select(*texts).select_from(_source(feed))


def _schema_and_name(feed: TableFeed) -> tuple[str | None, str]:
    schema, _, name = (feed.table or "").rpartition(".")
    return schema or None, name


def _source(feed: TableFeed) -> FromClause:
    if feed.query:
        # Colons would be parameters; a comment at its end would hide the closing bracket.
        query = feed.query.strip().removesuffix(";").replace(":", r"\:") + "\n"
        return text(query).columns().subquery("source")
    schema, name = _schema_and_name(feed)
    return table(name, schema=schema)
