"""The policies: a name that says what each is about, and the main.cf text that both sides are given.

A dollar sign that is meant for a table is written twice, as in every main.cf.

``{fingerprint}`` stands for the SHA-256 fingerprint of the client's certificate.
"""

RULES = "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\n"
OFFICE = "mynetworks = 192.0.2.0/24\n" + RULES
OPEN = "mynetworks = 0.0.0.0/0\n" + RULES
AUTH = "smtpd_sasl_auth_enable = yes\n"
MAY, ENCRYPT = "smtpd_tls_security_level = may\n", "smtpd_tls_security_level = encrypt\n"
SUBMISSION = OFFICE + AUTH + ENCRYPT
AT_ONCE = "smtpd_delay_reject = no\n"

RELAYING = {
    "closed": OFFICE,
    "open": OPEN,
    "closed for now": OFFICE.replace("reject_un", "defer_un"),
    "the recipients' list permits what the relay's refuses": OFFICE
    + "smtpd_recipient_restrictions = permit\n",
    "refuses all": "smtpd_relay_restrictions = reject\n",
    "defers all": "smtpd_relay_restrictions = defer\n",
    "own domains, then nothing": OFFICE.replace(
        "reject_unauth_destination", "permit_auth_destination, reject"
    ),
    "one client's address": "mynetworks = 192.0.2.60, 198.51.100.77/32\n" + RULES,
    "relays a customer's domain": OFFICE + "relay_domains = customer.example\n",
    "relays below a domain": OFFICE + "relay_domains = example\n",
    "relays to listed recipients": OFFICE
    + "relay_domains = customer.example\n"
    + "relay_recipient_maps = inline:{ orders@customer.example=ok, @absent.example=ok }\n",
    "another list of mailboxes": OFFICE
    + "local_recipient_maps = inline:{ staff=ok, director@corp.example=ok }\n",
    "recipients aren't checked": OFFICE + "smtpd_reject_unlisted_recipient = no\n",
    "what is permitted has to wait": OFFICE + "smtpd_recipient_restrictions = defer_if_permit\n",
    "what is refused may come again": OFFICE.replace("reject_un", "defer_if_reject, reject_un"),
    "every mailbox": OFFICE + "local_recipient_maps =\n",
    "one destination only": OFFICE + "mydestination = corp.example\n",
    "in the recipients' list only": (
        "mynetworks = 192.0.2.0/24\nsmtpd_relay_restrictions =\n"
        "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n"
    ),
    "written over several lines": (
        "# a comment\nmynetworks =\n  192.0.2.0/25,\n# another\n  192.0.2.128/25\n"
        "smtpd_relay_restrictions = permit_mynetworks\n    reject_unauth_destination\n"
        "relay_domains = $mydestination\n"
    ),
}

CLIENTS = {
    "clients by address": OFFICE
    + "smtpd_client_restrictions = check_client_access"
    + " cidr:{ {203.0.113.0/24 REJECT no strangers} {192.0.2.0/24 OK} }\n",
    "clients by name": OFFICE
    + "smtpd_client_restrictions = check_client_access"
    + " inline:{ {hosting.example = 554 hosting is not welcome} {unknown = 450 4.7.1 no name} "
    + "198.51.100.77=OK }\n",
    "clients at once": OFFICE
    + AT_ONCE
    + "smtpd_client_restrictions = permit_mynetworks, check_client_access cidr:{ {203.0.113.66 REJECT} }\n",
    "all clients refused": OFFICE + "smtpd_client_restrictions = permit_mynetworks, reject\n",
    "all clients refused at once": OFFICE
    + AT_ONCE
    + "smtpd_client_restrictions = permit_mynetworks, reject\n",
    "a block list": OFFICE + "smtpd_client_restrictions = reject_rbl_client bl.example\n",
    "a block list, by answer": OFFICE
    + "smtpd_recipient_restrictions = reject_rbl_client bl.example=127.0.0.9, "
    + "reject_rbl_client bl.example=127.0.0.[2..4]\n",
    "a block list at once": OFFICE + AT_ONCE + "smtpd_client_restrictions = reject_rbl_client bl.example\n",
}

GREETINGS = {
    "a greeting is needed": OFFICE + "smtpd_helo_required = yes\n",
    "greetings of good form": OFFICE
    + "smtpd_helo_required = yes\n"
    + "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n",
    "greetings of good form at once": OFFICE
    + AT_ONCE
    + "smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname\n",
    "greetings that are known": OFFICE
    + "smtpd_helo_restrictions = check_helo_access "
    + "inline:{ {mail.corp.example = REJECT that is my own name} {hosting.example = 550 5.7.1 not you} }\n",
    "greetings by pattern": OFFICE
    + "smtpd_helo_restrictions = permit_mynetworks, check_helo_access pcre:{ {/^\\[/ REJECT an address} "
    + "{/^([^.]+)$$/ REJECT $$1 is no name} }\n",
}

SENDERS = {
    "senders of good form": OFFICE + "smtpd_sender_restrictions = reject_non_fqdn_sender\n",
    "senders' domains are known": OFFICE
    + "smtpd_sender_restrictions = reject_unknown_sender_domain, reject_non_fqdn_sender\n",
    "senders' domains at once": OFFICE
    + AT_ONCE
    + "smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain\n",
    "senders in a table": OFFICE
    + "smtpd_sender_restrictions = check_sender_access inline:{ {hosting.example = REJECT} "
    + "{staff@corp.example = OK} {root@ = 450 4.7.1 no root} {<> = DUNNO} }\n",
    "senders get odd answers": OFFICE
    + "smtpd_sender_restrictions = check_sender_access inline:{ {someone@hosting.example = DISCARD} "
    + "{staff@corp.example = HOLD} {scans@corp.example = PREPEND X-Scan: yes} }\n",
    "senders are deferred if permitted": OFFICE
    + "smtpd_sender_restrictions = check_sender_access inline:{ {hosting.example = DEFER_IF_PERMIT later} "
    + "{corp.example = DEFER_IF_REJECT perhaps} }\n",
    "senders by pattern": OFFICE
    + "smtpd_sender_restrictions = check_sender_access pcre:{ {/^some(.*)@/ 553 5.1.8 what $$1} "
    + "{/corp/ WARN} }\n",
    "an action that names a rule": OFFICE
    + "smtpd_sender_restrictions = check_sender_access inline:{ "
    + "{hosting.example = reject_non_fqdn_helo_hostname} {corp.example = reject_unauth_destination, permit} }\n",
}

RECIPIENTS = {
    "recipients in a table": OFFICE
    + "smtpd_recipient_restrictions = check_recipient_access inline:{ {staff@corp.example = REJECT not now} "
    + "{customer.example = 450 too busy} {sales@ = OK} postmaster@=OK }\n",
    "recipients of good form": OFFICE
    + "smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unlisted_recipient, permit\n",
    "listed recipients first": OFFICE
    + "smtpd_recipient_restrictions = permit_mynetworks, reject_unlisted_recipient, "
    + "check_recipient_access inline:{ {staff@corp.example = DEFER} }\n",
    "recipients by pattern": OFFICE
    + "smtpd_recipient_restrictions = check_recipient_access regexp:{ {/%|!|@.*@/ REJECT no routing} "
    + "{/^director@/i DEFER_IF_PERMIT the director is away} }\n",
    "not pipelined, please": OFFICE + "smtpd_data_restrictions = reject_unauth_pipelining\n",
    "not pipelined at any time": OFFICE + "smtpd_recipient_restrictions = reject_unauth_pipelining, permit\n",
    "no letters to several from nobody": OFFICE
    + "smtpd_data_restrictions = check_sender_access inline:{ {<> = REJECT no notices here} }, "
    + "check_client_access inline:{ {198.51.100.77 = 450 4.7.1 try at home} }\n",
}

LOGGING_IN = {
    "AUTH in the clear": OFFICE + AUTH,
    "AUTH, with TLS if you like": OFFICE + AUTH + MAY,
    "AUTH under TLS only": OFFICE + AUTH + MAY + "smtpd_tls_auth_only = yes\n",
    "TLS if you like": OFFICE + MAY,
    "TLS or nothing": OFFICE + ENCRYPT,
    "submission": SUBMISSION + "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n",
    "TLS from the first byte": OFFICE + AUTH + MAY + "smtpd_tls_wrappermode = yes\n",
    "own addresses only": OFFICE
    + AUTH
    + MAY
    + "smtpd_sender_login_maps = inline:{ staff@corp.example=staff director@corp.example=director }\n"
    + "smtpd_sender_restrictions = reject_sender_login_mismatch\n",
    "own addresses only, once logged in": OFFICE
    + AUTH
    + MAY
    + "smtpd_sender_login_maps = inline:{ {staff@corp.example = sales, staff} }\n"
    + "smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch\n",
    "own addresses only, at once": OFFICE
    + AUTH
    + MAY
    + AT_ONCE
    + "smtpd_sender_login_maps = inline:{ {@corp.example = staff} }\n"
    + "smtpd_sender_restrictions = reject_sender_login_mismatch\n",
    "no plain text": OFFICE
    + AUTH
    + MAY
    + "smtpd_recipient_restrictions = reject_plaintext_session, permit\n",
    "certificates are asked for": OFFICE + MAY + "smtpd_tls_ask_ccert = yes\n",
    "certificates that are listed": OFFICE.replace("permit_sasl_authenticated", "permit_tls_clientcerts")
    + MAY
    + "smtpd_tls_ask_ccert = yes\nrelay_clientcerts = inline:{ {{fingerprint} = laptop} }\n",
    "certificates that are signed": OFFICE.replace("permit_sasl_authenticated", "permit_tls_all_clientcerts")
    + MAY
    + "smtpd_tls_ask_ccert = yes\n",
    "certificates are needed": OFFICE + ENCRYPT + "smtpd_tls_req_ccert = yes\n",
}

LIMITS = {
    "small letters": OFFICE + "message_size_limit = 2000\nmailbox_size_limit = 0\n",
    "few recipients": OFFICE + "smtpd_recipient_limit = 2\n",
    "few connections": OFFICE + "smtpd_client_connection_rate_limit = 2\n",
    "one connection at a time": OFFICE + "smtpd_client_connection_count_limit = 1\n",
    "few letters": OFFICE + "smtpd_client_message_rate_limit = 4\n",
    "few recipients a minute": OFFICE + "smtpd_client_recipient_rate_limit = 9\n",
    "few passwords": OFFICE + AUTH + "smtpd_client_auth_rate_limit = 3\n",
    "no limits for friends": OFFICE
    + "smtpd_client_message_rate_limit = 1\nsmtpd_client_event_limit_exceptions = 203.0.113.64/28\n",
    "few errors": OFFICE + "smtpd_hard_error_limit = 3\n",
    "one error": OFFICE + "smtpd_hard_error_limit = 1\n",
}

MANNERS = {
    "strict about paths": OFFICE + "strict_rfc821_envelopes = yes\n",
    "nobody is verified": OFFICE + "disable_vrfy_command = yes\n",
    "bare line feeds are refused": OFFICE + "smtpd_forbid_bare_newline = reject\n",
    "bare line feeds are taken from a friend": OFFICE
    + "smtpd_forbid_bare_newline = reject\nsmtpd_forbid_bare_newline_exclusions = 203.0.113.0/25\n",
    "bare line feeds are taken": OFFICE + "smtpd_forbid_bare_newline = no\n",
    "unauthorized pipelining is refused": OFFICE + MAY + "smtpd_forbid_unauth_pipelining = yes\n",
    "nothing is for good": OFFICE
    + AUTH
    + "soft_bounce = yes\nsmtpd_sender_restrictions = reject_non_fqdn_sender\n",
    "headers are checked": OFFICE
    + "header_checks = pcre:{ {/^Subject:.*pills/ REJECT no pills} {/^X-Spam: warn/ WARN} }\n",
    "headers have consequences": OFFICE
    + "header_checks = regexp:{ {/^X-Spam/ PREPEND X-Note: seen} {/^Subject: a folded/ DISCARD} "
    + "{/^Subject: cheap/ HOLD} {/^Received: from a.example/ IGNORE} }\n",
    "bodies are checked": OFFICE
    + "body_checks = pcre:{ {/cheap (pills)/ REJECT we need no $$1} {/silent/ DISCARD} }\n",
}

ALTOGETHER = {
    "what a careful postmaster sets": "mynetworks = 192.0.2.0/24\n"
    + RULES
    + AUTH
    + MAY
    + """smtpd_tls_auth_only = yes
smtpd_helo_required = yes
disable_vrfy_command = yes
strict_rfc821_envelopes = yes
smtpd_forbid_unauth_pipelining = yes
smtpd_sender_login_maps = inline:{ staff@corp.example=staff }
smtpd_helo_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_invalid_helo_hostname
smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain,
    reject_authenticated_sender_login_mismatch
smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unlisted_recipient, permit_mynetworks,
    permit_sasl_authenticated, reject_rbl_client bl.example
smtpd_data_restrictions = reject_unauth_pipelining
""",
}

POLICIES = RELAYING | CLIENTS | GREETINGS | SENDERS | RECIPIENTS | LOGGING_IN | LIMITS | MANNERS | ALTOGETHER
