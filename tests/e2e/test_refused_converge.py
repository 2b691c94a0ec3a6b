"""What site.yml refuses, on the host that it made: every reason in a sentence, nothing changed."""

from __future__ import annotations

import contextlib
import shlex
import typing as t

from e2e.control import Control

Host = t.Any
SITE = ("ansible-playbook", "selfhost.mail.site")
PROBLEMS = "is not ready for a mail system, and nothing was changed."
BOOKWORM = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
DAEMON_FILES = (
    "/etc/dovecot/dovecot.conf",
    "/etc/opendkim.conf",
    "/etc/postfix/main.cf",
    "/etc/postfix/master.cf",
)


def succeed(host: Host, command: str) -> None:
    done = host.run(command)
    assert done.rc == 0, f"{command}: {done.stderr}"


@contextlib.contextmanager
def replaced(host: Host, path: str, text: str) -> t.Iterator[None]:
    """A file with another text for a while."""
    aside = shlex.quote(f"{path}.aside")
    succeed(host, f"cp -a {path} {aside} && rm {path} && printf %s {shlex.quote(text)} > {path}")
    try:
        yield
    finally:
        succeed(host, f"rm {path} && mv {aside} {path}")


@contextlib.contextmanager
def listening(host: Host, port: int) -> t.Iterator[None]:
    """Another program holds a port for a while."""
    unit = f"other-program-{port}"
    succeed(host, f"systemd-run --unit={unit} python3 -m http.server --directory /run {port}")
    try:
        succeed(host, f"timeout 10 sh -c 'until ss -Hltn | grep -q :{port}; do sleep 0.1; done'")
        yield
    finally:
        succeed(host, f"systemctl stop {unit}")


def test_every_wrong_variable_at_once(control: Control) -> None:
    said = control.refusal(
        *SITE,
        site_hostname="mx1",
        site_admin_address="",
        site_services={"imaps": {"port": 0}, "smtp": {"addresses": ["eth0"]}},
    )
    assert PROBLEMS in said
    for reason in (
        "The domain 'mx1' is refused: the domain has no dot.",
        "site_admin_address is missing.",
        "The service 'imaps' has the port 0",
        "The address 'eth0' of service 'smtp' is neither IPv4 nor IPv6",
    ):
        assert reason in said
    assert "changed=0" in said


def test_host_name_that_is_a_mail_domain(control: Control) -> None:
    said = control.refusal(*SITE, site_hostname="example.test", accounts_domains=["example.test"])
    assert "site_hostname example.test is also a domain in accounts_domains" in said


def test_other_system(control: Control, host: Host) -> None:
    with replaced(host, "/etc/os-release", BOOKWORM):
        said = control.refusal(*SITE)
    assert "runs Debian GNU/Linux 12 (bookworm), and only Debian 13 is supported" in said
    assert "changed=0" in said


def test_port_of_another_program(control: Control, host: Host) -> None:
    with listening(host, 4190):
        said = control.refusal(*SITE, site_services={"sieve": {"enabled": True}})
    assert "Port 4190 for service sieve is taken by /usr/bin/python3" in said


def test_files_made_by_hand(control: Control, host: Host) -> None:
    text = "# by hand\n"
    with contextlib.ExitStack() as files:
        for path in DAEMON_FILES:
            files.enter_context(replaced(host, path, text))
        said = control.refusal(*SITE)
        assert {host.file(path).content_string for path in DAEMON_FILES} == {text}
    assert f"Somebody else made {', '.join(DAEMON_FILES)}," in said
    assert "set preflight_replace_files to true" in said
