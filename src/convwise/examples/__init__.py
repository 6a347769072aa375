"""Networks people ask about, as their askers wrote them; `python -m convwise.examples` answers."""
