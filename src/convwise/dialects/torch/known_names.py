"""Names of PyTorch and its surroundings that need no table entry; must never hold code."""

from __future__ import annotations

from typing import Final

#: Packages around PyTorch that change no network.
SILENT: Final = frozenset(
    (
        "IPython",
        "PIL",
        "albumentations",
        "apex",
        "cv2",
        "datasets",
        "deepspeed",
        "h5py",
        "imageio",
        "matplotlib",
        "nibabel",
        "pandas",
        "plotly",
        "pytorch_lightning",
        "lightning",
        "scipy",
        "seaborn",
        "skimage",
        "sklearn",
        "tensorboard",
        "tensorboardX",
        "torchmetrics",
        "torchaudio",
        "tqdm",
        "wandb",
        "xarray",
        "yaml",
    )
)

#: Parts of torch that change no network.
QUIET_PARTS: Final = frozenset(
    (
        "amp",
        "autograd",
        "backends",
        "cuda",
        "distributed",
        "distributions",
        "hub",
        "jit",
        "mps",
        "multiprocessing",
        "onnx",
        "optim",
        "profiler",
        "random",
        "testing",
        "utils",
        "_dynamo",
        "quantization",
        "ao",
        "fx",
        "export",
        "library",
        "version",
        "sparse",
        "overrides",
        "serialization",
    )
)

#: Decorators and context managers that leave what they are used on as it is.
PASSING: Final = frozenset(
    (
        "no_grad",
        "enable_grad",
        "inference_mode",
        "set_grad_enabled",
        "compile",
        "script",
        "ignore",
        "unused",
        "export",
        "custom_fwd",
        "custom_bwd",
        "autocast",
    )
)

#: Element types, as the network's tensors name them.
TYPES: Final = {
    "float16": "float16",
    "half": "float16",
    "bfloat16": "bfloat16",
    "float32": "float32",
    "float": "float32",
    "float64": "float64",
    "double": "float64",
    "int8": "int8",
    "uint8": "uint8",
    "int16": "int16",
    "short": "int16",
    "int32": "int32",
    "int": "int32",
    "int64": "int64",
    "long": "int64",
    "bool": "bool",
}

#: Packages of ready-made networks: their insides are not in the file.
OUTSIDE_MODELS: Final = frozenset(
    (
        "efficientnet_pytorch",
        "monai",
        "open_clip",
        "pretrainedmodels",
        "segmentation_models_pytorch",
        "timm",
        "torchvision",
        "transformers",
        "ultralytics",
    )
)

#: Functions that show or measure a network: what they call it on is an example of its input.
SUMMARIES: Final = frozenset(
    (
        "FlopCountAnalysis",
        "FlopCounterMode",
        "get_model_complexity_info",
        "make_dot",
        "profile",
        "summary",
        "torchinfo",
        "trace",
        "export",
        "flop_count",
        "parameter_count_table",
    )
)

#: Modules that are made of the table's modules.
COMPOSITES: Final = frozenset(
    (
        "Transformer",
        "TransformerDecoder",
        "TransformerDecoderLayer",
        "TransformerEncoder",
        "TransformerEncoderLayer",
    )
)

#: Modules of PyTorch that are reported as not known.
OTHER_MODULES: Final = frozenset(
    (
        "AdaptiveLogSoftmaxWithLoss",
        "Buffer",
        "CircularPad",
        "EmbeddingBag",
        "FractionalMaxPool2d",
        "FractionalMaxPool3d",
        "MaxUnpool1d",
        "MaxUnpool2d",
        "MaxUnpool3d",
        "UninitializedBuffer",
    )
)

#: Classes that modules of the table derive from, and how the names of these modules begin.
BASES: Final = {
    "_ConvNd": ("Conv",),
    "_ConvTransposeNd": ("ConvTranspose",),
    "_BatchNorm": ("BatchNorm", "SyncBatchNorm", "LazyBatchNorm"),
    "_NormBase": ("BatchNorm", "InstanceNorm", "SyncBatchNorm"),
    "_InstanceNorm": ("InstanceNorm",),
    "_MaxPoolNd": ("MaxPool",),
    "_AvgPoolNd": ("AvgPool",),
    "_DropoutNd": ("Dropout", "AlphaDropout", "FeatureAlphaDropout"),
    "RNNBase": ("RNN", "LSTM", "GRU"),
}
