"""Words of sentences: singulars, capitals and times."""

from redress.returns.periods import Period

SINGULAR = {
    "answers": "answer",
    "actions": "action",
    "cases": "case",
    "causes": "cause",
    "children": "child",
    "complaints": "complaint",
    "compliments": "compliment",
    "contacts": "contact",
    "decisions": "decision",
    "enquiries": "enquiry",
    "escalations": "escalation",
    "investigations": "investigation",
    "payments": "payment",
    "referrals": "referral",
    "representations": "representation",
    "requests": "request",
    "transactions": "transaction",
}

CASES = {
    "stage1_received": "Stage 1 complaints",
    "stage2_received": "Stage 2 complaints",
    "transactions": "transactions",
}
"""What metrics count, in the plural."""

PROPER = ("Stage", "Ombudsman", "Councillor")
"""First words of a subject that keep their capital within a sentence, beside abbreviations."""


def time_of(period: Period) -> str:
    """The period with its preposition."""
    return f"{'on' if period.kind == 'day' else 'in'} {period.label}"


def cases_of(metric: str) -> str | None:
    """What the metric counts, within a sentence; None where it is not known."""
    return CASES.get(metric)


def singular(subject: str) -> str | None:
    """The subject for one case; None where no word of it is known to be a plural."""
    words = subject.split(" ")
    for position, word in enumerate(words):
        one = SINGULAR.get(word.lower())
        if one:
            return " ".join([*words[:position], one.capitalize() if word[0].isupper() else one, *words[position + 1 :]])
    return None


def within(subject: str) -> str:
    """The subject as written in the middle of a sentence."""
    first = subject.split(" ")[0]
    keeps_capital = first in PROPER or any(letter.isupper() for letter in first[1:])
    return subject if keeps_capital else subject[:1].lower() + subject[1:]
