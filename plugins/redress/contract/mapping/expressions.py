"""The expressions of source.yml: a few functions, comparisons and choices, read with Python's grammar, run as SQL.

Nothing is ever evaluated as Python. What is not named here is refused.
"""

import ast
import difflib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from redress.contract.mapping.folding import holdable, spaced, spaced_sql, trimmed_sql
from redress.duck import text as literal
from redress.errors import RedressError

LONGEST = 1000
DEEPEST = 20
LONGEST_PART = 1000
MOST_DATES = 10

Kind = Literal["text", "number", "condition"]
ALLOWED = (
    'columns (by name, or column["Header"]), texts, numbers, == != < <= > >= in, and, or, not, x if condition else y, '
    "and blank, coalesce, concat, date, left, lower, replace, right, trim, upper"
)
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")
_SINGLE_EQUALS = re.compile(r"(?<![=!<>:])=(?!=)")
_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ARGUMENTS = {
    "blank": (1, 1),
    "coalesce": (1, 50),
    "concat": (1, 50),
    "date": (1, 1),
    "left": (2, 2),
    "lower": (1, 1),
    "replace": (3, 3),
    "right": (2, 2),
    "trim": (1, 1),
    "upper": (1, 1),
}


@dataclass(frozen=True)
class Piece:
    """A piece of SQL, and what it gives. Each piece stands in its whole once, so that SQL cannot grow out of hand."""

    sql: str
    kind: Kind


class Expression:
    """An expression that was read and found to be allowed; its columns are not looked up yet.

    where: the key of source.yml that holds it. Raises RedressError, with where, the position and what is allowed.
    """

    def __init__(self, text: str, where: object) -> None:
        self.where = where
        self.names: tuple[str, ...] = ()
        if len(text) > LONGEST:
            raise RedressError(f"{where}: the expression is longer than {LONGEST} characters; use a value map instead.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            position = f" at character {problem.offset}" if isinstance(problem, SyntaxError) and problem.offset else ""
            hint = ": write == to compare" if _SINGLE_EQUALS.search(_TEXTS.sub("", text)) else ""
            raise RedressError(
                f"{where}: the expression cannot be read{position}{hint}; allowed are {ALLOWED}."
            ) from None
        names: list[str] = []

        def noted(name: str) -> str:
            names.append(name)
            return "''"

        self.sql(noted, lambda text: text)
        self.names = tuple(dict.fromkeys(names))

    def sql(self, column: Callable[[str], str], date: Callable[[str], str]) -> str:
        """SQL for the text the expression gives.

        column: SQL for the column of a name; date: SQL that brings a text to an ISO date, its argument used once.
        """
        return _as_text(_Writer(self.where, column, date).write(self._tree, 1)).sql


class Condition(Expression):
    """An expression that gives true or false."""

    def sql(self, column: Callable[[str], str], date: Callable[[str], str]) -> str:
        """SQL that is true where the condition is; column and date as for any expression."""
        return _Writer(self.where, column, date).condition(self._tree, 0)


class _Writer:
    def __init__(self, where: object, column: Callable[[str], str], date: Callable[[str], str]) -> None:
        self._where = where
        self._column = column
        self._date = date
        self._dates = 0

    def write(self, node: ast.expr, depth: int) -> Piece:
        if depth > DEEPEST:
            self._refuse(node, f"more than {DEEPEST} levels of brackets and functions")
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)) if not isinstance(
                number, bool
            ):
                return self._number(node, -number)
            case ast.Name(id=name):
                return Piece(self._column(name), "text")
            case ast.Subscript(value=ast.Name(id="column"), slice=ast.Constant(value=str() as name)):
                return Piece(self._column(name), "text")
            case ast.IfExp():
                chosen = [_as_text(self.write(part, depth + 1)).sql for part in (node.body, node.orelse)]
                return Piece(
                    f"case when {self.condition(node.test, depth)} then {chosen[0]} else {chosen[1]} end", "text"
                )
            case ast.BoolOp():
                parts = [self.condition(part, depth) for part in node.values]
                return Piece(f"({(' and ' if isinstance(node.op, ast.And) else ' or ').join(parts)})", "condition")
            case ast.UnaryOp(op=ast.Not()):
                return Piece(f"(not {self.condition(node.operand, depth)})", "condition")
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _ARGUMENTS:
                return self._call(node, name, depth)
        self._refuse(node, _described(node))

    def _constant(self, node: ast.Constant) -> Piece:
        match node.value:
            case bool():
                return Piece("true" if node.value else "false", "condition")
            case str():
                return Piece(self._literal(node, node.value), "text")
            case int() | float():
                return self._number(node, node.value)
        self._refuse(node, _described(node))

    def _literal(self, node: ast.expr, text: str) -> str:
        if not holdable(text):
            self._refuse(node, "a text that no record can hold")
        return literal(text)

    def _number(self, node: ast.expr, number: float) -> Piece:
        if abs(number) >= 10**15:
            self._refuse(node, "a number that no record can hold")
        return Piece(f"{number:.15g}" if isinstance(number, float) else str(number), "number")

    def condition(self, node: ast.expr, depth: int) -> str:
        piece = self.write(node, depth + 1)
        if piece.kind != "condition":
            self._refuse(node, "a text or number where a condition is needed (try == or not blank(...))")
        return piece.sql

    def _comparison(self, node: ast.Compare, depth: int) -> Piece:
        if len(node.ops) > 1:
            self._refuse(node, "a chain of comparisons (join them by and)")
        operator, right = node.ops[0], node.comparators[0]
        left = self.write(node.left, depth + 1)
        if isinstance(operator, (ast.In, ast.NotIn)):
            found = self._one_of(left, right)
        elif isinstance(operator, (ast.Eq, ast.NotEq)):
            found = _equal(left, self.write(right, depth + 1))
        elif type(operator) in _ORDER:
            return _ordered(left, _ORDER[type(operator)], self.write(right, depth + 1))
        else:
            self._refuse(node, "a comparison by is")
        return Piece(f"(not {found})" if isinstance(operator, (ast.NotEq, ast.NotIn)) else found, "condition")

    def _one_of(self, left: Piece, right: ast.expr) -> str:
        if not isinstance(right, (ast.List, ast.Tuple)) or not right.elts:
            self._refuse(right, 'something other than a list like ["a", "b"] after in')
        texts = [element.value for element in right.elts if isinstance(element, ast.Constant)]
        if len(texts) < len(right.elts) or not all(isinstance(text, str) and holdable(text) for text in texts):
            self._refuse(right, "a list of anything but texts after in")
        keys = ", ".join(dict.fromkeys(literal(spaced(text)) for text in map(str, texts)))
        return f"coalesce(list_transform([{_comparable(left)}], lambda t: t in ({keys}))[1], false)"

    def _call(self, node: ast.Call, name: str, depth: int) -> Piece:
        fewest, most = _ARGUMENTS[name]
        if not fewest <= len(node.args) <= most:
            self._refuse(
                node, f"{name} with {len(node.args)} arguments instead of {fewest}{' or more' * (most > fewest)}"
            )
        if name in ("left", "right"):
            return Piece(f"{name}({self._text(node.args[0], depth)}, {self._count(node.args[1])})", "text")
        texts = [self._text(argument, depth) for argument in node.args]
        match name:
            case "blank":
                return Piece(f"({_filled(texts[0])} is null)", "condition")
            case "coalesce":
                return Piece(_filled(*texts), "text")
            case "date":
                self._count_date(node)
                return Piece(self._date(texts[0]), "text")
            case "trim":
                return Piece(_filled(texts[0]), "text")
            case "replace":
                return Piece(
                    f"replace({', '.join([texts[0], *(f'coalesce({text}, {chr(39) * 2})' for text in texts[1:])])})",
                    "text",
                )
        return Piece(f"{name}({', '.join(texts)})", "text")

    def _count_date(self, node: ast.Call) -> None:
        """Reading a date takes much SQL: it is neither nested nor done without end."""
        self._dates += 1
        if self._dates > MOST_DATES:
            self._refuse(node, f"date for more than the {MOST_DATES}th time")
        if any(isinstance(part, ast.Name) and part.id == "date" for inner in node.args for part in ast.walk(inner)):
            self._refuse(node, "date inside date")

    def _text(self, node: ast.expr, depth: int) -> str:
        return _as_text(self.write(node, depth + 1)).sql

    def _count(self, node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value <= LONGEST_PART:
            return node.value
        self._refuse(node, f"a length that is not a whole number up to {LONGEST_PART}")

    def _refuse(self, node: ast.expr, what: str) -> NoReturn:
        raise RedressError(f"{self._where}: at character {node.col_offset + 1} stands {what}; allowed are {ALLOWED}.")


def _filled(*texts: str) -> str:
    """The first text that is not blank, trimmed; null if none is. A coalesce of nullifs would double at each level."""
    return (
        f"list_filter(list_transform([{', '.join(texts)}], lambda t: {trimmed_sql('t')}), lambda t: t is not null)[1]"
    )


def _as_text(piece: Piece) -> Piece:
    if piece.kind == "number":
        return Piece(f"'{piece.sql}'", "text")
    return piece if piece.kind == "text" else Piece(f"cast({piece.sql} as varchar)", "text")


def _comparable(piece: Piece) -> str:
    """Compared as value maps compare: case and spacing do not count, and a blank equals an empty text."""
    return f"coalesce({spaced_sql(_as_text(piece).sql)}, '')"


def _as_number(piece: Piece) -> str:
    return piece.sql if piece.kind == "number" else f"try_cast(replace({_as_text(piece).sql}, ',', '') as double)"


def _equal(left: Piece, right: Piece) -> str:
    if "number" in (left.kind, right.kind):
        return f"coalesce({_as_number(left)} = {_as_number(right)}, false)"
    return f"({_comparable(left)} = {_comparable(right)})"


def _ordered(left: Piece, operator: str, right: Piece) -> Piece:
    """By number where one side is a number, else by text; a blank is neither before nor behind anything."""
    if "number" in (left.kind, right.kind):
        return Piece(f"coalesce({_as_number(left)} {operator} {_as_number(right)}, false)", "condition")
    sides = [_filled(_as_text(piece).sql) for piece in (left, right)]
    return Piece(f"coalesce({sides[0]} {operator} {sides[1]}, false)", "condition")


def _described(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            near = difflib.get_close_matches(name.lower(), _ARGUMENTS, n=1)
            return f"a call of {name[:40]}{f' (did you mean {near[0]}?)' if near else ''}"
        case ast.Call(func=ast.Name(id=name)):
            return f"a call of {name[:40]} with a single = (write == to compare)"
        case ast.Constant(value=None):
            return 'None (a blank is written "")'
        case ast.Attribute(attr=name):
            return f"a dot before {name[:40]}"
    return f"something not known here ({type(node).__name__})"
