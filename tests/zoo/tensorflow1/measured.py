"""Runs the networks of this folder in TensorFlow and writes what it says into a JSON beside each.

Needs TensorFlow (2.21 through tf.compat.v1), which no test needs:

    python tests/zoo/tensorflow1/measured.py [name.py ...]

The file builds its graph; at the first session it is stopped. Shapes are those of TensorFlow's own
operations. Parameters are the variables that the result depends on. Multiply-adds are the closed
form over TensorFlow's own shapes: of convolutions output values x values of one filter, of
transposed ones input values x height x width x output channels, of matrix products rows x columns x
inner size, for one example. The checksum is mean and standard deviation of the result for the
values of `values.py`, where the network is small.
"""

import json
import sys
import types
from math import prod
from pathlib import Path

import numpy as np
import tensorflow
import tensorflow.compat.v1 as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import old_modules  # noqa: E402
from values import inputs_like, values_of  # noqa: E402

MOST = 12_000_000

#: The results that are measured, by file: what the network of the file is. The others end with
#: what the variable named here holds.
RESULTS = {
    "alexnet_groups": "score",
    "autoencoder": "y_pred",
    "c3d": "logit",
    "cifar10_tutorial": "logits",
    "dcgan": "dcgan.D_logits_",
    "deep_mnist": "fc2/add:0",
    "fcn8": "logits",
    "fcn_layers_bn": "output",
    "lenet_layers": "logits",
    "mobilenet_depthwise": "prediction",
    "resnet_cifar": "logits",
    "siamese": "distance",
    "slim_vgg": "predictions",
    "srcnn_nchw": "flow",
    "text_cnn": "cnn.scores",
    "unet_transpose": "flat_logits",
    "vgg16_loops": "vgg.probs",
    "wave_conv1d": "mean",
}


class Anything:
    """Stands for data, which no graph depends on."""

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()


def _tensorflow():
    """tf.compat.v1 with what was taken out of it, its session stopping the file."""
    module = types.ModuleType("tensorflow")
    for name in dir(tf):
        if not name.startswith("__") and name not in ("layers", "app"):
            setattr(module, name, getattr(tf, name))
    module.layers = old_modules.layers
    real = tf.Session

    class Session(real):
        def run(self, *args, **kwargs):
            raise old_modules.Stop

    module.Session = Session
    module.app = types.SimpleNamespace(flags=Flags(), run=lambda main, argv=None: main(argv))
    module.flags = module.app.flags
    contrib = types.ModuleType("tensorflow.contrib")
    contrib.slim = old_modules.slim
    contrib.layers = types.SimpleNamespace(
        xavier_initializer=tf.glorot_uniform_initializer, l2_regularizer=lambda scale: None
    )
    module.contrib = contrib
    module.uniform_unit_scaling_initializer = lambda factor: tf.glorot_uniform_initializer()
    module.nn = Overlaid(tf.nn, dropout=_kept, tanh=tf.tanh, sigmoid=tf.sigmoid)
    return module, contrib


def _kept(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """Dropout as at inference."""
    return tf.identity(x, name=name or "dropout")


class Flags:
    def __init__(self):
        self.__dict__["FLAGS"] = self

    def __getattr__(self, name):
        return lambda key, value, words: self.__dict__.__setitem__(key, value)


class Overlaid:
    def __init__(self, module, **own):
        self.__dict__.update(own)
        self._module = module

    def __getattr__(self, name):
        return getattr(self._module, name)


class Sized(int):
    """A size with the `value` of TensorFlow 1's Dimension."""

    @property
    def value(self):
        return int(self)


def _built(path):
    """The globals of the file after it was stopped, and its graph."""
    module, contrib = _tensorflow()
    names = {
        "tensorflow": module,
        "tensorflow.compat": types.SimpleNamespace(v1=module),
        "tensorflow.compat.v1": module,
        "tensorflow.contrib": contrib,
        "tensorflow.contrib.slim": contrib.slim,
        "tensorflow.examples": Anything(),
        "tensorflow.examples.tutorials": Anything(),
        "tensorflow.examples.tutorials.mnist": Anything(),
    }
    module.compat = names["tensorflow.compat"]
    module.disable_v2_behavior = lambda: None
    np.load = lambda *args: {}
    kept = {name: sys.modules.get(name) for name in names}
    space = {"__name__": "__main__"}
    made = []
    graph = tf.Graph()
    real_graph = tf.Graph

    def new_graph():
        made.append(real_graph())
        return made[-1]

    module.Graph = new_graph
    sys.modules.update(names)
    arguments, sys.argv = sys.argv, [str(path)]
    try:
        with graph.as_default():
            text = path.read_text("utf-8").replace(".value\n", "\n").replace(".value ", " ")
            exec(compile(text, str(path), "exec"), space)
    except old_modules.Stop:
        pass
    finally:
        sys.argv = arguments
        for name, old in kept.items():
            if old is None:
                del sys.modules[name]
            else:
                sys.modules[name] = old
    return space, made[-1] if made else graph


def _result(space, graph, where):
    if where.endswith(":0"):
        return graph.get_tensor_by_name(where)
    first, *rest = where.split(".")
    found = space[first]
    for name in rest:
        found = getattr(found, name)
    return found


def _before(tensor):
    """All operations that the tensor depends on, in the graph's order."""
    seen, waiting = set(), [tensor.op]
    while waiting:
        op = waiting.pop()
        if op not in seen:
            seen.add(op)
            waiting.extend([one.op for one in op.inputs])
    return [op for op in tensor.graph.get_operations() if op in seen]


def _shape(tensor):
    return None if tensor.shape.rank is None else tensor.shape.as_list()


def _macs(op, batch):
    """Multiply-adds of one example."""
    def sizes(tensor):
        found = _shape(tensor)
        first = 1 if found[0] in (None, batch) else found[0]
        return [first, *found[1:]]

    if op.type in ("Conv2D", "Conv3D"):
        return prod(sizes(_whole(op.outputs[0]))) * prod(_shape(op.inputs[1])[:-1])
    if op.type == "DepthwiseConv2dNative":
        return prod(sizes(op.outputs[0])) * prod(_shape(op.inputs[1])[:2])
    if op.type == "Conv2DBackpropInput":
        return prod(sizes(op.inputs[2])) * prod(_shape(op.inputs[1])[:3])
    if op.type == "MatMul":
        return prod(sizes(op.outputs[0])) * sizes(op.inputs[0])[-1]
    return 0


def _whole(tensor):
    """What a dilated convolution gives: TensorFlow runs it on blocks that lie in the batch."""
    for op in tensor.consumers():
        if op.type == "BatchToSpaceND":
            return op.outputs[0]
        if op.type == "Squeeze":
            inner = _whole(op.outputs[0])
            if inner is not op.outputs[0]:
                return inner
    return tensor


def _checksum(result, ops, variables):
    """Mean and standard deviation of the result, and its shape, for two examples."""
    with tf.Session(graph=result.graph) as session:
        for one in variables:
            one.load(values_of(one.op.name, one.shape.as_list()), session)
        feeds = {}
        for op in ops:
            if op.type == "Placeholder":
                tensor = op.outputs[0]
                shape = _shape(tensor)
                if not shape:
                    feeds[tensor] = 1.0
                else:
                    sizes = [shape[0] or 2, *shape[1:]]
                    feeds[tensor] = inputs_like(op.name, sizes, tensor.dtype.is_integer)
        found = session.run(result, feeds)
    batch = max([len(one) for one in feeds.values() if np.ndim(one)])
    return {"batch": batch, "shape": list(found.shape), "mean": float(found.astype(float).mean()),
            "std": float(found.astype(float).std())}


def measured(path):
    space, graph = _built(path)
    with graph.as_default():
        result = _result(space, graph, RESULTS[path.stem])
        ops = _before(result)
        names = {op.name for op in ops}
        variables = [one for one in tf.global_variables() if one.op.name in names]
    placeholders = [op for op in ops if op.type == "Placeholder" and _shape(op.outputs[0])]
    batches = {_shape(op.outputs[0])[0] for op in placeholders} - {None}
    batch = batches.pop() if batches else None
    found = {
        "tensorflow": tensorflow.__version__,
        "result": RESULTS[path.stem],
        "batch": batch,
        "variables": {one.op.name: one.shape.as_list() for one in variables},
        "parameters": sum([prod(one.shape.as_list()) for one in variables]),
        "trainable": sum([prod(one.shape.as_list()) for one in variables if one.trainable]),
        "macs": sum([_macs(op, batch) for op in ops]),
        "operations": {
            op.name: _shape(op.outputs[0])
            for op in ops
            if op.outputs and op.type not in ("Const", "VariableV2", "Assign")
            and not op.name.endswith("/read")
        },
    }
    if found["parameters"] <= MOST:
        found["values"] = _checksum(result, ops, variables)
    return found


if __name__ == "__main__":
    tf.disable_v2_behavior()
    wanted = [Path(one) for one in sys.argv[1:]] or [HERE / f"{name}.py" for name in RESULTS]
    for path in wanted:
        found = measured(path)
        text = json.dumps(found, separators=(",", ":")).replace('"operations"', '\n"operations"')
        path.with_suffix(".json").write_text(text + "\n", "utf-8")
        print(path.stem, found["parameters"], found["macs"], found.get("values"))
