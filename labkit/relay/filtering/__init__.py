"""What is looked for in a letter's content.

filters   header_checks, body_checks, and the scanners behind smtpd_milters
scanners  the standard test strings, EICAR and GTUBE
signer    DKIM signatures on letters that go out
"""
