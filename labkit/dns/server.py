"""The lab's name server: answers from the zone over UDP, so that ``dig`` can ask it too.

It can be told to fail, as a whole or for one domain, because mail must survive that. Its records can
be changed at any time and from any thread; what resolvers knew is then forgotten.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from labkit.dns.faults import Faults, fault_named
from labkit.dns.zone import Zone, shown
from labkit.network.addresses import Host
from labkit.network.fabric import Network

if TYPE_CHECKING:
    from dnslib import DNSHeader, DNSQuestion, DNSRecord

    from labkit.dns.changes import Records

PORT = 53
QUESTION_OCTETS = 12 + 255 + 4  # the longest header, name, type and class (RFC 1035 sections 2.3.4, 4.1)
NOTIMP, REFUSED = 4, 5  # RFC 1035 section 4.1.1
RCODES = {"servfail": 2, "nxdomain": 3}  # of the faults with which it answers all the same
CLASSES = (1, 255)  # IN and "any"


class NameServer:
    """Answers questions about the zone; it never asks anybody else.

    ``changed`` is called when a fault begins or ends and when a record changes: the lab's resolvers then
    forget what they know, so that it is felt at once.
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._changing = threading.Lock()
        self.changed: Callable[[], None] = lambda: None
        self.faults = Faults(lambda: self.changed())
        self._fault = ""

    @property
    def fault(self) -> str:
        """What is wrong with the whole server: "timeout", "servfail", "nxdomain", or "" for nothing.

        It ends with ``None`` or "". Raises UsageError for any other word.
        """
        return self._fault

    @fault.setter
    def fault(self, fault: str | None) -> None:
        self._fault = fault_named(fault)
        self.changed()

    def add(self, text: str) -> "Records":
        """Add records, each as a line of a master file: 'corp.example. IN TXT "v=spf1 mx -all"'.

        Returns what was added; a text of more than 255 octets becomes several strings. A record that is
        there already stays there once. Raises UsageError for a line that is no record, OutsideTheLab for
        a name or an address that could be somebody's.
        """
        from labkit.dns.changes import Records, additions  # here: a lab is ready before its first question

        with self._changing:
            new = additions(self.zone, text)
            self.zone = self.zone.with_records(new)
        self.changed()
        return Records(new)

    def remove(self, name: str, kind: str = "ANY") -> "Records":
        """Take the records of a name away, those of one type or all, and return them.

        Raises UsageError when there are none.
        """
        from labkit.dns.changes import Records, found

        with self._changing:
            old = found(self.zone, name, kind)
            self.zone = self.zone.without(old)
        self.changed()
        return Records(old)

    def records(self, name: str = "", kind: str = "ANY") -> "Records":
        """The records of a name, those of one type or all; of every name unless you say which."""
        from labkit.dns.changes import Records

        return Records(self.zone.of(name, kind) if name else self.zone.all)

    async def start(self, network: Network, host: Host) -> None:
        """Listen on UDP port 53 of ``host``. Raises what ``Network.listen_datagrams`` raises."""
        await network.listen_datagrams(host, PORT, self.answer)

    def answer(self, packet: bytes) -> bytes | None:
        """The answer to a packet with one question; None for any other (RFC 1035 section 4)."""
        from dnslib import DNSError, DNSHeader, DNSQuestion  # here: a lab is ready before its first question
        from dnslib.label import DNSBuffer, DNSLabelError

        # Nothing after the question is read: no pointer of a hostile packet leads further than this.
        buffer = DNSBuffer(packet[:QUESTION_OCTETS])
        try:
            header = DNSHeader.parse(buffer)
            if header.qr or header.q != 1:
                return None
            question = DNSQuestion.parse(buffer)
            fault = self.fault or self.faults.of(str(question.qname))
            return None if fault == "timeout" else bytes(self._reply(header, question, fault).pack())
        except (DNSError, DNSLabelError):
            return None

    def _reply(self, header: "DNSHeader", question: "DNSQuestion", fault: str) -> "DNSRecord":
        from dnslib import QTYPE, RD, RR, DNSHeader, DNSLabel, DNSRecord

        reply = DNSRecord(DNSHeader(id=header.id, opcode=header.opcode, qr=1, aa=1, rd=header.rd), q=question)
        if header.opcode != 0:
            reply.header.rcode = NOTIMP
        elif question.qclass not in CLASSES:
            reply.header.rcode = REFUSED
        elif fault:
            reply.header.rcode = RCODES[fault]
        else:
            reply.header.rcode, found = self.zone.look_up(str(question.qname), QTYPE[question.qtype])
            for record in found:
                name, data = DNSLabel(record.owner.labels[:-1]), RD(record.rdata.to_wire())
                reply.add_answer(RR(name, getattr(QTYPE, record.kind), ttl=record.ttl, rdata=data))
        return reply

    def __repr__(self) -> str:
        found = [f"The name server has a fault: {self.fault}."] if self.fault else []
        found += [f"Fault of {name}: {fault}." for name, fault in sorted(self.faults.items())]
        return "\n".join([shown(self.zone.text.strip("\n")), *found])
