"""What is looked for in a letter's content.

filters   header_checks, body_checks, and the scanners behind smtpd_milters
mime      a letter as lines of headers and text
scanners  the standard test strings, EICAR and GTUBE
"""
