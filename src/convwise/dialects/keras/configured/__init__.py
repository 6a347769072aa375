"""Keras models as configurations: what `get_config`, `to_json` and saved files say of them."""
