"""Reads what the routes have made as anyone would, and maps it by source.yml without the library's own mapping."""

import csv
import json
import re
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import yaml
from openpyxl import load_workbook

from redress.contract import load_contract
from redress.paths import PROJECT

LONDON = ZoneInfo("Europe/London")

Row = dict[str, Any]


def source_yml(council: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((PROJECT / "councils" / council / "source.yml").read_text())
    return document


def from_database(path: Path, feed: dict[str, Any]) -> list[Row]:
    with sqlite3.connect(path) as con:
        con.row_factory = sqlite3.Row
        return [dict(row) for row in con.execute(feed.get("query") or f"select * from {feed['table']}")]


def from_csv(folder: Path, feed: dict[str, Any]) -> list[Row]:
    path = folder / feed["file"].replace("{date}", "20200630")
    with path.open(encoding=feed["encoding"], newline="") as file:
        return list(csv.DictReader(file, delimiter=feed["delimiter"]))


def from_workbook(folder: Path, feed: dict[str, Any]) -> list[Row]:
    book = load_workbook(folder / feed["file"].replace("{date}", "2020-06-30"), read_only=True)
    rows = [list(row) for row in book[feed["sheet"]].iter_rows(values_only=True)]
    header = next(number for number, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    records = [dict(zip(rows[header], row, strict=False)) for row in rows[header + 1 :]]
    return [record for record in records if record[rows[header][0]] not in (None, feed.get("totals_row"))]


def token(address: str, connection: dict[str, Any], **claims: Any) -> str:
    """A token of the service, for an assertion signed with the connection's secret."""
    now = datetime.now(UTC)
    claim = {"iss": connection["login"], "aud": f"{address}/token", "iat": now, "exp": now + timedelta(minutes=5)}
    assertion = jwt.encode(claim | claims, connection["password"], algorithm="HS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    with urllib.request.urlopen(f"{address}/token", urllib.parse.urlencode(form).encode()) as answer:
        return str(json.load(answer)["access_token"])


def report(address: str, bearer: str, number: str, **window: str) -> list[Row]:
    """The records of a report, which stand one after another without commas."""
    words = urllib.parse.urlencode({"ReportId": number, "Format": "json", **window})
    asked = urllib.request.Request(f"{address}/getreport?{words}", headers={"Authorization": f"Bearer {bearer}"})
    with urllib.request.urlopen(asked) as answer:
        text, records, at = answer.read().decode(), [], 0
    while at < len(text):
        record, at = json.JSONDecoder().raw_decode(text, at)
        records.append(record)
    return records


def each(records: list[Row], name: str | None) -> list[Row]:
    if name is None:
        return records
    return [
        {**{f"parent.{key}": value for key, value in record.items()}, **element}
        for record in records
        for element in record[name]
    ]


def labels_of(council: str) -> dict[str, str]:
    """The codes behind the labels of codes.yml."""
    lists = yaml.safe_load((PROJECT / "councils" / council / "codes.yml").read_text()).values()
    return {facts["label"]: code for codes in lists for code, facts in codes.items() if "label" in facts}


def mapped(
    feed: dict[str, Any], rows: list[Row], forms: list[str], labels: dict[str, str]
) -> Iterator[tuple[str, Row]]:
    """Entity and contract row, for each row that a feed's rows give."""
    for entity, mapping in feed["entities"].items():
        shared = mapping.get("columns", {})
        for wide in mapping.get("rows", [{"columns": {}}]):
            own = wide["columns"]
            asked = [rule if isinstance(rule, str) else rule.get("column") for rule in own.values()]
            for row in rows:
                if own and not any(row[name] not in (None, "") for name in asked if name):
                    continue
                yield entity, contract_row(entity, {**shared, **own}, row, feed.get("dates", forms), labels)


def contract_row(
    entity: str, rules: dict[str, Any], row: Row, forms: list[str], labels: dict[str, str] | None = None
) -> Row:
    made = {}
    for name, column in load_contract().entities[entity].columns.items():
        rule = rules.get(name, name)
        rule = {"column": rule} if isinstance(rule, str) else rule
        value = rule["constant"] if "constant" in rule else row.get(rule["column"], row.get(rule["column"].title()))
        words = {spelled(key): spelled(meant) for key, meant in rule.get("values", {}).items()}
        value = words.get(spelled(value), value)
        code = (labels or {}).get(str(value), value) if column.values_from else value
        made[name] = same(column.type, code, forms, rule.get("separator", ";"))
    return made


def spelled(value: Any) -> str:
    """A word of a value map, which YAML may have read as true, false or null."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).casefold()


def same(kind: str, value: Any, forms: list[str], separator: str = ";") -> Any:
    """A value as it can be compared, however it was written."""
    if value in (None, "", []):
        return None
    match kind:
        case "date":
            return day(value, forms)
        case "timestamp":
            return moment(value, forms)
        case "boolean":
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[spelled(value)]
        case "decimal":
            return Decimal(str(value)).normalize()
        case "integer":
            return int(value)
        case "list":
            parts = value if isinstance(value, list) else str(value).split(separator)
            return tuple(part.strip() for part in parts)
    return re.sub(r"[\s_/-]+", " ", str(value)).casefold()


def day(value: Any, forms: list[str]) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str) and "day_first" in forms and "/" in value:
        return datetime.strptime(value[:10], "%d/%m/%Y").date()  # noqa: DTZ007
    found = datetime.fromisoformat(str(value))
    return (found.astimezone(LONDON) if found.tzinfo else found).date()


def moment(value: Any, forms: list[str]) -> datetime:
    if not isinstance(value, datetime):
        value = (
            datetime.strptime(value, "%d/%m/%Y %H:%M")  # noqa: DTZ007
            if "day_first" in forms and "/" in value
            else datetime.fromisoformat(value)
        )
    found: datetime = value if value.tzinfo else value.replace(tzinfo=LONDON)
    return found.astimezone(UTC)
