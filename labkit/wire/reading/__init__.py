"""From frames to lines: what was said, by whom, what it was, and what became of the letters."""
