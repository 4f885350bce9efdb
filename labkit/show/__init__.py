"""Pictures of what happens in a lab, each with its text equivalent.

mail_per_minute(lab)       a chart: how many letters the relay accepted, refused and returned, by minute
queue_length(lab)          a chart: how many letters wait in the relay's queue, over lab time
reputation(lab)            a chart: what the customer thinks of a sender, and when that changed
delay(report, ...)         a chart: how long an honest letter takes before, during and after a flood
attack_by_defence(matrix)  a table: which attack gets past which defence, and what honest mail it costs
topology(lab)              a map: who is where, and who may send through the relay under its policy
sequence(lab, 3)           a diagram: who spoke to whom about one letter, and how that ended
states(basic=True)         a diagram: what an SMTP server expects next

The pictures are PNG. Matplotlib's SVG writes different text on every run, and a notebook's outputs
are compared word by word; of a picture only the text equivalent is compared, and that never varies.
What a live view shows isn't saved, and changes often: that is SVG of our own (``svg``).

Matplotlib takes longer to import than a lab takes to start, so it is imported when the first picture
is drawn: neither ``import labkit`` nor ``import labkit.show`` pays for it.
"""

from labkit.show.attack_by_defence import attack_by_defence
from labkit.show.charts import mail_per_minute
from labkit.show.delay import delay
from labkit.show.picture import Picture
from labkit.show.queue_length import queue_length
from labkit.show.reputation import reputation
from labkit.show.sequence import sequence
from labkit.show.states import states
from labkit.show.topology import topology

__all__ = [
    "Picture",
    "attack_by_defence",
    "delay",
    "mail_per_minute",
    "queue_length",
    "reputation",
    "sequence",
    "states",
    "topology",
]
