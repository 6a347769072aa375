"""The Keras dialect: its layers as data and the reader of its code; never imports Keras."""
