"""Return definitions: what a council's returns hold, as data."""
