"""Landing: what arrived, past the door, kept as it came and never changed."""
