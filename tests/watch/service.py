"""The service watch on a real host: what it saw and did, as its journal says."""

from __future__ import annotations

import dataclasses
import json
import time
import typing as t

from health.host import Host

UNIT = "selfhost-mail-watch"
RELOAD = "Postfix is told to forget what it could not look up."
FLUSH = "What waits in the queue is tried again."
AWAY = "The database does not answer"
BACK = "The database answers again."
DELIVERY_AWAY = "Who delivers does not answer"
DELIVERY_BACK = "Who delivers answers again."
# less than by default, since most tests wait for it
PAUSE_S = 2.0
STOP = "systemctl stop postgresql@17-main"
START = "systemctl start postgresql@17-main"


@dataclasses.dataclass(frozen=True)
class Watch:
    host: Host

    def do(self, script: str) -> str:
        return self.host.do(script)

    def now(self) -> str:
        """The host's time, as journalctl takes it."""
        return self.do("date +@%s.%6N").strip()

    def lines(self, since: str, unit: str = UNIT) -> list[str]:
        """Its own words; what systemd says of the unit is left out."""
        show = f"journalctl --quiet --output=json --since={since} _SYSTEMD_UNIT={unit}.service"
        entries = self.do(f"journalctl --sync; {show}").splitlines()
        return [
            entry["MESSAGE"]
            for entry in map(json.loads, entries)
            if entry["SYSLOG_IDENTIFIER"] == "python3"
        ]

    def wait(self, line: str, since: str, within: float, times: int = 1) -> list[str]:
        """All lines, when so many of them begin so."""
        deadline = time.monotonic() + within
        while True:
            lines = self.lines(since)
            if sum(one.startswith(line) for one in lines) >= times:
                return lines
            assert time.monotonic() < deadline, f"no {line!r} in {within} s: {lines}"
            time.sleep(0.3)

    def pid(self) -> int:
        return int(self.do(f"systemctl show --property=MainPID --value {UNIT}"))

    def backend(self) -> int:
        """The server's process for its connection."""
        return int(self.ask("SELECT pid FROM pg_stat_activity WHERE usename = 'mail_watch'"))

    def ask(self, sql: str) -> str:
        return self.do(f'runuser -u postgres -- psql -XAtqd mail -c "{sql}"').strip()

    def state(self) -> dict[str, t.Any]:
        found: dict[str, t.Any] = json.loads(self.do("cat /run/selfhost-mail-watch/state.json"))
        return found

    def rest(self) -> None:
        """Until nothing waits and it may do everything again."""
        deadline = time.monotonic() + 3 * PAUSE_S
        state = self.state()
        while state["due"] or not state["database"] or not state["delivery"]:
            assert time.monotonic() < deadline, state
            time.sleep(0.5)
            state = self.state()
        latest = max(state["done"].values(), default=0.0)
        time.sleep(max(0.0, latest + PAUSE_S - state["at"]))

    def restarts(self) -> dict[str, str]:
        """When each daemon that it must leave alone was started."""
        units = ("postfix", "dovecot", "opendkim", "postgresql@17-main")
        show = "systemctl show --property=ActiveEnterTimestampMonotonic --value"
        return {unit: self.do(f"{show} {unit}").strip() for unit in units}


def deeds(lines: t.Iterable[str]) -> list[str]:
    return [line for line in lines if line in (RELOAD, FLUSH)]
