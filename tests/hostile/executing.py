"""Sources that do something when Python runs them: each would leave the canary."""

from __future__ import annotations

from tests.hostile.case import Case, before_model, touching

#: Statements by name. All of them are alive: Python, running them, leaves the canary.
LIVE = {
    "open": "TOUCH",
    "open in with": "with open('canary', 'w') as f:\n    f.write('x')",
    "open through io": "import io\nio.open('canary', 'w').write('x')",
    "open through os": "import os\nos.close(os.open('canary', os.O_CREAT))",
    "open through builtins": "import builtins\nbuiltins.open('canary', 'w').write('x')",
    "open through __builtins__": "__builtins__.open('canary', 'w').write('x')",
    "open through globals": "globals()['__builtins__'].open('canary', 'w').write('x')",
    "open through vars": "vars(__builtins__)['open']('canary', 'w').write('x')",
    "open through print": "print.__self__.open('canary', 'w').write('x')",
    "open through a lambda": "(lambda: 0).__globals__['__builtins__'].open('canary', 'w')",
    "open under another name": "o = open\no('canary', 'w').write('x')",
    "open mapped": "list(map(open, ['canary'], ['w']))",
    "open as a key": "sorted(['canary'], key=lambda name: open(name, 'w'))",
    "os.system": "import os\nos.system('touch canary')",
    "os.system by another name": "from os import system as conv\nconv('touch canary')",
    "os.popen": "import os\nos.popen('touch canary').read()",
    "os.fork": "import os\nif os.fork() == 0:\n    TOUCH\n    os._exit(0)\nos.wait()",
    "os.mkdir": "import os\nos.mkdir('canary')",
    "os.rename": "import os\nos.rename('secret.txt', 'canary')",
    "subprocess.run": "import subprocess\nsubprocess.run(['touch', 'canary'])",
    "Popen": "from subprocess import Popen\nPopen('touch canary', shell=True).wait()",
    "ctypes": "import ctypes\nctypes.CDLL(None).system(b'touch canary')",
    "pathlib": "from pathlib import Path\nPath('canary').touch()",
    "shutil": "import shutil\nshutil.copy('secret.txt', 'canary')",
    "logging": "import logging\nlogging.basicConfig(filename='canary')",
    "sqlite3": "import sqlite3\nsqlite3.connect('canary').close()",
    "zipfile": "import zipfile\nzipfile.ZipFile('canary', 'w').close()",
    "exec": "exec('''TOUCH''')",
    "eval": "eval('''TOUCH''')",
    "compile": "exec(compile('''TOUCH''', 'x', 'exec'))",
    "__import__": "__import__('os').system('touch canary')",
    "importlib": "import importlib\nimportlib.import_module('os').system('touch canary')",
    "a module beside the source": "import evil",
    "a relative module": "import importlib\nimportlib.import_module('evil')",
    "everything of a module beside": "from evil import *",
    "runpy": "import runpy\nrunpy.run_path('evil.py')",
    "getattr": "getattr(__import__('os'), 'sys' + 'tem')('touch canary')",
    "getattr in a chain": "f = getattr\nf(f(print, '__self__'), 'open')('canary', 'w')",
    "operator.attrgetter": (
        "import operator, os\noperator.attrgetter('system')(os)('touch canary')"
    ),
    "sys.modules": "import sys\nsys.modules['os'].system('touch canary')",
    "subclasses of object": (
        "for c in ().__class__.__bases__[0].__subclasses__():\n"
        "    if c.__name__ == '_wrap_close':\n"
        "        c.__init__.__globals__['system']('touch canary')"
    ),
    "subclasses in a comprehension": (
        "[c for c in ''.__class__.__mro__[-1].__subclasses__() if c.__name__ == '_wrap_close']"
        "[0].__init__.__globals__['system']('touch canary')"
    ),
    "frames": "import sys\nsys._getframe().f_builtins['open']('canary', 'w')",
    "code of a function": (
        "def f():\n    pass\nf.__code__ = compile('''TOUCH''', 'x', 'exec')\nf()"
    ),
    "metaclass": (
        "class M(type):\n    def __new__(c, *a):\n        TOUCH\n"
        "        return super().__new__(c, *a)\nclass Net(metaclass=M):\n    pass"
    ),
    "a function as a metaclass": "class Net(metaclass=lambda *a: TOUCH):\n    pass",
    "__prepare__": (
        "class M(type):\n    @classmethod\n    def __prepare__(c, *a):\n        TOUCH\n"
        "        return {}\nclass Net(metaclass=M):\n    pass"
    ),
    "__init_subclass__": (
        "class Base:\n    def __init_subclass__(cls):\n        TOUCH\nclass Net(Base):\n    pass"
    ),
    "__set_name__": (
        "class D:\n    def __set_name__(self, owner, name):\n        TOUCH\nclass Net:\n    d = D()"
    ),
    "__class_getitem__": (
        "class Net:\n    def __class_getitem__(cls, item):\n        TOUCH\nNet[0]"
    ),
    "__mro_entries__": (
        "class A:\n    def __mro_entries__(self, bases):\n        TOUCH\n        return ()\n"
        "class Net(A()):\n    pass"
    ),
    "body of a class": "class Net:\n    TOUCH",
    "__del__": "class Net:\n    def __del__(self):\n        TOUCH\nn = Net()\ndel n",
    "__init__": "class Net:\n    def __init__(self):\n        TOUCH\nNet()",
    "__new__": (
        "class Net:\n    def __new__(cls):\n        TOUCH\n        return object.__new__(cls)\n"
        "Net()"
    ),
    "__call__": "class Net:\n    def __call__(self):\n        TOUCH\nNet()()",
    "__getattr__": "class Net:\n    def __getattr__(self, name):\n        TOUCH\nNet().layers",
    "__getattribute__": (
        "class Net:\n    def __getattribute__(self, name):\n        TOUCH\nNet().layers"
    ),
    "__setattr__": "class Net:\n    def __setattr__(self, *a):\n        TOUCH\nNet().x = 1",
    "__enter__": (
        "class Net:\n    def __enter__(self):\n        TOUCH\n    def __exit__(self, *a):\n"
        "        return True\nwith Net():\n    pass"
    ),
    "__iter__": (
        "class Net:\n    def __iter__(self):\n        TOUCH\n        return iter([])\n"
        "for layer in Net():\n    pass"
    ),
    "__eq__": (
        "class Net:\n    def __eq__(self, other):\n        TOUCH\n        return True\nNet() == 1"
    ),
    "__hash__": (
        "class Net:\n    def __hash__(self):\n        TOUCH\n        return 1\n{Net(): 1}"
    ),
    "__str__": (
        "class Net:\n    def __str__(self):\n        TOUCH\n        return 'n'\nf'{Net()}'"
    ),
    "__format__": (
        "class Net:\n    def __format__(self, spec):\n        TOUCH\n        return 'n'\n"
        "'{}'.format(Net())"
    ),
    "__index__": (
        "class Net:\n    def __index__(self):\n        TOUCH\n        return 0\n[1][Net()]"
    ),
    "__bool__": (
        "class Net:\n    def __bool__(self):\n        TOUCH\n        return True\n"
        "if Net():\n    pass"
    ),
    "__add__": "class Net:\n    def __add__(self, other):\n        TOUCH\nNet() + 1",
    "__radd__": "class Net:\n    def __radd__(self, other):\n        TOUCH\n1 + Net()",
    "__contains__": (
        "class Net:\n    def __contains__(self, x):\n        TOUCH\n        return True\n1 in Net()"
    ),
    "property": "class Net:\n    @property\n    def x(self):\n        TOUCH\nNet().x",
    "descriptor": (
        "class D:\n    def __get__(self, *a):\n        TOUCH\nclass Net:\n    d = D()\nNet().d"
    ),
    "decorator": "def side(f):\n    TOUCH\n    return f\n@side\ndef build():\n    pass",
    "lambda as a decorator": "@(lambda f: TOUCH)\ndef build():\n    pass",
    "decorator of a class": "@(lambda c: TOUCH)\nclass Net:\n    pass",
    "default argument": "def build(x=TOUCH):\n    pass",
    "annotation": "def build(x: TOUCH):\n    pass",
    "annotated name": "x: TOUCH = 1",
    "return annotation": "def build() -> TOUCH:\n    pass",
    "finally": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\nfinally:\n    TOUCH",
    "except": "try:\n    {}['no']\nexcept KeyError:\n    TOUCH",
    "assert": "assert TOUCH",
    "f-string": "x = f'{TOUCH}'",
    "comprehension": "x = [TOUCH for _ in range(1)]",
    "condition of a comprehension": "x = [i for i in range(1) if TOUCH]",
    "generator": "def g():\n    TOUCH\n    yield 1\nlist(g())",
    "async": "import asyncio\nasync def f():\n    TOUCH\nasyncio.run(f())",
    "thread": "import threading\nt = threading.Thread(target=lambda: TOUCH)\nt.start()\nt.join()",
    "atexit": "import atexit\natexit.register(lambda: TOUCH)",
    "pickle": ("import pickle\npickle.loads(b'cos\\nsystem\\n(S\"touch canary\"\\ntR.')"),
    "match": "match 1:\n    case 1 if TOUCH:\n        pass",
    "walrus": "if (x := TOUCH):\n    pass",
    "starred": "print(*[TOUCH])",
    "main": "if __name__ == '__main__':\n    TOUCH",
    "encoding utf-7": "# -*- coding: utf-7 -*-\n+AG8-pen('canary', 'w')",
    "functools.partial": "from functools import partial\npartial(open, 'canary', 'w')()",
    "functools.reduce": "from functools import reduce\nreduce(open, ['canary', 'w'])",
    "weakref": (
        "import weakref\nclass Net:\n    pass\nn = Net()\nweakref.finalize(n, lambda: TOUCH)\ndel n"
    ),
    "type of three arguments": (
        "Net = type('Net', (), {'__init__': lambda self: TOUCH and None})\n"
        "try:\n    Net()\nexcept TypeError:\n    pass"
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass Net:\n"
        "    x: int = field(default_factory=lambda: TOUCH)\nNet()"
    ),
    "enum": "from enum import Enum\nclass E(Enum):\n    A = TOUCH",
}

#: Not alive on every machine, or alive only by leaving the process: still nothing may come of them.
UNSURE = {
    "print": 'print("CAN" + "ARY")',
    "stdout": "import sys\nsys.stdout.write('CAN' + 'ARY')",
    "stderr": "import sys\nsys.stderr.write('CAN' + 'ARY')",
    "environment": "import os\nprint(os.environ['SECRET'])",
    "a file beside the source": "print(open('secret.txt').read())",
    "kill": "import os\nos.kill(os.getpid(), 9)",
    "signal": "import signal\nsignal.raise_signal(signal.SIGKILL)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "os._exit": "import os\nos._exit(7)",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', 9))",
    "urllib": "import urllib.request\nurllib.request.urlopen('file:///etc/passwd').read()",
    "multiprocessing": "import multiprocessing\nmultiprocessing.Process(target=print).start()",
    "pty": "import pty\npty.spawn(['touch', 'canary'])",
    "input": "x = input('CAN' + 'ARY')",
    "breakpoint": "breakpoint()",
    "help": "help()",
    "sleep": "import time\ntime.sleep(10**9)",
    "recursion limit": "import sys\nsys.setrecursionlimit(10**9)",
    "settrace": "import sys\nsys.settrace(lambda *a: print('CAN' + 'ARY'))",
    "excepthook": "import sys\nsys.excepthook = lambda *a: print('CAN' + 'ARY')",
    "antigravity": "import antigravity",
    "unknown package": "import no_such_package_7305\nno_such_package_7305.go(1)",
    "relative import": "from . import evil\nfrom .evil import go\ngo()",
    "new builtin": "import builtins\nbuiltins.print = builtins.len = builtins.range = None",
    "format of attributes": "x = '{0.__class__.__init__.__globals__}'.format(open)",
    "format_map of attributes": "x = '{a.__class__}'.format_map({'a': 1})",
    "percent of a dictionary": "x = '%(a)s' % {'a': open}",
    "string template": "import string\nx = string.Formatter().format('{0.__class__}', 1)",
    "garbage collector": "import gc\nx = gc.get_objects()",
    "inspect": "import inspect\nx = inspect.currentframe().f_back.f_globals",
    "marshal": "import marshal\nx = marshal.loads(b'garbage')",
    "await outside": "await open('canary', 'w')",
}


def cases() -> list[Case]:
    """Every statement alone, where there is nothing to read, and before a model, which is read."""
    found = []
    for alive, statements in ((True, LIVE), (False, UNSURE)):
        for name, code in statements.items():
            source = touching(code)
            found.append(Case(name, source, live=alive))
            found.append(before_model(name, source))
    return found
