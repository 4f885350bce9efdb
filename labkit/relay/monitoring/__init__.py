"""What the relay does, for whoever has to watch it.

figures   how much of what, in each minute of lab time, by client, account, sender and reason
tables    the figures as text and as HTML
record    where they are counted; bounded, and honest about what it dropped
alarm     a rule that says for whom, and when, a figure was too high; it looks at a stretch of time
maillog   the same events as lines, as Postfix logs them; refusals have words of their own
watch     hears of everything that happens, and has it counted and logged
watched   a server that tells the watch what its client says and hears
"""
