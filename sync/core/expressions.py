"""Calculated mapping rows: a small language of fields, exact numbers, text, dates and conditions.

A hardened simpleeval: no attributes, indexes, loops, powers or names of Python's; what looks like
an attribute (`Account.Discount__c`) is the path of a field. See docs/decisions.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from unicodedata import category

import simpleeval

from .errors import Fix, NeedsPerson
from .expression_acts import FUNCTIONS, OPERATORS, Wrong

LONGEST = 500
DEEPEST = 40
SECONDS = 0.5  # a busy machine is no fault of the expression
LARGEST_EXPONENT = 30
LONGEST_TEXT = 32_768

_ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
    ast.expr_context,
)


class NotAnExpression(ValueError):
    """The text cannot be calculated, whatever the record; it says why in a sentence."""


@dataclass(frozen=True)
class Expression:
    """A checked expression: its tree and the field paths that it names."""

    source: str
    tree: ast.expr
    names: tuple[str, ...]


@lru_cache(maxsize=512)
def parse(source: str) -> Expression:
    """Return the checked expression; raises NotAnExpression."""
    if not source.strip():
        raise NotAnExpression("Write what is calculated: Quantity * UnitPrice.")
    if len(source) > LONGEST:
        raise NotAnExpression(f"It has {len(source)} characters; there is room for {LONGEST}.")
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        before = (error.text or source)[: max((error.offset or 1) - 1, 0)].strip()
        after = f" after “{before[-20:]}”" if before else " at the beginning"
        raise NotAnExpression(
            f"It cannot be read{after}: look for a missing sign or bracket."
        ) from None
    except (ValueError, MemoryError, RecursionError):
        raise NotAnExpression("It cannot be read: it has too many brackets.") from None
    names: dict[str, None] = {}
    body = _Checked(source.strip(), names).checked(tree.body, 1)
    return Expression(source, body, tuple(names))


def names_of(source: str) -> tuple[str, ...]:
    """Return the field paths that an expression names; none of one that cannot be calculated."""
    try:
        return parse(source).names
    except NotAnExpression:
        return ()


def fault(source: str) -> str:
    """Return why an expression cannot be calculated, in a sentence; empty when it can."""
    try:
        parse(source)
    except NotAnExpression as error:
        return str(error)
    return ""


def try_with(source: str, typical: Mapping[str, Any]) -> Any:
    """Return what an expression comes to with these values; raises ValueError with a sentence."""
    return _evaluate(parse(source), {name: typical[name] for name in parse(source).names})


def calculate(source: str, at: Callable[[str], Any]) -> Any:
    """Return what an expression comes to; `at` gives the value of a field path.

    Raises NeedsPerson where it cannot be calculated for this record: an empty field, a wrong kind.
    """
    try:
        expression = parse(source)
        return _evaluate(expression, {name: at(name) for name in expression.names})
    except (NotAnExpression, Wrong) as error:
        raise NeedsPerson(
            f"“{source}” cannot be calculated: {error}",
            cause=f"expression:{source}"[:200],
            fix=Fix("Correct the row, or the record.", "mapping"),
        ) from None


def _evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    known = {name: _plain(name, value) for name, value in values.items()}
    with localcontext() as context:
        context.prec, context.rounding = 40, ROUND_HALF_UP
        context.Emax, context.Emin = 200, -200
        try:
            found = _Evaluator(known).eval(expression.source, previously_parsed=expression.tree)
        except Wrong:
            raise
        except ArithmeticError:
            raise Wrong("a number in it becomes too large, or is divided by zero.") from None
        except (simpleeval.InvalidExpression, RecursionError, TypeError, ValueError) as error:
            raise Wrong(f"it does not work out ({type(error).__name__}).") from None
    if isinstance(found, Decimal) and abs(found.adjusted()) > LARGEST_EXPONENT:
        raise Wrong("the number becomes too large.")
    return found


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, str | bool | Decimal | date):
        return value
    if isinstance(value, int):
        return Decimal(value)
    raise Wrong(f"“{name}” holds more than one value.")


class _Evaluator(simpleeval.SimpleEval):  # type: ignore[misc]
    """Evaluates checked trees alone, and gives up after half a second."""

    nodes: dict[type[ast.AST], Any]

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names=dict(names))
        self.nodes = {kind: act for kind, act in self.nodes.items() if kind in _NODES}
        self._until = time.monotonic() + SECONDS

    def _eval(self, node: ast.AST) -> Any:
        if time.monotonic() > self._until:
            raise Wrong("it takes too long.")
        found = super()._eval(node)
        if isinstance(found, str) and len(found) > LONGEST_TEXT:
            raise Wrong("the text becomes too long.")
        return found


_NODES = frozenset(
    {ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Constant}
)


class _Checked:
    """Makes of Python's tree one that may be evaluated: paths as names, numbers exact."""

    def __init__(self, source: str, names: dict[str, None]) -> None:
        self._source, self._names = source, names

    def checked(self, node: ast.expr, depth: int) -> ast.expr:
        """Return the node with all below it; raises NotAnExpression."""
        if depth > DEEPEST:
            raise NotAnExpression("It is nested too deeply: use fewer brackets and signs.")
        if isinstance(node, ast.Name | ast.Attribute):
            path = _path(node)
            self._names[path] = None
            return ast.Name(path, ast.Load())
        if isinstance(node, ast.Constant):
            return ast.Constant(self._constant(node))
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if not isinstance(node, _ALLOWED) or not _operators_of(node) <= OPERATORS.keys():
            raise NotAnExpression(f"{self._told(node)} is not known here.")
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.expr):
                setattr(node, name, [self.checked(each, depth + 1) for each in value])
            elif isinstance(value, ast.expr):
                setattr(node, name, self.checked(value, depth + 1))
        return node

    def _constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, str) and any(map(_is_lost, value)):
            raise NotAnExpression("A text in it has signs that nothing can keep.")
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, int | float):
            text = ast.get_source_segment(self._source, node) or ""
            try:
                number = Decimal(text)
            except InvalidOperation:
                raise NotAnExpression(f"“{text}” is no plain number.") from None
            if abs(number.adjusted()) <= LARGEST_EXPONENT:
                return number
        raise NotAnExpression(f"{self._told(node)} is no number that can be calculated with.")

    def _call(self, node: ast.Call, depth: int) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            told = name or self._told(node.func).strip("“”")
            close = get_close_matches(told, FUNCTIONS, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            known = f"there are {', '.join(FUNCTIONS)}"
            raise NotAnExpression(f"“{told}” is no known way to calculate; {known}.{hint}")
        if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
            raise NotAnExpression(f"“{name}” takes values with commas between, and nothing else.")
        arguments = [self.checked(each, depth + 1) for each in node.args]
        least, most = FUNCTIONS[name].takes
        if not least <= len(arguments) <= most:
            count = f"{least}" if least == most else f"{least} to {most}"
            raise NotAnExpression(f"“{name}” takes {count} values, not {len(arguments)}.")
        return ast.Call(ast.Name(name, ast.Load()), arguments, [])

    def _told(self, node: ast.expr) -> str:
        segment = ast.get_source_segment(self._source, node) or type(node).__name__
        return f"“{segment[:40]}”"


def _is_lost(letter: str) -> bool:
    """Return whether a database or a system cannot keep the letter."""
    return letter not in "\n\t" and category(letter) in ("Cc", "Cs")


def _path(node: ast.Name | ast.Attribute) -> str:
    steps: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        steps.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or len(steps) > 5:
        raise NotAnExpression("A point may stand within the path of a field only: Account.Name.")
    path = ".".join([inner.id, *reversed(steps)])
    if any(step.startswith("_") or not step.isascii() for step in path.split(".")):
        raise NotAnExpression(f"“{path}” is no field name.")
    return path


def _operators_of(node: ast.AST) -> set[type[ast.AST]]:
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return {type(node.op)}
    return {type(each) for each in node.ops} if isinstance(node, ast.Compare) else set()
