"""One module a page: what it shows, asked of the prepared tables as sets."""
