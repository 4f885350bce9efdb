"""The stranger: one file an attack, all of the same shape.

``async def run(network, source, target, scene, *, port=25, ...) -> Report``: hosts of the lab only, never
addresses of the world; bounded in count and time; and judged by what is found in the mailboxes, not by
what was promised. Whatever comes after ``scene`` has a default, so that every attack can be tried as it
is: ``tests/attacker/test_safety.py`` finds each ``run`` in here by itself, and tries it against outside
addresses and names. What else an attack is told (a recipient, a user, a domain) is checked with
``lab_domain`` and ``lab_address`` before anything is sent: OutsideTheLab for all that could be real.
"""
