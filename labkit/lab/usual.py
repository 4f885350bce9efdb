"""The usual stage, as data: a small company's mail system, its customers, and a stranger.

Roles, not persons; reserved names and documentation addresses only. A lab reads all this from its own
``Stage``, which tells it in the words of the lab's seed.
"""

from dataclasses import dataclass

from labkit.network.addresses import Host
from labkit.network.fabric import YOUR_TERMINAL
from labkit.smtp.client import Tls

RELAY = Host("relay", "192.0.2.25", "mail.corp.example")
WORKSTATION = Host("workstation", "192.0.2.50", "workstation.corp.example")
COPIER = Host("copier", "192.0.2.60", "copier.corp.example")
DNS = Host("dns", "192.0.2.53", "ns.corp.example")
LAPTOP = Host("laptop", "198.51.100.77", "room77.hotel.example")
MX1 = Host("mx1", "198.51.100.25", "mx1.customer.example")
MX2 = Host("mx2", "198.51.100.26", "mx2.customer.example")
SMARTHOST = Host("smarthost", "198.51.100.10", "smarthost.isp.example")
WEB = Host("web", "198.51.100.27", "mta-sts.customer.example")
BLOCKLIST = Host("bl", "203.0.113.53", "bl.example")
ATTACKER = Host("attacker", "203.0.113.66", "vps66.hosting.example")

# Further addresses that a stranger can use, all of one hosting provider. They are put on the network by
# the attacks that want them.
POOL = tuple(
    Host(f"bot {number}", f"203.0.113.{number}", f"vps{number}.hosting.example") for number in range(100, 120)
)

# The same stranger at an address that is on no list yet, under a name that isn't true; and in the hotel.
LIAR = Host("liar", "203.0.113.99", "workstation.corp.example")
HOTEL_GUEST = Host("hotel guest", "198.51.100.78", "room78.hotel.example")

YOUR_SERVER = Host("your server", "203.0.113.201")  # any that you start outside the lab, on this machine

COMPANY, CUSTOMER = "corp.example", "customer.example"
COMPANY_MAILBOXES = ("staff", "director", "scans", "sales")
PROVIDER = "isp.example"
# Domains whose mail goes into the customer's mailboxes, too: each has its own way there.
CUSTOMER_ALSO = ("equal.example", "dead.example", "nomx.example")
CUSTOMER_MAILBOXES = ("orders", "accounts", "support", "director", "press", "jobs", "info")
# Spam traps: nobody ever had these addresses. They stand where only a program finds them, or were guessed.
CUSTOMER_TRAPS = ("hidden", "old-fax")

# The stranger's own domain, where letters are looked for that a server should not have carried there.
DROP, DROP_MAILBOXES = "dropbox.example", ("relaytest", "tester")

# These are printed in the notebooks; the last one is weak. The relay keeps only their hashes.
PASSWORDS = {"staff": "paper-boat-7", "director": "quiet-harbour-91", "sales": "winter-2026"}
ACCOUNTS = {
    "staff": "scrypt$c210cCByZWxheSBsYWIgMQ==$Jkj6fr97LTz+gt4tqoNoEjEjvHGZkrMUvb7MgEZSD/o=",
    "director": "scrypt$ZGlyZWN0b3Igb2YgdGhlIA==$++JwY56z/mBpm4+Qs0wOcEd5LipctU5a9G6U8QxSRRc=",
    "sales": "scrypt$c2FsZXMgb2YgdGhlIGxhYg==$jVc1G2B36spIQlNKTmeM5v7e5cD00sygMbDK0WrF0Nk=",
}

STAFF_LOGIN = ("staff", PASSWORDS["staff"])

# The company's account at its provider.
PROVIDER_PASSWORDS = {"corp": "slow-train-52"}
PROVIDER_ACCOUNTS = {
    "corp": "scrypt$c21hcnQgaG9zdCBvZiBpcw==$zSf1aRUbNm0oJlUQTGvMi0w3Te9gFFXNmRFDp3qHZKs=",
}

ZONE = """
$TTL 3600
corp.example.               IN MX  10 mail.corp.example.
mail.corp.example.          IN A   192.0.2.25
workstation.corp.example.   IN A   192.0.2.50
copier.corp.example.        IN A   192.0.2.60
ns.corp.example.            IN A   192.0.2.53
customer.example.           IN MX  10 mx1.customer.example.
customer.example.           IN MX  20 mx2.customer.example.
mx1.customer.example.       IN A   198.51.100.25
mx2.customer.example.       IN A   198.51.100.26
room77.hotel.example.       IN A   198.51.100.77
vps66.hosting.example.      IN A   203.0.113.66
25.2.0.192.in-addr.arpa.    IN PTR mail.corp.example.
50.2.0.192.in-addr.arpa.    IN PTR workstation.corp.example.
60.2.0.192.in-addr.arpa.    IN PTR copier.corp.example.
53.2.0.192.in-addr.arpa.    IN PTR ns.corp.example.
25.100.51.198.in-addr.arpa. IN PTR mx1.customer.example.
26.100.51.198.in-addr.arpa. IN PTR mx2.customer.example.
77.100.51.198.in-addr.arpa. IN PTR room77.hotel.example.
66.113.0.203.in-addr.arpa.  IN PTR vps66.hosting.example.

; The company's provider, whose smart host carries mail on for its customers.
isp.example.                IN MX  10 smarthost.isp.example.
smarthost.isp.example.      IN A   198.51.100.10
10.100.51.198.in-addr.arpa. IN PTR smarthost.isp.example.

; A provider of mailboxes for everybody. Only its own server may send in its name (RFC 7208).
webmail.example.            IN MX  10 out.webmail.example.
webmail.example.            IN TXT "v=spf1 ip4:198.51.100.40 -all"
_dmarc.webmail.example.     IN TXT "v=DMARC1; p=reject"
out.webmail.example.        IN A   198.51.100.40
40.100.51.198.in-addr.arpa. IN PTR out.webmail.example.

; The stranger's own domain. Its mail goes to the stranger's own machine.
dropbox.example.            IN MX  10 vps66.hosting.example.

; Domains that a stranger has registered because they look like another. Their records are in good order.
c0rp.example.               IN MX  10 vps66.hosting.example.
c0rp.example.               IN TXT "v=spf1 ip4:203.0.113.66 -all"
corp-example.test.          IN MX  10 vps66.hosting.example.
corp-example.test.          IN TXT "v=spf1 ip4:203.0.113.66 -all"
xn--crp-sed.example.        IN MX  10 vps66.hosting.example.
xn--crp-sed.example.        IN TXT "v=spf1 ip4:203.0.113.66 -all"
vps66.hosting.example.      IN TXT "v=spf1 ip4:203.0.113.66 -all"

; A list of addresses that have sent spam, as mail servers ask for it (RFC 5782).
bl.example.                 IN A   203.0.113.53
53.113.0.203.in-addr.arpa.  IN PTR bl.example.
2.0.0.127.bl.example.       IN A   127.0.0.2
2.0.0.127.bl.example.       IN TXT "This entry is for tests."
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example. IN A 127.0.0.2
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example. IN TXT "This entry is for tests."
66.113.0.203.bl.example.    IN A   127.0.0.2
66.113.0.203.bl.example.    IN TXT "203.0.113.66 has sent spam."

; Each of these leads to the customer's servers in its own way: two hosts that share the load, a first
; host that is no more, and no MX record at all. The last one takes no mail (RFC 7505).
equal.example.              IN MX  10 mx1.customer.example.
equal.example.              IN MX  10 mx2.customer.example.
dead.example.               IN MX  10 gone.dead.example.
dead.example.               IN MX  20 mx2.customer.example.
gone.dead.example.          IN A   198.51.100.29
nomx.example.               IN A   198.51.100.25
nullmx.example.             IN MX  0 .
"""

# As somebody left it: staff on the road had to send, so every address in the world became "ours".
OPEN_POLICY = """
mynetworks = 192.0.2.0/24, 0.0.0.0/0
mydestination = corp.example, mail.corp.example
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = no
smtpd_tls_security_level = none
"""

# A provider carries mail on for its customers, who log in, and for nobody else.
PROVIDER_POLICY = """
mydestination = isp.example, smarthost.isp.example
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
"""


@dataclass(frozen=True, slots=True)
class Role:
    """A host, and what it is there for."""

    host: Host
    what: str


CAST = (
    Role(RELAY, "the company's mail server; everything in this lab is about its policy"),
    Role(WORKSTATION, "staff in the office"),
    Role(COPIER, "scans to e-mail; knows neither AUTH nor TLS"),
    Role(LAPTOP, "staff on the road, in a hotel's network"),
    Role(MX1, "the customer's first mail server"),
    Role(MX2, "the customer's second mail server"),
    Role(SMARTHOST, "the company's provider; carries mail on for whoever has an account there"),
    Role(DNS, "tells where the mail of a domain goes"),
    Role(ATTACKER, "a stranger"),
    Role(YOUR_TERMINAL, "any program that you start outside the lab"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """A mail program: where it runs, and what it does unless it is told otherwise."""

    host: Host
    sender: str
    port: int
    tls: Tls
    subject: str
    text: str


OFFICE_PROGRAM = Program(
    WORKSTATION,
    "staff@corp.example",
    25,
    Tls.MAY,
    "Our order",
    "Hello,\n\nplease send us ten boxes of paper.\n\nThe office",
)
COPIER_PROGRAM = Program(
    COPIER,
    "scans@corp.example",
    25,
    Tls.NONE,
    "Scan 0001",
    "Here is your scan.\n\nThe copier on the second floor",
)
ROAD_PROGRAM = Program(
    LAPTOP,
    "staff@corp.example",
    587,
    Tls.MAY,
    "Offer",
    "Hello,\n\nhere is the offer that we spoke about.\n\nThe sales team, on the road",
)

# Others who write to the company: the customer, through its own mail server, and somebody new.
CUSTOMER_PROGRAM = Program(
    MX1,
    "orders@customer.example",
    25,
    Tls.MAY,
    "Your offer",
    "Hello,\n\nthank you for the offer. We take it.\n\nThe customer",
)
NEWCOMER_PROGRAM = Program(
    SMARTHOST,
    "office@isp.example",
    25,
    Tls.MAY,
    "A question",
    "Hello,\n\nwhat do ten boxes of paper cost?\n\nSomebody who found you in the telephone book",
)
