"""Makes a return from end to end: figures, reconciliation, disclosure control, documents, the table for BI tools."""

import gc
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from redress.councils import Council, get_council
from redress.errors import RedressError
from redress.paths import Home
from redress.returns.building.building import build
from redress.returns.checks.reconciliation import require_reconciled
from redress.returns.documents import FORMATS, require_formats
from redress.returns.figures import BuiltReturn
from redress.returns.metrics.metrics import Metrics
from redress.returns.metrics.published import open_metrics
from redress.returns.periods import Period, parse_period
from redress.returns.signing.builds import Build, last_build, record_build
from redress.returns.signing.folders import ReturnFolder, return_folder, write_private
from redress.returns.signing.record import code_hash
from redress.returns.signing.reprint import earlier_publications
from redress.returns.signing.revisions import Revisions, printable, revisions
from redress.returns.tracing.tracer import Tracer
from redress.warehouse import republish_return_figures

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A return that was built. was_written is False where its figures and documents were the same already."""

    built: BuiltReturn
    folder: Path
    documents: tuple[Path, ...]
    sentences: tuple[str, ...]
    revisions: Revisions | None
    was_written: bool


@contextmanager
def _no_cycle_collection() -> Iterator[None]:
    """A build makes millions of short-lived objects; looking for cycles among them takes a tenth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_cycle_collection()
def make_return(
    home: Home,
    council: Council,
    kind: str,
    period: Period,
    publication: bool = False,
    formats: Sequence[str] = (),
    structure: str | None = None,
    say: Say = lambda step: None,
    metrics: Metrics | None = None,
) -> Made:
    """Builds a return's draft, or its publication under disclosure control, in the data folder.

    metrics, where given, are asked instead of opening the published warehouse anew. Raises UsageError for what there
    is not, RedressError where the tables disagree or a document cannot be written; what was built before is untouched
    then.
    """
    wanted = require_formats(formats or FORMATS)
    with nullcontext(metrics) if metrics else open_metrics(home) as asked:
        say("computing the figures")
        figures = build(home, council, kind, period, structure, asked)
        internal = built = require_reconciled(figures)
        sentences: tuple[str, ...] = ()
        if publication:
            say("protecting small counts")
            built, sentences = _protected(home, require_reconciled(figures, with_numbers=False), asked)
        found = revisions(home, built, Tracer(asked, council.name).cases)
    if found is not None:
        version = found.signed.version + bool(found.reasons)
        built = replace(built, version=version, notes=(*built.notes, *printable(found)))
    return _documents(home, council, internal, built, wanted, sentences, found, say)


def build_draft(council_name: str, kind: str, period_label: str) -> dict[str, int | str]:
    """Builds the draft of one return and says in counts and paths what came of it (for the DAGs).

    Raises as make_return does.
    """
    home = Home.from_environment()
    made = make_return(home, get_council(council_name), kind, parse_period(period_label))
    changed = len(made.revisions.printed) if made.revisions else 0
    return {
        "council": council_name,
        "period": made.built.period.label,
        "tables": len(made.built.tables),
        "figures": len(made.built.figures),
        "changed_since_signed": changed,
        "folder": str(made.folder),
    }


def copy_documents(made: Made, out: Path) -> list[Path]:
    """The documents once more in a folder of the caller's, each replaced whole.

    Raises RedressError where the folder cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        copies = []
        for document in made.documents:
            draft = out / f".{document.name}.{os.getpid()}.draft"
            shutil.copyfile(document, draft)
            copies.append(draft.replace(out / document.name))
        return copies
    except OSError as problem:
        raise RedressError(f"{out} cannot be written to ({problem.strerror}); choose another folder.") from None


def _protected(home: Home, built: BuiltReturn, metrics: Metrics) -> tuple[BuiltReturn, tuple[str, ...]]:
    from redress.returns.disclosure import hierarchies, protect

    earlier = earlier_publications(home, built.council)
    protected = protect(built, earlier, hierarchies(metrics, built.council))
    return protected.built, tuple(protected.sentences)


def _documents(
    home: Home,
    council: Council,
    internal: BuiltReturn,
    built: BuiltReturn,
    wanted: Sequence[str],
    sentences: tuple[str, ...],
    found: Revisions | None,
    say: Say,
) -> Made:
    """The documents, written where they would not say the same as those that are there."""
    folder = return_folder(home, council.name, built.kind, built.period)
    inputs = _inputs(council, built)
    with _folder_lock(folder):
        before = last_build(home, council.name, built.kind, built.period, built.is_publication)
        if before and _is_current(before, built, wanted, inputs, folder):
            return _made(before, built, sentences, found, was_written=False)
        say("writing the documents")
        record, written = _write(home, council, built, internal, folder, wanted, inputs)
    say("publishing the figures for BI tools")
    republish_return_figures(home)
    return _made(record, built, (*sentences, *written), found, was_written=True)


def _made(
    record: Build, built: BuiltReturn, sentences: tuple[str, ...], found: Revisions | None, was_written: bool
) -> Made:
    documents = tuple(record.folder / name for name in sorted(record.documents))
    return Made(built, record.folder, documents, sentences, found, was_written)


def _inputs(council: Council, built: BuiltReturn) -> str:
    """Fingerprint of what the documents are made of besides the figures: definition, code, the council's look."""
    digest = hashlib.sha256("|".join([built.definition_hash, code_hash(), *built.notes]).encode())
    look = council.folder / "returns" / "look"
    for file in sorted(path for path in look.rglob("*") if path.is_file()):
        digest.update(file.relative_to(look).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def _inputs_file(folder: ReturnFolder, publication: bool) -> Path:
    return folder.figures_file(publication).with_suffix(".inputs")


def _is_current(before: Build, built: BuiltReturn, wanted: Sequence[str], inputs: str, folder: ReturnFolder) -> bool:
    """Whether the documents there are still say what would be written now."""
    from redress.returns.signing.store import figures_hash

    kept = _inputs_file(folder, built.is_publication)
    return (
        kept.exists()
        and kept.read_text(encoding="utf-8") == inputs
        and before.figures_hash == figures_hash(built)
        and (before.built.as_at, before.built.version) == (built.as_at, built.version)
        and set(wanted) <= set(before.formats)
        and not before.changed_documents
    )


def _write(
    home: Home,
    council: Council,
    built: BuiltReturn,
    internal: BuiltReturn,
    folder: ReturnFolder,
    wanted: Sequence[str],
    inputs: str,
) -> tuple[Build, list[str]]:
    """Writes the documents beside the old ones and lets them take their place."""
    from redress.returns.documents import write

    final = folder.documents(built.is_publication)
    draft = folder.root / f".{final.name}.{os.getpid()}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        written = write(built, wanted, draft, council)
        _take_place(draft, final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    record = record_build(home, built, [final / path.name for path in written.paths], internal)
    write_private(_inputs_file(folder, built.is_publication), inputs)
    return record, list(written.sentences)


def _take_place(draft: Path, final: Path) -> None:
    """The new folder under the old one's name; a run killed in between is put right by the next."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        os.rename(final, old)
    os.rename(draft, final)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _folder_lock(folder: ReturnFolder) -> Iterator[None]:
    """One build of a return at a time; puts back documents that a killed run left aside, and clears away its drafts.

    Raises RedressError where the folder cannot be written to.
    """
    from filelock import FileLock

    lock = FileLock(folder.root / ".lock")
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as problem:
        raise RedressError(
            f"{folder.root} cannot be written to ({problem.strerror}); free the place or change its permissions."
        ) from None
    try:
        for final in (folder.draft, folder.publication):
            for draft in folder.root.glob(f".{final.name}.*.draft"):
                shutil.rmtree(draft, ignore_errors=True)
            old = final.with_name(f".{final.name}.old")
            if old.exists() and not final.exists():
                os.rename(old, final)
        yield
    finally:
        lock.release()
