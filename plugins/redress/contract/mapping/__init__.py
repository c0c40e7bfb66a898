"""Brings a source's own columns, values and dates to the contract, as source.yml says."""
