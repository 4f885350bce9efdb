"""How letters leave the relay.

courier       which letter is handed over next, and what follows
destinations  what waits for whom
baton         who goes next in the whole lab
delivery      one letter to one destination
route         which hosts take it
session       one session with a host
sessions      those that are kept
local         into the relay's own mailboxes
outcome       what came of an attempt
bounce        what the sender is told: delivery status notifications
tls_policy    which TLS a destination gets: by the postmaster's table, or as it asks itself
mta_sts       what a domain publishes about that; sts_policies finds and keeps it, https fetches it
tls_rpt       the report to a domain about a day's sessions; tls_reporter counts and sends
dane          a server's key against its record in the DNS: a simulation
"""
