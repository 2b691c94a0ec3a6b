"""The mail host as its administrator sees it: what lies on its disk, what runs, what he breaks."""

from __future__ import annotations

import contextlib
import dataclasses
import shlex
import typing as t

UNITS = ("postfix", "dovecot", "opendkim", "postgresql@17-main")
CONFIGURATION = (
    "/etc/postfix /etc/dovecot /etc/opendkim /etc/opendkim.conf /etc/postgresql"
    " /etc/selfhost-mail /etc/systemd/system"
)
OWN = "/run/refused-configuration"  # certificates of these tests, and a small disk
SITE = "/etc/dovecot/site.d"

EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
ISSUED = (
    f"openssl req -x509 {EC} -CA ca.crt -CAkey ca.key -subj /CN=mx1.example.test"
    " -addext basicConstraints=critical,CA:FALSE"
)
PREPARE = f"""
set -e
install -d -m 0755 {OWN} {SITE}
cd {OWN}
openssl req -x509 {EC} -days 30 -subj /CN=authority -keyout ca.key -out ca.crt
for name in good other; do {ISSUED} -days 30 -keyout $name.key -out $name.crt; done
{ISSUED} -not_before 20250101000000Z -not_after 20250201000000Z -keyout old.key -out old.crt
{ISSUED} -not_before 20400101000000Z -not_after 20410101000000Z -keyout early.key -out early.crt
openssl req -x509 {EC} -days 30 -subj /CN=mx1.example.test -keyout own.key -out own.crt
openssl pkey -in good.key -aes256 -passout pass:secret -out sealed.key
openssl x509 -in good.crt -outform der -out der.crt
: >empty.key
"""


@dataclasses.dataclass(frozen=True)
class Host:
    machine: t.Any

    def prepare(self) -> None:
        self.do(PREPARE)

    def clean(self) -> None:
        self.do(f"rm -r {OWN}; rmdir --ignore-fail-on-non-empty {SITE}")

    def do(self, command: str) -> str:
        """Run what must succeed, and return what it printed."""
        done = self.machine.run(f"bash -c {shlex.quote(command)}")
        assert done.rc == 0, f"{command}: {done.stdout}{done.stderr}"
        return str(done.stdout)

    def disk(self) -> str:
        """Everything that a daemon would read at its next start, with its rights."""
        return self.do(
            f"find {CONFIGURATION} -printf '%p %m %u:%g %l\\n' | sort;"
            f" find {CONFIGURATION} -type f -exec sha256sum {{}} + | sort"
        )

    def processes(self) -> str:
        """The main processes: none of them was restarted when they are the same."""
        return self.do(f"systemctl show --property=MainPID {' '.join(UNITS)}")

    @contextlib.contextmanager
    def file(self, path: str, text: str) -> t.Iterator[None]:
        """A file, or a line more at the end of one, for a while."""
        aside = f"{OWN}/aside"
        before = f"cp -a {path} {aside}" if self.machine.file(path).exists else ":"
        self.do(f"{before}; printf '%s\\n' {shlex.quote(text)} >>{path}; chmod a+r {path}")
        try:
            yield
        finally:
            self.do(f"rm {path}; [ ! -e {aside} ] || mv {aside} {path}")

    @contextlib.contextmanager
    def killing(self, proof: str) -> t.Iterator[None]:
        """Who runs a proof is killed meanwhile."""
        finds = f"until pid=$(pgrep -o -f '[/]{proof[1:]}'); do sleep 0.02; done"
        kills = "kill -KILL $(ps -o ppid= -p $pid)"
        command = f"bash -c {shlex.quote(f'{finds}; {kills}')}"
        self.do(f"systemd-run -q --expand-environment=no --unit=killer {command}")
        try:
            yield
        finally:
            self.do("systemctl stop killer 2>/dev/null || :")

    @contextlib.contextmanager
    def full(self, directory: str) -> t.Iterator[None]:
        """A directory on a disk of its own without a free byte, for a while."""
        disk = f"{OWN}/disk"
        self.do(
            f"mkdir -p {disk}"
            f" && mount -t tmpfs -o size=512k,mode=$(stat -c %a {directory}) small {disk}"
            f" && cp -a {directory}/. {disk} && mount --bind {disk} {directory}"
            f" && {{ cat /dev/zero >{directory}/filler 2>/dev/null || :; }}"
        )
        try:
            yield
        finally:
            self.do(f"umount {directory}; umount {disk}")
