"""Writes the tables of docs/read/metrics.md: `python -m redress.returns.metrics.catalogue_page`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redress.paths import DBT_PROJECT, PROJECT

SEMANTIC = DBT_PROJECT / "models" / "semantic"
PAGE = PROJECT / "docs" / "read" / "metrics.md"
BEGIN, END = "<!-- written by redress.returns.metrics.catalogue_page -->", "<!-- end of what is written -->"

SUBJECTS: Mapping[str, Sequence[str]] = {
    "Volumes": ("volumes", "transactions", "cases"),
    "Time": ("timeliness_stage1", "timeliness_stage2", "timeliness_stage3", "timeliness_any_stage", "clocks"),
    "Outcomes": ("outcomes_stage1", "outcomes_stage2", "outcomes_stage3", "outcomes_any_stage", "concluded"),
    "Escalation": ("escalation",),
    "Causes": ("causes",),
    "Payments, settlements and learning": ("settlements",),
    "The Ombudsman": ("ombudsman",),
    "Open and overdue": ("open",),
    "Rates per open case and what the service supplies": ("context",),
    "Equalities": ("equalities",),
}


def with_tables(page: str, models: Path = SEMANTIC) -> str:
    """The page with the tables that the YAML of the metrics gives now.

    Raises ValueError where the page lacks the marks between which they stand.
    """
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{PAGE.name} lacks the marks {BEGIN} and {END}; put them where the tables belong.")
    return f"{before}{BEGIN}\n\n{_metrics(models)}\n{_dimensions(models)}\n{END}{after}"


def _metrics(models: Path) -> str:
    parts = []
    for subject, files in SUBJECTS.items():
        rows = [
            f"| `{metric['name']}` | {' '.join(metric['description'].split())} | {metric['config']['meta']['unit']} |"
            for file in files
            for metric in _read(models / f"{file}.yml", "metrics")
        ]
        parts.append("\n".join([f"### {subject}", "", "| metric | what it is | unit |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _dimensions(models: Path) -> str:
    rows = []
    for file in sorted(models.glob("*.yml")):
        for model in _read(file, "semantic_models"):
            names = [one["name"] for one in model.get("dimensions", ()) if one["type"] == "categorical"]
            if names:
                rows.append(f"| {model['description'].rstrip('.')} | {', '.join(f'`{name}`' for name in names)} |")
    return "\n".join(["### Dimensions", "", "| of what | dimensions |", "|---|---|", *rows, ""])


def _read(file: Path, key: str) -> list[dict[str, Any]]:
    import yaml

    found: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).get(key, [])
    return found


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
