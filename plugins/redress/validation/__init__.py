"""Validation: runs the rules, splits accepted from quarantined, keeps the issue log."""
