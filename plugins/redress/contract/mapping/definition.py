"""What source.yml says of columns: which of the source's feed each column of the contract, and how."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

DateForm = Literal["iso", "day_first", "day_first_short", "month_name", "excel_serial"]
"""iso 2018-04-01; day_first 01/04/2018; day_first_short 01/04/18; month_name 1 Apr 2018; excel_serial 43191.

Each may carry a time of day. A time with an offset is brought to Europe/London before its date is taken.
"""


class Strict(BaseModel):
    """Refuses keys it does not know, and cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _one_or_many(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("put it in quotes: YAML takes Yes, No, On and Off for true and false")
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


def _key_text(value: Any) -> Any:
    """YAML reads yes, no and bare numbers as booleans and numbers; a value map means their text."""
    if not isinstance(value, dict):
        return value
    spelled = {True: "yes", False: "no", None: ""}
    return {
        (spelled[key] if key is None or isinstance(key, bool) else str(key)): (
            ("true" if meant else "false") if isinstance(meant, bool) else "" if meant is None else str(meant)
        )
        for key, meant in value.items()
    }


ValueMap = Annotated[dict[str, str], BeforeValidator(_key_text)]


class ColumnRule(Strict):
    """How one column of the contract is filled: from a column, a constant or an expression, then through a value map.

    column: the source's header, or several it has been known by; the first one found is taken.
    values: what the source says, and the contract's value for it; matched without regard to case and spacing.
    An empty key stands for a blank cell. What is not named goes in as it is, and the rules then say so.
    """

    column: Names | None = None
    constant: str | None = None
    expression: str | None = None
    values: ValueMap = Field(default_factory=dict)
    dates: tuple[DateForm, ...] | None = None
    separator: str | None = Field(default=None, min_length=1, description="What separates the values of a list column.")

    @model_validator(mode="after")
    def _from_one_place(self) -> "ColumnRule":
        given = [name for name in ("column", "constant", "expression") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of column, constant or expression, not {' and '.join(given) or 'none of them'}")
        return self


def _short_form(value: Any) -> Any:
    return {"column": value} if isinstance(value, (str, list, bool)) else value


Columns = dict[str, Annotated[ColumnRule, BeforeValidator(_short_form)]]


class When(Strict):
    """When a row of a wide table is there.

    column: the source's columns of which at least one must be filled.
    expression: a condition that must be true; where it is false or empty, the row is not there.
    """

    column: Names | None = None
    expression: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "When":
        if (self.column is None) == (self.expression is None):
            raise ValueError(f"give one of column or expression, not {'both' if self.column else 'none of them'}")
        return self


class RowOf(Strict):
    """One row that each row of a wide table may give, for example its stage 2.

    when: columns of the source of which at least one must be filled for the row to be, or an expression; without it,
    the columns that the row's own columns are read from.
    """

    columns: Columns
    when: Annotated[When, BeforeValidator(_short_form)] | None = None


class EntityMapping(Strict):
    """How one entity is read from a feed. Columns of the feed that bear a contract column's name need no entry.

    rows: for a table with stages, causes or payments side by side: one entry a row it may give. columns are
    then shared by all of them.
    """

    columns: Columns = Field(default_factory=dict)
    rows: tuple[RowOf, ...] = ()


class Watermark(Strict):
    """For extract: changes. Only what changed since the last extract is asked for, and a little more.

    overlap: how far before the last extract's newest change the next one begins, so that a record committed late is
    not missed.
    """

    column: str
    overlap: str = Field(default="1 day", pattern=r"^\d+ (second|minute|hour|day)s?$")


class Feed(Strict):
    """One table of a source, in whatever shape, and the entities it feeds. Each kind of source adds where it lies."""

    name: str = Field(default="", exclude=True, description="Its key in source.yml.")
    watermark: Watermark | None = None
    dates: tuple[DateForm, ...] | None = Field(default=None, description="How its dates are written, tried in turn.")
    entities: dict[str, EntityMapping] = Field(min_length=1)


class ContractFeed(Feed):
    """A table in contract form: its columns bear the contract's names, and nothing is mapped or reshaped."""


def contract_feed(entity: str) -> ContractFeed:
    """The feed of one entity in contract form."""
    return ContractFeed(name=entity, entities={entity: EntityMapping()})
