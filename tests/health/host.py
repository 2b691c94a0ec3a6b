"""The host under test, as its administrator reaches it, with the health probes copied to it."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
import typing as t

from e2e.connection import Connection

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = "/run/selfhost-mail-health-test"
PATIENCE = 60  # seconds
DAEMONS = ("postfix", "dovecot", "opendkim", "selfhost-mail-watch")

Results = list[dict[str, t.Any]]


@dataclasses.dataclass(frozen=True)
class Host:
    connection: Connection

    def run(self, script: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a script of bash as root."""
        options = ("-o", "BatchMode=yes", "-o", "ControlMaster=auto", "-o", "ControlPersist=60")
        # short: the path of a socket has 108 octets at most
        path = f"ControlPath={pathlib.Path(self.connection.ssh_config).parent}/control"
        quoted = "'" + script.replace("'", "'\\''") + "'"
        return subprocess.run(
            ["ssh", "-F", self.connection.ssh_config, *options, "-o", path]
            + [self.connection.hostname, f"sudo bash -euo pipefail -c {quoted}"],
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )

    def do(self, script: str) -> str:
        """Run a script that has to succeed."""
        done = self.run(script)
        words = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode == 0, f"{script}\n{words}"
        return done.stdout.decode()

    def install(self) -> None:
        """The probes without Ansible, exactly as the module has them."""
        packed = subprocess.run(
            ["tar", "-c", "--exclude=__pycache__", "_core", "_edge"],
            cwd=ROOT / "plugins" / "module_utils",
            capture_output=True,
            check=True,
        ).stdout
        into = f"{FOLDER}/selfhost"
        done = self.run(f"rm -rf {FOLDER}; mkdir -p {into}; tar -x -C {into}", packed)
        assert done.returncode == 0, done.stderr.decode()

    def remove(self) -> None:
        self.do(f"rm -rf {FOLDER}")

    def examine(self) -> dict[str, t.Any]:
        """The report of a run."""
        given = json.dumps(self._options()).encode()
        done = self.run(f"cd {FOLDER}; python3 -m selfhost._edge.probes || [ $? = 1 ]", given)
        assert done.returncode == 0, done.stderr.decode()
        report: dict[str, t.Any] = json.loads(done.stdout)
        return report

    def _options(self) -> dict[str, t.Any]:
        """What role health gives to the module."""
        connection = self.connection
        return {
            "hostname": connection.hostname,
            "client_hostname": "",
            "services": {
                name: {"port": port, "enabled": True, "addresses": []}
                for name, port in connection.ports.items()
            },
            "mailbox": f"health-probe@{connection.domains[0]}",
            "outside_address": "health-probe@example.com",
            "public_addresses": [connection.address, connection.address6],
            "dmarc_policy": "quarantine",
            "certificate_file": "/etc/selfhost-mail/tls/fullchain.pem",
            "ca_file": "/etc/selfhost-mail/tls/ca.pem",
            "resolver": [],
            "parts": ["database", "store", "edge"],
            "host": "",
            "edge_addresses": [],
            "inside_services": {},
            "inside_name": "",
            "units": [*DAEMONS, "postgresql@17-main"],
            "login": {"unix_socket": "/run/postgresql"},
        }
