"""The lab's name server: answers from the zone over UDP, so that ``dig`` can ask it too."""

from typing import TYPE_CHECKING

from labkit.dns.zone import Zone
from labkit.network.addresses import Host
from labkit.network.fabric import Network

if TYPE_CHECKING:
    from dnslib import DNSHeader, DNSQuestion, DNSRecord

PORT = 53
QUESTION_OCTETS = 12 + 255 + 4  # the longest header, name, type and class (RFC 1035 sections 2.3.4, 4.1)
NOTIMP, REFUSED = 4, 5  # RFC 1035 section 4.1.1
CLASSES = (1, 255)  # IN and "any"


class NameServer:
    """Answers questions about the zone; it never asks anybody else."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone

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
            return bytes(self._reply(header, DNSQuestion.parse(buffer)).pack())
        except (DNSError, DNSLabelError):
            return None

    def _reply(self, header: "DNSHeader", question: "DNSQuestion") -> "DNSRecord":
        from dnslib import QTYPE, RD, RR, DNSHeader, DNSLabel, DNSRecord

        reply = DNSRecord(DNSHeader(id=header.id, opcode=header.opcode, qr=1, aa=1, rd=header.rd), q=question)
        if header.opcode != 0:
            reply.header.rcode = NOTIMP
        elif question.qclass not in CLASSES:
            reply.header.rcode = REFUSED
        else:
            reply.header.rcode, found = self.zone.look_up(str(question.qname), QTYPE[question.qtype])
            for owner, kind, ttl, rdata in found:
                name = DNSLabel(owner.labels[:-1])
                reply.add_answer(RR(name, getattr(QTYPE, kind), ttl=ttl, rdata=RD(rdata.to_wire())))
        return reply
