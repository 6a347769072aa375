"""TensorFlow 1 code: graphs of placeholders, variables and tf.nn operations."""
