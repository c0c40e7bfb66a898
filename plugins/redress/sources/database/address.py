"""The SQLAlchemy address of an Airflow connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from redress.errors import RedressError
from redress.sources.connections import Connection

if TYPE_CHECKING:
    from sqlalchemy import URL


@dataclass(frozen=True)
class Kind:
    """A kind of database: what people call it, the SQLAlchemy driver, and the extra of the package that brings it.

    options: keys of the connection's extra that are handed on to the driver.
    """

    title: str
    drivername: str
    module: str
    extra: str | None = None
    options: frozenset[str] = frozenset()


_MYSQL_OPTIONS = frozenset({"charset", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"})

KINDS: Mapping[str, Kind] = {
    "sqlite": Kind("SQLite", "sqlite+pysqlite", "sqlite3"),
    "postgres": Kind(
        "PostgreSQL",
        "postgresql+psycopg",
        "psycopg",
        options=frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode"}),
    ),
    "mysql": Kind("MySQL", "mysql+pymysql", "pymysql", "mysql", _MYSQL_OPTIONS),
    "mariadb": Kind("MariaDB", "mariadb+pymysql", "pymysql", "mysql", _MYSQL_OPTIONS),
    "mssql": Kind(
        "SQL Server",
        "mssql+pymssql",
        "pymssql",
        "sqlserver",
        frozenset({"tds_version", "encryption", "charset", "appname"}),
    ),
    "oracle": Kind(
        "Oracle",
        "oracle+oracledb",
        "oracledb",
        "oracle",
        frozenset({"service_name", "sid", "wallet_location", "wallet_password", "config_dir", "ssl_server_dn_match"}),
    ),
}


def kind_of(connection: Connection) -> Kind:
    """The kind of database behind a connection.

    Raises RedressError when it is no database Redress reads, its driver is not installed, or its extra says what no
    driver would hear.
    """
    kind = KINDS.get("postgres" if connection.conn_type == "postgresql" else connection.conn_type)
    if kind is None:
        raise RedressError(
            f"The Airflow connection {connection.id} is of type {connection.conn_type or 'none'}; "
            f"a database is one of {', '.join(KINDS)}."
        )
    if find_spec(kind.module) is None:
        raise RedressError(
            f"The driver for {kind.title} ({kind.module}) is not installed; install redress[{kind.extra}]."
        )
    if unknown := sorted(set(connection.extra) - kind.options):
        raise RedressError(
            f"The extra of the Airflow connection {connection.id} has {', '.join(unknown)}, which {kind.title} "
            f"does not take; it may have {', '.join(sorted(kind.options)) or 'nothing'}."
        )
    return kind


def address_of(connection: Connection) -> "URL":
    """The address, with the password in it: never to be shown. Raises RedressError as kind_of does."""
    from sqlalchemy import URL

    kind = kind_of(connection)
    if kind.title == "SQLite":
        return URL.create(kind.drivername, database=f"file:{quote(_file(connection))}", query=_READ_ONLY_FILE)
    if not connection.host:
        raise RedressError(f"The Airflow connection {connection.id} names no host; add it there.")
    database, query = _oracle_service(connection) if kind.title == "Oracle" else (connection.schema, {})
    return URL.create(
        kind.drivername,
        username=connection.login,
        password=connection.password,
        host=connection.host,
        port=connection.port,
        database=database,
        query=query,
    )


def options_of(connection: Connection) -> dict[str, Any]:
    """What the connection's extra hands on to the driver."""
    return {name: value for name, value in connection.extra.items() if name not in ("service_name", "sid")}


_READ_ONLY_FILE = {"mode": "ro", "uri": "true"}


def _file(connection: Connection) -> str:
    path = connection.host or connection.schema
    if not path:
        raise RedressError(f"The Airflow connection {connection.id} names no file; sqlite:////folder/file.db does.")
    return path


def _oracle_service(connection: Connection) -> tuple[str | None, dict[str, str]]:
    if sid := connection.extra.get("sid"):
        return str(sid), {}
    if service := connection.extra.get("service_name") or connection.schema:
        return None, {"service_name": str(service)}
    raise RedressError(
        f"The Airflow connection {connection.id} names no service; give service_name in its extra, or as its schema."
    )
