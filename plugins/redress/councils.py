"""Reads councils/NAME: where its records come from, its settings and its code lists."""

import difflib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, RootModel, field_validator

from redress.contract import load_contract
from redress.errors import RedressError, UsageError
from redress.paths import councils_folder, safe_name
from redress.sources.definition import SourceDefinition
from redress.telling.definition import FILE_NAME as TELLING
from redress.telling.definition import Telling, check_channels
from redress.yaml_files import nearest, parse, validated

StatutoryStage = Literal["stage_1", "stage_2", "stage_3"]

CODE_LISTS = (
    "causes",
    "ethnicities",
    "disabilities",
    "delay_reasons",
    "action_types",
    "tags",
    "age_bands",
    "activity_measures",
    "services",
)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SourceFile(RootModel[SourceDefinition]):
    """The whole of source.yml."""


class Settings(_Strict):
    """settings.yml: what differs from council to council in counting (domain.md, section 3).

    delivered_every: days by entity, the longest that may lie between two deliveries of it.
    """

    council_name: str | None = None
    gss_code: str | None = None
    dfe_code: str | None = None
    in_time_rule: Literal["within_limit", "within_extended", "agreed_extension"] = "within_limit"
    stage2_clock_start: Literal["request", "statement"] = "request"
    stage2_clock_end: Literal["response", "report"] = "response"
    acknowledgement_limit: int = Field(default=3, ge=1)
    corporate_limits: dict[StatutoryStage, int] | None = None
    quarantine_threshold: float = Field(default=0.05, ge=0, le=1)
    row_count_tolerance: float = Field(default=0.5, ge=0)
    removal_limit: float = Field(default=0.2, ge=0, le=1)
    records_begin: date | None = None
    targets: dict[str, float] = Field(default_factory=dict)
    closure_days: tuple[date, ...] = ()
    count_closure_days: bool = False
    delivered_every: dict[str, PositiveInt] = Field(default_factory=dict)

    @field_validator("delivered_every")
    @classmethod
    def _names_entities(cls, promised: dict[str, int]) -> dict[str, int]:
        entities = load_contract().entities
        if unknown := next((name for name in promised if name not in entities), None):
            raise ValueError(f"The contract has no entity {unknown}{nearest(unknown, entities)}")
        return promised


class Code(_Strict):
    """One code of a council's list: its label and the standard code it stands for."""

    label: str | None = None
    maps_to: str | None = None
    group: str | None = None
    unit: str | None = None
    note: str | None = None


class Codes(_Strict):
    """codes.yml: the open lists of the contract that this council declares.

    services: the codes of its teams, by which a source that knows only their names is mapped.
    """

    causes: dict[str, Code] = Field(default_factory=dict)
    ethnicities: dict[str, Code] = Field(default_factory=dict)
    disabilities: dict[str, Code] = Field(default_factory=dict)
    delay_reasons: dict[str, Code] = Field(default_factory=dict)
    action_types: dict[str, Code] = Field(default_factory=dict)
    tags: dict[str, Code] = Field(default_factory=dict)
    age_bands: dict[str, Code] = Field(default_factory=dict)
    activity_measures: dict[str, Code] = Field(default_factory=dict)
    services: dict[str, Code] = Field(default_factory=dict)

    def of(self, list_name: str) -> dict[str, Code]:
        """The codes of one list, by name of the list."""
        codes: dict[str, Code] = getattr(self, list_name)
        return codes


class Council:
    """A council folder, read when asked for so that one broken file stops one council only."""

    def __init__(self, folder: Path) -> None:
        self.name = safe_name(folder.name, "council folder")
        self.folder = folder

    def __repr__(self) -> str:
        return f"Council({self.name})"

    @cached_property
    def source(self) -> SourceDefinition:
        file = self.folder / "source.yml"
        definition = _read(file, _SourceFile, required=True).root
        _check_mappings(definition, file)
        return definition

    @cached_property
    def settings(self) -> Settings:
        return _read(self.folder / "settings.yml", Settings)

    @cached_property
    def codes(self) -> Codes:
        return _read(self.folder / "codes.yml", Codes)

    @cached_property
    def telling(self) -> Telling:
        telling = _read(self.folder / TELLING, Telling)
        check_channels(telling, self.folder / TELLING)
        return telling

    @property
    def title(self) -> str:
        """The name people read."""
        return self.settings.council_name or self._title_of_folder

    @property
    def shown_title(self) -> str:
        """Its title; that of its folder where its settings cannot be read, so that others and the fault are told of."""
        try:
            return self.title
        except RedressError:
            return self._title_of_folder

    @property
    def _title_of_folder(self) -> str:
        return self.name.replace("_", " ").title()


def load_councils(folder: Path | None = None) -> dict[str, Council]:
    """Every council folder by name, sorted. A folder with a source.yml is a council."""
    root = folder or councils_folder()
    if not root.is_dir():
        raise RedressError(
            f"The councils folder {root} does not exist; set REDRESS_COUNCILS or run `redress new-council NAME`."
        )
    return {path.parent.name: Council(path.parent) for path in sorted(root.glob("*/source.yml"))}


def get_council(name: str, folder: Path | None = None) -> Council:
    """One council by name.

    Raises UsageError with the nearest names if there is none of that name.
    """
    councils = load_councils(folder)
    if name not in councils:
        near = difflib.get_close_matches(name, councils, n=2)
        known = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(councils) or 'none'}"
        raise UsageError(
            f"There is no council {name[:40]!r} in {folder or councils_folder()} ({known}). "
            f"Check the name or run `redress new-council NAME`."
        )
    return councils[name]


Model = TypeVar("Model", bound=BaseModel)


def _read(path: Path, model: type[Model], required: bool = False) -> Model:
    if not path.exists() and not required:
        return model()
    return validated(model, _codes_without_facts(parse(path) or {}), path)


def _check_mappings(definition: SourceDefinition, file: Path) -> None:
    """Raises RedressError, with file and line, for a mapping that cannot work.

    That does not depend on the council's own codes: codes.yml is not read, so neither file's errors hide the other's.
    """
    from redress.contract.mapping.checking import Place, check_definition

    root = Place(file=file)
    for feed in definition.feeds.values():
        check_definition(feed, Codes(), root)
    for feed in definition.demographics.source.feeds.values() if definition.demographics else ():
        check_definition(feed, Codes(), root / "demographics" / "source")


def _codes_without_facts(document: Any) -> Any:
    """`CODE:` with nothing behind it and `CODE: label` are short forms of a code with its facts."""
    if not isinstance(document, dict):
        return document
    return {key: _codes(value) if key in CODE_LISTS else value for key, value in document.items()}


def _codes(codes: Any) -> Any:
    if not isinstance(codes, dict):
        return codes or {}
    return {str(code): _code(facts) for code, facts in codes.items()}


def _code(facts: Any) -> Any:
    if facts is None:
        return {}
    return {"label": facts} if isinstance(facts, str) else facts
