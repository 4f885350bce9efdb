"""Views of a lab that stay open while it works: ``lab.live()`` and ``lab.panel()``.

windows          the lab as students hold it, with these two calls
opened           what is open of one lab
live, panel      the two screens, each made of parts
pump             the one thread that shows what is new, and nothing else does
state            what there is to be shown: one look at the lab
desk             where buttons hand in their work, which goes on while nobody waits
ladder           the steps from an open relay to a closed one

Widgets take longer to load than a lab takes to start, and pictures longer still: the first are loaded
when the first screen is opened, the latter by the pump.
"""
