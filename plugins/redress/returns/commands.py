"""What the commands about figures and returns do and print."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from redress.councils import Council, get_council, load_councils
from redress.errors import RedressError, UsageError
from redress.paths import Home
from redress.returns.periods import Period, parse_period
from redress.show import table

DONE, FAILED = 0, 1
STRUCTURES = ("time", "today")

Say = Callable[[str], None]


def show_return(
    kind: str,
    period: str,
    council: str,
    publication: bool,
    formats: Sequence[str],
    out: Path | None,
    structure: str | None,
    signed: int | None,
) -> int:
    """Builds a return, or prints a signed version again, and says where it is; returns the exit code."""
    from redress.returns.run import copy_documents, make_return

    console, home, span, chosen = Console(), Home.from_environment(), parse_period(period), get_council(council)
    if structure and structure not in STRUCTURES:
        raise UsageError(f"There is no structure {structure[:20]!r}; choose time or today.")
    if signed is not None:
        return _reprint(console, home, chosen, kind, span, signed, out, publication)
    with progress(f"{chosen.title}, {kind} {span}") as say:
        made = make_return(home, chosen, kind, span, publication, formats, structure, say)
    documents = copy_documents(made, out) if out else made.documents
    state = "built" if made.was_written else "unchanged, so not built again"
    counts = f"{len(made.built.tables)} tables, {len(made.built.figures)} figures"
    console.print(f"{made.built.title}: {counts}, {state}.", markup=False, soft_wrap=True)
    for sentence in (*made.built.notes, *made.sentences):
        console.print(sentence, markup=False, soft_wrap=True)
    if made.revisions and made.revisions.figures:
        from redress.returns.signing.revisions import HEADINGS, rows_for_people

        table(console, "Changed since it was signed (internal use)", HEADINGS, rows_for_people(made.revisions))
    for document in documents:
        console.print(str(document), markup=False, soft_wrap=True)
    return DONE


def show_sign_off(kind: str, period: str, council: str, by: str) -> int:
    """Signs a return and says what was signed; returns the exit code."""
    from redress.returns.building.building import build
    from redress.returns.checks.reconciliation import reconcile, require_reconciled
    from redress.returns.documents import write
    from redress.returns.metrics.published import open_metrics
    from redress.returns.signing.cases import cases_behind
    from redress.returns.signing.sign_off import sign_off
    from redress.returns.tracing.tracer import Tracer
    from redress.warehouse import republish_return_figures

    home, span, chosen = Home.from_environment(), parse_period(period), get_council(council)
    with progress(f"{chosen.title}, {kind} {span}") as say, open_metrics(home) as metrics:
        say("computing the figures")
        built = build(home, chosen, kind, span, metrics=metrics)
        disagreements = [problem.text for problem in reconcile(built).problems]
        current = built if disagreements else require_reconciled(built)
        say("signing")
        signed = sign_off(
            home,
            current,
            by,
            datetime.now(UTC),
            lambda one: cases_behind(one, Tracer(metrics, chosen.name)),
            lambda one, formats, folder: write(one, formats, folder, chosen),
            disagreements,
        )
        republish_return_figures(home)
    Console().print(signed.sentence, markup=False, soft_wrap=True)
    return DONE


def show_figures(metric: str, by: Sequence[str], period: str | None, councils: Sequence[str], file: Path | None) -> int:
    """Prints a metric, or writes it as CSV; returns the exit code."""
    from redress.returns.metrics.asking import ask
    from redress.returns.metrics.published import open_metrics

    span = parse_period(period) if period else None
    chosen = [get_council(name) for name in councils] if councils else list(load_councils().values())
    with open_metrics(Home.from_environment()) as metrics:
        answer = ask(metrics, metric, by, span, chosen)
    if file:
        _write_whole(file, answer.as_csv())
        Console().print(str(file), markup=False, soft_wrap=True)
        return DONE
    console = Console()
    numbered = [(str(number), *row[:-1]) for number, row in enumerate(answer.rows, start=1)]
    table(console, answer.metric.label, ("", *answer.headings[:-1]), numbered)
    console.print(answer.metric.description, markup=False, soft_wrap=True)
    console.print("The cases behind a figure: redress explain ID, with", markup=False)
    for number, row in enumerate(answer.rows, start=1):
        console.print(f"{number:>4}  {row[-1]}", markup=False, soft_wrap=True, highlight=False)
    return DONE


def show_metrics() -> int:
    """Prints every metric with its basis and what it counts."""
    from redress.returns.metrics.published import open_metrics

    with open_metrics(Home.from_environment()) as metrics:
        rows = [(one.name, one.basis, one.label) for one in sorted(metrics.all.values(), key=lambda one: one.name)]
    table(Console(), "Metrics", ("metric", "basis", "what it is"), rows)
    return DONE


def show_explanation(figure_id: str) -> int:
    """Prints the cases behind a figure with the file and row each came from (internal use)."""
    from redress.returns.metrics.published import open_metrics
    from redress.returns.tracing.explain import explain, show

    home = Home.from_environment()
    with open_metrics(home) as metrics:
        show(explain(home, figure_id, metrics), Console())
    return DONE


def show_comparison(council: str | None) -> int:
    """Prints the published figures beside the computed ones; exit code 1 where one differs."""
    from redress.returns.compare import compare, show

    councils = load_councils()
    found = compare(Home.from_environment(), councils, council)
    show(Console(), found, {name: one.title for name, one in councils.items()})
    return FAILED if any(one.verdict == "differs" for one in found) else DONE


def show_reconciliation(file: Path) -> int:
    """Prints what in a file of printed figures does not add up; exit code 1 where anything does not."""
    from redress.returns.reconcile import reconcile_file, show

    findings = reconcile_file(file)
    Console().print(show(findings), markup=False, soft_wrap=True)
    return FAILED if findings else DONE


def _write_whole(file: Path, text: str) -> None:
    """A file of the caller's, replaced whole or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as problem:
        draft.unlink(missing_ok=True)
        raise RedressError(f"{file} cannot be written ({problem.strerror}); choose another file.") from None


@contextmanager
def progress(title: str) -> Iterator[Say]:
    """A line on the terminal that says which step is on, and how long it has been; nothing where there is none."""
    columns = (SpinnerColumn(finished_text="*"), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        line = bar.add_task(title, total=None)
        yield lambda step: bar.update(line, description=f"{title}: {step}")


def _reprint(
    console: Console,
    home: Home,
    council: Council,
    kind: str,
    period: Period,
    signed: int,
    out: Path | None,
    published: bool,
) -> int:
    from redress.returns.signing.reprint import reprint

    if out is None:
        raise UsageError("Say with --out where the signed documents should be written.")
    for document in reprint(home, council.name, kind, period, signed, out, published):
        console.print(str(document), markup=False, soft_wrap=True)
    return DONE
