# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What packages and people have put on the host, read from their files."""

from __future__ import annotations

import glob
import importlib.util
import os
import pathlib
import re
import time
import typing as t

from .._core.daemon_files import EXIM_FILES, FILES_OF_GROUP, DaemonFiles, exim_by_hand, md5
from .._core.preflight.facts import Apt, Cluster, MailProgram
from .probes.command import run

_MAIN_CF_TEMPLATE = "/usr/share/postfix/main.cf.debian"
_MAIN_CF_TEMPLATE_TLS = "/usr/share/postfix/main.cf.tls"
_MASTER_CF = "/etc/postfix/master.cf"
_MASTER_CF_STOCK = "/usr/share/postfix/master.cf.dist"
_PACKAGES = "/var/lib/dpkg/status"
_EXIM_QUEUE = "/var/spool/exim4/input"
_OURS = "selfhost-mail.conf"
_MAIN_OF = re.compile(r"/dists/([^/\s]+)/main/")
_PORT = re.compile(r"^\s*port\s*=?\s*'?(\d+)", re.MULTILINE | re.IGNORECASE)
_UFW_RULE = re.compile(r"^### tuple ### allow (?:any|tcp) ([\d,:]+) ", re.MULTILINE)


def daemon_files() -> DaemonFiles:
    patterns = {pattern for patterns in FILES_OF_GROUP.values() for pattern in patterns}
    packages = {**_conffiles(), **_ucf_files()}
    if os.path.exists(_MASTER_CF_STOCK):
        packages[_MASTER_CF] = md5(read(_MASTER_CF_STOCK))
    return DaemonFiles(
        texts={path: read(path) for path in files_of(patterns)},
        package_md5=packages,
        main_cf_template=read(_MAIN_CF_TEMPLATE),
        main_cf_template_tls=read(_MAIN_CF_TEMPLATE_TLS),
    )


def files_of(patterns: t.Iterable[str]) -> t.Iterator[str]:
    for pattern in patterns:
        yield from filter(os.path.isfile, glob.iglob(pattern, recursive=True))


def _conffiles() -> dict[str, str]:
    """dpkg notes each configuration file it installed in a line ` PATH MD5 [obsolete]`."""
    lines = read(_PACKAGES).splitlines()
    fields = (line.split() for line in lines if line.startswith(" /etc/"))
    return {field[0]: field[1] for field in fields if len(field) > 1}


def _ucf_files() -> dict[str, str]:
    """ucf, which Dovecot's packages use instead, has lines `MD5 PATH`."""
    fields = (line.split() for line in read("/var/lib/ucf/hashfile").splitlines())
    return {field[1]: field[0] for field in fields if len(field) == 2}


def packages() -> dict[str, str]:
    """Each package that is installed, and what else it offers to be."""
    found = {}
    for package in read(_PACKAGES).split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in package.splitlines())
        if fields.get("Status", "").endswith(" installed"):
            found[fields["Package"]] = fields.get("Provides", "")
    return found


def mail_programs() -> t.Iterator[MailProgram]:
    """Installed packages that say they are a machine's mail program, and are not Postfix."""
    for name, offers in packages().items():
        if "mail-transport-agent" in offers and name != "postfix":
            if name.startswith("exim4"):
                files = DaemonFiles(
                    {path: read(path) for path in files_of(EXIM_FILES)}, _conffiles()
                )
                # each message has a file of headers
                queued = len(glob.glob(f"{_EXIM_QUEUE}/**/*-H", recursive=True))
                yield MailProgram(name, exim_by_hand(files), queued)
            else:
                yield MailProgram(name)


def clusters() -> t.Iterator[Cluster]:
    """PostgreSQL's clusters, as Debian keeps them."""
    for path in sorted(glob.glob("/etc/postgresql/*/*/postgresql.conf")):
        folder = pathlib.Path(path).parent
        more = sorted(folder.glob("conf.d/*.conf"))
        ports = [port for one in (path, *map(str, more)) for port in _PORT.findall(read(one))]
        ours = _OURS in (one.name for one in more)
        yield Cluster(folder.parent.name, folder.name, int(ports[-1]) if ports else 5432, ours)


def apt() -> Apt:
    said = run("apt-get", "--print-uris", "update")
    return Apt(
        has_python=importlib.util.find_spec("apt") is not None,
        lists_days=package_lists_days("/var/lib/apt/lists"),
        suites=frozenset(_MAIN_OF.findall(said.output)),
        error=said.errors if said.status else "",
    )


def package_lists_days(directory: str) -> float | None:
    """Age of apt's package lists in days, or nothing when there are none."""
    if not glob.glob(f"{directory}/*_Packages*"):
        return None
    return (time.time() - os.stat(directory).st_mtime) / 86400


def ufw_ports() -> frozenset[int] | None:
    """The TCP ports that ufw lets in, or nothing where it is not switched on."""
    if "\nENABLED=yes" not in f"\n{read('/etc/ufw/ufw.conf')}":
        return None
    allowed: set[int] = set()
    for rule in _UFW_RULE.findall(read("/etc/ufw/user.rules")):
        for part in rule.split(","):
            first, _colon, last = part.partition(":")
            allowed.update(range(int(first), int(last or first) + 1))
    return frozenset(allowed)


def read(path: str | pathlib.Path) -> str:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return ""
