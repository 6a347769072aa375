"""Names of Keras and its surroundings that need no table entry; must never hold code."""

from __future__ import annotations

from typing import Final

#: Layers of Keras that this version reports as not known.
NOT_YET: Final = (
    "SpectralNormalization",
    "Wrapper",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "Highway",
    "MaxoutDense",
    "TextVectorization",
    "StringLookup",
    "IntegerLookup",
    "Hashing",
    "HashedCrossing",
    "Discretization",
    "CategoryEncoding",
    "MelSpectrogram",
    "STFTSpectrogram",
    "DenseFeatures",
    "RandomHeight",
    "RandomWidth",
    "RandomFourierFeatures",
    "MaxNumBoundingBoxes",
    "Pipeline",
    "JaxLayer",
    "FlaxLayer",
    "TFSMLayer",
    "TorchModuleWrapper",
    "ReversibleEmbedding",
)

#: Parts of keras that change no network.
QUIET_PARTS: Final = (
    "optimizers",
    "losses",
    "metrics",
    "callbacks",
    "regularizers",
    "initializers",
    "constraints",
    "preprocessing",
    "utils",
    "visualization",
    "distribution",
    "export",
    "tree",
    "saving",
    "wrappers",
    "quantizers",
    "legacy",
    "engine",
    "estimator",
    "experimental",
    "dtype_policies",
)

#: Packages around Keras that change no network.
SILENT: Final = frozenset(
    (
        "matplotlib",
        "sklearn",
        "cv2",
        "pandas",
        "PIL",
        "tqdm",
        "skimage",
        "seaborn",
        "wandb",
        "scipy",
        "h5py",
        "imageio",
        "plotly",
        "tensorboard",
        "pydot",
        "nibabel",
        "tensorflow_datasets",
        "albumentations",
        "IPython",
    )
)

#: Element types, which are modules' attributes in TensorFlow and NumPy.
TYPES: Final = frozenset(
    (
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
        "bool_",
        "bfloat16",
        "string",
        "float",
        "int",
        "float_",
        "int_",
    )
)

#: Modules of keras.layers in older versions; their layers are the same.
SUBMODULES: Final = frozenset(
    (
        "core",
        "convolutional",
        "pooling",
        "normalization",
        "advanced_activations",
        "merge",
        "recurrent",
        "embeddings",
        "noise",
        "local",
        "wrappers",
        "experimental",
        "preprocessing",
        "reshaping",
        "regularization",
    )
)

#: What keras.layers has besides layer classes and merge functions.
LAYER_EXTRAS: Final = (
    "Input",
    "InputLayer",
    "merge",
    "Merge",
    "InputSpec",
)

#: Decorators that leave a class as it is.
PASSING: Final = frozenset(
    (
        "register_keras_serializable",
        "keras_export",
    )
)

#: Layers as people write them who forget the capitals.
WRONG_CASE: Final = frozenset(
    (
        "conv2d",
        "dense",
        "maxpool2d",
        "flatten",
        "dropout",
    )
)

#: Models of keras.applications.
APPLICATIONS: Final = frozenset(
    (
        "ConvNeXtBase",
        "ConvNeXtLarge",
        "ConvNeXtSmall",
        "ConvNeXtTiny",
        "ConvNeXtXLarge",
        "DenseNet121",
        "DenseNet169",
        "DenseNet201",
        "EfficientNetB0",
        "EfficientNetB1",
        "EfficientNetB2",
        "EfficientNetB3",
        "EfficientNetB4",
        "EfficientNetB5",
        "EfficientNetB6",
        "EfficientNetB7",
        "EfficientNetV2B0",
        "EfficientNetV2B1",
        "EfficientNetV2B2",
        "EfficientNetV2B3",
        "EfficientNetV2L",
        "EfficientNetV2M",
        "EfficientNetV2S",
        "InceptionResNetV2",
        "InceptionV3",
        "MobileNet",
        "MobileNetV2",
        "MobileNetV3Large",
        "MobileNetV3Small",
        "NASNetLarge",
        "NASNetMobile",
        "ResNet101",
        "ResNet101V2",
        "ResNet152",
        "ResNet152V2",
        "ResNet50",
        "ResNet50V2",
        "VGG16",
        "VGG19",
        "Xception",
    )
)
