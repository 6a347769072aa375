"""Networks of TensorFlow 1, as people wrote them, and the numbers that TensorFlow gives."""
