"""What a code is called in print: by the council's own lists, the services of the time, or a shared vocabulary."""

import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redress.councils import Council
from redress.landing.age import DEFAULT_BANDS
from redress.returns.metrics.catalogue import OWN_REFERENCES

VOCABULARY = Path(__file__).with_name("vocabulary.yml")

CODE_LISTS = {
    "cause": "causes",
    "ethnicity": "ethnicities",
    "delay_reason": "delay_reasons",
    "action_type": "action_types",
    "age_band": "age_bands",
    "activity_measure": "activity_measures",
}
SERVICES = ("service", "service_area", "service_today", "service_area_today")
ORDERED = ("age_band",)
YES_OR_NO = {"true": "Yes", "false": "No"}


class Labels:
    """Labels for one council's return."""

    def __init__(self, council: Council, services: dict[str, str]) -> None:
        self._council = council
        self._services = services

    def of(self, dimension: str, code: str) -> str:
        """The label of a code of a dimension; the code itself, made readable, where nothing names it."""
        if dimension in OWN_REFERENCES:
            return code
        if dimension in SERVICES:
            return self._services.get(code, _readable(code))
        if dimension in CODE_LISTS:
            declared = self._council.codes.of(CODE_LISTS[dimension]).get(code)
            return (declared and declared.label) or (code if dimension == "ethnicity" else _readable(code))
        if code in YES_OR_NO:
            return YES_OR_NO[code]
        return vocabulary()["labels"].get(dimension, {}).get(code) or _readable(code)

    def rank(self, dimension: str, code: str | None) -> tuple[int, str]:
        """Where a code stands in a list: as the council or the vocabulary orders it, else by its label; blanks last."""
        if code is None:
            return sys.maxsize, ""
        if dimension in CODE_LISTS and dimension in ORDERED:
            order = list(self._council.codes.of(CODE_LISTS[dimension]) or DEFAULT_BANDS)
        else:
            order = list(vocabulary()["labels"].get(dimension, {}))
        return (order.index(code) if code in order else len(order)), self.of(dimension, code)


def heading(dimension: str) -> str:
    """What a list of a dimension's members is headed by."""
    name = dimension.removesuffix("_today")
    found: str | None = vocabulary()["headings"].get(name)
    return found or _readable(name)


@cache
def vocabulary() -> dict[str, Any]:
    """vocabulary.yml: labels by dimension and code, and headings by dimension."""
    content: dict[str, Any] = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    return content


def _readable(code: str) -> str:
    words = code.replace("_", " ").strip()
    return words[:1].upper() + (words[1:].lower() if words.isupper() else words[1:])
