"""Draws rooflines as SVG: multiply-adds per second against multiply-adds per byte, both by tens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from convwise.analyses.roofline import LayerBound, Roofline

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 50
#: Powers of ten at the ends of the axes: macs per byte, macs per second.
ACROSS, UP = (-1, 4), (9, 15)
COLOURS = ("#1f5fa8", "#b3541e", "#3a7d44")


def picture(found: Sequence[Roofline], title: str) -> str:
    """The roofs of all, and the layers of the network, where each would be under the first."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18">Layers of {title}; roofs of devices</text>',
        *_axes(),
    ]
    for one, colour in zip(found, COLOURS, strict=True):
        lines += _roof(one, colour)
    lines += [_point(layer, found[0]) for layer in found[0].layers if layer.macs_per_byte]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _x(ratio: float) -> float:
    part = (math.log10(ratio) - ACROSS[0]) / (ACROSS[1] - ACROSS[0])
    return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)


def _y(rate: float) -> float:
    part = (math.log10(rate) - UP[0]) / (UP[1] - UP[0])
    return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)


def _axes() -> Iterator[str]:
    low, high = HEIGHT - BOTTOM, TOP
    for power in range(ACROSS[0], ACROSS[1] + 1):
        x = _x(10.0**power)
        yield f'<line x1="{x}" y1="{low}" x2="{x}" y2="{high}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{low + 18}" text-anchor="middle">{10.0**power:g}</text>'
    for power in range(UP[0], UP[1] + 1):
        y = _y(10.0**power)
        yield f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">1e{power}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">multiply-adds per byte</text>'
    yield f'<text x="8" y="{TOP - 6}">multiply-adds per second</text>'


def _roof(one: Roofline, colour: str) -> list[str]:
    """Rising with the memory, flat at the arithmetic."""
    balance = one.balance
    if balance is None:
        return []
    slope = one.device.bytes_per_second
    start, end = 10.0 ** ACROSS[0], 10.0 ** ACROSS[1]
    points = [(start, start * slope), (balance, balance * slope), (end, balance * slope)]
    path = " ".join([f"{_x(ratio)},{_y(rate)}" for ratio, rate in points])
    y = _y(balance * slope) - 6
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<text x="{WIDTH - RIGHT - 4}" y="{y}" text-anchor="end" fill="{colour}">'
        f"{one.device.name}</text>",
    ]


def _point(layer: LayerBound, found: Roofline) -> str:
    """A layer on the roof: as fast as it could be at its intensity."""
    ratio = layer.macs_per_byte or 1.0
    rate = ratio * found.device.bytes_per_second
    if found.balance is not None:
        rate = min(rate, found.balance * found.device.bytes_per_second)
    return f'<circle cx="{_x(ratio)}" cy="{_y(rate)}" r="4" fill="{COLOURS[0]}" opacity="0.5"/>'
