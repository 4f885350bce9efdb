"""The names of the machine that a policy is for: as in Postfix, they are what some parameters are by default.

A policy that is read with no word of where it belongs, belongs to the lab that is open.
"""

from typing import NamedTuple


class Home(NamedTuple):
    """A mail server's own name, and the domain of its company."""

    hostname: str = "mail.corp.example"
    domain: str = "corp.example"

    @property
    def names(self) -> tuple[str, str]:
        """What mydestination is by default."""
        return self.domain, self.hostname

    @property
    def fixed(self) -> dict[str, str]:
        """What main.cf can name and this lab doesn't change."""
        return {
            "myhostname": self.hostname,
            "mydomain": self.domain,
            "myorigin": self.hostname,
            "alias_maps": "",
            "stress": "",
        }


USUAL = Home()
_here = USUAL


def here() -> Home:
    """The names of the lab that is open; the usual ones where there is none."""
    return _here


def move_to(home: Home) -> None:
    """A lab with these names is open now."""
    global _here
    _here = home
