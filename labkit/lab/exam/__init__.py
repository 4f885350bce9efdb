"""The exam of a relay: every side calls once, and each answer is held against what it should be.

sides      who calls, what each tries, and what should come of it: the table
sitting    an exam at the lab's relay, or at a real Postfix on this machine
notes      a client that takes down what it says and hears
paper      what came of it, as students read it
recorded   the same exam as a Postfix sat it, for machines where none is installed
comparing  two exams beside each other, dialogue by dialogue
"""
