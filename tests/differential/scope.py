"""Which Keras layers and constructor parameters are left out of the random cases, each with why."""

from __future__ import annotations

_CELL = "runs one step on a state: drawn inside of RNN"
_SEEDED = "seeded dropout cannot run on tensors without data, where multiply-adds are counted"
_CODE = "wraps code of the user or of another framework, which is never run"
_WORDS = "turns categories or text into numbers: its output depends on a vocabulary, not on shapes"
_SOUND = "a sound front end of fixed transforms, not a network layer"
_LABELS = "changes labels or boxes that travel in a dictionary, not a tensor"

LAYERS_LEFT_OUT = {
    "CategoryEncoding": _WORDS,
    "ContrastLimitedAdaptiveHistogramEqualization": "cannot be called on a symbolic input",
    "Discretization": _WORDS,
    "FlaxLayer": _CODE,
    "GRUCell": _CELL,
    "HashedCrossing": _WORDS,
    "Hashing": _WORDS,
    "InputLayer": "stands in front of every case",
    "IntegerLookup": _WORDS,
    "JaxLayer": _CODE,
    "LSTMCell": _CELL,
    "Lambda": _CODE,
    "Layer": "the base class",
    "MaxNumBoundingBoxes": _LABELS,
    "MelSpectrogram": _SOUND,
    "Pipeline": "a list of other layers",
    "ReversibleEmbedding": "shares its weight between two directions chosen at the call",
    "STFTSpectrogram": _SOUND,
    "SpectralNormalization": "wraps another layer: reported as unknown",
    "SimpleRNNCell": _CELL,
    "StackedRNNCells": _CELL,
    "StringLookup": _WORDS,
    "TFSMLayer": _CODE,
    "TextVectorization": _WORDS,
    "TorchModuleWrapper": _CODE,
    "Wrapper": "the base class of wrappers",
}

#: The kinds that Keras's layers are made of, and those that only operations on tensors make.
KINDS_OF_LAYERS = frozenset(
    {
        "input",
        "convolution",
        "transposed_convolution",
        "dense",
        "embedding",
        "max_pool",
        "average_pool",
        "adaptive_pool",
        "global_pool",
        "batch_norm",
        "group_norm",
        "layer_norm",
        "rms_norm",
        "unit_norm",
        "activation",
        "prelu",
        "softmax",
        "dropout",
        "gaussian_noise",
        "merge",
        "concatenate",
        "dot",
        "identity",
        "flatten",
        "permute",
        "reshape",
        "repeat",
        "pad",
        "crop",
        "center_crop",
        "upsample",
        "resize",
        "rescaling",
        "normalization",
        "augment",
        "random_crop",
        "attention",
        "multi_head_attention",
        "einsum_dense",
        "recurrent",
        "conv_lstm",
        "time_to_batch",
        "batch_to_time",
    }
)
#: Kinds that only a few draws need: two directions of a recurrent layer that are not alike.
KINDS_OF_FEW_LAYERS = frozenset({"flip"})
KINDS_OF_OPERATIONS = frozenset(
    {
        "recurrent_cell",
        "constant",
        "matmul",
        "einsum",
        "reduce",
        "glu",
        "unary",
        "cast",
        "stack",
        "squeeze",
        "unsqueeze",
        "slice",
        "pixel_shuffle",
        "pixel_unshuffle",
    }
)

_EVERYWHERE = {
    "quantization_config": "a way to store weights, not a network",
    "lora_rank": "an adapter beside the weights: reported as unknown",
    "lora_alpha": "an adapter beside the weights: reported as unknown",
    "renorm": "more statistics than batch normalisation has: reported as unknown",
    "renorm_clipping": "has no effect without renorm",
    "renorm_momentum": "has no effect without renorm",
    "return_state": "returns several tensors: compared in a test of its own",
    "stateful": "needs a fixed batch",
}

PARAMETERS_LEFT_OUT = {
    ("ConvLSTM1D", "seed"): _SEEDED,
    ("ConvLSTM2D", "seed"): _SEEDED,
    ("ConvLSTM3D", "seed"): _SEEDED,
    ("SimpleRNN", "seed"): _SEEDED,
    ("LSTM", "seed"): _SEEDED,
    ("GRU", "seed"): _SEEDED,
    ("Bidirectional", "weights"): "gives values of the weights",
    ("EinsumDense", "gptq_unpacked_column_size"): "a way to store weights, not a network",
    ("BatchNormalization", "synchronized"): "needs several devices",
    ("Embedding", "weights"): "gives values of the weights",
    ("Resizing", "fill_mode"): "only the default is accepted",
    ("AugMix", "chain_depth"): "repeats an augmentation that keeps the shape",
    ("AugMix", "alpha"): "a strength of an augmentation that keeps the shape",
    ("AugMix", "all_ops"): "a choice among augmentations that keep the shape",
}


def parameter_left_out(layer: str, name: str) -> bool:
    return name in _EVERYWHERE or (layer, name) in PARAMETERS_LEFT_OUT
