"""Programs that would never end or fill the memory, by what they abuse; none is ever run."""

from __future__ import annotations

_PROGRAMS = r"""
=== endless while
while True:
    pass
=== endless count
x = 0
while x >= 0:
    x = x + 1
=== huge range list
x = list(range(10**12))
=== huger range
x = list(range(10**30))
=== text repeated
x = 'a' * 10**12
=== tower
x = 9**9**9
=== shift
x = 1 << 10**12
=== squaring
x = 3
while True:
    x = x * x
=== doubling int
x = 3
while True:
    x = x + x
=== doubling list
x = [1]
while True:
    x = x + x
=== doubling inplace
x = [1]
while True:
    x += x
=== doubling text
x = 'ab'
while True:
    x += x
=== doubling f
x = 'ab'
while True:
    x = f'{x}{x}'
=== doubling dict
x = {}
while True:
    x[len(x)] = 1
=== set
x = set()
i = 0
while True:
    i += 1
    x.add(i)
=== append
x = []
while True:
    x.append([1, 2, 3])
=== append text
x = []
while True:
    x.append('a' * 1000)
=== append dict copies
d = dict.fromkeys(range(100000))
x = []
while True:
    x.append(d.copy())
=== append dict stars
d = {str(i): i for i in range(20000)}
x = []
while True:
    x.append({**d})
=== nested list
x = []
while True:
    x = [x]
=== nested tuple hash
x = ()
for i in range(100000):
    x = (x,)
d = {x: 1}
=== shared tuple hash
x = (1,)
for i in range(80):
    x = (x, x)
d = {x: 1}
=== shared list equal
a = [1]
b = [1]
for i in range(80):
    a = [a, a]
    b = [b, b]
c = a == b
=== shared list text
a = [1]
for i in range(80):
    a = [a, a]
c = str(a)
=== shared sort
a = [1]
b = [1]
for i in range(80):
    a = [a, a]
    b = [b, b]
c = sorted([a, b])
=== deepcopy
import copy
a = [1]
while True:
    a = [a, copy.deepcopy(a)]
=== self containing
a = []
a.append(a)
b = str(a)
=== self equal
a = []
a.append(a)
b = []
b.append(b)
c = a == b
=== recursion
def f(n):
    return f(n + 1)
f(0)
=== mutual recursion
f = lambda n: g(n)
g = lambda n: [f(x) for x in [n]]
f(0)
=== recursion in class
class A:
    def __init__(self):
        self.b = A()
A()
=== recursion in property
class A:
    @property
    def b(self):
        return self.b
A().b
=== recursion in getattr
class A:
    def __getattr__(self, name):
        return self.other
A().b
=== recursion in str
class A:
    def __str__(self):
        return str(self)
x = str(A())
=== recursion in len
class A:
    def __len__(self):
        return len(self)
x = len(A())
=== recursion in bool
class A:
    def __bool__(self):
        return bool(self)
x = not A()
=== recursion in eq
class A:
    def __eq__(self, o):
        return self == o
x = A() == 1
=== exponential recursion
def f(n):
    return f(n - 1) + f(n - 1) if n else 1
f(100)
=== width %
x = '%1000000000d' % 3
=== width % star
x = '%*d' % (10**9, 3)
=== precision %
x = '%.1000000000f' % 3.0
=== width f
x = f'{3:>{10**12}}'
=== width format
x = '{:>1000000000000}'.format(3)
=== center
x = 'a'.center(10**12)
=== zfill
x = 'a'.zfill(10**12)
=== expandtabs
x = ('\t' * 1000).expandtabs(10**9)
=== join
x = ('a' * 10**6).join(['b'] * 10**5)
=== replace
x = ('a' * 10**5).replace('a', 'b' * 10**5)
=== split
x = ['a ' * 10**6]
while True:
    x.append(x[0].split())
=== product
import itertools
x = list(itertools.product(range(1000), repeat=9))
=== product repeat
import itertools
x = itertools.product([1], repeat=10**10)
=== permutations
import itertools
x = list(itertools.permutations(range(20)))
=== count
import itertools
x = list(itertools.count())
=== count in
import itertools
x = -1 in itertools.count()
=== repeat sum
import itertools
x = sum(itertools.repeat(1))
=== cycle
import itertools
x = max(itertools.cycle([1]))
=== islice
import itertools
x = list(itertools.islice(itertools.count(), 10**12, None))
=== filter
import itertools
x = next(filter(lambda v: False, itertools.count()))
=== comprehension
x = [a for a in range(10**6) for b in range(10**6)]
=== empty comprehension
x = [a for a in range(10**9) if a < 0]
=== dict comprehension
x = {a: a for a in range(10**9)}
=== generator
def g():
    while True:
        yield 1
x = sum(g())
=== silent generator
def g():
    while True:
        pass
    yield 1
x = list(g())
=== generator chain
def g(x):
    yield from x
x = [1]
for i in range(10000):
    x = g(x)
y = list(x)
=== nested enumerate
x = [1]
for i in range(100000):
    x = enumerate(x)
y = list(x)
=== nested zip
x = [1]
for i in range(100000):
    x = zip(x)
y = list(x)
=== nested map
x = [1]
for i in range(100000):
    x = map(str, x)
y = list(x)
=== nested generators
x = [1]
for i in range(100000):
    x = (y for y in x)
y = list(x)
=== nested partial
import functools
f = len
for i in range(100000):
    f = functools.partial(f)
f([])
=== closures
f = lambda: 0
while True:
    f = (lambda g: lambda: g)(f)
=== classes
class A:
    pass
while True:
    class A(A):
        pass
=== instances
class A:
    pass
x = []
while True:
    a = A()
    a.b = 1
    x.append(a)
=== unpack
a, *b = range(10**12)
=== spread
x = [*range(10**12)]
=== spread call
print(*range(10**12))
=== float in ranges
for i in range(10**9):
    x = 1.5 in range(10**12)
=== factorial
import math
x = math.factorial(10**9)
=== comb
import math
x = math.comb(10**9, 10**6)
=== pow mod
x = pow(3, 10**4000, 10**4000)
=== pow mod loop
a = 7**5000
while True:
    x = pow(3, a, a)
=== division
a = 7**20000
b = 3**20000
while True:
    x = a // b
=== gcd
import math
a = 7**20000
b = 3**20000
while True:
    x = math.gcd(a, b)
=== big text compare
a = 'x' * 4000000
b = 'x' * 4000000
while True:
    a == b
=== big text key
a = 'x' * 4000000
b = 'x' * 4000000
d = {a: 1}
while True:
    d[b]
=== big text in
a = 'x' * 4000000
while True:
    'y' in a
=== big list in
a = [0] * 1000000
while True:
    1 in a
=== big slices
a = [0] * 1000000
while True:
    a[1:]
=== sort texts
a = 'x' * 1000000
b = [a + str(i) for i in range(8)]
while True:
    sorted(b)
=== insert
a = [0] * 4000000
while True:
    a.insert(0, 1)
=== float of text
a = '1' * 3000000
while True:
    float(a)
=== bin
a = 1 << 60000
x = []
while True:
    x.append(bin(a))
=== unknown texts
x = []
while True:
    x.append(nothing.known)
=== namedtuples
from collections import namedtuple
A = namedtuple('A', ['f%d' % i for i in range(5000)])
a = A(*range(5000))
x = []
while True:
    x.append(a._asdict())
=== default dicts
from collections import defaultdict
x = []
while True:
    x.append(defaultdict(list))
=== notes
while True:
    @unknown
    def f(): pass
=== try
while True:
    try:
        {}['a']
    except KeyError:
        pass
"""


def _split(text: str) -> dict[str, str]:
    """The programs by name: each starts behind a line `=== name`."""
    programs = {}
    for part in text.split("=== ")[1:]:
        name, _, program = part.partition("\n")
        programs[name] = program
    return programs


HOSTILE: dict[str, str] = {
    **_split(_PROGRAMS),
    "long names": "x = []\nwhile True:\n    x.append(" + "n" * 100_000 + ")\n",
    "assertions": (
        "while True:\n    try:\n        assert False and ("
        + "1 + " * 100
        + "1)\n    except AssertionError:\n        x = 1\n"
    ),
}
