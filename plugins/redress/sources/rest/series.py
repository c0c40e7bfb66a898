"""All pages of one request, read for every feed that shares it; whole, or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redress.errors import RedressError, RejectedFile, SourceUnavailable
from redress.sources.definition import EndpointFeed, RestDefinition
from redress.sources.rest import answers
from redress.sources.rest.address import joined
from redress.sources.rest.client import Client
from redress.sources.rest.definition import Cursor
from redress.sources.rest.exchange import Body
from redress.sources.rest.faults import AnswerFault, Passing
from redress.sources.rest.paging import Ask, Turned, first_page, next_page
from redress.sources.rest.records import Rows


@dataclass(frozen=True)
class Page:
    """One answer, read. rows: of each feed, by its name."""

    rows: Mapping[str, Rows]
    turned: Turned
    digest: bytes
    size: int


def read_series(
    client: Client, definition: RestDefinition, feeds: Sequence[EndpointFeed], parameters: Mapping[str, str]
) -> dict[str, Rows]:
    """The rows of each feed, by its name, from all pages of their common request.

    Everything is held in memory as Arrow tables, up to limits.largest_series bytes of answers.
    Raises SourceUnavailable when a page does not come or comes twice, RedressError when there is more than the limits
    allow, RejectedFile when an answer cannot be read.
    """
    gathered = {feed.name: Rows(feed) for feed in feeds}
    asked: Ask | None = first_page(definition.pagination, joined(client.address, feeds[0].endpoint), parameters)
    asked_before: set[str] = set()
    digests: set[bytes] = set()
    size = 0
    while asked is not None:
        page = _read_page(client, definition, feeds, asked)
        at = client.at(asked.address.path)
        asked_before.add(asked.key)
        size += page.size
        _check_bounds(definition, at, len(asked_before), size)
        if page.turned.records and page.digest in digests:
            raise SourceUnavailable(
                f"{at} gave the same page twice, so where its records end is not known; "
                "correct pagination in source.yml."
            )
        digests.add(page.digest)
        for name, rows in page.rows.items():
            gathered[name].extend(rows)
        asked = _following(definition, asked, page, at)
        if asked is not None and asked.key in asked_before:
            raise SourceUnavailable(
                f"{at} leads back to a page that was read already; correct pagination in source.yml."
            )
    return gathered


def _read_page(client: Client, definition: RestDefinition, feeds: Sequence[EndpointFeed], asked: Ask) -> Page:
    at = client.at(asked.address.path)

    def read(body: Body) -> Page:
        try:
            return _page(definition, feeds, body)
        except AnswerFault as fault:
            kind = SourceUnavailable if isinstance(fault, Passing) else RejectedFile
            raise kind(f"{at} {fault}.") from None
        except RecursionError:
            raise RejectedFile(f"{at} nests its records too deep; ask the service's keeper.") from None

    return client.get(asked.address, asked.parameters, read)


def _page(definition: RestDefinition, feeds: Sequence[EndpointFeed], body: Body) -> Page:
    rows = {feed.name: Rows(feed) for feed in feeds}
    cursor, found = None, 0
    for document in answers.documents(body, definition.format):
        found += sum(_take(document, feed, definition.format, rows[feed.name]) for feed in feeds)
        if isinstance(definition.pagination, Cursor):
            cursor = answers.cursor(document, definition.pagination.at, definition.format) or cursor
    most = max((row.records for row in rows.values()), default=0)
    return Page(rows, Turned(most, cursor, body.following), hashlib.sha256(body.content).digest(), len(body.content))


def _take(document: Any, feed: EndpointFeed, form: str, rows: Rows) -> int:
    before = rows.records
    for record in answers.records(document, feed.records, form):
        rows.add(record)
    return rows.records - before


def _following(definition: RestDefinition, asked: Ask, page: Page, at: str) -> Ask | None:
    from httpx import InvalidURL

    try:
        return next_page(definition.pagination, asked, page.turned)
    except InvalidURL:
        raise SourceUnavailable(
            f"{at} names a next page that is no address; correct pagination in source.yml."
        ) from None


def _check_bounds(definition: RestDefinition, at: str, pages: int, size: int) -> None:
    limits = definition.limits
    if pages > limits.most_pages:
        raise RedressError(
            f"{at} has more than {limits.most_pages:,} pages; correct pagination, "
            "or raise limits: most_pages in source.yml."
        )
    if size > limits.largest_series:
        raise RedressError(
            f"{at} gave more than {limits.largest_series:,} bytes in all; ask for less (parameters), "
            "or raise limits: largest_series in source.yml."
        )
