"""Signs a return: freezes its figures, cases and documents with who, when, and from which data and code."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import redress
from redress.contract import load_contract
from redress.errors import RedressError, UsageError
from redress.landing.manifests import new_folder
from redress.paths import Home
from redress.returns.figures import BuiltReturn
from redress.returns.signing import cases as kept_cases
from redress.returns.signing import record as records
from redress.returns.signing import store
from redress.returns.signing.builds import Build, read_build
from redress.returns.signing.cases import Cases
from redress.returns.signing.folders import (
    PRIVATE_FOLDER,
    PRIVATE_FOR_GOOD,
    READ_ONLY,
    READ_ONLY_FOLDER,
    ReturnFolder,
    return_folder,
    sync,
)
from redress.returns.signing.publish_figures import write_rows
from redress.returns.signing.record import Record, require_intact, write_record
from redress.returns.signing.revisions import long_date, revisions
from redress.returns.tracing.source_rows import data_state

LONGEST_ROLE = 100
LOCK_SECONDS = 300

WriteDocuments = Callable[[BuiltReturn, tuple[str, ...], Path], object]
"""Writes documents of the formats into a folder that exists."""


@dataclass(frozen=True)
class SignedOff:
    """A signature. is_new is False where the same figures were signed before: then nothing was written."""

    record: Record
    folder: Path
    is_new: bool

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        one = self.record
        what = f"{one.council} {one.kind} {one.period}, version {one.version}"
        if not self.is_new:
            return (
                f"{what} was signed off by {one.by} on {long_date(one.day)} with the same figures; nothing was changed."
            )
        why = f" ({'; '.join(one.reasons)})" if one.reasons else ""
        return f"{what} is signed off by {one.by}{why}: {self.folder}"


def sign_off(
    home: Home,
    current: BuiltReturn,
    by: str,
    now: datetime,
    find_cases: Callable[[BuiltReturn], Cases],
    write_documents: WriteDocuments,
    disagreements: Sequence[str] = (),
) -> SignedOff:
    """Freezes the return whose documents were built last, and its publication if one was built.

    current is the return as it would be built now, before disclosure; by is a role; now the moment, with its zone;
    disagreements what the reconciliation found. Documents are written again with the version and the signature.
    Signing the same figures again changes nothing; other figures make the next version, with the reasons.

    Raises UsageError where nothing is built or the role is missing; RedressError where the figures changed since the
    documents were built, a document was changed, the tables disagree, or an earlier version was tampered with.
    """
    role = _role(by)
    folder = return_folder(home, current.council, current.kind, current.period)
    with _one_at_a_time(folder):
        return _sign(home, current, role, now, folder, find_cases, write_documents, disagreements)


def _sign(
    home: Home,
    current: BuiltReturn,
    role: str,
    now: datetime,
    folder: ReturnFolder,
    find_cases: Callable[[BuiltReturn], Cases],
    write_documents: WriteDocuments,
    disagreements: Sequence[str],
) -> SignedOff:
    what = f"{current.kind} {current.period} of {current.council}"
    builds = _builds(folder, what)
    figures_hash = store.figures_hash(current)
    for build in builds:
        _require_current(build, figures_hash, what)
    if disagreements:
        raise RedressError(
            f"The {what} does not add up, so it cannot be signed: {'; '.join(disagreements)}; "
            "correct the records or the definition and build it again."
        )
    publication = next((build for build in builds if build.built.is_publication), None)
    last = require_intact(folder.version(folder.last_version)) if folder.last_version else None
    if last and _is_signed(last, current, figures_hash, publication):
        return SignedOff(last, folder.version(last.version), is_new=False)
    number = last.version + 1 if last else 1
    signed = _Signature(home, current, role, now.astimezone(UTC), number, last, figures_hash, builds)
    return _commit(signed, folder, find_cases, write_documents)


@dataclass(frozen=True)
class _Signature:
    home: Home
    current: BuiltReturn
    role: str
    moment: datetime
    number: int
    last: Record | None
    figures_hash: str
    builds: list[Build]

    def sign(self, built: BuiltReturn) -> BuiltReturn:
        """The return with its version and signature, as its documents print them."""
        words = f"{self.role} on {long_date(self.moment.date().isoformat())}"
        return replace(built, version=self.number, signed_off=words)

    @property
    def publication(self) -> Build | None:
        return next((build for build in self.builds if build.built.is_publication), None)


@contextmanager
def _one_at_a_time(folder: ReturnFolder) -> Iterator[None]:
    """Of two who sign the same return the second waits, then finds it signed."""
    from filelock import FileLock, Timeout

    folder.root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder.root / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise RedressError(f"{folder.root} is being signed by another process; wait until it has ended.") from None


def _role(by: str) -> str:
    role = " ".join(by.split())
    if not role:
        raise UsageError("Say in which role you sign, for example --by 'Complaints Manager'.")
    if len(role) > LONGEST_ROLE or "@" in role or re.search(r"[^\w ,.'&()/-]", role):
        raise UsageError(
            f"{role[:40]!r} is not a role; write one of up to {LONGEST_ROLE} letters, for example "
            "--by 'Complaints Manager'. Names and addresses of persons do not belong in a record that is kept."
        )
    return role


def _builds(folder: ReturnFolder, what: str) -> list[Build]:
    builds = [build for kind in (False, True) if (build := read_build(folder, kind))]
    if not builds:
        raise UsageError(f"No {what} has been built; build it with `redress return` and read it before you sign.")
    for build in builds:
        if build.changed_documents:
            raise RedressError(
                f"{', '.join(build.changed_documents)} in {build.folder} is not as it was built; "
                "build the return again and read it before you sign."
            )
    return builds


def _require_current(build: Build, figures_hash: str, what: str) -> None:
    if build.internal_hash != figures_hash:
        kind = "publication" if build.built.is_publication else "draft"
        raise RedressError(
            f"The figures of the {what} have changed since its {kind} was built; "
            "build it again and read it before you sign."
        )


def _is_signed(last: Record, current: BuiltReturn, figures_hash: str, publication: Build | None) -> bool:
    published = publication is None or publication.figures_hash == last.publication_hash
    return last.figures_hash == figures_hash and last.definition_hash == current.definition_hash and published


def _commit(
    one: _Signature, folder: ReturnFolder, find_cases: Callable[[BuiltReturn], Cases], write_documents: WriteDocuments
) -> SignedOff:
    final = folder.signed / str(one.number)
    current = one.sign(next((build.built for build in one.builds if not build.built.is_publication), one.current))
    day = one.moment.date().isoformat()
    folder.signed.mkdir(parents=True, exist_ok=True)
    with new_folder(final) as draft:
        draft.chmod(PRIVATE_FOLDER)
        (draft / records.FIGURES_FILE).write_text(store.to_text(current), encoding="utf-8")
        cases = find_cases(one.current)
        kept_cases.write(cases, one.current, draft / records.CASES_FILE)
        for build in one.builds:
            built = one.sign(build.built)
            name = records.PUBLISHED_DOCUMENTS if built.is_publication else records.INTERNAL_DOCUMENTS
            (draft / name).mkdir()
            write_documents(built, build.formats, draft / name)
            if built.is_publication:
                (draft / records.PUBLICATION_FILE).write_text(store.to_text(built), encoding="utf-8")
                write_rows(built, draft / f"publication_{records.ROWS_FILE}", build.figures_hash, day)
        write_rows(current, draft / records.ROWS_FILE, one.figures_hash, day)
        record = _record(one, cases, records.fingerprints(draft)).sealed()
        write_record(record, draft)
        _freeze(draft)
    for path in [*(path for path in final.iterdir() if path.is_dir()), final]:
        path.chmod(READ_ONLY_FOLDER)
    sync(folder.signed)
    return SignedOff(record, final, is_new=True)


def _record(one: _Signature, cases: Cases, files: dict[str, str]) -> Record:
    state = data_state(one.home, one.current.council)
    return Record(
        council=one.current.council,
        kind=one.current.kind,
        period=one.current.period.label,
        version=one.number,
        by=one.role,
        signed_at=one.moment.isoformat(timespec="seconds"),
        as_at=one.current.as_at.isoformat(),
        snapshot=one.current.snapshot,
        load_number=state.load_number,
        settings_hash=state.settings_hash,
        definition_hash=one.current.definition_hash,
        code_version=redress.__version__,
        code_hash=records.code_hash(),
        contract_version=load_contract().version,
        figures_hash=one.figures_hash,
        publication_hash=one.publication.figures_hash if one.publication else None,
        reasons=_reasons(one, cases),
        files=files,
        previous_seal=one.last.seal if one.last else None,
    )


def _reasons(one: _Signature, cases: Cases) -> tuple[str, ...]:
    """Why there is another version; none for the first."""
    if one.last is None:
        return ()
    found = revisions(one.home, one.current, cases.of)
    reasons = list(found.reasons) if found else []
    if one.publication and one.publication.figures_hash != one.last.publication_hash:
        reasons.append("the publication changed" if one.last.publication_hash else "a publication was added")
    return tuple(reasons)


def _freeze(folder: Path) -> None:
    """On disk and read-only; what names cases or holds suppressed numbers is for its owner alone."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        sync(path)
        is_document = path.parent != folder
        path.chmod(READ_ONLY if is_document or path.name == records.RECORD_FILE else PRIVATE_FOR_GOOD)
    for path in [*(path for path in folder.iterdir() if path.is_dir()), folder]:
        sync(path)
