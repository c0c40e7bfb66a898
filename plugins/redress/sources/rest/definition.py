"""What source.yml says of a web service: how it lets in, how it pages, how hard it may be asked."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from redress.contract.mapping.definition import Strict

TOKEN_PATH = "Where tokens are asked for: /token, at the connection's host or the oauth_host of its extra."


class NoAuth(Strict):
    """type: none. The service lets everybody in."""

    type: Literal["none"] = "none"


class Basic(Strict):
    """type: basic. The connection's login and password."""

    type: Literal["basic"]


class ApiKey(Strict):
    """type: api_key. The connection's password, in a header or in a parameter of the address.

    A parameter ends up in the service's own logs: prefer the header.
    """

    type: Literal["api_key"]
    header: str | None = None
    parameter: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.header is None) == (self.parameter is None):
            raise ValueError("give a header or a parameter, one of the two")
        return self


class ClientCredentials(Strict):
    """type: oauth2_client_credentials. The connection's login is the client, its password the client's secret."""

    type: Literal["oauth2_client_credentials"]
    token: str = Field(description=TOKEN_PATH)
    scope: str | None = None
    send: Literal["header", "body"] = Field(default="header", description="Where client and secret go.")


class JwtBearer(Strict):
    """type: jwt_bearer. A claim signed with the connection's password (HS256) is exchanged for a token (RFC 7523).

    issuer: the connection's login, where nothing is given. audience: the address of the token path.
    """

    type: Literal["jwt_bearer"]
    token: str = Field(description=TOKEN_PATH)
    issuer: str | None = None
    audience: str | None = None
    subject: str | None = None
    lifetime: int = Field(default=300, gt=0, description="Seconds for which a signed claim holds.")


Auth = Annotated[NoAuth | Basic | ApiKey | ClientCredentials | JwtBearer, Field(discriminator="type")]


class OnePage(Strict):
    """type: none. One answer holds everything."""

    type: Literal["none"] = "none"


class NumberedPages(Strict):
    """type: page. Pages by number, until one is empty."""

    type: Literal["page"]
    parameter: str = "page"
    first: int = 1
    size: int | None = Field(default=None, gt=0)
    size_parameter: str = "size"


class Offsets(Strict):
    """type: offset. From the first record on, so many at a time, until a page is empty."""

    type: Literal["offset"]
    parameter: str = "offset"
    size: int | None = Field(default=None, gt=0)
    size_parameter: str = "limit"


class Cursor(Strict):
    """type: cursor. Each answer says how to go on, until it no longer does.

    at: where in the answer that lies, paging.next; for XML the name of an element.
    parameter: that takes it; without one it is the address of the next page, on the same host.
    """

    type: Literal["cursor"]
    at: str
    parameter: str | None = None


class LinkHeader(Strict):
    """type: link. The header Link of each answer names the next page (rel=next), on the same host."""

    type: Literal["link"]


Pagination = Annotated[OnePage | NumberedPages | Offsets | Cursor | LinkHeader, Field(discriminator="type")]


class Limits(Strict):
    """How often, how long and how much is asked. Times are in seconds, sizes in bytes."""

    requests_per_second: float | None = Field(default=None, gt=0)
    attempts: int = Field(default=5, ge=1, le=20, description="How often one request is tried.")
    backoff: float = Field(default=1, ge=0, description="Wait before the second try; it doubles with each further one.")
    longest_wait: float = Field(default=120, ge=0, description="Longest wait, also when Retry-After asks for more.")
    connect_timeout: float = Field(default=10, gt=0)
    read_timeout: float = Field(default=60, gt=0, description="Silence in the middle of an answer.")
    answer_timeout: float = Field(default=600, gt=0, description="From the request to the end of its answer.")
    largest_answer: int = Field(default=50_000_000, gt=0)
    largest_series: int = Field(default=1_000_000_000, gt=0, description="All pages of one request together.")
    most_pages: int = Field(default=10_000, gt=0)
