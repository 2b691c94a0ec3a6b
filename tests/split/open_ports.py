"""Print which TCP ports of the addresses given take a connection. Runs elsewhere, by itself."""

from __future__ import annotations

import concurrent.futures
import json
import socket
import sys


def open_ports(address: str) -> list[int]:
    """A closed port says so at once; one that says nothing is waited for."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = []
    for port in range(1, 65536):
        with socket.socket(family) as probe:
            if probe.connect_ex((address, port)) == 0:
                found.append(port)
    return found


def main() -> None:
    addresses = sys.argv[1:]
    with concurrent.futures.ProcessPoolExecutor(len(addresses)) as pool:
        print(json.dumps(dict(zip(addresses, pool.map(open_ports, addresses)))))


if __name__ == "__main__":
    main()
