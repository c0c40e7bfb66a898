"""The result of a check as it is told: the one thing all its forms are made from, so that they say the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from redress.councils import Council, Settings
from redress.run import DONE, HELD_BACK
from redress.validation.catalogue import CatalogueRule, load_catalogue
from redress.validation.check import Finding, Verdict
from redress.validation.outcomes import Outcome
from redress.validation.verdicts import HELD_BACK as HELD_BACK_VERDICTS
from redress.validation.verdicts import LoadRun

GENERATOR = "redress check"
"""What a file that holds a report says it was made by."""

REJECTS = "V02"
"""The rule a rejected file fails."""

OUTCOMES = {"fail": "failed", "warn": "warned", "not_run": "not run", "pass": "passed"}
"""The four outcomes of a rule, in the order in which they matter, as people read them."""


@dataclass(frozen=True)
class CheckReport:
    """What was checked, for which night, and what a load of it would say.

    checked: the name of the file or folder. council: None where the contract alone decided.
    threshold: the share of an entity's records that may be held back.
    """

    checked: str
    council: str | None
    extract_date: date
    threshold: float
    verdict: Verdict

    @property
    def exit_code(self) -> int:
        """0, or 3 where a load of this would be held back."""
        return HELD_BACK if self.verdict.is_held_back(self.threshold) else DONE

    @property
    def sentence(self) -> str:
        """The verdict on all of it in one sentence."""
        runs = self.verdict.runs
        rejected = [run.entity for run in runs if run.verdict == "rejected"]
        held = sum(run.rows_quarantined for run in runs)
        warned = sum(map(with_warnings, runs))
        rest = f"{_records(held)} held back" if held else f"warnings on {_records(warned)}" if warned else ""
        if rejected and len(rejected) == len(runs):
            return f"{self.checked} would be rejected: none of it can be loaded."
        if not any(run.rows_landed for run in runs):
            return f"{self.checked} holds no record, so nothing of it can be wrong or right."
        if rejected:
            more = f", with {rest} of the others" if rest else ", the others accepted"
            return f"{self.checked} would be rejected in part ({', '.join(rejected)}){more}."
        if held:
            over = [run.entity for run in runs if run.is_held_back(self.threshold)]
            too_many = f" (in {', '.join(over)} more than the {self.threshold:.0%} allowed)" if over else ""
            return f"{self.checked} would be accepted, {rest}{too_many}."
        if warned or self.looked_at_by_people or any(not finding.is_accepted for finding in self.verdict.findings):
            return f"{self.checked} would be accepted with {rest or 'warnings'}."
        return f"{self.checked} would be accepted."

    @property
    def looked_at_by_people(self) -> tuple[LoadRun, ...]:
        """The verdicts that ask for something: rejected, or held back."""
        return tuple(run for run in self.verdict.runs if run.verdict in HELD_BACK_VERDICTS)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every rule on every entity, what failed first, what passed last."""
        order = list(OUTCOMES)
        return tuple(sorted(self.verdict.outcomes, key=lambda one: (order.index(one.outcome), one.rule, one.entity)))

    @property
    def counted_outcomes(self) -> dict[str, int]:
        """How often each of the four outcomes came about, as people read them; none is left out."""
        counted = Counter(outcome.outcome for outcome in self.verdict.outcomes)
        return {title: counted[outcome] for outcome, title in OUTCOMES.items()}

    @property
    def rules_sentence(self) -> str:
        """The outcomes in numbers, and what of them is about rows of earlier nights that are not of these files."""
        counted = f"Rules: {', '.join(f'{number} {title}' for title, number in self.counted_outcomes.items())}."
        waiting = sum(run.rows_waiting + run.rows_released for run in self.verdict.runs)
        if not waiting:
            return counted
        rows = "1 row that waits" if waiting == 1 else f"{waiting:,} rows that wait"
        failed = [one for one in self.verdict.outcomes if one.rows_failed]
        in_files = {one.rule for one in failed if one.rows_failed > self.waiting_failed(one)}
        only = ", ".join(sorted({one.rule for one in failed} - in_files))
        alone = f"; {'it' if waiting == 1 else 'those'} alone failed {only}" if only else ""
        return f"{counted} They also looked at {rows} from earlier nights{alone}."

    def waiting_failed(self, outcome: Outcome) -> int:
        """How many of the rows that failed wait from earlier nights, so that they are not among the issues."""
        return self.verdict.waiting_failed.get((outcome.rule, outcome.entity), 0)

    def remedy(self, rule: str, entity: str) -> str:
        """What to do about a failure of the rule; of a rejected file what its verdict says, which knows why."""
        if rule == REJECTS:
            for run in self.verdict.runs:
                if run.entity == entity and run.verdict == "rejected":
                    return run.verdict_text
        return load_catalogue().rules[rule].remedy

    def remedies(self, findings: Iterable[Finding]) -> str:
        """What to do about these issues, each thing once."""
        return " ".join(dict.fromkeys(self.remedy(one.rule, one.entity) for one in findings))

    @property
    def findings_by_rule(self) -> list[tuple[CatalogueRule, list[Finding]]]:
        """The issues of each rule that has any, critical rules first."""
        found: dict[str, list[Finding]] = {}
        for finding in self.verdict.findings:
            found.setdefault(finding.rule, []).append(finding)
        return [(load_catalogue().rules[code], findings) for code, findings in found.items()]


def report_of(verdict: Verdict, checked: str, extract_date: date, council: Council | None) -> CheckReport:
    """The report on what check() found. checked: what people call the file or folder."""
    threshold = (council.settings if council else Settings()).quarantine_threshold
    return CheckReport(checked, council.name if council else None, extract_date, threshold, verdict)


def with_warnings(run: LoadRun) -> int:
    """Records of the files that would be loaded with warnings; a rejected file has none, only rows that waited have."""
    return 0 if run.verdict == "rejected" else run.rows_with_warnings


def cell(finding: Finding) -> str:
    """Where it is in a spreadsheet: K173; 'row 173' where the column has no one letter; nothing for a whole extract."""
    if finding.source_row is None:
        return f"column {finding.letter}" if finding.letter else ""
    if finding.letter and "," not in finding.letter:
        return f"{finding.letter}{finding.source_row}"
    letters = f" ({finding.letter})" if finding.letter else ""
    return f"row {finding.source_row}{letters}"


def place(finding: Finding) -> str:
    """The file, and the sheet of it."""
    return ", sheet ".join(filter(None, (finding.source_file, finding.sheet)))


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number:,} records"
