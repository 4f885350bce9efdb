"""The forms that an answer can have. Each reads what a student gives, or says plainly what is wrong with it.

kind       what all of them can do, and AnswerError
texts      main.cf, SMTP lines, DNS records, other text
choices    a choice, a number, several answers at once
function   a short function of the student's own
"""

from labkit.exercises.answers.choices import Choice, Number, Values
from labkit.exercises.answers.function import Function
from labkit.exercises.answers.kind import AnswerError, Kind
from labkit.exercises.answers.texts import LINES, POLICY, RECORDS, Lines, PolicyText, Records, Text

__all__ = [
    "LINES",
    "POLICY",
    "RECORDS",
    "AnswerError",
    "Choice",
    "Function",
    "Kind",
    "Lines",
    "Number",
    "PolicyText",
    "Records",
    "Text",
    "Values",
]
