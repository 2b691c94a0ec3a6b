# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in site_services, judged one service at a time."""

from __future__ import annotations

import ipaddress
import typing as t


def refuse_service(name: str, service: t.Any) -> None:
    """ValueError unless it has a port, a switch and addresses, as site_service_defaults shows."""
    if not isinstance(service, t.Mapping):
        raise ValueError(
            f"The service {name!r} is {service!r} and no dictionary: give what differs in"
            f" site_services.{name}, such as {{enabled: true}}."
        )
    port = service.get("port")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65536:
        raise ValueError(
            f"The service {name!r} has the port {port!r}: give a number from 1 to 65535 in"
            f" site_services.{name}.port."
        )
    if not isinstance(service.get("enabled"), bool):
        raise ValueError(
            f"The service {name!r} is enabled: {service.get('enabled')!r}. Write true or false in"
            f" site_services.{name}.enabled."
        )
    for address in _listed(name, service.get("addresses")):
        try:
            ipaddress.ip_address(str(address))
        except ValueError:
            raise ValueError(
                f"The address {address!r} of service {name!r} is neither IPv4 nor IPv6: correct"
                f" site_services.{name}.addresses."
            ) from None


def _listed(name: str, addresses: t.Any) -> t.Sequence[t.Any]:
    if addresses is None or isinstance(addresses, (list, tuple)):
        return addresses or ()
    raise ValueError(
        f"The addresses of service {name!r} are {addresses!r} and no list: correct"
        f" site_services.{name}.addresses."
    )
