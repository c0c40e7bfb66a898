"""Sources: where a council's records come from. One module or package a kind of source."""
