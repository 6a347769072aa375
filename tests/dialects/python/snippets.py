"""Harmless programs that Python and the reader must agree on, each by the feature it shows."""

from __future__ import annotations

SNIPPETS: dict[str, str] = {
    "arithmetic": """
a = 7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 7 / 2, 1e3, 0x1F, 1_000
b = (3 + 4) * 2 - 1, ~5, -5, +5, 5 & 3, 5 | 3, 5 ^ 3, 1 << 4, 256 >> 2
c = divmod(17, 5), abs(-3.5), round(2.567, 2), round(2.5), int(3.9), int("12"), float("1.5")
d = True + 1, not 0, not [], bool("x"), 3 == 3.0, 1 != 2
e = pow(2, 5), pow(2, 5, 7), max(1, 2, 3), min([4, 2, 8]), sum([1, 2, 3], 10), sum(range(5))
""",
    "text": """
a = "abc".upper(), "a,b,c".split(","), "-".join(["x", "y"]), "abc"[1], "abc"[::-1], "ab" * 3
b = "%d x %s (%.2f)" % (3, "y", 1.5), "%(n)03d" % {"n": 7}, "{} {1}".format if 0 else "{1} {0}"
c = "{:>5}|{:<5}|{:^5}".format(1, 2, 3), "{a}-{b!r}".format(a=1, b="q"), f"{3:04d}{'x'!r}"
d = f"{1.5:.3f}", f"{'a':>{4}}", "a" in "cat", "x" not in "cat", "a" < "b", len("hello")
e = " x ".strip(), "abc".replace("b", "z"), "abc".find("c"), "a b".title(), "abc".startswith("a")
f = str(1.0), str([1, "a", None, (2,)]), repr("x"), str({"a": {1}}), chr(97), ord("a")
""",
    "lists": """
a = [1, 2, 3]
b = a
b.append(4)
a += [5]
c = a[1:3], a[-1], a[::2], a + [6], [0] * 3, len(a), 3 in a, a.index(3), a.count(1)
a[0] = 10
a[1:3] = [7, 7, 7]
del a[-1]
a.insert(1, 99)
d = a.pop(), a.pop(0)
e = sorted([3, 1, 2], reverse=True), sorted(["bb", "a"], key=len), list(reversed([1, 2, 3]))
f = [[0] * 2 for _ in range(2)]
f[0][1] = 5
a.sort()
a.extend(range(3))
a.reverse()
g = [1, 2] == [1, 2], [1, 2] < [1, 3], (1, 2) < (1, 2, 3)
""",
    "dicts": """
a = {"x": 1, "y": 2}
a["z"] = 3
b = a.get("q"), a.get("q", 5), a.pop("x"), a.setdefault("k", []), list(a), list(a.items())
a.update(w=4, **{"v": 5})
c = {**a, "y": 20}
d = {k: v * 2 for k, v in zip("abc", range(3))}
e = dict(a=1, b=2), dict([("p", 1)]), {1: 2} == {1: 2}, "a" in d, len(d)
del a["y"]
f = [k for k in d if d[k] > 1]
g = dict.fromkeys("ab", 0)
h = {True: 1, 1: 2}
""",
    "sets": """
a = {1, 2, 3} | {4}
b = {1, 2, 3} & {2, 3}, {1, 2} - {2}, {1} ^ {2}, {1} <= {1, 2}, set("aab") == {"a", "b"}
c = set()
c.add(1)
c.update([2, 3])
c.discard(2)
d = frozenset([1, 2]), len({1, 1}), {1}.union([2], [3]), {1, 2}.isdisjoint({3})
""",
    "unpacking": """
a, b = 1, 2
a, b = b, a
c, *d = range(4)
*e, f = "abc"
(g, h), i = (1, 2), 3
j = k = [1]
[l, m] = {"p": 1, "q": 2}
n, *o, p = 1, 2
for q, (r, s) in enumerate([(1, 2), (3, 4)]):
    t = q + r + s
u = [*range(2), *"ab"], (*[1], 2), {**{}, "a": 1}
""",
    "conditions": """
x = 5
if x > 3 and x < 10:
    a = "in"
elif x == 0:
    a = "zero"
else:
    a = "out"
b = "yes" if x else "no"
c = 1 < x < 10, 1 < x > 7, x and 0, x or 0, None or "d", [] and 1
d = x is None, x is not None, x in (1, 5), x not in [2]
if (n := len("abc")) > 2:
    e = n
""",
    "loops": """
total = 0
for i in range(10):
    if i == 3:
        continue
    if i == 7:
        break
    total += i
else:
    total = -1
for j in []:
    pass
else:
    k = "never broken"
n = 0
while n < 5:
    n += 1
    if n == 3:
        break
else:
    n = 100
m = 3
while m:
    m -= 1
else:
    done = True
pairs = [(a, b) for a in range(3) for b in range(a) if a != b]
nested = [[x * y for x in range(3)] for y in range(2)]
flat = [v for row in nested for v in row]
lazy = list(map(lambda v: v + 1, filter(None, [0, 1, 2])))
z = list(zip([1, 2], "ab")), list(enumerate("ab", 1)), any([0, 1]), all([])
""",
    "functions": """
def f(a, b=2, *args, c=3, **kwargs):
    return a, b, args, c, kwargs
r = f(1), f(1, 5, 6, 7), f(1, c=9, d=4), f(*[1, 2], **{"c": 0})
def g(a, /, b, *, c):
    return a + b + c
s = g(1, 2, c=3), g(1, b=2, c=3)
def outer():
    n = 0
    def inner():
        nonlocal n
        n += 1
        return n
    return inner
t = outer()
u = t(), t(), t()
count = 0
def bump():
    global count
    count += 1
bump()
bump()
square = lambda v, k=2: v ** k
v = square(3), square(3, 3), (lambda *a: a)(1, 2), (lambda: None)()
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
w = fact(20)
def early(n):
    for i in range(10):
        if i == n:
            return i
x = early(3), early(30)
fs = [lambda i=i: i for i in range(3)]
y = [h() for h in fs]
def mutable(v, acc=[]):
    acc.append(v)
    return acc
mutable(1)
z = mutable(2)
""",
    "generators": """
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
def both(n):
    yield from count(n)
    yield "end"
a = list(count(4)), sum(count(5)), list(both(2)), [*both(1)], max(count(3))
b = next(count(3)), next(iter([]), "none")
c = sum(x * x for x in range(4)), list(x for x in "ab")
source = [1, 2]
doubled = (v * 2 for v in source)
doubled = list(doubled)
it = iter([1, 2, 3])
d = next(it), list(it)
""",
    "classes": """
class A:
    kind = "a"
    count = 0
    def __init__(self, x=1):
        self.x = x
        A.count += 1
    def double(self):
        return self.x * 2
    @property
    def triple(self):
        return self.x * 3
    @triple.setter
    def triple(self, value):
        self.x = value // 3
    @staticmethod
    def four():
        return 4
    @classmethod
    def make(cls, x):
        return cls(x)
    def __call__(self, y):
        return self.x + y
    def __len__(self):
        return 7
    def __getitem__(self, i):
        return i * 2
    def __eq__(self, other):
        return self.x == other.x
    def __add__(self, other):
        return A(self.x + other.x)
    def __repr__(self):
        return f"A({self.x})"
    def __contains__(self, v):
        return v == self.x
    def __iter__(self):
        return iter([self.x, self.x])
    def __lt__(self, other):
        return self.x < other.x
class B(A):
    kind = "b"
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
    def double(self):
        return super().double() + self.y
class C(B):
    def double(self):
        return super(C, self).double() * 10
    def name(self):
        return self.__class__.__name__
a = A(2)
b = B(3, 4)
c = C(1, 1)
r = a.double(), b.double(), c.double(), a.triple, A.four(), a.four(), B.make if 0 else A.make(9).x
a.triple = 30
s = a.x, a(1), len(a), a[4], a == A(10), a == A(1), (a + A(1)).x, str(a), f"{a}", 10 in a, list(a)
t = isinstance(c, A), isinstance(a, B), issubclass(C, A), type(b) is B, A.count, c.name(), A.kind
u = b.kind, hasattr(b, "y"), hasattr(b, "q"), getattr(b, "q", 5), getattr(b, "y"), A.__name__
setattr(b, "w", 8)
v = b.w, vars(A(1)), [x.x for x in sorted([A(3), A(1)])], max(A(1), A(2)).x
class D:
    def __getattr__(self, name):
        return name + "!"
w = D().anything
class E(A):
    pass
y = E(5).double(), A.double(E(6))
""",
    "diamond": """
class Base:
    def who(self):
        return ["base"]
class L(Base):
    def who(self):
        return ["l"] + super().who()
class R(Base):
    def who(self):
        return ["r"] + super().who()
class Both(L, R):
    def who(self):
        return ["both"] + super().who()
a = Both().who()
""",
    "records": """
from dataclasses import dataclass, field, asdict, replace
from collections import namedtuple, OrderedDict, defaultdict, Counter
from enum import Enum
from typing import NamedTuple
@dataclass
class P:
    x: int
    y: int = 2
    zs: list = field(default_factory=list)
    def total(self):
        return self.x + self.y
@dataclass(eq=True)
class Q(P):
    w: str = "w"
    def __post_init__(self):
        pass
p = P(1)
p.zs.append(3)
a = p.total(), p.zs, P(5).zs, asdict(p), p == P(1, 2, [3]), replace(p, x=9).x, str(p)
T = namedtuple("T", "a b c")
t = T(1, 2, c=3)
b = t.a, t[1], list(t), len(t), t._replace(a=5).a, t._asdict(), t == (1, 2, 3), str(t)
m, n, o = t
class N(NamedTuple):
    u: int
    v: int = 4
c = N(1).v, N(1, 2)[1], [*N(7)]
class Color(Enum):
    RED = 1
    BLUE = "b"
d = Color.RED.value, Color("b").name, Color["RED"].value, [x.name for x in Color]
d2 = Color.RED is Color(1)
e = OrderedDict(a=1), dict(defaultdict(int)), Counter("aab")["a"]
dd = defaultdict(list)
dd["k"].append(1)
f = dict(dd)
""",
    "library": """
import math
import itertools
import functools
import operator
import copy
from functools import partial, reduce
a = math.ceil(2.1), math.floor(-2.1), math.sqrt(16), math.log2(8), math.pi, math.prod([2, 3])
b = math.gcd(12, 18), math.factorial(5), math.comb(5, 2), math.inf > 1, math.isclose(1, 1.0)
c = list(itertools.product([1, 2], "ab")), list(itertools.chain([1], (2,)))
c2 = list(itertools.repeat(1, 2))
d = list(itertools.islice(itertools.count(5), 3)), list(itertools.chain.from_iterable([[1], [2]]))
e = list(itertools.accumulate([1, 2, 3])), list(itertools.combinations([1, 2, 3], 2))
f = partial(pow, 2)(3), reduce(lambda x, y: x * y, [1, 2, 3], 4), operator.itemgetter(1)([5, 6])
g = [[1], {"a": [2]}]
h = copy.deepcopy(g)
i = copy.copy(g)
g[0].append(9)
j = list(itertools.zip_longest([1, 2], [3])), list(itertools.pairwise([1, 2, 3]))
k = list(map(operator.add, [1, 2], [3, 4])), list(itertools.starmap(pow, [(2, 3)]))
""",
    "exceptions": """
def read(d, k):
    try:
        return d[k]
    except (KeyError, IndexError):
        return "none"
    finally:
        seen.append(k)
seen = []
a = read({"x": 1}, "x"), read({}, "y"), read([1], 4)
class Mine(ValueError):
    pass
def fail():
    raise Mine("no")
try:
    fail()
    b = "not here"
except ValueError as error:
    b = "caught"
else:
    b = "else"
try:
    c = 1
except Exception:
    c = 2
else:
    c += 10
try:
    import json_that_does_not_exist_anywhere as j
except ImportError:
    from math import floor as j
try:
    1 / 0
except ZeroDivisionError:
    d = "division"
try:
    int("x")
except (TypeError, ValueError):
    e = "value"
try:
    [].missing
except AttributeError:
    f = "attribute"
assert c == 11, "message"
""",
    "scopes": """
x = "module"
def f():
    x = "f"
    def g():
        return x
    return g()
class K:
    x = "class"
    y = [x for _ in range(1)]
    def m(self):
        return x
a = f(), K().m(), K.x
b = [x for x in range(3)]
def shadow(x):
    return [x for x in range(2)], x
c = shadow(5)
del b
i = 100
squares = {i: i * i for i in range(3)}
d = i
""",
    "decorators": """
import functools
def twice(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        return f(f(*args, **kwargs))
    return inner
def times(n):
    def wrap(f):
        return lambda *a: f(*a) * n
    return wrap
@twice
def add(x):
    return x + 1
@times(3)
@twice
def more(x):
    return x + 2
@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
a = add(1), more(1), fib(10)
class C:
    @functools.cached_property
    def v(self):
        return 5
b = C().v
""",
    "with": """
class Ctx:
    def __enter__(self):
        return "entered"
    def __exit__(self, *args):
        return False
with Ctx() as c:
    a = c
""",
    "types": """
a = isinstance(1, int), isinstance(True, int), isinstance(1.0, (int, float)), isinstance([], list)
b = isinstance((1,), (list, tuple)), isinstance("a", str), isinstance(None, type(None))
c = type(3) == int, type([]) is list, callable(len), callable(3), type("a").__name__
d = list(range(2, 8, 3)), range(3)[1], len(range(10)), 3 in range(4), range(5)[1:3] == range(1, 3)
e = int is int, str(5), list("ab"), tuple([1]), slice(1, 2).start, ...
""",
}
