"""The certificate that pictures are signed with: the operator's own, or one of our own making at the first start.

A certificate of ours comes from an authority of ours that signed nothing else: whoever wants to check our pictures
elsewhere trusts `authority.pem`. The authority's own key is thrown away once it has signed, so that no second
certificate can ever be made in its name.
"""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = 20
"""Without a time-stamp from outside a signature is worth as much as its certificate is valid on the day of reading."""
CHAIN, KEY, AUTHORITY = "certificate.pem", "key.pem", "authority.pem"
_ALGORITHMS = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class BadIdentity(Exception):
    """The certificate or key cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Identity:
    """What signs, as PEM; `anchors` is what a reader must trust to know our signature."""

    chain: str
    key: str
    anchors: str
    algorithm: str
    """As C2PA calls it, such as `es256`."""
    own: bool
    """Of our own making; False for the operator's."""

    @property
    def subject(self) -> str:
        """Whom the certificate names."""
        return x509.load_pem_x509_certificate(self.chain.encode()).subject.rfc4514_string()

    @property
    def expires(self) -> datetime.datetime:
        return x509.load_pem_x509_certificate(self.chain.encode()).not_valid_after_utc


def open_identity(folder: Path, certificate: Path | None = None, key: Path | None = None) -> Identity:
    """The operator's certificate where one is named, else the one kept in `folder`, made if need be.

    The certificate file holds the chain, the signing certificate first. Raises `BadIdentity`.
    """
    if certificate is not None or key is not None:
        if certificate is None or key is None:
            raise BadIdentity("ARTEL_C2PA_CERTIFICATE and ARTEL_C2PA_KEY belong together: set both or none.")
        return _checked(_text(certificate), _text(key), own=False)
    if not (folder / CHAIN).exists():
        _make(folder)
    found = _checked(_text(folder / CHAIN), _text(folder / KEY), own=True)
    return Identity(found.chain, found.key, _text(folder / AUTHORITY), found.algorithm, own=True)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text; PEM is wanted"
        raise BadIdentity(f"{path} cannot be read ({why}).") from error


def _checked(chain: str, key: str, *, own: bool) -> Identity:
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
        private = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError) as error:
        raise BadIdentity(f"The signing certificate or its key is no plain PEM ({error}).") from error
    leaf = certificates[0]
    if private.public_key() != leaf.public_key():
        raise BadIdentity("The signing key does not belong to the first certificate of the chain.")
    if leaf.not_valid_after_utc <= datetime.datetime.now(datetime.UTC):
        raise BadIdentity(f"The signing certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d}; renew it.")
    anchors = certificates[-1].public_bytes(Encoding.PEM).decode()
    return Identity(chain, key, anchors, _algorithm(private), own)


def _algorithm(key: object) -> str:
    match key:
        case ec.EllipticCurvePrivateKey() if key.curve.name in _ALGORITHMS:
            return _ALGORITHMS[key.curve.name]
        case ed25519.Ed25519PrivateKey():
            return "ed25519"
        case rsa.RSAPrivateKey() if key.key_size >= 2048:
            return "ps256"
    raise BadIdentity("The signing key must be P-256, P-384, P-521, Ed25519 or RSA of 2,048 bits at least.")


def _make(folder: Path) -> None:
    """Make authority, certificate and key, and put all three in place at once: two processes may start together."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Artel's own authority", authority_key.public_key(), authority_key, None)
    certificate = _certificate("Artel", key.public_key(), authority_key, authority)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (beside / CHAIN).write_text(_pem(certificate) + _pem(authority))
        (beside / AUTHORITY).write_text(_pem(authority))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with open(os.open(beside / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private)
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if not (folder / CHAIN).exists():
            raise BadIdentity(f"{folder} cannot be written ({error.strerror}).") from error


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None
) -> x509.Certificate:
    """As C2PA 2.2, section 14.5, asks: version 3, both key identifiers, one use. Without an issuer: an authority."""
    authority = issuer is None
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Artel"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    begins = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)  # clocks differ
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(authority=authority), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
