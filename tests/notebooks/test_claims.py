"""What the literature on mail relays claims is shown in the course: each claim under a heading of its own.

The claims are those that textbooks, vendors' manuals and incident reports make about open and closed relays.
A heading that is renamed must be renamed here, so that no claim is lost on the way.
"""

import nbformat
import pytest
from notebooks.conftest import NOTEBOOKS
from notebooks.test_limits import headings

CLAIMS: dict[str, tuple[tuple[str, str], ...]] = {
    "a relay carries mail from server to server; open means for anybody, closed for those it knows": (
        ("02", "A relay carries a letter in nine steps"),
        ("03", "The relay accepts mail for strangers"),
        ("06", "Trusted hosts and networks are known by their address"),
    ),
    "open: the sender isn't identified; spam and phishing in others' names": (
        ("03", "Nothing stops the stranger"),
        ("03", "The reader sees a false sender"),
    ),
    "open: the server is blocklisted; money and reputation are lost": (
        ("03", "The customer sees the company's server"),
        ("04", "The company's address lands on a blocklist"),
        ("04", "Every thousand letters have a price"),
    ),
    "open: traffic jumps, CPU, memory and I/O wait go up, mail gets slow": (
        ("04", "A colleague's letter waits behind the spam"),
        ("04", "Connections cost memory and computing time"),
    ),
    "a restart doesn't help": (("04", "A restart does not help"),),
    "made open for a colleague on the road": (("03", "One line of the policy is the hole"),),
    "a copier that scans to e-mail": (("06", "6. Require AUTH from the copier, too"),),
    "test whether you are open": (
        ("05", "Sixteen ways to write an address"),
        ("05", "One server looks closed until TLS starts"),
    ),
    "trusted hosts": (("06", "Trusted hosts and networks are known by their address"),),
    "smart host": (
        ("06", "A smart host asks the same question"),
        ("02", "A smart host carries the letter on"),
    ),
    "username and password": (("06", "A username and a password work everywhere"),),
    "known domains and addresses only": (("06", "Known domains and addresses need no login"),),
    "unauthorised access": (("08", "One weak password is enough"),),
    "leaks": (("07", "The hotel's network reads everything"),),
    "phishing by a taken account": (("08", "The thief sends as the director"),),
    "malware": (("10", "Checks and scanners look inside"),),
    "TLS turns what a listener reads into noise": (("07", "TLS leaves a listener with noise"),),
    "not every server offers TLS; check first": (("07", "Not every server offers TLS"),),
    "wrong client settings": (("01", "Each wrong setting has its reply"),),
    "provider's limits per day and per attachment": (
        ("10", "A provider counts by the day"),
        ("10", "A letter can have too many recipients or bytes"),
        ("11", "The provider has limits"),
    ),
    "an alternative service": (("11", "A fallback relay takes what the relay can't deliver"),),
    "sender authentication by password, certificate, signature": (
        ("06", "A username and a password work everywhere"),
        ("07", "A certificate can replace a password"),
        ("09", "DKIM signs the letter itself"),
    ),
    "watch volume, know when you are abused": (
        ("05", "Watch your own relay"),
        ("05", "An alarm must know the newsletter"),
    ),
    "filter": (("10", "Checks and scanners look inside"),),
    "leave a blocklist": (("04", "The list wants to see that the cause is gone"),),
    "the delivery path step by step with MX": (
        ("02", "A relay carries a letter in nine steps"),
        ("02", "The MX records name the next servers"),
    ),
    "fallback when refused or down": (
        ("02", "When one server is down, the next one takes over"),
        ("11", "One server down is no trouble"),
    ),
    "load balancing": (("11", "A load-balanced relay shares its mail"),),
    "rate limiting per sender": (("10", "A limit doesn't know who is honest"),),
    "status and flow analysis": (
        ("05", "Watch your own relay"),
        ("05", "Refusals and the queue say something, too"),
    ),
    "internal relays": (("11", "An internal relay carries only the office's mail"),),
    "external relays": (("11", "An external relay takes mail from everybody, for its own domains"),),
    "authenticated relays": (("11", "An authenticated relay asks who sends"),),
    "encrypted relays": (("11", "An encrypted relay speaks to nobody in clear"),),
    "costs": (("11", "Each kind has its price"),),
    "blocked by recipients": (("04", "The company's address lands on a blocklist"),),
    "full mailbox": (("02", "A full mailbox waits, an unknown one does not"),),
    "strict filter": (("10", "Every filter makes two kinds of mistakes"),),
    "content exposed by a badly set relay": (
        ("07", "The hotel's network reads everything"),
        ("07", "TLS protects one hop, not the whole way"),
    ),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_of_the_literature_is_shown_under_its_heading(claim: str) -> None:
    for number, heading in CLAIMS[claim]:
        (path,) = NOTEBOOKS.glob(f"{number}-*.ipynb")
        notebook = nbformat.read(path, as_version=4)
        assert heading in headings(notebook, "##") + headings(notebook, "###")
