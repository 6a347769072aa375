"""How a framework's classes and objects are called back, and with which places in the file."""

from __future__ import annotations

import pytest

from convwise.dialects.python.values import At, BoundMethod, Instance, Unknown, UserClass
from convwise.errors import RuleError
from tests.dialects.python.fake import Layer, Tensor, interpret, names_of

_NET = """
import fake
class Net(fake.Base):
    def __init__(self, size=3, **kwargs):
        super().__init__(**kwargs)
        self.first = fake.Layer(size)
        self.rest = [fake.Layer(i) for i in range(2)]
    def call(self, x, training=None):
        x = self.first(x)
        for layer in self.rest:
            x = layer(x)
        return x
net = Net(5, name="n")
y = net(fake.Input((1, 2)), training=True)
"""


def test_class_of_the_file_derives_from_a_framework_class() -> None:
    names = names_of(_NET)
    net = names["net"]
    assert isinstance(net, Instance)
    assert isinstance(net.type, UserClass)
    assert net.state == {"args": [], "kwargs": {"name": "n"}, "tracked": ["first"]}
    assert isinstance(net.fields["first"], Layer)
    assert isinstance(names["y"], Tensor)
    assert names["y"].shape == (1, 1)


@pytest.mark.parametrize(
    "start",
    [
        "super().__init__(1, k=2)",
        "super(Net, self).__init__(1, k=2)",
        "fake.Base.__init__(self, 1, k=2)",
    ],
)
def test_every_spelling_of_the_framework_init(start: str) -> None:
    names = names_of(
        "import fake\nclass Net(fake.Base):\n"
        f"    def __init__(self):\n        {start}\nnet = Net()\n"
    )
    assert names["net"].state["args"] == [1]  # type: ignore[attr-defined]
    assert names["net"].state["kwargs"] == {"k": 2}  # type: ignore[attr-defined]


def test_without_an_init_the_framework_gets_the_arguments() -> None:
    names = names_of("import fake\nclass Net(fake.Base): pass\nnet = Net(7, k=8)\n")
    assert names["net"].state["args"] == [7]  # type: ignore[attr-defined]


def test_inherited_attributes_come_from_the_framework() -> None:
    names = names_of(
        "import fake\n"
        "class Net(fake.Base):\n"
        "    def build(self, shape):\n        return super().build(shape) + '!'\n"
        "net = Net()\na = net.name\nb = net.build(1)\nc = hasattr(net, 'nothing')\n"
    )
    assert (names["a"], names["b"], names["c"]) == ("net", "built!", False)


def test_a_missing_attribute_is_a_problem_with_its_line() -> None:
    reading = interpret(_NET.replace("self.first(x)", "self.frist(x)"))
    names = reading.run()
    assert isinstance(names["y"], Unknown)
    assert reading.problems[0].line == 9
    assert reading.problems[0].message == "an object of class `Net` has no attribute `frist`"


def test_methods_can_be_taken_by_the_dialect() -> None:
    reading = interpret(_NET)
    net = reading.run()["net"]
    assert isinstance(net, Instance)
    method = net.method("call")
    assert isinstance(method, BoundMethod)
    assert method.function.parameters == ("self", "x", "training")
    assert net.method("nothing") is None
    made = reading.call(method, [Tensor((1, 2), At(1))], {}, At(14))
    assert isinstance(made, Tensor)
    assert made.at == At(11, 16, (14,))


def test_places_name_line_column_and_open_calls() -> None:
    names = names_of(
        "import fake\n"
        "def block(x):\n"
        "    return (fake\n"
        "            .Layer(3))(x)\n"
        "def two(x):\n"
        "    return block(x)\n"
        "y = two(fake.Input((1, 2)))\n"
    )
    assert names["y"].at == At(3, 11, (7, 6))  # type: ignore[attr-defined]


def test_broken_rules_end_the_reading_with_their_line() -> None:
    reading = interpret(
        "import fake\ndef f(x):\n    return fake.Layer(-1)(x)\ny = f(fake.Input((1, 2)))\n"
    )
    with pytest.raises(RuleError) as caught:
        reading.run()
    assert str(caught.value) == "file.py:3: size -1 is negative"


def test_broken_rules_are_not_caught_by_the_file() -> None:
    reading = interpret(
        "import fake\ntry:\n    fake.Layer(-1)(fake.Input((1,)))\nexcept:\n    pass\n"
    )
    with pytest.raises(RuleError):
        reading.run()


def test_framework_values_of_arithmetic_are_asked() -> None:
    names = names_of(
        "import fake\nx = fake.Input((1, 2))\na = x + 1\nb = -x\nc = x[0]\nd = len(x)\n"
    )
    assert [names[name].what for name in "abcd"] == [  # type: ignore[attr-defined]
        "`+` on tensor",
        "`-` on tensor",
        "an item of tensor",
        "the length of tensor",
    ]


def test_decorators_that_are_not_known_are_left_out_with_a_note() -> None:
    reading = interpret(
        "import fake\n"
        "@fake.register(package='x')\n"
        "class Net(fake.Base):\n    @unknown\n    def call(self, x):\n        return x\n"
        "net = Net()\ny = net(3)\n"
    )
    names = reading.run()
    assert names["y"] == 3
    host = reading._machine.host
    assert host.notes == [  # type: ignore[attr-defined]
        ("decorator", "the decorator `@unknown` is left out", 4),
        ("decorator", "the decorator `@fake.register(...)` is left out", 2),
    ]


def test_class_with_a_base_that_is_not_known() -> None:
    names = names_of(
        "from elsewhere import Base\n"
        "class Net(Base):\n    def __init__(self):\n"
        "        super().__init__()\n        self.x = 3\n"
        "net = Net()\na = net.x\nb = net.y\nc = net(1)\n"
    )
    assert names["a"] == 3
    assert isinstance(names["b"], Unknown)
    assert isinstance(names["c"], Unknown)


def test_class_with_a_metaclass_is_not_known() -> None:
    names = names_of("class M(type):\n    pass\nclass A(metaclass=M):\n    pass\na = A()\n")
    assert names["a"].what == "the class `A` with the metaclass `M`"  # type: ignore[attr-defined]


def test_copies_of_objects_of_the_file() -> None:
    names = names_of(
        "import fake, copy\n"
        "class Net(fake.Base):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = fake.Layer(3)\n        self.sizes = [1]\n"
        "a = Net()\nb = copy.deepcopy(a)\nc = copy.copy(a)\nb.sizes.append(2)\n"
    )
    a, b, c = names["a"], names["b"], names["c"]
    assert isinstance(a, Instance)
    assert isinstance(b, Instance)
    assert isinstance(c, Instance)
    assert (a.fields["sizes"], b.fields["sizes"]) == ([1], [1, 2])
    assert c.fields["sizes"] is a.fields["sizes"]
    assert b.state is a.state


def test_main_block_counts_as_statements_of_the_module() -> None:
    reading = interpret("if __name__ == '__main__':\n    a = 1\n    b = {}['x']\n    c = 3\n")
    names = reading.run()
    assert (names["a"], names["c"]) == (1, 3)
    assert [problem.line for problem in reading.problems] == [3]
