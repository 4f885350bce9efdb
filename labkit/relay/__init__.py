"""The relay: takes mail, decides by its policy whether to carry it, and carries it on.

policy        the settings, with Postfix's parameter names; main_cf reads and writes them
restrictions  the rules that decide about a recipient; the first one that decides, wins
accounts      who may log in; only salted hashes are kept
site          what the relay finds where it stands
server        the SMTP side
queue         what was accepted and is still the relay's duty
delivery      the courier: looks up where mail goes, and hands it over
traffic       what happened when, for charts and alarms
"""
