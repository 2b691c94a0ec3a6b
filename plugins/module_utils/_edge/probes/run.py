# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run: start every probe, collect what they see, let the core judge."""

from __future__ import annotations

import functools
import socket
import threading
import time
import typing as t

from ..._core.health.catalogue import CHECKS
from ..._core.health.judge import judge
from ..._core.health.model import Health
from ..sockets import is_absent
from . import correspondence, domains, guess, lookups, ports, queue, refusals, services, watched
from .watch import Watch

if t.TYPE_CHECKING:
    from ..._core.health.model import Result
    from .settings import Service, Settings
    from .watch import Sights

# A run lasts 5 s at most, with Python's start and the judging.
_SECONDS = 4.5
_CHECK_MODE = "check mode: nothing is written"
_OWN_ADDRESS_ONLY = "Postfix listens on the loopback only, from where relaying is allowed"


def examine(
    settings: Settings, *, others: t.Sequence[Result] = (), check_mode: bool = False
) -> Health:
    """Observe the host and judge it, after what was found on other hosts, which the last one, the
    store, reports with its own; in check mode without writing anything."""
    watch = Watch(_SECONDS)
    units = [services.subject(unit) for unit in settings.units]
    watch.start(units, lambda: services.observe(settings.units))
    for unit in settings.units:
        look = functools.partial(services.observe_configuration, unit, watch)
        watch.start([services.configuration(unit)], look)
    if settings.parts & {"edge", "store"}:
        watch.start([lookups.DOVECOT], lambda: lookups.observe_dovecot(settings.mailbox.domain))
        resolver = domains.resolver_subject(settings)
        watch.start([resolver], lambda: domains.observe_resolver(settings))
    opened = threading.Event()
    if "store" in settings.parts:
        _start_store(settings, watch, check_mode, opened)
    else:
        opened.set()
    if "edge" in settings.parts:
        _start_edge(settings, watch, opened)
    watch.finish()
    results = judge(CHECKS, watch.plan, watch.seen, settings.host, others)
    reported = [*others, *results] if "store" in settings.parts else results
    return Health(tuple(reported), time.monotonic() - watch.started)


def _start_store(
    settings: Settings, watch: Watch, check_mode: bool, opened: threading.Event
) -> None:
    """What needs the right to write accounts, which only the store has."""
    watch.start([domains.MODULES], lambda: domains.observe_domains(settings, watch))
    domains.start_host(settings, watch)
    _start_user(settings, watch, check_mode, opened)
    for service in settings.inside:
        _start_port(service, settings, watch)
    for service in settings.services:
        if service.name == "smtp":
            _start_refusals(service, settings, watch)


def _start_user(
    settings: Settings, watch: Watch, check_mode: bool, opened: threading.Event
) -> None:
    desk = settings.desk
    if desk is None:
        return
    planned = correspondence.subjects(str(settings.mailbox), settings.mailbox.domain, desk)
    if check_mode:
        opened.set()
        watch.leave_out(planned, _CHECK_MODE)
    else:
        watch.start(planned, lambda: correspondence.observe(settings, desk, watch, opened))


def _start_edge(settings: Settings, watch: Watch, opened: threading.Event) -> None:
    """What can be seen on the edge only."""
    watch.start([lookups.POSTFIX], lambda: lookups.observe_postfix(settings.mailbox.domain))
    watch.start([lookups.SIGNER], lookups.observe_signer)
    watch.start([queue.SUBJECT], queue.observe)
    watch.start([watched.SUBJECT], watched.observe)
    _start_guess(settings, watch, opened)
    for service in settings.services:
        _start_port(service, settings, watch)


def _start_guess(settings: Settings, watch: Watch, opened: threading.Event) -> None:
    """On the edge, which has addresses for it that Dovecot may make wait."""
    desk = settings.desk
    if desk is None:
        return

    def guessing() -> Sights:
        # A guess before would make Dovecot remember the mailbox as locked.
        opened.wait(1.0)
        return guess.observe(desk.reading, str(settings.mailbox))

    watch.start([guess.subject(desk.reading)], guessing)


def _start_port(service: Service, settings: Settings, watch: Watch) -> None:
    """Each address of a service is looked at by itself."""
    file, ca_file = settings.certificate_file, settings.ca_file
    watch.start(ports.subjects(service), lambda: ports.observe(service))
    watch.start(
        [ports.certificate_subject(service)],
        lambda: ports.observe_certificate(service, ca_file, file),
    )
    if service.name in ("submission", "imap"):
        watch.start(
            [ports.clear_login_subject(service)], lambda: ports.observe_clear_login(service)
        )


def _start_refusals(service: Service, settings: Settings, watch: Watch) -> None:
    if service.local:
        watch.leave_out(refusals.subjects(service), _OWN_ADDRESS_ONLY)
    else:
        watch.start(refusals.subjects(service), lambda: refusals.observe(service, settings))


def own_addresses() -> list[str]:
    """The addresses under which others reach this host: one of each kind, else the loopback's."""
    return [_own(socket.AF_INET, "192.0.2.1", "127.0.0.1"), *_own_ipv6()]


def _own(family: int, somewhere: str, otherwise: str) -> str:
    """Choosing a route sends nothing."""
    with socket.socket(family, socket.SOCK_DGRAM) as chooser:
        try:
            chooser.connect((somewhere, 9))
        except OSError:
            return otherwise
        return str(chooser.getsockname()[0])


def _own_ipv6() -> t.Iterator[str]:
    """None at all where the kernel has no IPv6, or has it switched off."""
    try:
        address = _own(socket.AF_INET6, "2001:db8::1", "::1")
    except OSError:
        return
    if not is_absent(address):
        yield address
