"""Input sizes as the JSON object of the schema convwise.sizes/1; must never compute a number."""

from __future__ import annotations

from typing import Any

from convwise.analyses.sizes.facts import Loss, Pin, Range, Sizes, Stated, Together
from convwise.analyses.sizes.sets import Set, told
from convwise.graph.dims import to_json

SIZES_SCHEMA = "convwise.sizes/1"


def sizes_to_dict(sizes: Sizes) -> dict[str, Any]:
    """The JSON object of `convwise sizes --json`."""
    return {
        "schema": SIZES_SCHEMA,
        "network": {"name": sizes.name, "source": sizes.source, "dialect": sizes.dialect},
        "inputs": [{"name": name, "shape": list(shape)} for name, shape in sizes.shapes],
        "how": sizes.how.name.lower(),
        "axes": [_range(one) for one in sizes.axes],
        "together": [_together(one) for one in sizes.together],
        "weights": [_pin(one) for one in sizes.pins],
        "fixed": [{"input": name, "axis": axis, "why": why} for name, axis, why in sizes.fixed],
        "unknown": [
            {"layer": fact.layer, "what": fact.what, "line": fact.line} for fact in sizes.unknown
        ],
    }


def _set(sizes: Set) -> dict[str, Any]:
    """`low`, all below `start`, and from there on all with these remainders by `modulus`."""
    return {
        "text": told(sizes),
        "first": None if sizes.empty else sizes.first(),
        "low": sorted(sizes.low),
        "start": sizes.start,
        "modulus": sizes.modulus,
        "remainders": sorted(sizes.residues),
    }


def _range(one: Range) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "axes": [
            {
                "input": member.input,
                "axis": member.role,
                "size": to_json(member.dim),
                "stated": member.stated,
            }
            for member in one.members
        ],
        "accepted": _set(one.accepted),
        "good": _set(one.good),
        "tried": None if one.tried is None else {"first": one.tried[0], "last": one.tried[1]},
        "stated": None if one.stated is None else _stated(one.stated),
        "least": [
            {"size": least.size, "losses": [_loss(loss) for loss in least.losses]}
            for least in one.least
        ],
        "least_until": one.least_until,
        "reasons": [
            {
                "what": reason.ask.name.lower(),
                "layers": list(reason.layers),
                "more_layers": reason.also,
                "axes": list(reason.roles),
                "sizes": _set(reason.sizes),
            }
            for reason in one.reasons
        ],
    }


def _stated(stated: Stated) -> dict[str, Any]:
    return {
        "size": stated.size,
        "accepted": stated.accepted,
        "good": stated.good,
        "losses": [_loss(loss) for loss in stated.losses],
        "below": stated.below,
        "above": stated.above,
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "layer": loss.layer,
        "line": loss.line,
        "what": loss.ask.name.lower(),
        "axis": loss.role or None,
        "pixels": loss.pixels,
    }


def _together(joint: Together) -> dict[str, Any]:
    return {
        "letters": list(joint.letters),
        "constraints": [
            {
                "layer": tied.layer or None,
                "line": tied.line,
                "what": tied.ask.name.lower(),
                "text": tied.text,
            }
            for tied in joint.tied
        ],
        "equal": None if joint.equal is None else _range(joint.equal),
        "each": [_range(one) for one in joint.each],
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {
        "layer": pin.layer,
        "line": pin.line,
        "values": to_json(pin.values),
        "condition": pin.condition,
        "each": [{"letter": letter, "sizes": _set(sizes)} for letter, sizes in pin.each],
        "equal": None if pin.equal is None else _set(pin.equal),
    }
