"""Which function gives each form of the language its meaning; makes no decision itself."""

from __future__ import annotations

import ast

from convwise.dialects.python import (
    call_expressions,
    comprehensions,
    control,
    definitions,
    statements,
    subscripts,
)
from convwise.dialects.python import expressions as simple
from convwise.dialects.python.attempts import attempt
from convwise.dialects.python.calls import CALLERS
from convwise.dialects.python.classes import instantiate
from convwise.dialects.python.doubt import doubt
from convwise.dialects.python.machine import Caller, Expression, Statement, Tables
from convwise.dialects.python.names import name
from convwise.dialects.python.values import UserClass

_EXPRESSIONS: dict[type, Expression] = {
    ast.Attribute: simple.attribute_access,
    ast.BinOp: simple.binary_operation,
    ast.BoolOp: simple.boolean_operation,
    ast.Call: call_expressions.call,
    ast.Compare: simple.comparison,
    ast.Constant: simple.constant,
    ast.Dict: simple.dict_display,
    ast.DictComp: comprehensions.dict_comprehension,
    ast.FormattedValue: simple.formatted_value,
    ast.GeneratorExp: comprehensions.generator_expression,
    ast.IfExp: simple.conditional,
    ast.JoinedStr: simple.formatted_string,
    ast.Lambda: definitions.anonymous,
    ast.List: simple.list_display,
    ast.ListComp: comprehensions.list_comprehension,
    ast.Name: name,
    ast.NamedExpr: simple.named,
    ast.Set: simple.set_display,
    ast.SetComp: comprehensions.set_comprehension,
    ast.Slice: subscripts.slice_of,
    ast.Subscript: subscripts.subscript,
    ast.Tuple: simple.tuple_display,
    ast.UnaryOp: simple.unary_operation,
    ast.Yield: statements.yielded,
    ast.YieldFrom: statements.yielded_from,
}
_STATEMENTS: dict[type, Statement] = {
    ast.AnnAssign: statements.assign_annotated,
    ast.Assert: statements.assertion,
    ast.Assign: statements.assign,
    ast.AsyncFunctionDef: definitions.async_function,
    ast.AugAssign: statements.assign_augmented,
    ast.Break: statements.leave_loop,
    ast.ClassDef: definitions.user_class,
    ast.Continue: statements.next_round,
    ast.Delete: statements.delete,
    ast.Expr: statements.expression,
    ast.For: control.for_loop,
    ast.FunctionDef: definitions.function,
    ast.Global: statements.global_names,
    ast.If: control.condition,
    ast.Import: statements.imports,
    ast.ImportFrom: statements.imports,
    ast.Nonlocal: statements.nonlocal_names,
    ast.Pass: statements.nothing,
    ast.Raise: statements.raised,
    ast.Return: statements.returned,
    ast.Try: attempt,
    ast.TryStar: attempt,
    ast.While: control.while_loop,
    ast.With: control.with_block,
}
# Forms that a later Python may add are not known.
_EXPRESSIONS |= {
    form: simple.not_known for form in ast.expr.__subclasses__() if form not in _EXPRESSIONS
}
_STATEMENTS |= {
    form: control.not_followed for form in ast.stmt.__subclasses__() if form not in _STATEMENTS
}
_CALLERS: dict[type, Caller] = {**CALLERS, UserClass: instantiate}

TABLES = Tables(_EXPRESSIONS, _STATEMENTS, _CALLERS, doubt)
