"""Sources that nest deeply or are long: what would exhaust a stack or a parser."""

from __future__ import annotations

from tests.hostile.case import MODEL, MODEL_WORDS, READ, REFUSED, Case

_FUNCTIONAL = """from keras import Input, Model, layers
x = i = Input((32, 32, 3))
for _ in range({depth}):
    x = layers.Conv2D(3, 3, padding="same")(x)
model = Model(i, x)
"""


def _ladder(depth: int, line: str) -> str:
    """`depth` blocks, each inside the one before it."""
    lines = [f"{' ' * level}{line}" for level in range(depth)]
    return "\n".join(lines) + "\n" + " " * depth + "pass\n"


def _deep(n: int) -> dict[str, str]:
    return {
        "parentheses": "x = " + "(" * n + "1" + ")" * n,
        "lists": "x = " + "[" * n + "]" * n,
        "open lists": "x = " + "[" * n,
        "tuples": "x = " + "(" * n + "1" + ",)" * n,
        "dictionaries": "x = " + "{1: " * n + "2" + "}" * n,
        "sets": "x = " + "{" * n + "1" + "}" * n,
        "unary minus": "x = " + "-" * n + "1",
        "not": "x = " + "not " * n + "1",
        "tilde": "x = " + "~" * n + "1",
        "attributes": "x = a" + ".b" * n,
        "subscripts": "x = a" + "[0]" * n,
        "calls": "x = f" + "()" * n,
        "calls in calls": "x = " + "f(" * n + ")" * n,
        "method chain": "x = a" + ".b()" * n,
        "sum": "x = " + "1 + " * n + "1",
        "sum of strings": "x = " + "'a' + " * n + "'a'",
        "string of parts": "x = (" + "'a'\n" * n + ")",
        "power tower": "x = " + "1 ** " * n + "1",
        "comparisons": "x = " + "1 < " * n + "2",
        "and": "x = " + "1 and " * n + "1",
        "conditional": "x = " + "1 if 0 else " * n + "1",
        "lambdas": "x = " + "lambda: " * n + "1",
        "elif": "if 0:\n    pass\n" + "elif 0:\n    pass\n" * n,
        "comprehensions": "x = [0 " + "for a in b " * n + "]",
        "walrus": "x = " + "(a := " * n + "1" + ")" * n,
        "await": "async def f():\n    " + "await " * n + "x",
        "assignments": "x = " * n + "1",
        "stars": "f(" + "*a, " * n + ")",
        "decorators": "@f\n" * n + "def g():\n    pass",
        "f-strings": "x = " + "f'{" * n + "1" + "}'" * n,
        "f-string braces": "x = f'" + "{" * n + "'",
        "match": "match 1:\n" + "    case 2:\n        pass\n" * n,
        "try": "try:\n    pass\n" + "except A:\n    pass\n" * n,
        "imports": "import " + "a." * n + "b",
        "global": "def f():\n    global " + ", ".join(f"a{i}" for i in range(n)),
        "backslashes": "x = " + "\\\n" * n + "1",
        "subscript slices": "x = a[" + "::, " * n + "]",
    }


_LADDERS = {
    "if": "if 1:",
    "for": "for x in [1]:",
    "while": "while 1:",
    "with": "with a:",
    "def": "def f():",
    "class": "class A:",
}

LONG = {
    "an identifier of 200,000 characters": "a" * 200_000 + " = 1",
    "an unknown identifier of 200,000 characters": "x = " + "a" * 200_000 + "(1)",
    "an attribute of 200,000 characters": "import keras\nx = keras." + "a" * 200_000 + "(1)",
    "a keyword of 200,000 characters": "x = dict(" + "a" * 200_000 + "=1)",
    "a module of 200,000 characters": "import " + "a" * 200_000,
    "a string of 200,000 characters": "x = '" + "a" * 200_000 + "'",
    "a comment of 200,000 characters": "#" + "a" * 200_000,
    "a line of 200,000 spaces": "x = 1" + " " * 200_000,
    "200,000 empty lines": "\n" * 200_000,
    "60,000 assignments": "".join("a=1\n" for _ in range(60_000)),
    "long assignments": "".join(f"a{i} = {i}\n" for i in range(14_000)),
    "a list of 100,000 numbers": "x = [" + "1," * 100_000 + "]",
    "a dictionary of 30,000 entries": "x = {" + "1: 2, " * 30_000 + "}",
    "a call with 50,000 arguments": "f(" + "1, " * 50_000 + ")",
    "a function with 20,000 parameters": (
        "def f(" + ", ".join(f"a{i}" for i in range(20_000)) + "):\n    pass"
    ),
    "20,000 functions": "".join(f"def f{i}(): 0\n" for i in range(14_000)),
    "10,000 classes": "".join(f"class A{i}: 0\n" for i in range(14_000)),
    "20,000 imports": "import a\n" * 25_000,
    "20,000 unknown calls": "g(1)\n" * 40_000,
    "a number of 200,000 digits": "x = " + "9" * 200_000,
    "a hexadecimal number of 200,000 digits": "x = 0x" + "f" * 200_000,
    "a binary number of 200,000 digits": "x = 0b" + "1" * 200_000,
    "a fraction of 200,000 digits": "x = 0." + "1" * 200_000,
    "an exponent": "x = 1e" + "9" * 200_000,
    "a chain of classes": "class A0: 0\n"
    + "".join(f"class A{i + 1}(A{i}): 0\n" for i in range(8_000))
    + "A8000()",
    "a diamond of classes": "class A0: 0\nclass B0: 0\n"
    + "".join(f"class A{i + 1}(A{i}, B{i}): 0\nclass B{i + 1}(A{i}): 0\n" for i in range(40))
    + "x = A40().missing",
    "escapes": "x = '" + "\\N{DIGIT ONE}" * 16_000 + "'",
    "nested quotes": "x = " + "'''a''' " * 25_000,
    "unclosed brackets and quotes": "x = (" + "'" * 100_001,
    "f-string of 20,000 parts": "y = 1\nx = f'" + "{y}" * 60_000 + "'",
}

#: Deep expressions that are worth the number 1.
_ONE = frozenset(("and", "backslashes"))

#: What uses a whole reading up, or cannot be parsed, hides the model behind it.
_TOO_LONG = frozenset(
    (
        "60,000 assignments",
        "20,000 unknown calls",
        "a number of 200,000 digits",
        "a chain of classes",
        "escapes",
        "unclosed brackets and quotes",
        "f-string of 20,000 parts",
    )
)


def _layers() -> list[Case]:
    return [
        Case(
            "a million layers",
            "from keras import Sequential\nfrom keras.layers import Input, Dense\n"
            "model = Sequential([Input((1,))])\nfor i in range(10**6): model.add(Dense(1))\n",
            words=("steps",),
            line=4,
        ),
        Case("a million layers, functional", _FUNCTIONAL.format(depth=10**6), line=3),
        Case("200 layers", _FUNCTIONAL.format(depth=200), READ, ("16,800",)),
        Case(
            "a list of a million layers",
            "from keras import Sequential, layers\n"
            "model = Sequential([layers.Input((1,))] + [layers.Dense(1)] * 10**6)\n",
            line=2,
        ),
        Case(
            "models in models, without end",
            "from keras import Sequential, layers\nm = Sequential([layers.Input((1,))])\n"
            "while True:\n    m = Sequential([layers.Input((1,)), m])\n",
            line=3,
        ),
        Case(
            "a model that doubles",
            "from keras import Input, Model, layers\ndef twice(n):\n"
            "    i = Input((4,))\n    if n == 0:\n"
            "        return Model(i, layers.Dense(4)(i))\n"
            "    m = twice(n - 1)\n    return Model(i, m(m(i)))\nmodel = twice(60)\n",
        ),
        Case(
            "a model that is added to itself",
            "from keras import Sequential, layers\n"
            "model = Sequential([layers.Input((4,)), layers.Dense(4)])\nmodel.add(model)\n",
        ),
        Case(
            "a list of layers that holds itself",
            "from keras import Sequential, layers\nl = [layers.Input((4,))]\nl.append(l)\n"
            "model = Sequential(l)\n",
            line=4,
        ),
        Case(
            "a channel that doubles 10,000 times",
            "from keras import Input, Model, layers\nx = i = Input((4, 4, 2))\n"
            "for _ in range(10**4):\n    x = layers.Concatenate()([x, x])\nmodel = Model(i, x)\n",
        ),
    ]


def cases() -> list[Case]:
    """Nesting alone and around a model; long texts alone and before a model; many layers."""
    found = [Case(f"deep {name}", code + "\n") for name, code in _deep(10_000).items()]
    found += [Case(f"deep {name}", _ladder(300, line)) for name, line in _LADDERS.items()]
    found += [
        Case(
            f"{name} inside a layer",
            MODEL.replace("(8, 3)", f"({code[4:]}, 3)"),
            READ if name in _ONE else REFUSED,
        )
        for name, code in _deep(3_000).items()
        if code.startswith("x = ")
    ]
    found += [Case(name, code + "\n") for name, code in LONG.items()]
    found += [
        Case(f"{name}, then a model", code + "\n" + MODEL, READ, MODEL_WORDS)
        for name, code in LONG.items()
        if name not in _TOO_LONG
    ]
    found += [
        Case(f"{name}, then a model", code + "\n" + MODEL, REFUSED)
        for name, code in LONG.items()
        if name in _TOO_LONG
    ]
    return found + _layers()
