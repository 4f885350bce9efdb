"""What attacks are made of: who acts in them, and how what they get is read.

post        hands letters over, session after session; visitor comes back when it was sent away
guesser     tries passwords, guesses says which; names finds out who has an account
waves       the kinds of load that a flood is made of
tester      tries one pattern of a relay test; patterns are all of them, relaytest is what came of it
middle      a man in the middle, who strips TLS or shows a certificate of his own; injector adds commands
reading     reads passwords and letters from the wire; noise is what remains to be seen under TLS
passing     a provider that passes letters on as it got them; forwarder one that sends them elsewhere
"""
