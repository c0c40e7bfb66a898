"""What a database's error means, as one sentence: never its own text, which may hold SQL, parameters or a password."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from redress.errors import RedressError, SourceUnavailable
from redress.sources.connections import Connection, without_secrets
from redress.sources.database.address import kind_of

Cause = Literal[
    "login",
    "database",
    "table",
    "column",
    "denied",
    "query",
    "writes",
    "encoding",
    "no_snapshot",
    "no_file",
    "closed_file",
    "unreachable",
    "timeout",
    "cut",
    "changed",
    "damaged",
    "busy",
]

_LATER: frozenset[Cause] = frozenset(
    {"unreachable", "no_file", "closed_file", "timeout", "cut", "changed", "damaged", "busy"}
)

_SENTENCES: Mapping[Cause, str] = {
    "login": "The database {id} refuses the login; correct login and password of the Airflow connection {id}.",
    "database": "There is no database or service {schema} where the Airflow connection {id} points; correct it there.",
    "table": "{part}: the database {id} has no such table or view, or does not show it to this user; "
    "correct source.yml or grant SELECT on it.",
    "column": "{part}: the query names a column that the database {id} does not have; correct it in source.yml.",
    "denied": "{part}: the user of the connection {id} may not read it; have SELECT on it granted.",
    "query": "{part}: the database {id} does not accept the query (error {code}); try it there and correct source.yml.",
    "writes": "{part}: the query would change the database {id}; Redress only reads, so make it a plain SELECT.",
    "encoding": "{part}: the database {id} holds a text that is not in its own encoding; have it corrected there.",
    "no_snapshot": "The database {id} allows no snapshot; have `ALTER DATABASE ... SET ALLOW_SNAPSHOT_ISOLATION ON` "
    "run there once, so that all its tables are read as of one moment.",
    "unreachable": "The database {id} cannot be reached{at}; see that it runs and that this machine may connect to it.",
    "no_file": "There is no file {file}, where the Airflow connection {id} has its SQLite database; "
    "look for it and put it there, or correct the path in the connection.",
    "closed_file": "The file {file} of the database {id} cannot be opened; see that Redress may read it.",
    "damaged": "{part}: the file of the database {id} is damaged, or was replaced while it was read; "
    "try again, or have it restored.",
    "timeout": "{part}: the database {id} took longer than statement_timeout allows ({timeout} s); "
    "try later, or raise it in source.yml.",
    "cut": "{part}: the database {id} cut the connection while it was read; see whether it was restarted.",
    "changed": "{part}: the table was altered in the database {id} while it was read; try again when that is done.",
    "busy": "{part}: the database {id} is locked or has no connection free; try again later.",
}


class Failures:
    """Turns errors of one connection's driver into Redress's own."""

    def __init__(self, connection: Connection, dialect: str, statement_timeout: int) -> None:
        self.connection = connection
        self.dialect = "mysql" if dialect == "mariadb" else dialect
        self.statement_timeout = statement_timeout

    def explain(self, error: BaseException, part: str) -> RedressError:
        """The error to raise: SourceUnavailable where trying again may help, RedressError where it will not.

        part: what was being read, as source.yml names it.
        """
        driver_error = getattr(error, "orig", None) or error
        code = _code(driver_error, self.dialect)
        cause = _cause(driver_error, self.dialect, code)
        if cause == "unreachable" and self.dialect == "sqlite":
            cause = "closed_file" if Path(self._file()).exists() else "no_file"
        if cause is None and getattr(error, "connection_invalidated", False):
            cause = "cut"
        if cause is None:
            return SourceUnavailable(
                f"{part}: the database {self.connection.id} stopped with error {code or type(driver_error).__name__}; "
                "look for it in the database's log."
            )
        kind = SourceUnavailable if cause in _LATER else RedressError
        return kind(
            _SENTENCES[cause].format(
                id=self.connection.id,
                part=part,
                schema=self.connection.schema or "",
                code=code,
                at=self._at(),
                timeout=self.statement_timeout,
                file=without_secrets(self._file(), self.connection),
            )
        )

    def _file(self) -> str:
        return self.connection.host or self.connection.schema or ""

    def _at(self) -> str:
        if kind_of(self.connection).title == "SQLite" or not self.connection.host:
            return ""
        port = f":{self.connection.port}" if self.connection.port else ""
        return f" at {self.connection.host}{port}"


def _code(error: BaseException, dialect: str) -> str:
    """What the database calls the error: an SQLSTATE, a number, ORA- or DPY- and a number; empty if it does not say."""
    first: Any = error.args[0] if error.args else None
    if dialect == "postgresql":
        return getattr(error, "sqlstate", None) or ""
    if dialect == "sqlite":
        return getattr(error, "sqlite_errorname", None) or ""
    if dialect == "oracle":
        return getattr(first, "full_code", "") or ""
    while isinstance(first, tuple) and first:
        first = first[0]
    return str(first) if isinstance(first, int) else ""


def _cause(error: BaseException, dialect: str, code: str) -> Cause | None:
    for cause, codes in _CODES[dialect].items():
        if re.fullmatch(codes, code):
            return cause
    text = " ".join(str(arg) for arg in error.args)
    for cause, words in _WORDS.get(dialect, {}).items():
        if re.search(words, text, re.IGNORECASE):
            return cause
    return None


_CODES: Mapping[str, Mapping[Cause, str]] = {
    "postgresql": {
        "login": "28...",
        "database": "3D000",
        "table": "42P01|3F000",
        "column": "42703",
        "denied": "42501",
        "writes": "25006|0A000",
        "timeout": "57014",
        "cut": "08...|57P0[1-5]|25P0[34]",
        "changed": "XX000|40001|55006",
        "busy": "53...|55P03|40P01",
        "encoding": "22021",
        "query": "42...|22...",
    },
    "sqlite": {
        "busy": "SQLITE_(BUSY|LOCKED).*",
        "changed": "SQLITE_SCHEMA.*",
        "timeout": "SQLITE_INTERRUPT",
        "writes": "SQLITE_READONLY.*",
        "unreachable": "SQLITE_CANTOPEN.*|SQLITE_IOERR.*",
        "database": "SQLITE_NOTADB",
        "damaged": "SQLITE_CORRUPT.*",
    },
    "mysql": {
        "login": "1045|1698|1251|2059|1862|1820",
        "database": "1049|1044",
        "table": "1146|1356",
        "column": "1054",
        "denied": "1142|1143|1370|1227|1345",
        "writes": "1792|1290",
        "timeout": "1969|3024|1317|1028",
        "unreachable": "2002|2003|2005",
        "cut": "2006|2013|2014|2055|1053|1077|1152|1153|1156|1157|1158|1159|1160|1161|1927",
        "changed": "1412|1615",
        "busy": "1040|1203|1205|1213|1226|1129",
        "query": "1064|1060|1052|1305|1582|1222|1241|1248|1366|1292|1630",
    },
    "mssql": {
        "login": "18456|18452|18486|18487|18488",
        "database": "4060|911",
        "table": "208",
        "column": "207|4104|209",
        "denied": "229|230|916|297|300",
        "no_snapshot": "3952|3957",
        "timeout": "20003|-2",
        "cut": "20004|20006|20017|20047|596|6005|0",
        "unreachable": "20002|20009|20013|20012|20019",
        "changed": "3961|3960",
        "busy": "1205|1222|17300|17809|10928|10929|40501|40613",
        "writes": "3906|3958",
        "query": "102|105|156|170|319|1033|8120|8155|8156|8114|241|245",
    },
    "oracle": {
        "login": "ORA-0*(1017|1005|28000|28001|1045)",
        "database": "ORA-(12514|12505|12504)|DPY-600[13]",
        "table": "ORA-0*(942|4043)",
        "column": "ORA-0*904",
        "denied": "ORA-0*(1031|41900)",
        "writes": "ORA-0*(1456|14551|16000)",
        "timeout": "ORA-0*(1013|3136)|DPY-4024",
        "unreachable": "ORA-(12541|12543|12545|12170|12154|12560|12537)|DPY-(6005|6000|4001)",
        "cut": "ORA-0*(28|3113|3114|3135|1033|1034|1089|1090|1092|2396)|DPY-(4011|1001)",
        "changed": "ORA-0*(1466|1555|8103|8176)",
        "busy": "ORA-0*(54|18|20|12516|12519|12520|60)",
        "query": "ORA-0*(9[0-9][0-9]|17[0-9]{2}|18[0-9]{2}|1722)",
    },
}

_WORDS: Mapping[str, Mapping[Cause, str]] = {
    "postgresql": {
        "login": r"password authentication failed|no password supplied|role .* does not exist|no pg_hba\.conf entry"
        "|authentication failed",
        "database": "database .* does not exist",
        "busy": "too many (clients|connections)|remaining connection slots|starting up|shutting down|recovery mode",
        "unreachable": "connection (to server|failed|timeout|refused)|could not (connect|translate)|resolve"
        "|timeout expired",
        "cut": "server closed the connection|terminating connection|connection (is closed|is lost|reset)|SSL"
        "|consuming input",
    },
    "sqlite": {
        "table": "no such table",
        "column": "no such column",
        "encoding": "could not decode",
        "query": "syntax error|no such function|ambiguous|incomplete input|one statement at a time|near ",
        "denied": "not authorized|prohibited",
    },
    "mysql": {"cut": "lost connection|packet sequence|already closed|read of closed|socket"},
    "mssql": {
        "unreachable": "unable to connect|connection refused|unknown host",
        "cut": "not connected|connection is closed|DBPROCESS is dead",
    },
    "oracle": {"cut": "not connected|connection was closed"},
}
