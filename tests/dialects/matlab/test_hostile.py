"""Code that would take for ever, or all memory: refused or read in under a second."""

from __future__ import annotations

import time
import tracemalloc

import pytest

import convwise
from convwise.errors import ConvwiseError

IN = "layers = [imageInputLayer([8 8 3])\n"
MANY = "x = 1:100000; for i = 1:100000, "

HOSTILE = {
    "endless": "while true\nend",
    "loops in loops": "for i = 1:9\n" * 30 + "x = 1;\n" + "end\n" * 30,
    "recursion": "x = f(1)\nfunction y = f(a)\ny = g(a);\nend\nfunction y = g(a)\ny = f(a);\nend",
    "a function that calls what it gets": "f = @(g) g(g); f(f)",
    "doubled characters": "s = 'a'; while true, s = [s s]; end",
    "doubled strings": 's = "ab"; while true, s = s + s; end',
    "doubled by strcat": "s = 'ab'; while true, s = strcat(s, s); end",
    "doubled arrays": "v = 1; while true, v = [v v]; end",
    "cells in cells": "c = {}; while true, c = {c c}; end",
    "structs in structs": "s.a = 1; while true, s.a = s; end",
    "a growing cell": "c = {}; for i = 1:100000, c{end+1} = i; end",
    "a growing struct": "s = struct(); for i = 1:100000, s.(sprintf('a%d', i)) = 1; end",
    "sums": MANY + "y = x + 1; end",
    "conditions": "x = 1:100000; while x, y = 1; end",
    "functions": MANY + "y = floor(x); end",
    "transposes": MANY + "y = x'; end",
    "stores": MANY + "x(i) = 2; end",
    "letters": "x = repmat('a', 1, 50000); for i = 1:100000, y = x(i); end",
    "captured variables": "for i = 1:100000, f = @() 1; x = f(); end",
    "all elements with all": "x = ones(1, 100000); y = zeros(300, 300); z = y(x, x);",
    "a long range": "x = 1:1e12;",
    "fields of fields": "a" + ".b" * 50000 + " = 1",
    "brackets": "x = " + "[1 " * 90000,
    "signs": "x = " + "-" * 200000 + "1",
    "quotes": "x = '" * 50000,
    "blocks": "if 1\n" * 20000 + "end\n" * 20000,
    "comments": "%{\n" * 50000,
    "too much": "% " * 200000,
    "a wide whole number": "x = 0x" + "f" * 100000 + "; layers = [imageInputLayer([x x 1])];",
    "repeated layers": IN + "repmat(reluLayer, 9999, 9999)];",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_refused_in_time(how: str) -> None:
    start = time.process_time()
    with pytest.raises(ConvwiseError) as caught:
        convwise.read(HOSTILE[how], dialect="matlab")
    assert caught.value.message
    assert time.process_time() - start < 3  # under one second; tests share their machine


def test_little_memory_is_taken() -> None:
    tracemalloc.start()
    try:
        for how in ("doubled characters", "doubled arrays", "fields of fields"):
            with pytest.raises(ConvwiseError):
                convwise.read(HOSTILE[how], dialect="matlab")
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()


def test_cells_in_cells_are_no_argument() -> None:
    code = "c = {1}; for i = 1:60, c = {c c}; end\n" + IN + "reluLayer('Name', c)];"
    assert len(convwise.read(code, dialect="matlab").graph.layers) == 2


def test_nothing_is_executed(tmp_path: object) -> None:
    code = f"system('touch {tmp_path}/a');\n!touch {tmp_path}/b\neval('!touch {tmp_path}/c');\n"
    net = convwise.read(code + IN + "reluLayer];", dialect="matlab")
    assert len(net.graph.layers) == 2
    assert not list(tmp_path.iterdir())  # type: ignore[attr-defined]


def test_products_become_floating_point() -> None:
    code = "v = 1:100000; x = prod(v); if x > 1e300, n = 4; else, n = 5; end\n"
    net = convwise.read(code + IN + "convolution2dLayer(3, n)];", dialect="matlab")
    assert net.graph.weights["conv/Weights"].shape == (3, 3, 3, 4)
