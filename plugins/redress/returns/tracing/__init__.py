"""From a figure back to its cases and their source rows (internal use)."""
