"""Postfix's language: how a policy is written down, and what its parameters may be.

main_cf            how main.cf is read and written
values             what a parameter may be
lists              parameters of several parts
restriction_lists  lists of restrictions
tables             look-up tables within a parameter
tls_policies       the TLS levels in a table
patterns           tables of patterns and of networks
regex              Postfix's regular expressions in Python's
checks             the actions of header_checks and body_checks
postfix_names      every parameter that Postfix has
"""
