"""From definitions and metrics to the tables of a return."""
