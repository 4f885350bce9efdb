"""How a private Postfix is configured, so that nothing but its code makes the difference.

What Postfix's versions have different defaults for is written out: 3.7 and 3.10 get the same main.cf.
"""

from labkit import Policy
from labkit.relay.language.main_cf import escape
from labkit.relay.language.tables import MAILBOXES
from labkit.relay.policy import PARAMETERS

# Service, type, private, unprivileged, chroot, wake-up, processes, command.
MASTER_CF = """
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush -o { fast_flush_domains = static:all }
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
inbox unix - - n - - lmtp -o { lmtp_line_length_limit = 0 } -o { lmtp_assume_final = yes }
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
"""

# {home} is where everything is that belongs to this Postfix.
MAIN_CF = {
    "compatibility_level": "3.6",
    "maillog_file": "{home}/log",
    "maillog_file_prefixes": "{home}",
    "queue_directory": "{home}/queue",
    "data_directory": "{home}/data",
    # The relay of the lab.
    "myhostname": "mail.corp.example",
    "mydomain": "corp.example",
    "myorigin": "mail.corp.example",
    "proxy_interfaces": "192.0.2.25",
    "alias_maps": "",
    "notify_classes": "",
    "cleanup_replace_stray_cr_lf": "yes",
    "local_header_rewrite_clients": "",
    "smtpd_client_port_logging": "no",
    "smtpd_discard_ehlo_keywords": "",
    "smtpd_junk_command_limit": "100",
    "smtpd_relay_before_recipient_restrictions": "yes",
    "smtpd_sasl_type": "dovecot",
    "smtpd_tls_cert_file": "{home}/data/mail.pem",
    "smtpd_tls_key_file": "{home}/data/mail.pem",
    "smtpd_tls_CAfile": "{home}/data/authority.pem",
    "smtpd_tls_fingerprint_digest": "sha256",
    "smtpd_tls_loglevel": "0",
    "smtputf8_enable": "yes",
    # Clients come from this machine and say who they are; nobody else can come.
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "smtp_dns_support_level": "disabled",
    "smtpd_upstream_proxy_protocol": "haproxy",
    # Tests don't wait.
    "default_process_limit": "20",
    "in_flow_delay": "0",
    "max_idle": "30s",
    "smtpd_error_sleep_time": "0",
    "smtpd_starttls_timeout": "300s",
    "smtpd_timeout": "300s",
}


def settings(policy: Policy) -> dict[str, str]:
    """Every parameter of the policy as main.cf has it, so that no default of Postfix's is left."""
    written = {name: kind.write(getattr(policy, name)) for name, kind in PARAMETERS.items()}
    del written["smtpd_milters"]  # the lab's milters are within the lab
    return {name: escape(text).replace(MAILBOXES, "$lab_mailboxes") for name, text in written.items()}


def services(address: str, port: int, settings: dict[str, str]) -> list[str]:
    """The lines of master.cf for one policy: an smtpd, and what has to share its settings."""
    own = {
        **settings,
        "cleanup_service_name": f"cleanup{port}",
        "rewrite_service_name": f"rewrite{port}",
        "transport_maps": "",  # the routes are the queue's business
    }
    options = [f"  -o {{ {name} = {value} }}" for name, value in own.items()]
    heads = (
        f"cleanup{port} unix n - n - 0 cleanup",
        f"rewrite{port} unix - - n - - trivial-rewrite",
        f"{address}:{port} inet n - y - - smtpd",
    )
    return [line for head in heads for line in (head, *options)]
