"""The relay's log: Postfix's lines, in lab time, bounded, and the same on every run."""

from datetime import timedelta

from labkit import Lab, Policy
from labkit.clock import Clock
from labkit.relay.monitoring.maillog import HEAD, TAIL, MailLog

CLOSED = """
mynetworks = 192.0.2.0/24
mydestination = corp.example
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""


def lines(lab: Lab) -> list[str]:
    """The log without its time and host."""
    return [line.partition(" mail postfix/")[2] for line in lab.log]


def test_a_line_has_the_lab_time_the_host_the_program_and_its_number() -> None:
    clock = Clock()
    log = MailLog(clock, "mail")
    log.write("smtpd", "connect from x[192.0.2.1]", 7)
    clock.now += timedelta(days=9, hours=3)
    log.write("qmgr", "4B00000001: removed")
    assert list(log) == [
        "Jan  5 09:00:00 mail postfix/smtpd[7]: connect from x[192.0.2.1]",
        "Jan 14 12:00:00 mail postfix/qmgr[1]: 4B00000001: removed",
    ]


def test_the_log_is_bounded_and_says_what_it_dropped() -> None:
    log = MailLog(Clock(), "mail", limit=10)
    for number in range(25):
        log.write("qmgr", str(number))
    assert (len(log), log.written, log.dropped) == (10, 25, 15)
    assert repr(log).splitlines()[0] == "(15 older lines were dropped: the log was full)"


def test_a_long_log_is_folded_and_can_be_searched() -> None:
    log = MailLog(Clock(), "mail")
    for number in range(1000):
        log.write("qmgr", f"letter {number}")
    shown = repr(log).splitlines()
    assert len(shown) == HEAD + TAIL + 1
    assert shown[HEAD] == "… 960 more lines …"
    assert len(log.grep("LETTER 99")) == 11
    assert repr(log.grep("letter 7")).splitlines()[0].endswith("letter 7")
    assert repr(log.grep("no such")) == "The log is empty." == repr(MailLog(Clock(), "mail"))
    assert "letter 7" in log.grep("letter 7")._repr_html_()


def test_what_a_stranger_writes_stays_on_one_line() -> None:
    log = MailLog(Clock(), "mail")
    log.write("smtpd", "from=<a\nNov 1: b\x1b[31m>" + "x" * 5000)
    (line,) = log
    assert "from=<a?Nov 1: b?[31m>" in line
    assert len(line) < 1100


def test_a_letter_from_its_client_to_the_next_server(lab: Lab) -> None:
    lab.workstation.send()
    client = "workstation.corp.example[192.0.2.50]"
    assert lines(lab) == [
        f"smtpd[1]: connect from {client}",
        f"smtpd[1]: 4B00000001: client={client}",
        "cleanup[1]: 4B00000001: message-id=<n000001@workstation.corp.example>",
        f"smtpd[1]: disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        "qmgr[1]: 4B00000001: from=<staff@corp.example>, size=440, nrcpt=1 (queue active)",
        "smtp[1]: 4B00000001: to=<orders@customer.example>, relay=mx1.customer.example[198.51.100.25]:25, delay=0, "
        "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 5C00000001)",
        "qmgr[1]: 4B00000001: removed",
    ]


def test_a_letter_that_comes_back(lab: Lab) -> None:
    lab.workstation.send("nobody@customer.example")
    found = [line for line in lines(lab) if line.startswith(("smtp[", "bounce", "local"))]
    assert found == [
        "smtp[1]: 4B00000001: to=<nobody@customer.example>, relay=mx1.customer.example[198.51.100.25]:25, delay=0, "
        "dsn=5.1.1, status=bounced (host mx1.customer.example[198.51.100.25] said: 550 5.1.1 "
        "<nobody@customer.example>: Recipient address rejected: User unknown in local recipient table "
        "(in reply to RCPT TO command))",
        "bounce[1]: 4B00000001: sender non-delivery notification: 4B00000002",
        "local[1]: 4B00000002: to=<staff@corp.example>, relay=local, delay=0, dsn=2.0.0, "
        "status=sent (delivered to mailbox)",
    ]


def test_a_letter_that_waits_and_is_given_up(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED + "maximal_queue_lifetime = 1h\nbounce_queue_lifetime = 1h")
    lab.mx1.fault, lab.mx2.fault = "down", "down"
    lab.workstation.send()
    lab.wait(hours=2)
    deferred = lab.log.grep("status=deferred")
    assert deferred[0].startswith("Jan  5 09:00:00")
    assert "relay=none, delay=0, dsn=4.4.1, status=deferred (connect to mx2" in deferred[0]
    assert "delay=300," in deferred[1]
    (expired,) = lab.log.grep("expired")
    assert expired.endswith("4B00000001: from=<staff@corp.example>, status=expired, returned to sender")
    assert len(lab.log.grep("4B00000001: from=<staff@corp.example>, size=")) == len(deferred)
    assert len(lab.log.grep("4B00000001: removed")) == 1


def test_a_stranger_who_is_refused(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(CLOSED)
    lab.attacker.spam(2)
    client = "vps66.hosting.example[203.0.113.66]"
    assert lines(lab) == [
        f"smtpd[1]: connect from {client}",
        f"smtpd[1]: NOQUEUE: reject: RCPT from {client}: 554 5.7.1 <orders@customer.example>: Relay access denied; "
        "from=<security@bank.example> to=<orders@customer.example> proto=ESMTP helo=<vps66.hosting.example>",
        f"smtpd[1]: NOQUEUE: reject: RCPT from {client}: 554 5.7.1 <accounts@customer.example>: Relay access denied; "
        "from=<director@corp.example> to=<accounts@customer.example> proto=ESMTP helo=<vps66.hosting.example>",
        f"smtpd[1]: disconnect from {client} ehlo=1 mail=2 rcpt=0/2 rset=1 quit=1 commands=5/7",
    ]


def test_the_log_of_the_providers_relay_is_its_own(lab: Lab) -> None:
    lab.relay.policy = Policy.parse(
        CLOSED + "relayhost = [smarthost.isp.example]\nsmtp_sasl_auth_enable = yes\n"
        "smtp_tls_security_level = encrypt\nsmtp_sasl_password_maps = inline:{ {[smarthost.isp.example] = corp:slow-train-52} }"
    )
    lab.workstation.send()
    (line,) = [line for line in lab.smarthost.log if "client=" in line]
    assert "smarthost postfix/smtpd" in line
    assert line.endswith("client=mail.corp.example[192.0.2.25], sasl_method=PLAIN, sasl_username=corp")


def test_the_log_is_the_same_on_every_run(lab: Lab) -> None:
    lab.attacker.spam(40)
    first = list(lab.log)
    lab.reset()
    assert len(lab.log) == 0
    lab.attacker.spam(40)
    assert list(lab.log) == first
