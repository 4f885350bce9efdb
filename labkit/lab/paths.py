"""Where in this lab somebody can listen, or stand in the middle: on the way from one host to others."""

from dataclasses import dataclass, replace

from labkit.errors import UsageError
from labkit.lab.stage import Stage
from labkit.network.addresses import Host


@dataclass(frozen=True, slots=True)
class Path:
    """The way from ``client`` to each of ``servers``, and what makes mail go there: a letter by ``program``.

    ``port`` is the relay's, at which the program hands the letter over. ``onward`` are the servers behind
    the relay, where the way begins there.
    """

    client: Host
    servers: tuple[Host, ...]
    program: Host
    port: int
    onward: tuple[Host, ...] = ()


def paths(stage: Stage) -> dict[str, Path]:
    """The ways that there are on a stage, by the client's name."""
    programs = (stage.ROAD_PROGRAM, stage.OFFICE_PROGRAM, stage.COPIER_PROGRAM)
    inward = [Path(program.host, (stage.RELAY,), program.host, program.port) for program in programs]
    others = (stage.MX1, stage.MX2, stage.SMARTHOST)
    return {
        path.client.name: path for path in (*inward, Path(stage.RELAY, others, stage.WORKSTATION, 25, others))
    }


def path_of(stage: Stage, client: str, port: int | None = None) -> Path:
    """The way of that client's mail, to another port if one is given. Raises UsageError."""
    known = paths(stage)
    if client not in known:
        raise UsageError(f"{client!r} has no path to stand on. Choose one of {', '.join(known)}.")
    path = known[client]
    if port is None:
        return path
    if not isinstance(port, int) or not 1 <= port <= 65535:
        raise UsageError(f"{port!r} is not a port. The relay listens on 25, 587 and 465.")
    return replace(path, port=port)
