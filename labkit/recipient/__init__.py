"""Where mail ends: the customers' mail servers, and the mailboxes behind them.

A mailbox is the lab's proof. A 250 is only a promise; a letter counts as delivered when it is found
here again, by its nonce.

server      a mail server in front of mailboxes; faults is what can be wrong with it
policy      which checks it runs, and what follows; actions is the table of both
checks      one check a file: what is found out about a letter
inspection  runs the checks that the policy asks for, at RCPT TO and at the final dot
judgement   what follows from all verdicts together, kept with the letter
defence     what the servers of one domain share: policy, greylist, and memory of senders
reputation  what is thought of a sender, by which rule, and how it came to that; tally counts for it
dmarc_report  what a domain is told about letters in its name
policy_host the web server that tells a domain's MTA-STS policy
blocklist   a list of bad addresses in the DNS, fed by complaints and spam traps
trial       a filter on trial, with samples: letters made for this, honest and bad
feedback    the report to a sender that a reader called its letter spam
"""
