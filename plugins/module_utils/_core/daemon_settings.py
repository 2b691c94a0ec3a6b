# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a dictionary of settings, as the configuration files of daemons spell them."""

from __future__ import annotations

import typing as t


def postfix_value(value: t.Any) -> str:
    """One value in main.cf."""
    return _text(value, ", ")


def dovecot_settings(settings: t.Mapping[str, t.Any], depth: int = 0) -> str:
    """Lines for dovecot.conf; a dictionary becomes a section with its key as the heading."""
    indent = "  " * depth
    lines = []
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name} {{", dovecot_settings(value, depth + 1), f"{indent}}}"]
        else:
            lines.append(f"{indent}{name} = {_dovecot_value(value)}".rstrip())
    return "\n".join(line for line in lines if line)


def listeners(port: int, addresses: t.Sequence[str]) -> list[str]:
    """Where a service listens, in the words of master.cf: 25, 192.0.2.1:25, [2001:db8::1]:25."""
    hosts = [f"[{address}]" if ":" in address else address for address in addresses]
    return [f"{host}:{port}" for host in hosts] or [str(port)]


def _dovecot_value(value: t.Any) -> str:
    text = _text(value, " ")
    # a number sign would start a comment, and white space at an end would be lost
    if "#" in text or text != text.strip() or text[:1] in ("'", '"') or text[-1:] == "\\":
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text


def _text(value: t.Any, separator: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return separator.join(_text(item, separator) for item in value)
    if not isinstance(value, (str, int, float)):
        raise ValueError(
            f"{value!r} is no value of a setting:"
            " give text, a number, true, false or a list of these."
        )
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError(f"the value {text!r} of a setting has a line break: write it on one line")
    return text
