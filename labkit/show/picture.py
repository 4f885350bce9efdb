"""A picture and the text that says the same: what a chart or a map hands to a notebook."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, repr=False)
class Picture:
    """A PNG picture and its text equivalent.

    A notebook shows the picture; a terminal, ``print`` and a screen reader get the text. ``width`` is
    how wide to show the picture, in CSS pixels: it has more pixels than that, for sharp screens.
    """

    text: str
    png: bytes
    width: int

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Both forms, as IPython asks for them, with the text as the picture's alternative text."""
        data = {"image/png": b64encode(self.png).decode("ascii"), "text/plain": self.text}
        return data, {"image/png": {"width": self.width, "alt": self.text}}
