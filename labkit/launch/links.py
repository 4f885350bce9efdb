"""``labkit links``: how a class reaches somebody's own copy of the lab on Binder.

A link names the repository, the tag and the page that opens first
(https://mybinder.readthedocs.io/en/latest/howto/user_interface.html). Binder builds an image for each commit
that is asked for, and keeps it: so a link with a tag starts quickly, and shows everybody the same lab.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from labkit.errors import UsageError
from labkit.launch.material import FIRST, PAGE

BINDER = "https://mybinder.org"
NEWEST = "HEAD"  # what is newest on the default branch, in Binder's words

# What GitHub allows, with or without what people copy from the address bar or from `git remote -v`.
_REPOSITORY = re.compile(
    r"(?:(?:https?://)?(?:www\.)?github\.com/|git@github\.com:)?"
    r"(?P<owner>[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?)/(?P<name>[\w.-]{1,100}?)(?:\.git)?/?",
    re.ASCII | re.IGNORECASE,
)
# git check-ref-format(1)
_NO_TAG = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/]|(?:^|/)\.|(?:[./]|\.lock)$|^@?$")

NOT_A_REPOSITORY = (
    "{given!r} names no repository on GitHub. "
    "Write it as ORG/REPO, for example: labkit links anna/smtp-relay-lab"
)
NOT_A_TAG = (
    "{given!r} can't be a tag or a branch in Git. Write its name, for example: labkit links {repository} v1"
)


@dataclass(frozen=True, slots=True)
class Links:
    """The links to one ``repository`` ("owner/name") at one ``tag``, which may be a branch or a commit."""

    repository: str
    tag: str

    @property
    def notebooks(self) -> str:
        """Opens JupyterLab on the first notebook."""
        return self._opening(f"lab/tree/notebooks/{FIRST}")

    @property
    def dashboard(self) -> str:
        """Opens the panel as a page of its own, through Voilà."""
        return self._opening(f"voila/render/notebooks/{PAGE}")

    @property
    def badge(self) -> str:
        """A picture that is a link, in Markdown."""
        return f"[![Open the lab on Binder]({BINDER}/badge_logo.svg)]({self.notebooks})"

    def _opening(self, page: str) -> str:
        return f"{BINDER}/v2/gh/{self.repository}/{quote(self.tag, safe='')}?urlpath={quote(page, safe='')}"


def links(repository: str, tag: str = NEWEST) -> Links:
    """The links for a repository on GitHub, whose address in a browser will do as well.

    Raises UsageError for what can't be a repository or a tag. Whether there is one, nobody is asked.
    """
    found = _REPOSITORY.fullmatch(repository.strip())
    if not found or found["name"] in (".", ".."):
        raise UsageError(NOT_A_REPOSITORY.format(given=repository))
    reduced = f"{found['owner']}/{found['name']}"
    if _NO_TAG.search(tag):
        raise UsageError(NOT_A_TAG.format(given=tag, repository=reduced))
    return Links(reduced, tag)
