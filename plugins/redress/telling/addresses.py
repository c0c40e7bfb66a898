"""Where a channel leads: its address, from an Airflow connection or the environment, as apprise writes it."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from redress.errors import RedressError
from redress.paths import fill_environment
from redress.sources.connections import Connection, get_connection
from redress.telling.definition import Channel, Telling

MAIL = ("smtp", "email")


def addresses(telling: Telling, names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The addresses of channels by name, and for those that have none to be read, a sentence why."""
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in names:
        try:
            found[name] = address_of(name, telling.channels[name])
        except RedressError as problem:
            wrong[name] = str(problem)
    return found, wrong


def address_of(name: str, channel: Channel) -> str:
    """The address of one channel. It may hold secrets, and is not to be shown.

    Raises RedressError where the connection or the variable is not there, or lacks what is needed.
    """
    if channel.address is not None:
        return fill_environment(channel.address, f"address of the channel {name}")
    connection = get_connection(str(channel.connection))
    if connection.conn_type in MAIL:
        return _mail_address(name, channel, connection)
    if not connection.password:
        raise RedressError(
            f"The Airflow connection {connection.id} of the channel {name} has no password; "
            "put the whole address of the webhook there, or give it the type smtp."
        )
    return connection.password


def _mail_address(name: str, channel: Channel, connection: Connection) -> str:
    """A mail server as Airflow's type smtp has it: TLS from the start unless disable_ssl, STARTTLS unless disable_tls.

    Its certificate is looked at unless ssl_context is none.
    """
    sender = connection.extra.get("from_email") or connection.login or ""
    if not connection.host or "@" not in str(sender) or not channel.to:
        raise RedressError(
            f"The channel {name} lacks what a mail needs: a host and from_email in the Airflow connection "
            f"{connection.id}, and to: in telling.yml."
        )
    if not _is_set(connection, "disable_ssl"):
        mode = "ssl"
    else:
        mode = "insecure" if _is_set(connection, "disable_tls") else "starttls"
    port = f":{connection.port}" if connection.port else ""
    login = f"{quote(connection.login or '', safe='')}:{quote(connection.password or '', safe='')}@"
    facts = {"smtp": connection.host, "from": sender, "to": ",".join(channel.to), "mode": mode, "format": "text"}
    if connection.extra.get("ssl_context") == "none":
        facts["verify"] = "no"
    who = login if connection.password else ""
    return f"{'mailto' if mode == 'insecure' else 'mailtos'}://{who}{connection.host}{port}?{urlencode(facts)}"


def _is_set(connection: Connection, name: str) -> bool:
    return str(connection.extra.get(name, "")).lower() in ("true", "1", "yes")
