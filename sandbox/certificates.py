"""Makes a small certificate authority and a certificate of it for loopback, good for one run."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, KeyUsage

NAMES = ("localhost", "hubspot.localhost", "salesforce.localhost")
ADDRESSES = ("127.0.0.1", "::1")
AUTHORITY = "revops-sync sandbox CA"
DAYS = 30


class CertificateError(RuntimeError):
    """No certificate can be made here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Files in PEM: what clients trust, and what the server shows (its certificate, then the CA) and signs with."""

    ca: Path
    chain: Path
    key: Path


def make(folder: Path) -> Trust:
    """A CA of its own, which nothing else is signed with, and a certificate for loopback; files in the folder.

    `CertificateError` where the `cryptography` library is missing: it comes with the default install.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as missing:
        raise CertificateError(f"TLS needs the `cryptography` library ({missing}); install it or serve http") from None
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _authority(ca_key)
    leaf = _leaf(ca_key, key)
    trust = Trust(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")
    pem = serialization.Encoding.PEM
    trust.ca.write_bytes(ca.public_bytes(pem))
    trust.chain.write_bytes(leaf.public_bytes(pem) + ca.public_bytes(pem))
    trust.key.touch(mode=0o600)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    trust.key.write_bytes(key.private_bytes(pem, *plain))
    return trust


def _draft(subject: str, issuer: str) -> "CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)
    name, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (subject, issuer))
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(by).serial_number(x509.random_serial_number())
    return draft.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=DAYS))


def _authority(key: "EllipticCurvePrivateKey") -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    draft = _draft(AUTHORITY, AUTHORITY).public_key(key.public_key())
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=True), critical=True)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return draft.sign(key, hashes.SHA256())


def _leaf(ca_key: "EllipticCurvePrivateKey", key: "EllipticCurvePrivateKey") -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    names = [x509.DNSName(name) for name in NAMES]
    addresses = [x509.IPAddress(ipaddress.ip_address(text)) for text in ADDRESSES]
    draft = _draft("localhost", AUTHORITY).public_key(key.public_key())
    draft = draft.add_extension(x509.SubjectAlternativeName([*names, *addresses]), critical=False)
    draft = draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=False), critical=True)
    draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    draft = draft.add_extension(issuer, critical=False)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return draft.sign(ca_key, hashes.SHA256())


def _usage(signs_certificates: bool) -> "KeyUsage":
    from cryptography.x509 import KeyUsage

    ca = signs_certificates
    return KeyUsage(
        digital_signature=not ca, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip
