"""Where mail ends: the customers' mail servers, and the mailboxes behind them.

A mailbox is the lab's proof. A 250 is only a promise; a letter counts as delivered when it is found
here again, by its nonce.
"""
