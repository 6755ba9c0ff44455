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
FEWEST_LEFT = timedelta(days=90)
"""An authority that ends sooner signs nothing more."""
_DNS_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


class CannotCertify(Exception):
    """What was there is there still; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def certify(folder: Path, hosts: Sequence[str], at: datetime, *, renews: bool = False) -> tuple[str, ...]:
    """Make the authority where there is none, and have it sign a certificate for the server at these names and addresses.

    Parameters
    ----------
    renews : bool
        Sign anew, by the authority that is there; never by a new one, which no node would believe.

    Returns
    -------
    tuple of str
        Names of the files written to ``folder``; keys can be read by their owner alone.

    Raises
    ------
    CannotCertify
        Where a host is no name or address, a file is in the way, or the authority is not whole or soon at its end.
    """
    names = [_name(host) for host in hosts]
    if not names:
        raise CannotCertify("name the server as nodes and kiosks will reach it: --host store.example")
    try:
        there = {name for name in (AUTHORITY, AUTHORITY_KEY, SERVER, SERVER_KEY) if (folder / name).exists()}
    except OSError as error:
        raise CannotCertify(f"cannot look into {folder} ({error.strerror})") from error
    in_the_way = sorted(there & {SERVER, SERVER_KEY})
    if in_the_way and not renews:
        raise CannotCertify(f"{folder / in_the_way[0]} is there already: --renew has the same authority sign a new one")
    kept = _kept_authority(folder, there)
    if renews and kept is None:
        raise CannotCertify(
            f"{folder} holds no {AUTHORITY} and {AUTHORITY_KEY}: bring both back, nodes believe no other"
        )
    authority = kept or _new_authority(at)
    if authority.certificate.not_valid_after_utc < at + FEWEST_LEFT:
        ends = authority.certificate.not_valid_after_utc.date()
        raise CannotCertify(
            f"the authority ends on {ends}: make a new one in another folder, and give it to every node first"
        )
    key = ec.generate_private_key(ec.SECP256R1())
    signed = _signed(authority, key.public_key(), names, at)
    files = {SERVER_KEY: _pem(key), SERVER: signed.public_bytes(Encoding.PEM)}
    if kept is None:
        made = {AUTHORITY_KEY: _pem(authority.key), AUTHORITY: authority.certificate.public_bytes(Encoding.PEM)}
        files = {**made, **files}
    _write(folder, files)
    return tuple(files)


def _name(host: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        address = ip_address(host)
        if "%" not in host:  # a zone counts on one machine only
            return x509.IPAddress(address)
    # A name whose last part is a number is a mistyped address (RFC 1123, 2.1).
    if not _DNS_NAME.fullmatch(host.lower()) or host.rsplit(".", 1)[-1].isdigit():
        raise CannotCertify(f"{host!r} is no name or address of a server: say it as in store.example or 192.168.1.5")
    return x509.DNSName(host.lower())


def _kept_authority(folder: Path, there: set[str]) -> Authority | None:
    files = [folder / name for name in (AUTHORITY, AUTHORITY_KEY)]
    missing = [file.name for file in files if file.name not in there]
    if len(missing) == len(files):
        return None
    if missing:
        raise CannotCertify(f"{folder} holds half of the authority: bring {missing[0]} back, both sign the certificate")
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
        _begun(subject, issuer.subject, key, at, min(SERVER_LIVES, issuer.not_valid_after_utc - at))
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
    """Each is written beside its place first: what cannot be written leaves all places as they were."""
    beside: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path, place = folder / f".{name}.new", folder / name
            if place.is_dir():
                raise IsADirectoryError(0, f"{name} is a folder there")
            beside.append((path, place))
            path.unlink(missing_ok=True)
            mode = 0o600 if name.endswith(".key") else 0o644
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, place in beside:
            path.replace(place)
    except OSError as error:
        for path, _ in beside:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise CannotCertify(f"cannot write into {folder} ({error.strerror}): name another folder") from error
