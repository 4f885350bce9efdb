"""What was accepted and is still the relay's duty, in memory or on disk.

queue      the queue
entry      a letter in it
agenda     what is due when
backoff    when a letter is tried again, and when it is given up
ledger     what the queue asks of a disk
spool      the queue on disk
store      its file
pages      its statements
postqueue  the queue as postqueue -p shows it
"""
