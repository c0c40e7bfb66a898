"""Databases as a source: every feed a table, view or SELECT, all read in one read-only transaction."""
