"""The address of a connection's service, and which addresses belong to it."""

import ipaddress
from typing import TYPE_CHECKING

from redress.errors import RedressError
from redress.sources.connections import Connection

if TYPE_CHECKING:
    import httpx

_PORTS = {"http": 80, "https": 443}


def service_address(connection: Connection) -> "httpx.URL":
    """Where a connection's service is, https unless its schema says otherwise.

    Raises RedressError when the address is incomplete, or is plain http to another machine.
    """
    host = connection.host or ""
    scheme, _, rest = host.rpartition("://")
    return _address(connection, scheme or connection.schema or "https", rest, connection.port)


def token_address(connection: Connection, path: str) -> "httpx.URL":
    """Where tokens are asked for: at the service, or at the host that the connection's extra names in oauth_host.

    Raises RedressError as service_address does.
    """
    host = connection.extra.get("oauth_host")
    if not host:
        return joined(service_address(connection), path)
    scheme, _, rest = str(host).rpartition("://")
    return joined(_address(connection, scheme or service_address(connection).scheme, rest, None), path)


def joined(address: "httpx.URL", path: str) -> "httpx.URL":
    """A path after an address; it never leads to another host."""
    if not path:
        return address
    plain, _, query = path.partition("?")
    below = f"{address.path.rstrip('/')}/{plain.lstrip('/')}"
    return address.copy_with(path=below, query=query.encode() or None)


def same_origin(one: "httpx.URL", other: "httpx.URL") -> bool:
    """Whether two addresses are of one scheme, host and port."""
    return _origin(one) == _origin(other)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _origin(address: "httpx.URL") -> tuple[str, str, int | None]:
    return address.scheme, address.host, address.port or _PORTS.get(address.scheme)


def _address(connection: Connection, scheme: str, host: str, port: int | None) -> "httpx.URL":
    import httpx

    name, slash, path = host.strip().partition("/")
    if name.count(":") > 1 and not name.startswith("["):
        name = f"[{name}]"
    try:
        address = httpx.URL(f"{scheme}://{name}{f':{port}' if port else ''}{slash}{path}")
    except httpx.InvalidURL:
        address = httpx.URL("")
    if scheme not in _PORTS or not address.host or "%" in address.host or address.userinfo:
        raise RedressError(
            f"The Airflow connection {connection.id} names no web service: it needs a host, a schema of https "
            "(http for this machine only) and, where it is not the usual one, a port; correct it there."
        )
    if scheme == "http" and not is_loopback(address.host) and connection.extra.get("allow_http") is not True:
        raise RedressError(
            f"The Airflow connection {connection.id} would send its password over plain http to {address.host}; "
            'set its schema to https, or {"allow_http": true} in its extra if that network may be trusted.'
        )
    return address
