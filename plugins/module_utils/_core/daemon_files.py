# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who made a daemon's configuration file: this collection, the package, or somebody by hand."""

from __future__ import annotations

import dataclasses
import fnmatch
import hashlib
import re
import typing as t

# Our templates name the collection at their top.
MARKER = "selfhost.mail"
MARKED_LINES = 10

MAIN_CF = "/etc/postfix/main.cf"
OPENDKIM_CONF = "/etc/opendkim.conf"
DOVECOT_CONF = "/etc/dovecot/dovecot.conf"
# Stock dovecot.conf includes them, so a system made by hand lives there; ours includes none.
DOVECOT_PARTS = (
    "/etc/dovecot/conf.d/*.conf",
    "/etc/dovecot/conf.d/*.conf.ext",
    "/etc/dovecot/local.conf",
)
# These are written over; the parts of Dovecot's only lose their effect.
WHOLE_FILES = (MAIN_CF, "/etc/postfix/master.cf", OPENDKIM_CONF, DOVECOT_CONF)
FILES_OF_GROUP: t.Mapping[str, tuple[str, ...]] = {
    # Dovecot says who may submit, and leads people on to their store
    "mail_edge": (*WHOLE_FILES, *DOVECOT_PARTS),
    "mail_store": (DOVECOT_CONF, *DOVECOT_PARTS),
}
EXIM_FILES = ("/etc/exim4/**",)
_EXIM_CONF = "/etc/exim4/update-exim4.conf.conf"
# How Debian configures exim4 when it asks nobody: mail of this machine for this machine.
_EXIM_STOCK: t.Mapping[str, str] = {
    "dc_eximconfig_configtype": r"local|none",
    "dc_readhost": "",
    "dc_relay_domains": "",
    "dc_relay_nets": "",
    "dc_smarthost": "",
}

# What Debian's postinst writes into main.cf when it asks nobody; all else stays as in its template.
_GENERATED: t.Mapping[str, str] = {
    "alias_database": r"hash:/etc/aliases",
    "alias_maps": r"hash:/etc/aliases",
    "inet_interfaces": r"all|loopback-only",
    "inet_protocols": r"all",
    "mailbox_size_limit": r"0",
    # the name for mail and the machine's own where they differ, as when the machine knew none
    "mydestination": r"\$myhostname(, [^ ,]+){0,2}(, localhost[^ ,]*)?(, )?, localhost",
    "myhostname": r"[^ ,]+",
    "mynetworks": r"127\.0\.0\.0/8 \[::ffff:127\.0\.0\.0\]/104 \[::1\]/128",
    "myorigin": r"/etc/mailname",
    "recipient_delimiter": r"\+",
    "smtpd_relay_restrictions": (
        r"permit_mynetworks permit_sasl_authenticated defer_unauth_destination"
    ),
}


@dataclasses.dataclass(frozen=True)
class DaemonFiles:
    """Texts of the files that exist, and what the packages say they made."""

    texts: t.Mapping[str, str]
    package_md5: t.Mapping[str, str]
    main_cf_template: str = ""
    # appended where the machine has a certificate of Debian's making
    main_cf_template_tls: str = ""


def made_by_hand(files: DaemonFiles, groups: t.Container[str]) -> tuple[str, ...]:
    """Paths of the files that a host in these groups must not lose unasked."""
    patterns = [p for group, paths in FILES_OF_GROUP.items() if group in groups for p in paths]
    return tuple(
        path
        for path in sorted(files.texts)
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
        and not is_ours(files.texts.get(_governing(path), ""))
        and not _is_the_packages(path, files)
    )


def to_keep(
    files: DaemonFiles, groups: t.Collection[str], by_hand: t.Sequence[str]
) -> tuple[str, ...]:
    """Where something was made by hand, everything that would be written over belongs to it."""
    patterns = {
        path for group, paths in FILES_OF_GROUP.items() if group in groups for path in paths
    }
    written_over = {
        path
        for path in patterns.intersection(WHOLE_FILES, files.texts)
        if not is_ours(files.texts[path])
    }
    return tuple(sorted({*by_hand, *written_over})) if by_hand else ()


def exim_by_hand(files: DaemonFiles) -> tuple[str, ...]:
    """Paths of what somebody made of exim4's configuration."""
    return tuple(
        path
        for path in sorted(files.texts)
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in EXIM_FILES)
        and not (
            _is_stock_exim(files.texts[path])
            if path == _EXIM_CONF
            else _is_the_packages(path, files)
        )
    )


def _is_stock_exim(text: str) -> bool:
    found = {name: value.strip("'") for name, value in settings(text).items()}
    return all(re.fullmatch(pattern, found.get(name, "")) for name, pattern in _EXIM_STOCK.items())


def _governing(path: str) -> str:
    """The file whose maker decides whether this one still means anything."""
    part = any(fnmatch.fnmatchcase(path, pattern) for pattern in DOVECOT_PARTS)
    return DOVECOT_CONF if part else path


def is_ours(text: str) -> bool:
    return any(MARKER in line for line in text.splitlines()[:MARKED_LINES])


def _is_the_packages(path: str, files: DaemonFiles) -> bool:
    text = files.texts[path]
    if path == MAIN_CF:
        return _is_generated(
            settings(text), settings(files.main_cf_template), settings(files.main_cf_template_tls)
        )
    return md5(text) == files.package_md5.get(path)


def md5(text: str) -> str:
    """What dpkg and ucf compare."""
    data = text.encode("utf-8", "surrogateescape")
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _is_generated(
    found: t.Mapping[str, str], template: t.Mapping[str, str], tls: t.Mapping[str, str]
) -> bool:
    stock = {**template, **tls}
    complete = bool(template) and found.keys() >= template.keys()
    return complete and all(
        value == stock.get(name)
        or (name in _GENERATED and re.fullmatch(_GENERATED[name], value) is not None)
        for name, value in found.items()
    )


def settings(text: str) -> dict[str, str]:
    """The settings of a main.cf; a line beginning with white space goes on with the one before."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace() and name:
            found[name] = f"{found[name]} {line.strip()}".strip()
        else:
            name, _equals, value = (part.strip() for part in line.partition("="))
            found[name] = value
    return found
