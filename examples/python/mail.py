"""Envelopes as a mailbox sees them, and the proof of work of strangers.

The outer header is Tincan's. What is inside is NOT: Tincan seals with MLKEM768-X25519, which Debian 12's
python3-cryptography does not have, so this example seals with X25519 alone, for itself. A server cannot tell, for it
opens nothing; Tincan's app drops such mail, and this program cannot open what the app seals.
"""

import hashlib
import os
import struct
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

OUTER, ENCAPSULATION, OVERHEAD = 75, 1120, 16  # bytes
REQUEST = 2
WORK_BITS = 20


def stranger_tag(identity):
    """Where strangers leave mail for an identity: everybody can compute it."""
    return hashlib.sha256(b"tincan/strangers/1" + identity).digest()[:16]


def header(tag, key_id, expires_ms, ciphertext):
    """The outer header: magic, version, suite, kind, tag, key id, expiry, length of the ciphertext, zeros."""
    return b"TCEN" + struct.pack(">BBB16s16sQI24x", 1, 1, REQUEST, tag, key_id, expires_ms, ciphertext)


def parse_header(envelope):
    if len(envelope) < OUTER + ENCAPSULATION or envelope[:6] != b"TCEN\x01\x01":
        raise ValueError("not an envelope")
    kind, tag, key_id, expires_ms, length = struct.unpack(">B16s16sQI", envelope[6:51])
    if length != len(envelope) - OUTER - ENCAPSULATION:
        raise ValueError("not an envelope")
    return kind, tag, key_id, expires_ms


def pad(text):
    size = 512
    while size < len(text) + 4:
        size *= 2
    if size > 64 << 10:
        raise ValueError("more than an envelope can hold")
    return struct.pack(">I", len(text)) + text + bytes(size - 4 - len(text))


def cipher(shared, outside):
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"tincan example, not suite 1" + outside).derive(shared)
    return ChaCha20Poly1305(key)


def seal(tag, recipient, text, expires_ms):
    plaintext = pad(text.encode())
    once = X25519PrivateKey.generate()
    public = once.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    outside = header(tag, hashlib.sha256(recipient).digest()[:16], expires_ms, len(plaintext) + OVERHEAD)
    outside += public + os.urandom(ENCAPSULATION - len(public))
    shared = once.exchange(X25519PublicKey.from_public_bytes(recipient))
    return outside + cipher(shared, outside).encrypt(bytes(12), plaintext, outside)  # the key is used once


def unseal(private, envelope):
    parse_header(envelope)
    outside = envelope[: OUTER + ENCAPSULATION]
    shared = private.exchange(X25519PublicKey.from_public_bytes(outside[OUTER : OUTER + 32]))
    try:
        plaintext = cipher(shared, outside).decrypt(bytes(12), envelope[len(outside) :], outside)
    except InvalidTag:
        raise ValueError("sealed for another key, or not by this program") from None
    (length,) = struct.unpack(">I", plaintext[:4])
    if length > len(plaintext) - 4:
        raise ValueError("not made by this program")
    return plaintext[4 : 4 + length].decode(errors="replace")


def work_prefix(envelope, day):
    return b"tincan/work/1" + envelope[7:23] + struct.pack(">I", day) + hashlib.sha256(envelope).digest()


def work(envelope, day=None, start=0):
    """Searches a nonce, about a million hashes: (day, nonce)."""
    day = int(time.time()) // 86400 if day is None else day
    begun, nonce = hashlib.sha256(work_prefix(envelope, day)), start
    while True:
        attempt = begun.copy()
        attempt.update(struct.pack(">Q", nonce))
        if int.from_bytes(attempt.digest()[:4], "big") >> 32 - WORK_BITS == 0:
            return day, nonce
        nonce += 1
