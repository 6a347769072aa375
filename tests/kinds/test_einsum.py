"""Equations against torch.einsum on random ones, and those that do not fit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from convwise.graph.axes import Tensor, tensor
from convwise.graph.obligations import Must
from convwise.kinds.einsum import Einsum
from convwise.kinds.einsum_dense import EinsumDense
from convwise.kinds.windows import WHOLE
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import Counted, Shape, counted


@contextmanager
def from_left_to_right() -> Iterator[None]:
    """PyTorch multiplies in the order given."""
    before = torch.backends.opt_einsum.enabled
    torch.backends.opt_einsum.enabled = False
    try:
        yield
    finally:
        torch.backends.opt_einsum.enabled = before


def plain(shape: Shape) -> Tensor:
    return tensor(shape, (None,) * len(shape))


def drawn(rng: random.Random) -> tuple[str, list[Shape]]:
    """A random equation of one to four operands, at times with dots or without an output."""
    sizes = {letter: rng.randint(2, 4) for letter in "abcdefg"}
    terms = ["".join(rng.sample("abcdefg", rng.randint(1, 4))) for _ in range(rng.randint(1, 4))]
    dots = rng.random() < 0.3
    hidden = (2, 3)[: rng.randint(0, 2)] if dots else ()
    shapes = [(*hidden, *[sizes[letter] for letter in term]) for term in terms]
    given = ",".join([f"...{term}" if dots else term for term in terms])
    if rng.random() < 0.2:
        return given, shapes
    used = sorted({letter for term in terms for letter in term})
    output = "".join(rng.sample(used, rng.randint(0, len(used))))
    return f"{given}->{'...' if dots else ''}{output}", shapes


def reference(equation: str, shapes: list[Shape]) -> Counted:
    with from_left_to_right():
        return counted(lambda *given: torch.einsum(equation, *given), *shapes)


def disagreements(kind: Einsum, equation: str, shapes: list[Shape]) -> list[str]:
    right = reference(equation, shapes)
    operands = tuple(plain(shape) for shape in shapes)
    outputs = kind.outputs(operands, Must())
    macs = kind.macs(operands, outputs)
    backward = macs.input_gradient + macs.inner_gradient
    said = ([one.shape for one in outputs], macs.forward, backward)
    return [] if said == tuple(right) else [f"{equation} {shapes}: {right}, {said}"]


def test_random_equations_are_those_of_pytorch() -> None:
    rng = random.Random(5)
    contractions = 0
    for _ in range(400):
        equation, shapes = drawn(rng)
        assert disagreements(Einsum(equation), equation, shapes) == []
        contractions += reference(equation, shapes).forward > 0
    assert contractions > 100


def test_a_planted_difference_is_found() -> None:
    assert disagreements(Einsum("ab,bc->ac"), "ab,bc->a", [(2, 3), (3, 4)])
    assert disagreements(Einsum("ab,bc->cb"), "ab,bc->bc", [(2, 3), (3, 4)])


@pytest.mark.parametrize("equation", ["aab->ab", "aab,b->a", "ab , bc", "aa"])
def test_diagonals_and_spaces(equation: str) -> None:
    sizes = {"a": 3, "b": 4, "c": 5}
    terms = equation.replace(" ", "").partition("->")[0].split(",")
    shapes = [tuple(sizes[letter] for letter in term) for term in terms]
    assert disagreements(Einsum(equation), equation, shapes) == []


def test_axes_of_one_are_repeated() -> None:
    assert ask(Einsum("ab,ab->ab"), plain((2, 1)), plain((2, 3))).shape == (2, 3)


def test_roles_and_formulas() -> None:
    text = tensor((1, 5, 8), ("batch", "time", "feature"))
    said = ask(Einsum("bti,bsi->bts"), text, text)
    assert said.roles == ("batch", "time", None)
    assert said.reach == {"feature": WHOLE}
    assert said.equations["macs"] == "1*5*5 x 8 = 200"
    assert said.elementwise_ops == 0


def test_products_without_a_sum_are_elementwise() -> None:
    said = ask(Einsum("a,b->ab"), plain((3,)), plain((4,)))
    assert (said.macs, said.elementwise_ops) == (0, 12)
    assert ask(Einsum("ab->a"), plain((3, 4))).elementwise_ops == 12


def test_letters_do_not_matter_in_the_canonical_form() -> None:
    operands = plain((2, 3)), plain((3, 4))
    one, two = (Einsum(equation).canonical(operands) for equation in ("xy,yz", "ij,jk->ik"))
    assert one == two == Einsum("ab,bc->ac")


def test_messages_say_what_was_found() -> None:
    text = plain((2, 3, 4))
    assert "names 2 axes, its input has 3" in refusal(Einsum("ab->a"), text).message
    assert "takes 2 inputs, 1 are given" in refusal(Einsum("ab,bc->a"), text).message
    assert "no input has it" in refusal(Einsum("abc->ad"), text).message
    assert "more than once" in refusal(Einsum("abc->aa"), text).message
    assert "not made of letters" in refusal(Einsum("a1c->a"), text).message
    sizes = refusal(Einsum("ab,bc->ac"), plain((2, 3)), plain((4, 5))).message
    assert sizes == 'index b of "ab,bc->ac" has sizes 3 and 4'


def test_a_dense_layer_by_equation() -> None:
    text = tensor((1, 5, 8), ("batch", "time", "feature"))
    said = ask(EinsumDense("abc,cde->abde", (("d", 2), ("e", 4)), "de"), text)
    assert said.weights == {"kernel": (8, 2, 4), "bias": (2, 4)}
    assert said.shape == (1, 5, 2, 4)
    assert said.macs == 5 * 8 * 2 * 4
    assert said.equations["parameters"] == "8*2*4 + 8 = 72"
    assert "is not given" in refusal(EinsumDense("abc,cd->abd"), text).message
    assert "no equation" in refusal(EinsumDense("abc->ab"), text).message
    wrong = EinsumDense("abc,cd->abd", (("d", 2),), "c")
    assert "a bias for c is asked for" in refusal(wrong, text).message
