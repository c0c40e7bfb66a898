"""What a return definition may say (councils/NAME/returns/*.yml); the JSON Schema for editors is made from it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from redress.returns.rounding import Rounding

Code = str | int | bool | None
Condition = Code | list[Code] | dict[Literal["not", "contains"], Code | list[Code]]
Where = dict[str, Condition]
"""By dimension: a code, several codes, {not: codes} or, for lists in one column such as tags, {contains: code}."""

RelativePeriod = Literal[
    "this",
    "previous",
    "year_before",
    "two_years_before",
    "three_years_before",
    "last_day",
    "quarters",
    "last_eight_quarters",
    "year_to_date",
]


Difference = Literal["several_causes", "not_yet_decided", "not_recorded"]
"""Why a table's figures may differ from another's."""


class Strict(BaseModel):
    """No key that is not listed here, so that a slip of the pen is found."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Item(Strict):
    """One row or column: a label and what it counts."""

    label: str = Field(description="What the table prints.")
    code: Code | list[Code] = Field(
        default=None, description="The member (or members together) of the axis' dimension; null for not recorded."
    )
    where: Where = Field(default_factory=dict, description="Conditions on dimensions, instead of or beside `code`.")
    metric: str | None = Field(default=None, description="Another metric than the table's.")
    setting: str | None = Field(default=None, description="A target or limit, by its name in settings.yml targets.")
    group: str | None = Field(default=None, description="Heading that this and its neighbours stand under.")
    is_total: bool = Field(default=False, description="A total of rows not listed item by item.")
    stage: str | None = Field(default=None, description="Which stage a published report gives for it (compare).")
    printed: list[str] = Field(default_factory=list, description="Other labels it has in print (compare).")


class Axis(Strict):
    """The rows or the columns of a table: the members of a dimension, or items one by one."""

    by: str | None = Field(default=None, description="Dimension whose members are listed.")
    items: list[Item] = Field(default_factory=list, description="Which, in this order; all that occur if not given.")
    others: str | None = Field(
        default=None, description="Label of a row for members not listed; left out if not given."
    )
    not_recorded: str | None = Field(
        default="Not recorded", description="Label of the row for blanks, where there are any."
    )
    total: str | None = Field(default=None, description="Label of the total; none if not given.")
    total_printed: list[str] = Field(default_factory=list, description="Other labels the total has in print (compare).")
    sort: Literal["listed", "label", "value"] = "listed"


class Value(Strict):
    """What stands in a cell. Several values make a column each."""

    metric: str | None = Field(default=None, description="Another metric than the table's.")
    show: (
        Literal["count", "percent", "amount", "number", "share", "change_count", "change_percent", "change_points"]
        | None
    ) = Field(default=None, description="percent for a rate, count otherwise, unless given.")
    share_of: Literal["table", "row", "column"] | str | None = Field(
        default=None, description="Of a share: the whole, which is the table, its row or column, or a metric."
    )
    share_of_where: Where = Field(default_factory=dict, description="Conditions on the whole of a share.")
    against: RelativePeriod | None = Field(default=None, description="Of a change: the period compared with.")
    where: Where = Field(default_factory=dict)
    label: str | None = Field(default=None, description="Column heading, where there are several values.")
    rounding: Rounding | None = None
    decimals: int | None = Field(default=None, ge=0, le=4)
    of_nothing: str | None = Field(default=None, description="What is printed for 0 of 0; z unless given.")
    small_base: int | None = Field(
        default=None, ge=0, description="A percentage of fewer cases than this is shown as a count only."
    )
    printed_measure: str | None = Field(default=None, description="The measure's name in published figures (compare).")
    holds: Literal["about", "above", "just_above", "below"] | None = Field(
        default=None, description="How a figure printed in words is to be met (compare)."
    )


class Disclosure(Strict):
    """Whether a publication hides small counts, and below what."""

    suppress: bool | None = Field(
        default=None, description="On for equalities and complainants, off for other tables, unless given."
    )
    threshold: int | None = Field(default=None, ge=2, description="Counts from 1 to one less are hidden.")


class Chart(Strict):
    """A picture of the table's figures."""

    kind: Literal["bar", "stacked", "line", "run", "p_chart", "funnel"]
    title: str | None = None
    value: int = Field(default=0, ge=0, description="Which of the values, counted from 0.")


class Printed(Strict):
    """Where the published report has these figures; read by `redress compare` only."""

    sections: list[str] = Field(default_factory=list, description="Only these sections of the report.")
    stage: str | None = None
    period: Literal["this", "last_day"] | str | None = None


class Table(Strict):
    """A table of figures: a metric by rows, columns, periods and values."""

    table: str = Field(description="Slug: what the table is about.", pattern=r"^[a-z0-9_]+$")
    key: str | None = Field(default=None, description="Name within the return, where a slug is used more than once.")
    include: bool | str = Field(
        default=False,
        description="true takes the shared definition of this slug, a name that of another; keys here override it.",
    )
    title: str | None = None
    description: str | None = Field(default=None, description="A sentence under the title.")
    metric: str | None = None
    where: Where = Field(default_factory=dict)
    rows: Axis | None = None
    columns: Axis | None = None
    periods: list[RelativePeriod | str] = Field(default_factory=lambda: ["this"])
    values: list[Value] = Field(default_factory=lambda: [Value()])
    structure: Literal["time", "today"] = "time"
    disclosure: Disclosure = Field(default_factory=Disclosure)
    chart: Chart | None = None
    statements: list["Statement"] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    differences: list[Difference] = Field(
        default_factory=list,
        description="Why figures may differ from other tables: several_causes, not_yet_decided, not_recorded.",
    )
    internal: bool = Field(default=False, description="Never part of a publication (lists of cases).")
    benchmark: list[str] = Field(
        default_factory=list, description="Metrics set beside those of the other councils of the warehouse."
    )
    outside: str | None = Field(
        default=None, description="Reason why the figures are not about complaints: nothing is computed."
    )
    text_only: str | None = Field(default=None, description="A table without numbers: what stands in its place.")
    hidden: bool = Field(default=False, description="Figures that the text uses and no table prints.")
    printed: Printed = Field(default_factory=Printed)

    @property
    def has_no_metric(self) -> bool:
        """Whether nothing is to be counted, or by other means than a metric of the table's own."""
        return bool(self.outside or self.text_only or self.benchmark)

    @property
    def name(self) -> str:
        """Unique within the return."""
        return self.key or self.table


class Statement(Strict):
    """A sentence written from figures by a template."""

    template: Literal["change", "share", "level", "largest", "rate_change"]
    subject: str = Field(description="What the sentence is about, `Stage 1 complaints` for example.")
    metric: str
    where: Where = Field(default_factory=dict)
    by: str | None = Field(default=None, description="Of `largest`: the dimension whose largest member is named.")
    share_of: str | None = Field(default=None, description="Of `share`: the metric of the whole.")
    share_of_where: Where = Field(default_factory=dict, description="Of `share`: conditions on the whole.")
    against: RelativePeriod = "previous"


class Section(Strict):
    """A heading with text, tables and statements."""

    heading: str
    text: str | None = None
    statements: list[Statement] = Field(default_factory=list)
    tables: list[Table] = Field(default_factory=list)


class Defaults(Strict):
    """What holds for every table that does not say otherwise."""

    rounding: Rounding = "half_up"
    decimals: int = Field(default=0, ge=0, le=4)
    of_nothing: str = "z"
    small_base: int = Field(default=5, ge=0)
    threshold: int = Field(default=5, ge=2)


class Return(Strict):
    """A return: councils/NAME/returns/KIND.yml."""

    title: str = Field(description="Printed on the cover; {council} and {period} are filled in.")
    period: Literal["year", "quarter"] = Field(description="What kind of period the return is for.")
    working_days_after: int = Field(
        default=20, ge=0, description="The draft is built so many working days after the period's end."
    )
    introduction: str | None = None
    defaults: Defaults = Field(default_factory=Defaults)
    sections: list[Section]


Table.model_rebuild()
