"""Matrix products against torch.matmul on random shapes, and what does not multiply."""

from __future__ import annotations

import random

import torch

from convwise.graph.axes import Tensor, tensor
from convwise.graph.dims import symbol
from convwise.graph.obligations import Must
from convwise.kinds.matmul import Matmul
from convwise.kinds.windows import WHOLE, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import Shape, counted

TEXT = ("batch", "time", "feature")


def plain(shape: Shape) -> Tensor:
    return tensor(shape, (None,) * len(shape))


def drawn(rng: random.Random) -> tuple[Shape, Shape]:
    """Shapes that multiply: vectors, matrices, leading axes that are repeated or missing."""
    rows, summed, columns = (rng.randint(1, 5) for _ in range(3))
    before = [rng.randint(1, 4) for _ in range(rng.randint(0, 3))]
    left = tuple(1 if rng.random() < 0.3 else size for size in before)
    right = tuple(1 if rng.random() < 0.3 else size for size in before)
    left, right = left[rng.randint(0, len(left)) :], right[rng.randint(0, len(right)) :]
    one = (summed,) if rng.random() < 0.15 else (*left, rows, summed)
    two = (summed,) if rng.random() < 0.15 else (*right, summed, columns)
    return one, two


def test_shapes_and_multiply_adds_are_those_of_pytorch() -> None:
    rng = random.Random(3)
    compared = 0
    for _ in range(400):
        shapes = drawn(rng)
        operands = tuple(plain(shape) for shape in shapes)
        right = counted(torch.matmul, *shapes)
        outputs = Matmul().outputs(operands, Must())
        assert [one.shape for one in outputs] == right.shapes, shapes
        macs = Matmul().macs(operands, outputs)
        # Its counter knows no product with a vector that stays one: the closed form is outputs x n.
        if min(map(len, shapes)) > 1:
            assert (macs.forward, macs.input_gradient) == (right.forward, right.backward), shapes
            compared += 1
        else:
            assert macs.forward == outputs[0].elements * shapes[0][-1]
    assert compared > 200


def test_transposed_matrices_are_those_of_pytorch() -> None:
    for first, second in ((True, False), (False, True), (True, True)):
        shapes = (2, 5, 3) if first else (2, 3, 5), (4, 5) if second else (5, 4)
        kind = Matmul(first, second)
        operands = tuple(plain(shape) for shape in shapes)

        def product(one: torch.Tensor, two: torch.Tensor, kind: Matmul = kind) -> torch.Tensor:
            one = one.transpose(-1, -2) if kind.transpose_first else one
            return one @ (two.transpose(-1, -2) if kind.transpose_second else two)

        right = counted(product, *shapes)
        said = ask(kind, *operands)
        assert ([said.shape], said.macs) == (right.shapes, right.forward)


def test_a_linear_layer_keeps_its_roles() -> None:
    said = ask(Matmul(), tensor((1, 5, 8), TEXT), plain((8, 3)))
    assert said.roles == TEXT
    assert said.equations["macs"] == "5*3 x 8 = 120"
    assert said.reach == {"feature": WHOLE}
    assert said.kept == ["input", "input"]


def test_scores_of_attention_keep_the_queries_role_only() -> None:
    text = tensor((1, 5, 8), TEXT)
    said = ask(Matmul(transpose_second=True), text, text)
    assert said.roles == ("batch", "time", None)
    assert Matmul(transpose_second=True).reach((text, text), 1) == {
        "feature": WHOLE,
        "time": Whole(partial=True),
    }


def test_symbols_that_must_agree() -> None:
    must = Must()
    operands = plain((2, symbol("L"))), plain((symbol("M"), 3))  # type: ignore[arg-type]
    assert Matmul().outputs(operands, must)[0].shape == (2, 3)
    assert [one.holds({"L": 4, "M": 4}) for one in must.constraints] == [True]
    assert [one.holds({"L": 4, "M": 5}) for one in must.constraints] == [False]


def test_what_does_not_multiply() -> None:
    wrong = refusal(Matmul(), plain((2, 3)), plain((4, 5)))
    assert wrong.message == "(2, 3) and (4, 5) do not multiply: 3 and 4 values are summed over"
    batches = refusal(Matmul(), plain((2, 3, 4)), plain((5, 4, 3))).message
    assert batches == "sizes 2 and 5 in the leading axes (2,) and (5,) do not multiply"
    assert "single number" in refusal(Matmul(), plain(()), plain((4,))).message
    assert "cannot be transposed" in refusal(Matmul(True), plain((4,)), plain((4,))).message
    assert "takes 2 inputs" in refusal(Matmul(), plain((4,))).message
