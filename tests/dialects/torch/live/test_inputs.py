"""What a module may be called on: shapes, tensors, arrays, structures, names, open sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import convwise
from convwise.dialects.torch.read_live import read_live
from convwise.errors import ConvwiseError, MissingInputError, ReadError, RuleError, UsageError
from tests.dialects.torch.live.snippets import Small, graph, kinds, rows, shapes


class Both(nn.Module):
    """Two inputs, an option, and an optional input."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.dense = nn.Linear(5, 4)

    def forward(self, image, numbers, scale: float = 1.0, extra=None):
        y = self.conv(image) * scale + self.dense(numbers)[:, :, None, None]
        return y if extra is None else y + extra


def names(found: Any) -> list[str]:
    """The inputs' names."""
    return [found.layers[found.nodes[one.node].layer].name for one in found.inputs]


def test_inputs_by_name():
    found = graph(Both(), image=(3, 8, 8), numbers=(5,))
    assert names(found) == ["image", "numbers"]
    assert shapes(found) == ["(N, 4, 8, 8)"]


def test_an_optional_input_and_an_option_are_passed_on():
    found = graph(Both(), image=(3, 8, 8), numbers=(5,), extra=(4, 8, 8), scale=0.5)
    assert names(found) == ["image", "numbers", "extra"]
    assert kinds(found).count("merge") == 2


def test_tensors_and_arrays_have_their_batch_in_front():
    image, numbers = torch.zeros(7, 3, 8, 8), np.zeros((7, 5), dtype=np.float32)
    found = graph(Both(), image=image, numbers=numbers)
    assert shapes(found) == ["(N, 4, 8, 8)"]


def test_tensors_of_different_batches_keep_theirs():
    found = graph(Both(), image=torch.zeros(1, 3, 8, 8), numbers=torch.zeros(6, 5))
    assert shapes(found) == ["(6, 4, 8, 8)"]
    assert [note.code for note in found.notes] == ["batch-size"]


def test_several_inputs_in_order():
    found = graph(Both(), [(3, 8, 8), (5,)])
    assert names(found) == ["image", "numbers"]


def test_the_type_of_a_tensor_counts():
    class Half(nn.Module):
        def forward(self, x):
            return x * 2

    found = graph(Half(), torch.zeros(1, 4, dtype=torch.float16))
    assert [node.outputs[0].dtype for node in found.nodes] == ["float16", "float16"]


def test_the_type_of_the_weights_is_the_type_of_an_input():
    found = graph(nn.Linear(4, 2).bfloat16(), (4,))
    assert found.nodes[0].outputs[0].dtype == "bfloat16"


def test_whole_numbers_are_found_where_an_embedding_or_an_index_wants_them():
    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(100, 8)
            self.places = nn.Parameter(torch.zeros(50, 8))

        def forward(self, ids, where, x):
            return self.table(ids + 1) + self.places[where] + x

    found = graph(Tokens(), ids=(6,), where=(6,), x=(6, 8))
    types = [found.tensor(one).dtype for one in found.inputs]
    assert types == ["int64", "int64", "float32"]


def test_dicts_lists_and_nested_structures():
    class Nested(nn.Module):
        def forward(self, batch):
            first, second = batch["pair"]
            return {"sum": first + second, "more": [batch["mask"] * 2, None]}

    given = {"pair": [(3, 4), (3, 4)], "mask": (7,)}
    found = read_live(Nested(), inputs={"batch": given})
    assert names(found) == ["pair[0]", "pair[1]", "mask"]
    assert shapes(found) == ["(N, 3, 4)", "(N, 7)"]


def test_outputs_of_data_classes_are_taken_apart():
    @dataclass
    class Answer:
        logits: Any
        hidden: Any = None

    class Answers(nn.Module):
        def forward(self, x):
            return Answer(x + 1, (x * 2, x * 3))

    assert len(graph(Answers(), (4,)).outputs) == 3


def test_keywords_of_any_name():
    class Any_(nn.Module):  # noqa: N801 (a name like a word of Python)
        def forward(self, **inputs):
            return inputs["a"] + inputs["b"]

    assert names(graph(Any_(), a=(4,), b=(4,))) == ["a", "b"]


def test_a_word_is_an_open_size():
    class Grows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, stride=2)

        def forward(self, x):
            y = self.conv(x)
            return functional.interpolate(y, size=(2 * y.shape[2], y.shape[3]))

    found = graph(Grows(), (3, "H", 64))
    assert shapes(found) == ["(N, 8, 2*ceil(H/2) - 2, 31)"]


def test_open_sizes_without_words_are_called_after_their_axes():
    assert shapes(graph(nn.Conv2d(3, 8, 1), (3, None, None))) == ["(N, 8, H, W)"]


def test_no_input_says_what_the_first_layer_needs():
    with pytest.raises(MissingInputError, match=r"stem.0 \(Conv2d\) needs 3 channels") as caught:
        graph(Small())
    assert caught.value.hint == "give it without the batch, such as input=(3, 224, 224)"


def test_a_missing_input_is_named():
    with pytest.raises(MissingInputError, match="the shape of numbers"):
        graph(Both(), image=(3, 8, 8))


def test_a_wrong_name_is_told_from_the_right_one():
    with pytest.raises(UsageError, match="no parameter 'imag'") as caught:
        graph(Both(), imag=(3, 8, 8), numbers=(5,))
    assert caught.value.hint == "did you mean image?"


@pytest.mark.parametrize("shape", [(0, 8, 8), (-3, 8, 8)])
def test_sizes_below_one_are_refused(shape: tuple[int, ...]):
    with pytest.raises(UsageError, match="no size"):
        graph(Small(), shape)


def test_complex_inputs_are_refused():
    with pytest.raises(UsageError, match="complex"):
        graph(nn.Identity(), torch.zeros(1, 3, dtype=torch.complex64))


def test_wrong_channels_are_explained_by_the_layer_s_own_rule():
    with pytest.raises(RuleError, match="Conv2d has in_channels=3, its input") as caught:
        graph(Small(), (4, 8, 8))
    assert caught.value.where.layer == "stem.0"
    assert str(caught.value.where.source).endswith("snippets.py")


def test_a_forward_that_stops_is_told_with_its_line():
    class Broken(nn.Module):
        def forward(self, x):
            return x.nonsense

    with pytest.raises(ReadError, match="AttributeError") as caught:
        graph(Broken(), (3,))
    assert caught.value.where.text == "return x.nonsense"


def test_a_module_that_returns_no_tensor():
    class Nothing(nn.Module):
        def forward(self, x):
            return "nothing"

    with pytest.raises(ConvwiseError, match="returns no tensor"):
        graph(Nothing(), (3,))


def test_lazy_modules_are_refused_until_they_ran_once():
    module = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU())
    with pytest.raises(ReadError, match="lazy") as caught:
        graph(module, (3, 8, 8))
    assert "call the module once" in str(caught.value.hint)
    module(torch.zeros(1, 3, 8, 8))
    assert shapes(graph(module, (3, 8, 8))) == ["(N, 4, 6, 6)"]


def test_scripted_modules_are_refused():
    scripted = torch.jit.script(nn.Sequential(nn.Linear(3, 3)))
    with pytest.raises(ReadError, match=r"torch\.jit"):
        graph(scripted, (3,))
    with pytest.raises(ReadError, match="0 is compiled"):
        graph(nn.Sequential(scripted), (3,))


def test_what_is_no_module_is_refused():
    with pytest.raises(UsageError, match="no PyTorch module"):
        read_live(torch.zeros(3), inputs={})  # type: ignore[arg-type]


def test_wrappers_are_opened():
    plain = graph(Small(), (3, 8, 8))
    for wrapped in (nn.DataParallel(Small()), torch.compile(Small(), backend="eager")):
        assert rows(graph(wrapped, (3, 8, 8))) == rows(plain)


def test_graph_modules_and_exported_programs_are_modules():
    module = Small().eval()
    plain = convwise.read(module, (3, 8, 8))
    traced = torch.fx.symbolic_trace(module)
    assert convwise.read(traced, (3, 8, 8)).difference(plain) is None
    exported = torch.export.export(module, (torch.zeros(2, 3, 8, 8),)).module()
    found = convwise.read(exported, torch.zeros(2, 3, 8, 8))
    total = found.summary().to_dict()["totals"]
    assert total["parameters"] == plain.summary().to_dict()["totals"]["parameters"]
