"""Two sessions, or two whole attacks, side by side: what is the same, and what changed."""
