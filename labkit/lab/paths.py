"""Where in this lab somebody can listen, or stand in the middle: on the way from one host to others."""

from dataclasses import dataclass, replace

from labkit.errors import UsageError
from labkit.lab import stage
from labkit.network.addresses import Host


@dataclass(frozen=True, slots=True)
class Path:
    """The way from ``client`` to each of ``servers``, and what makes mail go there: a letter by ``program``.

    ``port`` is the relay's, at which the program hands the letter over.
    """

    client: Host
    servers: tuple[Host, ...]
    program: Host
    port: int

    @property
    def onward(self) -> tuple[Host, ...]:
        """The servers behind the relay, where the way begins there."""
        return self.servers if self.client == stage.RELAY else ()


PATHS = {
    path.client.name: path
    for path in (
        Path(stage.LAPTOP, (stage.RELAY,), stage.LAPTOP, stage.ROAD_PROGRAM.port),
        Path(stage.WORKSTATION, (stage.RELAY,), stage.WORKSTATION, stage.OFFICE_PROGRAM.port),
        Path(stage.COPIER, (stage.RELAY,), stage.COPIER, stage.COPIER_PROGRAM.port),
        Path(stage.RELAY, (stage.MX1, stage.MX2, stage.SMARTHOST), stage.WORKSTATION, 25),
    )
}


def path_of(client: str, port: int | None = None) -> Path:
    """The way of that client's mail, to another port if one is given. Raises UsageError."""
    if client not in PATHS:
        raise UsageError(f"{client!r} has no path to stand on. Choose one of {', '.join(PATHS)}.")
    path = PATHS[client]
    if port is None:
        return path
    if not isinstance(port, int) or not 1 <= port <= 65535:
        raise UsageError(f"{port!r} is not a port. The relay listens on 25, 587 and 465.")
    return replace(path, port=port)
