"""No program takes more steps, memory or depth than is allowed, and each says where it would."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convwise.dialects.python.limits import Limits, amount
from convwise.dialects.python.values import Unknown
from convwise.errors import LimitError
from tests.dialects.python.fake import interpret, names_of
from tests.dialects.python.hostile import HOSTILE

# A fiftieth of what is allowed in earnest: enough to meet every limit, quick to reach.
_SMALL = Limits(steps=40_000, bytes=8 * 2**20)
_ROOT = Path(__file__).parents[3]
_MEASURE = """
import json, resource, sys
sys.path[:0] = ["src", "."]
from convwise.errors import ConvwiseError
from tests.dialects.python.fake import interpret
from tests.dialects.python.hostile import HOSTILE
said = None
try:
    interpret(HOSTILE[sys.argv[1]]).run()
except ConvwiseError as error:
    said = [type(error).__name__, error.where.line]
used = resource.getrusage(resource.RUSAGE_SELF)
# ru_maxrss would count the memory of the tests that started this process.
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps([said, used.ru_utime + used.ru_stime, int(peak) // 1024]))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_programs_are_stopped(name: str) -> None:
    started = time.process_time()
    with pytest.raises(LimitError) as caught:
        interpret(HOSTILE[name], limits=_SMALL).run()
    assert time.process_time() - started < 1
    line = caught.value.where.line
    assert line is not None
    assert 1 <= line <= HOSTILE[name].count("\n")
    assert str(caught.value).startswith(f"file.py:{line}: ")


def _measured(name: str) -> tuple[list[object], float, int]:
    found = subprocess.run(
        [sys.executable, "-c", _MEASURE, name],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said, seconds, mebibytes = json.loads(found.stdout)
    return said, seconds, mebibytes


_QUICK = ("endless while", "doubling list", "shared tuple hash", "nested enumerate", "recursion")


def _check_measured(name: str) -> None:
    said, seconds, mebibytes = _measured(name)
    assert said[0] == "LimitError"
    # One second on a machine of its own; tests share theirs.
    assert seconds < 2.5
    assert mebibytes < 200


@pytest.mark.parametrize("name", _QUICK)
def test_hostile_programs_in_a_process_of_their_own(name: str) -> None:
    _check_measured(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in _QUICK])
def test_all_hostile_programs_in_a_process_of_their_own(name: str) -> None:
    _check_measured(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x = 1\nwhile True:\n    x = 2\n",
            "file.py:2: this loop did not end within 800,000 steps",
        ),
        (
            "for i in range(3):\n    while i < 9:\n        for j in range(2):\n            k = j\n",
            "file.py:2: this loop did not end within 800,000 steps",
        ),
        (
            "def f(n):\n    return f(n - 1) + f(n - 1) if n else 1\nf(99)\n",
            "file.py:2: this did not end within 800,000 steps",
        ),
        (
            "x = 1\ny = 9**9**9\n",
            "file.py:2: this integer would have about 1,162,261,467 bits, at most 65,536 are made",
        ),
        (
            "x = 'a' * 10**12\n",
            "file.py:1: this str would take about 2^41 bytes; a source may make 64 MiB in all",
        ),
        (
            "x = list(range(10**7))\n",
            "file.py:1: this list would take 381 MiB; a source may make 64 MiB in all",
        ),
        (
            "def f(n):\n    return f(n)\nf(1)\n",
            "file.py:2: calls nest more than 200 deep here",
        ),
        (
            "def g():\n    while True:\n        yield 1\nx = list(g())\n",
            "file.py:4: the generator `g` gives more than 10,000 values",
        ),
        (
            "x = [1]\nfor i in range(99):\n    x = zip(x)\n",
            "file.py:3: more than 50 iterators draw from each other",
        ),
        (
            "import math\nx = math.factorial(10**6)\n",
            "file.py:2: `factorial` would make an integer of more than 65,536 bits",
        ),
        (
            "class A: pass\nfor i in range(999):\n    class A(A): pass\n",
            "file.py:3: `A` derives from too many classes",
        ),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(LimitError) as caught:
        interpret(text).run()
    assert str(caught.value).split("\n")[0] == message


@pytest.mark.parametrize(
    "action",
    [
        "open({path!r}, 'w').write('x')",
        "exec(\"open({path!r}, 'w')\")",
        "eval(\"open('{path}', 'w')\")",
        "__import__('os').system('touch {path}')",
        "import os; os.system('touch {path}')",
        "import subprocess; subprocess.run(['touch', {path!r}])",
        "from pathlib import Path; Path({path!r}).touch()",
        "().__class__.__base__.__subclasses__()[9].__init__.__globals__['open']({path!r}, 'w')",
        "(lambda: 0).__globals__['__builtins__']['open']({path!r}, 'w')",
        "len.__self__.open({path!r}, 'w')",
        "print.__self__.open({path!r}, 'w')",
        "'{0.__class__.__init__.__globals__}'.format(fake.Layer(1))",
        "getattr(getattr(fake, '__init__'), '__globals__')['__builtins__']['open']({path!r}, 'w')",
        "getattr(fake.Layer, 'call').__globals__",
        "fake.Layer.body",
        "fake.Layer(1).at.__class__",
        "compile('1', 'f', 'exec')",
        "import importlib; importlib.import_module('os').system('touch {path}')",
        "import pickle; pickle.loads(b'')",
        "type('X', (), {})()",
        "vars(fake)['Layer']",
        "(x for x in []).gi_frame.f_builtins['open']({path!r}, 'w')",
        "fake.Model().layers.__class__",
        "breakpoint()",
        "input()",
        "globals()['open']({path!r}, 'w')",
    ],
)
def test_nothing_is_ever_done(action: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    action = action.replace("{path!r}", repr(str(canary))).replace("{path}", str(canary))
    names = interpret(f"import fake\nx = 0\n{action}\nafter = 1\n").run()
    assert names["after"] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_canary_can_be_seen(tmp_path: Path) -> None:
    exec(f"open({str(tmp_path / 'canary')!r}, 'w')")
    assert [path.name for path in tmp_path.iterdir()] == ["canary"]


@pytest.mark.parametrize(
    "expression",
    [
        "().__class__",
        "'x'.__class__",
        "[].__class__",
        "(1).__class__",
        "len.__self__",
        "f.__globals__",
    ],
)
def test_names_of_pythons_own_stay_closed(expression: str) -> None:
    reading = interpret(f"def f(): pass\nx = {expression}\n")
    assert isinstance(reading.run()["x"], Unknown)


def test_the_work_of_a_loop_is_linear() -> None:
    text = "import fake\nx = fake.Input((1, 2))\nfor i in range({}):\n    x = fake.Layer(i)(x)\n"

    def steps(rounds: int) -> int:
        reading = interpret(text.format(rounds))
        reading.run()
        meter = reading._machine.meter
        return meter.limits.steps - meter.steps_left

    assert steps(6_000) - steps(3_000) == steps(9_000) - steps(6_000)
    assert steps(10_000) < 800_000


def test_ranges_are_lazy() -> None:
    names = names_of(
        "a = range(10**30)[10**20]\nb = 10**25 in range(10**30)\n"
        "for i in range(10**30):\n    if i == 5:\n        break\n"
        "c = next(iter(zip(range(10**30), 'ab')))\n"
    )
    assert (names["a"], names["b"], names["i"], names["c"]) == (10**20, True, 5, (0, "a"))


def test_recursion_within_the_limit() -> None:
    assert names_of("def f(n):\n    return n and 1 + f(n - 1)\nx = f(190)\n")["x"] == 190


def test_the_recursion_limit_of_python_is_put_back() -> None:
    before = sys.getrecursionlimit()
    with pytest.raises(LimitError):
        interpret("def f(): f()\nf()\n").run()
    assert sys.getrecursionlimit() == before


def test_amounts_in_words() -> None:
    assert [amount(n) for n in (1000, 2**21, 2**50)] == ["1,000 bytes", "2 MiB", "about 2^50 bytes"]
