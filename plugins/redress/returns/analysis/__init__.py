"""What figures say: sentences, control limits, and how councils compare."""
