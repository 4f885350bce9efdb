"""Call the command line as a terminal does, and see how it ends."""

from labkit.cli import main


def labkit(*arguments: str) -> int:
    """The exit status."""
    try:
        main(list(arguments), prog_name="labkit")
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("a command line ends with an exit status")
