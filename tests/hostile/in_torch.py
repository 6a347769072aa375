"""Hostile and broken PyTorch code: side effects in modules, sizes no one can mean, wrong sizes."""

from __future__ import annotations

from tests.hostile.case import READ, REFUSED, Case, touching

_IMPORTS = """import torch
import torch.nn as nn
import torch.nn.functional as F
"""
_HEAD = _IMPORTS.count("\n")


def _sequential(*modules: str, shape: str = "1, 3, 32, 32") -> str:
    """The modules stand on lines of their own, the first on line _HEAD + 2."""
    lines = "".join(f"    {module},\n" for module in modules)
    return f"{_IMPORTS}model = nn.Sequential(\n{lines})\nmodel(torch.zeros({shape}))\n"


_PLAIN = _sequential("nn.Conv2d(3, 8, 3)")
_WORDS = ("8 x 30 x 30", "224")

#: Lines before and after the model, which is read all the same.
AROUND = {
    "torch.load": "w = torch.load('evil.pt')",
    "torch.save": "torch.save(torch.zeros(3), 'canary')",
    "hub": "m = torch.hub.load('evil/evil', 'model', trust_repo=True)",
    "jit of a file": "m = torch.jit.load('evil.pt')",
    "jit.script": "@torch.jit.script\ndef f(x):\n    TOUCH\n    return x",
    "a C extension": "m = torch.utils.cpp_extension.load('x', ['x.cpp'])",
    "torch's os": "torch.os.system('touch canary')",
    "torch's sys": "torch.sys.modules['os'].system('touch canary')",
    "numpy of torch": "torch.np.save('canary', [1])",
    "globals of a module": "nn.Conv2d.forward.__globals__['torch'].save(1, 'canary')",
    "builtins of torch": "torch.__builtins__['open']('canary', 'w')",
    "dictionary of torch": "torch.__dict__['os'].system('touch canary')",
    "getattr of torch": "getattr(torch, 'o' + 's').system('touch canary')",
    "subclasses": "c = nn.Module.__subclasses__()[0]()",
    "bases of a class": "c = nn.Conv2d.__mro__[-1].__subclasses__()",
    "reduce of a module": "nn.Conv2d(3, 8, 3).__reduce__()",
    "a giant tensor": "x = torch.zeros(10**6, 10**6, 10**6)",
    "a giant range": "x = torch.arange(10**15)",
    "a giant identity": "x = torch.eye(10**9)",
    "a giant linspace": "x = [v for v in torch.linspace(0, 1, 10**12)]",
    "a giant list": "x = torch.tensor([0] * 3 + [1] * 5)",
    "a metaclass": (
        "class M(type):\n    def __new__(c, *a):\n        TOUCH\nclass N(metaclass=M): pass"
    ),
    "a class body": "class N(nn.Module):\n    TOUCH",
    "__init_subclass__": (
        "class N(nn.Module):\n    def __init_subclass__(cls):\n        TOUCH\nclass K(N): pass"
    ),
    "__del__": "class N:\n    def __del__(self):\n        TOUCH\nN()",
    "a data set": (
        "class D(torch.utils.data.Dataset):\n    def __getitem__(self, i):\n        TOUCH\nD()[0]"
    ),
    "an autograd function": (
        "class G(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n"
        "        TOUCH\nG.apply(1)"
    ),
    "a process": "torch.multiprocessing.spawn(lambda i: TOUCH)",
    "distributed": "torch.distributed.init_process_group('nccl')",
    "environment": "import os\nname = os.environ['SECRET']\nprint(name)",
    "a decorator": "@(lambda f: TOUCH)\ndef f():\n    pass",
    "a property": "class N:\n    @property\n    def a(self):\n        TOUCH\nx = N().a",
    "a pickle": "import pickle\nw = pickle.load(open('secret.txt', 'rb'))",
    "an exit": "import sys\nif len(sys.argv) > 10**9:\n    sys.exit(0)",
}

AFTER = {
    "save": "torch.save(model.state_dict(), 'canary')",
    "load": "model.load_state_dict(torch.load('evil.pt'))",
    "export": "torch.onnx.export(model, torch.zeros(1, 3, 32, 32), 'canary')",
    "a hook": "model.register_forward_hook(lambda m, i, o: TOUCH)",
    "apply": "model.apply(lambda m: TOUCH)",
    "an endless loop of training": "while True:\n    loss = model(data)\n    loss.backward()",
    "epochs": (
        "opt = torch.optim.SGD(model.parameters())\nfor e in range(10**9):\n    opt.zero_grad()\n"
        "    y = model(torch.zeros(1, 3, 32, 32))\n    opt.step()"
    ),
    "over the parameters": "for p in model.parameters():\n    TOUCH",
    "compile": "model = torch.compile(model, backend=lambda g, i: TOUCH)",
    "a mistake at run time": "undefined_name.go(1 / 0)",
    "an assertion": "assert sum(p.numel() for p in model.parameters()) == 1",
    "numpy": "model(torch.zeros(1, 3, 32, 32)).numpy().tofile('canary')",
    "a format": "print(f'{model!r:>{10**9}}')",
}

_MODULE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {init}
        self.conv = nn.Conv2d(3, 8, 3)

    def __getattr__(self, name):
        {attribute}

    def extra_repr(self):
        {show}

    def forward(self, x):
        {forward}
        return self.conv(x)

model = Net()
model(torch.zeros(1, 3, 32, 32))
"""
_PLACES = ("init", "attribute", "show", "forward")


def _module(place: str, code: str) -> str:
    return _IMPORTS + _MODULE.format(**{**dict.fromkeys(_PLACES, "pass"), place: code})


_BOMBS = {
    "endless loop": "while True: pass",
    "long list": "self.a = [0] * 10**12",
    "tower of powers": "self.a = 9**9**9",
    "recursion": "self.forward(1)",
    "modules without end": "self.l = nn.ModuleList([nn.ReLU() for _ in range(10**9)])",
    "a long text": "self.a = 'a' * 10**12",
    "a product of ranges": "self.a = sum(i * j for i in range(10**6) for j in range(10**6))",
}

#: Modules that are refused: the constructor as written, and words of the reason.
REFUSED_MODULES = {
    "no channels": ("nn.Conv2d(3, 0, 3)", ()),
    "negative channels": ("nn.Conv2d(-3, 8, 3)", ()),
    "half a channel": ("nn.Conv2d(3, 8.5, 3)", ()),
    "channels as text": ("nn.Conv2d('3', 8, 3)", ()),
    "channels as nan": ("nn.Conv2d(3, float('nan'), 3)", ()),
    "channels as a module": ("nn.Conv2d(nn.ReLU(), 8, 3)", ()),
    "no kernel": ("nn.Conv2d(3, 8)", ("kernel_size",)),
    "a kernel of 0": ("nn.Conv2d(3, 8, 0)", ()),
    "a kernel of three sizes": ("nn.Conv2d(3, 8, (3, 3, 3))", ()),
    "a negative kernel": ("nn.Conv2d(3, 8, (3, -3))", ()),
    "a stride of 0": ("nn.Conv2d(3, 8, 3, stride=0)", ()),
    "negative padding": ("nn.Conv2d(3, 8, 3, padding=-1)", ()),
    "unknown padding": ("nn.Conv2d(3, 8, 3, padding='full')", ()),
    "same with a stride": ("nn.Conv2d(3, 8, 3, stride=2, padding='same')", ("stride",)),
    "unknown padding mode": ("nn.Conv2d(3, 8, 3, padding_mode='wrap')", ()),
    "a dilation of 0": ("nn.Conv2d(3, 8, 3, dilation=0)", ()),
    "groups that do not divide": ("nn.Conv2d(3, 8, 3, groups=2)", ("groups",)),
    "groups of 0": ("nn.Conv2d(3, 8, 3, groups=0)", ()),
    "a giant kernel": ("nn.Conv2d(3, 8, 10**30)", ("larger than its input 32",)),
    "an unknown option": ("nn.Conv2d(3, 8, 3, colour='blue')", ("colour",)),
    "no arguments": ("nn.Conv2d()", ()),
    "too many arguments": ("nn.Conv2d(*range(1000))", ()),
    "the same argument twice": ("nn.Conv2d(3, 8, 3, out_channels=8)", ()),
    "other channels": ("nn.Conv2d(4, 8, 3)", ("in_channels=4", "in_channels=3")),
    "other features": ("nn.Linear(100, 10)", ("in_features=100", "in_features=32")),
    "other normalised channels": ("nn.BatchNorm2d(5)", ("num_features=5", "3")),
    "a volume": ("nn.Conv3d(3, 8, 3)", ()),
    "a pool of 0": ("nn.MaxPool2d(0)", ()),
    "a giant pool": ("nn.MaxPool2d(10**40)", ()),
    "pool padding over half": ("nn.MaxPool2d(2, padding=2)", ()),
    "a probability of 2": ("nn.Dropout(2)", ()),
    "negative units": ("nn.Linear(32, -1)", ()),
    "a wrong shuffle": ("nn.PixelShuffle(2)", ()),
    "groups of a norm": ("nn.GroupNorm(2, 3)", ()),
    "a function": ("F.relu", ()),
    "a class": ("nn.ReLU", ()),
    "a number": ("3", ()),
    "a layer that is almost there": ("nn.Conv2D(3, 8, 3)", ("Conv2d",)),
}

#: No modules at all: Sequential refuses them, in its own line.
_NONE = ("F.relu", "nn.ReLU", "3")

#: Statements of a forward that PyTorch refuses, and words of the reason.
REFUSED_FORWARDS = {
    "a view that does not fit": ("return x.view(-1, 7)", ("7",)),
    "a cat of other sizes": ("return torch.cat([x, x[:, :, 1:]], 1)", ()),
    "a sum of other sizes": ("return x + x[:, :, 1:]", ()),
    "a product of other sizes": ("return x @ x[:, :, 1:]", ()),
    "an axis far away": ("return x.mean(9)", ()),
    "a permutation of too few": ("return x.permute(0, 1)", ()),
    "an index outside": ("return x[:, 5]", ()),
    "two -1": ("return x.view(-1, -1)", ()),
    "a tensor as a module": ("return x(x)", ()),
    "nothing": ("pass", ()),
    "an unknown attribute": ("return self.missing(x)", ()),
    "an unpacking of too many": ("a, b = x.shape\n        return x", ()),
    "too many arguments": ("return self.conv(x, x, x, x)", ()),
}


def _forward(code: str) -> str:
    return _IMPORTS + (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv2d(3, 8, 3)\n\n    def forward(self, x):\n"
        f"        {code}\n\nmodel = Net()\nmodel(torch.zeros(1, 3, 32, 32))\n"
    )


#: Whole sources that say no network, or not enough of it.
INCOMPLETE = {
    "only imports": _IMPORTS,
    "no input": _IMPORTS + "model = nn.Sequential(nn.Conv2d(3, 8, 3))\n",
    "a class that needs arguments": _IMPORTS
    + "class Net(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n"
    "        self.conv = nn.Conv2d(3, width, 3)\n    def forward(self, x):\n"
    "        return self.conv(x)\n",
    "no forward": _IMPORTS
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.conv = nn.Conv2d(3, 8, 3)\nNet()(torch.zeros(1, 3, 8, 8))\n",
    "no super().__init__()": _IMPORTS
    + "class Net(nn.Module):\n    def __init__(self):\n        self.conv = nn.Conv2d(3, 8, 3)\n"
    "    def forward(self, x):\n        return self.conv(x)\nNet()(torch.zeros(1, 3, 8, 8))\n",
    "a model from outside": "import torchvision\nmodel = torchvision.models.resnet50()\n",
    "a module inside itself": _IMPORTS
    + "model = nn.Sequential(nn.ReLU())\nmodel.append(model)\nmodel(torch.zeros(1, 3, 8, 8))\n",
    "a module that calls itself": _IMPORTS
    + "class Net(nn.Module):\n    def forward(self, x):\n        return self(x)\n"
    "Net()(torch.zeros(1, 3, 8, 8))\n",
    "a million modules": _IMPORTS
    + "model = nn.Sequential(*[nn.Linear(3, 3) for _ in range(10**6)])\nmodel(torch.zeros(1, 3))\n",
    "a tensor that doubles": _IMPORTS
    + "class Net(nn.Module):\n    def forward(self, x):\n        for _ in range(10**4):\n"
    "            x = torch.cat([x, x], 1)\n        return x\nNet()(torch.zeros(1, 3, 8, 8))\n",
    "a module called without end": _IMPORTS
    + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.a = nn.ReLU()\n    def forward(self, x):\n        while True:\n"
    "            x = self.a(x)\nNet()(torch.zeros(1, 3, 8, 8))\n",
    "a syntax error": _IMPORTS + "model = nn.Sequential(nn.ReLU()\nx = 1\n",
}


def cases() -> list[Case]:
    """Side effects around and inside modules; modules and calls that PyTorch refuses."""
    body = _PLAIN[len(_IMPORTS) :]
    found = [
        Case(f"{name} before a PyTorch model", _IMPORTS + touching(code) + body, READ, _WORDS)
        for name, code in AROUND.items()
    ]
    found += [
        Case(f"{name} after a PyTorch model", _PLAIN + touching(code), READ, _WORDS)
        for name, code in AFTER.items()
    ]
    found += [
        Case(f"side effect in {place} of a module", touching(_module(place, "TOUCH")), READ, _WORDS)
        for place in _PLACES
    ]
    found += [
        Case(f"{name} in {place} of a module", _module(place, code))
        for name, code in _BOMBS.items()
        for place in ("init", "forward")
    ]
    found += [
        Case(f"nn: {name}", _sequential(module), REFUSED, words, line=_HEAD + 2 - (module in _NONE))
        for name, (module, words) in REFUSED_MODULES.items()
    ]
    found += [
        Case(f"forward: {name}", _forward(code), REFUSED, words)
        for name, (code, words) in REFUSED_FORWARDS.items()
    ]
    return found + [Case(f"torch: {name}", code) for name, code in INCOMPLETE.items()]
