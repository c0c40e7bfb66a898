"""Reconciliation: proof that a return adds up before it is printed."""
