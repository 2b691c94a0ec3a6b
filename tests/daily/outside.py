"""The outside mail server: what it says and whether it is there, for the time of a test."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import typing as t

from e2e.connection import Connection
from e2e.tunnel import OUTSIDE_MACHINE

MAIN_CF, KEPT = "/etc/postfix/main.cf", "/run/main.cf.kept"
PATIENCE = 60  # seconds


@dataclasses.dataclass(frozen=True)
class Outside:
    connection: Connection

    def do(self, script: str) -> str:
        """Run a script as root that has to succeed."""
        ssh = ["ssh", "-F", self.connection.ssh_config, OUTSIDE_MACHINE, "sudo bash -eu"]
        done = subprocess.run(
            ssh, input=script, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextlib.contextmanager
    def refusing(self, address: str, reply: str) -> t.Iterator[None]:
        """It says this to mail for the address."""
        access = f"check_recipient_access inline:{{ {{{address} = {reply}}} }}"
        line = f"smtpd_recipient_restrictions = {access}"
        self.do(f"cp -p {MAIN_CF} {KEPT}; echo '{line}' >>{MAIN_CF}; postfix reload")
        try:
            yield
        finally:
            self.do(f"cp -p {KEPT} {MAIN_CF}; postfix reload")

    @contextlib.contextmanager
    def away(self) -> t.Iterator[None]:
        """Nobody answers there."""
        self.do("systemctl stop postfix")
        try:
            yield
        finally:
            self.do("systemctl start postfix")
