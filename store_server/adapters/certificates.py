"""The store's own certificate authority: nodes and kiosks believe it and nobody else (requirement C1)."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY, AUTHORITY_KEY, SERVER, SERVER_KEY = "store-ca.pem", "store-ca.key", "tls.pem", "tls.key"
AUTHORITY_LIVES, SERVER_LIVES = timedelta(days=3650), timedelta(days=800)
"""Browsers take a server's certificate of 825 days at most (CA/Browser Forum ballot 193; Apple HT210176)."""
CLOCKS_DIFFER = timedelta(hours=1)
_DNS_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


class CannotCertify(Exception):
    """Nothing was written; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def certify(folder: Path, hosts: Sequence[str], at: datetime, *, renews: bool = False) -> tuple[str, ...]:
    """Make the authority where there is none, and have it sign a certificate for the server at these names and addresses.

    Returns
    -------
    tuple of str
        Names of the files written to ``folder``; keys can be read by their owner alone.

    Raises
    ------
    CannotCertify
        Where a host is no name or address, a file is in the way, or half of the authority is missing.
    """
    names = [_name(host) for host in hosts]
    if not names:
        raise CannotCertify("name the server as nodes and kiosks will reach it: --host store.example")
    if (folder / SERVER).exists() and not renews:
        raise CannotCertify(f"{folder / SERVER} is there already: --renew has the same authority sign a new one")
    kept = _kept_authority(folder)
    authority = kept or _new_authority(at)
    key = ec.generate_private_key(ec.SECP256R1())
    signed = _signed(authority, key.public_key(), names, at)
    files = {SERVER_KEY: _pem(key), SERVER: signed.public_bytes(Encoding.PEM)}
    if kept is None:
        made = {AUTHORITY_KEY: _pem(authority.key), AUTHORITY: authority.certificate.public_bytes(Encoding.PEM)}
        files = {**made, **files}
    _write(folder, files)
    return tuple(files)


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        pass
    if not _DNS_NAME.fullmatch(host.lower()):
        raise CannotCertify(f"{host!r} is no name or address of a server: say it as in store.example or 192.168.1.5")
    return x509.DNSName(host.lower())


def _kept_authority(folder: Path) -> Authority | None:
    files = [folder / name for name in (AUTHORITY, AUTHORITY_KEY)]
    there = [file for file in files if file.exists()]
    if not there:
        return None
    if len(there) == 1:
        (missing,) = set(files) - set(there)
        raise CannotCertify(f"{there[0]} is there and {missing.name} is not: bring it back, it signs the certificate")
    try:
        certificate = x509.load_pem_x509_certificate(files[0].read_bytes())
        key = load_pem_private_key(files[1].read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise CannotCertify(f"{files[0]} or {files[1]} cannot be read as a certificate and its key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise CannotCertify(f"{files[1]} is not the key of {files[0]}")
    return Authority(certificate, key)


def _new_authority(at: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Store CA")])
    usage = _usage(signs_certificates=True)
    certificate = (
        _begun(name, name, key.public_key(), at, AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _signed(
    authority: Authority, key: ec.EllipticCurvePublicKey, names: Sequence[x509.GeneralName], at: datetime
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0].value)[:64])])
    issuer = authority.certificate
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _begun(subject, issuer.subject, key, at, SERVER_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, lives: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCKS_DIFFER)
        .not_valid_after(at + lives)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """All of them, or none: each is written beside its place first."""
    beside: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / f".{name}.new"
            path.unlink(missing_ok=True)
            mode = 0o600 if name.endswith(".key") else 0o644
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.append((path, folder / name))
        for path, place in beside:
            path.replace(place)
    except OSError as error:
        for path, _ in beside:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise CannotCertify(f"cannot write into {folder} ({error.strerror}): name another folder") from error
