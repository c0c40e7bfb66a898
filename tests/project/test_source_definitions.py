"""What is shown of source.yml can be used: examples of pages and of a new council load, and editors know the keys."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from redress.contract.mapping.checking import check_definition
from redress.councils import Codes, Council
from redress.paths import PROJECT
from redress.scaffold import new_council
from redress.sources.definition import SourceDefinition
from redress.sources.json_schema import schema_text
from redress.yaml_files import parse

PAGES = sorted((PROJECT / "docs" / "sources").glob("*.md"))
COUNCILS = sorted((PROJECT / "councils").glob("*/source.yml"))
SCAFFOLD = PROJECT / "plugins" / "redress" / "scaffold" / "source.yml"
ADAPTER: TypeAdapter[SourceDefinition] = TypeAdapter(SourceDefinition)
OF_REFERENCE = (
    *("FilesDefinition", "DatabaseDefinition", "RestDefinition", "Demographics", "FileFeed", "TableFeed"),
    *("EndpointFeed", "Watermark", "EntityMapping", "RowOf", "When", "ColumnRule"),
)
SCHEMA_LINE = "# yaml-language-server: $schema=../source.schema.json"


def examples_of_pages() -> list[tuple[str, str]]:
    """Every block that begins with the name of a source.yml, with its page and line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^( *)```yaml\n(.*?)^\1```", text, re.MULTILINE | re.DOTALL):
            block = re.sub(rf"^{match[1]}", "", match[2], flags=re.MULTILINE)
            if re.match(r"# councils/\w+/source\.yml", block):
                found.append((f"{page.name}:{text[: match.start()].count(chr(10)) + 1}", block))
    return found


def examples_of_scaffold() -> list[tuple[str, str]]:
    """The commented examples of a new council's source.yml, as they are when the comment signs are taken away."""
    text = SCAFFOLD.read_text(encoding="utf-8").replace("{name}", "testshire")
    parts = re.split(r"^# Example: ", text, flags=re.MULTILINE)
    return [
        (part.split(",")[0].split(".")[0], "\n".join(line.removeprefix("#") for line in part.splitlines()[1:]))
        for part in parts[1:]
    ]


EXAMPLES = examples_of_pages() + examples_of_scaffold()


def load(file: Path, text: str) -> SourceDefinition:
    """The definition, checked as it is when a source is opened."""
    file.write_text(text, encoding="utf-8")
    definition = Council(file.parent).source
    feeds = [*definition.feeds.values()]
    if definition.demographics:
        feeds += definition.demographics.source.feeds.values()
    for feed in feeds:
        check_definition(feed, Codes())
    return definition


@pytest.mark.parametrize(("place", "text"), EXAMPLES, ids=[place for place, _ in EXAMPLES])
def test_every_example_loads(place: str, text: str, tmp_path: Path) -> None:
    folder = tmp_path / "testshire"
    folder.mkdir()
    assert load(folder / "source.yml", text)


def test_every_page_of_a_kind_has_an_example() -> None:
    with_examples = {place.split(":")[0] for place, _ in examples_of_pages()}
    without = {"README.md", "drift.md", "reference.md"}
    assert {page.name for page in PAGES} - without <= with_examples, "Show a complete source.yml on the page."


def test_every_key_is_described() -> None:
    """Keys within auth, pagination and limits are those of a web service and stand on its page."""
    pages = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    for name, definition in json.loads(schema_text())["$defs"].items():
        page, mark = ("reference.md", "`") if name in OF_REFERENCE else ("rest.md", r"\b")
        missing = [key for key in definition.get("properties", {}) if not re.search(rf"{mark}{key}\b", pages[page])]
        assert not missing, f"docs/sources/{page} lacks {missing} of {name}"


def test_a_new_councils_source_loads_and_shows_every_kind(tmp_path: Path) -> None:
    folder = new_council("testshire", tmp_path)
    assert Council(folder).source.path.endswith("drop/testshire")
    kinds = {yaml.safe_load(text)["kind"] for _, text in examples_of_scaffold()}
    assert kinds == {"files", "database", "rest"}


def test_the_schema_that_editors_use_is_the_one_of_the_code() -> None:
    kept = (PROJECT / "councils" / "source.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(), "run `python -m redress.sources.json_schema` and commit what it wrote"


@pytest.mark.parametrize("file", [*COUNCILS, SCAFFOLD], ids=lambda file: file.parent.name)
def test_files_of_councils_name_the_schema_and_keep_to_it(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith(SCHEMA_LINE), f"{file} must begin with {SCHEMA_LINE}"
    assert faults(parse(file)) == []


@pytest.mark.parametrize(("place", "text"), EXAMPLES, ids=[place for place, _ in EXAMPLES])
def test_examples_keep_to_the_schema(place: str, text: str) -> None:
    assert faults(yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    "slip",
    [
        "kind: files\npath: x\nextrakt: full",
        "kind: telepathy\npath: x",
        "kind: files\npath: x\ndates: [american]",
        "kind: files\npath: x\nfeeds: {a: {file: a.csv, entities: {cases: {columns: {status: {colum: A}}}}}}",
        "kind: database\nfeeds: {a: {table: a, entities: {cases: {}}}}",
    ],
)
def test_the_schema_refuses_a_slip(slip: str) -> None:
    assert faults(yaml.safe_load(slip))


def faults(document: Any) -> list[str]:
    """What an editor would underline. Keys and values are given to it as the text they are written as."""
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    return [error.message for error in validator.iter_errors(json.loads(json.dumps(document, default=str)))]
