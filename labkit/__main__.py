"""``python -m labkit``: the command line, where ``labkit`` itself isn't found."""

BARE = (
    "This Python lacks what the lab needs: {name} is missing. In the lab's folder, run: make lab\n"
    "Without make: python -m pip install -e ."
)

try:
    from labkit.cli import main
except ModuleNotFoundError as error:
    raise SystemExit(BARE.format(name=error.name)) from None

if __name__ == "__main__":
    main(prog_name="labkit")
