"""Signed figures: frozen with who, when and from what; reprinted as they were; compared with what is built later."""
