"""Which values a contract column knows, and what a source's own words for them become."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from redress.contract.mapping.definition import ColumnRule
from redress.contract.mapping.folding import folded, folded_sql, spaced, spaced_sql, trimmed
from redress.contract.model import Column
from redress.councils import Codes
from redress.duck import text as literal
from redress.validation.declared import declared

SERVICE_COLUMNS = ("service_code", "parent_code", "successor_code")
YES_OR_NO = {
    **dict.fromkeys(("true", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "0"), "false"),
}


@dataclass(frozen=True)
class Choices:
    """The values a column may hold.

    known: those that no rule objects to. alike: folded codes and labels, and the code each stands for.
    exact: codes that, folded, are taken for another one, and so are only known by their exact spelling.
    closed: whether the list is the contract's; then it does not count either whether words are apart: E-mail is email.
    """

    known: frozenset[str] = frozenset()
    alike: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    closed: bool = False

    def of(self, text: str) -> str | None:
        """The code a text stands for, if it stands for one."""
        key = folded(text)
        return text if text in self.exact else self.alike.get(key.replace(" ", "") if self.closed else key)


def choices(column: Column, codes: Codes) -> Choices | None:
    """The closed or open list of a column; None for a column that may hold anything."""
    if column.values:
        alike = {folded(value).replace(" ", ""): value for value in column.values}
        return Choices(frozenset(column.values), alike if column.type in ("text", "list") else {}, closed=True)
    if column.values_from:
        own = codes.of(column.values_from)
        known = declared(codes, column.values_from)
        labels = [(code, facts.label) for code, facts in own.items() if facts.label]
        return _open_list(list(own), [code for code in known if code not in own], labels, known)
    if column.name in SERVICE_COLUMNS and codes.services:
        labels = [(code, facts.label) for code, facts in codes.services.items() if facts.label]
        return _open_list(list(codes.services), [], labels, codes.services)
    return None


def _open_list(own: list[str], standard: list[str], labels: list[tuple[str, str]], known: Iterable[str]) -> Choices:
    """The council's codes go before the standard ones, and both before labels."""
    bearers = {(code, folded(label)) for code, label in labels}
    times = Counter(label for _, label in bearers)
    taken = Counter(folded(code) for code in [*own, *standard])
    by_label = {label: code for code, label in bearers if times[label] == 1 and label and label not in taken}
    own_folds = {folded(code) for code in own}
    by_standard = {text: code for text, code in _codes_by_fold(standard).items() if text not in own_folds}
    exact = frozenset(code for code in [*own, *standard] if taken[folded(code)] > 1)
    return Choices(frozenset(known), {**by_label, **by_standard, **_codes_by_fold(own)}, exact)


def _codes_by_fold(codes: Iterable[str]) -> dict[str, str]:
    codes = list(codes)
    times = Counter(folded(code) for code in codes)
    return {folded(code): code for code in codes if times[folded(code)] == 1 and folded(code)}


@dataclass(frozen=True)
class Meanings:
    """A rule's value map, its targets brought to the contract. blank: what a blank cell becomes, if it was named."""

    meant: Mapping[str, str] = field(default_factory=dict)
    blank: str | None = None


def meanings(rule: ColumnRule, column: Column, known: Choices | None) -> Meanings:
    """The value map of a rule, by spaced key. Of keys that come to the same the first one counts."""
    meant: dict[str, str] = {}
    for said, target in rule.values.items():
        meant.setdefault(spaced(said), in_contract(target, column, known))
    return Meanings({key: target for key, target in meant.items() if key}, meant.get(""))


def in_contract(text: str, column: Column, known: Choices | None) -> str:
    """A text that source.yml gives for a column, in the contract's spelling where it has one."""
    if column.type == "list":
        items = [item for item in map(trimmed, text.split(";")) if item]
        return ";".join((known and known.of(item)) or item for item in items)
    if column.type == "boolean":
        return YES_OR_NO.get(spaced(text), trimmed(text))
    return (known and known.of(trimmed(text))) or trimmed(text)


def meant_sql(value: str, meaning: Meanings) -> list[str]:
    """SQL for what the value map makes of a value, null where it does not name it; nothing without a map."""
    return [f"{_map_sql(meaning.meant)}[{spaced_sql(value)}]"] if meaning.meant else []


def listed_sql(value: str, known: Choices | None) -> list[str]:
    """SQL for the code a value stands for, null where it stands for none; nothing without a list."""
    if not known:
        return []
    key = f"replace({folded_sql(value)}, ' ', '')" if known.closed else folded_sql(value)
    exact = {code: code for code in sorted(known.exact)}
    return [f"{_map_sql(pairs)}[{by}]" for pairs, by in ((exact, value), (known.alike, key)) if pairs]


def boolean_sql(value: str) -> str:
    """SQL for true or false, null for what says neither."""
    return f"{_map_sql(YES_OR_NO)}[lower({value})]"


def number_sql(value: str, whole: bool) -> str:
    """SQL for a number without pound sign and thousands separators, null for what is no number.

    whole: a whole number loses zeros behind its decimal point.
    """
    number = rf"regexp_full_match({value}, '(?:-?£? ?|£ ?-)(?:\d+|\d{{1,3}}(?:,\d{{3}})+)(?:\.\d+)?')"
    plain = f"regexp_replace({value}, '[£, ]', '', 'g')"
    bare = rf"regexp_replace({plain}, '\.0+\z', '')" if whole else plain
    return f"case when {number} then {bare} end"


def _map_sql(pairs: Mapping[str, str]) -> str:
    keys = ", ".join(literal(key) for key in pairs)
    targets = ", ".join(literal(target) for target in pairs.values())
    return f"map([{keys}], [{targets}])"
