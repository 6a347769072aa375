"""Damaged MATLAB code is read or refused with a message: nothing else comes of it."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

import convwise
from convwise.errors import ConvwiseError

FILES = sorted((Path(__file__).parents[2] / "zoo" / "matlab").glob("*.m"))
BRACKETS = ("(", ")", "[", "]", "{", "}", "'", '"', "[]")
PIECES = (*BRACKETS, ";", "end", "...", "%", "=", "0", "-1", "1e9", "NaN", "@", ":", "~", "Inf")


def mutated(text: str, random: Random) -> str:
    """One or two places changed: a piece put in, letters taken out, lines exchanged."""
    for _ in range(random.randint(1, 2)):
        place = random.randrange(len(text))
        way = random.randrange(4)
        if way == 0:
            text = text[:place] + random.choice(PIECES) + text[place:]
        elif way == 1:
            text = text[:place] + text[place + random.randint(1, 12) :]
        elif way == 2:
            lines = text.split("\n")
            one, two = random.randrange(len(lines)), random.randrange(len(lines))
            lines[one], lines[two] = lines[two], lines[one]
            text = "\n".join(lines)
        else:
            digits = [at for at, letter in enumerate(text) if letter.isdigit()]
            if digits:
                at = random.choice(digits)
                text = text[:at] + random.choice(("0", "7", "-3", "2.5", "99999")) + text[at + 1 :]
        text = text or " "
    return text


def check(seed: int, count: int) -> int:
    """How many of so many mutants are still networks."""
    random = Random(seed)
    read = 0
    for _ in range(count):
        text = mutated(random.choice(FILES).read_text("utf-8"), random)
        start = time.process_time()
        try:
            convwise.read(text, dialect="matlab").summary().to_dict()
            read += 1
        except ConvwiseError as error:
            assert error.message
        assert time.process_time() - start < 5
    return read


def test_some_mutants() -> None:
    assert check(1, 150) > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_mutants(seed: int) -> None:
    assert check(seed, 200) > 20
