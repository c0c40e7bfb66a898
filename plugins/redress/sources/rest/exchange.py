"""One request and its whole answer, bounded in time and size; whatever goes wrong becomes a sentence."""

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from redress.errors import RedressError, SourceUnavailable
from redress.sources.rest.address import is_loopback
from redress.sources.rest.auth import Credentials
from redress.sources.rest.definition import Limits
from redress.sources.rest.waiting import PauseAsked, retry_after

if TYPE_CHECKING:
    import httpx

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
WHAT_TO_DO = {
    401: "correct the key or password of the Airflow connection {connection}, and its login if it has one",
    403: "ask the service's keeper to let this login read it",
    404: "correct the endpoint in source.yml",
}


@dataclass(frozen=True)
class Body:
    """A whole answer. Its content is never shown.

    charset: as the service names it. measured: whether the service said where the answer ends.
    following: the address of the next page, where the header Link names one.
    """

    content: bytes = field(repr=False)
    charset: str | None = None
    measured: bool = True
    following: str | None = field(default=None, repr=False)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts, read once: SSL_CERT_FILE may name others."""
    import httpx

    return httpx.create_ssl_context()


class Exchange:
    """Sends requests to a service, each once. Redirects are handed back, not followed."""

    def __init__(self, connection_id: str, host: str, limits: Limits, headers: Mapping[str, str]) -> None:
        import httpx

        for talkative in ("httpx", "httpcore"):  # they log whole addresses, and an address may hold a key
            logging.getLogger(talkative).setLevel(logging.WARNING)
        self._connection_id = connection_id
        self._limits = limits
        self._http = httpx.Client(
            headers={"User-Agent": "redress", **headers},
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout),
            follow_redirects=False,
            verify=_trusted(),
            trust_env=not is_loopback(host),
        )

    def close(self) -> None:
        """Lets go of the connections."""
        self._http.close()

    def get(self, address: "httpx.URL", credentials: Credentials) -> "tuple[httpx.Response, Body]":
        """The answer to a question. Raises as post does."""
        return self._send("GET", address, credentials.headers, None, self._limits.largest_answer)

    def post(
        self, address: "httpx.URL", form: Mapping[str, str], headers: Mapping[str, str], largest: int
    ) -> "tuple[httpx.Response, Body]":
        """The answer to a form, of whatever status.

        Raises SourceUnavailable when the answer did not come whole and in time, RedressError when it is too large.
        """
        return self._send("POST", address, headers, form, largest)

    def at(self, path: str) -> str:
        """How a sentence about an endpoint begins."""
        return f"The service of the connection {self._connection_id}, asked for {path or '/'},"

    def check_status(self, path: str, response: "httpx.Response") -> None:
        """Raises SourceUnavailable for a status that may pass, RedressError for any other but success."""
        if response.is_success:
            return
        status = f"{response.status_code} {response.reason_phrase}".strip()
        if response.status_code == TOO_MANY_REQUESTS or response.status_code >= SERVER_ERROR:
            raise PauseAsked(
                f"{self.at(path)} answered {status} each time; try later, or ask the service's keeper.",
                retry_after(response.headers.get("retry-after")),
            )
        do = WHAT_TO_DO.get(response.status_code, "correct endpoint and parameters in source.yml")
        raise RedressError(f"{self.at(path)} answered {status}; {do.format(connection=self._connection_id)}.")

    def _send(
        self,
        method: str,
        address: "httpx.URL",
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        largest: int,
    ) -> "tuple[httpx.Response, Body]":
        import httpx

        deadline = time.monotonic() + self._limits.answer_timeout
        try:
            with self._http.stream(method, address, headers=headers, data=form) as response:
                content = self._content(response, address.path, largest, deadline)
        except httpx.TimeoutException:
            raise self._too_slow(address.path) from None
        except httpx.ConnectError as problem:
            raise self._not_reached(address, "CERTIFICATE" in str(problem)) from None
        except (httpx.TransportError, httpx.DecodingError) as problem:
            raise SourceUnavailable(
                f"{self.at(address.path)} broke its answer off ({type(problem).__name__}); "
                "ask the service's keeper if it goes on."
            ) from None
        measured = "content-length" in response.headers or "transfer-encoding" in response.headers
        following = response.links.get("next", {}).get("url")
        return response, Body(content, response.charset_encoding, measured, following)

    def _content(self, response: "httpx.Response", path: str, largest: int, deadline: float) -> bytes:
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > largest:
                raise RedressError(
                    f"{self.at(path)} answered with more than {largest:,} bytes; ask for less at a time (pagination), "
                    "or raise limits: largest_answer in source.yml."
                )
            if time.monotonic() > deadline:
                raise self._too_slow(path)
        return bytes(content)

    def _not_reached(self, address: "httpx.URL", untrusted: bool) -> SourceUnavailable:
        if untrusted:
            return SourceUnavailable(
                f"{self.at(address.path)} shows a certificate that this machine does not trust; "
                "ask its keeper, or name the council's own authority in SSL_CERT_FILE."
            )
        return SourceUnavailable(
            f"{self.at(address.path)} cannot be reached at {address.host}; "
            "check host and port of the connection, and whether the service is up."
        )

    def _too_slow(self, path: str) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.at(path)} was too slow: silent for {self._limits.read_timeout:g} seconds, or not done after "
            f"{self._limits.answer_timeout:g}; ask for less at a time, or raise its timeouts in source.yml."
        )
