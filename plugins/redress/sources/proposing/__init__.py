"""Proposes a source.yml from a sample: which column feeds what, how dates are written, what the values mean."""
