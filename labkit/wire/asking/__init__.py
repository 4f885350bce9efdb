"""What students ask of a recording: which sessions, which replies, and why."""
