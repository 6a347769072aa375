"""Sources that would fill the memory or never end: expressions, loops, recursion, generators."""

from __future__ import annotations

from tests.hostile.case import MODEL, REFUSED, Case

#: Expressions whose value is too large to be made, or takes too long.
EXPRESSIONS = {
    "string times a number": '"a" * 10**12',
    "number times a string": '10**12 * "a"',
    "list times a number": "[0] * 10**12",
    "tuple times a number": "(0, 1) * 10**12",
    "bytes times a number": "b'a' * 10**12",
    "bytes of a length": "bytes(10**12)",
    "bytearray of a length": "bytearray(10**12)",
    "nested powers": "9**9**9",
    "power of a power": "(9**9**3)**9**4",
    "pow": "pow(9, 9**9)",
    "pow of three": "pow(7**9999, 7**9999, 7**9999 + 2)",
    "power of a long number": "(10**4000)**4000",
    "shift": "1 << 10**12",
    "shift of a long number": "10**1000 << 10**10",
    "list of a range": "list(range(10**12))",
    "tuple of a range": "tuple(range(10**12))",
    "set of a range": "set(range(10**12))",
    "stars of a range": "[*range(10**12)]",
    "dictionary of a range": "dict.fromkeys(range(10**12))",
    "sum of a range": "sum(range(10**12))",
    "max of a range": "max(range(10**12))",
    "sorted range": "sorted(range(10**12))",
    "zip of ranges": "list(zip(range(10**12), range(10**12)))",
    "enumerate of a range": "list(enumerate(range(10**12)))",
    "reversed range": "list(reversed(range(10**12)))",
    "map over a range": "list(map(str, range(10**12)))",
    "filter of a range": "list(filter(None, range(10**12)))",
    "any of a range": "any(x < 0 for x in range(10**12))",
    "all of a range": "all(x >= 0 for x in range(10**12))",
    "search in a range": "0.5 in range(10**12)",
    "count in a range": "range(10**12).count(0.5)",
    "index in a range": "range(10**12).index(10**12 - 1.5)",
    "format width": "'{:1000000000d}'.format(1)",
    "format width from a value": "'{:{w}}'.format(1, w=10**10)",
    "f-string width": "f'{1:1000000000d}'",
    "f-string precision": "f'{1.5:.1000000000f}'",
    "f-string width from a value": "f'{1:{10**10}}'",
    "percent width": "'%1000000000d' % 1",
    "percent width from a value": "'%*d' % (10**9, 1)",
    "percent precision": "'%.1000000000f' % 1.5",
    "join of a range": "','.join(str(i) for i in range(10**12))",
    "join of long strings": "('a' * 10**6).join('b' * 10**6)",
    "replace": "('a' * 10**6).replace('a', 'b' * 10**6)",
    "replace of nothing": "('a' * 10**6).replace('', 'b' * 10**6)",
    "expandtabs": "('\\t' * 1000).expandtabs(10**9)",
    "ljust": "'a'.ljust(10**12)",
    "center": "'a'.center(10**12)",
    "zfill": "'a'.zfill(10**12)",
    "translate": "('a' * 10**6).translate({97: 'b' * 10**6})",
    "repr of nested strings": "repr(repr(repr('\\\\' * 10**7)))",
    "text of a long number": "str(10**10**6)",
    "number from a long text": "int('9' * 10**7)",
    "number from hexadecimal": "int('f' * 10**8, 16)",
    "to_bytes": "(1).to_bytes(10**12, 'big')",
    "product of numbers": "[(7**99999) ** i for i in range(10**5)]",
    "nested comprehension": "[0 for a in range(10**6) for b in range(10**6)]",
    "nested lists": "[[0] * 10**6 for _ in range(10**6)]",
    "dictionary comprehension": "{i: str(i) for i in range(10**12)}",
    "set comprehension": "{i for i in range(10**12)}",
    "a long generator": "sum(1 for _ in range(10**12))",
    "walrus in a comprehension": "[(a := [a, a] if i else [0]) for i in range(10**9)]",
    "slice": "list(range(10**12)[::2])",
    "complex power": "abs(1j ** 9**9) and [0] * 10**11",
    "list plus list": "[0] * 10**7 + [0] * 10**7 + [0] * 10**7",
    "math.factorial": "__import__('math').factorial(10**9)",
    "range of ranges": "[list(range(i)) for i in range(10**6)]",
    "strings that grow": "[str(i) * i for i in range(10**6)]",
    "split": "('a ' * 10**7).split()",
    "unpacked call": "max(*range(10**12))",
}

_ALIASES = "a = [0, 0]\nfor _ in range(60):\n    a = [a, a]\n"
_DICTIONARIES = "a = {'k': 0}\nfor _ in range(60):\n    a = {'k': a, 'l': a}\n"
_TUPLES = "a = b = (0, 0)\nfor _ in range(60):\n    a, b = (a, a), (b, b)\n"
_ITSELF = "a = []\na.append(a)\nd = {}\nd['d'] = d\n"

#: Whole programs that would not end or would not fit.
PROGRAMS = {
    "while True": "while True:\n    pass",
    "while 1 with work": "n = 0\nwhile 1:\n    n = (n * 7 + 1) % 1000003",
    "while of a condition": "n = 1\nwhile n > 0:\n    n += 1",
    "while that squares": "n = 3\nwhile n:\n    n = n * n",
    "while that doubles a list": "a = [0]\nwhile a:\n    a = a + a",
    "while that doubles a list in place": "a = [0]\nwhile a:\n    a += a",
    "while that extends": "a = [0]\nwhile a:\n    a.extend(a)",
    "while that appends": "a = []\nwhile len(a) < 10**9:\n    a.append(len(a))",
    "while that grows a string": "a = 'x'\nwhile a:\n    a += a",
    "while that grows a dictionary": "d = {}\nwhile True:\n    d[len(d)] = len(d)",
    "while that grows a set": "s = set()\nwhile True:\n    s.add(len(s))",
    "while that nests": "a = []\nwhile True:\n    a = [a]",
    "while that nests a tuple": "a = ()\nwhile True:\n    a = (a, 1)",
    "while that nests functions": "f = int\nwhile True:\n    f = lambda f=f: f()",
    "for over a giant range": "for i in range(10**12):\n    pass",
    "for over nested ranges": (
        "for i in range(10**4):\n  for j in range(10**4):\n    for k in range(10**4):\n      x = i"
    ),
    "for over its own list": "a = [0]\nfor x in a:\n    a.append(x)",
    "for with else": "for i in range(10**12):\n    continue\nelse:\n    x = 1",
    "itertools.count": "import itertools\nfor i in itertools.count():\n    x = i",
    "itertools.product": ("import itertools\nx = list(itertools.product(range(10**4), repeat=9))"),
    "itertools.repeat": "from itertools import repeat\nx = list(repeat(0))",
    "itertools.cycle": "from itertools import cycle\nfor x in cycle([1, 2]):\n    pass",
    "itertools.chain": (
        "from itertools import chain\nx = list(chain(range(10**12), range(10**12)))"
    ),
    "itertools.combinations": (
        "from itertools import combinations\nx = len(list(combinations(range(99), 50)))"
    ),
    "iter with a sentinel": "for x in iter(int, 1):\n    pass",
    "generator without end": "def g():\n    while True:\n        yield 1\nfor x in g():\n    pass",
    "list of a generator without end": "def g():\n    while True:\n        yield 1\nx = list(g())",
    "generator of generators": ("def g(n):\n    yield n\n    yield from g(n + 1)\nx = sum(g(0))"),
    "iterator without end": (
        "class I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n"
        "        return 1\nfor x in I():\n    pass"
    ),
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "mutual recursion": "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(0)",
    "exponential recursion": (
        "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nx = fib(60)"
    ),
    "recursion of a lambda": "f = lambda f: f(f)\nf(f)",
    "recursion of methods": ("class A:\n    def f(self):\n        return A().f()\nA().f()"),
    "recursion of __init__": "class A:\n    def __init__(self):\n        self.a = A()\nA()",
    "recursion of a property": (
        "class A:\n    @property\n    def p(self):\n        return self.p\nA().p"
    ),
    "recursion of __getattr__": (
        "class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'x')\n"
        "A().p"
    ),
    "recursion of __str__": (
        "class A:\n    def __str__(self):\n        return f'{self}'\nx = str(A())"
    ),
    "recursion of __eq__": (
        "class A:\n    def __eq__(self, other):\n        return self == other\nx = A() == A()"
    ),
    "recursion of __len__": (
        "class A:\n    def __len__(self):\n        return len(self)\nx = len(A())"
    ),
    "recursion of __call__": "class A:\n    def __call__(self):\n        return self()\nA()()",
    "recursion of a decorator": "def d(f):\n    return d(f)\n@d\ndef f():\n    pass",
    "recursion of a sort": (
        "def k(x):\n    return sorted([2, 1], key=k)\nx = sorted([2, 1], key=k)"
    ),
    "recursion of a comprehension": "def f():\n    return [f() for _ in range(2)]\nf()",
    "Ackermann": (
        "def a(m, n):\n    return n + 1 if m == 0 else a(m - 1, 1) if n == 0 else "
        "a(m - 1, a(m, n - 1))\nx = a(4, 3)"
    ),
    "text of aliases": _ALIASES + "x = str(a)",
    "equality of aliases": _TUPLES + "x = a == b",
    "order of aliases": _TUPLES + "x = a < b",
    "hash of aliases": _TUPLES + "x = {a: 1}",
    "set of aliases": _TUPLES + "x = {a, b}",
    "key of aliases": _TUPLES + "d = {}\nd[a] = 1\nx = d[b]",
    "f-string of aliases": _ALIASES + "x = f'{a}'",
    "percent of aliases": _ALIASES + "x = '%s' % (a,)",
    "deepcopy of aliases": "import copy\n" + _ALIASES + "x = copy.deepcopy(a)",
    "print of aliases": _ALIASES + "print(a)",
    "search in aliases": _TUPLES + "x = [a].index(b)",
    "count in aliases": _TUPLES + "x = [a, a].count(b)",
    "sorted aliases": _TUPLES + "x = sorted([a, b])",
    "max of aliases": _TUPLES + "x = max(a, b)",
    "text of dictionaries": _DICTIONARIES + "x = str(a)",
    "flattened aliases": (
        _ALIASES + "def flat(a):\n    for b in a:\n        if b:\n            flat(b)\nflat(a)"
    ),
    "text of a long list, often": "a = list(range(10**5))\nfor i in range(10**4):\n    s = str(a)",
    "search in a long list, often": (
        "a = list(range(10**5))\nfor i in range(10**4):\n    s = -1 in a"
    ),
    "insert at the front, often": "a = []\nfor i in range(10**6):\n    a.insert(0, i)",
    "copies of a long list": "a = list(range(10**5))\nfor i in range(10**4):\n    b = a[:]",
    "copies kept": "a = list(range(10**4))\nb = [a[:] for i in range(10**5)]",
    "copies of a dictionary": (
        "d = {i: i for i in range(10**4)}\nfor i in range(10**5):\n    e = {**d}"
    ),
    "long numbers multiplied": "a = 7**30000\nfor i in range(10**4):\n    b = a * a % (a + 2)",
    "long numbers divided": "a = 7**100000\nfor i in range(10**5):\n    b = a // 3**60000",
    "Fibonacci numbers": "a, b = 0, 1\nfor i in range(10**9):\n    a, b = b, a + b",
    "strings compared": (
        "a = 'x' * 10**6 + 'y'\nb = 'x' * 10**6 + 'z'\nfor i in range(10**6):\n    c = a == b"
    ),
    "strings searched": (
        "a = 'x' * 10**6\nb = 'x' * 5 * 10**5 + 'y'\nfor i in range(10**5):\n    c = b in a"
    ),
    "strings split": "a = 'x,' * 10**5\nfor i in range(10**5):\n    b = a.split(',')",
    "many classes": "for i in range(10**7):\n    class A:\n        x = i",
    "many functions": "fs = []\nfor i in range(10**7):\n    fs.append(lambda i=i: i)",
    "many arguments": "def f(*a):\n    return f(*a, *a)\nf(1)",
    "many keywords": (
        "def f(**k):\n    return f(**{**k, str(len(k)): 1, str(len(k) + 1): 2})\nf()"
    ),
    "attributes without end": (
        "class A:\n    pass\na = A()\ni = 0\nwhile True:\n    setattr(a, str(i), i)\n    i += 1"
    ),
    "try without end": (
        "while True:\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        pass"
    ),
    "problems without end": "while True:\n    x = undefined_name.y(3)",
    "imports without end": "while True:\n    import no_such_package",
    "cousins": "a = b = c = 2\nwhile True:\n    a, b, c = b * c, c * a, a * b",
}


def cases() -> list[Case]:
    """Each expression and program alone; each expression also as a number of filters."""
    found = []
    for name, expression in EXPRESSIONS.items():
        found.append(Case(name, f"# a comment\nx = {expression}\n"))
        inside = MODEL.replace("Conv2D(8", f"Conv2D({expression}")
        found.append(Case(f"{name}, as a number of filters", inside, REFUSED, line=3))
    for name, program in PROGRAMS.items():
        found.append(Case(name, program + "\n"))
    return found
