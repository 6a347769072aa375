"""Sets of sizes that repeat from some size on, written as constraints; must never solve one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

#: A set is not listed beyond this many sizes.
MOST_SIZES = 1 << 14

#: The earliest start is not looked for beyond this many steps.
MOST_STEPS = 1 << 20


class SizeSet(NamedTuple):
    """The sizes in `low`, all below `start`, and those from `start` on with these residues."""

    low: frozenset[int]
    start: int
    modulus: int
    residues: frozenset[int]

    def __contains__(self, size: object) -> bool:
        assert type(size) is int
        if size < self.start:
            return size in self.low
        return size % self.modulus in self.residues

    @property
    def empty(self) -> bool:
        return not self.low and not self.residues

    def first(self) -> int:
        """The smallest size in it."""
        if self.low:
            return min(self.low)
        return min([self.start + (r - self.start) % self.modulus for r in self.residues])

    def members(self, begin: int, end: int) -> Iterator[int]:
        """The sizes from `begin` to before `end`, in order."""
        yield from sorted([size for size in self.low if begin <= size < end])
        begin = max(begin, self.start)
        step = self.modulus
        offsets = sorted([(residue - begin) % step for residue in self.residues])
        for base in range(begin, end, step):
            for offset in offsets:
                if base + offset < end:
                    yield base + offset

    def crowd(self, begin: int, end: int) -> int:
        """An upper bound on the number of members from `begin` to before `end`."""
        length = max(end - max(begin, self.start), 0)
        return len(self.low) + (length // self.modulus + 1) * len(self.residues)

    def settled(self) -> SizeSet:
        """The same set with the smallest modulus and the earliest start."""
        modulus, residues = _shortest(self.modulus, self.residues)
        if not residues or len(residues) * len(self.low) > MOST_STEPS:
            return SizeSet(self.low, self.start, modulus, residues)
        low = sorted(self.low)
        start = self.start
        while start > 1:
            before = max([start - 1 - (start - 1 - residue) % modulus for residue in residues])
            if low and low[-1] == before:
                start = low.pop()
                continue
            start = max(before, low[-1] if low else 0) + 1
            break
        return SizeSet(frozenset(low), start, modulus, residues)


ALL = SizeSet(frozenset(), 1, 1, frozenset((0,)))


def _shortest(modulus: int, residues: frozenset[int]) -> tuple[int, frozenset[int]]:
    for prime in _primes(modulus):
        while modulus % prime == 0:
            shorter = modulus // prime
            folded = frozenset([residue % shorter for residue in residues])
            if len(folded) * prime != len(residues):
                break
            modulus, residues = shorter, folded
    return modulus, residues


def _primes(number: int) -> list[int]:
    found = []
    prime = 2
    while prime * prime <= number:
        if number % prime == 0:
            found.append(prime)
            while number % prime == 0:
                number //= prime
        prime += 1
    return [*found, number] if number > 1 else found


class Shape(NamedTuple):
    """A set as a person says it: (H + shift) % modulus within `within`, first <= H <= last."""

    modulus: int
    shift: int
    within: tuple[int, int]
    first: int
    last: int | None


def shape(sizes: SizeSet) -> Shape | None:
    """The set as one residue (or neighbouring residues) between two ends; None if it is not so."""
    if sizes.residues:
        return None if sizes.low else _endless(sizes)
    ordered = sorted(sizes.low)
    if len(ordered) == 1:
        return Shape(1, 0, (0, 0), ordered[0], ordered[0])
    step = ordered[1] - ordered[0]
    if ordered != list(range(ordered[0], ordered[-1] + 1, step)):
        return None
    residue = ordered[0] % step
    first = 1 if ordered[0] == (residue or step) else ordered[0]
    return Shape(step, 0, (residue, residue), first, ordered[-1])


def _endless(sizes: SizeSet) -> Shape | None:
    modulus = sizes.modulus
    ordered = sorted(sizes.residues)
    first = sizes.first()
    if first <= min([residue or modulus for residue in ordered]):
        first = 1
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        return Shape(modulus, 0, (ordered[0], ordered[-1]), first, None)
    gaps = [i for i in range(1, len(ordered)) if ordered[i] != ordered[i - 1] + 1]
    if len(gaps) > 1 or ordered[0] != 0 or ordered[-1] != modulus - 1:
        return None
    shift = modulus - ordered[gaps[0]]
    return Shape(modulus, shift, (0, len(ordered) - 1), first, None)
