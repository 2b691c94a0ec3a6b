"""The signer, which has to see what users send before anybody accepts it."""

from __future__ import annotations

from faults.model import Fault

SOCKET = "/var/spool/postfix/opendkim/opendkim.sock"
SQL = "runuser -u postgres -- psql -qd mail -c"

FAULTS = (
    Fault(
        "signer-away",
        "signer stopped",
        "systemctl stop opendkim",
        "systemctl start opendkim",
        must_accept=True,
        seen_log_in=True,
        hold=8,
        selected=True,
    ),
    Fault(
        "signer-hung",
        "signer hangs",
        "systemctl kill --signal=STOP opendkim",
        "systemctl kill --signal=CONT opendkim",
        must_accept=True,
        seen_log_in=True,
        hold=40,
    ),
    Fault(
        "signer-socket-gone",
        "the signer's socket deleted, until somebody starts it again",
        f"rm {SOCKET}",
        "systemctl restart opendkim",
        must_accept=True,
        seen_log_in=True,
    ),
    Fault(
        "signer-socket-closed",
        "the signer's socket not for Postfix",
        f"chmod 600 {SOCKET}; chown root:root {SOCKET}",
        f"chmod 770 {SOCKET}; chown opendkim:postfix {SOCKET}",
        must_accept=True,
        seen_log_in=True,
    ),
    Fault(
        "signer-keys-closed",
        "the database refuses the signer its keys",
        f"{SQL} 'REVOKE SELECT ON signer.key_table FROM mail_signer'",
        f"{SQL} 'GRANT SELECT ON signer.key_table TO mail_signer'",
        must_accept=True,
        seen_log_in=True,
        # there the keys are files
        stock=False,
    ),
)
