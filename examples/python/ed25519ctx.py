"""Ed25519ctx (RFC 8032, section 5.1): Ed25519 with a context string mixed into what is hashed.

Debian's python3-cryptography has Ed25519 without a context, so this is the arithmetic of RFC 8032 itself. It is slow
(some milliseconds) and not written to resist timing: good for an example, not for a server.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
NEUTRAL = (0, 1, 1, 0)


def add(a, b):
    """Adds points in extended coordinates (X, Y, Z, T)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def recover_x(y, sign):
    """The x of a point, or None when there is no such point."""
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    """A point from its canonical encoding, or None."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = recover_x(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def prefix(context):
    """dom2(0, context): what makes one purpose's signatures worthless for another."""
    context = context.encode()
    if not 0 < len(context) < 256:
        raise ValueError("a context has 1 to 255 bytes")
    return b"SigEd25519 no Ed25519 collisions" + bytes([0, len(context)]) + context


def digest(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def secret(seed):
    hashed = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(hashed[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, hashed[32:]


def public_key(seed):
    return encode(multiply(secret(seed)[0], BASE))


def sign(seed, context, message):
    scalar, salt = secret(seed)
    key = encode(multiply(scalar, BASE))
    r = digest(prefix(context), salt, message)
    point = encode(multiply(r, BASE))
    s = (r + digest(prefix(context), point, key, message) * scalar) % ORDER
    return point + s.to_bytes(32, "little")


def verify(key, context, message, signature):
    """Strict: canonical encodings, S below the order, no key of small order."""
    point = decode(key)
    if point is None or len(signature) != 64 or encode(multiply(8, point)) == encode(NEUTRAL):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER or decode(signature[:32]) is None:
        return False
    k = digest(prefix(context), signature[:32], key, message)
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]
