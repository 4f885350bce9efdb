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
"""
