# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to name servers, each with an end: to resolvers, or to every server of a zone."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import ipaddress
import typing as t

from .._core.dns.answer import FAILED, FOUND, NO_ANSWER, NXDOMAIN, TIMEOUT, Answer

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver
except ImportError:
    HAS_DNSPYTHON = False
else:
    HAS_DNSPYTHON = True

_SECONDS, _ATTEMPTS = 2.0, 2
_WORKERS = 16
_LONGEST_CHAIN = 8
# Small enough never to be fragmented; longer answers are fetched over TCP.
_UDP_PAYLOAD = 1232


@dataclasses.dataclass(frozen=True)
class Server:
    """A name server by its addresses, which are tried in turn; `host` is its name, if known."""

    addresses: tuple[str, ...]
    port: int = 53
    host: str = ""

    def __str__(self) -> str:
        where = ", ".join(self.addresses) or "no address"
        if self.port != 53:
            where += f"@{self.port}"
        return f"{self.host} ({where})" if self.host else where


@dataclasses.dataclass(frozen=True)
class Onward:
    """Where a server sent us: to the servers of `zone`, which know `name`."""

    zone: str
    name: str


class NoReply(Exception):
    """A server said nothing that could be used."""

    def __init__(self, status: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


_Result = t.TypeVar("_Result")


def require_library() -> None:
    if not HAS_DNSPYTHON:
        raise ValueError(
            "The Python library dnspython is missing on the host that runs the module: install"
            " Debian's package python3-dnspython (the role database does)."
        )


def parse_server(text: str) -> Server:
    """A server from 192.0.2.53, 2001:db8::53 or 192.0.2.53@5353, or ValueError."""
    address, at, port = text.strip().partition("@")
    try:
        ipaddress.ip_address(address)
        number = int(port) if at else 53
        if not 0 < number < 65536:
            raise ValueError(port)
    except ValueError:
        raise ValueError(
            f"The resolver {text!r} is not an IP address: write it as 192.0.2.53, or as"
            " 192.0.2.53@5353 with a port."
        ) from None
    return Server((address,), number)


def system_servers() -> list[Server]:
    """The resolvers that /etc/resolv.conf names."""
    try:
        return [Server((str(address),)) for address in dns.resolver.Resolver().nameservers]
    except dns.resolver.NoResolverConfiguration:
        return []


def in_parallel(
    work: t.Callable[..., _Result], arguments: t.Sequence[t.Sequence[t.Any]]
) -> list[_Result]:
    """work(*a) for each a, in order, many at a time: most of it is waiting."""
    with concurrent.futures.ThreadPoolExecutor(_WORKERS) as workers:
        return list(workers.map(lambda values: work(*values), arguments))


def ask(name: str, kind: str, servers: t.Sequence[Server]) -> Answer:
    """The answer of the first resolver that has one; else the last failure."""
    answer = Answer("no resolver", name, kind, FAILED, (), "none is configured")
    for server in servers:
        try:
            return _answer(_query(name, kind, server, recursive=True), name, kind, server)
        except NoReply as no:
            answer = Answer(str(server), name, kind, no.status, (), no.detail)
    return answer


def ask_each(domain: str, name: str, kind: str, resolvers: t.Sequence[Server]) -> list[Answer]:
    """What each resolver says about `name`; the domain it belongs to is of no importance."""
    if not resolvers:
        return [ask(name, kind, ())]
    return [ask(name, kind, [resolver]) for resolver in resolvers]


def ask_authoritative(
    domain: str, name: str, kind: str, resolvers: t.Sequence[Server], port: int = 53
) -> list[Answer]:
    """What each name server of the zone of `domain` says about `name`.

    The resolvers are asked for the zone and its servers, never for `name`: they would remember
    for hours that it does not exist. Aliases and delegations are followed.
    """
    return _walk(Onward(domain, name), kind, resolvers, port, _LONGEST_CHAIN)


def _walk(
    where: Onward, kind: str, resolvers: t.Sequence[Server], port: int, steps: int
) -> list[Answer]:
    if not steps:
        detail = "the chain of aliases does not end"
        return [Answer("the resolver", where.name, kind, FAILED, (), detail)]
    try:
        servers = authoritative_servers(where.zone, resolvers, port)
    except NoReply as no:
        return [Answer("the resolver", where.name, kind, no.status, (), no.detail)]
    answers: list[Answer] = []
    onward: list[Onward] = []
    for server in servers:
        step = _ask_one(where.name, kind, server)
        if isinstance(step, Answer):
            answers.append(step)
        elif step not in onward:
            onward.append(step)
    for step in onward:
        found = _walk(step, kind, resolvers, port, steps - 1)
        answers += [dataclasses.replace(answer, name=where.name) for answer in found]
    return answers


def authoritative_servers(
    domain: str, resolvers: t.Sequence[Server], port: int = 53
) -> list[Server]:
    """The name servers of the zone that `domain` lies in, or NoReply."""
    zone = domain
    hosts = ask(zone, "NS", resolvers)
    while hosts.status in (NXDOMAIN, NO_ANSWER) and "." in zone:
        zone = zone.partition(".")[2]
        hosts = ask(zone, "NS", resolvers)
    if not hosts.definite:
        detail = f"the name servers of {zone} cannot be found: {hosts.server}: {hosts.detail}"
        raise NoReply(hosts.status, detail)
    if not hosts.values:
        raise NoReply(FAILED, f"no zone holds {domain}")
    names = sorted(value.rstrip(".") for value in hosts.values)
    return [Server(_addresses(host, resolvers), port, host) for host in names]


def _addresses(host: str, resolvers: t.Sequence[Server]) -> tuple[str, ...]:
    return (*ask(host, "A", resolvers).values, *ask(host, "AAAA", resolvers).values)


def _ask_one(name: str, kind: str, server: Server) -> Answer | Onward:
    try:
        message = _query(name, kind, server, recursive=False)
        answer = _answer(message, name, kind, server)
    except NoReply as no:
        return Answer(str(server), name, kind, no.status, (), no.detail)
    if answer.values:
        return answer
    alias = str(message.resolve_chaining().canonical_name).rstrip(".").lower()
    if alias != name.lower():
        return Onward(alias.partition(".")[2], alias)
    delegated = [str(found.name).rstrip(".") for found in message.authority if _is_ns(found)]
    if delegated and not message.flags & dns.flags.AA:
        return Onward(delegated[0], name)
    return answer


def _is_ns(found: dns.rrset.RRset) -> bool:
    return found.rdtype == dns.rdatatype.NS


def _answer(message: dns.message.QueryMessage, name: str, kind: str, server: Server) -> Answer:
    rcode = message.rcode()
    if rcode == dns.rcode.NXDOMAIN:
        return Answer(str(server), name, kind, NXDOMAIN, (), "the name does not exist")
    if rcode != dns.rcode.NOERROR:
        raise NoReply(FAILED, f"it answered {dns.rcode.to_text(rcode)}")
    try:
        found = message.resolve_chaining().answer
    except dns.exception.DNSException as error:
        raise NoReply(FAILED, f"its answer cannot be read: {error}") from None
    if found is None:
        return Answer(str(server), name, kind, NO_ANSWER, (), f"the name has no {kind} record")
    return Answer(str(server), name, kind, FOUND, tuple(sorted(map(_value, found))))


def _value(rdata: t.Any) -> str:
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode(errors="replace")
    return str(rdata.to_text()).lower()


def _query(name: str, kind: str, server: Server, *, recursive: bool) -> dns.message.QueryMessage:
    """The reply of the first address of a server that replies, or NoReply."""
    trouble = NoReply(FAILED, "its address is not known")
    for address in server.addresses:
        for _attempt in range(_ATTEMPTS):
            try:
                query = dns.message.make_query(name, kind, use_edns=0, payload=_UDP_PAYLOAD)
                if not recursive:
                    query.flags &= ~dns.flags.RD
                reply, _tcp = dns.query.udp_with_fallback(
                    query, address, timeout=_SECONDS, port=server.port
                )
                return t.cast(dns.message.QueryMessage, reply)
            except dns.exception.Timeout:
                trouble = NoReply(TIMEOUT, f"nothing came back within {_SECONDS:g} s")
            except (OSError, EOFError, dns.exception.DNSException) as error:
                trouble = NoReply(FAILED, str(error) or type(error).__name__)
                break
    raise trouble
