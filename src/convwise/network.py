"""The Python front door: a network one can ask, and the answers one can print; computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convwise.answers import CompareAnswer, ExplainAnswer, SummaryAnswer, orders
from convwise.errors import ConvwiseError, RuleError, UsageError

if TYPE_CHECKING:
    from convwise.analyses.devices.contract import Device
    from convwise.analyses.explain import Story
    from convwise.analyses.memory.options import Training
    from convwise.computed import Computed, GradientsAnswer
    from convwise.dialects.torch.build import Module
    from convwise.fitted import FitAnswer
    from convwise.graph.nodes import Graph
    from convwise.kinds.contract import Kind
    from convwise.measured import MeasureAnswer
    from convwise.reference.weights import Given
    from convwise.sized import SizesAnswer
    from convwise.timed import BoundsAnswer

FLOATS = ("float32", "float16", "bfloat16", "float64")


def _compared(story: Story) -> Story:
    """A story with the framework's own value, where there is a value and a framework."""
    if story.paper is None:
        return story
    from convwise.beside import beside

    return replace(story, paper=story.paper._replace(beside=beside(story.paper)))


def _no_weights() -> None:
    return None


@dataclass(frozen=True, slots=True, repr=False)
class Network:
    """A network that was read, to be asked: `net.summary()`. `graph` is the network as data.

    `code` is the text it was read from, where there is one. `own_weights()` are those of the live
    model that it was read from, with which it is computed; None where it has none. `again(shapes)`
    reads the source for other inputs; None where there is no source.
    """

    graph: Graph
    code: str = ""
    own_weights: Callable[[], Given | None] = _no_weights
    again: Callable[[Any], Graph] | None = None

    def summary(self, batch: int | None = None, dtype: str = "float32") -> SummaryAnswer:
        """What every layer does to the data and costs.

        batch: examples at once; None leaves it free and counts costs for one example. dtype: the
        type of the numbers, for sizes in bytes. Raises UsageError for an unknown type.
        """
        from convwise.analyses.summary import summarise

        if dtype not in FLOATS:
            raise UsageError(f"dtype {dtype!r} is not known", hint=f"one of {', '.join(FLOATS)}")
        return SummaryAnswer(summarise(self.graph, batch, dtype), self.graph)

    def bounds(
        self,
        device: str | Device = "here",
        batch: int | None = None,
        precision: str = "float32",
        *,
        optimizer: str = "adam",
    ) -> BoundsAnswer:
        """Seconds that no run on a device can be faster than, from the graph alone.

        device: "here" for this machine, or a name such as "H100-SXM". batch: 1 when None.
        precision: float32, float64, float16, bfloat16 or bf16-mixed. Raises UsageError for a name
        that is not known and where sizes are left open.
        """
        from convwise.timed import bounds

        return bounds(self.graph, device, batch, precision, optimizer)

    def explain(
        self,
        layer: str | None = None,
        *,
        x: Any = None,
        weights: Given | None = None,
        batch: int | None = None,
        framework: bool = True,
    ) -> ExplainAnswer:
        """Why each layer does what it does, in words, with one output value worked out by hand.

        layer: one layer's name; it is then told in full, with one weight's and one input's
        gradient, and with the framework's own value beside the one worked out, where PyTorch is
        installed and `framework` asks for it. x, weights: as for `run`: the values of this layer
        are then worked out on what really reaches it. Raises UnknownNameError for a layer that is
        not there, UsageError for x or weights without a layer.
        """
        from convwise.analyses.explain import explain
        from convwise.coded import coded

        papers = {}
        if layer is not None and weights is None and not self.graph.unknown:
            weights = self.own_weights()
        if x is not None or weights is not None:
            if layer is None:
                raise UsageError(
                    "x and weights are given without a layer",
                    hint="name the layer whose values are to be worked out: explain('conv1', x=x)",
                )
            from convwise.computed import worked_out

            paper = worked_out(self.graph, layer, x, weights)
            papers = {layer: paper} if paper is not None else {}
        found = explain(self.graph, orders(), layer, batch=batch, papers=papers)
        changes = tuple([coded(change, self.graph, self.code) for change in found.changes])
        stories = (
            found.stories
            if layer is None or not framework
            else tuple(map(_compared, found.stories))
        )
        return ExplainAnswer(replace(found, stories=stories, changes=changes))

    def run(
        self, x: Any, *, weights: Given | None = None, seed: int = 0, training: bool = False
    ) -> Any:
        """Compute the network on arrays, in float64 and without a framework.

        x: an array with the batch in front, in the dialect's own order of axes; for several inputs
        a list, or a dictionary by input name. weights: arrays by name as `summary --weights` names
        them (a PyTorch `state_dict()` fits), or all in order (Keras's `get_weights()`); without
        them a live model's own; those not given are drawn from `seed`. training: batch statistics
        and dropout as in training. Returns an array, or a tuple for several outputs. Raises
        ConvwiseError where shapes do not fit, and for operations that are not known; warns
        (UserWarning) of values that the code does not give, such as a constant's, and says what
        stands for them.
        """
        from convwise.computed import compute

        weights = self.own_weights() if weights is None else weights
        found = compute(self.graph, x, weights, seed=seed, training=training, keep=False)
        return found.output

    def trace(
        self, x: Any, *, weights: Given | None = None, seed: int = 0, training: bool = False
    ) -> Computed:
        """The same with every layer's output, and a convolution's partial maps."""
        from convwise.computed import compute

        weights = self.own_weights() if weights is None else weights
        return compute(self.graph, x, weights, seed=seed, training=training, keep=True)

    def gradients(
        self,
        x: Any,
        upstream: Any = None,
        *,
        weights: Given | None = None,
        seed: int = 0,
        training: bool = False,
    ) -> GradientsAnswer:
        """Gradients of all inputs and weights, in float64 and without a framework.

        upstream: the gradient that arrives at the output (a list for several outputs); ones by
        default, which is the gradient of the sum of the output. The rest as for `run`.
        """
        from convwise.computed import gradients

        return gradients(self.trace(x, weights=weights, seed=seed, training=training), upstream)

    def difference(self, other: Network) -> str | None:
        """Where two networks part, in words; None when they are the same.

        Networks of different dialects are the same when they do the same: names, the order of
        axes and the spelling of paddings and defaults do not count.
        """
        from convwise.graph.canonical import canonical, first_difference

        return first_difference(canonical(self.graph), canonical(other.graph))

    def measure(
        self,
        batch: int = 1,
        *,
        train: Training | bool = False,
        threads: int | None = None,
        force: bool = False,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> MeasureAnswer:
        """Run it on this machine with PyTorch: memory and time, predicted against measured.

        train: a training step with Adam and the mean squared error, or as `Training` says; else
        inference. threads: by default as many as this process may use. force: run also what is
        predicted not to fit into memory. progress: told (done, total, what).
        Raises ConvwiseError for a network without PyTorch code or with open sizes, UsageError
        without PyTorch or a C compiler, and for what would not fit.
        """
        from convwise.analyses.memory.options import Training
        from convwise.measured import measured

        how = train if isinstance(train, Training) else Training(batch) if train else None
        size = how.batch if how else batch
        return measured(self.graph, how, size, threads=threads, force=force, progress=progress)

    def fit(
        self,
        memory: int | str,
        *,
        batch: int = 1,
        optimizer: str = "adam",
        time: float | None = None,
        calibrated: bool = False,
    ) -> FitAnswer:
        """What would make training fit into `memory`, the cheapest change first.

        memory: of the whole process, like "8GiB". time: seconds that a step may take. calibrated:
        operators are measured on this machine with PyTorch; by rules without. Raises UsageError
        for sizes that are open, unknown layers, and numbers that make no sense.
        """
        from convwise.fitted import fitted

        return fitted(
            self.graph, memory, batch=batch, optimizer=optimizer, time=time, calibrated=calibrated
        )

    def sizes(self) -> SizesAnswer:
        """Which input sizes lose no border pixels and make all skips align, and which fit at all.

        Sizes that the source fixes are let go; batch and channels stay. Raises UsageError for
        inputs without height, width, depth or time, RuleError where no other size fits.
        """
        from convwise.sized import sized

        return sized(self.graph, self.again)

    def to_json(self) -> dict[str, Any]:
        """The graph as plain data for `json.dump`; `read` takes such a .json file."""
        from convwise.graph.serial import graph_to_json
        from convwise.kinds.catalog import encode

        return graph_to_json(self.graph, encode)

    def to_torch(self) -> Module:
        """The network as a PyTorch module with freshly started weights.

        Images are channels first, whatever the source's own order. What frameworks other than
        PyTorch count as parameters and never train (moving means and variances) is in buffers.
        Raises ConvwiseError with the layer for what has no PyTorch code, UsageError without
        PyTorch.
        """
        from convwise.dialects.torch.build import to_torch

        return to_torch(self.graph)

    def to_torch_code(self) -> str:
        """The text of a Python file that defines this module and needs PyTorch only."""
        from convwise.dialects.torch.write.code import write_code

        return write_code(self.graph)

    def __repr__(self) -> str:
        graph = self.graph
        return f"<convwise.Network {graph.name}: {len(graph.layers)} layers, {graph.dialect}>"


def read(
    source: Any,
    input: Any = None,
    *,
    name: str | None = None,
    dialect: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Network:
    """Read a network without running it: from code, a file or a live model.

    source: a path (optionally `path:NAME` for one of its models), `example:NAME`, code, or a live
    Keras model, PyTorch module, `torch.export` program or ONNX model; `live:module:attribute`
    imports one. input: the input's shape in the dialect's own order without the batch, or one per
    input name; a size may be a letter to leave it open; for a PyTorch module also tensors, with
    the batch in front. settings: values for names the code leaves unknown.
    Raises ConvwiseError (ReadError, RuleError, ...) with the line and what to change.
    """
    from convwise.sources import open_source

    opened = open_source(source, name=name, dialect=dialect)
    try:
        graph = opened.read(_inputs(input), settings or {})
    except ConvwiseError as error:
        raise error.at(source=opened.label) from None
    again = partial(_again, opened.read, settings or {})
    if opened.model is None:
        return Network(graph, opened.text, again=again)
    return Network(graph, opened.text, partial(_live_weights, graph, opened.model), again)


def _again(read_source: Callable[..., Graph], settings: Mapping[str, object], input: Any) -> Graph:
    """The same source for other inputs."""
    return read_source(_inputs(input), settings)


def _live_weights(graph: Graph, model: Any) -> Given | None:
    """A live model's own weights, without what it holds beside them."""
    from convwise.live import own_weights

    found: Given | None = own_weights(model)
    if not isinstance(found, Mapping):
        return found
    return {name: values for name, values in found.items() if name in graph.weights}


def _inputs(given: Any) -> dict[str | None, Any]:
    """Shapes or arrays by input name; None is the name of the only input, or of all."""
    if given is None:
        return {}
    named = given if isinstance(given, Mapping) else {None: given}
    return {
        name: tuple(one) if isinstance(one, list | tuple) else one for name, one in named.items()
    }


def summary(
    source: Any,
    input: Any = None,
    *,
    batch: int | None = None,
    name: str | None = None,
) -> SummaryAnswer:
    """`read(source, input).summary(batch)` in one call."""
    return read(source, input, name=name).summary(batch)


def sequential(*kinds: Kind, name: str = "network") -> Network:
    """Compose kinds one after the other, without any framework.

    The first is an `Input`; each further kind takes the output of the one before it.
    """
    from convwise.compose import chain

    return Network(chain(kinds, name))


def explain(
    source: Any,
    layer: str | None = None,
    input: Any = None,
    *,
    name: str | None = None,
) -> ExplainAnswer:
    """`read(source, input).explain(layer)` in one call."""
    return read(source, input, name=name).explain(layer)


def sizes(
    source: Any,
    input: Any = None,
    *,
    name: str | None = None,
    dialect: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> SizesAnswer:
    """`read(source, input).sizes()` in one call; `source` may be a Network, too.

    An `input` that does not fit is no error here: what would fit is told.
    """
    from convwise.sized import sized_for
    from convwise.sources import open_source

    if isinstance(source, Network):
        return source.sizes()
    try:
        return read(source, input, name=name, dialect=dialect, settings=settings).sizes()
    except RuleError as error:
        opened = open_source(source, name=name, dialect=dialect)
        found = sized_for(partial(_again, opened.read, settings or {}), input)
        if found is None:
            raise error from None
        return found


def compare(
    *sources: Any,
    variants: bool = False,
    names: Sequence[str] | None = None,
    batch: int | None = None,
    steps: int | None = None,
    device: str | Device | None = None,
    measure: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> CompareAnswer:
    """Networks side by side: what each costs per output frame and for the same output.

    sources: networks, or what `read` takes. variants: with other designs for the first network's
    3-D convolutions (or for channels that are time steps). names: what to call them; their sources
    or their own names by default. steps: time steps in the channels, where no network has a time
    axis. device: as for `bounds`; each network's training step then has its bound. measure: run a
    training step of each (SGD), predicted beside measured, as `Network.measure` does. Raises
    UsageError when there is nothing to compare.
    """
    from convwise.analyses.compare import Entry, Missing
    from convwise.analyses.compare import compare as compared
    from convwise.transforms.variants import variants as designs

    if not sources or (len(sources) == 1 and not variants):
        raise UsageError(
            "nothing to compare" if not sources else "one network alone is nothing to compare",
            hint="give two or more, or one with --variants",
        )
    networks = [one if isinstance(one, Network) else read(one) for one in sources]
    called = names or [_called(one, net) for one, net in zip(sources, networks, strict=True)]
    pairs = zip(_told_apart(called), networks, strict=True)
    entries = [Entry(name, net.graph) for name, net in pairs]
    missing = []
    if variants:
        for one in designs(networks[0].graph):
            if one.graph is None:
                missing.append(Missing(one.name, one.what, one.why_not))
            else:
                entries.append(Entry(one.name, one.graph, one.what))
    place = None
    if device is not None:
        from convwise.timed import named

        place = named(device)
    found = compared(entries, missing, batch=batch, steps=steps, device=place)
    if measure:
        from convwise.analyses.compare import with_measurements
        from convwise.measured import training_steps

        graphs = [entry.graph for entry in entries]
        found = with_measurements(found, training_steps(graphs, batch or 1, progress))
    return CompareAnswer(found)


def _called(source: Any, net: Network) -> str:
    """The example's or the file's name, else the network's own."""
    text = str(source) if isinstance(source, str | Path) else ""
    return net.graph.name if not text or "\n" in text or "(" in text else shown_name(text)


def shown_name(source: str) -> str:
    """What to call a network from this place: `conv3d` from example:conv3d, `net` from a/net.py."""
    name = Path(source.removeprefix("example:")).name
    return name.removesuffix(".py").removesuffix(".m")


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names that are given twice are numbered."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
