# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others have set up on the host: files, mail programs, databases, a firewall."""

from __future__ import annotations

import typing as t

from .facts import Host, MailProgram, Wanted
from .places import places

_VERSION, _CLUSTER = "17", "main"


def problems(wanted: Wanted, host: Host, by_hand: t.Sequence[str]) -> t.Iterator[str]:
    if by_hand and not wanted.replace_files:
        yield (
            f"Somebody else made {', '.join(by_hand)}, which would be replaced or lose effect:"
            " to let this happen, set preflight_replace_files to true (a copy is kept beside each,"
            " and the playbook selfhost.mail.restore_files brings them back)."
        )
    if "mail_edge" in wanted.groups:
        for program in host.mail_programs:
            yield from _mail_program(wanted, program)
    if "mail_database" in wanted.groups:
        yield from _clusters(wanted, host)


def warnings(wanted: Wanted, host: Host) -> t.Iterator[str]:
    if "mail_edge" in wanted.groups:
        for program in host.mail_programs:
            yield (
                f"Postfix takes the place of {program.package}, whose packages apt removes:"
                " its configuration stays in /etc."
            )
    if host.ufw_ports is not None:
        wishes = {place.port for place in places(wanted) if place.service != "postgresql"}
        closed = sorted(wishes - host.ufw_ports)
        if closed:
            yield (
                f"ufw is switched on and has no rule for port {', '.join(map(str, closed))}: let"
                f" them in, for instance by: ufw allow {','.join(map(str, closed))}/tcp"
            )


def _mail_program(wanted: Wanted, program: MailProgram) -> t.Iterator[str]:
    name = program.package
    if not name.startswith("exim4"):
        yield (
            f"The package {name} is the host's mail program, and apt would remove it for Postfix:"
            f" see that no mail waits in it, and remove it (apt-get remove {name})."
        )
        return
    if program.queued:
        yield (
            f"{program.queued} messages wait in the queue of exim4, for which Postfix would come,"
            " and would never leave it: deliver them (exim4 -qff) or remove them (exim4 -bp lists"
            " them, exim4 -Mrm NUMBER removes one)."
        )
    if program.by_hand and not wanted.replace_files:
        yield (
            f"exim4 is the host's mail program and was configured by hand"
            f" ({', '.join(program.by_hand)}); apt would remove it for Postfix: to let this happen,"
            " set preflight_replace_files to true (its configuration stays in /etc/exim4)."
        )


def _clusters(wanted: Wanted, host: Host) -> t.Iterator[str]:
    port = wanted.database_port
    ours = [one for one in host.clusters if (one.version, one.name) == (_VERSION, _CLUSTER)]
    if host.has_postgresql and not ours:
        yield (
            f"PostgreSQL {_VERSION} is installed and has no cluster {_CLUSTER}: make it"
            f" (pg_createcluster {_VERSION} {_CLUSTER})."
        )
    for cluster in ours:
        if cluster.port != port and not cluster.ours:
            yield (
                f"The PostgreSQL cluster {_VERSION}/{_CLUSTER} is there already and has port"
                f" {cluster.port}, and site_database_port is {port}, to which it would move from"
                f" those who use it: set site_database_port to {cluster.port}."
            )
    for cluster in host.clusters:
        if cluster not in ours and cluster.port == port:
            other = f"{cluster.version}/{cluster.name}"
            yield (
                f"The PostgreSQL cluster {other} has port {port}, on which {_VERSION}/{_CLUSTER} is"
                f" to listen: set site_database_port to another one, or remove {other} when it is"
                " no longer needed."
            )
