"""What cannot be known stays unknown, keeps its first cause, and harms nothing else."""

from __future__ import annotations

import pytest

from convwise.dialects.python.values import Abstract, Unknown
from tests.dialects.python.fake import Function, interpret, names_of


def unknown(value: object) -> Unknown:
    """The value, which must be unknown."""
    assert isinstance(value, Unknown), value
    return value


@pytest.mark.parametrize(
    "operation",
    [
        "u.a.b",
        "u()",
        "u(1, *[2], k=3)",
        "u[0]",
        "u[1:2]",
        "u + 1",
        "1 - u",
        "-u",
        "not u",
        "u == 1",
        "u < 1",
        "1 in u",
        "u in [1]",
        "u and 1",
        "u or 1",
        "u if u else 1",
        "[x for x in u]",
        "[x for x in [1] if u]",
        "{x: 1 for x in u}",
        "len(u)",
        "int(u)",
        "str(u)",
        "f'{u:>3}'",
        "'%s' % u",
        "'{}'.format(u)",
        "sum([1, u])",
        "max(1, u)",
        "sorted([2, u])",
        "isinstance(u, int)",
        "list(u)",
        "dict(u)",
        "range(u)",
        "enumerate(u)",
        "[1, 2][u]",
        "{'a': 1}[u]",
        "{'a': 1}.get(u)",
        "','.join(['a', u])",
        "getattr(u, 'a')",
        "hasattr(u, 'a')",
        "[1, u] == [1, 2]",
        "u is None",
        "f(u)",
        "f(*u)",
        "g(**u)",
        "math.sqrt(u)",
        "any([0, u])",
        "[*u][0]",
        "(lambda: u)()",
    ],
)
def test_every_operation_gives_it_again(operation: str) -> None:
    text = (
        "import math\n"
        "u = load_config()\n"
        "def f(x):\n    return x\n"
        "def g(**k):\n    return k\n"
        f"v = {operation}\nafter = 1\n"
    )
    names = names_of(text)
    found = unknown(names["v"])
    assert "load_config" in found.what
    assert found.line == 2
    assert names["after"] == 1


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        ("u is u and False", None),
        ("[1, u][0]", 1),
        ("len([u, u])", 2),
        ("{'a': u, 'b': 2}['b']", 2),
        ("any([1, u])", True),
        ("all([0, u])", False),
        ("[1, u] == [2, u]", False),
        ("[1, u] == [1]", False),
        ("1 in [1, u]", True),
        ("False and u", False),
        ("2 or u", 2),
        ("u in []", False),
        ("print(u)", None),
    ],
)
def test_what_does_not_depend_on_it_is_known(operation: str, value: object) -> None:
    names = names_of(f"u = load_config()\nv = {operation}\n")
    if value is None and operation != "print(u)":
        assert isinstance(names["v"], Unknown)
    else:
        assert names["v"] == value


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("import torchvision", "the module `torchvision`"),
        ("from .blocks import torchvision", "the module `.blocks`"),
        ("torchvision = os.environ['X']", "`os`"),
        ("torchvision = open('x').read()", "`open(...)`"),
        ("torchvision = eval('1')", "`eval(...)`"),
        ("torchvision = input()", "`input(...)`"),
        ("torchvision = fake.Model().summary", "`summary` of model"),
    ],
)
def test_the_cause_says_what_is_not_known(statement: str, cause: str) -> None:
    names = names_of(f"import fake\n{statement}\n")
    assert cause in unknown(names["torchvision"]).what
    assert unknown(names["torchvision"]).line == 2


def test_unpacking_an_unknown_makes_every_name_unknown() -> None:
    names = names_of("(a, b), *c = load()\n")
    assert [unknown(names[name]).what for name in "abc"] == ["`load`"] * 3


def test_framework_objects_get_unknown_arguments() -> None:
    names = names_of("import fake\nlayer = fake.Layer(size)\n")
    assert isinstance(names["layer"], Abstract)
    assert unknown(names["layer"].size).what == "`size`"  # type: ignore[attr-defined]


def test_unknown_keywords_reach_frameworks_under_one_name() -> None:
    seen: list[dict[str, object]] = []
    reading = interpret("import fake\nfake.keep(1, **load())\n")
    host = reading._machine.host
    host.fake.members["keep"] = Function(lambda a, k, at: seen.append(k))  # type: ignore[attr-defined]
    reading.run()
    assert unknown(seen[0]["**"]).what == "`load`"


def test_settings_stand_in_for_unknown_values() -> None:
    text = (
        "import argparse\n"
        "args = argparse.ArgumentParser().parse_args()\n"
        "depth = args.depth\n"
        "width = args.width\n"
        "known = 3\n"
        "config = load_config()\n"
        "free = size + 1\n"
        "def f():\n    depth = load()\n    return depth\n"
        "inner = f()\n"
    )
    names = names_of(
        text, **{"depth": 4, "args.width": 5, "known": 9, "config": {"a": 1}, "size": 6}
    )
    assert (names["depth"], names["width"], names["known"]) == (4, 5, 3)
    assert (names["config"], names["free"], names["inner"]) == ({"a": 1}, 7, 4)


def test_host_names_are_used_where_nothing_else_is_known() -> None:
    names = names_of("a = Layer(3)\nlen = 5\nb = len\n")
    assert names["a"].size == 3  # type: ignore[attr-defined]
    assert names["b"] == 5


def test_star_import_takes_the_names_of_a_module() -> None:
    names = names_of("from fake import *\na = Layer(4)\nb = len('ab')\n")
    assert names["a"].size == 4  # type: ignore[attr-defined]
    assert names["b"] == 2


def test_a_submodule_is_found_through_its_parent() -> None:
    names = names_of(
        "import fake.submodule\na = fake.submodule.Layer(4)\nfrom fake import submodule\n"
    )
    assert names["a"].size == 4  # type: ignore[attr-defined]
    assert isinstance(names["submodule"], Abstract)
