"""The councils' own systems: each takes a council's records in contract form and hands them over its own way."""
