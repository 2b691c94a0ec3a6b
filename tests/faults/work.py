"""What an administrator does while a cause is there: an import, changes of accounts, a look."""

from __future__ import annotations

import concurrent.futures
import contextlib
import imaplib
import json
import pathlib
import secrets
import subprocess
import tempfile
import time
import typing as t

from e2e.clients import Clients, verified
from e2e.connection import Connection, User
from e2e.control import Control
from faults.deed import BOUND_S, Deed, Outcome, complaints
from faults.model import Fault
from faults.red import RED

CLEAR, HASHED = 50, 500  # users of the imports
ROUNDS = 5000  # cheap: it is not the hash that is tried here
HASH = "{SHA512-CRYPT}$6$rounds=5000$worksalt$" + "." * 86
HEALTH_S = 10.0
LOOK = {"gather": ["domains", "users", "aliases"]}
PASSWORD = "password of the person"


class Work:
    """Begin it when the cause is there, finish it when the host is whole: it says what is wrong.

    It has domains of its own. Making one takes a host that is whole.
    """

    def __init__(self, connection: Connection, fault: Fault) -> None:
        self.connection, self.fault = connection, fault
        self.control = Control(connection)
        self.token = secrets.token_hex(4)
        self.domain = f"work-{self.token}.example.test"
        self.person = User(f"person@{self.domain}", f"Before-{self.token}")
        self.deeds = deeds(self.domain, self.person.email, f"After-{self.token}")
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="work-"))
        self._pool = concurrent.futures.ThreadPoolExecutor(len(self.deeds) + 1)
        self._done: dict[str, concurrent.futures.Future[Outcome]] = {}
        self.control.module(
            "mail_users",
            domains=[self.domain],
            users=[{"email": self.person.email, "password": self.person.password}],
            rounds=ROUNDS,
        )

    def begin(self) -> None:
        """Everything at once, in the background."""
        self._done = {
            name: self._pool.submit(self._do, deed, BOUND_S + 60)
            for name, deed in self.deeds.items()
        }
        self._health = self._pool.submit(self._look)

    def finish(self) -> list[str]:
        """Wait for the answers, compare them with what is there, then do it all again, twice."""
        outcomes = {name: future.result() for name, future in self._done.items()}
        found = self._seen(*self._health.result())
        try:
            there = self._there(outcomes["password"])
            for name, deed in self.deeds.items():
                found += [f"{name}: {one}" for one in complaints(deed, outcomes[name], there)]
            found += self._again(outcomes)
            self._remove()
        except (AssertionError, OSError, imaplib.IMAP4.error) as trouble:
            found.append(f"the host was not whole enough to be compared: {trouble}")
        self._pool.shutdown()
        return found

    def _do(self, deed: Deed, limit: float = BOUND_S) -> Outcome:
        began = time.monotonic()
        said: dict[str, t.Any]
        try:
            said = self.control.attempt(deed.module, int(limit), **deed.options)
        except subprocess.TimeoutExpired:
            said = {"failed": True, "msg": f"No start of json: no end within {limit:.0f} s"}
        except (AssertionError, ValueError) as error:
            said = {"failed": True, "msg": f"No start of json: {error}"}
        return Outcome(said, time.monotonic() - began)

    def _all(self, names: t.Iterable[str]) -> dict[str, Outcome]:
        done = {name: self._pool.submit(self._do, self.deeds[name]) for name in names}
        return {name: future.result() for name, future in done.items()}

    def _there(self, change: Outcome) -> set[str]:
        """Names and addresses of this work's own, and whether the person has the new password."""
        found = self._reached("mail_info", **LOOK, match=self.token)
        there = {domain["name"] for domain in found["domains"]}
        there |= {user["email"] for user in found["users"]}
        there |= {alias["address"] for alias in found["aliases"]}
        # the likely one first, since a wrong one makes the next ones wait
        passwords = [self.deeds["password"].options["password"], self.person.password]
        if change.answer == "refused":
            passwords.reverse()
        for password in passwords:
            if self._gets_in(User(self.person.email, password)):
                if password != self.person.password:
                    there.add(PASSWORD)
                return there
        raise AssertionError(f"{self.person.email} gets in with no password")

    def _reached(self, module: str, /, **options: t.Any) -> dict[str, t.Any]:
        """A connection of SSH that was cut off is used again by Ansible, and needs a while."""
        deadline = time.monotonic() + BOUND_S
        while (found := self.control.attempt(module, **options)).get("unreachable"):
            assert time.monotonic() < deadline, "SSH does not come back"
        assert not found["failed"], found.get("msg")
        return found

    def _gets_in(self, user: User) -> bool:
        clients = Clients(self.connection, verified(self.connection), self.connection.address)
        client = clients.imap()
        with contextlib.closing(client.sock):
            try:
                client.login(user.email, user.password)
            except imaplib.IMAP4.error as error:
                if "AUTHENTICATIONFAILED" in str(error):
                    return False
                raise
        return True

    def _look(self) -> tuple[dict[str, t.Any], str, float]:
        """The report of the playbook health, or what it said instead, and when it ended."""
        file = self._folder / "health.json"
        began = time.monotonic()
        options = {"health_report": str(file), "health_required_score": 0}
        try:
            said = self.control.playbook("health", self._folder, **options)
        except AssertionError as error:
            said = str(error)
        except subprocess.TimeoutExpired as error:
            said = f"no end within {error.timeout:.0f} s"
        report = json.loads(file.read_text()) if file.exists() else {}
        return report, said, time.monotonic() - began

    def _seen(self, report: t.Mapping[str, t.Any], said: str, seconds: float) -> list[str]:
        """Health ends in time, and names the cause where it can see it."""
        if not report:
            return [] if "UNREACHABLE" in said else [f"health made no report: {said[-2000:]}"]
        if report["duration_s"] > HEALTH_S:
            return [f"health took {report['duration_s']:.1f} s, more than {HEALTH_S:.0f}"]
        red = {
            f"{one['id']} {one['target']}" for one in report["checks"] if one["status"] == "failed"
        }
        missing = set(RED.get(self.fault.id, ())) - red if seconds < self.fault.hold else set()
        return [f"health did not see {one}; red was {sorted(red)}" for one in sorted(missing)]

    def _again(self, before: t.Mapping[str, Outcome]) -> list[str]:
        """What was not done is done now, what was done is left alone, and then nothing is to do."""
        writing = [name for name, deed in self.deeds.items() if deed.makes]
        first = self._all(writing)
        found = []
        for name, outcome in first.items():
            answer = before[name].answer
            if outcome.answer != "done":
                found.append(f"{name} failed when it was done again: {outcome.words}")
            elif answer != "unknown" and outcome.said["changed"] != (answer == "refused"):
                changed = outcome.said["changed"]
                found.append(f"{name} was {answer}, and then changed={changed} when done again")
        for name, outcome in self._all(
            [n for n in writing if first[n].said.get("changed")]
        ).items():
            if outcome.said.get("changed") is not False:
                found.append(f"{name} did not stay as it was: {outcome.said}")
        return found

    def _remove(self) -> None:
        """Domains without records would make health red for those who come after."""
        for domain in (f"new.{self.domain}", self.domain):
            self.control.module("mail_domain", name=domain, state="absent", force=True)


def deeds(domain: str, person: str, password: str) -> dict[str, Deed]:
    """All of them, by what they are called in a complaint."""
    clear = [f"c{number:03}@{domain}" for number in range(CLEAR)]
    hashed = [f"h{number:03}@{domain}" for number in range(HASHED)]
    team = f"team@{domain}"
    return {
        "import": Deed(
            "mail_users",
            {
                "users": [{"email": email, "password": f"Clear-{email}"} for email in clear],
                "aliases": [{"address": f"all@{domain}", "targets": clear}],
                "rounds": ROUNDS,
            },
            frozenset([*clear, f"all@{domain}"]),
        ),
        "import of hashes": Deed(
            "mail_users",
            {"users": [{"email": email, "password_hash": HASH} for email in hashed]},
            frozenset(hashed),
        ),
        "password": Deed(
            "mail_user",
            {
                "email": person,
                "password": password,
                "update_password": "always",
                "rounds": ROUNDS,
            },
            frozenset([PASSWORD]),
        ),
        "alias": Deed("mail_alias", {"address": team, "targets": [person]}, frozenset([team])),
        "domain": Deed("mail_domain", {"name": f"new.{domain}"}, frozenset([f"new.{domain}"])),
        "list": Deed("mail_info", {**LOOK, "match": domain}),
    }
