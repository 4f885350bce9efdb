"""Examples at the end of a command's help, one a line, as they are typed."""


def examples(*lines: str) -> str:
    """An epilog that click leaves as it is."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))
