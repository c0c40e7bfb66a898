"""How a service lets us in: what each request carries, and tokens that are renewed before they lapse."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redress.errors import RedressError, SourceUnavailable
from redress.sources.connections import Connection
from redress.sources.rest.address import token_address
from redress.sources.rest.definition import ApiKey, Auth, Basic, ClientCredentials, JwtBearer

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_TOKEN = 10_000

if TYPE_CHECKING:
    import httpx

PostForm = Callable[["httpx.URL", Mapping[str, str], Mapping[str, str]], Any]
"""Posts a form to an address with these headers, and hands back the JSON document of the answer."""


@dataclass(frozen=True)
class Credentials:
    """What one request carries, beside what it asks for. Never shown."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)


class Entry:
    """The way in that source.yml names, with the connection's login and password."""

    def __init__(self, auth: Auth, connection: Connection, post_form: PostForm) -> None:
        self._auth = auth
        self._connection = connection
        self._post_form = post_form
        self._token = ""
        self._renew_at = 0.0

    @property
    def renewable(self) -> bool:
        """Whether a refused request may be let in with a new token."""
        return isinstance(self._auth, (ClientCredentials, JwtBearer))

    def credentials(self) -> Credentials:
        """What the next request carries; asks for a token where there is none, or it is about to lapse.

        Raises RedressError when the connection lacks a login or password, or the service refuses them,
        SourceUnavailable when no token can be had.
        """
        if isinstance(self._auth, Basic):
            return Credentials({"Authorization": _basic(self._login(), self._password())})
        if isinstance(self._auth, ApiKey):
            if self._auth.header:
                return Credentials({self._auth.header: self._printable(self._password())})
            return Credentials(parameters={self._auth.parameter or "": self._password()})
        if isinstance(self._auth, (ClientCredentials, JwtBearer)):
            if time.monotonic() >= self._renew_at:
                self._ask_for_token(self._auth)
            return Credentials({"Authorization": f"Bearer {self._token}"})
        return Credentials()

    def forget(self) -> None:
        """Lets the next request ask for a new token."""
        self._renew_at = 0.0

    def without_token(self, text: str) -> str:
        """A text with the token masked."""
        return text.replace(self._token, "***") if self._token else text

    def _ask_for_token(self, auth: ClientCredentials | JwtBearer) -> None:
        asked_at = time.monotonic()
        address = token_address(self._connection, auth.token)
        if isinstance(auth, JwtBearer):
            form = {"grant_type": JWT_BEARER, "assertion": self._claim(auth, str(address))}
            answer = self._post_form(address, form, {})
        else:
            answer = self._post_form(address, *self._client(auth))
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN or not token.isascii():
            raise SourceUnavailable(
                f"The service of the connection {self._connection.id} answered the request for a token, but with none; "
                "look at the token path in source.yml."
            )
        self._token = token
        self._renew_at = asked_at + 0.9 * _seconds(answer.get("expires_in"))

    def _claim(self, auth: JwtBearer, address: str) -> str:
        import jwt

        now = int(time.time())
        claim = {
            "iss": auth.issuer or self._login(),
            "aud": auth.audience or address,
            "iat": now,
            "exp": now + auth.lifetime,
            **({"sub": auth.subject} if auth.subject else {}),
        }
        return jwt.encode(claim, self._password(), algorithm="HS256")

    def _client(self, auth: ClientCredentials) -> tuple[dict[str, str], dict[str, str]]:
        from urllib.parse import quote_plus

        form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
        if auth.send == "body":
            return {**form, "client_id": self._login(), "client_secret": self._password()}, {}
        return form, {"Authorization": _basic(quote_plus(self._login()), quote_plus(self._password()))}

    def _login(self) -> str:
        return self._given("login", self._connection.login)

    def _password(self) -> str:
        return self._given("password", self._connection.password)

    def _printable(self, password: str) -> str:
        if not (password.isascii() and password.isprintable()):
            raise RedressError(
                f"The password of the Airflow connection {self._connection.id} holds characters that no header can "
                "carry, perhaps a line break at its end; correct it there."
            )
        return password

    def _given(self, what: str, value: str | None) -> str:
        if not value:
            raise RedressError(
                f"The Airflow connection {self._connection.id} has no {what}, which auth: {self._auth.type} needs; "
                "add it there."
            )
        return value


def _basic(login: str, password: str) -> str:
    from base64 import b64encode

    return f"Basic {b64encode(f'{login}:{password}'.encode()).decode()}"


def _seconds(expires_in: Any) -> float:
    """How long a token holds; one that does not say so is used until it is refused."""
    try:
        return max(float(expires_in), 0.0)
    except (TypeError, ValueError):
        return float("inf")
