"""Random small programs over integers and lists, for comparison with Python; runs none itself."""

from __future__ import annotations

from hypothesis import strategies as st

_NAMES = ("a", "b", "c")
_INTEGERS = st.integers(-20, 20).map(str)


def _binary(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "//", "%", "&", "|", "^"])
    return st.tuples(children, operators, children).map(lambda t: f"({t[0]} {t[1]} {t[2]})")


def _comparison(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
    return st.tuples(children, operators, children).map(lambda t: f"({t[0]} {t[1]} {t[2]})")


def _choice(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(children, children, children).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")


def _logic(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(children, st.sampled_from(["and", "or"]), children).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    )


def _folded(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = st.sampled_from(["sum", "max", "min", "len", "sorted"])
    return st.tuples(functions, st.lists(children, min_size=1, max_size=3)).map(
        lambda t: f"({t[0]}([{', '.join(t[1])}]), 0)[{int(t[0] == 'sorted')}]"
    )


def _looped(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(children, children).map(
        lambda t: f"sum([i * {t[0]} for i in range(3) if i != {t[1]}])"
    )


EXPRESSIONS = st.recursive(
    st.one_of(st.sampled_from(_NAMES), _INTEGERS),
    lambda children: st.one_of(
        _binary(children),
        _comparison(children),
        _choice(children),
        _logic(children),
        _folded(children),
        _looped(children),
        children.map(lambda e: f"(-{e})"),
        children.map(lambda e: f"f({e})"),
        children.map(lambda e: f"xs[{e} % 3]"),
        children.map(lambda e: f"len(str({e}))"),
        st.sampled_from(_NAMES).map(lambda name: f"len(f'{{{name}:>4}}')"),
    ),
    max_leaves=6,
)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for text in lines for line in text.split("\n"))


def _blocks(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(children, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        st.tuples(EXPRESSIONS, bodies, bodies).map(lambda t: f"if {t[0]}:\n{t[1]}\nelse:\n{t[2]}"),
        st.tuples(st.integers(0, 4), bodies).map(lambda t: f"for i in range({t[0]}):\n{t[1]}"),
        st.tuples(bodies, bodies).map(
            lambda t: f"try:\n{t[0]}\nexcept (ZeroDivisionError, IndexError):\n{t[1]}"
        ),
    )


_STATEMENTS = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from(_NAMES), EXPRESSIONS).map(lambda t: f"{t[0]} = {t[1]} % 1000"),
        st.tuples(st.sampled_from(_NAMES), EXPRESSIONS).map(lambda t: f"{t[0]} += {t[1]} % 1000"),
        EXPRESSIONS.map(lambda e: f"xs.append({e} % 1000)"),
        EXPRESSIONS.map(lambda e: f"xs[1] = {e} % 1000"),
        EXPRESSIONS.map(lambda e: f"a, b = b, {e} % 1000"),
    ),
    _blocks,
    max_leaves=5,
)
_START = "def f(x, k=3):\n    return x * k - 1\na, b, c = 1, 2, 3\nxs = [4, 5, 6]\n"
PROGRAMS = st.lists(_STATEMENTS, min_size=1, max_size=6).map(
    lambda lines: _START + "\n".join(lines) + "\n"
)
