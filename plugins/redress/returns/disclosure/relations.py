"""How numbers hang together: parts and wholes that follow from what each counts (conditions, periods, definitions)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from redress.returns.disclosure.codes import Codes, atoms, only, union
from redress.returns.disclosure.numbers import Condition, Number

Conditions = frozenset[Condition]

STAGE_OF_KIND = {f"stage{stage}": str(stage) for stage in (1, 2, 3)}
COMPLAINT: Condition = ("record_type", only("complaint"))
REPRESENTATION: Condition = ("record_type", only("representation"))
RECEIVED = "stages_received"
ROUNDS = 2
"""How often new parts of a year are set beside those of its quarters, and the other way round."""


@dataclass(frozen=True)
class Row:
    """A sum of numbers, each times a factor, that is 0 or, where not is_equal, at least 0."""

    terms: tuple[tuple[Number, int], ...]
    is_equal: bool = True


def total(whole: Number, parts: Iterable[Number], is_equal: bool = True) -> Row:
    """The whole is the sum of its parts, or at least that."""
    return Row(((whole, 1), *((part, -1) for part in parts)), is_equal)


def relations(printed: Iterable[Number], not_additive: frozenset[str]) -> list[Row]:
    """All rows that follow from what the numbers count. Numbers nobody prints are added where they link others.

    not_additive: measures whose parts overlap or do not add up (a case counted once for several causes, a maximum).
    """
    defined = [row for number in sorted(printed, key=_order) for row in definition(number)]
    families: dict[str, set[Number]] = defaultdict(set)
    for number in [*printed, *(number for row in defined for number, _ in row.terms)]:
        families[number.measure].add(number)
    rows = list(defined)
    for measure in sorted(families):
        for cluster in _overlapping(families[measure]):
            rows += _family(cluster, measure not in not_additive)
    return rows


def definition(number: Number) -> list[Row]:
    """What a measure's definition says of it in terms of other measures (dbt_project/models/semantic)."""
    conditions = dict(number.conditions)
    if number.measure == "transactions_by_receipt" and "transaction_kind" in conditions:
        kind = conditions.pop("transaction_kind")
        if kind.is_all_but or len(kind.listed) != 1:
            return []
        (name,) = kind.listed
        left = frozenset(conditions.items())
        if name in STAGE_OF_KIND:
            stage: Condition = ("stage_number", only(STAGE_OF_KIND[name]))
            return [total(number, [replace(number, measure=RECEIVED, conditions=left | {COMPLAINT, stage})])]
        if name == "representation":
            return [total(number, [replace(number, measure=RECEIVED, conditions=left | {REPRESENTATION})])]
        return [total(number, [replace(number, measure="ombudsman_by_receipt", conditions=left)])]
    if number.measure == "contacts_received":
        comment: Condition = ("tags contains negative_comment", only("true"))
        comments = replace(number, measure=RECEIVED, conditions=number.conditions | {REPRESENTATION, comment})
        return [total(number, [_received(number, "1"), comments])]
    if number.measure in ("stage1_not_escalated_period", "stage2_not_escalated_period"):
        stage_number = int(number.measure[len("stage")])
        return [total(_received(number, str(stage_number)), [number, _received(number, str(stage_number + 1))])]
    return []


def _received(number: Number, stage: str) -> Number:
    own: Conditions = frozenset({COMPLAINT, ("stage_number", only(stage))})
    return replace(number, measure=RECEIVED, conditions=number.conditions | own)


def _order(number: Number) -> tuple[object, ...]:
    return number.sort_key


def _overlapping(numbers: Iterable[Number]) -> list[list[Number]]:
    """Numbers whose spans overlap, directly or through others; a day (a stock) stands for itself."""
    clusters: list[list[Number]] = []
    days: dict[date, list[Number]] = defaultdict(list)
    end = date.min
    for number in sorted(numbers, key=_order_by_start):
        if number.is_of_a_day:
            days[number.start].append(number)
        elif clusters and number.start <= end:
            clusters[-1].append(number)
            end = max(end, number.end)
        else:
            clusters.append([number])
            end = number.end
    return [*clusters, *(days[day] for day in sorted(days))]


def _order_by_start(number: Number) -> tuple[object, ...]:
    return number.start, number.sort_key


def _family(printed: list[Number], is_additive: bool) -> list[Row]:
    """Rows among the numbers of one measure over spans that overlap."""
    universe = set(printed) | _common_wholes(printed)
    rows: dict[Row, None] = {}
    for _ in range(ROUNDS if is_additive else 1):
        before = len(universe)
        for row in _across_spans(universe, is_additive):
            rows[row] = None
            universe |= {number for number, _ in row.terms}
        pieces = _pieces(universe)
        by_span: dict[tuple[date, date], set[Number]] = defaultdict(set)
        for number in universe:
            by_span[number.start, number.end].add(number)
        for span in sorted(by_span):
            for row in _across_conditions(by_span[span], pieces if is_additive else None):
                rows[row] = None
                universe |= {number for number, _ in row.terms}
        if len(universe) == before:
            break
    return list(rows)


def _common_wholes(printed: list[Number]) -> set[Number]:
    """Numbers under the conditions that printed ones share: the wholes through which parts of two tables meet."""
    closed = {number.conditions for number in printed}
    fresh = set(closed)
    while fresh:
        fresh = {one & other for one in fresh for other in closed} - closed
        closed |= fresh
    return {
        replace(number, conditions=conditions)
        for number in printed
        for conditions in closed
        if conditions < number.conditions
    }


def _across_spans(universe: set[Number], is_additive: bool) -> list[Row]:
    """A year is the sum of its quarters: every span is put together from the smallest spans there are."""
    by_conditions: dict[Conditions, list[Number]] = defaultdict(list)
    for number in sorted(universe, key=_order):
        by_conditions[number.conditions].append(number)
    rows = []
    for numbers in by_conditions.values():
        if not is_additive:
            rows += [
                total(whole, [part], is_equal=False)
                for whole in numbers
                for part in numbers
                if whole != part and whole.start <= part.start and part.end <= whole.end
            ]
            continue
        starts = sorted({number.start for number in numbers} | {number.end + timedelta(days=1) for number in numbers})
        pieces = [(start, end - timedelta(days=1)) for start, end in pairwise(starts)]
        for number in numbers:
            inside = [piece for piece in pieces if number.start <= piece[0] and piece[1] <= number.end]
            if len(inside) > 1:
                rows.append(total(number, [replace(number, start=start, end=end) for start, end in inside]))
    return rows


def _pieces(universe: set[Number]) -> dict[str, list[Codes]]:
    """By dimension: the smallest groups of codes that any number tells apart; together they are all codes."""
    sets: dict[str, set[Codes]] = defaultdict(set)
    for number in universe:
        for dimension, codes in number.conditions:
            sets[dimension].add(codes)
    found = {}
    for dimension, known in sets.items():
        pieces, is_all = atoms(known)
        found[dimension] = pieces if is_all else [*pieces, ~union(pieces)]
    return found


def _across_conditions(universe: set[Number], pieces: dict[str, list[Codes]] | None) -> list[Row]:
    """A whole is the sum of its parts by any one dimension; without pieces it is only no less than each."""
    rows: dict[Row, None] = {}
    known = set(universe)
    for _ in range(3):
        before = len(known)
        for (whole, dimension), sets in _parts(known).items():
            for row in _split(whole, dimension, sets, pieces[dimension] if pieces else None):
                rows[row] = None
                known |= {number for number, _ in row.terms}
        if len(known) == before:
            break
    orphans = [
        number
        for number in sorted(known, key=_order)
        if not any(_without(number, one) in known for one in number.conditions)
    ]
    for number in orphans:
        wholes = [other for other in known if other.conditions < number.conditions]
        nearest = [one for one in wholes if not any(one.conditions < other.conditions for other in wholes)]
        for whole in sorted(nearest, key=_order):
            rows[total(whole, [number], is_equal=False)] = None
    return list(rows)


def _without(number: Number, condition: Condition) -> Number:
    return replace(number, conditions=number.conditions - {condition})


def _parts(known: set[Number]) -> dict[tuple[Number, str], list[Codes]]:
    """By whole and dimension: the codes of its parts."""
    found: dict[tuple[Number, str], list[Codes]] = defaultdict(list)
    for number in sorted(known, key=_order):
        for condition in sorted(number.conditions, key=lambda one: (one[0], one[1].sort_key)):
            whole = _without(number, condition)
            if whole in known:
                found[whole, condition[0]].append(condition[1])
    return found


def _split(whole: Number, dimension: str, sets: list[Codes], pieces: list[Codes] | None) -> list[Row]:
    if pieces is None:
        parts = [(codes, whole.under(dimension, codes)) for codes in sets]
        inner = [
            total(part, [other], is_equal=False)
            for codes, part in parts
            for other_codes, other in parts
            if codes != other_codes and codes & other_codes == other_codes
        ]
        return [*(total(whole, [part], is_equal=False) for _, part in parts), *inner]
    numbers = {piece: whole.under(dimension, piece) for piece in pieces}
    rows = [total(whole, numbers.values())]
    for codes in sets:
        if codes not in numbers:
            inside = [number for piece, number in numbers.items() if piece & codes == piece]
            rows.append(total(whole.under(dimension, codes), inside))
    return rows
