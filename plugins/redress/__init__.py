"""Redress: complaints about children's social care, from records to published figures."""

__version__ = "0.1.0"
