"""Hostile code inside Keras code: side effects where a network has code, sizes no one can mean."""

from __future__ import annotations

from tests.hostile.case import READ, REFUSED, Case, touching

_IMPORTS = """import keras
import numpy as np
import tensorflow as tf
from keras import Input, Model, Sequential, layers, ops
"""
_FIRST_LINE = _IMPORTS.count("\n") + 1


def _sequential(*kinds: str, shape: str = "(32, 32, 3)") -> str:
    lines = "".join(f"    {kind},\n" for kind in kinds)
    return f"{_IMPORTS}model = Sequential([\n    Input({shape}),\n{lines}])\n"


#: Lines before the model, which is read all the same.
AROUND = {
    "load_model": "other = keras.models.load_model('evil.keras', safe_mode=False)",
    "model_from_json": "other = keras.models.model_from_json(open('secret.txt').read())",
    "get_file": "path = keras.utils.get_file('canary', 'file:///etc/passwd', cache_dir='.')",
    "write_file": "tf.io.write_file('canary', 'x')",
    "gfile": "tf.io.gfile.GFile('canary', 'w').write('x')",
    "py_function": "tf.py_function(lambda: TOUCH, [], tf.float32)",
    "numpy.save": "np.save('canary', np.zeros(3))",
    "numpy.savetxt": "np.savetxt('canary', [1])",
    "numpy.load": "data = np.load('evil.npy', allow_pickle=True)",
    "numpy.fromfile": "data = np.fromfile('secret.txt')",
    "numpy's os": "np.os.system('touch canary')",
    "keras's os": "keras.os.system('touch canary')",
    "keras's sys": "keras.utils.sys.modules['os'].system('touch canary')",
    "tensorflow's os": "tf.compat.os.system('touch canary')",
    "builtins of keras": "keras.__builtins__['open']('canary', 'w')",
    "globals of a layer": "layers.Conv2D.__init__.__globals__['os'].system('touch canary')",
    "loader of keras": "keras.__loader__.load_module('os').system('touch canary')",
    "dictionary of keras": "keras.__dict__['os'].system('touch canary')",
    "getattr of keras": "getattr(keras, 'o' + 's').system('touch canary')",
    "subclasses of a layer": "c = layers.Layer.__subclasses__()[0]()",
    "subclasses of object from a layer": "c = layers.Dense(1).__class__.__mro__[-1]",
    "numpy.vectorize": "np.vectorize(lambda x: TOUCH)(1)",
    "numpy.apply": "np.apply_along_axis(lambda x: TOUCH, 0, np.zeros(3))",
    "numpy.fromfunction": "np.fromfunction(lambda x: TOUCH, (3,))",
    "a giant array": "data = np.zeros((10**6, 10**6, 10**6))",
    "a giant random array": "data = np.random.rand(10**9, 10**9)",
    "a giant range of numpy": "data = np.arange(10**15)",
    "a giant identity": "data = np.eye(10**9)",
    "a repeated array": "data = np.repeat(np.zeros(10**6), 10**9)",
    "a giant tensor": "data = tf.zeros((10**9, 10**9))",
    "a callback": "c = keras.callbacks.LambdaCallback(on_epoch_end=lambda *a: TOUCH)",
    "a custom object": "keras.saving.register_keras_serializable()(lambda: TOUCH)",
    "a function of tensorflow": "@tf.function\ndef f():\n    TOUCH\nf()",
    "a data set": "data = tf.data.Dataset.from_generator(lambda: TOUCH, tf.float32)",
    "a sequence": (
        "class Data(keras.utils.Sequence):\n    def __getitem__(self, i):\n        TOUCH\nData()[0]"
    ),
    "a loss": (
        "class Loss(keras.losses.Loss):\n    def call(self, a, b):\n        TOUCH\nloss = Loss()"
    ),
    "a metaclass of a layer": (
        "class M(type):\n    def __new__(c, *a):\n        TOUCH\n"
        "class L(layers.Layer, metaclass=M):\n    pass"
    ),
    "__init_subclass__ of a layer": (
        "class L(layers.Layer):\n    def __init_subclass__(cls):\n        TOUCH\n"
        "class K(L):\n    pass"
    ),
    "a class body of a layer": "class L(layers.Layer):\n    TOUCH",
    "an exit": "import sys\nif len(sys.argv) > 10**9:\n    sys.exit(0)",
    "pretrained weights": "base = keras.applications.VGG16(weights='evil.h5')",
    "a new Conv2D": "old = layers.Conv2D\nlayers.Conv2D = old",
}

#: Lines after the model, which is read all the same.
AFTER = {
    "save": "model.save('canary')",
    "save_weights": "model.save_weights('canary')",
    "load_weights": "model.load_weights('evil.h5')",
    "export": "model.export('canary')",
    "to_json": "open('canary', 'w').write(model.to_json())",
    "fit": "model.compile('adam', 'mse')\nmodel.fit(np.zeros((8, 32, 32, 3)), epochs=10**9)",
    "fit with a callback": (
        "model.fit(x, y, callbacks=[keras.callbacks.ModelCheckpoint('canary')])"
    ),
    "predict": "y = model.predict(np.random.rand(10**6, 32, 32, 3))\nopen('canary', 'w').write(y)",
    "summary": "model.summary(print_fn=lambda line: TOUCH)",
    "plot_model": "keras.utils.plot_model(model, 'canary')",
    "a loss function": "model.compile('adam', lambda a, b: TOUCH)",
    "for over the layers": "for layer in model.layers:\n    TOUCH",
    "for over the weights": "for w in model.get_weights():\n    TOUCH",
    "an endless training loop": "while True:\n    model.train_on_batch(x, y)",
    "a long training loop": "for step in range(10**9):\n    model.train_on_batch(x, y)",
    "nested training loops": (
        "for e in range(10**6):\n    for i in range(10**6):\n        with tf.GradientTape() as t:\n"
        "            loss = model(x)\n        t.gradient(loss, model.trainable_weights)"
    ),
    "a large data set": "x = [[0] * 10**6 for _ in range(10**6)]\nmodel.fit(x)",
    "a generator of batches": (
        "def batches():\n    while True:\n        yield np.zeros((8, 32, 32, 3))\n"
        "for x in batches():\n    model.train_on_batch(x)"
    ),
    "threads": "import threading\nthreading.Thread(target=lambda: TOUCH).start()",
    "a mistake at run time": "undefined_name.go(1 / 0)",
    "an exception": "raise RuntimeError('no')",
    "an assertion": "assert model.count_params() == 1",
    "an exit": "import sys\nsys.exit(3)",
    "a name of a secret": "import os\nmodel._name = os.environ['SECRET']",
}

#: What a reading does not get past, and the line it names.
_ENDLESS = {"nested training loops": 7, "a large data set": 9}

#: Layers with code in them: Python would run it when the model is made.
CODE = {
    "Lambda": "layers.Lambda(lambda x: TOUCH)",
    "Lambda with a shape": "layers.Lambda(lambda x: TOUCH, output_shape=(1,))",
    "an activation": "layers.Conv2D(8, 3, activation=lambda x: TOUCH)",
    "an initializer": "layers.Conv2D(8, 3, kernel_initializer=lambda *a, **k: TOUCH)",
    "a regularizer": "layers.Conv2D(8, 3, kernel_regularizer=lambda w: TOUCH)",
    "a name": "layers.Conv2D(8, 3, name=open('secret.txt').read())",
    "a number of filters": "layers.Conv2D(TOUCH, 3)",
    "a number of filters from the environment": "layers.Conv2D(__import__('os').getpid(), 3)",
    "a kernel": "layers.Conv2D(8, [TOUCH, 3])",
    "a star": "layers.Conv2D(*[TOUCH])",
    "two stars": "layers.Conv2D(**{'filters': TOUCH})",
    "a conditional": "layers.Conv2D(8, 3) if TOUCH else layers.Conv2D(9, 3)",
    "a layer from exec": "eval('layers.Conv2D(8, 3)')",
    "a layer by getattr": "getattr(layers, input())(8, 3)",
    "a wrapper": "layers.TimeDistributed(layers.Lambda(lambda x: TOUCH))",
}

#: Code that changes no size, or makes a layer that is reported as unknown.
_BESIDES = frozenset(
    (
        "Lambda",
        "Lambda with a shape",
        "an activation",
        "an initializer",
        "a regularizer",
        "a name",
        "a conditional",
        "a layer from exec",
        "a layer by getattr",
        "a wrapper",
    )
)

_LAYER = """
class Mine(layers.Layer):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(8, 3)
        {init}

    def build(self, input_shape):
        {build}
        super().build(input_shape)

    def call(self, x):
        {call}
        return self.conv(x)

    def compute_output_shape(self, input_shape):
        {shape}
        return input_shape

    def get_config(self):
        {config}
        return {{}}

model = Sequential([Input((32, 32, 3)), Mine()])
"""
_PLACES = ("init", "build", "call", "shape", "config")


def _layer(place: str, code: str) -> str:
    return _IMPORTS + _LAYER.format(**{**dict.fromkeys(_PLACES, "pass"), place: code})


_BOMBS = {
    "endless loop": "while True: pass",
    "long list": "self.a = [0] * 10**12",
    "tower of powers": "self.a = 9**9**9",
    "recursion": "self.call(self.build(None))",
}


def _subclassed() -> list[Case]:
    found = [
        Case(f"side effect in {place} of a layer", touching(_layer(place, "TOUCH")), READ, ("224",))
        for place in _PLACES
    ]
    found += [
        Case(f"{name} in {place} of a layer", _layer(place, code))
        for name, code in _BOMBS.items()
        for place in ("init", "call")
    ]
    return found


#: Sizes that are refused: the layer's arguments as written, and words of the reason.
REFUSED_SIZES = {
    "no filters": ("layers.Conv2D(0, 3)", ()),
    "negative filters": ("layers.Conv2D(-8, 3)", ()),
    "half a filter": ("layers.Conv2D(8.5, 3)", ()),
    "filters that are not a number": ("layers.Conv2D(float('nan'), 3)", ()),
    "infinite filters": ("layers.Conv2D(float('inf'), 3)", ()),
    "infinite filters by overflow": ("layers.Conv2D(1e999, 3)", ()),
    "complex filters": ("layers.Conv2D(8j, 3)", ()),
    "filters as text": ("layers.Conv2D('8', 3)", ()),
    "filters as bytes": ("layers.Conv2D(b'8', 3)", ()),
    "no number of filters": ("layers.Conv2D(None, 3)", ()),
    "filters as a list": ("layers.Conv2D([8], 3)", ()),
    "filters as a dictionary": ("layers.Conv2D({}, 3)", ()),
    "filters as a layer": ("layers.Conv2D(layers.Dense(8), 3)", ()),
    "filters as a type": ("layers.Conv2D(int, 3)", ()),
    "filters as an ellipsis": ("layers.Conv2D(..., 3)", ()),
    "filters as a lambda": ("layers.Conv2D(lambda: 8, 3)", ()),
    "a kernel as text": ("layers.Conv2D(8, 'same')", ()),
    "a kernel of three sizes": ("layers.Conv2D(8, (3, 3, 3))", ()),
    "a kernel of no size": ("layers.Conv2D(8, ())", ()),
    "a kernel of 0": ("layers.Conv2D(8, 0)", ()),
    "a negative kernel": ("layers.Conv2D(8, (3, -3))", ()),
    "a kernel of nan": ("layers.Conv2D(8, (3, float('nan')))", ()),
    "a giant kernel": ("layers.Conv2D(8, 10**30)", ("larger than its input 32",)),
    "a stride of 0": ("layers.Conv2D(8, 3, strides=0)", ()),
    "a negative stride": ("layers.Conv2D(8, 3, strides=-1)", ()),
    "a dilation of 0": ("layers.Conv2D(8, 3, dilation_rate=0)", ()),
    "a giant dilation": ("layers.Conv2D(8, 3, dilation_rate=10**18)", ("larger than its input",)),
    "groups of 0": ("layers.Conv2D(8, 3, groups=0)", ()),
    "negative groups": ("layers.Conv2D(9, 3, groups=-3)", ()),
    "unknown padding": ("layers.Conv2D(8, 3, padding='CANA' 'RIES')", ()),
    "padding as a number": ("layers.Conv2D(8, 3, padding=1)", ()),
    "an unknown option": ("layers.Conv2D(8, 3, colour='blue')", ("colour",)),
    "no arguments": ("layers.Conv2D()", ()),
    "too many arguments": ("layers.Conv2D(*range(1000))", ()),
    "the same argument twice": ("layers.Conv2D(8, 3, filters=8)", ()),
    "a pool of 0": ("layers.MaxPooling2D(0)", ()),
    "a giant pool": ("layers.MaxPooling2D(10**40)", ()),
    "negative units": ("layers.Dense(-1)", ()),
    "negative padding": ("layers.ZeroPadding2D(-40)", ()),
    "a crop of everything": ("layers.Cropping2D(16)", ()),
    "a giant crop": ("layers.Cropping2D(10**50)", ()),
    "an upsampling by 0": ("layers.UpSampling2D(0)", ()),
    "a reshape of two -1": ("layers.Reshape((-1, -1))", ()),
    "a reshape to -2": ("layers.Reshape((-2, 4))", ()),
    "a reshape to nothing": ("layers.Reshape((0,))", ()),
    "a reshape to another size": ("layers.Reshape((10**6, 10**6, 10**6))", ()),
    "a permutation that is none": ("layers.Permute((5, 5, 5))", ()),
    "an axis far away": ("layers.Softmax(axis=10**9)", ()),
    "a normalisation far away": ("layers.BatchNormalization(axis=-10**9)", ()),
    "a repetition of 0": ("layers.RepeatVector(0)", ()),
    "an embedding of nothing": ("layers.Embedding(0, 0)", ()),
    "a power as filters": ("layers.Conv2D(10**400 * 10**400**40, 3)", ()),
}

#: Values that are refused before any layer sees them.
_NEVER_MADE = ("a power as filters", "a billion axes")

#: Shapes that are refused.
REFUSED_SHAPES = {
    "no size": "(0, 32, 3)",
    "a negative size": "(-1, 32, 3)",
    "half a size": "(32.5, 32, 3)",
    "a size that is not a number": "(float('nan'), 32, 3)",
    "an infinite size": "(float('inf'), 32, 3)",
    "a size as text": "('32', 32, 3)",
    "a shape as text": "'32x32x3'",
    "a dictionary": "{32: 32}",
    "a shape of shapes": "((32, 32), 3)",
    "a thousand axes": "(2,) * 1000",
    "a million axes": "(2,) * 10**6",
    "a billion axes": "(2,) * 10**9",
}

#: Sizes far beyond any machine, exact all the same: kinds, shape, words that must be printed.
EXACT = {
    "10**12 units": (("layers.Dense(10**12)",), "(1,)", ("2,000,000,000,000",)),
    "10**30 pixels": (
        ("layers.Conv2D(1, 1, use_bias=False)",),
        "(10**30, 1, 1)",
        (f"{10**30} x 1 x 1",),
    ),
    "an embedding of 10**18 words": (
        ("layers.Embedding(10**18, 3)",),
        "(7,)",
        ("3,000,000,000,000,000,000",),
    ),
    "upsampling by 10**12": (
        ("layers.UpSampling2D(10**12)",),
        "(3, 3, 1)",
        ("3000000000000 x 3000000000000 x 1",),
    ),
    "padding by 10**15": (
        ("layers.ZeroPadding2D(10**15)",),
        "(3, 3, 1)",
        ("2000000000000003 x 2000000000000003 x 1",),
    ),
    "a flattened cube of 10**8": (
        ("layers.Flatten()",),
        "(10**8, 10**8, 10**8)",
        ("1" + "0" * 24,),
    ),
    "a kernel of 10**9 on a larger image": (
        ("layers.Conv2D(1, 10**9, use_bias=False)",),
        "(10**10, 10**9, 1)",
        ("9000000001 x 1 x 1", "1,000,000,000,000,000,000"),
    ),
}


def _sizes() -> list[Case]:
    line = _FIRST_LINE + 2
    found = [
        Case(name, _sequential(kind), REFUSED, words, line=None if name in _NEVER_MADE else line)
        for name, (kind, words) in REFUSED_SIZES.items()
    ]
    found += [
        Case(
            f"input of {name}",
            _sequential("layers.Flatten()", shape=shape),
            line=None if name in _NEVER_MADE else _FIRST_LINE + 1,
        )
        for name, shape in REFUSED_SHAPES.items()
    ]
    found += [
        Case(name, _sequential(*kinds, shape=shape), READ, words)
        for name, (kinds, shape, words) in EXACT.items()
    ]
    too_many = _sequential("layers.Conv2D(10**400, 3)")
    found.append(Case("10**400 filters", too_many, words=("an integer beyond 10^30",), line=line))
    return found


def cases() -> list[Case]:
    """Side effects around, after and inside a model; subclassed layers; impossible sizes."""
    plain = _sequential("layers.Conv2D(8, 3)")
    body = plain[len(_IMPORTS) :]
    words = ("30 x 30 x 8", "224")
    found = [
        Case(f"{name} before a model", _IMPORTS + touching(code) + body, READ, words)
        for name, code in AROUND.items()
    ]
    found += [
        Case(f"{name} after a model", plain + touching(code), READ, words)
        for name, code in AFTER.items()
        if name not in _ENDLESS
    ]
    found += [
        Case(f"{name} after a model", plain + touching(code), line=line)
        for name, line in _ENDLESS.items()
        for code in (AFTER[name],)
    ]
    found += [
        Case(f"code in {name}", touching(_sequential(kind)), REFUSED, line=_FIRST_LINE + 2)
        for name, kind in CODE.items()
        if name not in _BESIDES
    ]
    found += [
        Case(f"code in {name}", touching(_sequential(kind)), READ)
        for name, kind in CODE.items()
        if name in _BESIDES
    ]
    return found + _subclassed() + _sizes()
