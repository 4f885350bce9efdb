"""SMTP as the lab speaks it (RFC 5321), both sides, with Postfix's words.

reply     every reply that a server of the lab can give, as values
decision  a reply together with the rule that chose it, and why
address   paths: what stands between < and > in MAIL and RCPT
order     which command is allowed when, as a table
server    aiosmtpd's server with its gaps closed, recorded above TLS
client    a client that says what it does, step by step; ear is its listening half, stage its patience
tls       certificates, made when the lab runs
"""
