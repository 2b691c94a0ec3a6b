"""A certificate that has expired or is no good, as a renewal that went wrong leaves it."""

from __future__ import annotations

from faults.model import Fault

FOLDER = "/etc/selfhost-mail/tls"
# as the client that renews it does
RELOAD = "systemctl reload postfix dovecot || true"
EXPIRED = f"""
openssl req -new -key {FOLDER}/private.key -subj "/CN=$(hostname)" |
  openssl x509 -req -CA {FOLDER}/ca.pem -CAkey {FOLDER}/ca.key -out {FOLDER}/fullchain.pem \\
    -not_before 20250101000000Z -not_after 20250201000000Z -extfile /dev/fd/3 \\
    3<<<"subjectAltName=DNS:$(hostname)" 2>/dev/null
"""


def broken(id_: str, title: str, step: str) -> Fault:
    """Mail from outside comes all the same: nobody there looks at it."""
    return Fault(
        id_,
        title,
        f"cp -a {FOLDER} /root/usual\n{step}\n{RELOAD}",
        f"rm -r {FOLDER}\nmv /root/usual {FOLDER}\n{RELOAD}",
        must_accept=True,
    )


FAULTS = (
    broken("certificate-expired", "certificate expired", EXPIRED),
    broken(
        "certificate-garbage", "certificate replaced by garbage", f"echo no >{FOLDER}/fullchain.pem"
    ),
    broken("certificate-gone", "certificate gone", f"rm {FOLDER}/fullchain.pem"),
    broken(
        "certificate-other-key",
        "certificate renewed, but its key is another one",
        f"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {FOLDER}/private.key",
    ),
)
