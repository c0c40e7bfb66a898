"""What `redress map` and `redress source test` print."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Console

from redress.contract.mapping.people import entities
from redress.errors import UsageError
from redress.sources.trying import DeliveryTrial, EntityTrial, PartTrial, Trial, try_source

GOOD, NOT_GOOD = 0, 1

VALUES_SHOWN = 10
FILES_SHOWN = 20

NEVER_EMPTY = ("cases", "stages", "services")


def show_map(path: Path, council: str, out: Path | None) -> int:
    """Prints the proposed source.yml, or writes it. Raises UsageError if the file to write is there already."""
    from redress.councils import get_council
    from redress.sources.proposing.proposal import propose

    if out is not None and out.exists():
        raise UsageError(f"{out} is there already and is not written over; name another file.")
    text = propose(path, get_council(council).codes, council)
    if out is None:
        Console().file.write(text)
        return GOOD
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("x", encoding="utf-8") as file:
        file.write(text)
    Console(soft_wrap=True).print(f"Wrote {out}. Read it, put it at councils/{council}/source.yml, then try it:")
    Console(soft_wrap=True).print(f"redress source test --council {council}", markup=False)
    return GOOD


def show_source_test(name: str, extract_date: date) -> int:
    """Prints what the source of a council has; 0 if all that is required is there, 1 otherwise."""
    from redress.councils import get_council

    council = get_council(name)
    trial = try_source(council, extract_date)
    console = Console(highlight=False)
    _show(console, trial, "the source", council.name, extract_date)
    if trial.demographics:
        _show(console, trial.demographics, "the demographics", council.name, extract_date)
        _show_coverage(console, trial)
    console.print("Nothing was landed.")
    return GOOD if trial.is_good else NOT_GOOD


def _show(console: Console, trial: Trial, what: str, council: str, extract_date: date) -> None:
    found = _counted(len(trial.deliveries), "delivery", "deliveries")
    console.print(
        f"Reached {what} of {council} ({trial.kind}) in {trial.seconds:.1f} s: {found} up to {extract_date}.",
        soft_wrap=True,
    )
    if not trial.deliveries:
        console.print("There is nothing to take; look at what source.yml names, and at the date.")
    _show_passed_over(console, trial)
    for delivery in trial.deliveries:
        _show_delivery(console, delivery)


def _show_passed_over(console: Console, trial: Trial) -> None:
    for name, why in trial.passed_over[:FILES_SHOWN]:
        shown = "".join(sign if sign.isprintable() else "?" for sign in name)
        console.print(f"  Not taken: {shown}: {why}.", markup=False, soft_wrap=True)
    if len(trial.passed_over) > FILES_SHOWN:
        console.print(f"  Not taken: {_counted(len(trial.passed_over) - FILES_SHOWN, 'other file')}.")
    if trial.not_tried:
        older = _counted(trial.not_tried, "older delivery", "older deliveries")
        console.print(f"  Of each kind the newest is tried; {older} would be taken too.")


def _show_delivery(console: Console, delivery: DeliveryTrial) -> None:
    console.print(f"\n{delivery.name}, extract date {delivery.extract_date}", style="bold", markup=False)
    if any(part.problem for part in delivery.parts):
        pass
    elif delivery.drift is None:
        console.print("  Nothing of it has landed before, so there is no drift to tell.")
    elif delivery.drift:
        console.print(f"  Changed since the last extract (V05): {'; '.join(delivery.drift)}.", markup=False)
    else:
        console.print("  Its columns are those of the last extract.")
    for part in delivery.parts:
        for line in _lines_of_part(part):
            console.print(line, markup=False, soft_wrap=True)
        for entity in part.entities:
            for line in _lines_of_entity(entity, delivery.extract_kind):
                console.print(line, markup=False, soft_wrap=True)
        for entity in part.entities:
            _show_rows(console, entity)


def _lines_of_part(part: PartTrial) -> Iterator[str]:
    if part.problem:
        yield f"  {part.name}: cannot be read. {part.problem}"
        return
    yield f"  {part.name}: {_counted(len(part.columns), 'column')}, {_counted(part.rows, 'row')}."
    if part.unused:
        yield f"    Feed nothing: {', '.join(part.unused)}."


def _lines_of_entity(entity: EntityTrial, extract_kind: str) -> Iterator[str]:
    yield f"    {entity.entity}: {_counted(entity.rows, 'row')}, {_counted(len(entity.fed), 'column')} fed."
    if not entity.rows:
        yield f"      It has no rows.{_without_rows(entity.entity, extract_kind)}"
    if entity.missing:
        yield f"      MISSING, and required: {', '.join(_with_names(name, entity) for name in entity.missing)}."
    optional = [name for name in entity.not_found if name not in entity.missing]
    if optional:
        yield f"      Not found, and not required: {', '.join(_with_names(name, entity) for name in optional)}."
    columns = entities()[entity.entity].columns
    for column, count in entity.empty.items():
        if count:
            rule = "R01" if column in entities()[entity.entity].key else "R04"
            yield f"      {column}: empty in {_counted(count, 'row')}. HELD BACK: it is required ({rule})."
    for column, count in entity.misshapen.items():
        if count:
            rows = _counted(count, "row")
            yield f"      {column}: no {columns[column].type} in {rows}. HELD BACK: types must parse (R04)."
    for column in entity.unmapped:
        yield _line_of_unmapped(entity, column)


def _line_of_unmapped(entity: EntityTrial, column: str) -> str:
    shown = entity.shown[column]
    named = [f"{value!r} ({count:,})" for value, count in list(shown.values.items())[:VALUES_SHOWN]]
    others = shown.hidden + len(shown.values) - len(named)
    if others:
        named.append(f"{others:,} different {'value' if others == 1 else 'values'} not shown")
    rows = _counted(entity.unmapped[column].total(), "row")
    return f"      {column}: not understood in {rows}: {', '.join(named)}. {_consequence(entity.entity, column)}"


def _consequence(entity: str, column: str) -> str:
    """What the rules do with a row that holds a value no list knows."""
    facts = entities()[entity].columns[column]
    if facts.values:
        return "HELD BACK: the list is closed (R04); map the values in source.yml."
    if facts.values_from == "ethnicities":
        return "A warning only, the rows load (E01); declare the values in codes.yml, or map them."
    if facts.values_from:
        return "A warning only, the rows load (R07); declare the values in codes.yml, or map them."
    return "A warning at most, the rows load (R03)."


def _without_rows(entity: str, extract_kind: str) -> str:
    if extract_kind != "full" or entity not in NEVER_EMPTY:
        return ""
    return " A full extract without rows is refused once records are loaded (V02)."


def _with_names(column: str, entity: EntityTrial) -> str:
    names = entity.not_found.get(column)
    return f"{column} ({' or '.join(map(repr, names))} in source.yml)" if names else column


def _show_rows(console: Console, entity: EntityTrial) -> None:
    """The first rows, one a column, as there are more columns than fit side by side."""
    from redress.show import table

    if entity.sample:
        headings = [entity.entity, *(f"row {number}" for number in range(1, len(entity.sample) + 1))]
        table(console, "", headings, [[name, *(row[name] for row in entity.sample)] for name in entity.fed])


def _show_coverage(console: Console, trial: Trial) -> None:
    named, found = trial.persons_named or 0, trial.persons_found or 0
    share = f" ({found / named:.0%})" if named else ""
    console.print(
        f"Of {_counted(named, 'case')} with a person reference the demographics know {found:,}{share}.", soft_wrap=True
    )


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
