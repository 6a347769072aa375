"""What may or may not run makes unknown exactly what it could change."""

from __future__ import annotations

import pytest

from convwise.dialects.python.values import Unknown
from tests.dialects.python.fake import Model, Tensor, interpret, names_of


def are_unknown(names: dict[str, object], *wanted: str) -> bool:
    """Whether these names, and only these of the ones given as unknown, hold unknowns."""
    return all(isinstance(names[name], Unknown) for name in wanted)


def test_names_of_both_branches_become_unknown() -> None:
    names = names_of(
        "a = 1\nb = 2\nc = 3\n"
        "if flag():\n    a = 2\n    (d, e) = 1, 2\n    def f(): pass\nelse:\n    b: int = 4\n"
    )
    assert are_unknown(names, "a", "b", "d", "e", "f")
    assert names["c"] == 3
    assert names["a"].line == 4  # type: ignore[attr-defined]


def test_model_is_poisoned_only_by_what_may_change_it() -> None:
    names = names_of(
        "import fake\nm = fake.Model()\nn = fake.Model()\n"
        "if flag:\n    m.add(fake.Layer(3))\n    n.fit(1)\n"
    )
    changed, kept = names["m"], names["n"]
    assert isinstance(changed, Model)
    assert isinstance(kept, Model)
    assert changed.poisoned is not None
    assert changed.poisoned.what == "`flag`"
    assert changed.layers == []
    assert kept.poisoned is None


def test_plain_containers_become_unknown_under_all_their_names() -> None:
    names = names_of(
        "a = [1]\nb = a\nc = {'k': 1}\nd = c\ne = [5]\n"
        "if flag:\n    a.append(2)\n    c['k'] = 3\n    e.index(5)\n"
        "x = b[0]\ny = d['k']\nz = d.get('new')\n"
    )
    assert are_unknown(names, "x", "y", "z")
    assert names["e"] == [5]


def test_attributes_of_objects_become_unknown() -> None:
    names = names_of(
        "class A:\n"
        "    def __init__(self):\n        self.x = 1\n        self.y = 2\n        self.zs = [3]\n"
        "    def change(self):\n        self.x = 5\n        self.zs.append(4)\n"
        "a = A()\n"
        "if flag:\n    a.change()\n"
        "x, y, z = a.x, a.y, a.zs[0]\n"
    )
    assert are_unknown(names, "x", "z")
    assert names["y"] == 2


def test_functions_that_may_be_called_are_looked_through() -> None:
    names = names_of(
        "import fake\n"
        "m = fake.Model()\nn = fake.Model()\ntotal = 0\n"
        "def grow(model, size=3):\n    model.add(fake.Layer(size))\n"
        "def count():\n    global total\n    total += 1\n"
        "if flag:\n    grow(m)\n    count()\n"
    )
    assert names["m"].poisoned is not None  # type: ignore[attr-defined]
    assert names["n"].poisoned is None  # type: ignore[attr-defined]


def test_return_in_doubt_makes_the_result_unknown() -> None:
    names = names_of(
        "def f(x):\n    if flag:\n        return x\n    return x + 1\n"
        "def g(x):\n    for i in range(3):\n        if flag:\n            return i\n    return x\n"
        "def h(x):\n    while True:\n        if flag:\n            return x\n"
        "a, b, c = f(1), g(1), h(1)\n"
    )
    assert are_unknown(names, "a", "b", "c")


def test_what_follows_a_return_in_doubt_is_in_doubt() -> None:
    names = names_of(
        "import fake\nm = fake.Model()\ndef f():\n    if flag:\n        return\n    m.add(1)\nf()\n"
    )
    assert names["m"].poisoned is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", ["break", "continue"])
def test_loops_left_in_doubt(word: str) -> None:
    names = names_of(
        f"a = 0\nb = 0\nfor i in range(3):\n    b = 7\n    if flag:\n        {word}\n    a = i\n"
    )
    assert are_unknown(names, "a")
    assert (names["b"] == 7) is (word == "continue")


def test_branch_that_ends_in_raise_is_not_taken() -> None:
    names = names_of(
        "if flag:\n    raise ValueError('old version')\nelse:\n    a = 1\n"
        "b = 2\nif flag:\n    b = 3\nelse:\n    raise SystemExit\n"
    )
    assert (names["a"], names["b"]) == (1, 3)


def test_loop_over_unknown_elements() -> None:
    names = names_of(
        "import fake\nm = fake.Model()\nbest = 0\nsteps = 5\n"
        "for epoch in range(2):\n    for x, y in dataset:\n        loss = m.fit(x, y)\n"
        "        if loss < best:\n            best = loss\n"
    )
    assert are_unknown(names, "x", "y", "loss", "best")
    assert (names["epoch"], names["steps"]) == (1, 5)
    assert names["m"].poisoned is None  # type: ignore[attr-defined]


def test_while_of_unknown_condition() -> None:
    names = names_of("a = 1\nwhile running():\n    a += 1\nb = 2\n")
    assert are_unknown(names, "a")
    assert names["b"] == 2


def test_long_training_loop_is_cut_short() -> None:
    names = names_of(
        "import fake, time\nm = fake.Model()\nhistory = []\n"
        "for epoch in range(10**9):\n"
        "    start = time.time()\n    loss = m.fit(batch)\n    history.append(loss)\n"
        "    if epoch % 100 == 0:\n        print(epoch, loss)\n"
        "    if epoch == 10**6:\n        m.add(3)\n"
        "x = fake.Input((1, 2))\n"
    )
    assert are_unknown(names, "epoch", "loss")
    assert isinstance(names["x"], Tensor)
    assert names["m"].poisoned is not None  # type: ignore[attr-defined]


def test_long_loop_that_builds_is_done_to_its_end() -> None:
    names = names_of(
        "import fake\nm = fake.Model()\n"
        "for i in range(2000):\n    print(unknown(i))\n    u = f(i)\n    m.add(fake.Layer(i))\n"
    )
    assert len(names["m"].layers) == 2000  # type: ignore[attr-defined]
    assert names["m"].poisoned is None  # type: ignore[attr-defined]


def test_endless_loop_that_waits_for_something_unknown_is_left() -> None:
    names = names_of("while True:\n    line = sensor.read()\n    show(line)\nb = 2\n")
    assert names["b"] == 2


def test_long_loop_of_plain_numbers_is_done_to_its_end() -> None:
    names = names_of("n = 0\nfor i in range(20000):\n    n += i\n    u = f(i)\n")
    assert names["n"] == sum(range(20000))


def test_imports_in_doubt_are_done() -> None:
    names = names_of(
        "if flag:\n    from fake import Layer as L\nelse:\n    import nothing as L\na = L(2)\n"
    )
    assert names["a"].size == 2  # type: ignore[attr-defined]


def test_unknown_import_is_taken_from_its_handler() -> None:
    names = names_of(
        "try:\n    from fake.old import Layer\nexcept ImportError:\n    from fake import Layer\n"
        "a = Layer(2)\n"
    )
    assert names["a"].size == 2  # type: ignore[attr-defined]


def test_match_and_async_are_in_doubt() -> None:
    names = names_of(
        "a = 1\nmatch a:\n    case 1:\n        a = 2\n    case [c, *d]:\n        b = 3\n"
        "async def f():\n    pass\n"
    )
    assert are_unknown(names, "a", "b", "c", "d", "f")


def test_failed_statement_leaves_its_targets_unknown() -> None:
    reading = interpret("import fake\nm = fake.Model()\na = {}['k']\nm.add(1 + 'x')\nb = 2\n")
    names = reading.run()
    assert are_unknown(names, "a")
    assert names["b"] == 2
    assert names["m"].poisoned is not None  # type: ignore[attr-defined]
    assert [(p.line, p.kind) for p in reading.problems] == [(3, "KeyError"), (4, "TypeError")]
