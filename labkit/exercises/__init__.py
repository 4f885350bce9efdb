"""Exercises that check themselves: what a student is asked, and how an answer is looked at.

exercise   an exercise as data: given, goal, starter, claims, hints, solution, wrong answers
answers    the forms that an answer can have
room       a lab of the check's own, in which the answer is in force
sides      claims that many exercises share: who must be refused, and who must still get through
proving    proofs at the mailbox, for claims of an exercise's own
checking   a check, and its outcome
task       an exercise as students hold it
course     the exercises, one module a notebook
progress   what is done, kept in a file beside the notebooks
evidence   what a student hands in; handed_in reads it again
grading    the marks of a class; apart runs functions elsewhere, copying says what to ask about
solved     labkit solutions: a notebook with its answers, for the instructor
marking    labkit grade: marks_table for a spreadsheet, summary for people
"""
