"""Signatures of domains under letters: DKIM (RFC 6376) and the seals of ARC (RFC 8617).

keys     a domain's pair of keys, and the record that publishes the open half
primes   where the numbers of an RSA key come from
library  dkimpy, as the lab uses it: at lab time, and with nobody to ask but the lab
signer   a signature or a seal on a letter
"""
