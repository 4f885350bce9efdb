"""The two harmless test patterns that every scanner knows: EICAR for viruses, GTUBE for spam.

Both were made for tests. They stand here in two pieces, because a scanner on this machine would otherwise
take this file for what it looks for; and joined when the lab runs, because it would take the compiled file
for that as well.
"""

EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"))
GTUBE = b"".join((b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE", b"-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"))
