"""Sentences written from figures, so that the words cannot disagree with the numbers."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from redress.errors import RedressError
from redress.returns.analysis.words import cases_of, singular, time_of, within
from redress.returns.definitions.schema import Statement
from redress.returns.figures import Figure, Sentence
from redress.returns.rounding import round_one

UNREADABLE = ("c", "x", "z")
"""Suppressed, unavailable, not applicable: there is no number to speak of."""

MOST_DECIMALS = 2


@dataclass(frozen=True)
class Facts:
    """The figures one statement speaks of.

    now: the count or rate; the part, for `share`. before: the same of the period compared with (`change`,
    `rate_change`). whole: the count all parts or members belong to (`share`, `largest`). members: a count for each
    member (`largest`; row is the member's name). not_recorded: the count of blanks, which is never named as largest.
    """

    now: Figure | None = None
    before: Figure | None = None
    whole: Figure | None = None
    members: tuple[Figure, ...] = ()
    not_recorded: Figure | None = None


def sentence(statement: Statement, facts: Facts, small_base: int = 5) -> Sentence | None:
    """The statement in words, with the figures it used; None where a figure is missing, suppressed or 0 of 0.

    Fewer cases than small_base get neither a percentage nor a rise or fall. Raises RedressError where a part is
    larger than its whole, because then the definition compares what does not belong together.
    """
    writers = {"change": _change, "rate_change": _change, "level": _level, "share": _share, "largest": _largest}
    return writers[statement.template](statement.subject, facts, max(small_base, 1))


def _change(subject: str, facts: Facts, small_base: int) -> Sentence | None:
    now, before = facts.now, facts.before
    if now is None or before is None or not (_readable(now) and _readable(before)):
        return None
    used = (now, before)
    then, later = time_of(before.period), time_of(now.period)
    few_cases = min(_cases(before), _cases(now)) if _is_rate(now) else max(_cases(before), _cases(now))
    if few_cases < small_base:
        return Sentence(
            f"{subject} {'stood at' if _is_rate(now) else 'numbered'} {_level_of(before)} {then} and {_level_of(now)} "
            f"{later}. Numbers this small show no trend.",
            used,
        )
    difference = _value(now) - _value(before)
    if difference == 0:
        same = [_rate(figure, None) if _is_rate(now) else figure.shown for figure in used]
        return Sentence(f"{subject} did not change: {same[0]} {then} and {same[1]} {later}.", used)
    verb = "rose" if difference > 0 else "fell"
    if _is_rate(now):
        return Sentence(_change_of_rate(subject, before, now, verb, small_base), used)
    if now.show == "number":
        if before.shown == now.shown:
            return Sentence(f"{subject} stayed about the same: {before.shown} {then} and {now.shown} {later}.", used)
        return Sentence(f"{subject} {verb} from {before.shown} {then} to {now.shown} {later}.", used)
    by = _like(now, abs(difference)) + _percent_of(before, now, small_base)
    return Sentence(f"{subject} {verb} from {before.shown} {then} to {now.shown} {later}, by {by}.", used)


def _change_of_rate(subject: str, before: Figure, now: Figure, verb: str, small_base: int) -> str:
    """Two rates of enough cases in words: no trend where few cases make the numerators, or all but them."""
    then, later = time_of(before.period), time_of(now.period)
    decimals, points = _points(before, now)
    old, new = _rate(before, decimals), _rate(now, decimals)
    if _rarer(before, now) < small_base:
        return (
            f"{subject} stood at {old} {then} and at {new} {later}. Fewer than {small_base} cases make the difference, "
            "which is no trend."
        )
    if _rounded(before, decimals) == _rounded(now, decimals):
        return f"{subject} stayed about the same: {old} {then} and {new} {later}."
    return f"{subject} {verb} from {old} {then} to {new} {later}{points}."


def _level(subject: str, facts: Facts, small_base: int) -> Sentence | None:
    now = facts.now
    if now is None or not _readable(now):
        return None
    when = time_of(now.period)
    if _is_rate(now) and _cases(now) < small_base:
        text = f"{subject} stood at {_of(now)} {when}, too few for a percentage."
    elif _is_rate(now):
        text = f"{subject} stood at {_rate(now, _decimals(now))} {when}."
    elif now.show != "count":
        text = f"{subject} came to {now.shown} {when}."
    elif now.value == 1:
        one = singular(subject)
        text = f"There was 1 {within(one)} {when}." if one else f"{subject}: 1 {when}."
    else:
        text = f"There were {'no' if now.value == 0 else now.shown} {within(subject)} {when}."
    return Sentence(text, (now,))


def _share(subject: str, facts: Facts, small_base: int) -> Sentence | None:
    part, whole = facts.now, facts.whole
    if part is None or whole is None or not (_readable(part) and _readable(whole)) or _value(whole) == 0:
        return None
    if _value(part) > _value(whole):
        raise RedressError(
            f"The statement about {subject!r} cannot be a share: {part.shown} is more than its whole, {whole.shown}; "
            "give share_of the metric that the part belongs to."
        )
    used = (part, whole)
    all_of_them = f"{whole.shown}{_named(whole)} {time_of(part.period)}"
    counts = f"{subject} made up {part.shown} of {all_of_them}"
    if _value(part) == 0:
        return Sentence(f"{subject} made up none of {all_of_them}.", used)
    if _value(whole) < small_base:
        return Sentence(f"{counts}, too few for a percentage.", used)
    twice = 2 * _value(part)
    standing = ""
    if _value(whole) < twice < 2 * _value(whole):
        standing = ", more than half"
    elif twice == _value(whole):
        standing = ", exactly half"
    return Sentence(f"{counts} ({_percent(_value(part), _value(whole))}){standing}.", used)


def _largest(subject: str, facts: Facts, small_base: int) -> Sentence | None:
    whole, blanks = facts.whole, facts.not_recorded
    needed = [*facts.members, *([whole] if whole else []), *([blanks] if blanks else [])]
    if not facts.members or not all(_readable(figure) for figure in needed):
        return None
    most = max(_value(member) for member in facts.members)
    top = [member for member in facts.members if _value(member) == most]
    when, used = time_of(top[0].period), tuple(needed)
    if most < small_base:
        return Sentence(f"No group of {within(subject)} had {small_base} or more {when}.", used)
    recorded = bool(blanks and _value(blanks))
    blank_words = f"; it is not recorded for {blanks.shown}" if blanks and recorded else ""
    each = _part_of_whole(most, top[0].shown, whole, small_base)
    if len(top) > 1:
        names = f"{', '.join(member.row for member in top[:-1])} and {top[-1].row}"
        kind = "largest recorded groups" if recorded else "largest groups"
        return Sentence(f"The {kind} of {within(subject)} {when} were {names}, each {each}{blank_words}.", used)
    parts = sum((_value(member) for member in facts.members), _value(blanks) if blanks else Fraction(0))
    if whole is not None and 2 * most > _value(whole) and parts <= _value(whole):
        return Sentence(
            f"{top[0].row} accounted for the majority of {within(subject)} {when}: {each}{blank_words}.", used
        )
    kind = "largest recorded group" if recorded else "largest group"
    return Sentence(f"The {kind} of {within(subject)} {when} was {top[0].row}, {each}{blank_words}.", used)


def _part_of_whole(part: Fraction, shown: str, whole: Figure | None, small_base: int) -> str:
    if whole is None or part > _value(whole):
        return shown
    percent = f" ({_percent(part, _value(whole))})" if _value(whole) >= small_base else ""
    return f"{shown} of {whole.shown}{percent}"


def _named(whole: Figure) -> str:
    """What a whole counts, where that has a name and no conditions narrow it."""
    name = cases_of(whole.metric)
    return f" {name}" if name and not (whole.of and whole.of.conditions) else ""


def _percent_of(before: Figure, now: Figure, small_base: int) -> str:
    """The change as a percentage of the earlier figure, where that is neither nothing nor small."""
    if before.value == 0:
        return ""
    if _cases(before) < small_base:
        return f"; {before.shown} is too small a number for a percentage"
    return f" ({_percent(abs(_value(now) - _value(before)), _value(before))})"


def _percent(part: Fraction, whole: Fraction) -> str:
    """Whole percent, half up; what is not nothing is not called 0%, what is not all is not called 100%."""
    share = part * 100 / whole
    if 0 < share < Fraction(1, 2):
        return "less than 1%"
    if Fraction(199, 2) <= share < 100:
        return "over 99%"
    return f"{round_one(share, 0, 'half_up')}%"


def _rarer(before: Figure, now: Figure) -> Fraction:
    """The cases with what is rated, or those without, whichever are fewer, in the period that has more of them."""
    numerators = [rate.numerator or Fraction(0) for rate in (before, now)]
    rest = [_cases(rate) - part for rate, part in zip((before, now), numerators, strict=True)]
    return min(max(numerators), max(rest))


def _points(before: Figure, now: Figure) -> tuple[int | None, str]:
    """With how many decimals (None: as in the tables) two rates are printed so that their printed difference is the
    rounded difference, and that difference in words; without words where no number of decimals does it."""
    difference = _value(now) - _value(before)
    for decimals in (None, *range(_decimals(now) + 1, MOST_DECIMALS + 1)):
        digits = _decimals(now) if decimals is None else decimals
        points = round_one(abs(difference), digits, "half_up")
        if points and abs(_rounded(now, decimals) - _rounded(before, decimals)) == points:
            return decimals, f", by {points} percentage {'point' if points == 1 else 'points'}"
    return MOST_DECIMALS, ""


def _rounded(rate: Figure, decimals: int | None) -> Decimal:
    if decimals is None and rate.rounded is not None:
        return rate.rounded
    return round_one(_value(rate), decimals or 0, "half_up")


def _rate(rate: Figure, decimals: int | None) -> str:
    return f"{_rounded(rate, decimals)}% ({_of(rate)})"


def _of(rate: Figure) -> str:
    return f"{_number(rate.numerator)} of {_number(rate.denominator)}"


def _level_of(figure: Figure) -> str:
    """A rate as its cases alone, so that small numbers get no percentage; else the figure as printed."""
    return _of(figure) if _is_rate(figure) else figure.shown


def _number(value: Fraction | None) -> str:
    if value is None:
        raise ValueError("A rate in a statement needs its numerator and denominator.")
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.1f}"


def _like(figure: Figure, value: Fraction) -> str:
    """A number written as the figure is."""
    number = f"{round_one(value, _decimals(figure), 'half_up'):,}"
    return f"£{number}" if figure.show == "amount" else number


def _decimals(figure: Figure) -> int:
    if figure.rounded is None:
        return 0
    exponent = figure.rounded.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _readable(figure: Figure) -> bool:
    if figure.symbol in UNREADABLE or figure.value is None:
        return False
    return not _is_rate(figure) or (figure.numerator is not None and bool(figure.denominator))


def _value(figure: Figure) -> Fraction:
    if figure.value is None:
        raise ValueError(f"{figure.id} has no value.")
    return figure.value


def _is_rate(figure: Figure) -> bool:
    return figure.show in ("percent", "share")


def _cases(figure: Figure) -> Fraction:
    """How many cases a figure rests on: what a rate or average is of, otherwise the count itself."""
    return figure.denominator if figure.denominator is not None else _value(figure)
