"""The lab's name server: answers from the zone over UDP, so that ``dig`` can ask it too."""

from dnslib import QTYPE, RCODE, DNSError, DNSRecord

from labkit.dns.zone import Zone
from labkit.network.addresses import Host
from labkit.network.fabric import Network

PORT = 53


class NameServer:
    """Answers questions about the zone; it never asks anybody else."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone

    async def start(self, network: Network, host: Host) -> None:
        """Listen on UDP port 53 of ``host``. Raises what ``Network.listen`` raises."""
        await network.listen_datagrams(host, PORT, self.answer)

    def answer(self, packet: bytes) -> bytes | None:
        """The answer to a question; None for a packet that isn't one (RFC 1035 section 4)."""
        try:
            question = DNSRecord.parse(packet)
        except DNSError:
            return None
        if question.header.qr or not question.questions:
            return None
        return self._reply(question).pack()  # type: ignore[no-any-return]

    def _reply(self, question: DNSRecord) -> DNSRecord:
        reply = question.reply(ra=0)
        rcode, found = self.zone.look_up(str(question.q.qname), QTYPE[question.q.qtype])
        reply.header.rcode = rcode
        if rcode == RCODE.NOERROR:
            reply.add_answer(*found)
        return reply
