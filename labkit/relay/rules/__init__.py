"""What the rules of a policy look at, and those rules that don't stand in restrictions.py.

case         what a rule looks at, and what it makes of it
destination  where an address leads
search       addresses in tables, in Postfix's order
access       rules that look into tables
hostnames    rules about the form of names
lookups      rules that ask the DNS
greylist     the policy service that lets strangers in when they come back
"""
