"""SMTP as the lab speaks it (RFC 5321), both sides, with Postfix's words.

reply     every reply that a server of the lab can give, as values; verdict_reply has those of providers
decision  a reply together with the rule that chose it, and why
address   paths: what stands between < and > in MAIL and RCPT
mime      a letter's content as lines of headers and text; patterns are what scanners know
order     which command is allowed when, as a table
server    aiosmtpd's server with its gaps closed, recorded above TLS
greylist  who came back after a while, and who didn't
client    a client that says what it does, step by step; ear is its listening half, stage its patience
tls       certificates, made when the lab runs
"""
