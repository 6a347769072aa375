"""Reads the patterns of einops, such as "b (h p) w c -> b h w (p c)"; must name no kind.

einops: Rogozhnikov, Einops: Clear and Reliable Tensor Manipulations (2022).
"""

from __future__ import annotations

from typing import NamedTuple

from convwise.errors import RuleError

#: The name that stands for all axes of an ellipsis, and an ellipsis outside of brackets.
DOTS = "..."
BARE = ("bare ...",)


class Pattern(NamedTuple):
    """Both sides of a pattern: every axis as the names it is made of; `1` has none."""

    left: tuple[tuple[str, ...], ...]
    right: tuple[tuple[str, ...], ...]


def parsed(text: str) -> Pattern:
    """A pattern taken apart; RuleError when it is none."""
    left, arrow, right = text.partition("->")
    if not arrow:
        raise RuleError(
            f'the einops pattern "{text}" has no "->"',
            hint='write both sides, such as "b c h w -> b (h w) c"',
        )
    return Pattern(_side(left, text), _side(right, text))


def _side(text: str, pattern: str) -> tuple[tuple[str, ...], ...]:
    words = text.replace("(", " ( ").replace(")", " ) ").replace("\N{HORIZONTAL ELLIPSIS}", DOTS)
    found: list[tuple[str, ...]] = []
    group: list[str] | None = None
    for word in words.split():
        if word == "(":
            if group is not None:
                raise RuleError(f'brackets inside of brackets in the pattern "{pattern}"')
            group = []
        elif word == ")":
            if group is None:
                raise RuleError(f'a bracket closes that never opened in "{pattern}"')
            found.append(tuple(group))
            group = None
        elif group is not None:
            if word != "1":
                group.append(word)
        else:
            found.append(BARE if word == DOTS else () if word == "1" else (word,))
    if group is not None:
        raise RuleError(f'a bracket never closes in the pattern "{pattern}"')
    _once(found, pattern)
    return tuple(found)


def _once(side: list[tuple[str, ...]], pattern: str) -> None:
    names = [name for group in side for name in group]
    for name in names:
        if names.count(name) > 1:
            raise RuleError(
                f'the axis {name} is twice on one side of the pattern "{pattern}"',
                hint="each name stands once on each side",
            )


def spread(side: tuple[tuple[str, ...], ...], count: int) -> tuple[tuple[str, ...], ...]:
    """The ellipsis written out as `count` axes with names of their own."""
    dots = tuple([f"{DOTS}{place}" for place in range(count)])
    found: list[tuple[str, ...]] = []
    for group in side:
        if group == BARE:
            found.extend([(name,) for name in dots])
        elif DOTS in group:
            place = group.index(DOTS)
            found.append((*group[:place], *dots, *group[place + 1 :]))
        else:
            found.append(group)
    return tuple(found)
