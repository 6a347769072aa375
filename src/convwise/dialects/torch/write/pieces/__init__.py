"""Functions and classes that written files contain where they need them; never imported here."""
