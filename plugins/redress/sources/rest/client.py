"""Requests of one service: let in, within its rate, tried again when that may help, never to another host."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from redress.errors import RedressError, SourceUnavailable
from redress.sources.connections import Connection, without_secrets
from redress.sources.rest.address import same_origin, service_address
from redress.sources.rest.auth import Entry
from redress.sources.rest.definition import Auth, Limits
from redress.sources.rest.exchange import Body, Exchange
from redress.sources.rest.waiting import Patience

if TYPE_CHECKING:
    import httpx

Read = TypeVar("Read")

MOST_REDIRECTS = 3
LARGEST_TOKEN_ANSWER = 100_000
REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Client:
    """One service. Use it in a with block."""

    def __init__(self, connection: Connection, auth: Auth, limits: Limits, headers: Mapping[str, str]) -> None:
        self.address = service_address(connection)
        self._connection = connection
        self._patience = Patience(limits)
        self._entry = Entry(auth, connection, self._post_form)
        self._exchange = Exchange(connection.id, self.address.host, limits, headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._exchange.close()

    def get(self, address: "httpx.URL", parameters: Mapping[str, str], read: Callable[[Body], Read]) -> Read:
        """Asks for an address, reads the answer, and tries again when either fails for a cause that may pass.

        read may raise SourceUnavailable when the answer is not whole.
        Raises SourceUnavailable after the last try, RedressError when the service refuses the request for good.
        """
        if not same_origin(address, self.address):
            raise RedressError(
                f"{self.at(self.address.path)} names a next page on another host; nothing was asked there. "
                "Look at pagination in source.yml, and ask the service's keeper."
            )
        try:
            return self._patience.retry(lambda: read(self._answer(address, parameters)))
        except RedressError as problem:
            told = type(problem)(self._entry.without_token(without_secrets(str(problem), self._connection)))
        raise told  # out here, it does not carry along the error that it tells of

    def at(self, path: str) -> str:
        """How a sentence about an endpoint begins."""
        return self._exchange.at(path)

    def _answer(self, address: "httpx.URL", parameters: Mapping[str, str]) -> Body:
        refused = False
        for _ in range(MOST_REDIRECTS + 2):
            credentials = self._entry.credentials()
            self._patience.keep_to_rate()
            asked = address.copy_merge_params({**parameters, **credentials.parameters})
            response, body = self._exchange.get(asked, credentials)
            if response.status_code == HTTPStatus.UNAUTHORIZED and self._entry.renewable and not refused:
                refused = True
                self._entry.forget()
            elif response.next_request is not None:
                address, parameters = self._redirected(address, response.next_request.url), {}
            else:
                self._exchange.check_status(address.path, response)
                return body
        raise RedressError(
            f"{self.at(address.path)} sends requests round in a circle; correct the endpoint in source.yml."
        )

    def _redirected(self, address: "httpx.URL", target: "httpx.URL") -> "httpx.URL":
        if not same_origin(target, self.address):
            raise RedressError(
                f"{self.at(address.path)} sends requests on to another host, perhaps a page to log in; nothing was "
                "asked there. Correct the host of the connection, or the endpoint in source.yml."
            )
        return target

    def _post_form(self, address: "httpx.URL", form: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        self._patience.keep_to_rate()
        response, body = self._exchange.post(address, form, headers, LARGEST_TOKEN_ANSWER)
        if response.status_code in REFUSED:
            raise RedressError(
                f"{self.at(address.path)} refused the credentials (status {response.status_code}); "
                "correct login and password there, and see that this machine's clock is right."
            )
        self._exchange.check_status(address.path, response)
        try:
            return json.loads(body.content)
        except ValueError:
            raise SourceUnavailable(
                f"{self.at(address.path)} gave no token and no JSON; correct the token path in source.yml."
            ) from None
