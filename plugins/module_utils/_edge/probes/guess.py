# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who does not know the password."""

from __future__ import annotations

import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import WRONG_PASSWORD, Login
from . import imap, ports, tls

if t.TYPE_CHECKING:
    from .settings import Service
    from .watch import Sights


def subject(service: Service) -> Subject[t.Any]:
    return Subject(WRONG_PASSWORD, service.target, ports.open_after(service))


def observe(service: Service, user: str) -> Sights:
    with ports.open_talk(service, tls.careless(), ports.as_neighbour(service)) as talk:
        answer = imap.log_in(talk, user, "not the password")
    text = f"{answer.status} {answer.text}"
    yield subject(service), Login(answer.status == "OK", text)
