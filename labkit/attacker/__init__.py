"""The stranger: one file an attack, all of the same shape.

``async def run(network, source, target, ...) -> Report``: hosts of the lab only, never addresses of the
world; bounded in count and time; and judged by what is found in the mailboxes, not by what was promised.
"""
