"""Pictures of what happens in a lab, each with its text equivalent.

mail_per_minute(lab)  a chart: how many letters the relay accepted and refused, minute by minute
topology(lab)         a map: who is where, and who may send through the relay under its policy

The pictures are PNG. Matplotlib's SVG writes different text on every run, and a notebook's outputs
are compared word by word; of a picture only the text equivalent is compared, and that never varies.

Matplotlib takes longer to import than a lab takes to start, so it is imported when the first picture
is drawn: neither ``import labkit`` nor ``import labkit.show`` pays for it.
"""

from labkit.show.charts import mail_per_minute
from labkit.show.picture import Picture
from labkit.show.topology import topology

__all__ = ["Picture", "mail_per_minute", "topology"]
