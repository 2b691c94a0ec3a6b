"""A server that is reached over TCP: with TLS, a certificate made for it, and passwords."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import itertools
import pathlib
import socket
import typing as t

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from database.conftest import execute
from database.modules import Runner
from database.server import server

NAME = "localhost"
# This machine's socket is the superuser's; everybody else comes with TLS and a password.
_RULES = "local all all trust\nhostssl all all all scram-sha-256\n"
_numbers = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Network:
    """A running server and names that no test before has used."""

    directory: str
    port: int
    ca_file: str

    def login(self, user: str, password: str, **other: t.Any) -> dict[str, t.Any]:
        return {
            "login_host": NAME,
            "login_port": self.port,
            "login_user": user,
            "login_password": password,
            "ssl_mode": "verify-full",
            "ca_cert": self.ca_file,
            **other,
        }

    def root(self, statements: str, database: str = "postgres") -> list[tuple[t.Any, ...]]:
        """Run statements as a superuser."""
        return execute(self.directory, database, statements, self.port)

    def lets_in(self, user: str, password: str, database: str = "postgres") -> bool:
        try:
            psycopg2.connect(
                host=NAME, port=self.port, user=user, password=password, dbname=database
            ).close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def log(self) -> str:
        return pathlib.Path(self.directory, "log").read_text()


@dataclasses.dataclass(frozen=True)
class Case:
    """Names of a test's own on the server that it shares with the others."""

    network: Network
    number: int = dataclasses.field(default_factory=lambda: next(_numbers))

    def name(self, what: str) -> str:
        return f"{what}_{self.number}"

    def sql(self, text: str) -> str:
        """The text with the names of this test for {dba}, {owner}, {reader} and {database}."""
        words = ("dba", "owner", "reader", "database", "stranger")
        return text.format(**{word: self.name(word) for word in words})

    def root(self, text: str, database: str = "postgres") -> list[tuple[t.Any, ...]]:
        return self.network.root(self.sql(text), database)

    def run(self, module: str, **options: t.Any) -> dict[str, t.Any]:
        way = self.network.login(self.name("dba"), "Dba-1", login_db="postgres")
        return Runner(self.network.directory, "postgres")(module, **{**way, **options})


@contextlib.contextmanager
def network() -> t.Iterator[Network]:
    authority, own, key = certificate()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "listen_addresses": NAME,
        "port": port,
        "ssl": "on",
        "ssl_cert_file": "server.pem",
        "ssl_key_file": "server.key",
        "hba_file": "rules",
        "log_statement": "all",
    }
    files = {"server.pem": own, "server.key": key, "rules": _RULES, "ca.pem": authority}
    with server(settings, files) as directory:
        ca_file = pathlib.Path(directory, "ca.pem")
        ca_file.chmod(0o644)
        yield Network(directory, port, str(ca_file))


def certificate() -> tuple[str, str, str]:
    """An authority, and a certificate of it with its key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _both in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("authority", NAME)
    ]
    now = datetime.datetime.now(datetime.timezone.utc)
    made = []
    for name, key, is_authority in zip(names, keys, (True, False), strict=True):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        )
        made.append(builder.sign(keys[0], hashes.SHA256()))
    pems = [one.public_bytes(serialization.Encoding.PEM).decode() for one in made]
    private = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pems[0], pems[1], private.decode()
