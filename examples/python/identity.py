"""Who we are: keys, their file, the text form, and the records that a server wants to see signed."""

import base64
import hashlib
import json
import os
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

import ed25519ctx
import protobuf

WEEK_MS = 7 * 24 * 3600 * 1000


def now_ms():
    return int(time.time() * 1000)


def peer_text(key):
    """The text form of an identity: tc1 and base32 of the key and three bytes of checksum."""
    check = hashlib.sha256(b"tincan/peer/1" + key).digest()[:3]
    return "tc1" + base64.b32encode(key + check).decode().lower()


def parse_peer(text):
    compact = "".join(text.split()).replace("-", "").lower()
    try:
        data = base64.b32decode(compact[3:].upper())
    except ValueError:
        data = b""
    if not compact.startswith("tc1") or len(data) != 35 or peer_text(data[:32]) != compact:
        raise ValueError("not an identity: " + text)
    return data[:32]


class Keys:
    """The person's key, the device's key, and one with which others seal for us."""

    def __init__(self, identity_seed, device_seed, sealing_seed):
        self.identity_seed, self.device_seed = identity_seed, device_seed
        self.identity = ed25519ctx.public_key(identity_seed)
        self.device = ed25519ctx.public_key(device_seed)
        self.sealing = X25519PrivateKey.from_private_bytes(sealing_seed)
        self.sealing_seed = sealing_seed
        raw = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.sealing_public = self.sealing.public_key().public_bytes(*raw)

    @classmethod
    def new(cls):
        return cls(os.urandom(32), os.urandom(32), os.urandom(32))

    @classmethod
    def load(cls, path):
        """Reads the file, or makes it when there is none. It holds secrets: only its owner may read it."""
        try:
            with open(path, encoding="ascii") as file:
                held = json.load(file)
            return cls(*(bytes.fromhex(held[name]) for name in ("identity", "device", "sealing")))
        except FileNotFoundError:
            keys = cls.new()
        held = {"identity": keys.identity_seed, "device": keys.device_seed, "sealing": keys.sealing_seed}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({name: seed.hex() for name, seed in held.items()}, file)
        return keys

    def signed_as_identity(self, context, body):
        return body, ed25519ctx.sign(self.identity_seed, context, body)

    def signed_as_device(self, context, body):
        return body, ed25519ctx.sign(self.device_seed, context, body)

    def device_list(self, version=1, added_ms=1):
        """DeviceList of this one device. The same version always has the same bytes."""
        device = protobuf.encode([(1, self.device), (2, added_ms)])
        body = protobuf.encode([(1, self.identity), (2, version), (3, [device])])
        return self.signed_as_identity("tincan/device-list/1", body)

    def handle_claim(self, handle, server, version):
        body = protobuf.encode([(1, handle), (2, server), (3, self.identity), (4, version)])
        return self.signed_as_identity("tincan/handle/1", body)

    def directory_entry(self, version, name="", handle="", about="", tags=()):
        body = protobuf.encode([(1, self.identity), (2, version), (3, name), (4, handle), (5, about), (6, list(tags))])
        return self.signed_as_identity("tincan/directory/1", body)


def read_entry(body, signature):
    """Checks a DirectoryEntry and returns its fields, or raises ValueError."""
    fields = protobuf.decode(body)
    key = fields.get(1, [b""])[0]
    if not ed25519ctx.verify(key, "tincan/directory/1", body, signature):
        raise ValueError("an entry that was not signed by the one it is about")
    text = {number: fields.get(number, [b""])[0].decode() for number in (3, 4, 5)}
    return {"identity": key, "name": text[3], "handle": text[4], "about": text[5], "tags": [tag.decode() for tag in fields.get(6, [])]}


def read_claim(body, signature):
    """Checks a HandleClaim and returns (handle, server, identity, version), or raises ValueError."""
    fields = protobuf.decode(body)
    key = fields.get(3, [b""])[0]
    if not ed25519ctx.verify(key, "tincan/handle/1", body, signature):
        raise ValueError("a claim that was not signed by the one who has the handle")
    return fields.get(1, [b""])[0].decode(), fields.get(2, [b""])[0].decode(), key, fields.get(4, [0])[0]
