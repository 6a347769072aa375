"""The language: what values come out of MATLAB code, one snippet per rule."""

from __future__ import annotations

import math
from typing import Any

import pytest

from convwise.dialects.matlab.expressions import EXPRESSIONS
from convwise.dialects.matlab.machine import Frame, Machine
from convwise.dialects.matlab.parse import parsed
from convwise.dialects.matlab.statements import STATEMENTS, functions_of
from convwise.dialects.matlab.values import Struct, plain, text_of
from convwise.dialects.python.values import Unknown
from convwise.errors import ConvwiseError, LimitError, ReadError, RuleError


def run(text: str) -> dict[str, Any]:
    root = parsed(text)
    machine = Machine(EXPRESSIONS, STATEMENTS, {})
    machine.functions.update(functions_of(root))
    frame = Frame({})
    machine.block(root, frame)
    return frame.names


def x(text: str) -> Any:
    """What the variable x is in the end, as layers would get it."""
    found = run(text)["x"]
    return text_of(found) if text_of(found) is not None else plain(found)


VALUES = {
    "x = 7": 7,
    "x = 7.5e1": 75,
    "x = 0x1F": 31,
    "x = 2^10": 1024,
    "x = 10 / 4": 2.5,
    "x = 10 / 5": 2,
    "x = -2^2": -4,
    "x = 5 \\ 10": 2,
    "x = floor(7 / 2) + mod(-1, 3) + rem(7, 4)": 8,
    "x = round(2.5) + round(-2.5)": 0,
    "x = 1 / 0": math.inf,
    "x = 3 == 3 && ~(2 > 1)": False,
    "x = 1 || undefined_thing": True,
    "x = true + true": 2,
    "x = 'a' + 1": 98,
    "x = [1 2 3]": (1, 2, 3),
    "x = [1, -2]": (1, -2),
    "x = [1 - 2]": -1,
    "x = [1 -2; 3 4]": ((1, -2), (3, 4)),
    "x = [1 2; 3 4]'": ((1, 3), (2, 4)),
    "x = 1:3": (1, 2, 3),
    "x = 0:0.5:1": (0, 0.5, 1),
    "x = 3:-1:1": (3, 2, 1),
    "x = 5:1": (),
    "x = [1 2 3] .* 2 + 1": (3, 5, 7),
    "x = [1 2] .^ [2 3]": (1, 8),
    "x = [1 2] + [10; 20]": ((11, 12), (21, 22)),
    "x = numel([1 2; 3 4])": 4,
    "x = size(zeros(2, 3), 2)": 3,
    "x = size(ones(4, 5))": (4, 5),
    "[a, b] = size(zeros(6, 7)); x = a * 10 + b": 67,
    "x = length([1 2 3; 4 5 6])": 3,
    "x = max([3 9 2])": 9,
    "x = max(3, 9)": 9,
    "x = sum([1 2 3]) + prod([1 2 3 4])": 30,
    "x = isempty([])": True,
    "v = [5 6 7]; x = v(2)": 6,
    "v = [5 6 7]; x = v(end)": 7,
    "v = [5 6 7]; x = v(end-1:end)": (6, 7),
    "v = [5 6 7]; x = v([true false true])": (5, 7),
    "v = [1 2; 3 4]; x = v(2, 1)": 3,
    "v = [1 2; 3 4]; x = v(:, 2)": (2, 4),
    "v = [1 2; 3 4]; x = v(:)": (1, 3, 2, 4),
    "v = 1:3; v(2) = 9; x = v": (1, 9, 3),
    "v = 1; v(3) = 5; x = v": (1, 0, 5),
    "v = []; v(end+1) = 4; v(end+1) = 5; x = v": (4, 5),
    "v = 1:4; v(2) = []; x = v": (1, 3, 4),
    "v(2, 2) = 3; x = v": ((0, 0), (0, 3)),
    "c = {1, 'two', [3 4]}; x = c{2}": "two",
    "c = {1, 2}; c{end+1} = 3; x = numel(c)": 3,
    "c = {10, 20, 30}; x = max([c{:}])": 30,
    "c = cell(1, 2); c{2} = 5; x = c{2}": 5,
    "s.a = 1; s.b.c = [1 2 3]; x = s.b.c(2)": 2,
    "s.list{2} = 'z'; x = s.list{2}": "z",
    "s = struct('k', 3, 'n', 'a'); x = s.k": 3,
    "s.a = 1; f = 'a'; x = s.(f)": 1,
    "x = ['conv' '_' num2str(3)]": "conv_3",
    'x = "conv" + 3': "conv3",
    'x = "conv" + (1:2)': ("conv1", "conv2"),
    "x = sprintf('b%02d_%s', 7, 'relu')": "b07_relu",
    'x = sprintf("%d%%", 5)': "5%",
    "x = strcat('a', 'b', int2str(4))": "ab4",
    "x = 'it''s'": "it's",
    "x = strcmp('a', 'a') && ~strcmpi('A', 'b')": True,
    "x = ismember('b', {'a', 'b'})": True,
    "f = @(a, b) a * 10 + b; x = f(1, 2)": 12,
    "k = 5; f = @() k; k = 6; x = f()": 5,
    "f = @max; x = f(1, 2)": 2,
    "x = 0; for i = 1:4, x = x + i; end": 10,
    "x = 0; for v = [1 2; 3 4], x = x + v(2); end": 7,
    "x = ''; for c = {'a', 'b'}, x = [x c{1}]; end": "ab",
    "x = 0; while true, x = x + 1; if x >= 5, break, end, end": 5,
    "x = 0; for i = 1:5, if mod(i, 2), continue, end, x = x + i; end": 6,
    "m = 'b'; switch m, case {'a', 'b'}, x = 1; otherwise, x = 2; end": 1,
    "switch 3, case 1, x = 1; otherwise, x = 2; end": 2,
    "if [], x = 1; elseif [1 0], x = 2; else, x = 3; end": 3,
    "x = f(2)\nfunction y = f(a)\ny = a^2;\nend": 4,
    "[a, b] = f(2); x = a + b\nfunction [p, q] = f(n)\np = n; q = 10 * n;\nend": 22,
    "x = f(1)\nfunction y = f(a, b)\nif nargin < 2, b = 7; end\ny = a + b;\nend": 8,
    "x = f(3)\nfunction y = f(n)\nif n == 0, y = 1; return, end\ny = n * f(n - 1);\nend": 6,
    "x = f(1, 2, 3)\nfunction y = f(varargin)\ny = numel(varargin);\nend": 3,
    "x = f(1, depth=4)\nfunction y = f(a, o)\narguments\na\no.depth = 2\no.w = 10\nend\n"
    "y = a + o.depth + o.w;\nend": 15,
    "try\nv = [1 2]; x = v(5);\ncatch\nx = -1;\nend": -1,
    "x = 1; % comment\n%{\nx = 2;\n%}\n": 1,
    "x = 1 + ...\n 2": 3,
    "x = repmat([1 2], 1, 2)": (1, 2, 1, 2),
    "x = [1, 2, ... first\n 3]": (1, 2, 3),
}


@pytest.mark.parametrize("code", VALUES)
def test_values(code: str) -> None:
    assert x(code) == VALUES[code]
    assert type(x(code)) is type(VALUES[code])


UNKNOWN = (
    "x = load('data.mat')",
    "x = 3i",
    "x = nothing_known(3) + 1",
    "d = imread(f); x = size(d, 1)",
)


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_is_not_known_says_so(code: str) -> None:
    assert type(run(code)["x"]) is Unknown


def test_what_an_unknown_condition_assigns_is_unknown() -> None:
    found = run("a = 1; b = 2; if rand > 0.5, a = 3; end")
    assert type(found["a"]) is Unknown
    assert found["b"] == 2


def test_values_are_copied() -> None:
    found = run("a.k = 1; b = a; b.k = 2; v = [1 2]; w = v; w(1) = 9;")
    assert found["a"] == Struct({"k": 1})
    assert plain(found["v"]) == (1, 2)


REFUSED = {
    "x = [1 2": (ReadError, "no MATLAB"),
    "x = = 3": (ReadError, "no MATLAB"),
    "v = [1 2 3]; x = v(4)": (RuleError, "index 4 exceeds the array"),
    "v = [1 2 3]; x = v(0)": (RuleError, "positive integer"),
    "x = [1 2; 3]": (RuleError, "different lengths"),
    "x = [1 2] + [1 2 3]": (RuleError, "do not fit"),
    "s.a = 1; x = s.b": (RuleError, "no field b"),
    "v = 1:3; v(1:2) = [1 2 3]": (RuleError, "3 values are stored in 2 places"),
    "x = f(1, 2)\nfunction y = f(a)\ny = a;\nend": (RuleError, "it takes 1"),
    "while true\nend": (LimitError, "did not end"),
    "x = f(1)\nfunction y = f(a)\ny = f(a);\nend": (LimitError, "nest more than"),
    "v = 1; for i = 1:99999, v = [v v]; end": (LimitError, "would take"),
    "x = " + "(" * 300 + "1" + ")" * 300: (LimitError, "nest"),
    "x = " + "1+" * 30000 + "1": (LimitError, "nest"),
}


@pytest.mark.parametrize("code", REFUSED, ids=lambda code: code[:30])
def test_mistakes_are_told_with_their_line(code: str) -> None:
    kind, words = REFUSED[code]
    with pytest.raises(ConvwiseError, match=words) as caught:
        run(code)
    assert isinstance(caught.value, kind)
    assert caught.value.where.line is not None
