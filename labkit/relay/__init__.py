"""The relay: takes mail, decides by its policy whether to carry it, and carries it on.

restrictions  the rules that decide what is taken; rules/ holds those that need more than a few lines
policy        the settings, with Postfix's parameter names; language/ reads and writes them
decide        which lists of rules are asked when; a hearing is what happens meanwhile
server        the SMTP side; services are its ports, limits what one client may do
intake        how a letter comes into the queue; filtering/ looks into it first
queueing/     what was accepted and is still the relay's duty, in memory or on disk
delivering/   how letters leave the relay, and what senders are told
accounts      who may log in; only salted hashes are kept
site          what the relay finds where it stands
traffic       what happened when, for charts
monitoring/   the relay's figures, its log as Postfix writes it, and alarms
"""
