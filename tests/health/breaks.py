"""The table of breaks: how to make each check fail on a real host, how to mend it, and exactly what
goes red. A thing that goes red is the id of a check and the first word of its target."""

from __future__ import annotations

import dataclasses

# Where the tests keep what they changed; main.cf, master.cf and resolv.conf lie there as they were.
KEPT = "/run/selfhost-mail-health-test/kept"
TLS = "/etc/selfhost-mail/tls"
SITE = "/etc/dovecot/site.d/break.conf"
PROBE = "health-probe@example.test"

RELOAD_POSTFIX = "postfix reload 2>/dev/null"
MEND_POSTFIX = f"cp -p {KEPT}/main.cf {KEPT}/master.cf /etc/postfix/; {RELOAD_POSTFIX}"
MEND_DOVECOT = f"rm -f {SITE}; systemctl reload dovecot"


@dataclasses.dataclass(frozen=True)
class Break:
    """`zone` and `records` are what the name server says while the host is broken."""

    check: str
    do: str = ""
    undo: str = ""
    also_red: tuple[str, ...] = ()
    at: str = ""
    zone: str = ""
    records: str = ""

    @property
    def red(self) -> frozenset[tuple[str, str]]:
        """Pairs of an id and the first word of a target."""
        words = [f"{self.check} {self.at}", *self.also_red]
        return frozenset((word.split()[0], word.split()[1]) for word in words)


def daemon(name: str) -> Break:
    undo = f"systemctl start {name}"
    return Break("service.running", f"systemctl stop {name}", undo, at=name.partition("@")[0])


def main_cf(check: str, at: str, setting: str, *also_red: str) -> Break:
    do = f"postconf -e '{setting}'; {RELOAD_POSTFIX}"
    return Break(check, do, MEND_POSTFIX, also_red, at)


def submission(check: str, at: str, *settings: str, also_red: tuple[str, ...] = ()) -> Break:
    words = " ".join(f"'587/inet/{setting}'" for setting in settings)
    return Break(check, f"postconf -P {words}; {RELOAD_POSTFIX}", MEND_POSTFIX, also_red, at)


def dovecot(check: str, at: str, text: str, *also_red: str) -> Break:
    do = f"echo '{text}' >{SITE}; systemctl reload dovecot"
    return Break(check, do, MEND_DOVECOT, also_red, at)


def sql(check: str, at: str, do: str, undo: str, *also_red: str) -> Break:
    return Break(check, psql(do), psql(undo), also_red, at)


def psql(statements: str) -> str:
    command = "runuser -u postgres -- psql -qX -v ON_ERROR_STOP=1 -d mail"
    return f"{command} >/dev/null <<'END'\n{statements}\nEND\n"


def no_login_by(protocol: str) -> tuple[str, str]:
    """The function that Dovecot asks about logins knows nobody any more who comes by a protocol."""
    do = f"""
SET ROLE mail_owner;
ALTER FUNCTION dovecot.login(text, text) RENAME TO real_login;
CREATE FUNCTION dovecot.login(asked text, protocol text)
    RETURNS TABLE (username text, password text, home text)
    LANGUAGE sql STABLE SECURITY DEFINER AS
    $$ SELECT * FROM dovecot.real_login(asked, protocol) WHERE protocol <> '{protocol}' $$;
GRANT EXECUTE ON FUNCTION dovecot.login(text, text) TO mail_dovecot;"""
    undo = """
DROP FUNCTION dovecot.login(text, text);
ALTER FUNCTION dovecot.real_login(text, text) RENAME TO login;"""
    return do, undo


def certificate(name: str, days: int, *more: str) -> str:
    """Make a certificate for the host; it is trusted when the site's authority signs it."""
    return (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days {days}"
        " -subj /CN=mx1.example.test -addext subjectAltName=DNS:mx1.example.test"
        " -addext basicConstraints=critical,CA:FALSE"
        f" {' '.join(more)} -keyout {KEPT}/{name}.key -out {KEPT}/{name}.pem 2>/dev/null; "
    )


ANY_PASSWORD = """passdb static {
  fields {
    nopassword = yes
  }
}"""
NO_EXPUNGE = """mail_plugins {
  acl = yes
}
acl_driver = vfile
acl owner {
  rights = lrwsip
}"""
BY_OUR_CA = ("-CA", f"{TLS}/ca.pem", "-CAkey", f"{TLS}/ca.key")
RELOAD = "systemctl reload postfix dovecot"
ALL_PORTS = ("submission", "submissions", "imaps")

SHORT_CERTIFICATE = Break(
    "certificate.lasts",
    certificate("short", 10, *BY_OUR_CA)
    + f"cp {KEPT}/short.pem {TLS}/fullchain.pem; cp {KEPT}/short.key {TLS}/private.key; {RELOAD}",
    f"cp -p {KEPT}/fullchain.pem {KEPT}/private.key {TLS}/; {RELOAD}",
    tuple(f"certificate.lasts {port}" for port in ALL_PORTS),
    "smtp",
)
STRANGE_CERTIFICATE = Break(
    "certificate.trusted",
    certificate("strange", 300)
    + f"postconf -e 'smtpd_tls_chain_files = {KEPT}/strange.key, {KEPT}/strange.pem';"
    + RELOAD_POSTFIX,
    MEND_POSTFIX,
    (
        "certificate.trusted submission",
        "certificate.trusted submissions",
        "certificate.current smtp",
        "certificate.current submission",
        "certificate.current submissions",
    ),
    "smtp",
)
OTHER_CERTIFICATE = Break(
    "certificate.current",
    certificate("other", 300, *BY_OUR_CA)
    + f"chmod 644 {KEPT}/other.*; echo 'ssl_server_cert_file = {KEPT}/other.pem\n"
    + f"ssl_server_key_file = {KEPT}/other.key' >{SITE}; systemctl reload dovecot",
    MEND_DOVECOT,
    at="imaps",
)


def frozen(unit: str) -> Break:
    pid = f"$(systemctl show -P MainPID {unit})"
    undo = f"kill -CONT {pid}"
    return Break("service.running", f"kill -STOP {pid}", undo, at=unit.partition("@")[0])


RESOLVER = Break(
    "dns.resolver",
    "echo 'nameserver 127.0.0.9' >/etc/resolv.conf",
    f"cat {KEPT}/resolv.conf >/etc/resolv.conf",
    at="127.0.0.9",
)
OPEN_MAILBOX = sql(
    "login.closed",
    PROBE,
    """
CREATE FUNCTION public.stay_open() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.password_hash LIKE '%....' THEN RAISE 'broken'; END IF; RETURN NEW; END $$;
CREATE TRIGGER stay_open BEFORE UPDATE ON mail.mailbox
    FOR EACH ROW EXECUTE FUNCTION public.stay_open();""",
    "DROP FUNCTION public.stay_open() CASCADE;",
)
WRONG_KEY = Break(
    "message.verified",
    "pem=$(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null); "
    + psql("CREATE TABLE public.kept AS SELECT domain, selector, private_pem FROM mail.dkim_key;")
    + 'runuser -u postgres -- psql -qX -d mail -v pem="$pem"'
    + " <<<\"UPDATE mail.dkim_key SET private_pem = :'pem';\"",
    psql(
        """
UPDATE mail.dkim_key k SET private_pem = kept.private_pem FROM public.kept
 WHERE (k.domain, k.selector) = (kept.domain, kept.selector);
DROP TABLE public.kept;"""
    ),
    at=PROBE,
)
# As an upgrade does it without a restart.
REPLACED = Break(
    "service.current",
    "cp -p /usr/sbin/opendkim /usr/sbin/opendkim.new; mv /usr/sbin/opendkim.new /usr/sbin/opendkim",
    "systemctl restart opendkim",
    at="opendkim",
)
# Postfix runs on with what it has read before.
UNREADABLE = Break(
    "service.configuration",
    "postconf -e 'nonsense = 1';"
    " echo 'nonsense all all peer' >>/etc/postgresql/17/main/pg_hba.conf",
    f"{MEND_POSTFIX}; sed -i /nonsense/d /etc/postgresql/17/main/pg_hba.conf",
    ("service.configuration postgresql",),
    "postfix",
)
DEFERRED = Break(
    "queue.short",
    f"postconf -e 'default_transport = retry:broken'; {RELOAD_POSTFIX}; "
    + "for i in {1..21}; do echo x | sendmail -f health-probe@example.test x@example.com; done; "
    + "while [ $(postqueue -j | grep -c '\"deferred\"') -lt 21 ]; do sleep 0.1; done",
    MEND_POSTFIX + "; postsuper -d ALL deferred 2>/dev/null",
    at="queue",
)
STUCK = Break(
    "queue.moving",
    f"postconf -MX pickup/unix; {RELOAD_POSTFIX}; pkill -x pickup || :;"
    " echo x | sendmail x@example.com;"
    # the message says itself when it was written
    " at=$(postqueue -j | grep -oP 'maildrop.*arrival_time\": \\K[0-9]+');"
    " LC_ALL=C sed -i s/$at/$((at - 3600))/ /var/spool/postfix/maildrop/*",
    f"rm -f /var/spool/postfix/maildrop/*; {MEND_POSTFIX}",
    at="queue",
)
UNDELIVERED = main_cf("message.delivered", PROBE, "virtual_transport = lmtp:unix:private/nowhere")
UNDELIVERED = dataclasses.replace(UNDELIVERED, undo=MEND_POSTFIX + "; postqueue -f; sleep 0.5")

# Rows of a group touch different things, so the host suffers them all at once.
GROUPS: dict[str, tuple[Break, ...]] = {
    "no Postfix, wrong DNS": (
        daemon("postfix"),
        Break("dns.host", at="mx1.example.test", zone="example.test", records="mx1 A 10.9.9.9"),
        Break("dns.mx", at="example.org", zone="example.org", records="@ MX 10 mx.example.com."),
        Break("dns.spf", at="example.org", zone="example.org", records='@ TXT "v=spf1 +all"'),
        Break("dns.dkim", at="example.org", zone="example.org", records='KEY TXT "v=DKIM1; p="'),
        Break("dns.dmarc", at="example.org", zone="example.org", records='_dmarc TXT "none"'),
        sql(
            "dkim.active",
            "example.org",
            "UPDATE mail.dkim_key SET state = 'pending' WHERE domain = 'example.org';",
            "UPDATE mail.dkim_key SET state = 'active' WHERE domain = 'example.org';",
        ),
    ),
    "no Dovecot, open relay": (
        daemon("dovecot"),
        main_cf("relay.refused", "smtp", "mynetworks = 0.0.0.0/0 [::]/0"),
        main_cf(
            "recipient.accepted",
            "smtp",
            "smtpd_recipient_restrictions ="
            f" check_recipient_access inline:{{ {{{PROBE} = 550 5.7.1 no}} }}",
        ),
    ),
    "no signer, anybody logs in": (
        daemon("opendkim"),
        main_cf(
            "recipient.unknown",
            "smtp",
            "smtpd_relay_restrictions = check_recipient_access inline:{ {example.org = OK} },"
            " check_recipient_access proxy:pgsql:/etc/postfix/pgsql/recipient.cf,"
            " reject_unauth_destination",
        ),
        dovecot("login.wrong_password", "imaps", ANY_PASSWORD),
    ),
    "no database, no resolver": (daemon("postgresql@17-main"), RESOLVER),
    "all frozen": tuple(
        frozen(unit)
        for unit in ("postfix", "dovecot", "opendkim", "selfhost-mail-watch", "postgresql@17-main")
    ),
    "no rights": (
        STUCK,
        sql(
            "database.modules",
            "mail_admin",
            "ALTER ROLE mail_admin NOLOGIN;",
            "ALTER ROLE mail_admin LOGIN;",
        ),
        sql(
            "database.postfix",
            "mail_postfix",
            "ALTER ROLE mail_postfix NOLOGIN;",
            "ALTER ROLE mail_postfix LOGIN;",
        ),
        sql(
            "database.signer",
            "mail_signer",
            "ALTER ROLE mail_signer NOLOGIN;",
            "ALTER ROLE mail_signer LOGIN;",
        ),
        sql(
            "watch.database",
            "watch",
            "ALTER ROLE mail_watch NOLOGIN; SELECT pg_terminate_backend(pid)"
            " FROM pg_stat_activity WHERE usename = 'mail_watch';",
            "ALTER ROLE mail_watch LOGIN;",
        ),
        sql(
            "database.dovecot",
            "mail_dovecot",
            "REVOKE USAGE ON SCHEMA dovecot FROM mail_dovecot;",
            "GRANT USAGE ON SCHEMA dovecot TO mail_dovecot;",
        ),
    ),
    "no reader, strange certificate": (
        sql("login.accepted", "imaps", *no_login_by("imap")),
        Break(
            "watch.looks",
            "mv /run/selfhost-mail-watch /run/selfhost-mail-watch.kept",
            "mv /run/selfhost-mail-watch.kept /run/selfhost-mail-watch",
            at="watch",
        ),
        STRANGE_CERTIFICATE,
        main_cf("port.password_needs_tls", "smtp", "smtpd_sasl_auth_enable = yes"),
    ),
    "no sender, other certificate": (
        sql("login.accepted", "submission", *no_login_by("smtp")),
        OTHER_CERTIFICATE,
        UNREADABLE,
    ),
    "anybody's sender, slow": (
        submission("sender.foreign", "submission", "smtpd_sender_restrictions=permit"),
        submission("message.quick", PROBE, "smtpd_end_of_data_restrictions=sleep,2"),
        Break(
            "watch.delivery",
            "chmod 600 /run/dovecot/lmtp; pkill -x lmtp",
            "chmod 666 /run/dovecot/lmtp",
            at="watch",
        ),
        DEFERRED,
    ),
    "no message, passwords in clear": (
        submission("message.submitted", PROBE, "smtpd_end_of_data_restrictions=reject"),
        submission(
            "login.without_tls",
            "submission",
            "smtpd_tls_security_level=may",
            "smtpd_tls_auth_only=no",
            also_red=("port.password_needs_tls submission",),
        ),
        OPEN_MAILBOX,
    ),
    "no delivery, short certificate, old program": (UNDELIVERED, SHORT_CERTIFICATE, REPLACED),
    "no signature, a port closed": (
        submission("message.signed", PROBE, "smtpd_milters=", "smtpd_milter_maps="),
        Break(
            "port.answers",
            f"postconf -MX 465/inet; {RELOAD_POSTFIX}",
            MEND_POSTFIX,
            (),
            "submissions",
        ),
    ),
    "wrong key, no TLS, no removal": (
        WRONG_KEY,
        main_cf("port.tls", "smtp", "smtpd_tls_security_level = none"),
        dovecot("message.removed", PROBE, NO_EXPUNGE),
    ),
}
BREAKS = tuple(row for group in GROUPS.values() for row in group)
