"""Files of PyTorch's: exported programs that are broken or made to harm, and pickles."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from functools import cache, partial

from tests.hostile.archives import archive, bomb, encrypted, lying, twice
from tests.hostile.case import READ, REFUSED, TOUCH, Case


class _Executed:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (TOUCH,)


@cache
def exported() -> bytes:
    """A real program of one convolution."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 8, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.conv(x))

    stream = io.BytesIO()
    program = torch.export.export(Net(), (torch.zeros(2, 3, 32, 32),))
    torch.export.save(program, stream)
    return stream.getvalue()


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(exported())) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _graph() -> str:
    """The member that holds the graph: the longest JSON."""
    texts = {name: content for name, content in _members().items() if name.endswith(".json")}
    return max(texts, key=lambda name: len(texts[name]))


def with_graph(content: bytes) -> bytes:
    """The program with another graph."""
    return archive({**_members(), _graph(): content}, compress=False)


Raw = bytes | Callable[[], bytes]


def _case(
    name: str,
    raw: Raw,
    words: tuple[str, ...] = (),
    file: str = "model.pt2",
    status: int = REFUSED,
) -> Case:
    return Case(f"{file.rpartition('.')[2]}: {name}", raw, status, words, file=file)


def _replaced(old: bytes, new: bytes) -> bytes:
    """The program with something else at the first place of its graph that says `old`."""
    text = _members()[_graph()]
    assert old in text
    return with_graph(text.replace(old, new, 1))


def _with(make: Callable[[bytes], bytes]) -> bytes:
    """An archive made around the program's graph."""
    return make(_members()[_graph()])


def _programs() -> list[Case]:
    contents = {
        "a number for all": b"7",
        "a list": b"[]",
        "no JSON": b"{]",
        "nothing": b"",
        "100,000 brackets": b"[" * 100_000,
        "no nodes": b'{"graph_module": {"graph": {}}}',
    }
    changes = {
        "a size of 10^40": (b'"as_int": 32', b'"as_int": ' + b"9" * 40),
        "a negative size": (b'"as_int": 32', b'"as_int": -32'),
        "sizes that are words": (b'"as_int": 32', b'"as_int": "many"'),
        "no tensors": (b'"tensor_values"', b'"tensor_valuez"'),
        "no signature": (b'"signature"', b'"signaturf"'),
    }
    return [
        _case("a text", b"import torch"),
        _case("an empty file", b""),
        _case("cut off", lambda: exported()[: len(exported()) // 2]),
        _case("no graph", archive({"data/weights/w": b"", "version": b"0"})),
        _case("a bomb", lambda: bomb(_graph(), 300)),
        _case("a claim of four gigabytes",
              lambda: _with(lambda text: lying(archive({_graph(): text}), 0xFFFFFFF0))),
        _case("encrypted", lambda: _with(lambda text: encrypted(archive({_graph(): text})))),
        _case("two graphs", lambda: _with(lambda text: twice(_graph(), text, b"{}"))),
        _case(
            "a function of nobody",
            partial(_replaced, b'"torch.ops.aten.conv2d.default"', b'"os.system"'),
            ("unknown",),
            status=READ,
        ),
        *[_case(name, partial(with_graph, content)) for name, content in contents.items()],
        *[_case(name, partial(_replaced, *change)) for name, change in changes.items()],
    ]  # fmt: skip


def _pickles() -> list[Case]:
    """Files that can only be opened by running what is in them, or that hold no network."""
    harm = pickle.dumps(_Executed())
    zipped = archive({"archive/data.pkl": harm, "archive/version": b"3"}, compress=False)
    script = archive({"m/code/__torch__.py": b"", "m/data.pkl": harm}, compress=False)
    words = ("torch.export",)
    return [
        _case("a pickle", harm, words, "model.pt"),
        _case("a pickle in an archive", zipped, words, "model.pth"),
        _case("TorchScript", script, words, "script.pt"),
        _case("a checkpoint", zipped, words, "model.ckpt"),
        _case("a pickle by its own name", harm, (), "model.pkl"),
        _case("tensors alone", b"\x02\0\0\0\0\0\0\0{}", ("weights",), "model.safetensors"),
        _case("nothing", b"", (), "empty.pt"),
        _case("not there", b"", (), "model.mat"),
        _case("a frozen graph", b"\x0a\x01", (), "model.pb"),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*_programs(), *_pickles()]
