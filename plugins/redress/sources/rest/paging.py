"""Which page to ask for next, and when there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redress.sources.rest.definition import Cursor, LinkHeader, NumberedPages, Offsets, OnePage, Pagination

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class Ask:
    """A page to ask for."""

    address: "httpx.URL"
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def key(self) -> str:
        """What tells it from other pages."""
        return f"{self.address} {sorted(self.parameters.items())}"


@dataclass(frozen=True)
class Turned:
    """What a page that was read says of the next. records: how many it held. cursor, link: where it names one."""

    records: int
    cursor: str | None = None
    link: str | None = None


def first_page(pagination: Pagination, address: "httpx.URL", parameters: Mapping[str, str]) -> Ask:
    """The first page of a request."""
    if isinstance(pagination, NumberedPages):
        return Ask(address, {**parameters, **_size(pagination), pagination.parameter: str(pagination.first)})
    if isinstance(pagination, Offsets):
        return Ask(address, {**parameters, **_size(pagination), pagination.parameter: "0"})
    return Ask(address, parameters)


def next_page(pagination: Pagination, asked: Ask, turned: Turned) -> Ask | None:
    """The page after one that was read. A page that is merely short is not the last: a service may cap its size."""
    if isinstance(pagination, OnePage):
        return None
    if isinstance(pagination, Cursor):
        if not turned.cursor:
            return None
        if pagination.parameter:
            return Ask(asked.address, {**asked.parameters, pagination.parameter: turned.cursor})
        return Ask(asked.address.join(turned.cursor), {})
    if isinstance(pagination, LinkHeader):
        return Ask(asked.address.join(turned.link), {}) if turned.link else None
    if not turned.records:
        return None
    step = turned.records if isinstance(pagination, Offsets) else 1
    number = int(asked.parameters[pagination.parameter]) + step
    return Ask(asked.address, {**asked.parameters, pagination.parameter: str(number)})


def _size(pagination: NumberedPages | Offsets) -> dict[str, str]:
    return {pagination.size_parameter: str(pagination.size)} if pagination.size else {}
