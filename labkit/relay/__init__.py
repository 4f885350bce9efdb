"""The relay: takes mail, decides by its policy whether to carry it, and carries it on.

policy        the settings, with Postfix's parameter names; main_cf reads and writes them
values        what a parameter may be; lists, restriction_lists and tables are those of several parts
restrictions  the rules that decide what is taken; hostnames, access and lookups hold some more of them
decide        which lists of rules are asked when; the first rule that decides, wins for its list
case          what a rule looks at, and what it makes of it; destination tells where an address leads
accounts      who may log in; only salted hashes are kept
site          what the relay finds where it stands
server        the SMTP side; services are its ports, limits what one client may do
intake        how a letter comes into the queue
queue         what was accepted and is still the relay's duty; agenda says when, postqueue shows it
spool         the queue on disk: pages of a ledger, kept in a store
courier       has letters handed over, and draws the consequences; backoff says when next
destinations  what waits for which destination; the baton says which relay's courier may go on
delivery      one letter to one destination; route finds the hosts, session talks to them, local keeps
bounce        what a sender is told: delivery status notifications
filters       header_checks and body_checks, by mime; scanners are behind smtpd_milters
greylist      the policy service that lets strangers in when they come back
traffic       what happened when, for charts and alarms
"""
