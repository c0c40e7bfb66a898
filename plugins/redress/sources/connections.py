"""Connections to a council's systems, as Airflow keeps them, and texts without their secrets."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from redress.errors import RedressError

MASK = "***"

_SECRET_KEY = re.compile(
    r"(pass|pwd|secret|token|key|credential|assertion|authorization|signature|cookie|bearer|dsn|uri|connection_?string)"
    r"(?!.*_(url|type|path|file|name|method)$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Connection:
    """An address and what is needed to be let in. Neither its password nor its extra is shown.

    conn_type: what Airflow calls the kind of system: postgres, mysql, mssql, sqlite, oracle, sftp, http.
    schema: the database's name, for a database. extra: what else the kind of system wants.
    """

    id: str
    conn_type: str
    host: str | None = None
    port: int | None = None
    schema: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


def get_connection(conn_id: str) -> Connection:
    """The connection of an id: from AIRFLOW_CONN_<ID>, a secrets backend, or Airflow's own metadata.

    It is the same in a command, in the nightly run and in a scheduler's task.

    Raises RedressError when there is none, or when it cannot be read.
    """
    from redress.airflow_run import airflow_connection

    try:
        found = airflow_connection(conn_id)
    except Exception as problem:
        raise RedressError(
            f"Airflow does not hand over the connection {conn_id} ({type(problem).__name__}); "
            "look at its secrets backend and at who may read it."
        ) from None
    if found is None:
        raise RedressError(
            f"There is no Airflow connection {conn_id} that can be read; set the environment variable "
            f"{variable_of(conn_id)} to its address, or add it with `airflow connections add {conn_id} ...`."
        )
    return Connection(
        id=conn_id,
        conn_type=found.conn_type or "",
        host=found.host or None,
        port=found.port,
        schema=found.schema or None,
        login=found.login or None,
        password=found.password or None,
        extra=_extra(conn_id, found.extra),
    )


def variable_of(conn_id: str) -> str:
    """The environment variable that Airflow looks for a connection in."""
    return f"AIRFLOW_CONN_{conn_id.upper()}"


def without_secrets(text: str, connection: Connection) -> str:
    """A text with the connection's password and every secret of its extra masked, plain or as part of an address."""
    spellings = {
        spelling
        for secret in _secrets(connection)
        for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
    }
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text


def _extra(conn_id: str, text: str | None) -> dict[str, Any]:
    try:
        extra = json.loads(text) if text else {}
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        raise RedressError(f"The extra of the Airflow connection {conn_id} is not a JSON object; correct it there.")
    return extra


def _secrets(connection: Connection) -> set[str]:
    found = set(_secret_texts(connection.extra))
    return {secret for secret in found | {connection.password or ""} if secret.strip()}


def _secret_texts(value: Any, secret: bool = False) -> Iterator[str]:
    """Every text below a key that looks like a secret's, a private key also line by line."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secret_texts(inner, secret or bool(_SECRET_KEY.search(str(key))))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _secret_texts(inner, secret)
    elif secret and isinstance(value, str):
        yield value
        yield from (line for line in value.splitlines() if len(line) >= 8)
