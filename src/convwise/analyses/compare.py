"""Several networks side by side: what each costs per output frame and for the same output.

Time is an axis where a network has three axes of space (the first of them counts as time), and is
in the channels where another network of the comparison has as many steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from convwise.analyses.amount import Amount, total
from convwise.analyses.devices.contract import Device
from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.measured import FEW_CHANNELS, THIN_VOLUMES, WHY_SLOWER
from convwise.analyses.measurement import Measurement
from convwise.analyses.receptive_field import Field
from convwise.analyses.roofline import Roofline, roofline
from convwise.analyses.summary import Summary, summarise
from convwise.graph.axes import BATCH, CHANNEL, SPATIAL, Tensor
from convwise.graph.dims import Dim, product, sum_dims, symbol
from convwise.graph.nodes import Graph
from convwise.kinds.contract import CONTRACTION, WINDOW
from convwise.transforms.lengthened import fixed_by

#: Where a network has time.
AXIS, CHANNELS, NOWHERE = "axis", "channels", ""


@dataclass(frozen=True, slots=True)
class Design:
    """One network of a comparison.

    kernels, others: elements of weights with more than one axis, and of the rest. time: an axis,
    the channels, or nowhere. frames: time steps that come out. same_output: multiply-adds for as
    many frames as the design that makes most. seen: the receptive field by axis; of a time that is
    in the channels "time" is all of it. fixed_by: of a time axis, the layer that takes no other
    number of steps; "" for none. what: how it differs from another design, in words. bounds: on the
    time it takes, where a device is named.
    """

    name: str
    summary: Summary
    output: Tensor
    kernels: int | None
    others: int | None
    time: str
    steps: int | None
    frames: int | None
    forward: Amount
    backward: Amount
    same_output: int | None
    made_bytes: Amount
    kept_bytes: Amount
    seen: dict[str, Field]
    fixed_by: str
    properties: tuple[str, ...]
    what: str = ""
    bounds: Roofline | None = None
    measurement: Measurement | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A design that cannot be made, and why."""

    name: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer: designs in the order given, what cannot be made, a verdict in sentences."""

    designs: tuple[Design, ...]
    missing: tuple[Missing, ...]
    verdict: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A network to be compared, by which name, and what distinguishes it."""

    name: str
    graph: Graph
    what: str = ""


def compare(
    entries: Sequence[Entry],
    missing: Sequence[Missing] = (),
    *,
    batch: int | None = None,
    dtype: str = "float32",
    steps: int | None = None,
    device: Device | None = None,
) -> Comparison:
    """Compare networks; `steps`: time steps in the channels, when no network has a time axis.

    device: on which each has bounds on its time.
    """
    volumes = [entry.graph for entry in entries if _time(entry.graph.tensor(entry.graph.inputs[0]))]
    depth: int | None = 1
    if volumes:
        source = volumes[0].tensor(volumes[0].inputs[0])
        length = source.dim(_time(source) or "")
        steps = length if type(length) is int else steps
        made = volumes[0].tensor(volumes[0].outputs[0])
        depth = _whole(made.dim(CHANNEL)) if CHANNEL in made.roles else 1
    designs = [_design(entry, steps, depth or 1, batch, dtype) for entry in entries]
    most = max([design.frames or 0 for design in designs], default=0)
    designs = [_for_frames(design, most) for design in designs]
    if device is not None:
        pairs = zip(designs, entries, strict=True)
        designs = [_bounded(one, entry.graph, device, batch, dtype) for one, entry in pairs]
    return Comparison(
        tuple(designs), tuple(missing), tuple(_verdict(designs, most)), tuple(_notes(entries))
    )


def with_measurements(found: Comparison, measured: Sequence[Measurement]) -> Comparison:
    """The comparison with what was predicted and measured of each network's step.

    Where a network with less arithmetic took longer, a sentence says why; notes of other machines
    make way for what was run, and where.
    """
    pairs = zip(found.designs, measured, strict=True)
    designs = tuple([replace(design, measurement=one) for design, one in pairs])
    notes = [note for note in found.notes if note != THIN_VOLUMES]
    return replace(
        found,
        designs=designs,
        verdict=(*found.verdict, *_slower(designs)),
        notes=(*notes, *dict.fromkeys([_how(one) for one in measured])),
    )


def _how(found: Measurement) -> str:
    """What was run and where."""
    training = found.training
    step = "inference" if training is None else f"one training step ({training.optimizer})"
    return (
        f"memory, process and time are of {step}, batch {found.batch}: predicted from operators "
        f"that were measured one by one, then run. {found.predicted.environment}"
    )


def _slower(designs: Sequence[Design]) -> list[str]:
    """Pairs whose order by arithmetic is not that by time."""
    known = [one for one in designs if type(one.forward) is int and one.measurement is not None]
    ordered = sorted(known, key=_forward)
    found = []
    for less, more in pairwise(ordered):
        assert less.measurement is not None and more.measurement is not None
        fast, slow = more.measurement.measured, less.measurement.measured
        if slow.seconds > 1.2 * fast.seconds and less.forward != more.forward:
            found.append(
                f"{less.name} has less arithmetic than {more.name}, yet its step took "
                f"{slow.seconds / fast.seconds:.1f} times as long here"
                f"{_memory_too(slow.peak_bytes, fast.peak_bytes)}"
                f"{_rates(_rate(less), _rate(more))}. {WHY_SLOWER}"
            )
    return found


def _memory_too(more: int, less: int) -> str:
    """The memory, where that is larger as well."""
    return f" and {times(Fraction(more, less))} the memory" if more > 1.2 * less else ""


def _rate(design: Design) -> float | None:
    """Multiply-adds per second of the step that was run."""
    assert design.measurement is not None
    training = design.measurement.training is not None
    parts = [design.forward, design.backward] if training else [design.forward]
    macs = [part for part in parts if type(part) is int]
    return sum(macs) / design.measurement.measured.seconds if len(macs) == len(parts) else None


def _rates(slow: float | None, fast: float | None) -> str:
    if slow is None or fast is None:
        return ""
    return f": {slow / 1e9:.3g} against {fast / 1e9:.3g} thousand million multiply-adds per second"


def _bounded(design: Design, graph: Graph, device: Device, batch: int | None, dtype: str) -> Design:
    found = roofline(graph, device, batch=batch or 1, precision=dtype)
    return replace(design, bounds=found)


def _time(tensor: Tensor) -> str | None:
    """The role of the axis that counts as time, where there are three of space."""
    space = [axis.role for axis in tensor.axes if axis.role in SPATIAL]
    return space[0] if len(space) == 3 else None


def _whole(dim: Dim) -> int | None:
    return dim if type(dim) is int else None


def _design(entry: Entry, steps: int | None, depth: int, batch: int | None, dtype: str) -> Design:
    graph = entry.graph
    summary = summarise(graph, batch, dtype)
    source, made = graph.tensor(graph.inputs[0]), graph.tensor(graph.outputs[0])
    time, frames = _frames(source, made, steps, depth)
    rows = [row for row in summary.rows if row.kind != "input"]
    weights = {w.name: w for row in rows for w in row.weights if w.counted}
    sizes = [(len(w.axes), w.elements) for w in weights.values()]
    cost = summary.totals.cost
    last = rows[-1] if rows else summary.rows[-1]
    fixed = _fixed_by(graph) if time == AXIS else ""
    return Design(
        name=entry.name,
        summary=summary,
        output=made,
        kernels=_whole(sum_dims([count for axes, count in sizes if axes > 1])),
        others=_whole(sum_dims([count for axes, count in sizes if axes == 1])),
        time=time,
        steps=steps if time == CHANNELS else _steps(source),
        frames=frames,
        forward=cost.forward,
        backward=total([cost.input_gradient, cost.weight_gradient]),
        same_output=None,
        made_bytes=total([row.output_bytes for row in rows]),
        kept_bytes=summary.totals.kept_bytes,
        seen=last.receptive_field,
        fixed_by=fixed,
        properties=_properties(time, steps, fixed),
        what=entry.what,
    )


def _steps(source: Tensor) -> int | None:
    role = _time(source)
    return None if role is None else _whole(source.dim(role))


def _frames(source: Tensor, made: Tensor, steps: int | None, depth: int) -> tuple[str, int | None]:
    """Where time is, and how many steps come out."""
    if _time(source) is not None:
        role = _time(made)
        return AXIS, 1 if role is None else _whole(made.dim(role))
    channels = _whole(source.dim(CHANNEL)) if CHANNEL in source.roles else None
    if steps is None or channels is None or channels % steps or CHANNEL not in made.roles:
        return NOWHERE, None
    out = _whole(made.dim(CHANNEL))
    return CHANNELS, None if out is None or out % depth else out // depth


def _fixed_by(graph: Graph) -> str:
    """The layer that fixes the number of steps of the time axis; "" when any number can go in."""
    source = graph.tensor(graph.inputs[0])
    position = source.position(_time(source) or "")
    return fixed_by(graph, graph.inputs[0], position, symbol("steps"))


def _properties(time: str, steps: int | None, fixed: str) -> tuple[str, ...]:
    if time == AXIS and fixed:
        return (
            "convolutions share their weights over time",
            f"the number of steps is fixed by {fixed}",
        )
    if time == AXIS:
        return (
            "weights are shared over time: a shift in time shifts the output",
            "takes any number of steps",
        )
    if time == CHANNELS:
        return (
            "each step has weights of its own: nothing is shared over time",
            f"the number of steps is fixed: {steps}",
        )
    return ()


def _for_frames(design: Design, most: int) -> Design:
    """With what as many frames as the design with most would cost."""
    if not design.frames or most % design.frames or type(design.forward) is not int:
        return design
    return replace(design, same_output=design.forward * (most // design.frames))


def _verdict(designs: list[Design], most: int) -> list[str]:
    """Sentences about what differs; those about time only where there is time."""
    known = [one for one in designs if type(one.forward) is int]
    if len(known) < 2:
        return []
    said = []
    cheapest = min(known, key=_forward)
    if most and cheapest.frames and cheapest.frames < most:
        frames = "one frame" if cheapest.frames == 1 else f"{cheapest.frames} frames"
        said.append(
            f"{cheapest.name} does the least arithmetic, {_forward(cheapest):,} multiply-adds, but "
            f"makes {frames} of {most}."
        )
    full = [one for one in known if (one.frames == most if most else True) and not one.what]
    if len(full) > 1:
        best = min(full, key=_forward)
        same = f"For the same {most} output frames, " if most > 1 else ""
        said += [_against(best, other, same) for other in full if other is not best]
    said += [_changed(designs[0], one) for one in known if one.what and one is not designs[0]]
    said += _sharing(designs)
    said += _activations([one for one in full if not one.what])
    return said


def _forward(design: Design) -> int:
    assert type(design.forward) is int
    return design.forward


def _against(best: Design, other: Design, same: str) -> str:
    """What the one with less arithmetic has less and more of."""
    arithmetic = Fraction(_forward(other), max(_forward(best), 1))
    text = f"{same}{best.name} needs {times(arithmetic)} less arithmetic than {other.name}"
    if arithmetic == 1:
        text = f"{same}{best.name} and {other.name} need as much arithmetic"
    if best.kernels and other.kernels:
        weights = Fraction(other.kernels, best.kernels)
        if weights > 1:
            text += f", and {times(weights)} fewer weights"
        elif weights < 1:
            text += f", but {times(1 / weights)} more weights"
    return text + "."


def _changed(first: Design, other: Design) -> str:
    """What a variant costs, measured by the design that it was made of."""
    if type(first.forward) is not int or not first.forward:
        return f"{other.name}: {_forward(other):,} multiply-adds."
    parts = [_part(_forward(other), first.forward, "arithmetic")]
    if first.kernels and other.kernels:
        parts.append(_part(other.kernels, first.kernels, "weights"))
    if type(first.made_bytes) is int and type(other.made_bytes) is int and first.made_bytes:
        parts.append(_part(other.made_bytes, first.made_bytes, "activations"))
    return f"{other.name} against {first.name}: {', '.join(parts)}; {_shapes(first, other)}."


def _shapes(first: Design, other: Design) -> str:
    """Whether the output keeps its shape."""
    old, new = [one.output.shape[1:] for one in (first, other)]
    if old == new:
        return "the same output shape"
    said = [" x ".join([str(dim) for dim in shape]) for shape in (old, new)]
    if product(old) == product(new):
        return f"as many output values, as {said[1]}"
    return f"an output of {said[1]} instead of {said[0]}"


_LESS = {
    "arithmetic": "less arithmetic",
    "weights": "fewer weights",
    "activations": "smaller activations",
}


def _part(one: int, by: int, what: str) -> str:
    """3.2 times the arithmetic; as much of it where they are equal."""
    ratio = Fraction(one, by)
    if ratio == 1:
        return "as much arithmetic" if what == "arithmetic" else f"as many {what}"
    if ratio < 1:
        return f"{times(1 / ratio)} {_LESS[what]}"
    return f"{times(ratio)} the {what}"


def times(ratio: Fraction) -> str:
    """3.2 times; 51 times; 1.04 times where it is close to one."""
    value = float(ratio)
    digits = f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1.1 else f"{value:.2f}"
    return f"{digits.removesuffix('.0')} times"


def _sharing(designs: list[Design]) -> list[str]:
    axis = [one for one in designs if one.time == AXIS]
    channels = [one for one in designs if one.time == CHANNELS]
    if not axis or not channels:
        return []
    free = [one.name for one in axis if not one.fixed_by]
    said = []
    if free:
        said.append(
            f"{_listed(free)} {'uses' if len(free) == 1 else 'use'} the same weights at every time "
            f"step: a shift in time shifts the output, and any number of steps can go in."
        )
    for layer in dict.fromkeys([one.fixed_by for one in axis if one.fixed_by]):
        names = _listed([one.name for one in axis if one.fixed_by == layer])
        said.append(
            f"The convolutions of {names} use the same weights at every time step; the layer "
            f"{layer} fixes the number of steps."
        )
    said.append(
        f"{_listed([one.name for one in channels])} {'has' if len(channels) == 1 else 'have'} "
        f"weights for each of the {channels[0].steps} steps: nothing is shared over time, and the "
        f"number of steps is fixed."
    )
    return [" ".join(said)]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _activations(full: list[Design]) -> list[str]:
    sizes = {one.name: one.made_bytes for one in full if type(one.made_bytes) is int}
    if len(sizes) < 2:
        return []
    ordered = sorted((size, name) for name, size in sizes.items() if type(size) is int)
    (least, smallest), (most, largest) = ordered[0], ordered[-1]
    if least == most:
        return [f"The activations of {_listed(list(sizes))} are the same size."]
    if not least:
        return []
    ratio = times(Fraction(most, least))
    return [f"The activations of {largest} are {ratio} as large as those of {smallest}."]


def _notes(entries: Sequence[Entry]) -> list[str]:
    given = [entry.graph for entry in entries if not entry.what]
    thin = any(_is_thin(step) for graph in given for step in at_batch(graph))
    return [THIN_VOLUMES] if thin else []


def _is_thin(step: Step) -> bool:
    """A contraction that slides over three axes, of few channels at both ends."""
    if not step.node.known or not step.node.kind.traits >= {CONTRACTION, WINDOW}:
        return False
    ends = (step.operands[0], step.outputs[0])
    channels = [axis.dim for tensor in ends for axis in tensor.axes if axis.role == CHANNEL]
    few = all(type(dim) is int and dim <= FEW_CHANNELS for dim in channels)
    return few and len([axis for axis in ends[0].axes if axis.role not in (BATCH, CHANNEL)]) == 3
