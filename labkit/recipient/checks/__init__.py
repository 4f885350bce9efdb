"""What a recipient finds out about a letter before it believes it: one check a file.

A check looks at the letter, at the session it came in and at the DNS, and says what it found and why. It
decides nothing about the letter: what follows from a verdict is the recipient's policy.

verdict  what every check says, and the letter as the checks see it
dnsbl    whether a list in the DNS has the client's address (RFC 5782)
spf      whether the client may send for the domain of the envelope (RFC 7208)
dkim     whether a domain has signed the letter as it is (RFC 6376)
dmarc    whether one of the two speaks for the domain that the reader sees (RFC 7489)
arc      what servers on the way say that they saw (RFC 8617)
content  what is in a letter: structure is how it is built, archives what is packed into it
authres  the four together, as the header of RFC 8601
meaning  what each part of that header says, in plain English
"""
