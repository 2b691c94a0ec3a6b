"""Packages exchanged under load, with nobody there who could be asked."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

from faults.model import Fault

HELPERS = (pathlib.Path(__file__).parents[1] / "packages.sh").read_text()

DOVECOT = "$(installed 'dovecot-*')"
POSTFIX = "postfix postfix-pgsql"
SIGNER = "opendkim libopendkim11"
POSTGRESQL = "postgresql-17 postgresql-client-17"
LIBRARIES = "$(installed libpq5 libssl3t64 openssl openssl-provider-legacy lua-sql-postgres)"
EVERYTHING = f"{DOVECOT} {POSTFIX} {SIGNER} {POSTGRESQL} {LIBRARIES}"

APT = "apt-get --quiet=2 --yes"
RESTART = 'systemctl restart "${units[@]}"'
# what answers the question for a changed configuration file; Dovecot's are in the care of ucf
NO_ANSWER = "dpkg"
NOBODY_ANSWERS = "end of file on stdin at conffile prompt"
KEEP = "env UCF_FORCE_CONFFOLD=1 dpkg --force-confdef --force-confold"
REPLACE = "env UCF_FORCE_CONFFNEW=1 dpkg --force-confnew"
MAY = "/run/selfhost-mail-packages/may"


def script(text: str) -> str:
    """Nobody answers; bash reads the whole of it before it begins."""
    return f"{{\n{HELPERS}\n{text}\n}} </dev/null\n" if text else ""


def row(id_: str, title: str, begin: str, **more: t.Any) -> Fault:
    """Afterwards files, ports and units are as before, and what runs is what is installed."""
    plain = Fault(id_, title, begin, hold=0, prepare="remember", proof="compare")
    fault = dataclasses.replace(plain, **more)
    names = ("prepare", "begin", "end", "restore", "proof")
    scripts: dict[str, t.Any] = {name: script(getattr(fault, name)) for name in names}
    return dataclasses.replace(fault, **scripts)


def reinstalled(name: str, title: str, packages: str, **more: t.Any) -> Fault:
    begin = f"{APT} install --reinstall {packages}"
    prepare = f"remember; {APT} install --reinstall --download-only {packages}"
    return row(f"reinstall-{name}", f"{title} installed again", begin, prepare=prepare, **more)


def exchanged(
    id_: str, title: str, packages: str, suffix: str, dpkg: str = NO_ANSWER, **more: t.Any
) -> Fault:
    """By another version, and back again."""
    return row(
        id_,
        title,
        f"{dpkg} --install $(debs made{suffix} {packages})",
        prepare=f"remember; make {suffix} {packages}",
        end=f"{dpkg} --install $(debs . {packages})",
        **more,
    )


def upgraded(name: str, title: str, packages: str, **more: t.Any) -> tuple[Fault, ...]:
    """To a version with other configuration files, and from one."""
    up_and_down, down_and_up = (
        f"{title} upgraded and downgraded",
        f"{title} downgraded and upgraded",
    )
    return (
        exchanged(f"upgrade-{name}", up_and_down, packages, "+1", **more),
        exchanged(f"downgrade-{name}", down_and_up, packages, "~1", **{**more, "selected": False}),
    )


def unfinished(name: str, title: str, trouble: str) -> Fault:
    """The new Dovecot cannot be set up before the file `may` is there, and is stopped by then."""
    also = f"""
also() {{
  local postinst=tree/DEBIAN/postinst
  [ "$1" != dovecot-core ] || sed -i '2i [ -e {MAY} ] || {trouble}' $postinst
}}
"""
    return row(
        name,
        title,
        f"dpkg --install $(debs made+2 {DOVECOT}) || :",
        prepare=f"remember; rm -f {MAY}; {also} make +2 {DOVECOT}",
        end=f"touch {MAY}; dpkg --configure --pending",
        restore=f"dpkg --install $(debs . {DOVECOT})",
        hold=10,
    )


FAULTS = (
    reinstalled("dovecot", "Dovecot", DOVECOT),
    reinstalled("postfix", "Postfix", POSTFIX),
    reinstalled("signer", "OpenDKIM", SIGNER),
    reinstalled("postgresql", "PostgreSQL", POSTGRESQL),
    # nothing is restarted by that; health says so, and the administrator does it
    reinstalled("libraries", "libssl and libpq", LIBRARIES, end=RESTART, hold=5),
    # the one has files in the care of ucf, the other one in that of dpkg
    *upgraded("dovecot", "Dovecot", DOVECOT, selected=True),
    *upgraded("postfix", "Postfix", POSTFIX),
    *upgraded("signer", "OpenDKIM", SIGNER, selected=True, stock_fails=NOBODY_ANSWERS),
    *upgraded("postgresql", "PostgreSQL", POSTGRESQL),
    *upgraded("everything", "All packages", EVERYTHING, stock_fails=NOBODY_ANSWERS),
    exchanged(
        "upgrade-keeping",
        "All packages upgraded and downgraded, told to keep our files",
        EVERYTHING,
        "+1",
        KEEP,
    ),
    exchanged(
        "upgrade-replacing",
        "All packages upgraded and downgraded, told to replace our files",
        EVERYTHING,
        "+1",
        REPLACE,
        # does as it is told
        stock=False,
    ),
    unfinished("upgrade-fails", "An upgrade of Dovecot fails and is finished later", "exit 1"),
    unfinished(
        "upgrade-killed",
        "An upgrade of Dovecot whose dpkg is killed is finished later",
        "{ kill -9 $PPID; exit 1; }",
    ),
    row(
        "upgrade-unrestarted",
        "All packages upgraded and downgraded; policy-rc.d forbids the restarts, which come later",
        f"{KEEP} --install $(debs made+1 {EVERYTHING}); {KEEP} --install $(debs . {EVERYTHING})",
        prepare=f"remember; make +1 {EVERYTHING}; forbid_restarts",
        end=f"permit_restarts; {RESTART}",
        hold=5,
    ),
    row(
        "upgrade-needrestart",
        "Libraries upgraded, and needrestart restarts what ran with the old ones",
        f"NEEDRESTART_MODE=a {APT} install --only-upgrade {LIBRARIES}",
        prepare=f"""
remember
make ~1 {LIBRARIES}
dpkg --install $(debs made~1 {LIBRARIES})
{APT} install --no-install-recommends needrestart
{APT} install --only-upgrade --download-only {LIBRARIES}
""",
        restore=f"{APT} purge needrestart; {APT} autoremove",
    ),
    row(
        "reconfigure",
        "Packages configured anew, and what nobody needs removed",
        # not dovecot-imapd or -lmtpd: that stops Dovecot, and nothing in them starts it again
        "dpkg-reconfigure --frontend=noninteractive postfix dovecot-core opendkim"
        f" {POSTGRESQL} postgresql-common; {APT} autoremove",
    ),
)
