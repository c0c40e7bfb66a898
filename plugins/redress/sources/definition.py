"""source.yml: what kind of source a council has, where it is, and what each of its tables feeds."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from redress.contract.mapping.definition import DateForm, Feed, Strict, ValueMap
from redress.sources.rest.definition import Auth, Limits, NoAuth, OnePage, Pagination
from redress.sources.rest.presets import Preset, with_preset

FeedT = TypeVar("FeedT", bound=Feed)


class FileFeed(Feed):
    """A file, or a sheet of a workbook.

    file: its name, with * for what changes and {date} for its extract date (2018-04-01 or 20180401); a file without
    a date in its name is of the run's date.
    header_row: find looks for the first row that names the feed's columns.
    totals_row: how a closing row of totals begins (Total); it is left out.
    """

    file: str
    sheet: str | None = None
    header_row: int | Literal["find"] = "find"
    encoding: Literal["detect", "utf-8", "cp1252", "utf-16"] = "detect"
    delimiter: Literal["detect", ",", ";", "|", "\t"] = "detect"
    totals_row: str | None = None


class TableFeed(Feed):
    """A table or view (with its schema: complaints.v_cases), or a SELECT."""

    table: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give a table or a query, one of the two")
        return self


class EndpointFeed(Feed):
    """A request of a web service, and where the records lie in its answer. Feeds with the same request share it.

    parameters may hold {from} and {until} (the window asked for, as dates) and {since} (its beginning, with the time).
    records: the way to them through the answer, data.items; for XML the name of a record's element.
    each: a list within a record, stages: one row an element, the record's own fields beside it as parent.NAME. A list
    within a list: stages[].payments.
    optional: fields that the service leaves out where a record has none; they are read as empty.
    """

    endpoint: str = Field(default="", description="Its path, after the connection's address.")
    parameters: ValueMap = Field(default_factory=dict)
    records: str | None = None
    each: str | None = None
    optional: tuple[str, ...] = ()

    @field_validator("parameters")
    @classmethod
    def _known_placeholders(cls, parameters: dict[str, str]) -> dict[str, str]:
        unknown = set(re.findall(r"\{(\w+)\}", " ".join(parameters.values()))) - {"from", "until", "since"}
        if unknown:
            raise ValueError(f"{{{min(unknown)}}} stands for nothing; write {{from}}, {{until}} or {{since}}")
        return parameters


class _Source(Strict):
    extract: Literal["full", "changes"] = "full"
    connection: str | None = Field(default=None, description="The Airflow connection that holds address and password.")
    dates: tuple[DateForm, ...] = Field(
        default=("iso",), description="How dates are written, where a feed says nothing."
    )
    demographics: "Demographics | None" = None

    @field_validator("feeds", mode="before", check_fields=False)
    @classmethod
    def _named(cls, feeds: Any) -> Any:
        if not isinstance(feeds, dict):
            return feeds
        return {name: {**feed, "name": name} if isinstance(feed, dict) else feed for name, feed in feeds.items()}


class FilesDefinition(_Source):
    """kind: files. Without feeds, files in contract form: <entity>.csv or <entity>_YYYY-MM-DD.csv.

    path: a folder, or the address of one (sftp://host/folder, s3://bucket/folder), credentials aside.
    ready: by what a file shows that it is whole: its size unchanged over settle_seconds, or a file beside it.
    """

    kind: Literal["files"]
    path: str
    ready: Literal["size", "marker"] = "size"
    settle_seconds: float = Field(default=0, ge=0, description="How long a file must not have changed.")
    marker: str = Field(default="{name}.done", description="The name of the file that says another one is whole.")
    move_to: str | None = Field(default=None, description="A folder that landed files are moved to; none: they stay.")
    largest_file: int = Field(default=500_000_000, gt=0, description="Bytes; a larger file is refused.")
    feeds: dict[str, FileFeed] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _changes_in_order(self) -> Self:
        for name, feed in self.feeds.items():
            if self.extract == "changes" and "{date}" not in feed.file:
                raise ValueError(
                    f"feed {name} brings changes in files without a date in their names, so which is newer is not "
                    f"known; write file: {feed.file.rpartition('.')[0]}_{{date}}.csv, or extract: full"
                )
        return self


class DatabaseDefinition(_Source):
    """kind: database. All feeds are read in one read-only transaction."""

    kind: Literal["database"]
    connection: str
    statement_timeout: int = Field(default=600, gt=0, description="Seconds a statement may take.")
    batch_rows: int = Field(default=50_000, gt=0)
    feeds: dict[str, TableFeed] = Field(min_length=1)


class RestDefinition(_Source):
    """kind: rest. Address, login and password are the connection's; an http address is for loopback hosts.

    begin: what {from} and {since} stand for in a full extract, and in the first one of changes.
    format: json is one document an answer, json_together documents one after another, with line breaks or nothing
    between them.
    """

    kind: Literal["rest"]
    connection: str
    preset: Preset | None = None
    auth: Auth = NoAuth()
    format: Literal["json", "json_together", "xml"] = "json"
    pagination: Pagination = OnePage()
    begin: date | None = None
    date_format: str = Field(default="%Y-%m-%d", description="How {from} and {until} are written.")
    since_format: str = Field(default="%Y-%m-%dT%H:%M:%S", description="How {since} is written, in local time.")
    headers: ValueMap = Field(default_factory=dict, description="Sent with each request; no secrets.")
    limits: Limits = Limits()
    feeds: dict[str, EndpointFeed] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, document: Any) -> Any:
        return with_preset(document) if isinstance(document, dict) else document

    @model_validator(mode="after")
    def _holds_no_secret(self) -> Self:
        asked = [name for feed in self.feeds.values() for name in feed.parameters]
        for name in [*self.headers, *asked]:
            if re.search(r"authori[sz]ation|cookie|passw|secret|api[-_]?key|token", name, re.IGNORECASE):
                raise ValueError(f"{name} looks like a secret; put it into the connection and choose auth: api_key")
        return self

    @model_validator(mode="after")
    def _has_a_beginning(self) -> Self:
        for name, feed in self.feeds.items():
            if self.begin is None and any("{from}" in text or "{since}" in text for text in feed.parameters.values()):
                raise ValueError(f"feed {name} asks from a date on; say where the records begin, begin: 2016-07-01")
        return self


SourceDefinition = Annotated[FilesDefinition | DatabaseDefinition | RestDefinition, Field(discriminator="kind")]


class Demographics(Strict):
    """A second system that knows the persons, joined by the person reference.

    Its feeds feed the entity `people`: person_ref, and any of the columns of cases that describe a person.
    wins: whose value counts where both systems have one; wins_for says so for single columns.
    """

    source: SourceDefinition
    wins: Literal["records", "people"] = "records"
    wins_for: dict[str, Literal["records", "people"]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _knows_all_persons_and_nothing_else(self) -> Self:
        if self.source.extract != "full":
            raise ValueError("demographics are joined whole every night; write extract: full for their source")
        if not self.source.feeds or any(set(feed.entities) != {"people"} for feed in self.source.feeds.values()):
            raise ValueError("the feeds of demographics feed people, and nothing else")
        return self


for _model in (FilesDefinition, DatabaseDefinition, RestDefinition):
    _model.model_rebuild()
